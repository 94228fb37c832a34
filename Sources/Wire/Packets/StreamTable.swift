/// The streams that are open, in the order in which they last carried bytes.
struct StreamTable: ~Copyable {
  private var streams: [Stream?] = []
  private var free: [UInt32] = []
  private(set) var newest = UInt32.max
  private(set) var oldest = UInt32.max
  /// Bytes that all of them hold.
  private(set) var held = 0

  subscript(_ index: UInt32) -> Stream {
    guard let stream = streams[Int(index)] else { fatalError("no stream \(index)") }
    return stream
  }

  mutating func insert(_ stream: Stream) -> UInt32 {
    let index: UInt32
    if let last = free.popLast() {
      index = last
      streams[Int(index)] = stream
    } else {
      index = UInt32(streams.count)
      streams.append(stream)
    }
    link(index, stream)
    count(stream)
    return index
  }

  mutating func remove(_ index: UInt32) {
    let stream = self[index]
    unlink(index, stream)
    held -= stream.counted
    streams[Int(index)] = nil
    free.append(index)
  }

  /// It carried bytes: what it holds now is counted.
  mutating func touch(_ index: UInt32) {
    let stream = self[index]
    count(stream)
    guard newest != index else { return }
    unlink(index, stream)
    link(index, stream)
  }

  private mutating func count(_ stream: Stream) {
    let now = stream.held
    held += now - stream.counted
    stream.counted = now
  }

  private mutating func link(_ index: UInt32, _ stream: Stream) {
    stream.older = newest
    stream.newer = .max
    if newest == .max { oldest = index } else { self[newest].newer = index }
    newest = index
  }

  private mutating func unlink(_ index: UInt32, _ stream: Stream) {
    if stream.newer == .max {
      newest = stream.older
    } else {
      self[stream.newer].older = stream.older
    }
    if stream.older == .max {
      oldest = stream.newer
    } else {
      self[stream.older].newer = stream.newer
    }
  }
}
