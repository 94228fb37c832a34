internal import CScan
internal import EventModel

/// Reads JSON events by an `EventMap`.
///
/// A reference: as a value it would be copied with every closure that uses it.
public final class EventReader: Sendable {
  private let map: EventMap
  let program: FieldProgram
  private let operations: FieldProgram.WordRule
  private let prefixes: [(word: [UInt8], operation: Operation)]

  init(_ map: EventMap, _ options: DecodeOptions) {
    self.map = map
    let fields = map.fieldMap
    program = FieldProgram(map: fields, options: options, paths: map.paths, lent: map.lent)
    operations = FieldProgram.operationRule(fields.rules[.operation])
    prefixes = map.prefixes.flatMap { entry in
      entry.1.map { (word: Array($0.utf8), operation: entry.0) }
    }
  }

  func decode(
    _ chunk: borrowing ByteChunk,
    into batch: inout EventBatch,
    finish: (MappedEvent, inout EventRow, inout NameTable) -> Void
  ) {
    var state = program.makeState(&batch.names)
    if let envelope = map.envelope, Self.holds(envelope, chunk) {
      return decodeEnvelopes(chunk, envelope, &state, into: &batch, finish)
    }
    JSONRecords.forEach(in: chunk, program.keys, ahead: program.ahead, into: &batch) {
      (stated, values, record, names) throws(DecodeError) in
      try row(stated, values, record, &state, &names, finish)
    }
  }

  func row(
    _ stated: UInt32,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ record: RecordBytes,
    _ state: inout FieldProgram.State,
    _ names: inout NameTable,
    _ finish: (MappedEvent, inout EventRow, inout NameTable) -> Void
  ) throws(DecodeError) -> EventRow {
    var row = try program.row(stated, values, base: record.baseAddress, &state, &names)
    let event = MappedEvent(stated: stated, values: values)
    row.operation = operation(event)
    if event.value(.outcome) == nil { row.outcome = map.absentOutcome }
    if row.operation == .audit { row.object = names.internOften(effect(event)) }
    finish(event, &row, &names)
    if row.outcome == .failure {
      if row.operation == .logon { row.operation = .logonFailure }
      if map.failureReturnsNothing, row.operation.returnsRecords {
        (row.operation, row.volume) = (.other, .none)
      }
    }
    return row
  }

  /// The row of one record that stands as a text in another; `nil` where it is none.
  func row(
    within text: FieldValue,
    _ names: inout NameTable,
    _ finish: (MappedEvent, inout EventRow, inout NameTable) -> Void
  ) -> EventRow? {
    var plain: [UInt8] = []
    JSONText.unescape(text.bytes, into: &plain)
    plain.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    var state = program.makeState(&names)
    return plain.withUnsafeBufferPointer { bytes in
      let record = RecordBytes(rebasing: bytes.dropLast(ByteChunk.padding))
      return JSONScan.withScan(program.keys) { scan in
        var isBlank = false
        guard let stated = try? scan.walk(record, isBlank: &isBlank), !isBlank else { return nil }
        return try? row(stated, scan.values, record, &state, &names, finish)
      }
    }
  }

  private func operation(_ event: MappedEvent) -> Operation {
    guard let value = event.value(.operation) else { return map.otherwise }
    if let found = program.word(operations, value.bytes) {
      return Operation(rawValue: found) ?? map.otherwise
    }
    for prefix in prefixes where value.bytes.begins(with: prefix.word) { return prefix.operation }
    return map.otherwise
  }

  private func effect(_ event: MappedEvent) -> RecordBytes {
    for (effect, words) in map.effects where words.contains(where: { event.isWord($0, .operation) })
    {
      return RecordBytes(effect)
    }
    return RecordBytes(HostCommand.Effect.configured)
  }

  // MARK: Records in one line

  private func decodeEnvelopes(
    _ chunk: borrowing ByteChunk,
    _ envelope: StaticString,
    _ state: inout FieldProgram.State,
    into batch: inout EventBatch,
    _ finish: (MappedEvent, inout EventRow, inout NameTable) -> Void
  ) {
    _ = JSONScan.withScan(program.keys) { scan -> Bool? in
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        guard let list = Self.list(in: record, of: envelope) else {
          var isBlank = false
          let stated = try scan.walk(record, isBlank: &isBlank)
          if isBlank { return }
          batch.rows.append(try row(stated, scan.values, record, &state, &batch.names, finish))
          return
        }
        // The whole must be well-formed, so that no event of a torn line counts.
        var isBlank = false
        _ = try scan.walk(record, isBlank: &isBlank)
        var place = list
        while let element = Self.element(record, &place) {
          let stated = try scan.walk(element, isBlank: &isBlank)
          batch.rows.append(try row(stated, scan.values, element, &state, &batch.names, finish))
        }
      }
      return true
    }
  }

  /// The first record of an envelope; `nil`: no envelope.
  static func first(in line: RecordBytes, of envelope: StaticString) -> RecordBytes? {
    guard var place = list(in: line, of: envelope) else { return nil }
    return element(line, &place)
  }

  /// Behind the bracket of `{"name":[`.
  private static func list(in line: RecordBytes, of envelope: StaticString) -> Int? {
    var place = 0
    func skip() { while place < line.count, line[place] <= 0x20 { place += 1 } }
    func take(_ byte: UInt8) -> Bool {
      skip()
      guard place < line.count, line[place] == byte else { return false }
      place += 1
      return true
    }
    guard take(0x7B), take(0x22), line.hasPrefix(envelope, at: place) else { return nil }
    place += envelope.utf8CodeUnitCount
    guard take(0x22), take(0x3A), take(0x5B) else { return nil }
    return place
  }

  /// The object at or behind a comma at `place`; `nil` at the end of the list.
  private static func element(_ line: RecordBytes, _ place: inout Int) -> RecordBytes? {
    while place < line.count, line[place] <= 0x20 || line[place] == 0x2C { place += 1 }
    guard place < line.count, line[place] == 0x7B else { return nil }
    let start = place
    var depth = 0
    while place < line.count {
      switch line[place] {
      case 0x22:
        place += 1
        while place < line.count, line[place] != 0x22 { place += line[place] == 0x5C ? 2 : 1 }
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D: depth -= 1
      default: break
      }
      place += 1
      if depth == 0, place <= line.count { return line.slice(start..<place) }
    }
    return nil
  }

  /// Whether a line of the chunk begins an envelope.
  private static func holds(_ envelope: StaticString, _ chunk: borrowing ByteChunk) -> Bool {
    let count = chunk.count
    return chunk.storage.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      var start = 0
      while start < count {
        if list(in: bytes.slice(start..<min(count, start + 64)), of: envelope) != nil {
          return true
        }
        start = cscan_find(base + start, base + count, 0x0A) - base + 1
      }
      return false
    }
  }
}
