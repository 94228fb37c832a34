import EventModel
import Foundation
import Testing

@testable import Ingest

/// Every format against its fixture folders: what its lines mean, row by row.
struct FormatGoldenTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func cases(_ format: String) -> [URL] {
    let folder = root.appendingPathComponent(format)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.map(folder.appendingPathComponent)
  }

  /// A chunk framed as the reader frames it: CSV records by parity of quotes.
  static func chunk(_ bytes: [UInt8], _ framing: Framing) -> ByteChunk {
    var chunk = ByteChunk(bytes)
    if case .headed = framing { chunk.header = [] }
    if framing.isLines { return chunk }
    if case .blocks(let opening) = framing {
      chunk.recordStarts = blockStarts(bytes, opening)
      return chunk
    }
    if case .journalEntries = framing {
      chunk.recordStarts = starts(bytes) {
        JournalEntryBoundary(base: $0, count: $1, atEnd: true).end(from: $2)
      }
      return chunk
    }
    if case .windowsEvents = framing {
      chunk.recordStarts = starts(bytes) {
        WindowsEventBoundary(base: $0, count: $1, atEnd: true).end(from: $2)
      }
      return chunk
    }
    if case .octetCounted = framing {
      chunk.recordStarts = starts(bytes) {
        OctetCountedBoundary(base: $0, count: $1, atEnd: true).end(from: $2)
      }
      return chunk
    }
    var starts: [UInt32] = [0]
    var quoted = false
    for (index, byte) in bytes.enumerated() where index + 1 < bytes.count {
      if byte == 0x22 { quoted.toggle() }
      if case .indented = framing { quoted = bytes[index + 1] == 0x09 || bytes[index + 1] == 0x20 }
      if byte == 0x0A, !quoted { starts.append(UInt32(index + 1)) }
    }
    chunk.recordStarts = starts
    return chunk
  }

  private static func blockStarts(_ bytes: [UInt8], _ opening: BlockOpening) -> [UInt32] {
    starts(bytes) {
      BlockBoundary(base: $0, count: $1, atEnd: true, opening: opening).end(from: $2)
    }
  }

  private static func starts(
    _ bytes: [UInt8],
    _ end: (UnsafePointer<UInt8>, Int, Int) -> CSVRecordBoundary.Verdict
  ) -> [UInt32] {
    let padded = bytes + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      guard let base = padded.baseAddress, !bytes.isEmpty else { return [] }
      var starts: [UInt32] = []
      var place = 0
      while place < bytes.count, case .end(let next) = end(base, bytes.count, place) {
        starts.append(UInt32(place))
        place = next
      }
      return starts
    }
  }

  static func open(_ format: any LogFormat.Type, _ head: [UInt8]) -> any LogFormat {
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "fixture"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    return format.init(options: options, head: head.span)
  }

  /// As the reader gives it out: JSON documents as lines.
  static func lines(_ bytes: [UInt8]) -> [UInt8] {
    let isDocuments = bytes.withUnsafeBufferPointer { JSONEnvelope.begins($0, isWhole: true) }
    return isDocuments == true ? JSONDocuments.lines(of: bytes) : bytes
  }

  static func decode(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> EventBatch {
    let bytes = lines(bytes)
    let decoder = open(format, bytes)
    var batch = EventBatch()
    for chunk in underHeaders(chunk(bytes, format.framing), format) {
      decoder.decode(chunk, into: &batch)
    }
    return batch
  }

  /// Cut where another header begins, as the reader cuts.
  private static func underHeaders(_ chunk: ByteChunk, _ format: any LogFormat.Type) -> [ByteChunk]
  {
    let declaration = SourceDeclaration(name: "fixture")
    guard let starts = chunk.recordStarts,
      var headers = HeaderRecords(format, declaration, delimiter: nil, encodings: nil)
    else { return [chunk] }
    var bounds: [(place: Int, header: [UInt8])] = [(0, [])]
    chunk.storage.withUnsafeBufferPointer { bytes in
      for (start, end) in zip(starts, starts.dropFirst() + [UInt32(chunk.count)]) {
        guard let base = bytes.baseAddress,
          let found = headers.header(base + Int(start), Int(end - start))
        else { continue }
        headers.begin(with: found)
        if start == 0 { bounds = [] }
        bounds.append((Int(start), found))
      }
    }
    return bounds.indices.map { index in
      let (start, header) = bounds[index]
      let end = index + 1 < bounds.count ? bounds[index + 1].place : chunk.count
      let line = chunk.storage[..<start].count { $0 == 0x0A } + 1
      var part = ByteChunk(Array(chunk.storage[start..<end]), offset: Int64(start), line: line)
      part.recordStarts = starts.filter { start..<end ~= Int($0) }.map { $0 - UInt32(start) }
      part.header = header
      return part
    }
  }

  static func text(_ batch: EventBatch) -> String {
    func name(_ id: NameID) -> String {
      let text = batch.names.text(of: id).replacingOccurrences(of: "\u{1F}", with: "+")
      return text.isEmpty ? "-" : text.replacingOccurrences(of: "\n", with: "\\n")
    }
    var keys: [UInt64: Int] = [:]
    var out = ""
    for row in batch.rows {
      if row.statement != 0, keys[row.statement] == nil { keys[row.statement] = keys.count + 1 }
      let high = row.volume.isUnbounded ? "…" : String(row.recordsHigh)
      out += "\(row.line) \(Timestamp(nanoseconds: row.time)) \(row.operation.name) \(row.outcome)"
      out += " account=\(name(row.account)) terminal=\(name(row.terminal))"
      out += " program=\(name(row.program)) object=\(name(row.object)) owner=\(name(row.owner))"
      out += " destination=\(name(row.destination))"
      out += " volume=\(row.recordsLow)…\(high) \(row.quality.name) bytes=\(row.bytes)"
      out += " flags=\(row.flags.rawValue) statement=\(keys[row.statement] ?? 0)\n"
    }
    for rejection in batch.rejections {
      out += "rejected line \(rejection.line): \(rejection.error.text)\n"
    }
    let headers = batch.headerCount > 0 ? " headers \(batch.headerCount)" : ""
    return out + "lines \(batch.lineCount)\(headers) passed over \(batch.passedOver)"
      + " rejected \(batch.rejectedCount)\n"
  }

  @Test func `every fixture decodes to what is expected of it`() throws {
    let rewrites = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    for format in FormatRegistry.all {
      for folder in Self.cases(format.name) {
        let input = try Data(contentsOf: folder.appendingPathComponent("input.log"))
        let found = Self.text(Self.decode(format, Array(input)))
        let golden = folder.appendingPathComponent("expected.txt")
        if rewrites { try found.write(to: golden, atomically: true, encoding: .utf8) }
        let expected = try String(contentsOf: golden, encoding: .utf8)
        #expect(found == expected, "\(format.name)/\(folder.lastPathComponent)")
      }
    }
  }

  @Test func `every registered format has a fixture, and every fixture a format`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.path)
      .filter { !$0.hasPrefix(".") && !Self.cases($0).isEmpty }
    #expect(Set(folders) == Set(FormatRegistry.all.map { $0.name }))
    for format in FormatRegistry.all {
      for folder in Self.cases(format.name) {
        let files = FileManager.default
        #expect(files.fileExists(atPath: folder.appendingPathComponent("README.md").path))
        let input = try Data(contentsOf: folder.appendingPathComponent("input.log"))
        let probe = format.probe(Self.lines(Array(input.prefix(65536))).span)
        #expect(probe.likelihood > .no, "\(format.name): \(probe.reason)")
      }
    }
  }

  @Test func `a thousand mutations of a fixture never trap and never lose a line`() throws {
    for format in FormatRegistry.all {
      for folder in Self.cases(format.name) {
        let input = Array(try Data(contentsOf: folder.appendingPathComponent("input.log")))
        guard !input.isEmpty else { continue }
        var state: UInt64 = 0x5EED
        func next() -> Int {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Int(state >> 33)
        }
        var decoder = Self.open(format, input)
        for turn in 0..<1000 {
          let start = next() % input.count
          var bytes = Array(input[start..<min(input.count, start + 2000)])
          for _ in 0...(next() % 4) where !bytes.isEmpty {
            let place = next() % bytes.count
            switch next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert([0x22, 0x27, 0x0A, 0x2C, 0x5C, 0x28][next() % 6], at: place)
            default: bytes.removeSubrange(place...)
            }
          }
          bytes.append(0x0A)
          let chunk = Self.chunk(bytes, format.framing)
          var expected = bytes.count { $0 == 0x0A }
          if format.framing.endsWithinLines {
            // A record that no line end ends is a line, too.
            expected += chunk.recordStarts?.count { $0 > 0 && bytes[Int($0) - 1] != 0x0A } ?? 0
          }
          // A decoder is opened once a file; what it makes of a head is seen often enough.
          if turn % 10 == 0 { decoder = Self.open(format, bytes) }
          var batch = EventBatch()
          decoder.decode(chunk, into: &batch)
          #expect(batch.lineCount == expected)
          _ = format.probe(bytes.span)
        }
      }
    }
  }
}
