import EventModel
import Foundation
import Testing

@testable import Ingest

struct ReadingRecordTests {
  static let sizes = [1, 64, 1000, 1 << 20]

  private func records(
    _ text: String,
    startsWithTime: Bool = true,
    chunkSize: Int
  ) throws -> [SeenRecord] {
    let scratch = try Scratch()
    let path = try scratch.write(Array(text.utf8))
    let reading = try Reading(
      path,
      chunkSize: chunkSize,
      framing: .csvRecords(startsWithTime: startsWithTime)
    )
    let ends = text.utf8.count { $0 == 0x0A }
    #expect(reading.lines == ends + (text.isEmpty || text.utf8.last == 0x0A ? 0 : 1))
    return reading.records
  }

  static func row(_ second: Int, _ statement: String = "SELECT 1") -> String {
    "2026-04-01 09:00:0\(second).000 JST,\"report\",\"crm\",\"\(statement)\",,\"\""
  }

  @Test(arguments: sizes)
  func `a quoted newline belongs to its record`(chunkSize: Int) throws {
    let long = "SELECT \"\"a\"\"\n\n2026-04-01 09:00:09 is no record\n FROM t"
    let text = [Self.row(1), Self.row(2, long), Self.row(3) + "\r", Self.row(4)]
      .joined(separator: "\n")
    let found = try records(text, chunkSize: chunkSize)
    #expect(found.map(\.line) == [1, 2, 6, 7])
    #expect(found[1].text == Self.row(2, long))
    #expect(found[2].text == Self.row(3))
    #expect(found[3].offset == Int64(text.utf8.count - Self.row(4).utf8.count))
  }

