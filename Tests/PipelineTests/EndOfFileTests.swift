import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

private struct NoConsumer: EventConsumer {
  mutating func apply(_ rows: [EventRow], names: NameTable) {}

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
}

/// How far a file was read: from there the next night goes on.
@Suite struct `The end of a file` {
  /// "東京" in CP932, of which UTF-8 needs half as many bytes again.
  private static let lines = (10..<60).map { second in
    Array("2024-04-01T09:00:\(second),user".utf8) + [0x93, 0x8C, 0x8B, 0x9E]
      + Array(",192.0.2.7,export,crm.customers,\(second)\n".utf8)
  }

  /// What the scan tells of the file when its arrivals come in that order.
  private func end(
    _ work: Workplace,
    chunkSize: Int,
    in order: ([Arrival]) -> [Arrival]
  ) async throws -> (consumed: Int64, line: Int) {
    var options = ScanOptions(paths: [work.path + "/logs"], threads: 1)
    options.chunkSize = chunkSize
    let scan = BatchScan(estate: DeclaredEstate(), options: options)
    var plan = await scan.plan(looksIntoAll: true)
    plan.plans[0]?.isFollowed = true
    let planned = try #require(plan.plans[0])
    let job = ScanJob(
      file: 0,
      reader: FileReader(path: planned.path, chunkSize: chunkSize, encoding: planned.encoding),
      plan: planned,
      keepsDigests: false,
      keepsBytes: false,
      isYearless: false
    )
    var decoder = ChunkDecoder(worker: 0, limits: options.limits)
    var arrivals: [Arrival] = []
    while arrivals.last?.isEnd != true {
      let (sequence, step) = await job.reader.next(planned)
      switch step {
      case .chunk(let chunk, let format):
        let decoded = decoder.decode(chunk, format, of: job, sequence: sequence)
        arrivals.append(Arrival(file: 0, sequence: sequence, content: .chunk(decoded)))
      case .end(let ending):
        arrivals.append(Arrival(file: 0, sequence: sequence, content: .end(ending)))
      case .cut: Issue.record("cut")
      }
    }
    let sequencer = ScanSequencer(
      .streaming,
      consumer: NoConsumer(),
      plans: plan.plans,
      notes: plan.notes,
      seed: plan.seed,
      zone: .utc,
      otherData: OtherData(DeclaredEstate()),
      options: options,
      meter: ProgressMeter(nil, files: 1, inputBytes: nil)
    )
    for arrival in order(arrivals) { _ = await sequencer.take(arrival) }
    let outcome = try await sequencer.finish(
      CoverageAssembly(
        sources: scan.sources,
        problems: [],
        estate: scan.assumptions(),
        period: nil
      )
    )
    let end = try #require(outcome.ends[0])
    return (end.consumed, end.line)
  }

  @Test(arguments: [64, 500, 1 << 20])
  func `is where the file ends, whichever of its chunks comes last`(chunkSize: Int) async throws {
    let work = try Workplace()
    try FileManager.default.createDirectory(
      atPath: work.path + "/logs",
      withIntermediateDirectories: true
    )
    let header = Array("time,user,ip,action,object,rows\n".utf8)
    let bytes = header + Self.lines.joined()
    try Data(bytes).write(to: URL(fileURLWithPath: work.path + "/logs/legacy.csv"))
    let inOrder = try await end(work, chunkSize: chunkSize) { $0 }
    #expect(inOrder == (Int64(bytes.count), 52))
    // Another worker decodes the last chunk: the end of the file comes before it.
    let endFirst = try await end(work, chunkSize: chunkSize) { [$0[$0.count - 1]] + $0.dropLast() }
    #expect(endFirst == inOrder)
    // And a file that breaks off is read up to there.
    let broken = try await end(work, chunkSize: chunkSize) { arrivals in
      var arrivals = arrivals
      let last = arrivals.count - 1
      arrivals[last].content = .end(FileReader.Ending())
      return arrivals
    }
    #expect(broken == inOrder)
  }
}
