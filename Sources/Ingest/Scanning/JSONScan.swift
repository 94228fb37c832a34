internal import EventModel

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

  /// What stood between two values of the record before, from the comma or bracket to the next
  /// value: ` ,"user": `.
  ///
  /// Most logs write their keys in one order; then key, colon and space are known by two or four
  /// compared words. Bytes that once were well-formed are so in the same place again.
  struct Expected: BitwiseCopyable {
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var masks: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// 1 … 32.
    var length: Int = 0
    /// Level of the object; nothing is expected at one that does not exist.
    var level: Int32 = .min
    var child: Int32 = -1
    var columns: UInt32 = 0
    var below: UInt32 = 0
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
  /// What the walk noted, where somebody asked for it.
  let trace: UnsafeMutablePointer<JSONTrace>

  /// Lends a scan with its working memory: some 7 KB of stack.
  @inline(__always)
  static func withScan<R>(_ keys: KeyTable, _ body: (JSONScan) -> R?) -> R? {
    keys.withView { keys in
      withRoom(of: FieldValue.self, columns) { values in
        withRoom(of: Frame.self, deepest) { frames in
          withRoom(of: Expected.self, expectations) { expected in
            withRoom(of: JSONTrace.Note.self, JSONTrace.mostNotes) { notes in
              expected.initialize(repeating: Expected(), count: expectations)
              var trace = JSONTrace(notes: notes)
              return withUnsafeMutablePointer(to: &trace) { trace in
                body(
                  JSONScan(
                    keys: keys,
                    expected: expected,
                    values: values,
                    frames: frames,
                    trace: trace
                  )
                )
              }
            }
          }
        }
      }
    }
  }

  /// Lends room for `count` values.
  @inline(__always)
  static func withRoom<Value: BitwiseCopyable, R>(
    of type: Value.Type,
    _ count: Int,
    _ body: (UnsafeMutablePointer<Value>) -> R?
  ) -> R? {
    withUnsafeTemporaryAllocation(of: type, capacity: count) { $0.baseAddress.flatMap(body) }
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
        let escaped = try Self.string(&p, end, base)
        if columns != 0 {
          note(start + 1, p - 1, escaped ? .escaped : .text, columns, &stated)
        }
      case 0x30...0x39, 0x2D:
        if !Self.shortNumber(&p, end) { try Self.number(&p, end, base) }
        if columns != 0 { note(start, p, .number, columns, &stated) }
      case 0x7B, 0x5B:
        guard depth < Self.deepest else { throw DecodeError(.unexpectedByte, at: p - base) }
        frames[depth] = Frame(start: start, columns: columns, level: level, isArray: isArray)
        depth &+= 1
        isArray = start.pointee == 0x5B
        level = isArray ? -1 : child
        if !isArray, isExpected(&p, end, level, &columns, &child, &stated, &seen, &position) {
          continue
        }
        p += 1
        Self.skipSpace(&p, end)
        if p < end, p.pointee == (isArray ? 0x5D : 0x7D) { break }
        if isArray {
          columns = 0
          child = -1
          guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
        } else {
          try key(start, &p, end, base, level, &columns, &child, &stated, &seen, &position)
        }
        continue
      default:
        let kind = try Self.literal(&p, end, base)
        if columns != 0 { note(start, p, kind, columns, &stated) }
      }
      if !isArray, isExpected(&p, end, level, &columns, &child, &stated, &seen, &position) {
        continue
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
      let comma = p
      p += 1
      if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
      guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
      if isArray {
        columns = 0
        child = -1
      } else {
        try key(comma, &p, end, base, level, &columns, &child, &stated, &seen, &position)
      }
    }
  }

  /// Whether what is expected stands at `p`; then goes to the value behind it.
  @inline(__always)
  private func isExpected(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ level: Int32,
    _ columns: inout UInt32,
    _ child: inout Int32,
    _ stated: inout UInt32,
    _ seen: inout UInt64,
    _ position: inout Int
  ) -> Bool {
    let turn = expected + position
    let raw = UnsafeRawPointer(p)
    let (bytes, masks) = (turn.pointee.bytes, turn.pointee.masks)
    guard
      (raw.loadUnaligned(as: UInt64.self) ^ bytes.0) & masks.0
        | (raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ bytes.1) & masks.1 == 0,
      turn.pointee.level == level
    else { return false }
    let length = turn.pointee.length
    if length > 16 {
      guard
        (raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) ^ bytes.2) & masks.2
          | (raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self) ^ bytes.3) & masks.3 == 0
      else { return false }
    }
    guard end - p > length else { return false }
    var value = p + length
    // There may be more space than in the record before.
    if value.pointee <= 0x20 {
      Self.skipSpace(&value, end)
      guard value < end else { return false }
    }
    p = value
    columns = turn.pointee.columns
    child = turn.pointee.child
    if child >= 0 { forget(child, turn.pointee.below, &stated, &seen) }
    position = min(position &+ 1, Self.expectations &- 1)
    return true
  }

  /// The same key again: what its first object said no longer holds.
  @inline(__always)
  private func forget(
    _ child: Int32,
    _ below: UInt32,
    _ stated: inout UInt32,
    _ seen: inout UInt64
  ) {
    let bit = (1 as UInt64) << UInt64(truncatingIfNeeded: child & 63)
    if seen & bit != 0 {
      stated &= ~below
      trace.pointee.isPartial = true
    }
    seen |= bit
  }

  /// Reads `"key" :` and the space after it, says what the value is wanted for, and expects all of
  /// it from `start` on at the same position of the next record.
  private func key(
    _ start: UnsafePointer<UInt8>,
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ level: Int32,
    _ columns: inout UInt32,
    _ child: inout Int32,
    _ stated: inout UInt32,
    _ seen: inout UInt64,
    _ position: inout Int
  ) throws(DecodeError) {
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    guard p.pointee == 0x22 else { throw DecodeError(.unexpectedByte, at: p - base) }
    p += 1
    let name = p
    let escaped = try Self.string(&p, end, base)
    let length = p - 1 - name
    var found = -1
    if level >= 0 {
      found =
        escaped
        ? findEscaped(name, length, at: Int(level)) : keys.find(name, length, at: Int(level))
    }
    columns = 0
    child = -1
    var below: UInt32 = 0
    if found >= 0 {
      columns = keys.entries[found].columns
      child = keys.entries[found].child
      below = keys.entries[found].below
      if child >= 0 { forget(child, below, &stated, &seen) }
    }
    if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    guard p.pointee == 0x3A else { throw DecodeError(.unexpectedByte, at: p - base) }
    p += 1
    if p < end, p.pointee <= 0x20 { Self.skipSpace(&p, end) }
    guard p < end else { throw DecodeError(.unexpectedEnd, at: p - base) }
    expect(
      start,
      p - start,
      Expected(level: level, child: child, columns: columns, below: below),
      position
    )
    position = min(position &+ 1, Self.expectations &- 1)
  }

  private func expect(
    _ start: UnsafePointer<UInt8>,
    _ length: Int,
    _ meaning: Expected,
    _ position: Int
  ) {
    guard length <= 32 else {
      expected[position].level = .min
      return
    }
    let raw = UnsafeRawPointer(start)
    func mask(_ word: Int) -> UInt64 {
      let bytes = length - word * 8
      return bytes >= 8 ? .max : bytes <= 0 ? 0 : (1 as UInt64) << UInt64(bytes * 8) - 1
    }
    func word(_ index: Int) -> UInt64 {
      raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
    }
    var fresh = meaning
    fresh.length = length
    fresh.bytes = (word(0), word(1), word(2), word(3))
    fresh.masks = (
      UInt64(littleEndian: mask(0)), UInt64(littleEndian: mask(1)), UInt64(littleEndian: mask(2)),
      UInt64(littleEndian: mask(3))
    )
    expected[position] = fresh
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
    if trace.pointee.isOn { trace.pointee.add(start, columns) }
    fill(start, end, kind, columns, &stated)
  }

  /// Sets the columns that want a value.
  @inline(__always)
  func fill(
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