  @Test(arguments: sizes)
  func `a torn quote spoils its own line alone`(chunkSize: Int) throws {
    let torn = "2026-04-01 09:00:05.000 JST,\"report\",\"cr"
    let text =
      [Self.row(1), torn, Self.row(2), torn, Self.row(3, "a\nb"), Self.row(4)]
      .joined(separator: "\n") + "\n"
    let found = try records(text, chunkSize: chunkSize)
    #expect(
      found.map(\.text)
        == [Self.row(1), torn, Self.row(2), torn, Self.row(3, "a\nb"), Self.row(4)]
    )
    #expect(found.map(\.line) == [1, 2, 3, 4, 5, 7])
  }

  @Test(arguments: sizes)
  func `times in quotes tell records as bare ones do`(chunkSize: Int) throws {
    func row(_ second: Int, _ statement: String) -> String {
      "\"2026-04-01 09:00:0\(second).000 JST\",\"crm\",\"\(statement)\",\"\""
    }
    let torn = "\"2026-04-01 09:00:05.000 JST\",\"report\",\"cr"
    let long = "SELECT '\n2026-04-01 09:00:09,\n\"\"2026-04-01 09:00:09\"\" FROM t"
    let rows = [row(1, long), torn, row(2, "SELECT 1"), row(3, long), row(4, long), torn]
    let found = try records(rows.joined(separator: "\n"), chunkSize: chunkSize)
    #expect(found.map(\.text) == rows)
  }

  @Test(arguments: [64, 1000, 1 << 20])
  func `a quote that never closes ends at its first line`(chunkSize: Int) throws {
    let filler = (0..<30_000).map { "line \($0) of something without any quote at all" }
    let text = "a,\"torn\n" + filler.joined(separator: "\n") + "\nb,\"two\nlines\"\nc,\"open\nend"
    let found = try records(text, startsWithTime: false, chunkSize: chunkSize)
    #expect(found.first?.text == "a,\"torn")
    #expect(found.count == 30_004)
    #expect(found.suffix(3).map(\.text) == ["b,\"two\nlines\"", "c,\"open", "end"])
    let tooLong = "d,\"" + String(repeating: "x", count: 2 << 20) + "\ny\"\nlast,1\n"
    let after = try records(tooLong, startsWithTime: false, chunkSize: chunkSize)
    #expect(after.map(\.line) == [1, 2, 3])
    #expect(after.first?.length == (2 << 20) + 3)
  }

  @Test func `framing is the same however the bytes are cut`() throws {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let parts = [
      "\"", "\n", "\r\n", ",", "\"\"", "ab", "2026-04-01 09:00:00", "\n2026-04-01 09:00:01",
    ]
    for round in 0..<60 {
      let text = (0..<random(300)).map { _ in parts[random(parts.count)] }.joined()
      for timed in [true, false] {
        let whole = try records(text, startsWithTime: timed, chunkSize: 1 << 20)
        for size in [1, 7, 64] {
          let cut = try records(text, startsWithTime: timed, chunkSize: size)
          #expect(cut == whole, "round \(round), size \(size)")
        }
      }
    }
  }

  @Test(arguments: [TextEncoding.cp932, .eucJP], sizes)
  func `Japanese encodings are told apart and places stay those of the file`(
    encoding: TextEncoding,
    chunkSize: Int
  ) throws {
    let scratch = try Scratch()
    let lines = ["利用者=山田 操作=参照\r", "表示,能力ソ", "", "ascii only", "顧客名簿を出力した"]
    let name = encoding == .cp932 ? "CP932" : "EUC-JP"
    let raw = try lines.map {
      try scratch.run("iconv", ["-f", "UTF-8", "-t", name], on: Array($0.utf8))
    }
    var bytes = Array(raw.joined(separator: [0x0A]))
    bytes.insert(0xFF, at: bytes.count - raw[4].count)  // a byte of neither encoding
    let path = try scratch.write(bytes)
    let head = try ChunkReader(path: path, encoding: nil).head()
    #expect(head.encoding == encoding)
    #expect(
      String(decoding: head.bytes, as: UTF8.self).hasPrefix(lines[0] + "\n" + lines[1] + "\n")
    )
    let found = try Reading(path, chunkSize: chunkSize, encoding: encoding).records
    #expect(found.map(\.text) == ["利用者=山田 操作=参照", lines[1], "", lines[3], "\u{FFFD}" + lines[4]])
    var offset: Int64 = 0
    for (record, source) in zip(found, raw) {
      #expect(record.offset == offset)
      offset += Int64(source.count) + 1
    }
    #expect(found[0].length == raw[0].count - 1 && found[4].length == raw[4].count + 1)
  }

  @Test(arguments: [64, 1 << 20, 8 << 20])
  func `an endless line of CP932 is passed over with its true place`(chunkSize: Int) throws {
    let scratch = try Scratch()
    let long = [UInt8](repeating: 0xB1, count: 5_000_001)
    let bytes = Array("a\n".utf8) + long + [0x0D, 0x0A] + [0x93, 0xFA, 0x0A]
    let path = try scratch.write(bytes)
    let found = try Reading(path, chunkSize: chunkSize, encoding: .cp932).records
    #expect(found.map(\.offset) == [0, 2, 5_000_005])
    #expect(found.map(\.length) == [1, 5_000_001, 2])
    #expect(found.last?.text == "日")
  }

  @Test func `a cut last character and stray bytes leave UTF-8 what it is`() {
    func detect(_ bytes: [UInt8]) -> TextEncoding? {
      bytes.withUnsafeBufferPointer { EncodingEvidence($0).suggestion }
    }
    #expect(detect(Array("日本語".utf8.dropLast())) == nil)
    #expect(detect(Array("日本語のログ".utf8) + [0xFF, 0x0A]) == nil)
    #expect(detect(Array("GET /".utf8) + [0xFF, 0xFE]) == nil)
    #expect(detect([]) == nil)
    let sato: [UInt8] = [0x8D, 0xB2, 0x93, 0xA1, 0x0A]
    #expect(detect(sato) == nil, "one record alone")
    #expect(detect(sato + sato) == .cp932)
    #expect(detect(sato + sato + Array("佐藤\n".utf8)) == nil)
    #expect(detect(sato + sato + sato + Array("佐藤\n".utf8)) == .cp932)
    #expect(TextEncoding(name: "Shift_JIS") == .cp932 && TextEncoding(name: "EUC-JP") == .eucJP)
    #expect(TextEncoding(name: "latin-9") == nil)
  }
}
