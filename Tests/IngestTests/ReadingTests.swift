import EventModel
import Foundation
import Testing

@testable import Ingest

/// A folder of its own for one test.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "reading-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String = "input.log") throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// What a program of the system makes of the bytes.
  func run(_ program: String, _ arguments: [String] = [], on bytes: [UInt8]) throws -> [UInt8] {
    let file = try write(bytes, to: UUID().uuidString)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let result = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](result)
  }
}

/// A record as a decoder sees it, with its place; or its rejection.
struct SeenRecord: Equatable, CustomStringConvertible {
  var text: String
  var offset: Int64
  var length: Int
  var line: Int
  var description: String { "\(line)@\(offset)+\(length) \(text.prefix(60))" }
}

struct Reading {
  var records: [SeenRecord] = []
  var lines = 0
  var bytes: Int64 = 0
  var error: ReadError?
  var wasTruncated = false

  init(
    _ path: String,
    chunkSize: Int = 1 << 20,
    framing: Framing = .lines,
    encoding: TextEncoding? = nil,
    limits: DecompressionLimits = .standard
  ) throws {
    let reader = try ChunkReader(
      path: path,
      chunkSize: chunkSize,
      encoding: encoding,
      limits: limits
    )
    reader.setFraming(framing)
    do throws(ReadError) {
      while let chunk = try reader.next() { take(chunk) }
    } catch {
      self.error = error
    }
    if error != nil {
      let another = try reader.next()
      #expect(another?.count == nil, "an error comes once")
    }
    wasTruncated = reader.truncated
  }

  private mutating func take(_ chunk: ByteChunk) {
    #expect(chunk.storage.count == chunk.count + ByteChunk.padding)
    #expect(chunk.storage[chunk.count...].allSatisfy { $0 == 0 })
    var batch = EventBatch()
    var texts: [String] = []
    RecordFramer.forEachRecord(in: chunk, into: &batch) { record, batch in
      texts.append(String(decoding: record, as: UTF8.self))
      batch.rows.append(EventRow(time: 0))
    }
    // Too long records come last in their chunk or between others: put them where their line is.
    var found = zip(texts, batch.rows).map {
      SeenRecord(
        text: $0,
        offset: $1.offset,
        length: Int($1.length),
        line: Int($1.line)
      )
    }
    found += batch.rejections.map {
      SeenRecord(text: $0.error.text, offset: $0.offset, length: $0.length, line: $0.line)
    }
    records += found.sorted { $0.line < $1.line }
    lines += batch.lineCount
    bytes += batch.byteCount
  }
}

