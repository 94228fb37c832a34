internal import EventModel

/// One value of a record, still as its bytes.
struct FieldValue: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case null, text, number, literal, array, object
    /// Text with backslashes in it.
    case escaped
    /// CSV text with doubled quotes in it.
    case doubled
  }

  /// Content without quotes; of an array or object the whole, brackets included.
  var start: UnsafePointer<UInt8>
  var count: Int
  var kind: Kind
  /// How well the name of its field fits the column, from 1, where names are guessed.
  var rank: UInt8 = 0

  @inline(__always)
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}

/// A strict walk over one JSON object (RFC 8259) that notes the wanted values on its way.
///
/// Every byte is looked at: brackets, strings, escapes, numbers and literals must be well-formed.
/// Exempt is the encoding: bytes from 0x80 on are taken as they come. Nesting is kept in an explicit
/// stack of 128. No allocation. Of a key that comes twice the last value holds.
struct JSONScan {
  static let deepest = 128
  /// Bits of `FieldMap.Column`, and as many values.
  static let columns = 16

  struct Frame: BitwiseCopyable {
    var start: UnsafePointer<UInt8>
    var columns: UInt32
    var level: Int32
    var isArray: Bool
  }

  /// The key that stood at one position of the record before: most logs write their keys in one
  /// order, and then a key is known by two compared words, without a search for its end.
  struct Expected: BitwiseCopyable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var mask: UInt64 = 0
    /// 1 … 16, or 0 when nothing is expected.
    var length: Int = 0
    var level: Int32 = 0
    var entry: Int32 = -1
  }
  /// Positions that are remembered.
  static let expectations = 64

  let keys: KeyTable.View
  /// `expectations` keys, from record to record of one chunk.
  let expected: UnsafeMutablePointer<Expected>
  /// `columns` values, valid where `walk` says so.
  let values: UnsafeMutablePointer<FieldValue>
  /// `deepest` frames.
  let frames: UnsafeMutablePointer<Frame>

  /// Lends a scan with its working memory: some 6 KB of stack.
  @inline(__always)
  static func withScan<R>(_ keys: KeyTable, _ body: (JSONScan) -> R?) -> R? {
    keys.withView { keys in
      withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: columns) { values in
        withUnsafeTemporaryAllocation(of: Frame.self, capacity: deepest) { frames in
          withUnsafeTemporaryAllocation(of: Expected.self, capacity: expectations) { expected in
            expected.initialize(repeating: Expected())
            guard let values = values.baseAddress, let frames = frames.baseAddress,
              let expected = expected.baseAddress
            else { return nil }
            return body(JSONScan(keys: keys, expected: expected, values: values, frames: frames))
          }
        }
      }
    }
  }

  /// Walks the record, which must be readable 64 bytes past its end.
  ///
  /// Returns which columns have a value; 0 and no error also for a record of white space.
  @inline(__always)
  func walk(_ record: RecordBytes, isBlank: inout Bool) throws(DecodeError) -> UInt32 {
    guard let base = record.baseAddress else {
      isBlank = true
      return 0
    }
    let end = base + record.count
    var p = Self.skipMark(base, end)
    Self.skipSpace(&p, end)
    guard p < end else {
      isBlank = true
      return 0
    }
    guard p.pointee == 0x7B else { throw DecodeError(.notThisFormat, at: p - base) }
    let controls = Self.hasControls(base, end)
    var stated: UInt32 = 0
    var seen: UInt64 = 0
    var depth = 0
    var level: Int32 = 0
    var isArray = false
    var columns: UInt32 = 0
    var child: Int32 = 0
    var position = 0

    // Each turn takes one value; the first is the object itself.
    while true {
      let start = p
      switch p.pointee {
      case 0x22:
        p = start + 1
        let escaped = try Self.string(&p, end, base, controls)
        if columns != 0 {
          note(start + 1, p - 1, escaped ? .escaped : .text, columns, &stated)
        }
      case 0x30...0x39, 0x2D:
        try Self.number(&p, end, base)
        if columns != 0 { note(start, p, .number, columns, &stated) }
      case 0x7B, 0x5B:
        guard depth < Self.deepest else { throw DecodeError(.unexpectedByte, at: p - base) }
        frames[depth] = Frame(start: start, columns: columns, level: level, isArray: isArray)
        depth &+= 1
        isArray = start.pointee == 0x5B
        level = isArray ? -1 : child
        p += 1
        Self.skipSpace(&p, end)
        if p < end, p.pointee == (isArray ? 0x5D : 0x7D) { break }
        if isArray {
          columns = 0
          child = -1
          guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
        } else {
          try key(&p, end, base, controls, level, &columns, &child, &stated, &seen, &position)
        }
        continue
      default:
        let kind = try Self.literal(&p, end, base)
        if columns != 0 { note(start, p, kind, columns, &stated) }
      }
      // After a value: closing brackets, then a comma and what follows it.
      while true {
        if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
        guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
        if p.pointee == 0x2C { break }
        guard p.pointee == (isArray ? 0x5D : 0x7D) else {
          throw DecodeError(.unexpectedByte, at: p - base)
        }
        p += 1
        depth &-= 1
        let frame = frames[depth]
        if frame.columns != 0 {
          note(frame.start, p, isArray ? .array : .object, frame.columns, &stated)
        }
        level = frame.level
        isArray = frame.isArray
        if depth == 0 {
          Self.skipSpace(&p, end)
          guard p == end else { throw DecodeError(.unexpectedByte, at: p - base) }
          return stated
        }
      }
      p += 1
      if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
      guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
      if isArray {
        columns = 0
        child = -1
      } else {
        try key(&p, end, base, controls, level, &columns, &child, &stated, &seen, &position)
      }
    }
  }

  /// Reads `"key" :` and the space after it, and says what the value is wanted for.
  @inline(__always)
  private func key(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ controls: Bool,
    _ level: Int32,
    _ columns: inout UInt32,
    _ child: inout Int32,
    _ stated: inout UInt32,
    _ seen: inout UInt64,
    _ position: inout Int
  ) throws(DecodeError) {
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    guard p.pointee == 0x22 else { throw DecodeError(.unexpectedByte, at: p - base) }
    let start = p + 1
    columns = 0
    child = -1
    let turn = position
    position = min(position &+ 1, Self.expectations &- 1)
    let found: Int
    if isExpected(start, end, level, expected + turn) {
      found = Int(expected[turn].entry)
      p = start + expected[turn].length + 1
    } else {
      p = start
      found = try search(&p, end, base, controls, level, expected + turn)
    }
    if found >= 0 {
      let entry = keys.entries[found]
      columns = entry.columns
      child = entry.child
      if child >= 0 {
        // The same key again: what its first object said no longer holds.
        let bit = (1 as UInt64) << UInt64(truncatingIfNeeded: child & 63)
        if seen & bit != 0 { stated &= ~entry.below }
        seen |= bit
      }
    }
    if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    guard p.pointee == 0x3A else { throw DecodeError(.unexpectedByte, at: p - base) }
    p += 1
    if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
  }

  /// Whether the key at `start` is the expected one, its closing quote included.
  @inline(__always)
  private func isExpected(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ level: Int32,
    _ expected: UnsafePointer<Expected>
  ) -> Bool {
    let length = expected.pointee.length
    let raw = UnsafeRawPointer(start)
    return raw.loadUnaligned(as: UInt64.self) & expected.pointee.mask == expected.pointee.first
      && start[length] == 0x22 && length > 0 && expected.pointee.level == level
      && end - start > length
      && (length <= 8
        || raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self) == expected.pointee.last)
  }

  /// Finds the end and the entry (or -1) of a key, and expects it here in the next record.
  @inline(__always)
  private func search(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ controls: Bool,
    _ level: Int32,
    _ expected: UnsafeMutablePointer<Expected>
  ) throws(DecodeError) -> Int {
    let start = p
    let escaped = try Self.string(&p, end, base, controls)
    let length = p - 1 - start
    guard !escaped else { return level < 0 ? -1 : findEscaped(start, length, at: Int(level)) }
    let found = level < 0 ? -1 : keys.find(start, length, at: Int(level))
    guard length > 0, length <= 16 else {
      expected.pointee.length = 0
      return found
    }
    let raw = UnsafeRawPointer(start)
    let mask = length < 8 ? (1 as UInt64) &<< UInt64(length &* 8) &- 1 : UInt64.max
    expected.pointee = Expected(
      first: raw.loadUnaligned(as: UInt64.self) & mask,
      last: length > 8 ? raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self) : 0,
      mask: mask,
      length: length,
      level: level,
      entry: Int32(truncatingIfNeeded: found)
    )
    return found
  }

  @inline(never)
  private func findEscaped(_ start: UnsafePointer<UInt8>, _ count: Int, at level: Int) -> Int {
    var key: [UInt8] = []
    JSONText.unescape(UnsafeBufferPointer(start: start, count: count), into: &key)
    let length = key.count
    key += [UInt8](repeating: 0, count: 8)
    return key.withUnsafeBufferPointer { key in
      key.baseAddress.map { keys.find($0, length, at: level) } ?? -1
    }
  }

  @inline(__always)
  private func note(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ kind: FieldValue.Kind,
    _ columns: UInt32,
    _ stated: inout UInt32
  ) {
    guard columns < FieldGuess.rankUnit else {
      return noteGuessed(start, end, kind, columns, &stated)
    }
    stated |= columns
    var rest = columns
    repeat {
      values[rest.trailingZeroBitCount] = FieldValue(start: start, count: end - start, kind: kind)
      rest &= rest &- 1
    } while rest != 0
  }

  /// Notes a value whose field's name has a rank: the best usable one of the record holds.
  private func noteGuessed(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ kind: FieldValue.Kind,
    _ columns: UInt32,
    _ stated: inout UInt32
  ) {
    let rank = UInt8(truncatingIfNeeded: columns / FieldGuess.rankUnit)
    let value = FieldValue(start: start, count: end - start, kind: kind, rank: rank)
    var rest = columns % FieldGuess.rankUnit
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      let bit = rest & (~rest &+ 1)
      rest &= rest &- 1
      if FieldGuess.isUsable(value, column: index) {
        guard stated & bit == 0 || rank <= values[index].rank else { continue }
        values[index] = value
      } else {
        // That the field is there counts, even where it states nothing.
        guard stated & bit == 0 else { continue }
        values[index] = FieldValue(start: start, count: 0, kind: .null, rank: .max)
      }
      stated |= bit
    }
  }
}
