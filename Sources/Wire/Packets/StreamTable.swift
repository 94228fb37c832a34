/// The streams that are open, in the order in which they last carried bytes.
struct StreamTable: ~Copyable {
  /// Where a stream stands in the order.
  private struct Link: BitwiseCopyable {
    var newer = UInt32.max
    var older = UInt32.max
    /// What is counted of it in the sum of all.
    var counted = 0
  }

  private var streams: [Stream?] = []
  private var links: [Link] = []
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
      links[Int(index)] = Link()
    } else {
      index = UInt32(streams.count)
      streams.append(stream)
      links.append(Link())
    }
    link(index)
    count(index, stream)
    return index
  }

  mutating func remove(_ index: UInt32) {
    unlink(index)
    held -= links[Int(index)].counted
    streams[Int(index)] = nil
    free.append(index)
  }

  /// It carried bytes: what it holds now is counted.
  mutating func touch(_ index: UInt32, _ stream: Stream) {
    count(index, stream)
    guard newest != index else { return }
    unlink(index)
    link(index)
  }

  private mutating func count(_ index: UInt32, _ stream: Stream) {
    let now = stream.held
    held += now - links[Int(index)].counted
    links[Int(index)].counted = now
  }

  private mutating func link(_ index: UInt32) {
    links[Int(index)].older = newest
    links[Int(index)].newer = .max
    if newest == .max { oldest = index } else { links[Int(newest)].newer = index }
    newest = index
  }

  private mutating func unlink(_ index: UInt32) {
    let (newer, older) = (links[Int(index)].newer, links[Int(index)].older)
    if newer == .max { newest = older } else { links[Int(newer)].older = older }
    if older == .max { oldest = newer } else { links[Int(older)].newer = newer }
  }
}
