internal import CScan
internal import EventModel
internal import Synchronization

/// One message of PostgreSQL, however it was written.
///
/// Absent fields are empty.
struct PostgreSQLRecord {
  static var absent: RecordBytes { RecordBytes(start: nil, count: 0) }
  var time = RecordBytes(start: nil, count: 0)
  var user = RecordBytes(start: nil, count: 0)
  /// Host without port.
  var host = RecordBytes(start: nil, count: 0)
  var session = RecordBytes(start: nil, count: 0)
  /// The number of the line in its session.
  var number = RecordBytes(start: nil, count: 0)
  /// The command tag, that is the `ps` display.
  var tag = RecordBytes(start: nil, count: 0)
  var severity = RecordBytes(start: nil, count: 0)
  var sqlState = RecordBytes(start: nil, count: 0)
  var message = RecordBytes(start: nil, count: 0)
  var detail = RecordBytes(start: nil, count: 0)
  var query = RecordBytes(start: nil, count: 0)
  var program = RecordBytes(start: nil, count: 0)
  /// Where no SQLSTATE is stated: whether it tells of a failed statement or a refused logon.
  var failure = Failure.none

  enum Failure { case none, statement, logon }
}

/// Turns messages into rows; holds the working storage of one decoder at a time, and what is
/// remembered in ids of one name table.
struct PostgreSQLDecoder: ~Copyable {
  /// Room for two layers of quotes in the longest record; what is not used costs no memory.
  var arena = ByteArena(capacity: 2 * RecordFramer.longestRecord + 64)
  var fields = QuotedFields()
  var audit = QuotedFields()
  var scanner = SQLScanner()
  var statements = StatementMemo(.postgresql)
  /// What AUDIT lines of one body tell; ids are those of the batch's names.
  var readings = ByteMemo<AuditReading>(bits: 10, room: 1 << 18, filler: .empty)
  /// Set at the start of a chunk.
  var time = PostgreSQLTime(zone: .utc, isDeclared: false)
  /// That of positions; set at the start of a chunk.
  var subjectKey = SubjectKey(0, 0)
  /// Whether times of messages are noted for the coverage here.
  var notesTime = true
  /// Used by those who call `settle` at the end of their chunk.
  var names = DeferredNames(havePorts: true)
  /// Whether a session counts the lines it writes to this log one by one: to the plain log a message
  /// of several lines counts as several.
  var countsLines = false
  var program = LatestName()

