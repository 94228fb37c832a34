internal import EventModel
internal import Synchronization

/// A statement that stands as a text among the fields of an event.
enum StatementValue {
  /// Puts into the row what the statement does and with which tables; the number of rows that came back bounds it.
  ///
  /// `rows`: as the source counted them; `nil`: it did not. A COPY's records are no rows of an answer, and a row of
  /// sums stands for those that it gathers.
  static func apply(
    _ text: FieldValue,
    _ dialect: SQLDialect,
    rows: Int64?,
    to row: inout EventRow,
    _ names: inout NameTable
  ) {
    let memory = names.memory.take(StatementValues.self) ?? StatementValues()
    defer { names.memory.keep(memory) }
    let plain = padded(text)
    memory.statements.withLock { statements in
      plain.withUnsafeBufferPointer { bytes in
        let sql = RecordBytes(rebasing: bytes.dropLast(ByteChunk.padding))
        statements.apply(sql, dialect, schema: sql.slice(0..<0), to: &row, &names)
        guard row.operation.returnsRecords else { return }
        row.volume = .unknown
        if let rows, rows > 0 || row.operation != .export {
          row.volume = statements.records(inRows: rows)
        } else if let limit = statements.limit {
          row.volume = Volume(low: 0, high: limit, quality: .estimated)
        }
      }
    }
  }
}

extension StatementValue {
  /// Puts into the row of a read what only its statement tells: that it read all, how many at most, that nothing left.
  ///
  /// With which tables is known from other fields.
  static func judge(
    _ text: FieldValue,
    _ dialect: SQLDialect,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    let memory = names.memory.take(StatementValues.self) ?? StatementValues()
    defer { names.memory.keep(memory) }
    let plain = padded(text)
    memory.statements.withLock { statements in
      plain.withUnsafeBufferPointer { bytes in
        let sql = RecordBytes(rebasing: bytes.dropLast(ByteChunk.padding))
        var told = row
        statements.apply(sql, dialect, schema: sql.slice(0..<0), to: &told, &names)
        if told.operation == .touch { (row.operation, row.volume) = (.touch, .none) }
        guard told.operation.returnsRecords else { return }
        row.flags.formUnion(told.flags.intersection([.whole, .truncated]))
        if let limit = statements.limit {
          row.volume = Volume(low: 0, high: limit, quality: .estimated)
        }
      }
    }
  }

  /// The text as it was meant, with readable bytes behind it.
  private static func padded(_ text: FieldValue) -> [UInt8] {
    var plain: [UInt8] = []
    switch text.kind {
    case .escaped: JSONText.unescape(text.bytes, into: &plain)
    case .doubled:
      var isSecond = false
      for byte in text.bytes {
        isSecond = byte == 0x22 && !isSecond
        if byte != 0x22 || isSecond { plain.append(byte) }
      }
    default: plain.append(contentsOf: text.bytes)
    }
    plain.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    return plain
  }
}

private final class StatementValues: Sendable {
  let statements = Mutex(WireStatements())
}
