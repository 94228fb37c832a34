internal import EventModel
internal import Ingest

/// Owns the reading of one file: chunks leave it in order, whoever asks.
///
/// The file is opened, and its decoder made, when the first chunk is asked for; both go at its end.
actor FileReader {
  private let path: String
  private let chunkSize: Int
  private let encoding: TextEncoding?
  private var reader: ChunkReader?
  private var decoder: (any LogFormat)?
  private var sequence = 0
  private var isAtEnd = false

  /// The next part of a file.
  enum Step: Sendable {
    case chunk(ByteChunk, any LogFormat)
    case end
    case failed(String)
  }

  init(path: String, chunkSize: Int, encoding: TextEncoding?) {
    self.path = path
    self.chunkSize = chunkSize
    self.encoding = encoding
  }

  func head() throws(ReadError) -> FileHead { try opened().head() }

  private func opened() throws(ReadError) -> ChunkReader {
    if let reader { return reader }
    let fresh = try ChunkReader(path: path, chunkSize: chunkSize, encoding: encoding)
    reader = fresh
    return fresh
  }

  /// The next chunk with its number in the file and its decoder, as the plan says.
  ///
  /// After the end or a failure: the end.
  func next(_ plan: PlannedFile) -> (sequence: Int, step: Step) {
    defer { sequence += 1 }
    guard !isAtEnd else { return (sequence, .end) }
    do throws(ReadError) {
      let reader = try opened()
      let decoder: any LogFormat
      if let open = self.decoder { decoder = open } else { decoder = try start(reader, plan) }
      if let chunk = try reader.next() { return (sequence, .chunk(chunk, decoder)) }
      close()
      return (sequence, .end)
    } catch {
      close()
      return (sequence, .failed(error.reason(of: path)))
    }
  }

  private func start(
    _ reader: ChunkReader,
    _ plan: PlannedFile
  ) throws(ReadError) -> any LogFormat {
    let head = try reader.head().bytes
    reader.setFraming(plan.format.framing)
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
