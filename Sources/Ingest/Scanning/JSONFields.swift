internal import CScan
internal import EventModel

/// Walks the members of one flat JSON object (RFC 8259), lending keys and values in turn.
///
/// 16 readable bytes must follow the record.
///
/// Strings are lent unescaped (`\uXXXX` with surrogates too; a lone surrogate becomes U+FFFD);
/// numbers and literals as written. A nested value is skipped, to a depth of 64. What the walk
/// skips is checked for balance and quotes only.
struct JSONFields {
  static let deepest = 64

  enum Kind: Sendable { case string, number, literal, null, nested }

  /// Where a text stands: in the record, or unescaped in the scratch array.
  struct Text {
    fileprivate var range: Range<Int>
    fileprivate var isUnescaped: Bool
    static let empty = Text(range: 0..<0, isUnescaped: false)
    var isEmpty: Bool { range.isEmpty }
  }

  struct Member {
    var key: Text
    var value: Text
    var kind: Kind
  }

  private var scratch: [UInt8] = []
  private var position = 0
  private var isFirst = true

  init() { scratch.reserveCapacity(1024) }

  /// Starts at the object's brace.
  mutating func begin(_ record: RecordBytes) throws(DecodeError) {
    scratch.removeAll(keepingCapacity: true)
    isFirst = true
    position = Self.space(record, from: 0)
    guard position < record.count, record[position] == 0x7B else {
      throw DecodeError(.notThisFormat, at: position)
    }
    position += 1
  }

  /// The next member; `nil` after the last, when nothing but spaces follows.
  mutating func next(_ record: RecordBytes) throws(DecodeError) -> Member? {
    position = Self.space(record, from: position)
    guard position < record.count else { throw DecodeError(.unexpectedEnd, at: position) }
    if record[position] == 0x7D {
      position = Self.space(record, from: position + 1)
      guard position == record.count else { throw DecodeError(.unexpectedByte, at: position) }
      return nil
    }
    if !isFirst {
      guard record[position] == 0x2C else { throw DecodeError(.unexpectedByte, at: position) }
      position = Self.space(record, from: position + 1)
    }
    isFirst = false
    let key = try string(record)
    position = Self.space(record, from: position)
    guard position < record.count else { throw DecodeError(.unexpectedEnd, at: position) }
    guard record[position] == 0x3A else { throw DecodeError(.unexpectedByte, at: position) }
    position = Self.space(record, from: position + 1)
    guard position < record.count else { throw DecodeError(.unexpectedEnd, at: position) }
    switch record[position] {
    case 0x22:
      return Member(key: key, value: try string(record), kind: .string)
    case 0x7B, 0x5B:
      let start = position
      try skipNested(record)
      let value = Text(range: start..<position, isUnescaped: false)
      return Member(key: key, value: value, kind: .nested)
    default:
      let value = try bare(record)
      let kind: Kind =
        switch record[value.lowerBound] {
        case 0x2D, 0x30...0x39: .number
        default: record.equals("null", in: value) ? .null : .literal
        }
      return Member(key: key, value: Text(range: value, isUnescaped: false), kind: kind)
    }
  }

  /// Lends the bytes of a text.
  ///
  /// Valid only inside the call.
  @inline(__always)
  func withBytes<R>(of text: Text, in record: RecordBytes, _ body: (RecordBytes) -> R) -> R {
    guard text.isUnescaped else { return body(record.slice(text.range)) }
    return scratch.withUnsafeBufferPointer { body($0.slice(text.range)) }
  }

  /// The bytes of a text that stands in the record as it is meant; `nil`: it had escapes.
  @inline(__always)
  func plain(_ text: Text, in record: RecordBytes) -> RecordBytes? {
    text.isUnescaped ? nil : record.slice(text.range)
  }

  private static func space(_ record: RecordBytes, from start: Int) -> Int {
    var index = start
    while index < record.count {
      switch record[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return index
      }
    }
    return index
  }

