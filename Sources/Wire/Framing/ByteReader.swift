/// Reads numbers and texts from bytes that were kept; what is not there is `nil`.
struct ByteReader {
  let bytes: [UInt8]
  private(set) var at: Int

  init(_ bytes: [UInt8], at: Int = 0) {
    self.bytes = bytes
    self.at = min(max(at, 0), bytes.count)
  }

  var left: Int { bytes.count - at }

  mutating func byte() -> UInt8? {
    guard left >= 1 else { return nil }
    at += 1
    return bytes[at - 1]
  }

  /// An unsigned number of at most seven bytes, the first the highest.
  mutating func big(_ size: Int) -> Int? {
    guard left >= size else { return nil }
    var value = 0
    for offset in 0..<size { value = value << 8 | Int(bytes[at + offset]) }
    at += size
    return value
  }

  /// An unsigned number of at most seven bytes, the first the lowest.
  mutating func little(_ size: Int) -> Int? {
    guard left >= size else { return nil }
    var value = 0
    for offset in 0..<size { value |= Int(bytes[at + offset]) << (8 * offset) }
    at += size
    return value
  }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, left >= count else { return nil }
    at += count
    return Array(bytes[at - count..<at])
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, left >= count else { return false }
    at += count
    return true
  }

  /// Bytes up to a NUL, which is passed.
  mutating func terminated() -> [UInt8]? {
    guard let end = bytes[at...].firstIndex(of: 0) else { return nil }
    defer { at = end + 1 }
    return Array(bytes[at..<end])
  }

  /// All that is left.
  mutating func rest() -> [UInt8] {
    defer { at = bytes.count }
    return Array(bytes[at...])
  }
}

extension Array where Element == UInt8 {
  init(_ text: StaticString) {
    self = text.withUTF8Buffer { Array($0) }
  }

  /// Whether they are this text, letters of ASCII in either case.
  func isText(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return hasPrefixText(text)
  }

  /// Whether they begin with this text, letters of ASCII in either case.
  func hasPrefixText(_ text: StaticString) -> Bool {
    guard count >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { wanted in
      for index in 0..<wanted.count where lowered(self[index]) != lowered(wanted[index]) {
        return false
      }
      return true
    }
  }

  /// Their number in decimal digits, without a sign.
  var decimal: Int64? {
    guard !isEmpty, count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in self {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }

  /// Without spaces and tabs at either end.
  var trimmed: [UInt8] {
    guard let first = firstIndex(where: { $0 != 0x20 && $0 != 9 }),
      let last = lastIndex(where: { $0 != 0x20 && $0 != 9 })
    else { return [] }
    return Array(self[first...last])
  }
}

/// The small letter of a letter of ASCII.
@inline(always)
func lowered(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}

/// How many of the bytes are this one.
func count(_ wanted: UInt8, in bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> Int {
  var found = 0
  for byte in bytes where byte == wanted { found += 1 }
  return found
}