struct ReadingTests {
  static let text: [UInt8] = (1...20_000).flatMap {
    Array("\($0) GET /members?page=\($0 &* 7919 % 1000) 192.0.2.\($0 % 250)\n".utf8)
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
  func `members written one after another are one stream`(program: String) throws {
    let scratch = try Scratch()
    let half = Self.text.count / 2
    let first = try scratch.run(program, ["-c"], on: Array(Self.text[..<half]))
    let second = try scratch.run(program, ["-c"], on: Array(Self.text[half...]))
    let path = try scratch.write(first + second, to: "named.txt")
    let plain = try Reading(try scratch.write(Self.text))
    #expect(plain.records.count == 20_000)
    for chunkSize in [1000, 1 << 20] {
      let packed = try Reading(path, chunkSize: chunkSize)
      #expect(packed.error == nil)
      #expect(packed.records == plain.records)
    }
    let head = try ChunkReader(path: path, encoding: nil).head()
    #expect(head.compression.rawValue == program)
    #expect(head.bytes.count <= FileHead.size && head.bytes.last == 0x0A)
    #expect(Self.text.starts(with: head.bytes))
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
  func `data that end early are given out up to there, then said`(program: String) throws {
    let scratch = try Scratch()
    // bzip2 gives out blocks of up to 900 kB: several are needed.
    let text = (0..<6).flatMap { _ in Self.text }
    let whole = try scratch.run(program, ["-c"], on: text)
    let path = try scratch.write(Array(whole[..<(whole.count - whole.count / 8)]))
    let reading = try Reading(path)
    #expect(reading.error?.code == .truncated)
    #expect(reading.wasTruncated)
    let got = reading.records.dropLast()
    let plain = try Reading(try scratch.write(text, to: "plain")).records
    #expect(got.count < plain.count)
    #expect(Array(got) == Array(plain.prefix(got.count)))
    if program != "xz" && program != "zstd" { #expect(got.count > 1000) }
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
  func `damaged data are an error, never a trap`(program: String) throws {
    let scratch = try Scratch()
    let whole = try scratch.run(program, ["-c"], on: Self.text)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<40 {
      var damaged = whole
      for _ in 0..<3 {
        let place = Int.random(in: 8..<damaged.count, using: &generator)
        damaged[place] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = try Reading(try scratch.write(damaged))
    }
    let trailing = try Reading(try scratch.write(whole + Array("trailing words".utf8)))
    #expect(trailing.records.count == 20_000)
    #expect(trailing.error?.code == .corrupt)
    let place = "from byte \(whole.count) on; it was not read"
    #expect(trailing.error?.message.contains(place) == true)
    let padded = try Reading(try scratch.write(whole + [UInt8](repeating: 0, count: 1024)))
    #expect(padded.error == nil && padded.records.count == 20_000)
    let cut = try Reading(try scratch.write(whole + whole.prefix(2)))
    #expect(cut.error?.code == .truncated && cut.records.count == 20_000)
  }

  @Test(arguments: ["gzip", "zstd"])
  func `a line that breaks off with its input is rejected`(program: String) throws {
    let scratch = try Scratch()
    let whole = try scratch.run(program, ["-c"], on: Self.text)
    let reading = try Reading(try scratch.write(Array(whole[..<(whole.count - whole.count / 8)])))
    let torn = try #require(reading.records.last)
    #expect(torn.text.hasPrefix("unexpected end at byte"))
    // Without compression nothing tells a torn line from a last one.
    #expect(try Reading(try scratch.write(Array("1 a\n2 b".utf8))).records.last?.text == "2 b")
  }

  @Test(arguments: ["gzip", "zstd", "xz", "bzip2"])
  func `a bomb is stopped`(program: String) throws {
    let scratch = try Scratch()
    let zeros = Array(
      repeatElement([UInt8](repeating: 0, count: 1023) + [0x0A], count: 8192).joined()
    )
    var limits = DecompressionLimits.standard
    limits.freeOutput = 1 << 20
    limits.ratio = 200
    let path = try scratch.write(try scratch.run(program, ["-c"], on: zeros))
    #expect(try Reading(path, limits: limits).error?.code == .bomb)
    #expect(try Reading(path).error == nil)
  }

  @Test(arguments: [64, 1000, 1 << 20, 4 << 20])
  func `lines do not depend on the chunk size`(chunkSize: Int) throws {
    let scratch = try Scratch()
    let limit = RecordFramer.longestRecord
    func letters(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x61, count: count) }
    let crlf: [UInt8] = [0x0D, 0x0A]
    var bytes = Array("\u{FEFF}first\r\n\nthird\n".utf8)
    bytes += letters(limit) + crlf  // the longest that is read
    bytes += letters(limit + 1) + crlf  // one too many
    bytes += Array("between\n".utf8)
    bytes += letters(limit) + crlf + letters(3 * limit) + [0x0D] + crlf + Array("last".utf8)
    let reading = try Reading(try scratch.write(bytes), chunkSize: chunkSize)
    let tooLong = "record longer than 1 MiB at byte 1048576"
    #expect(reading.records.map(\.line) == Array(1...9))
    #expect(
      reading.records.map(\.length) == [5, 0, 5, limit, limit + 1, 7, limit, 3 * limit + 1, 4]
    )
    #expect(reading.records[0].offset == 3)
    #expect(reading.records[4].text == tooLong && reading.records[7].text == tooLong)
    #expect(reading.records[8].text == "last")
    #expect(reading.records[8].offset == Int64(bytes.count - 4))
    #expect(reading.records[5].offset == Int64(3 + 7 + 1 + 6 + (limit + 2) + (limit + 3)))
    #expect(reading.lines == 9)
  }

  @Test func `an empty file has no chunk and an empty head`() throws {
    let scratch = try Scratch()
    let path = try scratch.write([])
    #expect(try Reading(path).records.isEmpty)
    #expect(try ChunkReader(path: path, encoding: nil).head().isEmpty)
    #expect(throws: ReadError.self) {
      _ = try ChunkReader(path: scratch.path + "/none", encoding: nil)
    }
  }

  @Test func `files are found once, in order, with a line for each that is not`() throws {
    let scratch = try Scratch()
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: scratch.path + "/logs/deep",
      withIntermediateDirectories: true
    )
    for name in ["logs/b.log", "logs/a.log", "logs/deep/c.log", "logs/.hidden"] {
      _ = try scratch.write([0x61], to: name)
    }
    let logs = scratch.path + "/logs"
    try manager.createSymbolicLink(atPath: logs + "/deep/up", withDestinationPath: logs)
    try manager.createSymbolicLink(atPath: logs + "/z.log", withDestinationPath: logs + "/a.log")
    try manager.createSymbolicLink(atPath: logs + "/dead", withDestinationPath: logs + "/gone")
    let found = InputDiscovery.files(at: [
      logs + "/b*", logs, logs + "/none", logs + "/none*", "-", "-",
    ])
    let names = found.files.map { $0.path.replacingOccurrences(of: logs, with: "") }
    #expect(names.first == "/b.log" && names.last == "-")
    #expect(names.filter { $0 == "/a.log" || $0 == "/z.log" }.count == 1)
    #expect(names.contains("/deep/c.log") && names.count == 4)
    #expect(found.files[0].size == 1)
    let problems = found.problems.map { $0.path.replacingOccurrences(of: logs, with: "") }
    #expect(problems == ["/dead", "/none", "/none*"])
    #expect(found.leftOut == [logs + "/.hidden"])
    let named = InputDiscovery.files(at: [logs + "/.hidden", logs])
    #expect(named.files.first?.path == logs + "/.hidden" && named.leftOut.isEmpty)
  }

  @Test func `a part of a split log is read, though its letters are those of a note or a script`()
    throws
  {
    let scratch = try Scratch()
    let manager = FileManager.default
    for folder in ["parts", "notes"] {
      try manager.createDirectory(
        atPath: scratch.path + "/" + folder,
        withIntermediateDirectories: true
      )
    }
    for ending in ["aa", "ab", "md", "sh", "yml"] {
      _ = try scratch.write([0x61], to: "parts/a.jsonl." + ending)
    }
    for name in ["a.jsonl.aa", "a.jsonl.md"] { _ = try scratch.write([0x61], to: "notes/" + name) }
    let parts = InputDiscovery.files(at: [scratch.path + "/parts"])
    #expect(parts.files.map { $0.path.suffix(2) } == ["aa", "ab", "md", "sh"])
    #expect(parts.leftOut == [scratch.path + "/parts/a.jsonl.yml"])
    // Three letters a part.
    try manager.createDirectory(
      atPath: scratch.path + "/long",
      withIntermediateDirectories: true
    )
    for ending in ["aaa", "aab", "ymk", "yml", "ymm"] {
      _ = try scratch.write([0x61], to: "long/a.jsonl." + ending)
    }
    let long = InputDiscovery.files(at: [scratch.path + "/long"])
    #expect(long.files.map { $0.path.suffix(3) } == ["aaa", "aab", "ymk", "yml", "ymm"])
    #expect(long.leftOut.isEmpty)
    let notes = InputDiscovery.files(at: [scratch.path + "/notes"])
    #expect(notes.leftOut == [scratch.path + "/notes/a.jsonl.md"])
  }
}
