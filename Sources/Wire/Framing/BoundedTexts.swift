/// A text as it was sent, perhaps its start only.
struct WireText: Sendable, Hashable {
  var bytes: [UInt8]
  var isCut = false

  /// At most `WireLog.textLimit` bytes of it.
  init(_ bytes: [UInt8], isCut: Bool = false) {
    self.isCut = isCut || bytes.count > WireLog.textLimit
    self.bytes = bytes.count > WireLog.textLimit ? Array(bytes[..<WireLog.textLimit]) : bytes
  }
}

/// Texts by name, as long as there is room: the oldest make room, and are then unknown.
struct BoundedTexts {
  private let byteLimit: Int
  private let countLimit: Int
  private var texts: [[UInt8]: (text: WireText, serial: Int)] = [:]
  /// In the order in which they came; a name that came again stands here twice, the first is stale.
  private var order: [(name: [UInt8], serial: Int)] = []
  private var oldest = 0
  private var serial = 0
  private var held = 0

  init(bytes: Int, count: Int) {
    byteLimit = bytes
    countLimit = count
  }

  subscript(name: [UInt8]) -> WireText? { texts[name]?.text }

  mutating func set(_ name: [UInt8], _ text: WireText) {
    remove(name)
    guard name.count + text.bytes.count <= byteLimit else { return }
    serial += 1
    texts[name] = (text, serial)
    order.append((name, serial))
    held += name.count + text.bytes.count
    while held > byteLimit || texts.count > countLimit { removeOldest() }
    // Stale names do not gather.
    if order.count - oldest > 2 * texts.count + 64 || oldest > 256 {
      order = order[oldest...].filter { texts[$0.name]?.serial == $0.serial }
      oldest = 0
    }
  }

  mutating func remove(_ name: [UInt8]) {
    guard let old = texts.removeValue(forKey: name) else { return }
    held -= name.count + old.text.bytes.count
  }

  private mutating func removeOldest() {
    guard oldest < order.count else { return }
    let next = order[oldest]
    oldest += 1
    if texts[next.name]?.serial == next.serial { remove(next.name) }
  }
}
