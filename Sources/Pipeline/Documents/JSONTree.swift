/// A value of JSON (RFC 8259), as the store keeps incidents.
///
/// No bytes make it trap or recurse deeper than `deepest`; of a name that is there twice the last
/// counts.
enum JSONTree: Sendable {
  case null
  case bool(Bool)
  /// A whole number, as the store writes counts.
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  static let deepest = 64

  /// `nil` for what is not JSON.
  init?(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipBlanks()
    guard reader.index == reader.bytes.count else { return nil }
    self = value
  }

  subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  var elements: [JSONTree] {
    guard case .array(let values) = self else { return [] }
    return values
  }

  var members: [String: JSONTree] {
    guard case .object(let members) = self else { return [:] }
    return members
  }

  var strings: [String] { elements.compactMap(\.string) }
}

extension JSONTree {
  fileprivate struct Reader {
    let bytes: [UInt8]
    var index = 0

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skipBlanks() {
      while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        index += 1
      }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      index += 1
      return true
    }

    private mutating func take(_ word: String) -> Bool {
      guard bytes[index...].starts(with: word.utf8) else { return false }
      index += word.utf8.count
      return true
    }

    mutating func value(depth: Int) -> JSONTree? {
      guard depth <= JSONTree.deepest else { return nil }
      skipBlanks()
      switch peek {
      case 0x7B: return object(depth: depth)
      case 0x5B: return array(depth: depth)
      case 0x22: return string().map { .string($0) }
      case 0x74: return take("true") ? .bool(true) : nil
      case 0x66: return take("false") ? .bool(false) : nil
      case 0x6E: return take("null") ? .null : nil
      default: return number()
      }
    }

    private mutating func object(depth: Int) -> JSONTree? {
      index += 1
      var members: [String: JSONTree] = [:]
      skipBlanks()
      if take(0x7D) { return .object(members) }
      while true {
        skipBlanks()
        guard peek == 0x22, let name = string() else { return nil }
        skipBlanks()
        guard take(0x3A), let member = value(depth: depth + 1) else { return nil }
        members[name] = member
        skipBlanks()
        if take(0x7D) { return .object(members) }
        guard take(0x2C) else { return nil }
      }
    }

    private mutating func array(depth: Int) -> JSONTree? {
      index += 1
      var values: [JSONTree] = []
      skipBlanks()
      if take(0x5D) { return .array(values) }
      while true {
        guard let element = value(depth: depth + 1) else { return nil }
        values.append(element)
        skipBlanks()
        if take(0x5D) { return .array(values) }
        guard take(0x2C) else { return nil }
      }
    }

    private mutating func number() -> JSONTree? {
      let start = index
      while let byte = peek, 0x30...0x39 ~= byte || "+-.eE".utf8.contains(byte) { index += 1 }
      let text = String(decoding: bytes[start..<index], as: UTF8.self)
      if let whole = Int64(text) { return .integer(whole) }
      return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    }

    private mutating func string() -> String? {
      index += 1
      var found: [UInt8] = []
      while let byte = peek {
        index += 1
        switch byte {
        case 0x22: return String(validating: found, as: UTF8.self)
        case 0x5C:
          guard let scalar = escaped() else { return nil }
          found += Array(String(scalar).utf8)
        case 0..<0x20: return nil
        default: found.append(byte)
        }
      }
      return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
      guard let byte = peek else { return nil }
      index += 1
      switch byte {
      case 0x22, 0x5C, 0x2F: return Unicode.Scalar(byte)
      case 0x62: return "\u{8}"
      case 0x66: return "\u{c}"
      case 0x6E: return "\n"
      case 0x72: return "\r"
      case 0x74: return "\t"
      case 0x75: break
      default: return nil
      }
      guard let unit = hexadecimal() else { return nil }
      guard 0xD800..<0xDC00 ~= unit else { return Unicode.Scalar(unit) ?? "\u{fffd}" }
      guard take("\\u"), let low = hexadecimal(), 0xDC00..<0xE000 ~= low else { return "\u{fffd}" }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func hexadecimal() -> UInt32? {
      guard index + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[index..<index + 4], as: UTF8.self)
      index += 4
      return UInt32(digits, radix: 16)
    }
  }
}