  /// A number or a literal: all bytes up to a comma, a brace or a space.
  private mutating func bare(_ record: RecordBytes) throws(DecodeError) -> Range<Int> {
    let start = position
    loop: while position < record.count {
      switch record[position] {
      case 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: position += 1
      default: break loop
      }
    }
    guard position > start else { throw DecodeError(.unexpectedByte, at: start) }
    let range = start..<position
    let first = record[start]
    guard
      first == 0x2D || first &- 0x30 < 10 || record.equals("true", in: range)
        || record.equals("false", in: range) || record.equals("null", in: range)
    else { throw DecodeError(.unexpectedByte, at: start) }
    return range
  }

  /// A string at `position`; leaves `position` behind its closing quote.
  private mutating func string(_ record: RecordBytes) throws(DecodeError) -> Text {
    guard position < record.count, record[position] == 0x22 else {
      throw DecodeError(.unexpectedByte, at: position)
    }
    let start = position + 1
    guard let base = record.baseAddress else {
      throw DecodeError(.unterminatedQuote, at: start - 1)
    }
    let index = cscan_find2(base + start, base + record.count, 0x22, 0x5C) - base
    if index < record.count {
      if record[index] == 0x5C { return try unescaped(record, from: start, at: index) }
      position = index + 1
      return Text(range: start..<index, isUnescaped: false)
    }
    throw DecodeError(.unterminatedQuote, at: start - 1)
  }

  private mutating func unescaped(
    _ record: RecordBytes,
    from start: Int,
    at backslash: Int
  ) throws(DecodeError) -> Text {
    let first = scratch.count
    scratch.append(contentsOf: record[start..<backslash])
    var index = backslash
    while index < record.count {
      let byte = record[index]
      if byte == 0x22 {
        position = index + 1
        return Text(range: first..<scratch.count, isUnescaped: true)
      }
      guard byte == 0x5C else {
        scratch.append(byte)
        index += 1
        continue
      }
      guard index + 1 < record.count else { break }
      let mark = record[index + 1]
      index += 2
      switch mark {
      case 0x22, 0x5C, 0x2F: scratch.append(mark)
      case 0x62: scratch.append(0x08)
      case 0x66: scratch.append(0x0C)
      case 0x6E: scratch.append(0x0A)
      case 0x72: scratch.append(0x0D)
      case 0x74: scratch.append(0x09)
      case 0x75:
        guard let unit = Self.codeUnit(record, at: index) else {
          throw DecodeError(.unexpectedByte, at: index)
        }
        index += 4
        var scalar = unit
        if unit & 0xFC00 == 0xD800, record.hasPrefix("\\u", at: index),
          let low = Self.codeUnit(record, at: index + 2), low & 0xFC00 == 0xDC00
        {
          scalar = 0x1_0000 + ((unit & 0x3FF) << 10 | (low & 0x3FF))
          index += 6
        }
        appendScalar(scalar)
      default: throw DecodeError(.unexpectedByte, at: index - 1)
      }
    }
    throw DecodeError(.unterminatedQuote, at: start - 1)
  }

  private static func codeUnit(_ record: RecordBytes, at start: Int) -> UInt32? {
    guard start + 4 <= record.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      guard let digit = PathWords.hexDigit(record[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func appendScalar(_ value: UInt32) {
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// Skips an object or array at `position`.
  private mutating func skipNested(_ record: RecordBytes) throws(DecodeError) {
    let start = position
    // One bit a level: 1 for an object, 0 for an array.
    var kinds: UInt64 = 0
    var depth = 0
    while position < record.count {
      switch record[position] {
      case 0x7B, 0x5B:
        guard depth < Self.deepest else { throw DecodeError(.tooLong, at: position) }
        kinds = kinds << 1 | (record[position] == 0x7B ? 1 : 0)
        depth += 1
        position += 1
      case 0x7D, 0x5D:
        guard kinds & 1 == (record[position] == 0x7D ? 1 : 0) else {
          throw DecodeError(.unexpectedByte, at: position)
        }
        kinds >>= 1
        depth -= 1
        position += 1
        if depth == 0 { return }
      case 0x22:
        position += 1
        while position < record.count, record[position] != 0x22 {
          position += record[position] == 0x5C ? 2 : 1
        }
        guard position < record.count else { throw DecodeError(.unterminatedQuote, at: start) }
        position += 1
      default: position += 1
      }
    }
    throw DecodeError(.unexpectedEnd, at: record.count)
  }
}
