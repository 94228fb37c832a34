import EventModel
import Testing

@testable import Ingest

/// A record is told by the shape of those before it, or else by a walk: nothing may depend on which.
struct JSONShapeTests {
  /// What came of a record, with its names as text.
  struct Told: Hashable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  static func told(_ batch: EventBatch) -> [Told] {
    func text(_ id: NameID) -> String { "\(batch.names.bytes(of: id))" }
    var result: [(Int64, Told)] = batch.rows.map { row in
      let names = [row.account, row.terminal, row.program, row.object, row.owner, row.ticket]
      let words = names.map(text).joined(separator: " ")
      let counts = "\(row.recordsLow) \(row.recordsHigh) \(row.quality) \(row.bytes) \(row.subject)"
      let rest = "\(row.operation) \(row.outcome) \(row.statement) \(row.digest) \(row.length)"
      return (row.offset, Told("\(row.time) \(row.line): \(words) \(counts) \(rest)"))
    }
    result += batch.rejections.map {
      ($0.offset, Told("\($0.line): \($0.error.text) of \($0.length)"))
    }
    return result.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Each line in a chunk of its own is walked, for nothing is known before it.
  static func alone(_ bytes: [UInt8], _ map: FieldMap?) -> (told: [Told], passed: Int, size: Int64)
  {
    var declaration = SourceDeclaration(name: "test")
    declaration.fields = map
    var (told, passed, size) = ([Told](), 0, Int64(0))
    var (start, line) = (0, 1)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      let batch = JSONLinesTests.decode(
        Array(bytes[start..<end]),
        declaration,
        offset: Int64(start),
        line: line
      )
      told += Self.told(batch)
      passed += batch.passedOver
      size += batch.byteCount
      (start, line) = (end, line + 1)
    }
    return (told, passed, size)
  }

  static func expectSame(
    _ bytes: [UInt8],
    _ map: FieldMap?,
    at location: SourceLocation = #_sourceLocation
  ) {
    var declaration = SourceDeclaration(name: "test")
    declaration.fields = map
    let alone = alone(bytes, map)
    let whole = JSONLinesTests.decode(bytes, declaration)
    #expect(whole.passedOver == alone.passed, sourceLocation: location)
    #expect(whole.byteCount == alone.size, sourceLocation: location)
    if whole.rejectedCount <= EventBatch.rejectionSampleLimit {
      #expect(told(whole) == alone.told, sourceLocation: location)
    } else {
      #expect(whole.rows.count + whole.rejectedCount == alone.told.count, sourceLocation: location)
    }
  }

  static let map = JSONLinesTests.map([
    .time: "ts", .account: "user", .terminal: "at.ip", .owner: "owner", .records: "rows",
    .bytes: "size", .outcome: "ok", .object: "tables", .statement: "sql", .subject: "customer",
  ])

