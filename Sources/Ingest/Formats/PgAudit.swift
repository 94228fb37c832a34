internal import CScan
internal import EventModel

/// The text of pgaudit: `AUDIT: SESSION,1,1,READ,SELECT,TABLE,sales.clients,select …,<none>,800`.
///
/// Nine fields: the number of rows is not logged. Ten: ROWS is exact for what ran through the
/// executor and went to the client; on COPY, DECLARE and FETCH it is a constant 0 that means
/// nothing, also in a line of class OBJECT, whose command is the SELECT that COPY needs the right of. With EXPLAIN ANALYZE, CREATE TABLE AS, DO and the like rows were touched, not returned:
/// the command tag or the text tells.
///
/// Source: pgaudit, README.md and pgaudit.c; measured with PostgreSQL 15.
extension PostgreSQLDecoder {
  /// Puts what an AUDIT line tells into the row.
  ///
  /// `key`: the line as it was written; `nil` where what it tells is not to be remembered.
  mutating func decodeAudit(
    _ record: PostgreSQLRecord,
    key: AuditKey?,
    row: inout EventRow,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    try audit.split(record.message.slice(7..<record.message.count), most: 10, arena: &arena)
    guard audit.count >= 5,
      audit[0].equals("SESSION", in: 0..<audit[0].count)
        || audit[0].equals("OBJECT", in: 0..<audit[0].count)
    else { throw DecodeError(.wrongFieldCount, at: 7) }
    row.outcome = .success
    if let number = audit[1].decimal(0..<audit[1].count) {
      row.statement = PostgreSQLMessage.statementKey(session: record.session, statement: number)
    }
    let command = audit[4]
    let sql = Self.stated(audit[7])
    statements.scan(sql, &scanner)
    if audit.count < 9 || audit.isOpen || scanner.isTruncated { row.flags.insert(.truncated) }
    let isComplete = audit.count == 10 && !audit.isOpen
    let rows = isComplete ? audit[9].decimal(0..<audit[9].count) : nil
    row.operation = operation(kind: audit[3], command: command, tag: record.tag)
    let isByRows = row.operation == .touch && rows != nil && isSelect(record.tag)
    // Of more rows than it can count groups, it was no count.
    let most = max(1, min(scanner.limit ?? 1, Int64(SQLComparison.mostListed)))
    if isByRows, rows ?? 0 > most { row.operation = .read }
    // A line that COPY needs for its right to SELECT has the 0 of COPY; that of the query within it counts.
    let isCopy = scanner.verb == .copy
    let counts =
      rows != nil && countsRows(row.operation, command: command) && !(isCopy && rows == 0)
    // Lines of such statements are not remembered: their rows do not count records.
    let gathers = scanner.gathers && row.operation.returnsRecords
    if let rows, counts {
      row.volume = gathers ? scanner.records(inRows: rows) : .stated(rows)
    } else {
      row.volume = row.operation == .touch ? .none : .unknown
    }
    if command.hasPrefix("FETCH") { row.flags.insert(.fetch) }
    let cursor = cursor(sql, command: command)
    if let cursor {
      // All that is fetched from one cursor is one reading, with the query of its DECLARE.
      row.statement = PostgreSQLMessage.statementKey(session: record.session, cursor: cursor)
    }
    if row.quality == .unknown, !command.hasPrefix("DECLARE") { boundByStatement(&row) }
    if scanner.isWhole, row.operation.returnsRecords { row.flags.insert(.whole) }
    if row.operation.returnsRecords, counts, rows ?? 0 >= Self.leastOfSlice {
      takePosition(sql, rows: rows ?? 0, &row)
    } else if row.operation == .read, row.recordsHigh == 1,
      let number = KeyPosition.key(endingStatement: sql)
    {
      row.begins = KeyPosition.mark(number, subjectKey)
      row.continues = KeyPosition.mark(number &+ 1, subjectKey)
    }
    nameObject(&row, into: &batch)
    takeDestination(sql, &row, into: &batch)
    // The key of a cursor is its session's own; where the number of rows decides, the next line's may decide otherwise.
    if let key, cursor == nil, !isByRows, !isCopy, !gathers || !counts,
      key.rows == nil || isComplete
    {
      let reading = AuditReading(row, countsRows: counts)
      readings.remember(reading, for: key.body, key.tag, hash: key.hash)
    }
  }

  /// Reads of fewer rows are no slices of a set: their texts need not be looked through.
  private static let leastOfSlice: Int64 = 2

  private func takePosition(_ sql: RecordBytes, rows: Int64, _ row: inout EventRow) {
    guard let range = SQLRange(sql, .postgresql, rows: rows) else { return }
    row.begins = KeyPosition.mark(range.first, subjectKey)
    row.continues = KeyPosition.mark(range.next, subjectKey)
  }

  /// Hash of the name of the cursor that the statement declares or reads.
  private func cursor(_ sql: RecordBytes, command: RecordBytes) -> UInt64? {
    let isFetch = command.hasPrefix("FETCH")
    guard isFetch || command.hasPrefix("DECLARE") else { return nil }
    var walk = SQLWalk(sql, .postgresql)
    guard walk.keyword == (isFetch ? .fetch : .declare) else { return nil }
    var name: [UInt8] = []
    walk.advance()
    // FETCH names it last, DECLARE first.
    while !walk.atEnd {
      if walk.isName {
        name.removeAll(keepingCapacity: true)
        walk.appendName(to: &name)
        if !isFetch { break }
      }
      walk.advance()
    }
    guard !name.isEmpty else { return nil }
    return name.withUnsafeBufferPointer { name in
      name.baseAddress.map { cscan_digest($0, name.count) }
    }
  }

