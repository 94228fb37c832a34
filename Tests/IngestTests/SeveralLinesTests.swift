import EventModel
import Foundation
import Testing

@testable import Ingest

/// Records that are more or less than a line: texts in UTF-16, events over lines, messages in parts.
@Suite struct `Records over lines` {
  /// All rows of a file that is read in chunks of a size.
  private static func rows(
    _ bytes: [UInt8],
    _ format: any LogFormat.Type,
    chunkSize: Int
  ) throws -> EventBatch {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let reader = try ChunkReader(path: path, chunkSize: chunkSize, encoding: nil)
    let head = try reader.head()
    #expect(FormatRegistry.best(head.bytes.span)?.format.name == format.name)
    reader.setFraming(format.framing)
    let decoder = FormatGoldenTests.open(format, head.bytes)
    var batch = EventBatch()
    while let chunk = try reader.next() { decoder.decode(chunk, into: &batch) }
    return batch
  }

  private static func input(_ fixture: String) throws -> [UInt8] {
    Array(
      try Data(contentsOf: FormatGoldenTests.root.appendingPathComponent(fixture + "/input.log"))
    )
  }

  @Test
  func `a text in UTF-16 tells what it tells in UTF-8, in either order of bytes and any chunk`()
    throws
  {
    let plain = try Self.input("windows-xml/over-lines")
    let text = String(decoding: plain, as: UTF8.self)
      .replacingOccurrences(of: "佐藤", with: "𠮷野 \u{E9}")
    let expected = FormatGoldenTests.text(
      try Self.rows(Array(text.utf8), WindowsXML.self, chunkSize: 1 << 16)
    )
    #expect(expected.contains("𠮷野"))
    for isBig in [false, true] {
      var bytes: [UInt8] = isBig ? [0xFE, 0xFF] : [0xFF, 0xFE]
      for unit in text.utf16 {
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
        bytes += isBig ? [high, low] : [low, high]
      }
      for size in [1 << 16, 500, 1] {
        let found = FormatGoldenTests.text(try Self.rows(bytes, WindowsXML.self, chunkSize: size))
        #expect(found == expected, "\(size)")
      }
      // Half a unit at the end, and half a pair.
      let torn = bytes + (isBig ? [0xD8, 0x42, 0x00] : [0x42, 0xD8, 0x00])
      _ = try Self.rows(torn, WindowsXML.self, chunkSize: 100)
    }
  }

  @Test func `an event of Windows over lines is read the same in any chunk`() throws {
    let bytes = try Self.input("windows-xml/over-lines")
    let expected = FormatGoldenTests.text(try Self.rows(bytes, WindowsXML.self, chunkSize: 1 << 16))
    #expect(expected.contains("account=佐藤"))
    for size in [1, 37, 1000] {
      #expect(
        FormatGoldenTests.text(try Self.rows(bytes, WindowsXML.self, chunkSize: size)) == expected
      )
    }
  }

  @Test func `Event Viewer's list in one line gives its events, in any chunk and at any length`()
    throws
  {
    let bytes = try Self.input("windows-xml/event-viewer")
    let expected = FormatGoldenTests.text(try Self.rows(bytes, WindowsXML.self, chunkSize: 1 << 16))
    #expect(expected.split(separator: "\n").count { $0.contains("customers & co.csv") } == 5)
    for size in [1, 37, 1000] {
      #expect(
        FormatGoldenTests.text(try Self.rows(bytes, WindowsXML.self, chunkSize: size)) == expected
      )
    }
    // Longer than a record may be, with line ends within values and without any.
    let text = String(decoding: bytes, as: UTF8.self)
    let start = try #require(text.range(of: "<Event xmlns"))
    let end = try #require(text.range(of: "</Events>"))
    for event in [String(text[start.lowerBound..<end.lowerBound])] {
      for events in [event, event.replacingOccurrences(of: "\n", with: "")] {
        let count = 3 * RecordFramer.longestRecord / events.utf8.count
        let list = "<Events>" + String(repeating: events, count: count) + "</Events>\n"
        let batch = try Self.rows(Array(list.utf8), WindowsXML.self, chunkSize: 1 << 20)
        #expect(batch.rows.count == 4 * count)
        #expect(batch.rejectedCount == 0)
      }
    }
  }

  @Test func `a head within a text of the slow log names nobody, in any chunk`() throws {
    let bytes = try Self.input("mysql-slow/heads-within-texts")
    for size in [1 << 16, 100, 1] {
      let batch = try Self.rows(bytes, MySQLSlowLog.self, chunkSize: size)
      let accounts = batch.rows.map { batch.names.text(of: $0.account) }
      #expect(!accounts.contains("innocent"))
      #expect(accounts.filter { $0 == "" }.count == 2)
      #expect(batch.rows.filter { $0.account == .none }.allSatisfy { $0.volume.isUnbounded })
      // A statement that failed and left a text open hides no record behind it.
      let last = try #require(batch.rows.last)
      #expect(batch.names.text(of: last.account) == "mori")
      #expect(last.recordsLow == 800)
    }
  }

  @Test func `the last part of a message of PostgreSQL tells the rows, and nothing else does`() {
    func rows(_ text: String) -> Int64? {
      let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
      return bytes.withUnsafeBufferPointer {
        HostMessages.rows(atEndOf: RecordBytes(rebasing: $0[..<text.utf8.count]))
      }
    }
    #expect(rows("#011from sales.clients\",<none>,8000") == 8000)
    #expect(rows("from \"\"a\"\" where b = ',\"\",<none>,5'\",<not logged>,7") == 7)
    #expect(rows("from clients\",\"1,\"\"2\"\"\",12") == 12)
    #expect(rows("where a = 1,<none>,9") == 9)
    for text in [
      "", "\"", "\",", "from clients", "from clients\",<none>,0", "from clients\",<none>",
      "a \"\",<none>,5", "limit 3, 5", "1,2,3", "x\",<none>,12a", "x\",\"1", "x\"y,<none>,5",
    ] {
      #expect(rows(text) == nil, "\(text)")
    }
  }
}
