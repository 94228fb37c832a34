internal import EventModel

/// A field map made ready for the hot path: keys to columns, and each column's rule.
///
/// What a record does not state stays unknown: a missing or unreadable count is never 0.
///
/// A reference: as a value, 328 bytes, it would be copied for every record.
final class FieldProgram: Sendable {
  typealias Column = FieldMap.Column

  let keys: KeyTable
  let map: FieldMap
  private let time: TimeProgram
  let subjectKey: SubjectKey
  let records: CountRule
  let bytes: CountRule
  let mapsRecords: Bool
  private let columns = Column.allCases
  private let operations: WordRule
  /// Whether operations without a meaning are noted: those of a map that the operator declares or that is guessed.
  private let notesOperations: Bool
  let outcomes: WordRule
  let defaultOutcomes: Bool
  /// Words that mean "not stated", a level a column; `watched` says which columns have any.
  let unknown: KeyTable
  private let watched: UInt32
  /// The columns that are neither names, the time nor the operation, and are put into the row.
  private let others: UInt32
  private let named: UInt32
  /// Bytes of the longest of these words.
  private let longestUnknown: Int

  /// A count's rule, without the dictionary it came from.
  struct CountRule: Sendable {
    var multiplier: Int64 = 1
    var quality: VolumeQuality = .exact
  }

  /// Words to our words; `otherwise` is `nil` when what the record else states decides.
  struct WordRule: Sendable {
    var words = KeyTable()
    var otherwise: UInt8?
  }

  /// `guessed`: columns read by the known names, record by record; `paths`: columns read by these, the
  /// best first; `lent`: columns whose values are asked for and not put into the row.
  init(
    map: FieldMap,
    options: DecodeOptions,
    guessed: [Column] = [],
    paths: [(Column, [[String]])] = [],
    lent: [Column] = []
  ) {
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
    notesOperations = paths.isEmpty
    outcomes = Self.outcomeRule(map.rules[.outcome])
    defaultOutcomes = map.rules[.outcome]?.values.isEmpty ?? true
    others = lent.reduce(Self.others) { $0 & ~$1.bit }
    named = lent.reduce(Self.named) { $0 & ~$1.bit }
    var (keys, unknown) = (KeyTable(), KeyTable())
    var (watched, longestUnknown): (UInt32, Int) = (0, 0)
    _ = keys.addLevel()
    for column in Column.allCases {
      _ = unknown.addLevel()
      guard let rule = map.rules[column] else { continue }
      if !rule.path.isEmpty { Self.add(rule.path[...], column.bit, at: 0, to: &keys) }
      for word in rule.unknown where !word.isEmpty {
        unknown.add(Array(word.utf8), at: column.index) { _ in }
        watched |= column.bit
        longestUnknown = max(longestUnknown, word.utf8.count)
      }
    }
    for (column, names) in paths + guessed.map({ ($0, FieldMapGuess.paths(of: $0)) }) {
      for (rank, path) in names.enumerated() {
        let bits = column.bit | FieldGuess.rankUnit * UInt32(min(rank + 1, 254))
        Self.add(path[...], bits, at: 0, to: &keys)
      }
    }
    keys.seal()
    unknown.seal()
    (self.keys, self.unknown) = (keys, unknown)
    (self.watched, self.longestUnknown) = (watched, longestUnknown)
  }

  /// Adds a path as nested objects, and as one literal key with dots in it.
  private static func add(
    _ path: ArraySlice<String>,
    _ bit: UInt32,
    at level: Int,
    to keys: inout KeyTable
  ) {
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
    add(path.dropFirst(), bit, at: child, to: &keys)
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
    /// Operations that nobody gave a meaning.
    var unknownOperations = UnfamiliarWords()
  }

  /// The state at the start of a chunk: a row with the constants in it.
  func makeState(_ names: inout NameTable) -> State {
    var state = State()
    if map.rules[.call] != nil, others & Column.call.bit != 0 {
      state.template.flags.insert(.statesCalls)
    }
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

  /// The time that a record states; `nil`: none that can be read.
  func statedTime(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ state: inout State
  ) -> Int64? {
    guard stated & Column.time.bit != 0 else { return nil }
    let clock = plain(values[0], &state)
    guard clock.kind == .text || clock.kind == .number else { return nil }
    return time.time(clock.bytes, cache: &state.cache)
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
    var rest = stated & named
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard let value = value(index, values, &state) else { continue }
      setName(
        index,
        index == Column.ticket.index
          ? ticket(value, &names, &state)
          : name(value, &names, &state, isList: index == Column.object.index),
        &row
      )
    }
    rest = stated & others
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
      if isStated {
        let text = Self.unpadded(plain(value, &state))
        if let found = word(operations, text) { return Operation(rawValue: found) ?? .other }
        if notesOperations { state.unknownOperations.add(text) }
      }
    }
    if row.quality != .unknown || row.bytes >= 0 { return .read }
    return statesUnreadableCount(stated, values, &state) ? .read : .other
  }

  /// Whether a number of records is stated that cannot be read: `1,800,000`, `8000件`.
  ///
  /// Something was returned then; how much is unknown.
  @inline(never)
  private func statesUnreadableCount(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ state: inout State
  ) -> Bool {
    let index = Column.records.index
    guard stated & Column.records.bit != 0, let value = value(index, values, &state),
      value.kind == .text || value.kind == .escaped || value.kind == .doubled
    else { return false }
    let text = plain(value, &state).bytes
    guard Decimal(text) == nil else { return false }
    // A digit, of full width as well.
    return text.indices.contains { place in
      text[place] &- 0x30 < 10
        || text[place] &- 0x90 < 10 && place >= 2 && text[place - 2] == 0xEF
          && text[place - 1] == 0xBC
    }
  }

  /// The columns that are names, and those that are neither names, the time nor the operation. (Sums
  /// of constants: a stored one would be looked up for each record.)
  private static var named: UInt32 {
    Column.account.bit | Column.terminal.bit | Column.program.bit | Column.object.bit
      | Column.owner.bit | Column.ticket.bit | Column.destination.bit
  }
  private static var others: UInt32 {
    Column.records.bit | Column.bytes.bit | Column.subject.bit | Column.outcome.bit
      | Column.statement.bit | Column.call.bit | Column.position.bit
  }

  /// The column whose names are most: memory for them is worth asking for ahead.
  var ahead: UInt32 {
    map.rules[.account] == nil && map.rules[.terminal] != nil
      ? Column.terminal.bit : Column.account.bit
  }

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
    // A value with escapes is longer than what it means.
    if watched & bit != 0,
      value.count <= longestUnknown || value.kind == .escaped || value.kind == .doubled,
      isUnknown(value, index, &state)
    {
      return nil
    }
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
    case .call: 14
    case .position: 15
    }
  }

  @inline(__always)
  var bit: UInt32 { (1 as UInt32) &<< UInt32(truncatingIfNeeded: index) }
}
