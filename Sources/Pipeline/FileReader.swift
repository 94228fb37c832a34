internal import EventModel
internal import Ingest

/// Owns the reading of one file, and of the parts of its log that go on where it is cut off: chunks
/// leave it in order, whoever asks.
///
/// The file is opened, and its decoder made, when the first chunk is asked for; both go at its end.
actor FileReader {
  private let path: String
  private let rest: [String]
  private let chunkSize: Int
  private let encoding: TextEncoding?
  private let from: ChunkReader.Start?
  private var reader: ChunkReader?
  private var decoder: (any LogFormat)?
  private var sequence = 0
  private var isAtEnd = false
  private var ending = Ending()

  /// Where a part goes on with what the one before it began.
  struct Seam: Sendable {
    var offset: Int64
    /// The line, counted from the first part, within which it begins.
    var line: Int
  }

  /// A part that could not be read to its end.
  struct Failure: Sendable {
    /// 0 is the file itself.
    var part: Int
    var reason: String
  }

  /// How the reading of a file ended.
  struct Ending: Sendable {
    var seams: [Seam] = []
    var failures: [Failure] = []
    /// Decompressed bytes of the file, when it was read to its end.
    var position: Int64?
    /// Of CSV the last header, of `CarryingText` what holds.
    var header: LogParts.Header?
  }

  /// The next part of a file.
  enum Step: Sendable {
    case chunk(ByteChunk, any LogFormat)
    case end(Ending)
    /// The end, and the file is cut off there; whether another goes on with it was not looked into.
    case cut
  }

  init(
    path: String,
    followedBy rest: [String] = [],
    chunkSize: Int,
    encoding: TextEncoding?,
    from start: ChunkReader.Start? = nil
  ) {
    from = start
    self.path = path
    self.rest = rest
    self.chunkSize = chunkSize
    self.encoding = encoding
  }

  func head() throws(ReadError) -> FileHead { try opened().head() }

  /// Lines that tell a format whose first record is too long to be read (`ChunkReader.headBeyond`).
  func headBeyond(_ wanted: ChunkReader.Beyond) throws(ReadError) -> [UInt8]? {
    try opened().headBeyond(wanted)
  }

  private func opened() throws(ReadError) -> ChunkReader {
    if let reader { return reader }
    let fresh = try ChunkReader(
      path: path,
      followedBy: rest,
      chunkSize: chunkSize,
      encoding: encoding,
      start: from
    )
    reader = fresh
    return fresh
  }

  /// The next chunk with its number in the file and its decoder, as the plan says.
  ///
  /// After the end: the end.
  func next(_ plan: PlannedFile) -> (sequence: Int, step: Step) {
    defer { sequence += 1 }
    while !isAtEnd {
      do throws(ReadError) {
        let reader = try opened()
        let decoder: any LogFormat
        if let open = self.decoder { decoder = open } else { decoder = try start(reader, plan) }
        if let chunk = try reader.next() {
          if ending.seams.count < reader.seams.count { noteSeams(reader.seams, chunk) }
          return (sequence, .chunk(chunk, decoder))
        }
        if ending.failures.isEmpty { ending.position = reader.position }
        ending.header =
          reader.headerRecords.flatMap { LogParts.Header($0) }
          ?? reader.carriedBeforeOpenEnd.map { LogParts.Header(carried: $0.bytes) }
        let isCut = plan.watchesEnd && reader.isCut && ending.failures.isEmpty
        close()
        if isCut { return (sequence, .cut) }
      } catch {
        let part = reader?.failedPath.flatMap { rest.firstIndex(of: $0) }
        let reason = error.reason(of: part.map { rest[$0] } ?? path)
        ending.failures.append(Failure(part: part.map { $0 + 1 } ?? 0, reason: reason))
        if reader?.hasMore != true || decoder == nil { close() }
      }
    }
    return (sequence, .end(ending))
  }

  /// Finds the lines in which the parts begin that this chunk reaches.
  private func noteSeams(_ offsets: [Int64], _ chunk: borrowing ByteChunk) {
    for offset in offsets[ending.seams.count...] {
      let line: Int
      if offset < chunk.offset {
        line = chunk.line - 1
      } else if let originals = chunk.originalLines {
        // Two bytes more: its line end.
        guard let last = originals.last, offset < last.offset + Int64(last.length) + 2 else {
          return
        }
        line = chunk.line + (originals.lastIndex { $0.offset <= offset } ?? 0)
      } else {
        guard offset < chunk.offset + Int64(chunk.count) else { return }
        let before = chunk.storage.prefix(Int(offset - chunk.offset))
        line =
          chunk.line + before.count { $0 == 0x0A }
          + chunk.recordsWithoutLineEnd(before: before.count)
      }
      ending.seams.append(Seam(offset: offset, line: line))
    }
  }

  private func start(
    _ reader: ChunkReader,
    _ plan: PlannedFile
  ) throws(ReadError) -> any LogFormat {
    // A decoder learns from the first bytes, wherever reading begins.
    let first =
      from == nil
      ? reader : try ChunkReader(path: path, chunkSize: chunkSize, encoding: encoding)
    var head = try first.head().bytes
    if let wanted = plan.looksBeyond, let beyond = first.headBeyond(wanted) { head = beyond }
    reader.separatesOpenEnd = plan.separatesOpenEnd
    reader.setFraming(plan.format.framing, header: plan.inherited)
    reader.headerRecords = plan.shop.headers(of: plan)
    reader.carried = CarriedText(plan.format, plan.carried)
    let made = plan.shop.open(plan, head: head)
    decoder = made
    return made
  }

  private func close() {
    isAtEnd = true
    reader = nil
    decoder = nil
  }
}
