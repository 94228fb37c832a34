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

  /// Appends the text with its escapes resolved; half a surrogate pair becomes U+FFFD.
  static func unescape(_ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
    guard let base = text.baseAddress else { return }
    var index = 0
    while index < text.count {
      let byte = base[index]
      guard byte == 0x5C, index + 1 < text.count else {
        result.append(byte)
        index += 1
        continue
      }
      let letter = base[index + 1]
      index += 2
      switch letter {
      case 0x62: result.append(0x08)
      case 0x66: result.append(0x0C)
      case 0x6E: result.append(0x0A)
      case 0x72: result.append(0x0D)
      case 0x74: result.append(0x09)
      case 0x75: appendCodePoint(text, base, &index, into: &result)
      default: result.append(letter)
      }
    }
  }

  private static func appendCodePoint(
    _ text: UnsafeBufferPointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ index: inout Int,
    into result: inout [UInt8]
  ) {
    guard index + 4 <= text.count, var value = hex(base + index) else { return }
    index += 4
    if value >= 0xD800, value < 0xDC00, index + 6 <= text.count, base[index] == 0x5C,
      base[index + 1] == 0x75, let low = hex(base + index + 2), low >= 0xDC00, low < 0xE000
    {
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      index += 6
    }
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
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
