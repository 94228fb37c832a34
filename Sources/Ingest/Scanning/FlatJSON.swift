internal import CScan
internal import EventModel

/// One member's value of a JSON object: text without its quotes, or a literal as written.
struct FlatJSONValue {
  enum Kind {
    case text, escapedText, literal, nested
  }
  var kind: Kind
  var bytes: UnsafeBufferPointer<UInt8>

  /// The text, unescaped; `nil` for `null`, a nested value, a bad escape, or one that is too long.
  func text(_ arena: inout ByteArena) -> UnsafeBufferPointer<UInt8>? {
    switch kind {
    case .text: bytes
    case .escapedText: FlatJSON.unescape(bytes, &arena)
    case .literal: bytes.count == 4 && bytes.hasPrefix("null") ? nil : bytes
    case .nested: nil
    }
  }
}

/// Walks the members of one JSON object without building it.
///
/// Nested values are skipped whole. 16 readable bytes must follow the object.
///
/// Source: RFC 8259.
enum FlatJSON {
  static func forEachMember(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ body: (UnsafeBufferPointer<UInt8>, FlatJSONValue) throws(DecodeError) -> Void
  ) throws(DecodeError) {
    var place = skipSpace(bytes, 0)
    try expect(0x7B, bytes, &place)
    place = skipSpace(bytes, place)
    if place < bytes.count, bytes[place] == 0x7D {
      place += 1
    } else {
      while true {
        try expect(0x22, bytes, &place)
        let key = try string(bytes, &place)
        place = skipSpace(bytes, place)
        try expect(0x3A, bytes, &place)
        place = skipSpace(bytes, place)
        let value = try value(bytes, &place)
        try body(key.bytes, value)
        place = skipSpace(bytes, place)
        guard place < bytes.count else { throw DecodeError(.unexpectedEnd, at: place) }
        if bytes[place] == 0x7D { break }
        try expect(0x2C, bytes, &place)
        place = skipSpace(bytes, place)
      }
      place += 1
    }
    place = skipSpace(bytes, place)
    guard place == bytes.count else { throw DecodeError(.unexpectedByte, at: place) }
  }

  private static func skipSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] &- 9 < 5 { place += 1 }
    return place
  }

  private static func expect(
    _ byte: UInt8,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ place: inout Int
  ) throws(DecodeError) {
    guard place < bytes.count else { throw DecodeError(.unexpectedEnd, at: place) }
    guard bytes[place] == byte else { throw DecodeError(.unexpectedByte, at: place) }
    place += 1
  }

  /// A string after its opening quote.
  private static func string(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ place: inout Int
  ) throws(DecodeError) -> FlatJSONValue {
    let start = place
    var escaped = false
    while place < bytes.count, let base = bytes.baseAddress {
      place = cscan_find2(base + place, base + bytes.count, 0x22, 0x5C) - base
      guard place < bytes.count, bytes[place] == 0x5C else { break }
      escaped = true
      place += 2
    }
    guard place < bytes.count else { throw DecodeError(.unterminatedQuote, at: start) }
    place += 1
    return FlatJSONValue(
      kind: escaped ? .escapedText : .text,
      bytes: bytes.slice(start..<place - 1)
    )
  }

  private static func value(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ place: inout Int
  ) throws(DecodeError) -> FlatJSONValue {
    guard place < bytes.count else { throw DecodeError(.unexpectedEnd, at: place) }
    let start = place
    switch bytes[place] {
    case 0x22:
      place += 1
      return try string(bytes, &place)
    case 0x7B, 0x5B:
      try skipNested(bytes, &place)
      return FlatJSONValue(kind: .nested, bytes: bytes.slice(start..<place))
    default:
      while place < bytes.count {
        let byte = bytes[place]
        guard (byte | 0x20) &- 0x61 < 26 || byte &- 0x2B < 15 && byte != 0x2C && byte != 0x2F
        else { break }
        place += 1
      }
      guard place > start else { throw DecodeError(.unexpectedByte, at: place) }
      return FlatJSONValue(kind: .literal, bytes: bytes.slice(start..<place))
    }
  }

  private static func skipNested(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ place: inout Int
  ) throws(DecodeError) {
    var depth = 0
    repeat {
      guard place < bytes.count else { throw DecodeError(.unexpectedEnd, at: place) }
      let byte = bytes[place]
      place += 1
      switch byte {
      case 0x22: _ = try string(bytes, &place)
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D: depth -= 1
      default: break
      }
    } while depth > 0
  }

  /// Escapes resolved; a lone surrogate becomes U+FFFD, as in the Unicode standard.
  static func unescape(
    _ text: UnsafeBufferPointer<UInt8>,
    _ arena: inout ByteArena
  ) -> UnsafeBufferPointer<UInt8>? {
    arena.write(atMost: text.count) { room in
      room.baseAddress.flatMap { JSONText.unescape(text, to: $0) } ?? (text.isEmpty ? 0 : nil)
    }
  }
}
