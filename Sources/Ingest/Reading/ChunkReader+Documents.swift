internal import EventModel

extension ChunkReader {
  /// Whether JSON documents are read, a record of which is a line; known once the first bytes were read.
  public var isDocuments: Bool { documents != nil }

  /// Tells by the first bytes, of which the window is full, whether these are JSON documents.
  func prepareDocuments() {
    guard encoding == .utf8, !input.compression.holdsNoText, !input.isMessages, documents == nil,
      isOfDocuments
    else { return }
    let made = JSONDocuments()
    let count = window.count
    made.room(count).update(from: window.head, count: count)
    window.consume(count)
    documents = made
    hasHandedOver = atEnd
    made.take(count, isEnd: atEnd)
    atEnd = false
    fill(FileHead.size)
  }

  private var isOfDocuments: Bool {
    if let readsDocuments { return readsDocuments }
    guard startsInside else { return JSONEnvelope.begins(window.bytes, isWhole: atEnd) ?? true }
    // Where reading goes on from an earlier time, the first bytes are elsewhere.
    guard
      let reader = try? ChunkReader(
        path: path,
        followedBy: Array(rest),
        encoding: nil,
        limits: limits
      )
    else { return false }
    reader.prepare()
    return reader.isDocuments
  }

  /// Up to `count` bytes of lines; 0 at the end.
  func read(lines: JSONDocuments, into target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    while lines.ready == 0, !hasHandedOver {
      let got = readInput(into: lines.room(Self.readSize), count: Self.readSize)
      hasHandedOver = got == 0
      lines.take(got, isEnd: got == 0)
    }
    let given = lines.give(target, count)
    atEnd = given == 0
    return given
  }

  /// Puts lines that were made of documents, and stand before what is read, in front of it.
  public func begin(with lines: [UInt8]) {
    let made = JSONDocuments()
    lines.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      made.room(source.count).update(from: base, count: source.count)
    }
    made.take(lines.count, isEnd: false)
    documents = made
  }
}
