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
    var plain: [UInt8] = []
    if text.kind == .escaped {
      JSONText.unescape(text.bytes, into: &plain)
    } else {
      plain.append(contentsOf: text.bytes)
    }
    plain.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    memory.statements.withLock { statements in
      plain.withUnsafeBufferPointer { bytes in
        let sql = RecordBytes(rebasing: bytes.dropLast(ByteChunk.padding))
        statements.apply(sql, dialect, schema: sql.slice(0..<0), to: &row, &names)
        guard row.operation.returnsRecords else { return }
        row.volume = .unknown
        if let rows, rows > 0 || row.operation != .export {
          row.volume = statements.records(inRows: rows)
        }
      }
    }
  }
}

private final class StatementValues: Sendable {
  let statements = Mutex(WireStatements())
}
