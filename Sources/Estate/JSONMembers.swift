/// The members of one JSON object by path (`a.b`), scalars as text; `null` and arrays are left out.
///
/// Source: RFC 8259. Of a name that is there twice the last counts. Numbers stay as written, but a
/// whole one written with a fraction or an exponent (`7.0`) loses it.
struct JSONMembers {
  /// Most objects and arrays in one another.
  static let deepest = 64
  /// Objects below this are passed over.
  private static let deepestNamed = 8

  private let bytes: [UInt8]
  private var index = 0
  private var members: [String: String] = [:]

  private struct Malformed: Error {}

  /// `nil` for what is no object, or not JSON.
  static func read(_ bytes: [UInt8]) -> [String: String]? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = JSONMembers(bytes: bytes)
    do throws(Malformed) {
      reader.skipBlanks()
      guard reader.peek == 0x7B else { return nil }
      try reader.value(at: "", depth: 0)
      reader.skipBlanks()
      return reader.index == bytes.count ? reader.members : nil
    } catch {
      return nil
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      index += 1
    }
  }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard peek == byte else { throw Malformed() }
    index += 1
  }

  /// A value; `path` is where its scalars go, `nil` nowhere.
  private mutating func value(at path: String?, depth: Int) throws(Malformed) {
    guard depth <= Self.deepest else { throw Malformed() }
    switch peek {
    case 0x7B: try object(at: depth > Self.deepestNamed ? nil : path, depth: depth)
    case 0x5B: try array(depth: depth)
    case 0x22: keep(try string(), at: path)
    case 0x74: keep(try word("true"), at: path)
    case 0x66: keep(try word("false"), at: path)
    case 0x6E: _ = try word("null")
    default: keep(try number(), at: path)
    }
  }

  private mutating func keep(_ text: String, at path: String?) {
    if let path { members[path] = text }
  }

  private mutating func object(at path: String?, depth: Int) throws(Malformed) {
    try expect(0x7B)
    skipBlanks()
    if peek == 0x7D {
      index += 1
      return
    }
    while true {
      skipBlanks()
      let name = try string()
      skipBlanks()
      try expect(0x3A)
      skipBlanks()
      let inner = path.map { depth == 0 ? name : $0 + "." + name }
      try value(at: inner, depth: depth + 1)
      skipBlanks()
      guard peek == 0x2C else { return try expect(0x7D) }
      index += 1
    }
  }

  private mutating func array(depth: Int) throws(Malformed) {
    try expect(0x5B)
    skipBlanks()
    if peek == 0x5D {
      index += 1
      return
    }
    while true {
      skipBlanks()
      try value(at: nil, depth: depth + 1)
      skipBlanks()
      guard peek == 0x2C else { return try expect(0x5D) }
      index += 1
    }
  }

  private mutating func word(_ word: String) throws(Malformed) -> String {
    for byte in word.utf8 { try expect(byte) }
    return word
  }

  private mutating func number() throws(Malformed) -> String {
    let start = index
    if peek == 0x2D { index += 1 }
    if peek == 0x30 { index += 1 } else { try digits() }
    var isWhole = true
    if peek == 0x2E {
      isWhole = false
      index += 1
      try digits()
    }
    if let byte = peek, byte | 0x20 == 0x65 {
      isWhole = false
      index += 1
      if peek == 0x2B || peek == 0x2D { index += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard !isWhole, let value = Double(text), let whole = Int64(exactly: value),
      whole.magnitude < 1 << 53
    else { return text }
    return String(whole)
  }

  private mutating func digits() throws(Malformed) {
    let start = index
    while let byte = peek, 0x30...0x39 ~= byte { index += 1 }
    guard index > start else { throw Malformed() }
  }

  private mutating func string() throws(Malformed) -> String {
    try expect(0x22)
    var result: [UInt8] = []
    while let byte = peek {
      index += 1
      switch byte {
      case 0x22: return String(decoding: result, as: UTF8.self)
      case 0x5C: try escape(into: &result)
      case 0..<0x20: throw Malformed()
      default: result.append(byte)
      }
    }
    throw Malformed()
  }

  private mutating func escape(into result: inout [UInt8]) throws(Malformed) {
    guard let byte = peek else { throw Malformed() }
    index += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: result.append(byte)
    case 0x62: result.append(0x08)
    case 0x66: result.append(0x0C)
    case 0x6E: result.append(0x0A)
    case 0x72: result.append(0x0D)
    case 0x74: result.append(0x09)
    case 0x75:
      var code = UInt32(try unit())
      if 0xD800..<0xDC00 ~= code {
        try expect(0x5C)
        try expect(0x75)
        let low = UInt32(try unit())
        guard 0xDC00..<0xE000 ~= low else { throw Malformed() }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw Malformed() }
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw Malformed()
    }
  }

  private mutating func unit() throws(Malformed) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw Malformed() }
      index += 1
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt16((byte | 0x20) - 0x61 + 10)
      default: throw Malformed()
      }
    }
    return value
  }
}
