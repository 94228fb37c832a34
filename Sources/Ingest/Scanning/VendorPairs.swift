internal import EventModel

/// The `key=value` of CEF and LEEF, as values of the columns that a map asks for.
struct VendorPairs: ~Copyable {
  private let keys: KeyTable
  private let nameColumns: UInt32
  let values: UnsafeMutablePointer<FieldValue>
  private(set) var stated: UInt32 = 0
  /// A number whose label says that it counts rows.
  private(set) var labelledRows: Int64?
  private var numbers: [(key: UInt8, value: Int64)] = []
  private var rowsKey: UInt8 = 0
  private var arena = ByteArena(capacity: RecordFramer.longestRecord + 8192)

  init(_ reader: EventReader) {
    keys = reader.program.keys
    nameColumns = keys.entry(of: Array("name".utf8), at: 0)?.columns ?? 0
    values = .allocate(capacity: JSONScan.columns)
  }

  deinit { values.deallocate() }

  mutating func begin() {
    stated = 0
    labelledRows = nil
    numbers.removeAll(keepingCapacity: true)
    rowsKey = 0
    arena.removeAll()
  }

  /// The name or id of the event, which stands in the header.
  mutating func noteName(_ value: RecordBytes) { note(nameColumns, value) }

  /// A key in a record, behind which bytes may be read.
  private mutating func note(_ key: RecordBytes, _ value: RecordBytes) {
    guard key.count <= 32, let start = key.baseAddress else { return }
    let bits = keys.withView { view -> UInt32 in
      let found = view.find(start, key.count, at: 0)
      return found >= 0 ? view.entries[found].columns : 0
    }
    if bits != 0 { note(bits, value) }
  }

  private mutating func note(_ bits: UInt32, _ value: RecordBytes) {
    guard let start = value.baseAddress else { return }
    let columns = bits % FieldGuess.rankUnit
    guard columns != 0 else { return }
    let index = columns.trailingZeroBitCount
    let rank = UInt8(truncatingIfNeeded: bits / FieldGuess.rankUnit)
    guard stated & columns == 0 || rank < values[index].rank else { return }
    var plain = FieldValue(start: start, count: value.count, kind: .text)
    if columns & FieldMap.Column.time.bit != 0, let time = time(value) { plain = time }
    stated |= columns
    values[index] = plain
    values[index].rank = rank
  }

  /// `Apr 01 2026 09:12:34[.157]` as ISO 8601; `nil`: it is not so written.
  private mutating func time(_ text: RecordBytes) -> FieldValue? {
    guard text.count >= 20, let month = TimestampScan.month(text, at: 0), text[3] == 0x20,
      text[6] == 0x20, text[11] == 0x20
    else { return nil }
    let rest = text.count - 12
    let written = arena.write(atMost: rest + 11 + 16) { room in
      for index in 0..<4 { room[index] = text[7 + index] }
      room[4] = 0x2D
      room[5] = UInt8(0x30 + month / 10)
      room[6] = UInt8(0x30 + month % 10)
      room[7] = 0x2D
      room[8] = text[4] == 0x20 ? 0x30 : text[4]
      room[9] = text[5]
      room[10] = 0x20
      for index in 0..<rest { room[11 + index] = text[12 + index] }
      for index in 0..<16 { room[11 + rest + index] = 0 }
      return rest + 11 + 16
    }
    guard let written, let start = written.baseAddress else { return nil }
    return FieldValue(start: start, count: written.count - 16, kind: .text)
  }

  // MARK: CEF

  /// A value goes up to the next key, which stands behind a blank; `\=`, `\\` and `\n` are escapes.
  mutating func cef(_ text: RecordBytes) {
    var place = 0
    var found = Self.equals(text, from: 0)
    while let equals = found {
      var start = equals
      while start > place, text[start - 1] != 0x20 { start -= 1 }
      let key = text.slice(start..<equals)
      var end = text.count
      found = Self.equals(text, from: equals + 1)
      if let next = found {
        end = next
        while end > equals + 1, text[end - 1] != 0x20 { end -= 1 }
        end = max(equals + 1, end - 1)
      }
      while end > equals + 1, text[end - 1] == 0x20 { end -= 1 }
      take(key, plain(text.slice(equals + 1..<end)))
      place = max(end, equals + 1)
    }
    if rowsKey != 0 { labelledRows = numbers.first { $0.key == rowsKey }?.value }
  }

  /// The next `=` without a backslash before it that a key stands before.
  private static func equals(_ text: RecordBytes, from start: Int) -> Int? {
    var place = start
    while place < text.count,
      let hit = text.firstIndex(of: 0x5C, or: 0x3D, in: place..<text.count)
    {
      if text[hit] == 0x5C {
        place = hit + 2
        continue
      }
      var key = hit
      while key > start, isKey(text[key - 1]) { key -= 1 }
      if key < hit, key == start || text[key - 1] == 0x20 { return hit }
      place = hit + 1
    }
    return nil
  }

  /// Letters, digits, `-`, `.`, `[`, `]` and `_`, a bit each.
  @inline(__always)
  private static func isKey(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte < 0x40 ? 0x03FF_6000_0000_0000 : 0x07FF_FFFE_AFFF_FFFE
    return byte < 0x80 && bits &>> UInt64(byte & 0x3F) & 1 != 0
  }

  private mutating func take(_ key: RecordBytes, _ value: RecordBytes) {
    // `cn1=800 cn1Label=rows`.
    if key.count >= 3, key[0] == 0x63, key[1] == 0x6E {
      if key.count == 3 {
        if let number = value.decimal(0..<value.count) { numbers.append((key[2], number)) }
      } else if key.count == 8, key.hasPrefix("Label", at: 3) {
        let words: [StaticString] = [
          "rows", "Rows", "row_count", "RowCount", "rowCount", "records", "Records", "record count",
          "Row Count", "Rows Returned", "rows returned", "rows_returned",
        ]
        if words.contains(where: { value.equals($0, in: 0..<value.count) }) { rowsKey = key[2] }
      }
      return
    }
    note(key, value)
  }

  private mutating func plain(_ text: RecordBytes) -> RecordBytes {
    guard text.firstIndex(of: 0x5C, in: 0..<text.count) != nil else { return text }
    let count = text.count
    let written = arena.write(atMost: count + 16) { room in
      var (from, to) = (0, 0)
      while from < count {
        if text[from] == 0x5C, from + 1 < count {
          from += 1
          room[to] = text[from] == 0x6E ? 0x0A : text[from] == 0x72 ? 0x0D : text[from]
        } else {
          room[to] = text[from]
        }
        (from, to) = (from + 1, to + 1)
      }
      for index in to..<to + 16 { room[index] = 0 }
      return to + 16
    }
    return written.map { $0.slice(0..<$0.count - 16) } ?? text
  }

  // MARK: LEEF

  mutating func leef(_ text: RecordBytes, _ delimiter: UInt8) {
    var place = 0
    while place < text.count {
      let end = text.firstIndex(of: delimiter, in: place..<text.count) ?? text.count
      let pair = text.slice(place..<end)
      if let equals = pair.firstIndex(of: 0x3D, in: 0..<pair.count) {
        note(pair.slice(0..<equals), pair.slice(equals + 1..<pair.count))
      }
      place = end + 1
    }
  }
}
