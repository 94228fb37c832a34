import EventModel
import Testing

@testable import Ingest

struct DelimitedTextTests {
  /// Decodes text whose records start where `records` says, or one a line.
  static func decode(
    _ text: String,
    head: String? = nil,
    records: [UInt32]? = nil,
    _ change: (inout SourceDeclaration) -> Void = { _ in }
  ) -> EventBatch {
    var declaration = SourceDeclaration(name: "test")
    change(&declaration)
    let options = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    let format = DelimitedText(options: options, head: Array((head ?? text).utf8).span)
    var chunk = ByteChunk(Array(text.utf8))
    chunk.recordStarts = records
    var batch = EventBatch()
    format.decode(chunk, into: &batch)
    return batch
  }

  static let header = "time,user,action,table,rows"

  @Test func `reads quoted, doubled and empty fields, CRLF and a byte order mark`() throws {
    let batch = Self.decode(
      "\u{FEFF}\(Self.header)\r\n2026-04-01 00:00:00,\"sa\"\"to, k\",export,\"a,b\",\"800\"\r\n"
        + "2026-04-01T00:00:01+09:00,,read,,\r\n\r\n"
    )
    #expect(batch.rejectedCount == 0)
    #expect(batch.passedOver == 1)
    #expect(batch.headerCount == 1)
    #expect(batch.lineCount == 4)
    let first = try #require(batch.rows.first)
    let last = try #require(batch.rows.last)
    #expect(batch.names.text(of: first.account) == "sa\"to, k")
    #expect(batch.names.text(of: first.object) == "a,b")
    #expect(first.volume == .exactly(800))
    #expect(first.operation == .export)
    #expect(last.account == .none && last.object == .none)
    #expect(last.volume == .unknown)
  }

  @Test func `blanks around names of columns and values are none of them`() throws {
    let text =
      "time, user, action,\ttable ,rows \n2026-04-01 00:00:00, sato , export, crm.a,  800 \n"
    let batch = Self.decode(text)
    let row = try #require(batch.rows.first)
    #expect(batch.names.text(of: row.account) == "sato")
    #expect(batch.names.text(of: row.object) == "crm.a")
    #expect(row.volume == .exactly(800) && row.operation == .export)
  }

  @Test func `takes a record over several lines as one`() throws {
    let rows = ["\(Self.header)\n", "0,\"a\nb\",read,t,1\n", "1,c,read,t,2\n"]
    let starts = [0, rows[0].utf8.count, rows[0].utf8.count + rows[1].utf8.count].map(UInt32.init)
    let batch = Self.decode(rows.joined(), records: starts)
    #expect(batch.lineCount == 4)
    #expect(batch.rows.map(\.line) == [2, 4])
    #expect(batch.names.text(of: try #require(batch.rows.first).account) == "a\nb")
  }

  @Test(arguments: [
    ("0,a,read,t", DecodeError.Reason.wrongFieldCount), ("0,a,read,t,1,2", .wrongFieldCount),
    ("0,\"a,read,t,1", .unterminatedQuote), ("0,\"a\"b,read,t,1", .unexpectedByte),
    ("0,a\"b\",read,t,1", .unexpectedByte), ("x,a,read,t,1", .badTime), (",a,read,t,1", .badTime),
  ])
  func `rejects a broken record alone`(record: String, reason: DecodeError.Reason) {
    let batch = Self.decode("\(Self.header)\n\(record)\n1,c,read,t,2\n")
    #expect(batch.rejections.map(\.error.reason) == [reason])
    #expect(batch.rejections.first?.line == 2)
    #expect(batch.rows.count == 1)
  }

  @Test func `reads a later part by declared columns, and passes over a header anywhere`() {
    let part =
      "5,a,read,t,1\n\(Self.header)\n\"time\",\"user\",\"action\",\"table\",\"rows\"\n6,b,read,t,2\n"
    let batch = Self.decode(part) {
      $0.columns = Self.header.split(separator: ",").map(String.init)
    }
    #expect(batch.rows.map(\.time) == [5_000_000_000, 6_000_000_000])
    #expect(batch.headerCount == 2)
    #expect(batch.rejectedCount == 0)
  }

  @Test func `numbers the columns of a file without header`() {
    let batch = Self.decode("7;a;9\n8;b;10\n") {
      $0.delimiter = 0x3B
      $0.fields = JSONLinesTests.map([.time: "1", .account: "2", .records: "3"])
    }
    #expect(batch.rows.map(\.recordsLow) == [9, 10])
    #expect(batch.rows.map(\.time) == [7_000_000_000, 8_000_000_000])
  }

  @Test func `judges samples without being certain`() {
    func verdict(_ text: String) -> Likelihood {
      DelimitedText.probe(Array(text.utf8).span).likelihood
    }
    #expect(verdict("\(Self.header)\n0,a,read,t,1\n") == .likely)
    #expect(verdict("a\tb\n1\t2\n") == .possible)
    #expect(verdict("1,2\n3,4\n") == .possible)
    #expect(verdict("one line only\n") == .no)
    #expect(verdict("{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n") == .no)
    let log = "2026-04-01 00:00:00.000 UTC" + String(repeating: ",x", count: 25) + "\n"
    #expect(verdict(log + log) == .no)
  }

  @Test func `a thousand mutations never trap and lose no line`() {
    let record = "2026-04-01 00:00:00,\"sa\"\"to\",export,\"a,b\",800\r\n"
    let original = Array((Self.header + "\n" + record + record).utf8)
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "test"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    var seed = SeededGenerator(state: 11)
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<3 {
        let place = Int.random(in: 0..<bytes.count, using: &seed)
        switch Int.random(in: 0...2, using: &seed) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &seed)
        case 1: bytes.remove(at: place)
        default: bytes.insert([0x22, 0x2C, 0x0A, 0x00].randomElement(using: &seed) ?? 0, at: place)
        }
      }
      var batch = EventBatch()
      DelimitedText(options: options, head: bytes.span).decode(ByteChunk(bytes), into: &batch)
      #expect(
        batch.rows.count + batch.passedOver + batch.headerCount + batch.rejectedCount
          == batch.lineCount
      )
    }
  }
}
