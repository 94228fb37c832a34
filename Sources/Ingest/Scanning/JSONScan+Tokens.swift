internal import CScan
internal import EventModel

/// The tokens of JSON: each leaves `p` behind the token or throws where it breaks.
extension JSONScan {
  /// A UTF-8 byte order mark at the start of a file is no content.
  @inline(__always)
  static func skipMark(
    _ p: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    end - p >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF ? p + 3 : p
  }

  @inline(__always)
  static func skipSpace(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    while p < end {
      switch p.pointee {
      case 0x20, 0x09, 0x0A, 0x0D: p += 1
      default: return
      }
    }
  }

  /// From after the opening quote to after the closing one; whether a backslash is in it.
  @inline(__always)
  static func string(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>
  ) throws(DecodeError) -> Bool {
    if let hit = cscan_string_end(p, end), hit < end, hit.pointee == 0x22 {
      p = hit + 1
      return false
    }
    return try slowString(&p, end, base)
  }

  /// A string with escapes, with control characters, or without an end.
  @inline(never)
  static func slowString(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>
  ) throws(DecodeError) -> Bool {
    guard let hit = cscan_find2(p, end, 0x22, 0x5C), hit < end else {
      throw DecodeError(.unterminatedQuote, at: end - base)
    }
    var escaped = false
    while p < end {
      switch p.pointee {
      case 0x22:
        p += 1
        return escaped
      case 0x5C:
        escaped = true
        p += 1
        guard p < end else { throw DecodeError(.unterminatedQuote, at: p - base) }
        switch p.pointee {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
          p += 1
        case 0x75:
          guard end - p > 4 else { throw DecodeError(.unterminatedQuote, at: end - base) }
          guard JSONText.hex(p + 1) != nil else { throw DecodeError(.unexpectedByte, at: p - base) }
          p += 5
        default:
          throw DecodeError(.unexpectedByte, at: p - base)
        }
      case 0..<0x20:
        throw DecodeError(.unexpectedByte, at: p - base)
      default:
        p += 1
      }
    }
    throw DecodeError(.unterminatedQuote, at: end - base)
  }

  /// An integer of one to seven digits, told by one word; false, and nothing taken, for any other.
  @inline(__always)
  static func shortNumber(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> Bool {
    let raw = UnsafeRawPointer(p)
    let word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
    // The high bit of each byte that is no digit; right up to the first of them.
    let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
    guard others != 0 else { return false }
    let digits = others.trailingZeroBitCount / 8
    let next = p[digits]
    guard digits > 0, end - p > digits, next != 0x2E, next | 0x20 != 0x65,
      digits == 1 || p.pointee != 0x30
    else { return false }
    p += digits
    return true
  }

  static func number(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>
  ) throws(DecodeError) {
    if p.pointee == 0x2D { p += 1 }
    if p < end, p.pointee == 0x30 { p += 1 } else { try digits(&p, end, base) }
    if p < end, p.pointee == 0x2E {
      p += 1
      try digits(&p, end, base)
    }
    if p < end, p.pointee | 0x20 == 0x65 {
      p += 1
      if p < end, p.pointee == 0x2B || p.pointee == 0x2D { p += 1 }
      try digits(&p, end, base)
    }
  }

  /// One digit or more.
  static func digits(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>
  ) throws(DecodeError) {
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    guard p.pointee &- 0x30 < 10 else { throw DecodeError(.badNumber, at: p - base) }
    repeat { p += 1 } while p < end && p.pointee &- 0x30 < 10
  }

  @inline(__always)
  static func literal(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>
  ) throws(DecodeError) -> FieldValue.Kind {
    let raw = UnsafeRawPointer(p)
    let word = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
    if word == 0x6C6C_756E, end - p >= 4 {
      p += 4
      return .null
    }
    if word == 0x6575_7274, end - p >= 4 {
      p += 4
      return .literal
    }
    if word == 0x736C_6166, end - p >= 5, p[4] == 0x65 {
      p += 5
      return .literal
    }
    throw DecodeError(.unexpectedByte, at: p - base)
  }
}
