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
    var places: [UInt32: UInt64] = [:]
    var list: [NameID] = []
    for row in rows {
      for id in ids(of: row) where id != .none && places[id.rawValue] == nil {
        list.append(id)
        places[id.rawValue] = UInt64(list.count)
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
    var time: Int64 = 0
    for row in rows {
      writer.write(row.time &- time)
      time = row.time
      for number in [row.recordsLow, row.recordsHigh, row.bytes, row.offset] {
        writer.write(number)
      }
      for number in [row.digest, row.statement, row.subject] { writer.write(number) }
      for id in ids(of: row) { writer.write(places[id.rawValue] ?? 0) }
      for number in [row.line, row.length, row.file] { writer.write(UInt64(number)) }
      writer.write(UInt64(row.source))
      for number in [
        row.operation.rawValue, row.outcome.rawValue, row.quality.rawValue, row.flags.rawValue,
        row.begins, row.continues,
      ] { writer.write(UInt64(number)) }
    }
    // For a night at most, and mostly digests, which no level makes smaller.
    return Store.packed(writer.bytes, level: 1)
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

  private static func ids(of row: EventRow) -> [NameID] {
    [
      row.account, row.terminal, row.program, row.object, row.owner, row.ticket, row.destination,
    ]
  }
}
