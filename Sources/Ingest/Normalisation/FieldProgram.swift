internal import CScan
internal import EventModel

/// A field map made ready for the hot path: keys to columns, and each column's rule.
///
/// What a record does not state stays unknown: a missing or unreadable count is never 0.
struct FieldProgram: Sendable {
  typealias Column = FieldMap.Column

  private(set) var keys = KeyTable()
  let map: FieldMap
  private let time: TimeProgram
  private let subjectKey: SubjectKey
  private let records: CountRule
  private let bytes: CountRule
  private let mapsRecords: Bool
  private let columns = Column.allCases
  private let operations: WordRule
  private let outcomes: WordRule
  private let defaultOutcomes: Bool
  /// Words that mean "not stated", a level a column; `watched` says which columns have any.
  private var unknown = KeyTable()
  private var watched: UInt32 = 0

  /// A count's rule, without the dictionary it came from.
  private struct CountRule: Sendable {
    var multiplier: Int64 = 1
    var quality: VolumeQuality = .exact
  }

  /// Words to our words; `otherwise` is `nil` when what the record else states decides.
  struct WordRule: Sendable {
    var words = KeyTable()
    var otherwise: UInt8?
  }

  /// `guessed`: columns read by the known names, record by record.
  init(map: FieldMap, options: DecodeOptions, guessed: [Column] = []) {
    self.map = map
    subjectKey = options.subjectKey
    let timeRule = map.rules[.time]
    time = TimeProgram(
      format: timeRule?.timeFormat,
      zone: timeRule?.timeZone.flatMap { TimeZoneRule(name: $0) } ?? options.zone,
      year: options.declaration.year
    )
    records = Self.countRule(map.rules[.records])
    bytes = Self.countRule(map.rules[.bytes])
    mapsRecords = map.rules[.records] != nil
    operations = Self.operationRule(map.rules[.operation])
    outcomes = Self.outcomeRule(map.rules[.outcome])
    defaultOutcomes = map.rules[.outcome]?.values.isEmpty ?? true
    _ = keys.addLevel()
    for column in Column.allCases {
      _ = unknown.addLevel()
      guard let rule = map.rules[column] else { continue }
      if !rule.path.isEmpty { add(rule.path[...], column.bit, at: 0) }
      for word in rule.unknown where !word.isEmpty {
        unknown.add(Array(word.utf8), at: column.index) { _ in }
        watched |= column.bit
      }
    }
    for column in guessed {
      for (rank, path) in FieldMapGuess.paths(of: column).enumerated() {
        let bits = column.bit | FieldGuess.rankUnit * UInt32(min(rank + 1, 254))
        add(path[...], bits, at: 0)
      }
    }
    keys.seal()
    unknown.seal()
  }

  /// Adds a path as nested objects, and as one literal key with dots in it.
  private mutating func add(_ path: ArraySlice<String>, _ bit: UInt32, at level: Int) {
    guard let first = path.first else { return }
    keys.add(Array(path.joined(separator: ".").utf8), at: level) { $0.columns |= bit }
    guard path.count > 1 else { return }
    let key = Array(first.utf8)
    var child = Int(keys.entry(of: key, at: level)?.child ?? -1)
    if child < 0 { child = keys.addLevel() }
    keys.add(key, at: level) {
      $0.child = Int32(truncatingIfNeeded: child)
      $0.below |= bit % FieldGuess.rankUnit
    }
    add(path.dropFirst(), bit, at: child)
  }

  private static func countRule(_ rule: FieldRule?) -> CountRule {
    guard let rule else { return CountRule() }
    return CountRule(multiplier: rule.multiplier, quality: rule.quality)
  }

  // MARK: Rows

  /// What a chunk's decoding remembers between its records.
  struct State {
    var template = EventRow(time: 0)
    var cache = TimeProgram.Cache()
    var scratch: [UInt8] = []
    var operationIsConstant = false
  }

