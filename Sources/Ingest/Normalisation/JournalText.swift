internal import EventModel

/// An entry of a journal as one line, in the order of syslog's: its fields stand in any order.
enum JournalText {
  /// Puts `[77]` behind the program's name, as syslog does: sessions are told apart by it.
  static func append(process: RecordBytes, to text: inout [UInt8]) {
    guard !process.isEmpty else { return }
    text.append(0x5B)
    text.append(contentsOf: process)
    text.append(0x5D)
  }

  /// Tells the event of the line, if it holds one; `header`: where its parts stand, the program's name with its path.
  static func decode(
    _ text: inout [UInt8],
    _ header: HostMessage,
    _ work: HostWork,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    text.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    try text.withUnsafeBufferPointer { text throws(DecodeError) in
      let line = RecordBytes(rebasing: text.dropLast(ByteChunk.padding))
      var header = header
      header.tag = SyslogHeader.baseName(line, header.tag)
      try HostMessages.decode(line, header, work, into: &batch)
    }
  }
}
