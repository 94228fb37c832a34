import Estate
import EventModel
import Testing

@testable import Detection

/// A monitor's calls of procedures, and who does the same by hand.
struct SteadyWorkTests {
  private struct Call {
    var second: Int64
    var program = "zabbix"
    var terminal = "mon1"
  }

  private static func calls(
    days: Range<Int64>,
    every seconds: Int64 = 288,
    hours: Range<Int64> = 0..<24,
    program: String = "zabbix",
    terminal: String = "mon1"
  ) -> [Call] {
    days.flatMap { day in
      stride(from: hours.lowerBound * 3_600, to: hours.upperBound * 3_600, by: Int(seconds)).map {
        Call(second: day * 86_400 + Int64($0), program: program, terminal: terminal)
      }
    }
  }

  private static func severity(_ calls: [Call], known: [Call] = []) throws -> Severity? {
    let yaml = """
      owners: [{name: Kita, delivered: 100000}]
      datasets: [{name: kita, tables: ["kita.*"], owner: Kita}]
      accounts: [{name: monitor, role: dba}]
      """
    let estate = try EstateFile.load(yaml: yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    var rows: [EventRow] = []
    for (isKnown, call) in (known.map { (true, $0) } + calls.map { (false, $0) }) {
      var row = EventRow(time: (1_700_006_400 + call.second) * 1_000_000_000)
      (row.account, row.object) = (names.intern("monitor"), names.intern("kita.cust"))
      (row.program, row.terminal) = (names.intern(call.program), names.intern(call.terminal))
      row.operation = .read
      if isKnown { row.volume = .exactly(1) }
      row.digest = UInt64(rows.count + 1)
      rows.append(row)
    }
    rows.sort { ($0.time, $0.digest) < ($1.time, $1.digest) }
    var told: [Severity?] = []
    for parts in [1, 4] {
      var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
      for part in 0..<parts {
        let range = rows.count * part / parts..<rows.count * (part + 1) / parts
        engine.apply(Array(rows[range]), names: names)
        engine = try DetectionEngine(
          restoring: engine.snapshot(),
          estate: estate,
          sources: [],
          detectors: nil
        )
      }
      told.append(
        engine.finish(coverage: Coverage()).flatMap(\.findings).filter { $0.unit == "reads" }
          .map(\.severity).max()
      )
    }
    #expect(told[0] == told[1])
    return told[0]
  }

  /// Work of the same account that the log counts, long before.
  private static let before = (0..<20).map { Call(second: Int64($0) * 86_400 + 30_000) }

  @Test func `a monitor's calls around the clock are low, from its first day on`() throws {
    #expect(try Self.severity(Self.calls(days: 0..<40)) == .low)
    // Three hours for a new disk.
    let pause = Self.calls(days: 0..<20) + Self.calls(days: 20..<21, hours: 6..<24)
    #expect(try Self.severity(pause + Self.calls(days: 21..<30)) == .low)
  }

  @Test func `a run that begins of an account long known is none of them`() throws {
    let run = Self.calls(days: 30..<31)
    #expect(try (Self.severity(run, known: Self.before) ?? .low) >= .medium)
  }

  @Test func `office hours, one hour, or more than the limit within an hour are none of them`()
    throws
  {
    #expect(try Self.severity(Self.calls(days: 0..<1, every: 2, hours: 3..<4)) == .high)
    #expect(try Self.severity(Self.calls(days: 0..<5, every: 90, hours: 9..<17)) == .high)
    #expect(try Self.severity(Self.calls(days: 0..<3, every: 100)) == .high)
  }

  @Test func `another program, or a rush of the same, stands out of it`() throws {
    let steady = Self.calls(days: 0..<20)
    let other = Self.calls(
      days: 15..<16,
      every: 120,
      hours: 10..<14,
      program: "psql",
      terminal: "pc7"
    )
    #expect(try (Self.severity(steady + other) ?? .low) >= .medium)
    let slow = Self.calls(days: 15..<16, every: 700, program: "psql", terminal: "pc7")
    #expect(try (Self.severity(steady + slow) ?? .low) >= .medium)
    let rush = Self.calls(days: 15..<16, every: 10, hours: 10..<11)
    #expect(try Self.severity(steady + rush) == .high)
  }

  @Test func `a theft at that pace from the first day on is told, as low`() throws {
    #expect(try Self.severity(Self.calls(days: 0..<90)) == .low)
  }
}
