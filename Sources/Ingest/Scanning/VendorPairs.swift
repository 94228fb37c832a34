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

  private let zone: TimeZoneRule
  private let year: Int?
  /// How the last event said that its time is written.
  private var pattern: DevicePattern?
  private var timeStart: UnsafePointer<UInt8>?
  /// Whether the time of the event states no year: it lies in the year 2000 then.
  private(set) var isYearless = false
  /// Marks of zone abbreviations of several meanings (see `ZoneAbbreviation`).
  private(set) var assumedZone: UInt16 = 0

  /// `year`: that of times which state none, where it is declared.
  init(_ reader: EventReader, zone: TimeZoneRule, year: Int?) {
    self.zone = zone
    self.year = year
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
    timeStart = nil
    isYearless = false
    assumedZone = 0
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
    if bits % FieldGuess.rankUnit & FieldMap.Column.time.bit != 0 {
      let rank = UInt8(truncatingIfNeeded: bits / FieldGuess.rankUnit)
      let index = FieldMap.Column.time.index
      // Behind its key and the sign: the value itself may lie elsewhere, without its escapes.
      if stated & FieldMap.Column.time.bit == 0 || rank < values[index].rank {
        timeStart = start + key.count + 1
      }
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
    if columns & FieldMap.Column.time.bit != 0 {
      isYearless = false
      if let time = time(value) { plain = time }
    }
    stated |= columns
    values[index] = plain
    values[index].rank = rank
  }

  // MARK: Time

  /// Where in a record the value of the time stands; 0: none is stated.
  func timePlace(in record: RecordBytes) -> Int {
    guard let timeStart, let base = record.baseAddress else { return 0 }
    return max(0, min(record.count, base.distance(to: timeStart)))
  }

  /// Takes the time at which a record was sent for that of an event that states none.
  mutating func noteTime(_ time: Int64, isYearless: Bool) {
    guard stated & FieldMap.Column.time.bit == 0, let text = text(String(time)) else { return }
    stated |= FieldMap.Column.time.bit
    values[FieldMap.Column.time.index] = text
    self.isYearless = isYearless
  }

  private mutating func text(_ text: String) -> FieldValue? {
    let count = text.utf8.count
    let written = arena.write(atMost: count + 16) { room in
      for (index, byte) in text.utf8.enumerated() { room[index] = byte }
      for index in count..<count + 16 { room[index] = 0 }
      return count + 16
    }
    return written?.baseAddress.map { FieldValue(start: $0, count: count, kind: .text) }
  }

  /// `Apr 01[ 2026] 09:12:34[.157][ UTC]` as a number; `nil`: it is not so written.
  private mutating func time(_ text: RecordBytes) -> FieldValue? {
    guard text.count >= 14, let month = TimestampScan.month(text, at: 0), text[3] == 0x20 else {
      return nil
    }
    var words = LineWords(text, from: 4)
    guard let day = words.next().flatMap({ $0.decimal(0..<$0.count) }), (1...31).contains(day),
      var clock = words.next()
    else { return nil }
    var year = self.year.map(Int64.init)
    if clock.count == 4, let number = clock.decimal(0..<4) {
      guard let next = words.next() else { return nil }
      (year, clock) = (number, next)
    }
    guard clock.count >= 8, clock[2] == 0x3A, clock[5] == 0x3A, let hour = clock.twoDigits(at: 0),
      let minute = clock.twoDigits(at: 3), let second = clock.twoDigits(at: 6),
      var local = TimestampScan.civil(
        year: Int(year ?? 2000),
        month: month,
        day: Int(day),
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    if clock.count > 8 {
      guard clock[8] == 0x2E else { return nil }
      let fraction = TimestampScan.fraction(clock, at: 9)
      guard fraction.end == clock.count else { return nil }
      local &+= fraction.nanoseconds
    }
    var time = zone.utc(fromLocal: local)
    if let name = words.next() {
      guard words.next() == nil, let found = Self.utc(local, name) else { return nil }
      time = found.time
      assumedZone |= found.mark
    }
    isYearless = year == nil
    return self.text(String(time))
  }

  /// A local time of the zone that a word names: `UTC`, `JST`, `+09:00`, `GMT+09:00`, `Asia/Tokyo`.
  private static func utc(_ local: Int64, _ name: RecordBytes) -> (time: Int64, mark: UInt16)? {
    func ahead(_ seconds: Int) -> Int64 { local &- Int64(seconds) &* 1_000_000_000 }
    let sign = name.hasPrefix("GMT") || name.hasPrefix("UTC") ? 3 : 0
    if name.count > sign, name[sign] == 0x2B || name[sign] == 0x2D {
      guard let offset = TimestampScan.numericOffset(name, at: sign), offset.end == name.count
      else { return nil }
      return (ahead(offset.seconds), 0)
    }
    if let meaning = ZoneAbbreviation.meaning(of: name, declared: nil) {
      return (ahead(meaning.offset), meaning.mark)
    }
    guard name.contains(0x2F), name.count <= 48,
      let zone = TimeZoneRule(name: String(decoding: name, as: UTF8.self))
    else { return nil }
    return (zone.utc(fromLocal: local), 0)
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
    var (time, format) = (text.slice(0..<0), text.slice(0..<0))
    while place < text.count {
      let end = text.firstIndex(of: delimiter, in: place..<text.count) ?? text.count
      let pair = text.slice(place..<end)
      if let equals = pair.firstIndex(of: 0x3D, in: 0..<pair.count) {
        let (key, value) = (pair.slice(0..<equals), pair.slice(equals + 1..<pair.count))
        if key.count == 7, key.hasPrefix("devTime", at: 0) { time = value }
        if key.count == 13, key.hasPrefix("devTimeFormat", at: 0) { format = value }
        note(key, value)
      }
      place = end + 1
    }
    if !format.isEmpty { takeTime(time, writtenAs: format) }
  }

  /// Takes the time of the event as its pattern says; one that is not so written is read as any other.
  private mutating func takeTime(_ time: RecordBytes, writtenAs format: RecordBytes) {
    if pattern?.bytes.elementsEqual(format) != true { pattern = DevicePattern(format) }
    guard let read = pattern?.read(time, year: year) else { return }
    var nanoseconds = zone.utc(fromLocal: read.local)
    if !read.zone.isEmpty {
      guard let found = Self.utc(read.local, read.zone) else { return }
      nanoseconds = found.time
      assumedZone |= found.mark
    }
    guard var value = text(String(nanoseconds)) else { return }
    isYearless = read.isYearless
    let index = FieldMap.Column.time.index
    value.rank = stated & FieldMap.Column.time.bit == 0 ? 1 : values[index].rank
    stated |= FieldMap.Column.time.bit
    values[index] = value
  }
}