  /// The state at the start of a chunk: a row with the constants in it.
  func makeState(_ names: inout NameTable) -> State {
    var state = State()
    state.scratch.reserveCapacity(1024)
    for column in Column.allCases {
      guard let rule = map.rules[column], rule.path.isEmpty, let text = rule.constant else {
        continue
      }
      var constant = Array(text.utf8)
      let count = constant.count
      constant += [UInt8](repeating: 0, count: 16)
      constant.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let value = FieldValue(start: base, count: count, kind: .text)
        var row = state.template
        if Self.named & column.bit != 0 {
          setName(column.index, names.internOften(value.bytes), &row)
        } else {
          set(column, value, &row, &state)
        }
        if column == .operation {
          let found = word(operations, value.bytes)
          row.operation = found.flatMap { Operation(rawValue: $0) } ?? .other
          state.operationIsConstant = true
        }
        state.template = row
      }
    }
    return state
  }

  /// Appends the row of one record.
  @inline(__always)
  func appendRow(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    base: UnsafePointer<UInt8>?,
    _ state: inout State,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    batch.rows.append(try row(stated, values, base: base, &state, &batch.names))
  }

  /// The row of one record.
  ///
  /// `values` are valid where `stated` has a bit.
  @inline(__always)
  func row(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    base: UnsafePointer<UInt8>?,
    _ state: inout State,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    guard stated & Column.time.bit != 0 else { throw DecodeError(.badTime, at: 0) }
    var clock = values[0]
    if clock.kind == .escaped { clock = plain(clock, &state) }
    guard clock.kind == .text || clock.kind == .number,
      let when = time.time(clock.bytes, cache: &state.cache)
    else { throw DecodeError(.badTime, at: base.map { max(0, values[0].start - $0) } ?? 0) }
    var row = state.template
    row.time = when
    var rest = stated & Self.named
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard let value = value(index, values, &state) else { continue }
      setName(index, name(value, &names, &state, isList: index == Column.object.index), &row)
    }
    rest = stated & Self.others
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard let value = value(index, values, &state) else { continue }
      if index == Column.records.index {
        if let count = count(value, records, &state), count <= Volume.mostStated {
          row.volume = volume(count)
        }
      } else {
        set(columns[index], value, &row, &state)
      }
    }
    if !state.operationIsConstant {
      row.operation = operation(stated, values, row, &state)
    }
    if !mapsRecords, stated & Column.records.bit == 0, row.subject != 0, row.operation == .read,
      row.outcome != .failure
    {
      row.volume = .exactly(1)
    }
    return row
  }

  @inline(__always)
  private func operation(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ row: EventRow,
    _ state: inout State
  ) -> Operation {
    if stated & Column.operation.bit != 0 {
      let value = values[Column.operation.index]
      let isStated =
        value.kind != .null && value.count > 0
        && (watched & Column.operation.bit == 0
          || !isUnknown(value, Column.operation.index, &state))
      if isStated, let found = word(operations, plain(value, &state).bytes) {
        return Operation(rawValue: found) ?? .other
      }
    }
    return row.quality != .unknown || row.bytes >= 0 ? .read : .other
  }

  /// The columns that are names, and those that are neither names, the time nor the operation.
  private static let named = bits(
    [.account, .terminal, .program, .object, .owner, .ticket, .destination]
  )
  private static let others = bits([.records, .bytes, .subject, .outcome, .statement])

  /// The column whose names are most: memory for them is worth asking for ahead.
  var ahead: UInt32 {
    map.rules[.account] == nil && map.rules[.terminal] != nil
      ? Column.terminal.bit : Column.account.bit
  }

  private static func bits(_ columns: [Column]) -> UInt32 { columns.reduce(0) { $0 | $1.bit } }

  /// A stated value; `nil` when it states nothing after all.
  @inline(__always)
  private func value(
    _ index: Int,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ state: inout State
  ) -> FieldValue? {
    let value = values[index]
    guard value.kind != .null, value.count > 0 else { return nil }
    let bit = (1 as UInt32) &<< UInt32(truncatingIfNeeded: index)
    if watched & bit != 0, isUnknown(value, index, &state) { return nil }
    return value
  }

  @inline(__always)
  private func setName(_ column: Int, _ name: NameID, _ row: inout EventRow) {
    switch column {
    case 1: row.account = name
    case 2: row.terminal = name
    case 3: row.program = name
    case 5: row.object = name
    case 6: row.owner = name
    case 10: row.ticket = name
    default: row.destination = name
    }
  }

  /// Sets a column that is no name.
  @inline(never)
  private func set(
    _ column: Column,
    _ value: FieldValue,
    _ row: inout EventRow,
    _ state: inout State
  ) {
    switch column {
    case .records:
      if let count = count(value, records, &state), count <= Volume.mostStated {
        row.volume = volume(count)
      }
    case .bytes:
      if let count = count(value, bytes, &state), count <= Self.mostBytes { row.bytes = count }
    case .subject: setSubject(value, &row, &state)
    case .outcome: row.outcome = outcome(value, &state)
    case .statement:
      let text = plain(value, &state)
      let hash = cscan_digest(text.start, text.count)
      row.statement = hash == 0 ? 1 : hash
    default: break
    }
  }

  @inline(__always)
  private func name(
    _ value: FieldValue,
    _ names: inout NameTable,
    _ state: inout State,
    isList: Bool
  ) -> NameID {
    switch value.kind {
    case .text, .number, .literal: names.internOften(value.bytes)
    case .escaped, .doubled: internPlain(value, &names, &state)
    case .array where isList: joined(value, &names, &state)
    case .null, .array, .object: .none
    }
  }

  @inline(never)
  private func internPlain(
    _ value: FieldValue,
    _ names: inout NameTable,
    _ state: inout State
  ) -> NameID {
    names.intern(plain(value, &state).bytes)
  }

  /// The value without escapes; its bytes may lie in the scratch buffer until the next call.
  @inline(__always)
  private func plain(_ value: FieldValue, _ state: inout State) -> FieldValue {
    guard value.kind == .escaped || value.kind == .doubled else { return value }
    return unfolded(value, &state)
  }

  @inline(never)
  private func unfolded(_ value: FieldValue, _ state: inout State) -> FieldValue {
    state.scratch.removeAll(keepingCapacity: true)
    if value.kind == .escaped {
      JSONText.unescape(value.bytes, into: &state.scratch)
    } else {
      var index = 0
      while index < value.count {
        state.scratch.append(value.start[index])
        index += value.start[index] == 0x22 ? 2 : 1
      }
    }
    let count = state.scratch.count
    for _ in 0..<16 { state.scratch.append(0) }
    // The scratch buffer is only written by the next call of this function.
    let start = state.scratch.withUnsafeMutableBufferPointer { $0.baseAddress }
    guard let start else { return value }
    return FieldValue(start: start, count: count, kind: .text)
  }

  @inline(never)
  private func joined(
    _ value: FieldValue,
    _ names: inout NameTable,
    _ state: inout State
  ) -> NameID {
    var text: [UInt8] = []
    JSONText.forEachScalar(inArray: value.bytes) { element in
      guard element.count > 0 else { return }
      if !text.isEmpty { text.append(EventRow.objectSeparator) }
      if element.kind == .escaped {
        JSONText.unescape(element.bytes, into: &text)
      } else {
        text.append(contentsOf: element.bytes)
      }
    }
    return text.withUnsafeBufferPointer { names.intern($0) }
  }

  @inline(never)
  private func isUnknown(_ value: FieldValue, _ column: Int, _ state: inout State) -> Bool {
    let text = plain(value, &state)
    return unknown.withView { $0.find(text.start, text.count, at: column) >= 0 }
  }

  @inline(__always)
  private func word(_ rule: WordRule, _ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard let base = text.baseAddress else { return rule.otherwise }
    return rule.words.withView { view in
      let found = view.find(base, text.count, at: 0)
      return found >= 0 ? view.entries[found].payload : rule.otherwise
    }
  }

  /// A thousand terabytes: no event sends so much.
  private static var mostBytes: Int64 { 1_000_000_000_000_000 }

  /// A count that is stated and readable: not negative, rounded down, times its unit.
  ///
  /// Anything else (`""`, `null`, `true`, a list, `"NaN"`, `"1,000"` whose comma may mean either) leaves
  /// the count unknown, and the event stays.
  @inline(__always)
  private func count(_ value: FieldValue, _ rule: CountRule, _ state: inout State) -> Int64? {
    guard value.kind == .number || value.kind == .text else { return nil }
    if rule.multiplier == 1 {
      if let count = Self.shortCount(value) { return count }
      if let count = value.bytes.decimal(0..<value.count) { return count }
    }
    guard let number = Decimal(value.bytes), !number.isNegative || number.digits == 0 else {
      return nil
    }
    return number.scaled(byPowerOfTen: 0, times: max(rule.multiplier, 0))
  }

  /// One to eight digits, read at once; `nil` for all else.
  ///
  /// Eight bytes from the start of a value are readable.
  @inline(__always)
  private static func shortCount(_ value: FieldValue) -> Int64? {
    guard value.count <= 8, value.count > 0 else { return nil }
    let raw = UnsafeRawPointer(value.start)
    // The digits at the upper end, with zeros before them.
    var word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
    word = word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* value.count)
    guard ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 == 0 else { return nil }
    word = (word &* 10 &+ word &>> 8) & 0x00FF_00FF_00FF_00FF
    word = (word &* 100 &+ word &>> 16) & 0x0000_FFFF_0000_FFFF
    word = (word &* 10_000 &+ word &>> 32) & 0xFFFF_FFFF
    return Int64(truncatingIfNeeded: word)
  }

  @inline(__always)
  private func volume(_ count: Int64) -> Volume {
    switch records.quality {
    case .exact, .estimated: Volume(low: count, high: count, quality: records.quality)
    case .atLeast: Volume(low: count, high: Volume.unbounded, quality: .atLeast)
    case .unknown: .unknown
    }
  }

  @inline(__always)
  private func setSubject(_ value: FieldValue, _ row: inout EventRow, _ state: inout State) {
    switch value.kind {
    case .array:
      guard !mapsRecords, row.quality == .unknown else { return }
      var count: Int64 = 0
      JSONText.forEachScalar(inArray: value.bytes) { count += $0.count > 0 ? 1 : 0 }
      row.volume = .exactly(count)
    case .object, .null: break
    default: row.subject = subjectKey.hash(plain(value, &state).bytes)
    }
  }

  @inline(__always)
  private func outcome(_ value: FieldValue, _ state: inout State) -> Outcome {
    let text = plain(value, &state)
    if defaultOutcomes, text.count == 3, let status = text.bytes.decimal(0..<3) {
      return status / 100 == 2 ? .success : status >= 400 && status < 600 ? .failure : .unknown
    }
    return word(outcomes, text.bytes).flatMap { Outcome(rawValue: $0) } ?? .unknown
  }
}

extension FieldMap.Column {
  /// Position among all columns, and of its bit.
  @inline(__always)
  var index: Int {
    switch self {
    case .time: 0
    case .account: 1
    case .terminal: 2
    case .program: 3
    case .operation: 4
    case .object: 5
    case .owner: 6
    case .records: 7
    case .bytes: 8
    case .subject: 9
    case .ticket: 10
    case .destination: 11
    case .outcome: 12
    case .statement: 13
    }
  }

  @inline(__always)
  var bit: UInt32 { (1 as UInt32) &<< UInt32(truncatingIfNeeded: index) }
}
