internal import EventModel
internal import Ingest

extension FilePlanner {
  /// The format of such a file, and the lines that tell it.
  struct Behind {
    var format: any LogFormat.Type
    var reason: String
    var sample: [UInt8]
    var wanted: ChunkReader.Beyond
  }

  /// The format of a file whose first record is too long to be read, and the lines that tell it.
  func beyond(
    _ reader: FileReader,
    _ head: FileHead,
    _ declaration: SourceDeclaration?
  ) async -> Behind? {
    guard head.bytes.count >= FileHead.size / 2 else { return nil }
    for wanted in ChunkReader.Beyond.allCases {
      guard let lines = try? await reader.headBeyond(wanted) else { continue }
      var sample = head
      sample.bytes = lines
      guard case .success(let found) = choose(sample, declaration) else { continue }
      return Behind(
        format: found.format,
        reason: found.reason + Self.behindLong,
        sample: lines,
        wanted: wanted
      )
    }
    return nil
  }

  /// Why a file that no format claims cannot be read as it lies there, and what to do; `nil`: nothing else is known of it.
  static func contents(_ head: FileHead, isBinary: Bool) -> String? {
    if let name = HeadContents.wideEncoding(head.bytes) {
      return
        "a text in \(name) without a byte order mark at byte 0: its lines are counted, none is understood;"
        + " convert it to UTF-8 (iconv, from \(name)) and read the result"
    }
    guard !isBinary, head.bytes.count < FileHead.size,
      let cut = HeadContents.cutRecord(head.bytes)
    else { return nil }
    return cut.isFirst
      ? "cut off: it ends within its first record (offset \(cut.offset)); give the whole file, or what goes on"
        + " where it ends"
      : "cut off: it ends within a record (offset \(cut.offset)), and no format is sure of those before it; give"
        + " the whole file, or declare its format and fields in the estate file"
  }

  /// Why nothing is read of what is packed: a part of it would pass for the whole.
  static func refusal(_ packed: HeadContents.Packed) -> String {
    packed.refusal
  }
}
