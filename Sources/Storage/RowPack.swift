public import Detection
public import EventModel

/// Rows that wait to be judged, with their names: bytes that need no other table.
///
/// Layout: docs/formats/store.md. A row takes some 40 bytes before they are packed by Zstandard.
public enum RowPack {
  static let version: UInt64 = 1

  public static func pack(_ rows: [EventRow], names: NameTable, sources: [String]) -> [UInt8] {
    var writer = StateWriter()
    writer.write(version)
    var most: UInt32 = 0
    for row in rows { eachID(of: row) { most = max(most, $0.rawValue) } }
    // By id, from 1 in the order of the rows; 0: not stated, or not met yet.
    var places = [UInt32](repeating: 0, count: Int(most) + 1)
    var list: [NameID] = []
    for row in rows {
      eachID(of: row) { id in
        guard id != .none, places[Int(id.rawValue)] == 0 else { return }
        list.append(id)
        places[Int(id.rawValue)] = UInt32(list.count)
      }
    }
    writer.write(UInt64(list.count))
    for id in list { writer.write(names.bytes(of: id)) }
    let used = Set(rows.map { Int($0.source) }).sorted().filter { $0 < sources.count }
    writer.write(UInt64(used.count))
    for source in used {
      writer.write(UInt64(source))
      writer.write(Array(sources[source].utf8))
    }
    writer.write(UInt64(rows.count))
    var bytes = writer.bytes
    var time: Int64 = 0
    var start = 0
    while start < rows.count {
      let part = rows[start..<min(rows.count, start + 4_096)]
      start = part.endIndex
      bytes += [UInt8](unsafeUninitializedCapacity: part.count * rowBytes) { buffer, count in
        for row in part { add(row, after: &time, places, to: buffer, &count) }
      }
    }
    // For a night at most, and mostly digests, which no level makes smaller.
    return Store.packed(bytes, level: 1)
  }

  /// The most that a row takes: 27 numbers of ten bytes.
  private static let rowBytes = 270

  private static func add(
    _ row: EventRow,
    after time: inout Int64,
    _ places: [UInt32],
    to buffer: UnsafeMutableBufferPointer<UInt8>,
    _ count: inout Int
  ) {
    func write(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        buffer[count] = UInt8(truncatingIfNeeded: rest) | 0x80
        count += 1
        rest >>= 7
      }
      buffer[count] = UInt8(truncatingIfNeeded: rest)
      count += 1
    }
    func write(_ value: Int64) { write(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }
    write(row.time &- time)
    time = row.time
    write(row.recordsLow)
    write(row.recordsHigh)
    write(row.bytes)
    write(row.offset)
    write(row.digest)
    write(row.statement)
    write(row.subject)
    eachID(of: row) { write(UInt64(places[Int($0.rawValue)])) }
    write(UInt64(row.line))
    write(UInt64(row.length))
    write(UInt64(row.file))
    write(UInt64(row.source))
    write(UInt64(row.operation.rawValue))
    write(UInt64(row.outcome.rawValue))
    write(UInt64(row.quality.rawValue))
    write(UInt64(row.flags.rawValue))
    write(UInt64(row.begins))
    write(UInt64(row.continues))
  }

  /// The rows, with ids of `names`, which gains theirs.
  ///
  /// `sources` counts what `EventRow.source` counts now; a source that is no longer among them is
  /// the last.
  public static func unpack(
    _ bytes: [UInt8],
    names: inout NameTable,
    sources: [String]
  ) throws(StateError) -> [EventRow] {
    guard let plain = Store.unpacked(bytes) else { throw StateError(offset: 0) }
    var reader = StateReader(plain)
    guard try reader.unsigned() == version else { throw StateError(offset: 0) }
    var ids: [NameID] = [.none]
    for _ in 0..<(try reader.count()) {
      let name = try reader.name()
      ids.append(name.withUnsafeBufferPointer { names.intern($0) })
    }
    var places: [UInt64: UInt16] = [:]
    for _ in 0..<(try reader.count()) {
      let number = try reader.unsigned()
      let name = String(decoding: try reader.name(), as: UTF8.self)
      places[number] = UInt16(clamping: sources.firstIndex(of: name) ?? sources.count - 1)
    }
    var rows: [EventRow] = []
    let count = try reader.count()
    rows.reserveCapacity(count)
    var time: Int64 = 0
    func id(_ reader: inout StateReader) throws(StateError) -> NameID {
      let place = try reader.unsigned()
      guard place < UInt64(ids.count) else { throw StateError(offset: 0) }
      return ids[Int(place)]
    }
    for _ in 0..<count {
      time &+= try reader.signed()
      var row = EventRow(time: time)
      row.recordsLow = try reader.signed()
      row.recordsHigh = try reader.signed()
      row.bytes = try reader.signed()
      row.offset = try reader.signed()
      row.digest = try reader.unsigned()
      row.statement = try reader.unsigned()
      row.subject = try reader.unsigned()
      row.account = try id(&reader)
      row.terminal = try id(&reader)
      row.program = try id(&reader)
      row.object = try id(&reader)
      row.owner = try id(&reader)
      row.ticket = try id(&reader)
      row.destination = try id(&reader)
      row.line = UInt32(clamping: try reader.unsigned())
      row.length = UInt32(clamping: try reader.unsigned())
      row.file = UInt32(clamping: try reader.unsigned())
      row.source = places[try reader.unsigned()] ?? 0
      row.operation = Operation(rawValue: UInt8(clamping: try reader.unsigned())) ?? .other
      row.outcome = Outcome(rawValue: UInt8(clamping: try reader.unsigned())) ?? .unknown
      row.quality = VolumeQuality(rawValue: UInt8(clamping: try reader.unsigned())) ?? .unknown
      row.flags = EventRow.Flags(rawValue: UInt8(clamping: try reader.unsigned()))
      row.begins = UInt8(clamping: try reader.unsigned())
      row.continues = UInt8(clamping: try reader.unsigned())
      rows.append(row)
    }
    guard reader.isAtEnd else { throw StateError(offset: plain.count) }
    return rows
  }

  /// In the order in which they are written.
  @inline(__always)
  private static func eachID(of row: EventRow, _ body: (NameID) -> Void) {
    body(row.account)
    body(row.terminal)
    body(row.program)
    body(row.object)
    body(row.owner)
    body(row.ticket)
    body(row.destination)
  }
}