  /// Decodes a chunk; `read` makes a message of one record, its escapes resolved.
  @inline(__always)
  static func decode(
    _ chunk: borrowing ByteChunk,
    _ options: DecodeOptions,
    countsLines: Bool = false,
    into batch: inout EventBatch,
    read: @Sendable (RecordBytes, inout PostgreSQLDecoder) throws(DecodeError) -> PostgreSQLRecord
  ) {
    let memory = batch.names.memory.take(PostgreSQLMemory.self) ?? PostgreSQLMemory()
    memory.decoder.withLock { decoder in
      decoder.time = PostgreSQLTime(options)
      decoder.subjectKey = options.subjectKey
      decoder.countsLines = countsLines
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard record.count > 0 else { return }
        decoder.arena.removeAll()
        let message = try read(record, &decoder)
        let key = AuditKey(message.message, tag: message.tag)
        try decoder.decode(message, audit: key, into: &batch)
      }
      batch.assumedZones |= decoder.time.assumedZones
      batch.unknownZones.add(decoder.time.unknownZones)
    }
    batch.names.memory.keep(memory)
  }

  /// Appends the row of a message; none when there is no event in it.
  ///
  /// `key`: its text where it is one of pgaudit's. A decoder must take every key from the text as it
  /// stands in the log, or every key from the text with its escapes resolved.
  mutating func decode(
    _ record: PostgreSQLRecord,
    audit key: AuditKey? = nil,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    let time = try time.parse(record.time)
    try decode(record, audit: key, at: time, into: &batch)
    note(record, at: time, in: &batch)
  }

  /// Notes the number that the record has in its session.
  @inline(__always)
  func note(_ record: PostgreSQLRecord, at time: Int64, in batch: inout EventBatch) {
    guard record.session.count > 0, let base = record.session.baseAddress,
      let number = record.number.decimal(0..<record.number.count)
    else { return }
    let session = cscan_digest(base, record.session.count)
    guard countsLines else {
      batch.serials.note(session: session, number: number, time: time, counter: .passing)
      return
    }
    batch.serials.note(
      session: session,
      number: number,
      time: time,
      account: batch.names.internOften(record.user),
      terminal: batch.names.internOften(record.host),
      counter: .lines
    )
  }

  /// As above, of a message whose time was read elsewhere; its number is not noted.
  mutating func decode(
    _ record: PostgreSQLRecord,
    audit key: AuditKey? = nil,
    at time: Int64,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    if let key, let reading = recalled(key) {
      return finish(Self.row(record, key, reading, at: time), record, into: &batch)
    }
    var row = EventRow(time: time)
    if notesTime { batch.noteTime(time) }
    if record.message.hasPrefix("AUDIT: ") {
      try decodeAudit(record, key: key, row: &row, into: &batch)
    } else if isFailure(record) {
      guard decodeFailure(record, row: &row, into: &batch) else { return }
    } else {
      guard decodeMessage(record, row: &row, into: &batch) else { return }
    }
    finish(row, record, into: &batch)
  }

  /// Names who, from where and with what, and appends the row.
  @inline(__always)
  func finish(_ row: EventRow, _ record: PostgreSQLRecord, into batch: inout EventBatch) {
    var row = row
    if row.account == .none { row.account = batch.names.internOften(record.user) }
    row.terminal = batch.names.internOften(record.host)
    if row.terminal == .none, row.operation == .logoff {
      row.terminal = batch.names.internOften(
        PostgreSQLMessage.value(ofOneOf: PostgreSQLWords.host, in: record.message)
      )
    }
    if row.program == .none { row.program = batch.names.internOften(record.program) }
    batch.rows.append(row)
  }

  /// Gives rows the names that were put off.
  mutating func settle(_ batch: inout EventBatch) { names.settle(&batch) }

  /// SQLSTATE classes 00 to 02 are success, warning and no data.
  private func isFailure(_ record: PostgreSQLRecord) -> Bool {
    if record.failure != .none { return true }
    let state = record.sqlState
    return state.count == 5 && !(state[0] == 0x30 && state[1] >= 0x30 && state[1] <= 0x32)
  }

  private mutating func decodeFailure(
    _ record: PostgreSQLRecord,
    row: inout EventRow,
    into batch: inout EventBatch
  ) -> Bool {
    row.outcome = .failure
    if record.query.count == 0 {
      guard
        record.failure == .logon
          || record.sqlState.hasPrefix("28") && record.severity.hasPrefix("FATAL")
      else { return false }
      row.operation = .logonFailure
      return true
    }
    takeStatement(record.query, detail: record.detail, row: &row, into: &batch)
    // What a failed statement had sent before it failed, nothing states.
    row.volume = .unknown
    return true
  }

  private mutating func decodeMessage(
    _ record: PostgreSQLRecord,
    row: inout EventRow,
    into batch: inout EventBatch
  ) -> Bool {
    let message = record.message
    row.outcome = .success
    if let sql = PostgreSQLMessage.statement(message) {
      takeStatement(sql, detail: record.detail, row: &row, into: &batch)
    } else if message.end(ofOneOf: PostgreSQLWords.authorized) != nil {
      return takeLogon(message, record, &row, into: &batch)
    } else if message.end(ofOneOf: PostgreSQLWords.replication) != nil {
      // A replication connection (pg_basebackup, pg_receivewal, a standby) takes the whole cluster;
      // its commands are logged only with log_replication_commands.
      takeCluster(record, row: &row)
      return takeLogon(message, record, &row, into: &batch)
    } else if message.end(ofOneOf: PostgreSQLWords.disconnection) != nil {
      row.operation = .logoff
      if record.user.count == 0 {
        row.account = batch.names.intern(
          PostgreSQLMessage.value(ofOneOf: PostgreSQLWords.user, in: message)
        )
      }
    } else if let command = message.end(ofOneOf: PostgreSQLWords.replicationCommand),
      message.hasPrefix("BASE_BACKUP", at: command)
        || message.hasPrefix("START_REPLICATION", at: command)
    {
      takeCluster(record, row: &row)
    } else if message.end(ofOneOf: PostgreSQLWords.reload) != nil || changesLogging(message) {
      row.operation = .audit
    } else {
      return false
    }
    return true
  }

  /// Who was let in, and by which program; `false`: nobody is named.
  private func takeLogon(
    _ message: RecordBytes,
    _ record: PostgreSQLRecord,
    _ row: inout EventRow,
    into batch: inout EventBatch
  ) -> Bool {
    if !row.operation.returnsRecords { row.operation = .logon }
    row.account = batch.names.internOften(
      PostgreSQLMessage.value(ofOneOf: PostgreSQLWords.user, in: message)
    )
    row.program = batch.names.internOften(
      PostgreSQLMessage.value("application_name=", in: message)
    )
    return row.account != .none || record.user.count > 0
  }

  /// Whether a setting was changed that decides what is logged.
  private func changesLogging(_ message: RecordBytes) -> Bool {
    guard let name = message.end(ofOneOf: PostgreSQLWords.parameter) else { return false }
    return message.hasPrefix("pgaudit.", at: name) || message.hasPrefix("log_", at: name)
      || message.hasPrefix("logging_", at: name)
      || message.hasPrefix("shared_preload_libraries\"", at: name)
  }

  /// All databases of the server leave it; how many records, nothing states.
  ///
  /// The connection and its commands are told once: pgaudit numbers statements from 1, so 0 is free.
  private func takeCluster(_ record: PostgreSQLRecord, row: inout EventRow) {
    row.operation = .export
    row.statement = PostgreSQLMessage.statementKey(session: record.session, statement: 0)
  }

  /// Classes a statement of which no number of records is stated.
  private mutating func takeStatement(
    _ sql: RecordBytes,
    detail: RecordBytes,
    row: inout EventRow,
    into batch: inout EventBatch
  ) {
    var text = sql
    statements.scan(sql, &scanner)
    if scanner.verb == .execute, let start = detail.end(ofOneOf: PostgreSQLWords.prepare) {
      text = PostgreSQLMessage.preparedText(detail.slice(start..<detail.count))
      statements.scan(text, &scanner)
    }
    row.operation = scanner.operation
    takeObjects(&row, into: &batch)
    takeDestination(text, &row, into: &batch)
    if scanner.isWhole { row.flags.insert(.whole) }
    if scanner.isTruncated { row.flags.insert(.truncated) }
    row.volume = row.operation == .touch ? .none : .unknown
    boundByStatement(&row)
  }

  /// What the text alone bounds: LIMIT, FETCH n, a lone aggregate.
  func boundByStatement(_ row: inout EventRow) {
    guard row.operation.returnsRecords else { return }
    if let count = scanner.fetchCount ?? scanner.limit {
      row.volume = Volume(low: 0, high: count, quality: .estimated)
    }
    if scanner.verb == .fetch { row.flags.insert(.fetch) }
  }

  func takeObjects(_ row: inout EventRow, into batch: inout EventBatch) {
    row.object = scanner.joinedRelations.withUnsafeBufferPointer { batch.names.internOften($0) }
    if scanner.isCatalogueOnly { row.flags.insert(.catalogue) }
  }

  func takeDestination(_ sql: RecordBytes, _ row: inout EventRow, into batch: inout EventBatch) {
    if row.operation.isInside, !scanner.copy.isEmpty {
      row.destination = scanner.copy.withUnsafeBufferPointer { batch.names.internOften($0) }
      return
    }
    guard row.operation.returnsRecords, let place = scanner.destination,
      place.upperBound <= sql.count
    else { return }
    row.destination = batch.names.internOften(sql.slice(place))
  }
}