  /// One record in a style of writing, with values of many kinds.
  static func record(_ style: Int, using seed: inout SeededGenerator) -> String {
    func pick(_ values: [String]) -> String { values.randomElement(using: &seed) ?? "" }
    let second = Int.random(in: 0...59, using: &seed)
    let time = pick([
      "\"2026-04-01T09:12:\(second < 10 ? "0" : "")\(second).123Z\"",
      "\"2026-04-01T09:1\(Int.random(in: 0...9, using: &seed)):00.5+09:00\"", "1775001600",
      "\"2026-04-01T09:12:60.123Z\"", "\"2026-04-01T09:12:5x.123Z\"", "\"\"", "null",
    ])
    let word = pick([
      "sato", "", "a very long name of nobody at all", "t\\u00e9", "b\\\\c", ":x", "佐藤",
    ])
    let number = pick(["0", "7", "12345678", "123456789", "-1", "1.5", "2e3", "null", "true", "01"])
    let tables = pick(["[]", "[\"a\"]", "[\"a\",\"b\"]", "\"t\"", "{}", "7"])
    let ip = pick(["192.0.2.7", "2001:db8::1", "", "\\\""])
    let (comma, colon) = [(",", ":"), (", ", ": "), (" ,", " : ")][style % 3]
    let key = style >= 3 ? "a_key_that_is_longer_than_what_is_compared_at_once" : "id"
    let members = [
      "\"ts\"\(colon)\(time)", "\"\(key)\"\(colon)\(number)", "\"user\"\(colon)\"\(word)\"",
      "\"at\"\(colon){\"ip\"\(colon)\"\(ip)\"}", "\"owner\"\(colon)\"owner-\(second)\"",
      "\"rows\"\(colon)\(number)", "\"ok\"\(colon)\(pick(["true", "false", "\"ng\"", "200"]))",
      "\"tables\"\(colon)\(tables)", "\"user\"\(colon)\"again\"", "\"size\"\(colon)\(number)",
    ]
    let count = Int.random(in: 6...members.count, using: &seed)
    let end = pick(["}", "}", "}", "}", "}}", " }", ",}", ""])
    return "{" + members.prefix(count).joined(separator: comma) + end
  }

  @Test(arguments: 0..<6, [true, false])
  func `a record means the same alone and among others`(style: Int, isDeclared: Bool) {
    var seed = SeededGenerator(state: UInt64(style) &* 977 &+ 5)
    for round in 0..<15 {
      var text = ""
      for _ in 0..<12 {
        text += Self.record(style, using: &seed) + (round % 5 == 0 ? "\r\n" : "\n")
        if round % 7 == 0 { text += " \n\n" }
      }
      if round % 2 == 0 { text.removeLast() }
      Self.expectSame(Array(text.utf8), isDeclared ? Self.map : nil)
    }
  }

  @Test func `one changed byte means the same alone and among others`() {
    let line =
      #"{"ts":"2026-04-01T00:00:01.607Z","id":0,"user":"user30","at":{"ip":"192.0.2.7"},"owner":"owner-16","rows":13,"size":2752,"ok":true,"agent":"client/7.4 (x64)"}"#
    let other = line.replacing("user30", with: "u").replacing("2752", with: "8")
    let before = Array((line + "\n" + other + "\n").utf8)
    let after = Array(("\n" + other + "\n").utf8)
    let original = Array(line.utf8)
    var seed = SeededGenerator(state: 11)
    for _ in 0..<600 {
      var bytes = original
      let place = Int.random(in: 0..<bytes.count, using: &seed)
      let marks: [UInt8] = [
        0x22, 0x5C, 0x3A, 0x2C, 0x7B, 0x7D, 0x5B, 0x5D, 0x20, 0x0A, 0x0D, 0x30, 0x2D,
      ]
      switch Int.random(in: 0...4, using: &seed) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &seed)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &seed)], at: place)
      case 3: bytes[place] = marks.randomElement(using: &seed) ?? 0
      default:
        // A quote taken away and one set elsewhere: the number of stops stays.
        let quotes = bytes.indices.filter { bytes[$0] == 0x22 }
        bytes[quotes.randomElement(using: &seed) ?? 0] = 0x2E
        bytes[place] = 0x22
      }
      Self.expectSame(before + bytes + after, Self.map)
    }
  }

  @Test(arguments: [
    // A value that begins where the one before it has not ended.
    #"{"ts":0,"user":","owner":"x"y"}"#, #"{"ts":0,"user":","owner":"x\"}"#,
    #"{"ts":0,"user":"a"b","owner":x"}"#, #"{"ts":0,"user":":","owner":":"}"#,
    #"{"ts":0,"user":"a","owner":"\":"}"#, #"{"ts":0,"user":"a\","owner":"b"}"#,
    #"{"ts":0,"user":"","owner":""}"#, #"{"ts":,"user":"a","owner":"b"}"#,
    #"{"ts":0 ,"user":"a","owner":"b"}"#, #"{"ts":00,"user":"a","owner":"b"}"#,
    #"{"ts":-,"user":"a","owner":"b"}"#, #"{"ts":1775001600.25,"user":"\u0061","owner":"\n"}"#,
    "{\"ts\":0,\"user\":\"a\u{1}\",\"owner\":\"b\"}", "{\"ts\":0,\"user\":\"a\tb\",\"owner\":\"\"}",
    "{\"ts\":0,\"user\":\"a\rb\",\"owner\":\"\"}", "{\"ts\":0,\"user\":\"a\",\"owner\":\"b\"}\r",
    #"{"ts":truefalse,"user":"a","owner":"b"}"#, #"{"ts":nul,"user":"a","owner":"b"}"#,
    #"{"ts":0,"user":"a","owner":"b"} "#, #"{"ts":0,"user":"a","owner":"b"}}"#, "", " ", "{}", "{",
  ])
  func `no record passes for one of a shape that it has not`(line: String) {
    let fit = "{\"ts\":0,\"user\":\"a\",\"owner\":\"b\"}\n"
    Self.expectSame(Array((fit + fit + line + "\n" + fit + line).utf8), Self.map)
  }

  @Test func `records around and beyond the window mean the same`() {
    var seed = SeededGenerator(state: 3)
    for length in [100, 1000, 16_300, 16_384, 16_500, 40_000] {
      var text = ""
      for index in 0..<(60_000 / length + 4) {
        let pad = String(repeating: "x", count: length + Int.random(in: -90...90, using: &seed))
        text +=
          "{\"ts\":\(index),\"user\":\"u\(index % 7)\",\"pad\":\"\(pad)\",\"rows\":\(index)}\n"
      }
      Self.expectSame(Array(text.utf8), Self.map)
      text.removeLast()
      Self.expectSame(Array(text.utf8), Self.map)
    }
  }

  @Test func `more shapes than are remembered change nothing`() {
    var text = ""
    for index in 0..<300 {
      let others = (0..<(index % 13)).map { "\"k\($0)\":\"\(index)\"," }.joined()
      text += "{\(others)\"ts\":\(index),\"user\":\"u\",\"rows\":\(index)}\n"
    }
    Self.expectSame(Array(text.utf8), Self.map)
    Self.expectSame(Array(text.utf8), nil)
  }

  @Test(arguments: [true, false])
  func `finds every anchor and stop`(isWide: Bool) {
    var seed = SeededGenerator(state: 17)
    let marks: [UInt8] = [0x22, 0x3A, 0x0A, 0x5C, 0x1F, 0x20, 0x61, 0x80, 0xFF, 0x00]
    for count in [1, 63, 64, 65, 500, JSONIndex.size] {
      var bytes = (0..<count).map { _ in marks.randomElement(using: &seed) ?? 0 }
      if count == 500 { bytes = [UInt8](repeating: 0x0A, count: count) }
      let padded = bytes + [UInt8](repeating: 0, count: ByteChunk.padding)
      let anchors = bytes.indices.filter {
        bytes[$0] == 0x0A || bytes[$0] == 0x22 && padded[$0 + 1] == 0x3A
      }
      padded.withUnsafeBufferPointer { padded in
        guard let base = padded.baseAddress else { return }
        _ = JSONIndex.withIndex(at: base) { index -> Bool? in
          if !isWide { index.width = 0 }
          index.move(to: base, count)
          #expect((0..<index.count).map { Int(index.anchors[$0]) } == anchors)
          var stops = 0
          for offset in bytes.indices {
            #expect(index.stops(before: offset) == stops)
            if bytes[offset] < 0x20 || bytes[offset] == 0x22 || bytes[offset] == 0x5C { stops += 1 }
          }
          return true
        }
      }
    }
  }
}
