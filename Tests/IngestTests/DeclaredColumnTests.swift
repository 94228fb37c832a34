import EventModel
import Testing

@testable import Ingest

/// Declared formats whose columns a sign parts, and what is proposed of such lines.
struct DeclaredColumnTests {
  private func row(_ time: Int, _ cells: [String]) -> String {
    "2026-04-01 09:12:\(time)\t" + cells.joined(separator: "\t") + "\n"
  }

  private func propose(_ text: String) throws -> (TemplateGuess.Proposal, EventBatch) {
    let found = TemplateGuess.propose(Array(text.utf8).span, name: "x")
    let proposal = try #require(found)
    return (proposal, DeclaredTextTests.decode(proposal.format, text))
  }

  @Test func `between two tabs is an empty column, and those behind it keep their places`() throws {
    let format = try DeclaredTextTests.format(
      ["{t:words2}\t{u}\t{ip}\t{act}\t{obj}\t{n:number}\t{note:rest}"],
      [
        .time: "t", .account: "u", .terminal: "ip", .operation: "act", .object: "obj",
        .records: "n",
      ]
    )
    let text =
      row(10, ["sato", "192.0.2.1", "export", "members", "1200", "a b"])
      + row(11, ["", "192.0.2.2", "export", "members", "1201", "x"])
      + row(12, ["ito", "", "export", "members", "1202", ""])
      + row(13, ["ueda", "192.0.2.3", "export", "members", "", "z\tz"])
    let batch = DeclaredTextTests.decode(format, text)
    #expect(batch.rejectedCount == 0)
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["sato", "", "ito", "ueda"])
    #expect(
      batch.rows.map { batch.names.text(of: $0.terminal) } == [
        "192.0.2.1", "192.0.2.2", "", "192.0.2.3",
      ]
    )
    #expect(batch.rows.map(\.recordsLow) == [1_200, 1_201, 1_202, 0])
    #expect(batch.rows.map(\.quality).last == .unknown)
    #expect(batch.rows.allSatisfy { $0.operation == .export })
  }

  @Test func `spaces that align columns still count as one`() throws {
    let format = try DeclaredTextTests.format(
      ["{t:words2} {u:word} {act:word} {n:number}"],
      [.time: "t", .account: "u", .operation: "act", .records: "n"]
    )
    let batch = DeclaredTextTests.decode(
      format,
      "2026-04-01 09:12:10  sato   export  12\n2026-04-01 09:12:11\tito\t \texport 800\n"
    )
    #expect(batch.rows.map(\.recordsLow) == [12])
    #expect(batch.rejectedCount == 1)
  }

  @Test(arguments: ["\t", ";", "|"])
  func `a column has one name whichever others are empty`(_ sign: String) throws {
    let text =
      (row(10, ["sato", "192.0.2.1", "export", "members", "1200", "5"])
      + row(11, ["", "192.0.2.2", "export", "members", "1201", "5"])
      + row(12, ["ito", "", "export", "members", "1202", ""])
      + row(13, ["ueda", "192.0.2.3", "view", "", "", "6"])).replacing("\t", with: sign)
    let (proposal, batch) = try propose(text)
    #expect(
      proposal.format.lines.map(\.text) == [
        ["{time:words2}", "{field}", "{terminal}", "{operation}", "{field2}", "{field3:number}"]
          .joined(separator: sign) + sign + "{field4:number}"
      ]
    )
    #expect(batch.rows.count == 4 && batch.rejectedCount == 0)
    #expect(batch.rows.map(\.operation) == [.export, .export, .export, .read])
    #expect(batch.names.text(of: batch.rows[1].terminal) == "192.0.2.2")
  }

  @Test func `labels of LTSV are text of the proposal, and say what stands behind them`() throws {
    let (proposal, batch) = try propose(
      """
      time:2026-11-01T10:00:00+09:00\tuser:sato\thost:192.0.2.1\turi:/members\trows:800
      time:2026-11-01T10:00:01+09:00\tuser:\thost:192.0.2.2\turi:/members\trows:20

      """
    )
    #expect(
      proposal.format.lines.map(\.text) == [
        "time:{time:word}\tuser:{user}\thost:{host}\turi:{uri}\trows:{rows:number}"
      ]
    )
    #expect(batch.rows.map(\.recordsLow) == [800, 20])
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["sato", ""])
  }

  @Test func `a date that may begin with the month does so where only then the days run on`() throws
  {
    let days = (1...4).map { "11/0\($0)/2026 10:00:00 user=sato op=export rows=\($0)\n" }.joined()
    let (proposal, _) = try propose(days)
    #expect(proposal.format.fields.rules[.time]?.timeFormat == "%m/%d/%Y %H:%M:%S")
  }

  @Test func `what is proposed has a time, and no control characters`() throws {
    let text = "2026-04-01 09:12:10 sato \u{0}export 12\n2026-04-01 09:12:11 ito export 12\n"
    let (proposal, _) = try propose(text)
    #expect(proposal.lines == 1)
    #expect(proposal.format.lines.allSatisfy { !$0.text.utf8.contains { $0 < 0x20 } })
    #expect(proposal.format.fields.rules[.time] != nil)
  }

  @Test(
    "times of a clock of twelve hours, short years and days of the week are read",
    arguments: [
      ("%m/%d/%Y %I:%M:%S %p", "11/02/2026 10:00:00 PM", "2026-11-02T22:00:00Z"),
      ("%m/%d/%Y %I:%M:%S %p", "11/02/2026 12:00:00 am", "2026-11-02T00:00:00Z"),
      ("%m/%d/%Y %I:%M:%S %p", "11/02/2026 12:30:00 PM", "2026-11-02T12:30:00Z"),
      ("%Y/%m/%d %p%I:%M:%S", "2026/11/02 午後10:00:00", "2026-11-02T22:00:00Z"),
      ("%y-%m-%d %H:%M:%S", "26-11-02 22:00:00", "2026-11-02T22:00:00Z"),
      ("%a %b %d %H:%M:%S %Y", "Mon Nov  2 22:00:00 2026", "2026-11-02T22:00:00Z"),
    ]
  )
  func patterns(_ pattern: String, _ text: String, _ expected: String) throws {
    let program = TimeProgram(format: pattern, zone: .utc, year: nil)
    var cache = TimeProgram.Cache()
    for _ in 0..<2 {
      let time = Array(text.utf8).withUnsafeBufferPointer { program.time($0, cache: &cache) }
      #expect(time.map { "\(Timestamp(nanoseconds: $0))" } == expected)
    }
    for wrong in ["11/02/2026 13:00:00 PM", "11/02/2026 10:00:00 XM", "M0n Nov 2 22:00:00 2026"] {
      #expect(
        Array(wrong.utf8).withUnsafeBufferPointer { program.time($0, cache: &cache) } == nil
      )
    }
  }
}
