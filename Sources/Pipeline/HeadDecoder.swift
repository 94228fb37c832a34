internal import EventModel
internal import Ingest

/// What the first lines of a file hold.
struct HeadLines {
  var rows: [EventRow] = []
  var dated: [DatedRecord] = []
  var rejections: [Rejection] = []

  init() {}

  init(_ batch: EventBatch) {
    (rows, dated, rejections) = (batch.rows, batch.dated, batch.rejections)
  }
}

/// Decodes the first lines of one file after the other into one batch: to make a table of names for
/// each would cost more than its lines.
final class HeadDecoder {
  private var batch = EventBatch()
  private static let mostNames = 1 << 16

  func decode<R>(
    _ lines: [UInt8],
    _ decoder: any LogFormat,
    header: [UInt8]? = nil,
    _ body: (EventBatch) -> R
  ) -> R {
    batch.removeAll()
    if batch.names.count > Self.mostNames || batch.names.byteCount > Self.mostNames << 4 {
      batch.names = NameTable()
    }
    var chunk = ByteChunk(lines)
    chunk.header = header
    chunk.frame(type(of: decoder).framing)
    decoder.decode(chunk, into: &batch)
    batch.rejectImplausibleTimes()
    return body(batch)
  }
}
