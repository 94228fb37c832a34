internal import EventModel

/// Statements of MySQL and MariaDB, or of another dialect, as rows tell them.
struct MySQLStatements: ~Copyable {
  private(set) var scanner = SQLScanner()
  private var memo: StatementMemo
  /// With which keys of records are marked; `nil`: they are not.
  var subjectKey: SubjectKey?
  /// The number with which the latest text ends.
  private var lastNumber: UInt64?

  init(_ dialect: SQLDialect = .mysql) { memo = StatementMemo(dialect) }

  /// Puts into the row what the text does, with which tables and whither.
  ///
  /// `schema`: the database of tables without one; empty: not known.
  mutating func apply(
    _ sql: RecordBytes,
    schema: RecordBytes,
    to row: inout EventRow,
    _ names: inout NameTable
  ) {
    scanner.defaultSchema.removeAll(keepingCapacity: true)
    if schema.count > 0 {
      scanner.defaultSchema.append(contentsOf: schema)
      scanner.defaultSchema.append(0x2E)
    }
    memo.scan(sql, &scanner)
    lastNumber = subjectKey == nil ? nil : KeyPosition.key(endingStatement: sql)
    row.operation = scanner.operation
    row.object = scanner.joinedRelations.withUnsafeBufferPointer { names.intern($0) }
    if scanner.isCatalogueOnly { row.flags.insert(.catalogue) }
    if scanner.isTruncated { row.flags.insert(.truncated) }
    if scanner.isWhole { row.flags.insert(.whole) }
    if row.operation == .touch { row.volume = .none }
    if row.operation.returnsRecords, let place = scanner.destination, place.upperBound <= sql.count
    {
      row.destination = names.intern(sql.slice(place))
    } else if row.operation.isInside, !scanner.copy.isEmpty {
      row.destination = scanner.copy.withUnsafeBufferPointer { names.intern($0) }
    }
  }

  /// Takes a complete text without a table for one that was cut before it.
  func takeAsCut(_ row: inout EventRow) {
    row.flags.insert(.truncated)
    guard scanner.readsNoTable else { return }
    (row.operation, row.volume) = (.read, .unknown)
  }

  /// Puts into the row how a statement ended: with the number of an error, or 0.
  ///
  /// `limit`: whether the text's own LIMIT bounds what it returned, for nothing else does.
  func finish(status: Int64, bounds limit: Bool, _ row: inout EventRow) {
    if status != 0 {
      row.outcome = .failure
      if Self.refused.contains(status), row.operation.returnsRecords {
        (row.operation, row.volume, row.destination) = (.other, .none, .none)
      }
    } else if limit, row.operation.returnsRecords, let most = scanner.limit {
      row.volume = Volume(low: 0, high: most, quality: .estimated)
      if most == 1, let number = lastNumber, let subjectKey {
        row.begins = KeyPosition.mark(number, subjectKey)
        row.continues = KeyPosition.mark(number &+ 1, subjectKey)
      }
    }
  }

  /// Errors of statements that were refused before they could return a row: no right, no such
  /// database, table or column, no valid SQL.
  ///
  /// Others may come when rows have left already. Source: MariaDB Error Codes.
  private static let refused: Set<Int64> = [
    1044, 1045, 1046, 1049, 1054, 1064, 1109, 1142, 1143, 1146, 1149, 1227, 1370,
  ]
}
