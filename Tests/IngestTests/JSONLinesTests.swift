import EventModel
import Testing

@testable import Ingest

struct JSONLinesTests {
  /// Decodes text with a map, or with the guess from its head.
  static func decode(
    _ text: String,
    map: FieldMap? = nil,
    offset: Int64 = 0,
    line: Int = 1
  ) -> EventBatch {
    var declaration = SourceDeclaration(name: "test")
    declaration.fields = map
    return decode(Array(text.utf8), declaration, offset: offset, line: line)
  }

  static func decode(
    _ bytes: [UInt8],
    _ declaration: SourceDeclaration,
    offset: Int64 = 0,
    line: Int = 1
  ) -> EventBatch {
    let options = DecodeOptions(
      declaration: declaration,
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    var batch = EventBatch()
    let format = JSONLines(options: options, head: bytes.span)
    format.decode(ByteChunk(bytes, offset: offset, line: line), into: &batch)
    return batch
  }

  static func map(_ paths: [FieldMap.Column: String]) -> FieldMap {
    var map = FieldMap()
    for (column, path) in paths {
      map.rules[column] = FieldRule(path: path.split(separator: ".").map(String.init))
    }
    return map
  }

  /// A row of one line: `body` beside a time.
  static func row(_ body: String, _ map: FieldMap) -> (row: EventRow, names: NameTable)? {
    var map = map
    if map.rules[.time] == nil { map.rules[.time] = FieldRule(path: ["ts"]) }
    let batch = decode(#"{"ts":"2026-04-01T00:00:00Z","# + body + "}", map: map)
    return batch.rows.first.map { ($0, batch.names) }
  }

  @Test(arguments: [
    #"{"ts":0}"#, #" { "ts" : 0 , "a" : [ ] , "b" : { } } "#,
    #"{"ts":0,"a":[1,-0,0.5,1e9,-1.5E+3]}"#,
    #"{"ts":0,"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#, #"{"ts":0,"a":[[[]],{"b":[{}]}]}"#,
    #"{"ts":0,"a":true,"b":false,"c":null}"#, #"{"\u0074s":0}"#, #"{"":1,"ts":0}"#,
    "\u{FEFF}{\"ts\":0}", "{\t\"ts\":\t0}",
  ])
  func `takes every well-formed object`(line: String) {
    let batch = Self.decode(line, map: Self.map([.time: "ts"]))
    #expect(batch.rows.count == 1)
    #expect(batch.rows.first?.time == 0)
  }

  @Test(arguments: [
    #"{"ts":0"#, #"{"ts":0}}"#, #"{"ts":0,}"#, #"{"ts":0 "a":1}"#, #"{"ts" 0}"#, #"{"ts":}"#,
    #"{ts:0}"#, #"{"ts":0,"a":[1,]}"#, #"{"ts":0,"a":[1 2]}"#, #"{"ts":0,"a":[1}"#,
    #"{"ts":0,"a":{1]}"#,
    #"{"ts":0,"a":01}"#, #"{"ts":0,"a":1.}"#, #"{"ts":0,"a":.5}"#, #"{"ts":0,"a":+1}"#,
    #"{"ts":0,"a":1e}"#,
    #"{"ts":0,"a":-}"#, #"{"ts":0,"a":0x1}"#, #"{"ts":0,"a":NaN}"#, #"{"ts":0,"a":tru}"#,
    #"{"ts":0,"a":truex}"#,
    #"{"ts":0,"a":nul"#, #"{"ts":0,"a":"x}"#, #"{"ts":0,"a":"\x"}"#, #"{"ts":0,"a":"\u12g4"}"#,
    #"{"ts":0,"a":"\u12"#,
    "{\"ts\":0,\"a\":\"\u{1}\"}", "{\"ts\":0,\"a\":\"\t\"}", #"{"ts":0} x"#, #"[{"ts":0}]"#, "null",
    "1", #""ts""#,
    #"{"ts":0,"a":'x'}"#, #"{"ts":0,/**/"a":1}"#, #"{"#, #"{"ts":0,"a":"\"#, #"{"ts":0,"a":["#,
    #"{,"ts":0}"#,
  ])
  func `rejects every object that is not well-formed`(line: String) {
    let batch = Self.decode(line, map: Self.map([.time: "ts"]))
    #expect(batch.rows.isEmpty)
    #expect(batch.rejectedCount == 1)
    #expect(batch.rejections.first?.length == line.utf8.count)
  }

  @Test(arguments: [
    "true", "[1]", "{\"a\":1}", "\"\"", "null", "\"1,00,000\"", "\"0,001\"", "\"1,0000\"",
    "\",100\"", "\"1,000.5\"", "\"\u{FF15}\u{FF10}\"",
    "-1", "\"NaN\"", "1e+308", "\"1e400\"", "9223372036854775807", "9223372036854775808",
    "99999999999999999999",
    "1000000000001", "\"9223372036854775808\"", "\"18446744073709551615\"",
    "\"99999999999999999999999\"", "\"9,999,999,999,999,999,999\"", "\" \"", "\"  5 0 \"",
  ])
  func `a count that cannot be read or meant is unknown, and its event stays`(count: String) throws
  {
    let map = Self.map([.records: "rows"])
    let found = try #require(Self.row("\"rows\":\(count)", map))
    #expect(found.row.volume == .unknown)
    let most = try #require(Self.row("\"rows\":1000000000000", map))
    #expect(most.row.volume == .exactly(1_000_000_000_000))
    let bytes = try #require(Self.row("\"b\":9223372036854775807", Self.map([.bytes: "b"])))
    #expect(bytes.row.bytes == -1)
  }

  @Test func `a count in groups of three digits is read, but for one with a unit`() throws {
    let map = Self.map([.records: "rows"])
    for (text, count) in [("12,345", 12_345), ("1,055,000", 1_055_000), ("1,000", 1_000)] {
      let found = try #require(Self.row("\"rows\":\"\(text)\"", map))
      #expect(found.row.volume == .exactly(Int64(count)))
    }
    let padded = try #require(Self.row("\"rows\":\"  5000 \",\"user\":\" adm1 \"", map))
    #expect(padded.row.volume == .exactly(5_000))
    var kilobytes = Self.map([.bytes: "kb"])
    kilobytes.rules[.bytes]?.multiplier = 1_000
    #expect(try #require(Self.row("\"kb\":\"12,345\"", kilobytes)).row.bytes == -1)
  }

  @Test func `a space more than in the line before is as good`() {
    let lines = "{\"ts\":0}\n{\"ts\":  0}\n{\"ts\":!}\n{\"ts\":\t 0}\n{\"ts\":  \n"
    let batch = Self.decode(lines, map: Self.map([.time: "ts"]))
    #expect(batch.rows.map(\.line) == [1, 2, 4])
    #expect(
      batch.rejections.map(\.error.text) == [
        "unexpected byte at byte 6", "unexpected end at byte 8",
      ]
    )
  }

  @Test func `says reason, place and line of a rejection, and errors touch no other line`() {
    let lines = "{\"ts\":0}\n{\"ts\":0,!}\n\n  \r\n{\"ts\":1}\r\n{\"a\":1}"
    let batch = Self.decode(lines, map: Self.map([.time: "ts"]), offset: 1000, line: 50)
    #expect(batch.lineCount == 6)
    #expect(batch.passedOver == 2)
    #expect(
      batch.rejections.map(\.error.text) == ["unexpected byte at byte 8", "not a time at byte 0"]
    )
    #expect(batch.rejections.map(\.offset) == [1009, 1035])
    #expect(batch.rejections.map(\.line) == [51, 55])
    #expect(batch.rows.map(\.line) == [50, 54])
    #expect(batch.rows.map(\.offset) == [1000, 1025])
    #expect(batch.rows.map(\.length) == [8, 8])
  }

