/// The letters of a text, one byte each where it is written in UTF-16: those beyond Latin-1 are an `x`.
///
/// UTF-16 is told by its mark, or by a first letter of which one byte is 0. (A letter like 上 holds the byte that else
/// ends a line.)
struct TextUnits {
  private enum Form { case unknown, narrow, little, big }

  private var form = Form.unknown
  private var held: UInt8?

  var isNarrow: Bool { form == .narrow }

  mutating func fold(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var units: [UInt8] = []
    units.reserveCapacity(bytes.count)
    for byte in bytes {
      if form == .narrow {
        units.append(byte)
      } else if form == .unknown {
        begin(byte, &units)
      } else if let first = held {
        let (low, high) = form == .little ? (first, byte) : (byte, first)
        units.append(high == 0 ? low : 0x78)
        held = nil
      } else {
        held = byte
      }
    }
    return units
  }

  private mutating func begin(_ byte: UInt8, _ units: inout [UInt8]) {
    guard let first = held else {
      held = byte
      // Its own letter in any form that does not begin with a mark.
      if byte != 0, byte < 0xFE { units.append(byte) }
      return
    }
    held = nil
    switch (first, byte) {
    case (0xFF, 0xFE): form = .little
    case (0xFE, 0xFF): form = .big
    case (0, 1...):
      form = .big
      units.append(byte)
    case (1..<0xFE, 0): form = .little
    default:
      form = .narrow
      if first == 0 || first >= 0xFE { units.append(first) }
      units.append(byte)
    }
  }

  /// After a hole the next byte may be either of a letter.
  mutating func lose() {
    held = nil
    if form == .unknown { form = .narrow }
  }
}
