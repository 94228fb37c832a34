import EventModel
import Foundation
import Testing

@testable import Ingest

/// Exports of systemd's journal: entries of lines and counted bytes.
struct JournalExportTests {
  private static func fixture(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: FormatGoldenTests.root.appendingPathComponent(path)))
  }

  /// What is read of a file in chunks of some size: rows with their places, and how many records are none.
  private func read(_ bytes: [UInt8], chunkSize: Int) throws -> String {
    let path = NSTemporaryDirectory() + "ometsuke-\(UUID().uuidString).export"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let reader = try ChunkReader(path: path, chunkSize: chunkSize, encoding: nil)
    reader.setFraming(.journalEntries)
    let format = FormatGoldenTests.open(JournalExport.self, [])
    var text = ""
    var rejected = 0
    var reasons: Set<String> = []
    while let chunk = try reader.next() {
      var batch = EventBatch()
      format.decode(chunk, into: &batch)
      for row in batch.rows {
        text += "\(row.line) \(row.offset) \(row.length) \(row.digest) \(row.operation.name)"
        text += " \(batch.names.text(of: row.account))\n"
      }
      rejected += batch.rejectedCount
      for rejection in batch.rejections { reasons.insert("\(rejection.error.reason)") }
    }
    return text + "\(rejected) rejected: \(reasons.sorted())"
  }

  private static let audit = [
    "__REALTIME_TIMESTAMP=1775034755157000", "_HOSTNAME=db1",
    "SYSLOG_IDENTIFIER=postgres", "_PID=77",
    "MESSAGE=[5-1] ito@crm 192.0.2.7 LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,crm.clients,"
      + "select * from crm.clients,<none>,1200",
  ]

  private static func entry(_ fields: [String]) -> [UInt8] {
    Array((["__CURSOR=s=52;i=1;b=4a"] + fields).joined(separator: "\n").utf8)
  }

  @Test func `fields stand in any order, and an entry may be cut anywhere`() throws {
    let plain = FormatGoldenTests.decode(
      JournalExport.self,
      Self.entry(Self.audit) + [0x0A, 0x0A]
    )
    #expect(plain.rows.map(\.volume) == [.exactly(1_200)])
    for turn in 1..<Self.audit.count {
      let fields = Self.audit[turn...] + Self.audit[..<turn]
      let other = FormatGoldenTests.decode(
        JournalExport.self,
        Self.entry(Array(fields)) + [0x0A, 0x0A]
      )
      #expect(other.rows.map(\.statement) == plain.rows.map(\.statement), "\(turn)")
      #expect(other.rows.map(\.volume) == [.exactly(1_200)], "\(turn)")
    }
    for turn in 0..<Self.audit.count {
      let whole = Self.entry(Array(Self.audit[turn...] + Self.audit[..<turn]))
      for count in 1..<whole.count {
        let cut = FormatGoldenTests.decode(JournalExport.self, Array(whole[..<count]))
        #expect(cut.rows.count + cut.rejectedCount <= 1, "\(turn) \(count)")
      }
    }
  }

  @Test func `statements of two processes are two, by whatever host and program`() {
    var other = Self.audit
    other[3] = "_PID=78"
    let rows = FormatGoldenTests.decode(
      JournalExport.self,
      Self.entry(Self.audit) + [0x0A, 0x0A] + Self.entry(other) + [0x0A, 0x0A]
    ).rows
    #expect(Set(rows.map(\.statement)).count == 2)
  }

  @Test func `mean what the JSON of the same journal means`() throws {
    let json = FormatGoldenTests.decode(
      JournalJSON.self,
      try Self.fixture("journal-json/systemd/input.log")
    )
    let export = FormatGoldenTests.decode(
      JournalExport.self,
      try Self.fixture("journal-export/systemd/input.log")
    )
    func rows(_ batch: EventBatch) -> [String] {
      FormatGoldenTests.text(batch).split(separator: "\n").filter { $0.contains("Z ") }
        .map { String($0.drop { $0 != " " }) }
    }
    #expect(rows(json).count == 5)
    #expect(rows(export) == rows(json))
  }

  @Test(arguments: ["journal-export/systemd/input.log", "journal-export/hostile/input.log"])
  func `mean the same for every size of chunks, whatever their bytes`(path: String) throws {
    let bytes = try Self.fixture(path)
    #expect(try !read(bytes, chunkSize: 1 << 20).isEmpty)
    var random: UInt64 = 0x5EED
    func next() -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33)
    }
    for turn in 0..<40 {
      var changed = bytes
      for _ in 0..<(turn % 5) {
        changed[next() % changed.count] =
          [0, 0x0A, 0x3D, 0xFF, UInt8(truncatingIfNeeded: next())][
            next() % 5
          ]
      }
      let whole = try read(changed, chunkSize: 1 << 20)
      for chunkSize in [1, 64, 700] {
        #expect(try read(changed, chunkSize: chunkSize) == whole)
      }
    }
  }

  @Test func `are followed through fields of a megabyte, and found behind longer ones`() throws {
    func entry(_ number: Int, _ size: Int, of byte: UInt8 = 0x0A) -> [UInt8] {
      var bytes = Array("__CURSOR=s=1;i=\(number)\n__REALTIME_TIMESTAMP=1775034754000000\n".utf8)
      if size > 0 {
        bytes +=
          Array("COREDUMP\n".utf8) + withUnsafeBytes(of: UInt64(size).littleEndian, Array.init)
        bytes += [UInt8](repeating: byte, count: size - 1) + [0x78, 0x0A]
      }
      bytes +=
        "SYSLOG_IDENTIFIER=sshd\nMESSAGE=Accepted password for a\(number) from 192.0.2.7 port 1 ssh2\n\n"
        .utf8
      return bytes
    }
    let bytes = entry(1, 0) + entry(2, 1_000_000) + entry(3, 1_100_000, of: 0x41) + entry(4, 0)
    let text = try read(bytes, chunkSize: 1 << 20)
    let rows = text.split(separator: "\n").filter { $0.contains(" logon ") }
    #expect(rows.map { $0.suffix(2) } == ["a1", "a2", "a4"])
    #expect(text.contains("tooLong"))
  }
}