  /// A field's text; empty for pgaudit's sentinels.
  private static func stated(_ field: RecordBytes) -> RecordBytes {
    let isSentinel =
      field.hasPrefix("<none>") || field.hasPrefix("<not logged>")
      || field.hasPrefix("<previously logged>") || field.hasPrefix("<long param suppressed>")
    return isSentinel ? PostgreSQLRecord.absent : field
  }

  private func operation(
    kind: RecordBytes,
    command: RecordBytes,
    tag: RecordBytes
  ) -> Operation {
    let told = scanner.operation
    if told == .audit || told == .privilege { return told }
    if kind.hasPrefix("READ") {
      if command.hasPrefix("COPY") || command.hasPrefix("DECLARE") { return .export }
      return returned(tag)
    }
    if kind.hasPrefix("WRITE") {
      // SELECT … FOR UPDATE is logged as WRITE,UPDATE, and returns what it locks.
      // UPDATE … RETURNING returns what it changes.
      let returns = told.returnsRecords && !command.hasPrefix("COPY") && !isTouching(tag)
      return returns ? returned(tag) : .write
    }
    if command.hasPrefix("FETCH") { return .export }
    if command.hasPrefix("???") { return returned(tag) }
    if told == .touch || kind.hasPrefix("FUNCTION") && command.hasPrefix("DO") { return .touch }
    return .other
  }

  /// What became of rows that the executor produced.
  private func returned(_ tag: RecordBytes) -> Operation {
    // Of several statements in one text the first may be an EXPLAIN, and this line another's.
    if isTouching(tag) || scanner.verb == .explain && !scanner.operation.returnsRecords {
      return .touch
    }
    switch scanner.operation {
    case .touch, .write: return .touch
    case .export: return .export
    case .other where audit[6].count == 0 && scanner.readsNoTable: return .other
    default: return tag.hasPrefix("COPY") ? .export : .read
    }
  }

  /// Commands that keep the rows of the queries within them on the server.
  private func isTouching(_ tag: RecordBytes) -> Bool {
    // With RETURNING, what was changed went to the client; a query under such a tag is a trigger's.
    if scanner.returnsChanged, isChange(tag) { return false }
    return tag.hasPrefix("EXPLAIN") || tag.hasPrefix("CREATE") || tag.hasPrefix("DO")
      || tag.hasPrefix("CALL") || isChange(tag) || tag.hasPrefix("REFRESH")
      || tag.hasPrefix("ALTER") || tag.hasPrefix("SELECT INTO") || tag.hasPrefix("VACUUM")
      || tag.hasPrefix("ANALYZE") || tag.hasPrefix("REINDEX") || tag.hasPrefix("CLUSTER")
  }

  /// A query of its own: the server tags EXPLAIN, SELECT INTO and the like by other words.
  ///
  /// With more rows than one it is none of the text's statements that only count.
  private func isSelect(_ tag: RecordBytes) -> Bool { tag.count == 6 && tag.hasPrefix("SELECT") }

  private func isChange(_ tag: RecordBytes) -> Bool {
    tag.hasPrefix("INSERT") || tag.hasPrefix("UPDATE") || tag.hasPrefix("DELETE")
      || tag.hasPrefix("MERGE")
  }

  /// Whether ROWS is how many records the operation returned or wrote.
  private func countsRows(_ operation: Operation, command: RecordBytes) -> Bool {
    switch operation {
    case .read, .export, .write:
      !command.hasPrefix("COPY") && !command.hasPrefix("DECLARE") && !command.hasPrefix("FETCH")
        && !command.hasPrefix("TRUNCATE") && scanner.verb != .declare
    default: false
    }
  }

  /// Of what was renamed pgaudit tells the new name, the text the old one; the schema is the same.
  private func takeRenamed(_ name: RecordBytes, _ row: inout EventRow, into batch: inout EventBatch)
  {
    var old = scanner.joinedRelations
    // Another schema's name tells nothing of the one it came from.
    let place = name.count - old.count - 1
    let isMoved = place >= 0 && name[place] == 0x2E && name.suffix(old.count).elementsEqual(old)
    if !old.contains(0x2E), !isMoved, let dot = name.lastIndex(of: 0x2E) {
      old.insert(contentsOf: name[...dot], at: 0)
    }
    row.object = old.withUnsafeBufferPointer { batch.names.internOften($0) }
  }

  /// The line of a DDL names what was made; of what it was made only the text tells.
  private mutating func takeMade(
    _ name: RecordBytes,
    _ row: inout EventRow,
    into batch: inout EventBatch
  ) {
    var all = scanner.joinedRelations
    scanner.scanName(name)
    if !all.isEmpty { all.append(EventRow.objectSeparator) }
    all += scanner.joinedRelations
    row.object = all.withUnsafeBufferPointer { batch.names.internOften($0) }
  }

  /// pgaudit's own name of the relation, else the relations of the text.
  private mutating func nameObject(_ row: inout EventRow, into batch: inout EventBatch) {
    let (type, name) = (audit[5], audit[6])
    guard name.count > 0 else { return takeObjects(&row, into: &batch) }
    guard !type.hasPrefix("FUNCTION"), !type.hasPrefix("PROCEDURE") else { return }
    if scanner.renames { return takeRenamed(name, &row, into: &batch) }
    if row.operation.isInside, !scanner.copy.isEmpty, audit[3].hasPrefix("DDL") {
      return takeMade(name, &row, into: &batch)
    }
    if SystemCatalogue.holds(name, dialect: .postgresql) { row.flags.insert(.catalogue) }
    guard name.firstIndex(of: 0x22, in: 0..<name.count) != nil else {
      row.object = batch.names.internOften(name)
      return
    }
    scanner.scanName(name)
    row.object = scanner.joinedRelations.withUnsafeBufferPointer { batch.names.internOften($0) }
  }
}
