internal import EventModel
internal import Ingest

/// One decoded chunk on its way from a worker to the sequencer.
struct DecodedChunk: Sendable {
  var worker: Int
  var file: Int
  var sequence: Int
  var rows: [EventRow]
  /// Whether the rows follow each other as `RowOrder` wants it; told when they are finished.
  var isInOrder = false
  /// Records that told their time and became no row.
  var dated: [DatedRecord]
  /// The lines but the first of records that became rows.
  var further: [DatedRecord]
  /// The latest time among the rows.
  var lastTime: Int64?
  var names: NameDelta
  /// Of the first byte in the file.
  var offset: Int64
  var inputBytes: Int
  var lines: Int
  var headerLines: Int
  var passedOver: Int
  var rejected: Int
  var recordBytes: Int64
  var rejections: [Rejection]
  /// See `EventBatch`.
  var rejectedRuns: [RejectedRun]
  /// Its last record where it was rejected and has no end: broken off if nothing follows.
  var cut: Rejection?
  /// Records that were not UTF-8, though no encoding is declared.
  var encodings: RecordEncodings
  /// Marks of zone abbreviations whose zone had to be assumed.
  var assumedZones: UInt16 = 0
  /// See `EventBatch`.
  var unknownZones: UnfamiliarWords
  var unknownOperations: UnfamiliarWords
  var unreadRecords: UnfamiliarWords
  /// See `EventBatch.lacksMethods`.
  var lacksMethods: Bool
  /// Lines that the source itself numbers.
  var serials: [SerialRuns.Run]
  /// SHA-256 of notable lines by their digest, for an input that cannot be read again.
  var sha256: [UInt64: SHA256]
  /// Whether only the end of the file ends it, where that is kept apart.
  var isOpenEnd = false
  /// The bytes, of an input that is costly to read again; `nil` where they are not the file's own.
  var storage: [UInt8]?

  /// Moves what states no year to its year; whether there was anything.
  mutating func resolve(_ year: YearInference) -> Bool {
    let isYearless =
      rows.contains { $0.flags.contains(.yearless) } || dated.contains { $0.isYearless }
      || further.contains { $0.isYearless }
    guard isYearless else { return false }
    year.resolve(&rows)
    year.resolve(&dated)
    year.resolve(&further)
    return true
  }
}

/// A worker's own state: its batch, kept from chunk to chunk.
struct ChunkDecoder {
  private let worker: Int
  private let limits: ScanLimits
  private var batch = EventBatch()
  private var handOver = NameHandOver()
  private var capacity = 0

  init(worker: Int, limits: ScanLimits) {
    self.worker = worker
    self.limits = limits
    batch.names.queryNames = limits.queryNames
  }

  mutating func decode(
    _ chunk: borrowing ByteChunk,
    _ format: any LogFormat,
    of job: ScanJob,
    sequence: Int
  ) -> DecodedChunk {
    batch.removeAll()
    batch.lacksMethods = false
    batch.rows.reserveCapacity(capacity)
    var encodings = job.plan.encodings
    let converted = encodings?.convert(chunk) ?? nil
    if let converted {
      format.decode(converted, into: &batch)
    } else {
      format.decode(chunk, into: &batch)
    }
    if job.plan.ignoresAccountCase { batch.foldAccounts() }
    batch.rejectImplausibleTimes()
    capacity = batch.rows.count + batch.rows.count / 8
    var rows: [EventRow] = []
    swap(&rows, &batch.rows)
    var dated: [DatedRecord] = []
    swap(&dated, &batch.dated)
    var further: [DatedRecord] = []
    swap(&further, &batch.further)
    return DecodedChunk(
      worker: worker,
      file: job.file,
      sequence: sequence,
      rows: rows,
      dated: dated,
      further: further,
      lastTime: rows.lazy.map(\.time).max(),
      names: handOver.delta(of: &batch.names, limits),
      offset: chunk.offset,
      inputBytes: chunk.inputCount,
      lines: batch.lineCount,
      headerLines: batch.headerLines,
      passedOver: batch.passedOver,
      rejected: batch.rejectedCount,
      recordBytes: batch.byteCount - batch.headerBytes,
      rejections: batch.rejections,
      rejectedRuns: batch.rejectedRuns,
      cut: cut(chunk, format),
      encodings: encodings ?? RecordEncodings(),
      assumedZones: batch.assumedZones,
      unknownZones: batch.unknownZones,
      unknownOperations: batch.unknownOperations,
      unreadRecords: batch.unreadRecords,
      lacksMethods: batch.lacksMethods,
      serials: batch.serials.runs,
      sha256: job.keepsDigests ? Self.digests(of: rows, in: chunk) : [:],
      isOpenEnd: chunk.isOpenEnd && job.plan.separatesOpenEnd || job.plan.isProvisional,
      storage: job.keepsBytes && chunk.originalLines == nil ? chunk.storage : nil
    )
  }

  /// See `DecodedChunk.cut`.
  private func cut(_ chunk: borrowing ByteChunk, _ format: any LogFormat) -> Rejection? {
    guard let last = batch.lastRejection, chunk.count > 0 else { return nil }
    var isOpen = chunk.storage[chunk.count - 1] != 0x0A
    // A line end within a quote ends nothing.
    if case .csvRecords = type(of: format).framing { isOpen = isOpen || chunk.isOpenEnd }
    guard isOpen else { return nil }
    if let line = chunk.originalLines?.last { return last.offset >= line.offset ? last : nil }
    let end = chunk.offset &+ Int64(chunk.count)
    return last.offset &+ Int64(last.length) &+ 2 >= end ? last : nil
  }

  /// Lines that evidence may point to: many records, or many bytes.
  private static func digests(
    of rows: [EventRow],
    in chunk: borrowing ByteChunk
  ) -> [UInt64: SHA256] {
    guard chunk.originalLines == nil else { return [:] }
    var result: [UInt64: SHA256] = [:]
    for row in rows where row.recordsHigh >= 50 || row.bytes >= 20_000 {
      let start = row.offset &- chunk.offset
      guard start >= 0, start <= Int64(chunk.count), result[row.digest] == nil else { continue }
      let end = Int(start) + Int(row.length)
      guard end <= chunk.count else { continue }
      result[row.digest] = SHA256(chunk.storage[Int(start)..<end])
    }
    return result
  }
}
