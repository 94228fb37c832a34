import CScan
import EventModel
import Foundation
import Testing

@testable import Ingest

/// The short ways of the text formats find what the long ones find.
struct FastPathTests {
  typealias Dice = MemoTests.Dice

  static func padded<R>(_ bytes: [UInt8], _ body: (RecordBytes) throws -> R) rethrows -> R {
    let room = bytes + [UInt8](repeating: 0x22, count: ByteChunk.padding)
    return try room.withUnsafeBufferPointer { try body($0.slice(0..<bytes.count)) }
  }

  static func fixtureLines(_ format: String) throws -> [[UInt8]] {
    try FormatGoldenTests.cases(format).flatMap { folder in
      try Data(contentsOf: folder.appendingPathComponent("input.log"))
        .split(separator: 0x0A).map { Array($0) }
    }
  }

  /// A field range by its bytes: an empty one may stand anywhere.
  static func words(_ line: AccessLine, _ record: RecordBytes) -> String {
    let parts = [line.origin, line.client, line.user, line.request, line.program]
    return "\(line.time) \(line.status) \(line.bytes) "
      + parts.map { String(decoding: record.slice($0), as: UTF8.self) }.joined(separator: "|")
  }

  @Test func `a line of an access log reads the same the short and the long way`() throws {
    var dice = Dice(state: 21)
    var lines = try Self.fixtureLines("combined-access")
    let agents = [
      "\"Mozilla/5.0 (X11)\"", "\"curl\"", "\"-\"", "\"a b\" \"c\"", "\"\"", "\"x\\y\"",
    ]
    for _ in 0..<300 {
      let size = dice.pick(["0", "-", "7", "1234567", "12345678", "99999999999", ""])
      let client = dice.pick(["192.0.2.7", "2001:db8::1", "www:80 192.0.2.1", "host", ""])
      let user = dice.pick(["-", "ito", "a b", "[x", "\"q\"", "", "[25/Oct/2016:1"])
      let text =
        "\(client) - \(user) [25/Oct/2016:14:49:3\(dice.below(10)) +0200] "
        + "\"GET /a\(dice.pick(["", "?b", "\\x41", "\"", " c"])) HTTP/1.1\" "
        + "\(dice.pick(["200", "404", "-"])) \(size) \(dice.pick(["\"-\"", "12 \"r\"", "\"\\\"\""])) "
        + dice.pick(agents)
      lines.append(Array(text.utf8))
    }
    var reader = AccessLineReader(zone: .utc)
    var short = 0
    let marks = Array("\"[] -:/\\0".utf8)
    for _ in 0..<20_000 {
      let line = dice.mutated(dice.pick(lines), most: dice.below(3), with: marks)
      let equal = Self.padded(line) { record in
        let usual = reader.usual(record).map { Self.words($0, record) }
        let careful = Result { try reader.readCarefully(record) }
        let found = try? careful.map { Self.words($0, record) }.get()
        short += usual == nil ? 0 : 1
        return usual == nil || usual == found
      }
      #expect(equal, "\(String(decoding: line, as: UTF8.self))")
      if !equal { return }
    }
    #expect(short > 500)
  }

  @Test func `a request reads the same with and without memory`() {
    var dice = Dice(state: 22)
    var memo = RequestMemo()
    var classifier = RequestClassifier()
    var names = NameTable()
    let segments = [
      "customers", "7", "681391", "export.csv", "export", "*", "a.js", "user-Export", "", "12a",
      "0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000", "%65xport", "x;y=1", "\\x41",
      String(repeating: "9", count: 50), String(repeating: "z", count: 40), "dead", "\u{1F}", "出力",
    ]
    let marks = Array(" /?\\%;7*H".utf8)
    for _ in 0..<20_000 {
      let path = (0..<dice.below(5)).map { _ in "/" + dice.pick(segments) }.joined()
      let method = dice.pick([
        "GET", "GET", "POST", "HEAD", "PUT", "PATCH", "CONNECT", "get", "GET ",
      ])
      let tail = dice.pick([" HTTP/1.1", " HTTP/1.1", "?q=1 HTTP/2", "?a b HTTP/1.0", " HTTP", ""])
      let text = Array("\(method) \(path)\(tail)".utf8)
      let line = dice.mutated(text, most: dice.below(3), with: marks)
      let equal = Self.padded(line) { line in
        let with = memo.readPadded(line: line, into: &names)
        let without = classifier.read(line: line, escaped: true, into: &names)
        return with.object == without.object && with.operation == without.operation
          && with.bodiless == without.bodiless
      }
      #expect(equal, "\(String(decoding: line, as: UTF8.self))")
      if !equal { return }
    }
  }

  @Test func `a short number is what its digits say`() {
    var dice = Dice(state: 23)
    for _ in 0..<20_000 {
      let bytes = (0..<16).map { _ in
        dice.below(6) == 0 ? UInt8(dice.below(256)) : 0x30 + UInt8(dice.below(10))
      }
      var digits: UInt32 = 0
      let number = cscan_short_number(bytes, &digits)
      let expected = bytes.prefix(8).prefix { $0 >= 0x30 && $0 <= 0x39 }
      #expect(Int(digits) == expected.count)
      let value = expected.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      #expect(Int(number) == value)
    }
  }

  @Test func `the number with which bytes end is that of their last digits`() {
    var dice = Dice(state: 27)
    for _ in 0..<20_000 {
      let bytes = (0..<16).map { _ in
        dice.below(6) == 0 ? UInt8(dice.below(256)) : 0x30 + UInt8(dice.below(10))
      }
      var digits: UInt32 = 0
      let number = bytes.withUnsafeBufferPointer { bytes in
        cscan_last_number(bytes.baseAddress.map { $0 + bytes.count }, &digits)
      }
      let expected = bytes.suffix(8).reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.reversed()
      #expect(Int(digits) == expected.count)
      guard digits < 8 else { continue }
      #expect(Int(number) == expected.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
  }

  @Test func `marks of a line and masks of a path are the same by every processor`() {
    var dice = Dice(state: 28)
    let pieces = Self.pieces + ["/", "?", "%2F", "[", " \"GET /a/17", "\" 200 17", ";", "\\"]
    for _ in 0..<20_000 {
      let text = (0..<1 + dice.below(60)).map { _ in dice.pick(pieces) }.joined()
      Self.padded(Array(text.utf8)) { text in
        var (here, plain) = (cscan_access(), cscan_access())
        let found = cscan_access_marks(text.baseAddress, text.count, &here)
        #expect(found == cscan_access_marks_plain(text.baseAddress, text.count, &plain))
        #expect((here.space, here.bracket) == (plain.space, plain.bracket))
        let quotes = [here.quotes.0, here.quotes.1, here.quotes.2, here.quotes.3, here.quotes.4]
        let others = [
          plain.quotes.0, plain.quotes.1, plain.quotes.2, plain.quotes.3, plain.quotes.4,
        ]
        #expect(quotes.prefix(Int(found)) == others.prefix(Int(found)))
        let (path, same) = (
          cscan_path_masks(text.baseAddress), cscan_path_masks_plain(text.baseAddress)
        )
        #expect((path.spaces, path.slashes) == (same.spaces, same.slashes))
        #expect((path.digits, path.specials) == (same.digits, same.specials))
      }
    }
  }

  @Test func `what is not UTF-8 is found wherever it stands`() {
    var dice = Dice(state: 29)
    for _ in 0..<2_000 {
      var bytes = [UInt8](repeating: 0x61, count: 1 + dice.below(2_000))
      let place = dice.below(bytes.count)
      for _ in 0..<dice.below(4) where place > 3 {
        let other = dice.below(place - 2)
        (bytes[other], bytes[other + 1]) = (0xC3, 0xA9)
      }
      bytes[place] = 0xFF
      let expected = bytes.indices.first { place in
        var (lead, next) = (bytes[place], bytes.dropFirst(place + 1).first ?? 0)
        if lead == 0xA9, place > 0, bytes[place - 1] == 0xC3 { (lead, next) = (0x61, 0x61) }
        return lead >= 0x80 && !(lead == 0xC3 && next == 0xA9)
      }
      bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let found = cscan_invalid_utf8(base, base + bytes.count).map { $0 - base }
        #expect(found == expected)
      }
    }
  }

  @Test func `a time reads the same after any other`() throws {
    var dice = Dice(state: 24)
    let texts = [
      "2026-11-23 08:33:09.157 UTC", "2026-11-23 08:59:59.999 UTC", "2026-11-23 09:00:00.000 UTC",
      "2026-11-23 08:33:60.157 UTC", "2026-11-23 08:33:09.15  UTC", "2026-11-23 08:33:09.157 JST",
      "2026-11-23 08:33:09.157 XYZ", "2026-11-23 08:33:09.157 +02", "2026-11-23T08:33:09.157 UTC",
      "2026-11-23 08:33:09 UTC", "2026-11-23 08:33:09.157123 UTC",
    ].map { Array($0.utf8) }
    var memory = PostgreSQLTime(zone: TimeZoneRule(fixedOffset: 3600), isDeclared: false)
    for _ in 0..<20_000 {
      let text = dice.mutated(dice.pick(texts), most: dice.below(2), with: Array(":. 0U".utf8))
      Self.padded(text) { text in
        var fresh = PostgreSQLTime(zone: TimeZoneRule(fixedOffset: 3600), isDeclared: false)
        let expected = try? fresh.parse(text)
        #expect((try? memory.parse(text)) == expected, "\(String(decoding: text, as: UTF8.self))")
      }
    }
  }

  static let pieces = [
    "\"", "\n", "\r\n", ",", "\"\"", "ab", "2026-04-01 09:00:00", "\n2026-04-01 09:00:01", "\"x\"",
    "\n\"2026-04-01 09:00:01\"", String(repeating: "y", count: 61), "1\n",
  ]

  @Test func `commas and records are the same by every processor`() {
    var dice = Dice(state: 25)
    var (here, plain) = ([UInt32](repeating: 0, count: 90), [UInt32](repeating: 0, count: 90))
    for _ in 0..<20_000 {
      let text = (0..<dice.below(40)).map { _ in dice.pick(Self.pieces) }.joined()
      Self.padded(Array(text.utf8)) { text in
        var (one, other) = (cscan_doubled(), cscan_doubled())
        let found = cscan_csv_commas(text.baseAddress, text.count, &here, 25, &one)
        let expected = cscan_csv_commas_plain(text.baseAddress, text.count, &plain, 25, &other)
        #expect(found == expected)
        guard found >= 0 else { return }
        #expect(here.prefix(Int(found)) == plain.prefix(Int(found)))
        #expect((one.first, one.last) == (other.first, other.last))
      }
      let (timed, most) = (Int32(dice.below(2)), 1 + dice.below(80))
      Self.padded(Array(text.utf8)) { text in
        let base = text.baseAddress
        let found = cscan_csv_records(base, text.count, 150, timed, &here, most)
        let expected = cscan_csv_records_plain(base, text.count, 150, timed, &plain, most)
        #expect(
          (found.count, found.end, found.lines) == (expected.count, expected.end, expected.lines)
        )
        #expect(here.prefix(found.count) == plain.prefix(expected.count))
      }
    }
  }

  @Test func `records found many at a time are those found one by one`() {
    var dice = Dice(state: 26)
    var ends = 0
    for _ in 0..<20_000 {
      let text = (0..<dice.below(60)).map { _ in dice.pick(Self.pieces) }.joined()
      let timed = dice.below(2) == 0
      Self.padded(Array(text.utf8)) { text in
        guard let base = text.baseAddress else { return }
        let boundary = CSVRecordBoundary(
          base: base,
          count: text.count,
          atEnd: false,
          startsWithTime: timed
        )
        let found = CSVRecordStarts(boundary)
        var (starts, end) = ([UInt32](), 0)
        while end < text.count, case .end(let next) = boundary.end(from: end) {
          starts.append(UInt32(end))
          end = next
        }
        #expect(found.starts == starts && found.end == end)
        #expect(found.lines == text[..<end].count { $0 == 0x0A })
        ends += starts.count
      }
    }
    #expect(ends > 50_000)
  }

  @Test(arguments: [true, false])
  func `records are the same for every size of chunk`(timed: Bool) throws {
    var dice = Dice(state: 27)
    let rows = [
      "2026-04-01 09:00:01.000 JST,\"u\",\"select 1\"\n",
      "2026-04-01 09:00:02.000 JST,\"a\nb\",1\r\n",
      "2026-04-01 09:00:03.000 JST,\"a\n2026-04-01 09:00:03 b\",1\n",
      "2026-04-01 09:00:04.000 JST,\"torn\n", "\n", "x,\"\"\"\n7\",\n",
    ]
    for _ in 0..<4 {
      var text = (0..<9000).map { _ in
        dice.below(40) == 0 ? dice.pick(rows) : dice.pick(Array(rows.prefix(2)))
      }.joined()
      if dice.below(2) == 0 { text.removeLast(dice.below(60)) }
      let scratch = try Scratch()
      let path = try scratch.write(Array(text.utf8))
      let framing = Framing.csvRecords(startsWithTime: timed)
      let whole = try Reading(path, chunkSize: 16 << 20, framing: framing)
      #expect(whole.bytes > 0 && whole.records.count > 3000)
      for size in [1000, 64 << 10, 100_001, 256 << 10] {
        let cut = try Reading(path, chunkSize: size, framing: framing)
        #expect(cut.records == whole.records && cut.lines == whole.lines, "size \(size)")
      }
    }
  }
}
