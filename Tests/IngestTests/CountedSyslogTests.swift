import EventModel
import Foundation
import Testing

@testable import Ingest

/// Syslog whose messages come with their length.
@Suite struct `Counted messages` {
  private static func fixture(_ name: String) throws -> [UInt8] {
    let path = "syslog-rfc6587/\(name)/input.log"
    return Array(try Data(contentsOf: FormatGoldenTests.root.appendingPathComponent(path)))
  }

  /// What is read of files one behind the other in chunks of some size: rows with their places, what was rejected.
  private static func read(
    _ parts: [[UInt8]],
    chunkSize: Int
  ) throws -> (rows: String, rejected: [String]) {
    let paths = parts.map { _ in NSTemporaryDirectory() + "ometsuke-\(UUID().uuidString).log" }
    for (path, part) in zip(paths, parts) { try Data(part).write(to: URL(fileURLWithPath: path)) }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    let reader = try ChunkReader(
      path: paths[0],
      followedBy: Array(paths.dropFirst()),
      chunkSize: chunkSize,
      encoding: nil
    )
    reader.setFraming(SyslogRFC6587.framing)
    let format = FormatGoldenTests.open(SyslogRFC6587.self, [])
    var (rows, rejected, last) = ("", [String](), "")
    var count = 0
    while let chunk = try reader.next() {
      var batch = EventBatch()
      let line = chunk.line
      format.decode(chunk, into: &batch)
      for row in batch.rows {
        rows += "\(Int(row.line)) \(row.offset) \(row.length) \(row.digest) \(row.operation.name)"
        rows += " \(batch.names.text(of: row.account))\n"
      }
      #expect(line >= 1)
      count += batch.rejectedCount
      if let rejection = batch.lastRejection {
        last = "\(rejection.offset) \(rejection.error.text)"
      }
      rejected += batch.rejections.map { "\($0.line) \($0.offset) \($0.length) \($0.error.text)" }
    }
    // A chunk tells the first eight.
    return (rows, rejected.prefix(8) + ["\(count) rejected, last \(last)"])
  }

  private static func accounts(_ rows: String) -> [String] {
    rows.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
  }

  @Test func `lose none, whatever stands between them or in them`() throws {
    let found = try Self.read([Self.fixture("tcp")], chunkSize: 1 << 20)
    #expect(found.rejected == ["0 rejected, last "])
    for name in ["ito", "sato", "test", "abe", "kato", "mori"] {
      #expect(Self.accounts(found.rows).contains(name), "\(name)")
    }
    #expect(!found.rows.contains("forged"))
  }

  @Test func `whose length lies are rejected alone`() throws {
    let found = try Self.read([Self.fixture("hostile")], chunkSize: 1 << 20)
    let names = [
      "ito", "sato", "abe", "kato", "mori", "ono", "aoki", "endo", "hara", "kudo", "wada",
    ]
    #expect(Self.accounts(found.rows) == names)
    let last = try #require(found.rejected.last)
    #expect(last.hasPrefix("10 rejected, last ") && last.hasSuffix("unexpected end at byte 60"))
  }

  @Test(arguments: ["tcp", "hostile"])
  func `mean the same in chunks of any size, and cut at any place`(name: String) throws {
    let bytes = try Self.fixture(name)
    let whole = try Self.read([bytes], chunkSize: 1 << 20)
    for chunkSize in [1, 7, 64, 300, 1000] {
      let other = try Self.read([bytes], chunkSize: chunkSize)
      #expect(other.rows == whole.rows && other.rejected == whole.rejected, "\(chunkSize)")
    }
    for place in stride(from: 1, to: bytes.count, by: 3) {
      let parts = [Array(bytes[..<place]), Array(bytes[place...])]
      let other = try Self.read(parts, chunkSize: place % 2 == 0 ? 50 : 1 << 20)
      #expect(other.rows == whole.rows && other.rejected == whole.rejected, "cut at \(place)")
    }
    var random: UInt64 = 0x5EED
    func next() -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33)
    }
    for turn in 0..<200 {
      var changed = bytes
      for _ in 0...(turn % 4) {
        let place = next() % changed.count
        switch next() % 3 {
        case 0: changed[place] = [0x20, 0x0A, 0x3C, 0x3E, 0x31, 0xFF][next() % 6]
        case 1: changed.remove(at: place)
        default: changed.insert([0x20, 0x0A, 0x3C, 0x3E, 0x31, 0x39][next() % 6], at: place)
        }
      }
      let expected = try Self.read([changed], chunkSize: 1 << 20)
      for chunkSize in [1, 90] {
        let other = try Self.read([changed], chunkSize: chunkSize)
        #expect(other.rows == expected.rows && other.rejected == expected.rejected)
      }
    }
  }

  @Test func `take no other along where a byte of one is in error`() throws {
    let bytes = try Self.fixture("tcp")
    let names = Set(Self.accounts(try Self.read([bytes], chunkSize: 1 << 20).rows))
    for place in bytes.indices {
      var changed = bytes
      changed[place] = 0x7E
      let found = Set(Self.accounts(try Self.read([changed], chunkSize: 1 << 20).rows))
      // Of a damaged length the message is lost, of a damaged name the name: never more than one of them.
      #expect(names.subtracting(found).count <= 2, "byte \(place): \(names.subtracting(found))")
    }
  }

  @Test func `of more than a mebibyte are passed over, and no text without a message holds up`()
    throws
  {
    let message =
      "<86>1 2026-11-23T08:33:09Z db1 sshd 311 - - Accepted password for ito from 192.0.2.7 port 1 ssh2"
    let whole = Array("\(message.utf8.count) \(message)".utf8)
    let long =
      Array("1200000 <86>1 2026-11-23T08:33:09Z db1 app - - - ".utf8)
      + [UInt8](repeating: 0x78, count: 1_200_000)
    let found = try Self.read([whole + long + whole], chunkSize: 1 << 16)
    #expect(Self.accounts(found.rows) == ["ito", "ito"])
    #expect(found.rejected.last?.hasPrefix("0 ") == false)
  }

  @Test func `are told from lines of syslog by what their numbers count`() throws {
    func name(_ text: String) -> String? {
      FormatRegistry.best(Array(text.utf8).span).flatMap {
        $0.result.likelihood >= .likely ? $0.format.name : nil
      }
    }
    let lines = [
      "<86>1 2026-11-23T08:33:09Z db1 sshd 311 - - one",
      "<86>1 2026-11-23T08:33:10Z db1 sshd 311 - - two",
    ]
    #expect(name(lines.joined(separator: "\n")) == "syslog-rfc5424")
    let counted = lines.map { "\($0.utf8.count) \($0)" }
    #expect(name(counted.joined()) == "syslog-rfc6587")
    #expect(name(counted.joined(separator: "\n") + "\n") == "syslog-rfc6587")
    // Numbers that count nothing are passed over, as before.
    #expect(name(lines.map { "87 \($0)" }.joined(separator: "\n") + "\n") == "syslog-rfc5424")
    let old =
      "<86>Nov 23 08:33:12 db1 sshd[311]: Accepted publickey for sato from 192.0.2.8 port 59230 ssh2"
    #expect(name("\(old.utf8.count) \(old)\(old.utf8.count) \(old)") == "syslog-rfc6587")
    #expect(name(old + "\n" + old) == "syslog-rfc3164")
  }
}
