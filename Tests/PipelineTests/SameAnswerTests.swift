import Detection
import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Ingest
@testable import Pipeline

/// The engine, written to bytes and restored after every batch.
private struct RestoredEngine: EventConsumer {
  var engine: DetectionEngine
  let estate: DeclaredEstate
  let sources: [SourceDeclaration]
  var batches = 0
  var failure: String?

  mutating func apply(_ rows: [EventRow], names: NameTable) {
    engine.apply(rows, names: names)
    batches += 1
    do {
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: sources,
        detectors: nil
      )
    } catch {
      failure = "batch \(batches): \(error)"
    }
  }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    engine.finishList(coverage: coverage)
  }
}

/// What a scan answers, without the places of evidence.
private struct Answer: Equatable {
  var incidents: [Incident]
  var coverage: Coverage

  init(_ result: ScanResult, explained: Incident.AuthorisationCount) {
    coverage = result.coverage
    coverage.explained = explained
    coverage.unreadable = []
    // They are places, and so many a file.
    coverage.rejections = []
    // A header repeated is one line more.
    for source in coverage.sources.indices { coverage.sources[source].headerLines = 0 }
    incidents = Array(result.incidents)
    for place in incidents.indices {
      for finding in incidents[place].findings.indices {
        for item in incidents[place].findings[finding].evidence.indices {
          incidents[place].findings[finding].evidence[item].file = ""
          incidents[place].findings[finding].evidence[item].member = nil
          incidents[place].findings[finding].evidence[item].offset = 0
          incidents[place].findings[finding].evidence[item].line = 0
          incidents[place].findings[finding].evidence[item].fileIndex = 0
        }
      }
    }
  }

  /// The bytes that go out.
  var text: String {
    let report = ScanReport(incidents: incidents, coverage: coverage, program: "test")
    return JSONLinesReport(options: ReportOptions()).render(report)
  }
}

private func answer(
  _ paths: [String],
  _ estate: DeclaredEstate,
  threads: Int = 1,
  chunkSize: Int = 1 << 16
) async throws -> Answer {
  var options = ScanOptions(paths: paths, threads: threads)
  options.chunkSize = chunkSize
  options.excludedPaths = Set(estate.registerFiles)
  let scan = BatchScan(estate: estate, options: options)
  var engine = DetectionEngine(estate: estate, sources: scan.sources, detectors: nil)
  let result = try await scan.run(&engine)
  return Answer(result, explained: engine.explained)
}

/// As `answer`, by way of bytes after every `batch` rows.
private func restoredAnswer(
  _ paths: [String],
  _ estate: DeclaredEstate,
  batch: Int
) async throws -> Answer {
  var options = ScanOptions(paths: paths, threads: 1)
  options.limits.applyRows = batch
  options.excludedPaths = Set(estate.registerFiles)
  let scan = BatchScan(estate: estate, options: options)
  var restored = RestoredEngine(
    engine: DetectionEngine(estate: estate, sources: scan.sources, detectors: nil),
    estate: estate,
    sources: scan.sources
  )
  let result = try await scan.run(&restored)
  #expect(restored.failure == nil)
  #expect(restored.batches > 0)
  return Answer(result, explained: restored.engine.explained)
}