/// Texts of PostgreSQL's own messages.
///
/// Source: PostgreSQL, src/backend/tcop/postgres.c, src/backend/utils/init/postinit.c.
enum PostgreSQLMessage {
  /// The SQL of `statement: …`, `execute NAME: …`, `duration: 1.2 ms  statement: …`.
  static func statement(_ message: RecordBytes) -> RecordBytes? {
    guard let start = behindDuration(message) else { return nil }
    if let sql = message.end(ofOneOf: PostgreSQLWords.statement, at: start) {
      return message.slice(sql..<message.count)
    }
    guard let name = message.end(ofOneOf: PostgreSQLWords.execute, at: start),
      let colon = message.firstIndex(of: 0x3A, in: name..<message.count),
      message.hasPrefix(": ", at: colon)
    else { return nil }
    return message.slice(colon + 2..<message.count)
  }

  /// Where the message goes on behind a duration, 0 without; `nil`: nothing follows it.
  private static func behindDuration(_ message: RecordBytes) -> Int? {
    for (word, unit) in PostgreSQLWords.duration where message.hasPrefix(word) {
      let digits = word.utf8CodeUnitCount
      guard
        let space = message.firstIndex(of: 0x20, in: digits..<min(message.count, digits + 30)),
        message.hasPrefix(unit, at: space)
      else { return nil }
      let start = space + unit.utf8CodeUnitCount
      return start < message.count && message[start] == 0x20 ? start + 1 : start
    }
    return 0
  }

