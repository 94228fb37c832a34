internal import EventModel
internal import Ingest

extension FilePlanner {
  /// The format of a file whose first record is too long to be read, and the lines that tell it.
  func beyond(
    _ reader: FileReader,
    _ head: FileHead,
    _ declaration: SourceDeclaration?
  ) async -> (choice: (format: any LogFormat.Type, reason: String), sample: [UInt8])? {
    guard head.bytes.count >= FileHead.size / 2 else { return nil }
    for isOverLines in [false, true] {
      let beyond = try? await isOverLines ? reader.headBeyondLines() : reader.headBeyond()
      guard let lines = beyond else { continue }
      var sample = head
      sample.bytes = lines
      guard case .success(let found) = choose(sample, declaration) else { continue }
      return ((found.format, found.reason + Self.behindLong), lines)
    }
    return nil
  }

  /// Why a file that no format claims cannot be read as it lies there, and what to do; `nil`: nothing else is known of it.
  static func contents(_ head: FileHead, isBinary: Bool) -> String? {
    if let archive = HeadContents.archive(head.bytes) {
      return
        "\(archive.name): its lines are counted, none is understood; unpack it (\(archive.command)) and read"
        + " the files"
    }
    if let name = HeadContents.wideEncoding(head.bytes) {
      return
        "a text in \(name) without a byte order mark at byte 0: its lines are counted, none is understood;"
        + " convert it (iconv -f \(name) -t UTF-8) and read the result"
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

  /// What to say of a file that is read as a log though it is an archive of logs.
  static func archived(_ head: FileHead) -> String? {
    HeadContents.archive(head.bytes).map { archive in
      "\(archive.name), read as one text: the first record of each file in it is lost; unpack it"
        + " (\(archive.command)) and read the files"
    }
  }
}
