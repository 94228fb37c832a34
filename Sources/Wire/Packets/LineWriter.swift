internal import EventModel

/// Writes one line into lent memory: for records that come by the million.
///
/// The caller lends room for all that it writes; no text but words of this program is written.
struct LineWriter {
  private let start: UnsafeMutablePointer<UInt8>
  private var next: UnsafeMutablePointer<UInt8>

  /// A flow's line is at most 620 bytes: two addresses of 39, eleven numbers of 20, names and keys.
  static let room = 1024

  init(_ room: UnsafeMutablePointer<UInt8>) { (start, next) = (room, room) }

  var written: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: next - start)
  }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    next += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func put(byte: UInt8) {
    next.pointee = byte
    next += 1
  }

  mutating func put(word: borrowing String) {
    for byte in word.utf8 { put(byte: byte) }
  }

  mutating func put(_ number: Int64) {
    if number < 0 { put(byte: 0x2D) }
    var rest = number.magnitude
    var digits = 1
    var limit: UInt64 = 10
    while digits < 20, rest >= limit {
      digits += 1
      let (product, overflow) = limit.multipliedReportingOverflow(by: 10)
      if overflow { break }
      limit = product
    }
    for place in stride(from: digits - 1, through: 0, by: -1) {
      let quotient = rest / 10
      next[place] = UInt8(truncatingIfNeeded: 0x30 + rest - quotient * 10)
      rest = quotient
    }
    next += digits
  }

  mutating func put(_ end: Endpoint, _ key: StaticString) {
    put(#",""#)
    put(key)
    put(#"":""#)
    let address = end.address
    if address.isVersion4 {
      for shift: UInt64 in [24, 16, 8, 0] {
        put(Int64(address.low >> shift & 255))
        if shift > 0 { put(byte: 0x2E) }
      }
    } else {
      put(word: address.description)
    }
    put(#"",""#)
    put(key)
    put(#"_port":"#)
    put(Int64(end.port))
  }

  /// `2026-04-01T00:12:34.157000000Z`.
  mutating func put(time: Int64) {
    // Down, not towards 1970.
    let day = time / 86_400_000_000_000 - (time % 86_400_000_000_000 < 0 ? 1 : 0)
    let date = CivilCalendar.date(ofDay: Int(day))
    let rest = time - day * 86_400_000_000_000
    let seconds = rest / 1_000_000_000
    digits(Int64(date.year), 4)
    put(byte: 0x2D)
    digits(Int64(date.month), 2)
    put(byte: 0x2D)
    digits(Int64(date.day), 2)
    put(byte: 0x54)
    digits(seconds / 3600, 2)
    put(byte: 0x3A)
    digits(seconds / 60 % 60, 2)
    put(byte: 0x3A)
    digits(seconds % 60, 2)
    put(byte: 0x2E)
    digits(rest % 1_000_000_000, 9)
    put(byte: 0x5A)
  }

  @inline(__always)
  private mutating func digits(_ value: Int64, _ count: Int) {
    var rest = UInt64(truncatingIfNeeded: value)
    for place in stride(from: count - 1, through: 0, by: -1) {
      let quotient = rest / 10
      next[place] = UInt8(truncatingIfNeeded: 0x30 &+ rest &- quotient &* 10)
      rest = quotient
    }
    next += count
  }
}
