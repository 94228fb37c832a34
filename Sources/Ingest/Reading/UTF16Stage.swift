/// The text of a file in UTF-16, told by its byte order mark, as UTF-8.
///
/// Windows' tools write exports of event logs so, and so does what they print into a file. Half a pair of surrogates,
/// and half a unit at the end, become U+FFFD. Line k of the text is line k of the file; offsets are of the UTF-8.
///
/// Source: RFC 2781.
final class UTF16Stage: LineStage {
  private static let room = 64 << 10

  private var raw: [UInt8] = []
  private var text: [UInt8] = []
  private var position = 0
  private var isBigEndian: Bool?
  /// The first half of a pair.
  private var high: UInt32?
  private var isAtEnd = false
  private var failure: ReadError?
  private let block: UnsafeMutablePointer<UInt8>

  /// What a growing log has made stays as it is.
  var endStart: Int64? { nil }

  static func recognises(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    head.count >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF)
  }

  init() { block = .allocate(capacity: Self.room) }

  deinit { block.deallocate() }

  func read(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int,
    from source: (UnsafeMutablePointer<UInt8>, Int) throws(ReadError) -> Int
  ) throws(ReadError) -> Int {
    while position == text.count {
      text.removeAll(keepingCapacity: true)
      position = 0
      if isAtEnd {
        guard let failure else { return 0 }
        self.failure = nil
        throw failure
      }
      do throws(ReadError) {
        let got = try source(block, Self.room)
        if got == 0 { end() } else { take(got) }
      } catch {
        end()
        failure = error
      }
    }
    let given = min(count, text.count - position)
    text.withUnsafeBufferPointer { text in
      if let base = text.baseAddress { target.update(from: base + position, count: given) }
    }
    position += given
    return given
  }

  private func take(_ count: Int) {
    raw.append(contentsOf: UnsafeBufferPointer(start: block, count: count))
    var place = 0
    while place + 1 < raw.count {
      let isBig = isBigEndian ?? (raw[place] == 0xFE)
      let unit = UInt32(raw[place + (isBig ? 0 : 1)]) << 8 | UInt32(raw[place + (isBig ? 1 : 0)])
      place += 2
      if isBigEndian == nil { isBigEndian = isBig } else { append(unit) }
    }
    raw.removeFirst(place)
  }

  private func append(_ unit: UInt32) {
    if let first = high {
      high = nil
      if 0xDC00...0xDFFF ~= unit {
        return write(0x10000 + (first - 0xD800) << 10 + (unit - 0xDC00))
      }
      write(0xFFFD)
    }
    switch unit {
    case 0xD800...0xDBFF: high = unit
    case 0xDC00...0xDFFF: write(0xFFFD)
    default: write(unit)
    }
  }

  private func write(_ scalar: UInt32) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F }
    switch scalar {
    case 0..<0x80: text.append(UInt8(scalar))
    case 0x80..<0x800:
      text.append(0xC0 | UInt8(scalar >> 6))
      text.append(tail(0))
    case 0x800..<0x10000:
      text.append(0xE0 | UInt8(scalar >> 12))
      text.append(tail(6))
      text.append(tail(0))
    default:
      text.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18) & 0x07)
      text.append(tail(12))
      text.append(tail(6))
      text.append(tail(0))
    }
  }

  private func end() {
    isAtEnd = true
    if high != nil || !raw.isEmpty { write(0xFFFD) }
    (high, raw) = (nil, [])
  }
}