  /// The value after the first of several keys that is there.
  static func value(ofOneOf keys: [StaticString], in message: RecordBytes) -> RecordBytes {
    for key in keys {
      let found = value(key, in: message)
      if found.count > 0 { return found }
    }
    return PostgreSQLRecord.absent
  }

  /// The value after ` key`, to the next space or the end.
  static func value(_ key: StaticString, in message: RecordBytes) -> RecordBytes {
    for index in 0..<message.count where message[index] == 0x20 {
      guard message.hasPrefix(key, at: index + 1) else { continue }
      let start = index + 1 + key.utf8CodeUnitCount
      let end = message.firstIndex(of: 0x20, in: start..<message.count) ?? message.count
      return message.slice(start..<end)
    }
    return PostgreSQLRecord.absent
  }

  /// The statement in `PREPARE q (int) AS select …`; the whole text when none is found.
  static func preparedText(_ text: RecordBytes) -> RecordBytes {
    var walk = SQLWalk(text, .postgresql)
    while !walk.atEnd, walk.keyword != .as { walk.advance() }
    return walk.keyword == .as ? text.slice(walk.token.end..<text.count) : text
  }

  /// A stable key of one statement of one session; 0 when the session is not stated.
  static func statementKey(session: RecordBytes, statement: Int64) -> UInt64 {
    hash(session).map { statementKey(session: $0, statement: statement) } ?? 0
  }

  /// The same by the hash of the session.
  @inline(__always)
  static func statementKey(session: UInt64, statement: Int64) -> UInt64 {
    key(session, UInt64(bitPattern: statement) &* 2 &+ 0xA076_1D64_78BD_642F)
  }

  /// The same of a cursor, by the hash of its name.
  static func statementKey(session: RecordBytes, cursor: UInt64) -> UInt64 {
    hash(session).map { key($0, cursor ^ 0xE703_7ED1_A0B4_28DB) } ?? 0
  }

  private static func hash(_ session: RecordBytes) -> UInt64? {
    guard session.count > 0, let base = session.baseAddress else { return nil }
    return cscan_digest(base, session.count)
  }

  @inline(__always)
  private static func key(_ session: UInt64, _ part: UInt64) -> UInt64 {
    let mixed = cscan_mix(session ^ 0x9E37_79B9_7F4A_7C15, part)
    return mixed == 0 ? 1 : mixed
  }
}

/// What is remembered of messages whose texts are keys with their escapes resolved.
final class PostgreSQLMemory: Sendable {
  let decoder = Mutex(PostgreSQLDecoder())
}
