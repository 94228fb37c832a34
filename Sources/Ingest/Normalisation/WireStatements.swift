internal import EventModel

/// Statements of any server as rows tell them, as they went over the wire.
struct WireStatements: ~Copyable {
  private var scanner = SQLScanner()
  private var postgresql = StatementMemo(.postgresql)
  private var mysql = StatementMemo(.mysql)
  private var sqlServer = StatementMemo(.sqlServer)

  init() {}

  /// Most records that the text itself allows.
  var limit: Int64? { scanner.limit }

  /// How many records so many rows of the last statement are.
  func records(inRows rows: Int64) -> Volume { scanner.records(inRows: rows) }

  /// Puts into the row what the text does, with which tables and whither.
  ///
  /// `schema`: the database of MySQL's tables without one; empty: not known.
  mutating func apply(
    _ sql: RecordBytes,
    _ dialect: SQLDialect,
    schema: RecordBytes,
    to row: inout EventRow,
    _ names: inout NameTable
  ) {
    scanner.defaultSchema.removeAll(keepingCapacity: true)
    if dialect == .mysql, !schema.isEmpty {
      scanner.defaultSchema.append(contentsOf: schema)
      scanner.defaultSchema.append(0x2E)
    }
    switch dialect {
    case .postgresql: postgresql.scan(sql, &scanner)
    case .mysql: mysql.scan(sql, &scanner)
    case .sqlServer: sqlServer.scan(sql, &scanner)
    }
    row.operation = scanner.operation
    row.object = scanner.joinedRelations.withUnsafeBufferPointer { names.intern($0) }
    if scanner.isCatalogueOnly { row.flags.insert(.catalogue) }
    if scanner.isTruncated { row.flags.insert(.truncated) }
    if scanner.isWhole, scanner.operation.returnsRecords { row.flags.insert(.whole) }
    if scanner.fetchCount != nil { row.flags.insert(.fetch) }
    if row.operation == .touch { row.volume = .none }
    if row.operation.returnsRecords, let place = scanner.destination, place.upperBound <= sql.count
    {
      row.destination = names.intern(sql.slice(place))
    } else if row.operation.isInside, !scanner.copy.isEmpty {
      row.destination = scanner.copy.withUnsafeBufferPointer { names.intern($0) }
    }
  }
}
