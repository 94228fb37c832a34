/// Counts the records of server-sent events.
///
/// An event whose data are a JSON object is a record; one whose data are, or hold, an array of objects as many
/// (`ElementCounter`). Words and numbers are none, nor is an event that was cut off. A stream that ends with `[DONE]` is one text
/// in pieces, as language models send it: it has no count.
///
/// Source: WHATWG, HTML, 9.2.6.
struct EventCounter {
  private enum Place { case name, space, value, other }

  private var place = Place.name
  private var name: [UInt8] = []
  private var last: UInt8 = 10
  private var elements = ElementCounter()
  private var opening: [UInt8] = []
  private var hasData = false
  private var isLost = false
  private var found: Int64 = 0
  private var isText = false

  var count: Int64? { isText ? nil : found }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var at = 0
    while at < bytes.count {
      if place == .value || place == .other {
        var end = at
        while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
        if place == .value, end > at { pass(UnsafeBufferPointer(rebasing: bytes[at..<end])) }
        if end > at { last = bytes[end - 1] }
        at = end
        guard at < bytes.count else { return }
      }
      take(bytes[at])
      at += 1
    }
  }

  private mutating func take(_ byte: UInt8) {
    defer { last = byte }
    if byte == 10 || byte == 13 {
      // The second byte of one end of a line.
      if byte == 10, last == 13 { return }
      endLine()
      return
    }
    switch place {
    case .name:
      // A mark of the encoding may stand first.
      if name.isEmpty, byte == 0xEF || byte == 0xBB || byte == 0xBF { return }
      guard byte == 0x3A else {
        if name.count < 8 { name.append(byte) } else { place = .other }
        return
      }
      place = name.isText("data") ? .space : .other
    case .space:
      place = .value
      if byte != 0x20 { withUnsafePointer(to: byte) { pass(.init(start: $0, count: 1)) } }
    case .value, .other: break
    }
  }

  private mutating func pass(_ bytes: UnsafeBufferPointer<UInt8>) {
    hasData = true
    if opening.count < 6 { opening += bytes.prefix(6 - opening.count) }
    if opening.first == 0x7B || opening.first == 0x5B { elements.add(bytes) }
  }

  private mutating func endLine() {
    let isEmpty = place == .name && name.isEmpty
    name.removeAll(keepingCapacity: true)
    place = .name
    guard isEmpty else { return }
    if hasData, !isLost {
      isText = isText || opening.isText("[done]")
      if let count = elements.count { found += count } else if opening.first == 0x7B { found += 1 }
    }
    (elements, opening, hasData, isLost) = (ElementCounter(), [], false, false)
  }

  /// The event that bytes are missing of is not counted.
  mutating func lose() {
    (isLost, place) = (true, .other)
    name.removeAll()
  }
}
