internal import CScan
internal import Glibc

extension ChunkReader {
  /// Where a reader begins that goes on from an earlier one: at the first byte of a record.
  public struct Start: Sendable, Hashable {
    /// In what the file holds decompressed.
    public var offset: Int64
    public var line: Int

    public init(offset: Int64, line: Int) {
      self.offset = offset
      self.line = line
    }
  }

  /// Reads lines or CSV records straight into the chunk that is given out.
  ///
  /// Only what follows the last of them goes through the window. `nil`: nothing taken, the way by
  /// the window has to be gone.
  func nextWithoutWindow() -> ByteChunk? {
    // What the end of a capture has made is kept apart.
    guard input.compression != .capture, transcoder == nil, !atEnd, chunkSize >= Self.readSize,
      chunkSize <= RecordFramer.longestRecord,
      window.count < chunkSize, !endsAtHeader || window.count < Self.readSize
    else {
      return nil
    }
    switch framing {
    case .indented, .blocks, .journalEntries, .windowsEvents, .octetCounted: return nil
    case .lines, .headed, .csvRecords: break
    }
    var size = 0
    var records: CSVRecordStarts?
    let storage = [UInt8](
      unsafeUninitializedCapacity: chunkSize + ByteChunk.padding
    ) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      var held = window.count
      memcpy(base, window.head, held)
      window.consume(held)
      while held < chunkSize, !atEnd { held += read(into: base + held, count: chunkSize - held) }
      size = held
      if case .csvRecords(let startsWithTime) = framing {
        var found = CSVRecordStarts(
          CSVRecordBoundary(base: base, count: held, atEnd: false, startsWithTime: startsWithTime)
        )
        if let place = header(in: base, found) { found.end(before: place, base) }
        size = found.end
        records = found
      }
      while size > 0, base[size - 1] != 0x0A { size -= 1 }
      window.reserve(held - size)
      memcpy(window.tail, base + size, held - size)
      window.grow(by: held - size)
      memset(base + size, 0, ByteChunk.padding)
      count = size + ByteChunk.padding
    }
    guard size > 0 else { return nil }
    var chunk = ByteChunk(storage: storage, count: size, offset: offset, line: line)
    chunk.recordStarts = records?.starts
    chunk.header = header?.bytes ?? headerRecords?.line
    storage.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { header?.take(base, size) }
    }
    offset += Int64(size)
    line +=
      records?.lines
      ?? storage.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { Int(cscan_count($0, $0 + size, 0x0A)) } ?? 0
      }
    return chunk
  }

  /// The record before which a chunk has to end, for it is another header.
  private func header(in base: UnsafePointer<UInt8>, _ records: CSVRecordStarts) -> Int? {
    guard headerRecords != nil else { return nil }
    endsAtHeader = false
    for (index, start) in records.starts.enumerated() {
      let next = index + 1 < records.starts.count ? Int(records.starts[index + 1]) : records.end
      if endsChunk(base + Int(start), next - Int(start), isFirst: index == 0) { return index }
    }
    return nil
  }

  /// Whether a record is another header, before which a chunk ends; the first of a chunk holds for it instead.
  func endsChunk(_ base: UnsafePointer<UInt8>, _ count: Int, isFirst: Bool) -> Bool {
    guard let found = headerRecords?.header(base, count) else { return false }
    if isFirst { headerRecords?.begin(with: found) } else { endsAtHeader = true }
    return !isFirst
  }
}
