internal import CScan
internal import EventModel

/// What the values of a record say: names, counts, subjects, outcomes.
extension FieldProgram {
  /// Sets a column that is no name.
  @inline(never)
  func set(
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
    case .call: row.flags.insert([.call, .statesCalls])
    case .position:
      if let first = count(value, CountRule(), &state) { setPosition(first, &row) }
    default: break
    }
  }

  /// A page of a list: where it begins, and where the next would.
  private func setPosition(_ first: Int64, _ row: inout EventRow) {
    row.begins = KeyPosition.mark(UInt64(first), subjectKey)
    // Counts are read before positions.
    guard row.quality == .exact, row.recordsLow > 0 else { return }
    row.continues = KeyPosition.mark(UInt64(first) &+ UInt64(row.recordsLow), subjectKey)
  }

  @inline(__always)
  func name(
    _ value: FieldValue,
    _ names: inout NameTable,
    _ state: inout State,
    isList: Bool
  ) -> NameID {
    switch value.kind {
    // Columns of one width are padded: blanks around a name are none of it.
    case .text, .number, .literal: names.internOften(Self.unpadded(value))
    case .escaped, .doubled: internPlain(value, &names, &state)
    case .array where isList: joined(value, &names, &state)
    case .null, .array, .object: .none
    }
  }

  @inline(__always)
  static func unpadded(_ value: FieldValue) -> RecordBytes {
    isPadded(value) ? value.bytes.withoutBlanks : value.bytes
  }

  @inline(__always)
  private static func isPadded(_ value: FieldValue) -> Bool {
    value.count > 0 && (value.start[0] <= 0x20 || value.start[value.count &- 1] <= 0x20)
  }

  /// The number of a ticket: the same with blanks around it, and none where nothing else is stated.
  @inline(never)
  func ticket(_ value: FieldValue, _ names: inout NameTable, _ state: inout State) -> NameID {
    switch value.kind {
    case .null, .array, .object: return .none
    case .text, .number, .literal, .escaped, .doubled:
      let text = plain(value, &state).bytes.withoutBlanks
      return text.isEmpty ? .none : names.internOften(text)
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
  func plain(_ value: FieldValue, _ state: inout State) -> FieldValue {
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
  func isUnknown(_ value: FieldValue, _ column: Int, _ state: inout State) -> Bool {
    let text = plain(value, &state)
    return unknown.withView { $0.find(text.start, text.count, at: column) >= 0 }
  }

  @inline(__always)
  func word(_ rule: WordRule, _ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
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
  /// Groups of three digits (`"12,345"`) are a count's, for it has no decimals; not those of a number with a unit,
  /// whose comma may mean either. Anything else (`""`, `null`, `true`, a list, `"NaN"`) leaves the count unknown,
  /// and the event stays.
  @inline(__always)
  func count(_ value: FieldValue, _ rule: CountRule, _ state: inout State) -> Int64? {
    guard value.kind == .number || value.kind == .text else { return nil }
    if rule.multiplier == 1 {
      if let count = Self.shortCount(value) { return count }
      if let count = value.bytes.decimal(0..<value.count) { return count }
      if value.kind == .text, let count = Self.groupedCount(value.bytes) { return count }
    }
    if Self.isPadded(value) { return paddedCount(value, rule, &state) }
    guard let number = Decimal(value.bytes), !number.isNegative || number.digits == 0 else {
      return nil
    }
    return number.scaled(byPowerOfTen: 0, times: max(rule.multiplier, 0))
  }

  @inline(never)
  private func paddedCount(
    _ value: FieldValue,
    _ rule: CountRule,
    _ state: inout State
  ) -> Int64? {
    let bytes = value.bytes.withoutBlanks
    guard let start = bytes.baseAddress, bytes.count < value.count else { return nil }
    var inner = value
    (inner.start, inner.count) = (start, bytes.count)
    return count(inner, rule, &state)
  }

  /// `12,345`, `1,055,000`.
  private static func groupedCount(_ text: RecordBytes) -> Int64? {
    guard text.count >= 5, text.count <= 23, text[0] != 0x30 else { return nil }
    var (sum, digits, groups) = (0 as Int64, 0, 0)
    for byte in text {
      if byte == 0x2C {
        guard groups == 0 ? 1...3 ~= digits : digits == 3 else { return nil }
        (digits, groups) = (0, groups + 1)
      } else {
        guard byte &- 0x30 < 10 else { return nil }
        digits += 1
        // Of 23 bytes up to 19 are digits of such a number; of others there may be more.
        let (tenfold, isOver) = sum.multipliedReportingOverflow(by: 10)
        let (more, isBeyond) = tenfold.addingReportingOverflow(Int64(byte &- 0x30))
        guard !isOver, !isBeyond else { return nil }
        sum = more
      }
    }
    return groups > 0 && digits == 3 ? sum : nil
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
  func volume(_ count: Int64) -> Volume {
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
    default:
      let id = plain(value, &state)
      row.subject = subjectKey.hash(id.bytes)
      if let number = KeyPosition.number(endingIn: id.bytes) {
        row.begins = KeyPosition.mark(number, subjectKey)
        row.continues = KeyPosition.mark(number &+ 1, subjectKey)
      }
    }
  }

  @inline(__always)
  private func outcome(_ value: FieldValue, _ state: inout State) -> Outcome {
    let text = plain(value, &state)
    if defaultOutcomes, text.count == 3, let status = text.bytes.decimal(0..<3) {
      // A redirect is an answer as asked for, as the access formats have it.
      return 200..<400 ~= status ? .success : 400..<600 ~= status ? .failure : .unknown
    }
    return word(outcomes, Self.unpadded(text)).flatMap { Outcome(rawValue: $0) } ?? .unknown
  }
}
