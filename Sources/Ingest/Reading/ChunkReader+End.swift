extension ChunkReader {
  /// Whether the input, read to its end, ends within a record.
  public var isCut: Bool {
    if case .csvRecords = framing { return openTail != nil }
    if case .octetCounted = framing { return openTail.map(OctetCountedBoundary.isCut) ?? false }
    return openTail.map { $0.last != 0x0A } ?? false
  }

  /// Where the lines begin that only the end of a capture has made.
  var endStart: Int64? { input.endStart.map { before + $0 } }

  /// Keeps what is given out of the open end.
  func noteEnd(_ size: Int) {
    if framing.isLines, size == window.count, window.head[size - 1] != 0x0A {
      openFrom = (0..<size).last { window.head[$0] == 0x0A }.map { $0 + 1 } ?? 0
    }
    guard openTail != nil || openFrom != nil else { return }
    openTail = (openTail ?? []) + window.bytes[(openFrom ?? 0)..<size]
    openFrom = nil
  }

  /// Reads to the end as if `prefix` stood before what is read; the open end of it all.
  public func openTail(after prefix: [UInt8]) throws(ReadError) -> [UInt8]? {
    if readsDocuments == true, !prefix.isEmpty {
      begin(with: prefix)
      while try next() != nil {}
      return openTail
    }
    prepare()
    let held = Array(window.bytes)
    window.consume(held.count)
    for bytes in [prefix, held] {
      window.reserve(bytes.count)
      bytes.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { window.tail.update(from: base, count: source.count) }
      }
      window.grow(by: bytes.count)
    }
    while try next() != nil {}
    return openTail
  }
}