  @Test(arguments: [(100, true), (126, true), (128, false), (1000, false), (100_000, false)])
  func `follows nesting to 128 levels and no further`(depth: Int, isTaken: Bool) {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let inner =
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
      let batch = Self.decode(#"{"ts":0,"a":"# + inner + "}", map: Self.map([.time: "ts"]))
      #expect(batch.rows.count == (isTaken ? 1 : 0))
      #expect(batch.rejectedCount == (isTaken ? 0 : 1))
    }
  }

  @Test func `resolves escapes, and half a surrogate pair to U+FFFD`() throws {
    let found = try #require(
      Self.row(
        #""user":"a\"\\\/\u00e9\ud83d\ude00","ip":"x\ud83dy","t":["a\u0062","c",null,7]"#,
        Self.map([.account: "user", .terminal: "ip", .object: "t"])
      )
    )
    #expect(found.names.text(of: found.row.account) == "a\"\\/é😀")
    #expect(found.names.text(of: found.row.terminal) == "x\u{FFFD}y")
    #expect(found.names.text(of: found.row.object) == "ab\u{1F}c\u{1F}7")
  }

  @Test func `takes the last of doubled keys, nested and literal paths`() throws {
    let map = Self.map([.account: "user.name", .terminal: "user.host"])
    func account(_ body: String) -> String? {
      Self.row(body, map).map { $0.names.text(of: $0.row.account) }
    }
    #expect(account(#""user":{"id":{"name":"x"},"name":"a"}"#) == "a")
    #expect(account(#""user.name":"b""#) == "b")
    #expect(account(#""user":{"name":"a","name":"c"}"#) == "c")
    #expect(account(#""user":{"name":"a"},"user":{"host":"h"}"#) == "")
    #expect(account(#""user":{"name":"a","name":null}"#) == "")
    #expect(account(#""user":[{"name":"a"}],"name":"z""#) == "")
    #expect(account(#""user":{"name":17}"#) == "17")
  }

  @Test(arguments: [
    ("17", 17, 17, VolumeQuality.exact), ("0", 0, 0, .exact), (#""42""#, 42, 42, .exact),
    ("2.9", 2, 2, .exact), ("1e3", 1000, 1000, .exact), ("-1", 0, .max, .unknown),
    ("null", 0, .max, .unknown), (#""""#, 0, .max, .unknown), (#""n/a""#, 0, .max, .unknown),
    ("1e40", 0, .max, .unknown), ("{}", 0, .max, .unknown), ("true", 0, .max, .unknown),
    ("9223372036854775808", 0, .max, .unknown), ("999", 0, .max, .unknown),
  ])
  func `reads counts and never makes 0 of an unknown one`(
    text: String,
    low: Int64,
    high: Int64,
    quality: VolumeQuality
  ) throws {
    var map = Self.map([.records: "rows", .bytes: "size"])
    map.rules[.records]?.unknown = ["999"]
    map.rules[.bytes]?.multiplier = 1024
    let found = try #require(Self.row(#""rows":\#(text),"size":1.5"#, map))
    #expect(found.row.volume == Volume(low: low, high: high, quality: quality))
    #expect(found.row.bytes == 1536)
    let absent = try #require(Self.row(#""x":1"#, map))
    #expect(absent.row.volume == .unknown)
    #expect(absent.row.bytes == -1)
  }

  @Test func `counts data subjects, and one opened record as one`() throws {
    let map = Self.map([.subject: "customer", .operation: "op"])
    let one = try #require(Self.row(#""customer":81,"op":"view""#, map)).row
    let same = try #require(Self.row(#""customer":"81","op":"export""#, map)).row
    let many = try #require(Self.row(#""customer":[1,"2",3],"op":"view""#, map)).row
    let none = try #require(Self.row(#""op":"view""#, map)).row
    #expect(one.subject != 0 && one.subject == same.subject)
    #expect(one.volume == .exactly(1))
    #expect(same.volume == .unknown)
    #expect(many.subject == 0 && many.volume == .exactly(3))
    #expect(none.volume == .unknown)
  }

  @Test func `maps operations and outcomes by declared words, else by the usual ones`() throws {
    var map = Self.map([.operation: "op", .outcome: "status", .records: "rows"])
    func row(_ body: String) -> EventRow { Self.row(body, map)?.row ?? EventRow(time: -1) }
    #expect(row(#""op":"EXPORT","status":204"#).operation == .export)
    #expect(row(#""op":"Search","status":"denied""#).outcome == .failure)
    #expect(row(#""op":"login","status":"OK""#).operation == .logon)
    #expect(row(#""op":"frobnicate""#).operation == .other)
    #expect(row(#""op":"frobnicate","rows":3"#).operation == .read)
    #expect(row(#""op":"frobnicate","rows":"1,800,000""#).operation == .read)
    #expect(row(#""op":"frobnicate","rows":"8000件""#).volume == .unknown)
    #expect(row(#""op":"frobnicate","rows":"８０""#).operation == .read)
    for nothing in ["-", "n/a", "", "-1"] {
      #expect(row(#""op":"frobnicate","rows":"\#(nothing)""#).operation == .other, "\(nothing)")
    }
    #expect(row(#""status":302"#).outcome == .success)
    #expect(row(#""status":101"#).outcome == .unknown)
    map.rules[.operation]?.values = ["E": "export"]
    map.rules[.operation]?.otherwise = "touch"
    #expect(row(#""op":"E""#).operation == .export)
    #expect(row(#""op":"Q","rows":1"#).operation == .touch)
    map.rules[.operation] = FieldRule(path: [])
    map.rules[.operation]?.constant = "export"
    #expect(row(#""op":"Q""#).operation == .export)
  }

  @Test(arguments: [
    ("1775001600", "2026-04-01T00:00:00Z"), ("1775001600.25", "2026-04-01T00:00:00.250Z"),
    ("1775001600123", "2026-04-01T00:00:00.123Z"),
    ("1775001600123456", "2026-04-01T00:00:00.123456Z"),
    ("1775001600123456789", "2026-04-01T00:00:00.123456789Z"),
    ("1.7750016e9", "2026-04-01T00:00:00Z"),
    (#""2026-04-01T09:00:00+09:00""#, "2026-04-01T00:00:00Z"), ("-1.5", "1969-12-31T23:59:58.500Z"),
    (#""2026-04-01 00:00:00.5""#, "2026-04-01T00:00:00.500Z"),
    (#""1775001600""#, "2026-04-01T00:00:00Z"),
  ])
  func `reads a time by its shape or its size`(text: String, expected: String) {
    let line = #"{"ts":\#(text)}"# + "\n"
    let batch = Self.decode(line + line, map: Self.map([.time: "ts"]))
    #expect(batch.rows.map { Timestamp(nanoseconds: $0.time).description } == [expected, expected])
  }

  @Test(arguments: [
    ("clf", "25/Oct/2016:14:49:33 +0200", 1_477_399_773),
    ("%d.%m.%Y %H:%M:%S", "01.04.2026 00:00:10", 1_775_001_610),
    ("unix_ms", "1775001600000", 1_775_001_600), ("unix", "99999999999999999999", nil),
    ("%Y", "x", nil),
    ("rfc3339", "2026-02-30T00:00:00Z", nil), ("rfc3339", "2026-04-01T00:00:00Zx", nil),
    ("rfc3339", "1775001600", nil),
  ])
  func `reads declared formats of time and rejects what is none`(
    format: String,
    text: String,
    seconds: Int64?
  ) {
    var map = Self.map([.time: "ts"])
    map.rules[.time]?.timeFormat = format
    let batch = Self.decode(#"{"ts":"\#(text)"}"#, map: map)
    #expect(batch.rows.first?.time == seconds.map { $0 * 1_000_000_000 })
    #expect(batch.rejections.first?.error.reason == (seconds == nil ? .badTime : nil))
  }

  @Test func `guesses the map from the head and judges samples`() {
    let line =
      #"{"ts":"2026-04-01T00:00:00Z","user":{"name":"a"},"rows":3,"count":"x","actor":null}"#
    let guess = FieldMapGuess.guess(head: Array(line.utf8).span)
    #expect(guess.words == ["time ← ts", "account ← user.name", "records ← rows"])
    func verdict(_ text: String) -> Likelihood { JSONLines.probe(Array(text.utf8).span).likelihood }
    #expect(verdict(line) == .certain)
    #expect(verdict(line + "\nplain\n" + line) == .likely)
    #expect(verdict(#"{"a":1}"#) == .possible)
    #expect(verdict("plain\n[1]\n") == .no)
    #expect(
      verdict(#"{"time":1,"remote_addr":"","request":"","status":200,"body_bytes_sent":1}"#)
        == .likely
    )
    #expect(
      verdict(#"{"timestamp":"2026-04-01 00:00:00 UTC","pid":1,"error_severity":"LOG"}"#)
        == .possible
    )
  }

  @Test func `a thousand mutations never trap and lose no line`() {
    let line =
      #"{"ts":"2026-04-01T00:00:00Z","user":{"name":"s\u00e9"},"t":["a","b"],"rows":3,"customer":[1,2],"x":{"y":[1.5e3,null,true]}}"#
    let original = Array((line + "\n" + line + "\r\n" + line + "\n").utf8)
    var declaration = SourceDeclaration(name: "test")
    declaration.fields = Self.map([
      .time: "ts", .account: "user.name", .object: "t", .records: "rows", .subject: "customer",
      .statement: "x", .bytes: "x.y",
    ])
    var seed = SeededGenerator(state: 7)
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &seed) {
        let place = Int.random(in: 0..<bytes.count, using: &seed)
        switch Int.random(in: 0...2, using: &seed) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &seed)
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &seed)], at: place)
        }
      }
      let batch = Self.decode(bytes, declaration)
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      #expect(batch.lineCount == lines.count - (lines.last?.isEmpty == true ? 1 : 0))
      #expect(batch.rows.count + batch.passedOver + batch.rejectedCount == batch.lineCount)
    }
  }
}

/// A small generator with a seed (xorshift64*), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
