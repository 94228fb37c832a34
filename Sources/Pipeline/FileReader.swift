internal import EventModel
internal import Ingest

/// Owns the reading of one file: chunks leave it in order, whoever asks.
actor FileReader {
  private let path: String
  private let chunkSize: Int
  private let encoding: TextEncoding?
  private var framing: Framing?
  private var reader: ChunkReader?
  private var sequence = 0
  private var isAtEnd = false

  /// The next part of a file.
  enum Step: Sendable {
    case chunk(ByteChunk)
    case end
    case failed(String)
  }

  init(path: String, chunkSize: Int, encoding: TextEncoding?, framing: Framing? = nil) {
    self.path = path
    self.chunkSize = chunkSize
    self.encoding = encoding
    self.framing = framing
  }

  func head() throws(ReadError) -> FileHead { try opened().head() }

  private func opened() throws(ReadError) -> ChunkReader {
    if let reader { return reader }
    let fresh = try ChunkReader(path: path, chunkSize: chunkSize, encoding: encoding)
    reader = fresh
    return fresh
  }

  func setFraming(_ framing: Framing) {
    self.framing = framing
  }

  /// The next chunk with its number in the file.
  ///
  /// After the end or a failure: the end.
  func next() -> (sequence: Int, step: Step) {
    defer { sequence += 1 }
    guard !isAtEnd else { return (sequence, .end) }
    do throws(ReadError) {
      let reader = try opened()
      if let framing {
        reader.setFraming(framing)
        self.framing = nil
      }
      if let chunk = try reader.next() { return (sequence, .chunk(chunk)) }
      isAtEnd = true
      self.reader = nil
      return (sequence, .end)
    } catch {
      isAtEnd = true
      reader = nil
      return (sequence, .failed(error.reason(of: path)))
    }
  }
}