/// The records of a file, line ends included; a line end inside quotes of CSV ends nothing, nor does
/// one before an indented line where those go on with a record.
private func records(_ file: [UInt8], framing: Framing?) -> [[UInt8]] {
  // Of a list of JSON records each becomes a line; how the list itself is cut is for the tests of cut records. A list
  // among lines is one line, but where a part begins with it: decision 0049.
  let isDocuments = file.withUnsafeBufferPointer { JSONEnvelope.begins($0, isWhole: true) }
  let holdsList = file.split(separator: 0x0A).contains { line in
    [#"{"records":["#, #"{"Records":["#].contains { line.starts(with: Array($0.utf8)) }
  }
  let bytes = isDocuments == true || holdsList ? JSONDocuments.lines(of: file) : file
  switch framing {
  case .journalEntries, .octetCounted, .blocks(.ctime), .blocks(.oracleRecord), .blocks(.slowLog),
    .windowsEvents:
    return blocks(bytes, framing)
  default: break
  }
  var result: [[UInt8]] = []
  var start = 0
  var isQuoted = false
  for (index, byte) in bytes.enumerated() {
    switch framing {
    case .csvRecords: if byte == 0x22 { isQuoted.toggle() }
    case .indented: isQuoted = index + 1 < bytes.count && [0x09, 0x20].contains(bytes[index + 1])
    case .blocks(.auditRecord):
      let next = bytes[(index + 1)...].prefix(40).drop { $0 == 0x20 }
      isQuoted = byte == 0x0A && !next.starts(with: Array("<AUDIT_RECORD".utf8))
    default: break
    }
    guard byte == 0x0A, !isQuoted else { continue }
    result.append(Array(bytes[start...index]))
    start = index + 1
  }
  if start < bytes.count { result.append(bytes[start...] + [0x0A]) }
  return result
}

/// Records that end where a reader finds their end.
private func blocks(_ bytes: [UInt8], _ framing: Framing?) -> [[UInt8]] {
  var result: [[UInt8]] = []
  var start = 0
  (bytes + [UInt8](repeating: 0, count: 64)).withUnsafeBufferPointer { room in
    guard let base = room.baseAddress else { return }
    while start < bytes.count {
      let verdict =
        switch framing {
        case .blocks(let opening):
          BlockBoundary(base: base, count: bytes.count, atEnd: true, opening: opening)
            .end(from: start)
        case .windowsEvents:
          WindowsEventBoundary(base: base, count: bytes.count, atEnd: true).end(from: start)
        case .octetCounted:
          OctetCountedBoundary(base: base, count: bytes.count, atEnd: true).end(from: start)
        default:
          JournalEntryBoundary(base: base, count: bytes.count, atEnd: true).end(from: start)
        }
      var end = bytes.count
      if case .end(let place) = verdict { end = place }
      result.append(Array(bytes[start..<end]))
      start = end
    }
  }
  if let last = result.last, last.last != 0x0A { result[result.count - 1].append(0x0A) }
  return result
}

private func write(_ parts: [[UInt8]], to path: String) throws {
  let file = URL(fileURLWithPath: path)
  try FileManager.default.createDirectory(
    at: file.deletingLastPathComponent(),
    withIntermediateDirectories: true
  )
  try Data(parts.joined()).write(to: file)
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

@Suite struct `The same answer` {
  /// One source of sample-logs: its records, file by file.
  private struct Sample {
    var folder: String
    var header: [[UInt8]] = []
    var files: [[[UInt8]]] = []
    var originals: [String] = []
  }

  private static let folders = ["app", "cti", "legacy", "postgresql", "syslog", "web"]

  private func sample(_ folder: String) throws -> Sample {
    var sample = Sample(folder: folder)
    let place = root + "/sample-logs/" + folder
    for name in try FileManager.default.contentsOfDirectory(atPath: place).sorted() {
      let path = place + "/" + name
      sample.originals.append(path)
      var bytes: [UInt8] = []
      if folder == "legacy" {
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      } else {
        let reader = try ChunkReader(path: path, encoding: nil)
        while let chunk = try reader.next() { bytes += chunk.storage.prefix(chunk.count) }
      }
      var all = records(
        bytes,
        framing: folder == "postgresql" ? CSVLog.framing : nil
      )
      if folder == "app" {
        // Of 130,000 ordinary lines a thirtieth, and everything that takes more than one record.
        let marks = ["export", "extract"].map { Array($0.utf8) }
        all = all.enumerated().filter { index, record in
          index % 30 == 0 || marks.contains { record.firstRange(of: $0) != nil }
        }.map(\.element)
      }
      if folder == "legacy" { sample.header = [all.removeFirst()] }
      sample.files.append(all)
    }
    return sample
  }

  private func lay(_ samples: [Sample], _ work: Workplace) throws -> DeclaredEstate {
    for sample in samples {
      for (index, file) in sample.files.enumerated() {
        try write(
          sample.header + file,
          to: "\(work.path)/\(sample.folder)/\(100 + index).log"
        )
      }
    }
    for name in ["ometsuke.yml", "tickets.csv"] {
      try FileManager.default.copyItem(
        atPath: root + "/sample-logs/" + name,
        toPath: work.path + "/" + name
      )
    }
    return try EstateFile.load(path: work.path + "/ometsuke.yml").estate
  }

  @Test func `comes from sample-logs, however they are cut, packed, ordered and read`() async throws
  {
    let samples = try Self.folders.map(sample)
    let plain = try Workplace()
    let estate = try lay(samples, plain)
    let expected = try await answer([plain.path], estate)
    #expect(expected.incidents.first?.accounts == ["sysadmin"])
    #expect(expected.incidents.first?.severity == .critical)
    let text = expected.text

    for (threads, chunkSize) in [(2, 100), (3, 1000), (1, 1 << 20)] {
      let other = try await answer(
        [plain.path],
        estate,
        threads: threads,
        chunkSize: chunkSize
      )
      #expect(other == expected, "\(threads) threads, chunks of \(chunkSize)")
      #expect(other.text == text)
    }
    let paths = Self.folders.map { plain.path + "/" + $0 }
    #expect(try await answer(paths.reversed(), estate, threads: 2).text == text)
    #expect(try await restoredAnswer([plain.path], estate, batch: 700).text == text)

    var random = Seeded(state: 11)
    var cut = samples
    var mixed = samples
    for index in samples.indices where samples[index].header.isEmpty {
      cut[index].files = samples[index].files.flatMap { file in
        let middle = Int.random(in: 1..<file.count, using: &random)
        return [Array(file[..<middle]), Array(file[middle...])]
      }.reversed()
      let all = Array(samples[index].files.joined())
      // A year that is not stated is inferred from the order of the lines.
      mixed[index].files = [
        samples[index].folder == "syslog" ? all : all.shuffled(using: &random)
      ]
    }
    for (name, other) in [("cut and turned round", cut), ("shuffled into one", mixed)] {
      let work = try Workplace()
      let estate = try lay(other, work)
      #expect(try await answer([work.path], estate, threads: 2).text == text, "\(name)")
    }

    // gzip, bzip2 and xz as they lie in the repository; the trimmed one by zstd.
    let packed = try Workplace()
    let packedEstate = try lay(samples.filter { $0.folder == "app" }, packed)
    for sample in samples where sample.folder != "app" {
      try FileManager.default.copyItem(
        atPath: root + "/sample-logs/" + sample.folder,
        toPath: packed.path + "/" + sample.folder
      )
    }
    for name in ["100.log", "101.log"] {
      let zstd = Process()
      zstd.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      zstd.arguments = ["zstd", "-q", "--rm", packed.path + "/app/" + name]
      try zstd.run()
      zstd.waitUntilExit()
      #expect(zstd.terminationStatus == 0)
    }
    #expect(try await answer([packed.path], packedEstate, threads: 2).text == text)
  }

  @Test(arguments: FormatRegistry.all.map { $0.name })
  func `comes from every fixture of a format`(format: String) async throws {
    let place = root + "/Tests/IngestTests/Fixtures/" + format
    for name in try FileManager.default.contentsOfDirectory(atPath: place).sorted() {
      guard let data = FileManager.default.contents(atPath: "\(place)/\(name)/input.log") else {
        continue
      }
      // Where lengths lie, the next message is looked for from where a part begins (decision 0054).
      if format == SyslogRFC6587.name, name == "hostile" { continue }
      var all = records(Array(data), framing: FormatRegistry.format(named: format)?.framing)
      let header = format == "csv" ? [all.removeFirst()] : []
      func estate(_ work: Workplace) -> DeclaredEstate {
        var source = SourceDeclaration(name: "fixture")
        source.format = format
        source.paths = [work.path]
        // Inferred from a part alone it may be another: no 29th of February stands in it.
        source.year = 2024
        var estate = DeclaredEstate()
        estate.sources = [source]
        return estate
      }

      let whole = try Workplace()
      try write(header + all, to: whole.path + "/a.log")
      let expected = try await answer([whole.path], estate(whole))
      let events = expected.coverage.sources.reduce(0) { $0 + $1.events }
      #expect(events > 0, "\(name)")
      for (threads, chunkSize) in [(2, 16), (3, 1000)] {
        let other = try await answer(
          [whole.path],
          estate(whole),
          threads: threads,
          chunkSize: chunkSize
        )
        #expect(other == expected, "\(name): \(threads) threads, chunks of \(chunkSize)")
      }
      if events > 0 {
        let batch = events > 20 ? 7 : 1
        let restored = try await restoredAnswer([whole.path], estate(whole), batch: batch)
        #expect(restored == expected, "\(name)")
      }
      // Names turned round; but headers hold on in the order of names.
      let found = FormatRegistry.format(named: format)
      let isHeaded = found is any HeadedText.Type || found is any CarryingText.Type
      let names = isHeaded ? ["a.log", "b.log"] : ["b.log", "a.log"]
      // A header stands in the first part or in both.
      for second in header.isEmpty ? [[]] : [[], header] {
        for middle in [1, all.count / 2, all.count - 1] where middle > 0 {
          let cut = try Workplace()
          try write(header + all[..<middle], to: "\(cut.path)/\(names[0])")
          try write(second + all[middle...], to: "\(cut.path)/\(names[1])")
          #expect(
            try await answer([cut.path], estate(cut), threads: 2) == expected,
            "\(name) cut at \(middle)"
          )
        }
      }
    }
  }

  @Test(arguments: FormatRegistry.all.map { $0.name })
  func `comes from parts of every fixture with nothing declared`(format: String) async throws {
    let place = root + "/Tests/IngestTests/Fixtures/" + format
    for name in try FileManager.default.contentsOfDirectory(atPath: place).sorted() {
      guard let data = FileManager.default.contents(atPath: "\(place)/\(name)/input.log") else {
        continue
      }
      // A part that holds one message of several lines looks like lines (decision 0054).
      if format == SyslogRFC6587.name { continue }
      // What only a declaration makes a file of this format: `comes from every fixture of a format` has it.
      if name.hasPrefix("declared-") { continue }
      let all = records(Array(data), framing: FormatRegistry.format(named: format)?.framing)
      let whole = try Workplace()
      try write(all, to: whole.path + "/app.log")
      let expected = try await answer([whole.path], DeclaredEstate())
      #expect(expected.coverage.sources.map(\.format) == [format], "\(name)")
      #expect(expected.coverage.sources.reduce(0) { $0 + $1.events } > 0, "\(name)")
      var random = Seeded(state: 5)
      for turn in 0..<3 where all.count > 1 {
        let cuts = (0...turn % 3).map { _ in Int.random(in: 1..<all.count, using: &random) }
        let bounds = [0] + Set(cuts).sorted() + [all.count]
        let cut = try Workplace()
        for (part, (start, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
          try write(Array(all[start..<end]), to: cut.path + "/app.log.0\(part)")
        }
        let other = try await answer([cut.path], DeclaredEstate(), threads: 2)
        #expect(other == expected, "\(name) cut at \(cuts)")
        #expect(other.text == expected.text)
      }
    }
  }
}
