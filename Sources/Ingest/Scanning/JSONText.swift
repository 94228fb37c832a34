/// The content of JSON strings and arrays that `JSONScan` has found well-formed.
enum JSONText {
  /// Four hexadecimal digits; the caller knows that four bytes are there.
  static func hex(_ p: UnsafePointer<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<4 {
      let byte = p[index]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Appends the text with its escapes resolved.
  static func unescape(_ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
    let plain = [UInt8](unsafeUninitializedCapacity: text.count) { room, count in
      count = room.baseAddress.flatMap { unescape(text, to: $0) } ?? 0
    }
    result += plain.isEmpty ? Array(text) : plain
  }

  /// Writes the text with its escapes resolved, never more than its own length, and says how much.
  ///
  /// `nil` for a bad escape. Half a surrogate pair becomes U+FFFD, as in the Unicode standard.
  static func unescape(
    _ text: UnsafeBufferPointer<UInt8>,
    to room: UnsafeMutablePointer<UInt8>
  ) -> Int? {
    var written = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      guard byte == 0x5C, index + 1 < text.count else {
        room[written] = byte
        written += 1
        index += 1
        continue
      }
      let escape = text[index + 1]
      index += 2
      switch escape {
      case 0x75:
        guard let scalar = codePoint(text, &index) else { return nil }
        for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          room[written] = unit
          written += 1
        }
        continue
      case 0x22, 0x5C, 0x2F: room[written] = escape
      case 0x62: room[written] = 0x08
      case 0x66: room[written] = 0x0C
      case 0x6E: room[written] = 0x0A
      case 0x72: room[written] = 0x0D
      case 0x74: room[written] = 0x09
      default: return nil
      }
      written += 1
    }
    return written
  }

  /// Four digits after `\u`, and the other half of a surrogate pair.
  private static func codePoint(
    _ text: UnsafeBufferPointer<UInt8>,
    _ index: inout Int
  ) -> Unicode.Scalar? {
    guard let base = text.baseAddress, index + 4 <= text.count, var code = hex(base + index) else {
      return nil
    }
    index += 4
    if code &- 0xD800 < 0x400, index + 6 <= text.count, text.hasPrefix("\\u", at: index),
      let low = hex(base + index + 2), low &- 0xDC00 < 0x400
    {
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      index += 6
    }
    return Unicode.Scalar(code) ?? "\u{FFFD}"
  }

  /// Calls `body` for every text, number or literal directly in the array.
  static func forEachScalar(
    inArray array: UnsafeBufferPointer<UInt8>,
    _ body: (FieldValue) -> Void
  ) {
    guard let base = array.baseAddress else { return }
    var index = 1
    var depth = 0
    while index < array.count {
      let start = index
      switch base[index] {
      case 0x22:
        var escaped = false
        index += 1
        while index < array.count, base[index] != 0x22 {
          if base[index] == 0x5C {
            escaped = true
            index += 1
          }
          index += 1
        }
        if depth == 0 {
          body(
            FieldValue(
              start: base + start + 1,
              count: max(0, index - start - 1),
              kind: escaped ? .escaped : .text
            )
          )
        }
        index += 1
      case 0x5B, 0x7B:
        depth += 1
        index += 1
      case 0x5D, 0x7D:
        depth -= 1
        index += 1
      case 0x2C, 0x3A, 0x20, 0x09, 0x0A, 0x0D:
        index += 1
      default:
        while index < array.count, !isEnd(base[index]) { index += 1 }
        let isNumber = base[start] == 0x2D || base[start] &- 0x30 < 10
        let kind: FieldValue.Kind = isNumber ? .number : base[start] == 0x6E ? .null : .literal
        if depth == 0, kind != .null {
          body(FieldValue(start: base + start, count: index - start, kind: kind))
        }
      }
    }
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x2C || byte == 0x5D || byte == 0x7D
  }
}
