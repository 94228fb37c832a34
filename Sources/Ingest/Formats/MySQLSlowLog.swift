public import EventModel
internal import Synchronization

/// The slow query log of MySQL, Percona Server and MariaDB: with `long_query_time = 0` every statement,
/// and how many rows it sent.
///
///     # Time: 2026-11-23T08:34:34.157000Z
///     # User@Host: suzuki[suzuki] @ localhost [192.0.2.7]  Id:    12
///     # Query_time: 0.000188  Lock_time: 0.000000 Rows_sent: 800  Rows_examined: 800
///     use crm;
///     SET timestamp=1795422874;
///     select * from clients;
///
/// The time is that of `SET timestamp`, in UTC; `# Time` stands only where the second has changed, and
/// in old versions in local time. Rows are exact. Bytes are those that went to the client
/// (`Bytes_sent`, with MySQL only under `log_slow_extra`): of a file that the server wrote they tell
/// nothing, and for EXECUTE they are 0 whatever was sent. HANDLER counts no rows. Statements stand
/// there as they were sent: a text or comment in one can hold lines that look like another's head (`SlowLogText`).
/// Such lines are part of the statement; but because a statement that failed may have left a text open before real
/// heads, what they tell is told as well, as done by an unknown hand in an unknown number.
///
/// `use` stands only where the database is another than that of the record before, whoever sent it: it holds for the
/// tables without one of the statements behind it, until the next `use` or `Schema:`. A part of a log has that of the
/// part before it. A database of the server's own does not hold on; where lines that look like heads within a text say
/// otherwise, none is known.
///
/// Source: MySQL, sql/log.cc (File_query_log::write_slow); MariaDB, sql/log.cc.
public struct MySQLSlowLog: CarryingText {
  public static let name = "mysql-slow"
  public static let summary = "MySQL, Percona and MariaDB slow query log"
  public static var framing: Framing { .blocks(.slowLog) }

  private let zone: TimeZoneRule
  /// The database that holds where the file begins.
  private let first: [UInt8]

  public init(options: DecodeOptions, head: Span<UInt8>) {
    (zone, first) = (options.zone, options.header)
  }

  public static func carried(after record: RecordBytes) -> [UInt8]? {
    var found = SlowLogRecord.database(in: record).map { Array($0) }
    SlowLogRecord.forEachInner(record) { inner in
      guard let other = SlowLogRecord.database(in: inner) else { return }
      if !(found.map { other.isSame(as: $0) } ?? false) { found = [] }
    }
    // In logs put together a line may have lost its `use`: what holds customers is never taken for the server's own.
    let isOwn = found.map { name in
      (name + [0x2E]).withUnsafeBufferPointer { SystemCatalogue.holds($0, dialect: .mysql) }
    }
    return isOwn == true ? [] : found
  }

  public static func isSilent(_ record: RecordBytes) -> Bool {
    record.isEmpty || SlowLogRecord.isBanner(record)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.withUnsafeBufferPointer { bytes in
      var (seen, fit, start) = (0, 0, 0)
      while start < bytes.count, seen < 64 {
        let end = bytes.firstIndex(of: 0x0A, in: start..<bytes.count) ?? bytes.count
        let line = bytes.slice(start..<end)
        if line.hasPrefix("# Time: ") {
          seen += 1
          fit += 1
        } else if line.hasPrefix("# User@Host: ") {
          seen += 1
          if HostAudit.find(" @ ", line, 0..<line.count) != nil { fit += 1 }
        } else if seen == 0, !SlowLogRecord.isBanner(line), start == 0 {
          seen += 1
        }
        start = end + 1
      }
      return ProbeSample.Count(matched: fit, total: seen)
        .result("\(fit) of \(seen) headers are # Time or # User@Host lines")
    }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(MySQLMemory.self) ?? MySQLMemory()
    var database = chunk.header ?? first
    memory.work.withLock { work in
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty, !SlowLogRecord.isBanner(record) else { return }
        let before = database
        if let carried = Self.carried(after: record) { database = carried }
        let found = try SlowLogRecord(record, zone: zone)
        batch.noteTime(found.time)
        batch.rows.append(Self.row(found, before, &work.statements, &batch.names))
        SlowLogRecord.forEachInner(record) { inner in
          guard let found = try? SlowLogRecord(inner, zone: zone) else { return }
          var row = Self.row(found, before, &work.statements, &batch.names)
          (row.account, row.terminal, row.bytes) = (.none, .none, -1)
          if row.operation.returnsRecords { row.volume = .unknown }
          batch.rows.append(row)
        }
      }
    }
    batch.names.memory.keep(memory)
  }

  private static func row(
    _ record: SlowLogRecord,
    _ database: [UInt8],
    _ statements: inout MySQLStatements,
    _ names: inout NameTable
  ) -> EventRow {
    var row = EventRow(time: record.time)
    row.account = names.internOften(record.user)
    row.terminal = names.internOften(record.address.isEmpty ? record.host : record.address)
    guard !record.sql.hasPrefix("# administrator command: ") else { return row }
    if let schema = record.schema {
      statements.apply(record.sql, schema: schema, to: &row, &names)
    } else {
      database.withUnsafeBufferPointer {
        statements.apply(record.sql, schema: $0, to: &row, &names)
      }
    }
    if let status = record.status {
      row.outcome = status == 0 ? .success : .failure
      statements.finish(status: status, bounds: false, &row)
    }
    let verb = statements.scanner.verb
    // Of a statement in one line of more than 1 MiB nothing but the head is left, and the rows that it sent.
    let isLost = record.sql.isEmpty && record.rows ?? 0 > 0
    if isLost { row.flags.insert(.truncated) }
    let tellsRows = (verb == .execute || isCall(record.sql) || isLost) && record.rows ?? 0 > 0
    guard row.operation.returnsRecords || tellsRows else { return row }
    if !row.operation.returnsRecords { row.operation = .read }
    if verb != .handler, let rows = record.rows {
      row.volume = statements.scanner.records(inRows: rows)
    }
    if let bytes = record.bytes, row.destination == .none, bytes > 0 || record.rows == 0 {
      row.bytes = bytes
    }
    return row
  }

  /// A procedure: that it sent rows is all that is known of what it read, as of a prepared statement.
  private static func isCall(_ sql: RecordBytes) -> Bool {
    sql.count > 5 && sql[4] <= 0x20
      && zip(sql, "call".utf8).allSatisfy { $0 | 0x20 == $1 }
  }
}

/// The parts of one record of a slow log.
struct SlowLogRecord {
  var time: Int64 = 0
  var user = RecordBytes(start: nil, count: 0)
  var host = RecordBytes(start: nil, count: 0)
  var address = RecordBytes(start: nil, count: 0)
  /// The database of the one who sent it; empty: none, `nil`: not stated.
  var schema: RecordBytes?
  var rows: Int64?
  var bytes: Int64?
  /// The error's number; `nil`: not stated.
  var status: Int64?
  var sql = RecordBytes(start: nil, count: 0)

  /// Where the statement begins: behind the lines of the head.
  static func textStart(_ base: UnsafePointer<UInt8>, _ start: Int, _ stop: Int) -> Int {
    var place = start
    while place < stop, base[place] == 0x23 {
      place = min(stop, base.distance(to: lineFeed(base + place, base + stop)) + 1)
    }
    return place
  }

  /// Lends what in the statement looks like a record, each up to the next.
  static func forEachInner(_ record: RecordBytes, _ body: (RecordBytes) -> Void) {
    guard let base = record.baseAddress else { return }
    var start: Int?
    var isAfterTime = false
    var place = textStart(base, 0, record.count)
    while place < record.count {
      let line = record.slice(place..<record.count)
      let isTime = line.hasPrefix("# Time: ")
      if isTime || line.hasPrefix("# User@Host: ") && !isAfterTime {
        if let start { body(record.slice(start..<place)) }
        start = place
      }
      isAfterTime = isTime
      place = min(record.count, base.distance(to: lineFeed(base + place, base + record.count)) + 1)
    }
    if let start { body(record.slice(start..<record.count)) }
  }

  /// The lines a server writes at its start.
  static func isBanner(_ record: RecordBytes) -> Bool {
    guard record.first != 0x23 else { return false }
    let end = record.firstIndex(of: 0x0A, in: 0..<record.count) ?? record.count
    let line = record.slice(0..<end)
    return HostAudit.find(", Version: ", line, 0..<end) != nil
      && HostAudit.find("started with:", line, 0..<end) != nil
      || line.hasPrefix("Tcp port: ") || line.hasPrefix("Time                 Id Command")
  }

  init(_ record: RecordBytes, zone: TimeZoneRule) throws(DecodeError) {
    guard record.hasPrefix("# Time: ") || record.hasPrefix("# User@Host: ") else {
      throw DecodeError(.notThisFormat, at: 0)
    }
    var stamp: Int64?
    var (start, hasUser) = (0, false)
    // The header: lines that begin with a sign, `use` and `SET timestamp` in this order.
    while start < record.count {
      var end = record.firstIndex(of: 0x0A, in: start..<record.count) ?? record.count
      let next = end + 1
      if end > start, record[end - 1] == 0x0D { end -= 1 }
      let line = record.slice(start..<end)
      guard line.first == 0x23, !line.hasPrefix("# administrator command: ") else { break }
      if line.hasPrefix("# Time: ") {
        stamp = Self.time(line, zone: zone)
      } else if line.hasPrefix("# User@Host: ") {
        hasUser = true
        takeUser(line)
      } else {
        takeFields(line)
      }
      start = next
    }
    guard hasUser else { throw DecodeError(.missingField, at: 0) }
    start = Self.passSettings(record, from: start, &schema, &stamp)
    guard let stamp else { throw DecodeError(.badTime, at: 0) }
    time = stamp
    sql = record.slice(min(start, record.count)..<Self.end(of: record, from: start))
  }

  /// `# User@Host: rights[login] @ host [address]`: who logged in is in brackets.
  private mutating func takeUser(_ line: RecordBytes) {
    guard let at = HostAudit.find("] @ ", line, 0..<line.count),
      let open = line.firstIndex(of: 0x5B, in: 13..<at)
    else { return }
    user = line.slice(open + 1..<at)
    if user.isEmpty { user = line.slice(13..<open) }
    let rest = at + 4
    guard let bracket = line.firstIndex(of: 0x5B, in: rest..<line.count),
      let close = line.firstIndex(of: 0x5D, in: bracket..<line.count)
    else { return }
    address = line.slice(bracket + 1..<close)
    var end = bracket
    while end > rest, line[end - 1] == 0x20 { end -= 1 }
    host = line.slice(rest..<end)
  }

  /// The database that a record names, for itself and those behind it.
  static func database(in record: RecordBytes) -> RecordBytes? {
    guard let base = record.baseAddress else { return nil }
    var (schema, stamp): (RecordBytes?, Int64?) = (nil, nil)
    var place = 0
    while place < record.count, base[place] == 0x23 {
      let end = base.distance(to: lineFeed(base + place, base + record.count))
      let line = record.slice(place..<end)
      if line.hasPrefix("# administrator command: ") { break }
      if !line.hasPrefix("# Time: "), !line.hasPrefix("# User@Host: ") {
        schema = Self.schema(of: line) ?? schema
      }
      place = min(record.count, end + 1)
    }
    _ = passSettings(record, from: place, &schema, &stamp)
    // No database of one session is none for the next: the server goes by the last that it wrote.
    return schema.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func schema(of line: RecordBytes) -> RecordBytes? {
    guard let place = HostAudit.find("Schema: ", line, 0..<line.count) else { return nil }
    var end = line.firstIndex(of: 0x20, in: place + 8..<line.count) ?? line.count
    if end > place + 8, line[end - 1] == 0x0D { end -= 1 }
    return line.slice(place + 8..<end)
  }

  private mutating func takeFields(_ line: RecordBytes) {
    if let found = Self.number("Rows_sent: ", line) { rows = found }
    if let found = Self.number("Bytes_sent: ", line) { bytes = found }
    if let found = Self.number("Last_errno: ", line) ?? Self.number("Errno: ", line) {
      status = found
    }
    schema = Self.schema(of: line) ?? schema
  }

  private static func number(_ key: StaticString, _ line: RecordBytes) -> Int64? {
    guard let place = HostAudit.find(key, line, 0..<line.count) else { return nil }
    let start = place + key.utf8CodeUnitCount
    var end = start
    while end < line.count, line[end] &- 0x30 < 10 { end += 1 }
    return line.decimal(start..<end)
  }

  /// Passes over `use name;` and `SET [insert_id=…,]timestamp=seconds;`.
  private static func passSettings(
    _ record: RecordBytes,
    from first: Int,
    _ schema: inout RecordBytes?,
    _ stamp: inout Int64?
  ) -> Int {
    var start = first
    for _ in 0..<2 where start < record.count {
      let end = record.firstIndex(of: 0x0A, in: start..<record.count) ?? record.count
      let line = record.slice(start..<end)
      if line.hasPrefix("use "), let stop = line.firstIndex(of: 0x3B, in: 4..<line.count) {
        var name = line.slice(4..<stop)
        if name.count > 1, name.first == 0x60 { name = name.slice(1..<name.count - 1) }
        schema = name
      } else if line.hasPrefix("SET "),
        let place = HostAudit.find("timestamp=", line, 0..<line.count)
      {
        var stop = place + 10
        while stop < line.count, line[stop] &- 0x30 < 10 { stop += 1 }
        guard let seconds = line.decimal(place + 10..<stop), seconds < 9_000_000_000 else {
          return start
        }
        var time = seconds * Timestamp.nanosecondsPerSecond
        if stop < line.count, line[stop] == 0x2E {
          time += TimestampScan.fraction(line, at: stop + 1).nanoseconds
        }
        stamp = time
        return min(end + 1, record.count)
      } else {
        return start
      }
      start = end + 1
    }
    return start
  }

  /// `2026-11-23T08:34:34.157000Z`, or `261123  8:34:34` in local time.
  private static func time(_ line: RecordBytes, zone: TimeZoneRule) -> Int64? {
    if let stamp = TimestampScan.rfc3339(line, at: 8, zone: zone) { return stamp.time }
    guard line.count >= 22, line[14] == 0x20, let years = line.twoDigits(at: 8),
      let month = line.twoDigits(at: 10), let day = line.twoDigits(at: 12)
    else { return nil }
    let clock = line[15] == 0x20 ? 16 : 15
    guard let colon = line.firstIndex(of: 0x3A, in: clock..<min(line.count, clock + 3)),
      let hour = line.decimal(clock..<colon), let minute = line.twoDigits(at: colon + 1),
      let second = line.twoDigits(at: colon + 4),
      let local = TimestampScan.civil(
        year: 2000 + years,
        month: month,
        day: day,
        hour: Int(hour),
        minute: minute,
        second: second
      )
    else { return nil }
    return zone.utc(fromLocal: local)
  }

  /// Where the statement ends: a server that started anew wrote its banner behind it.
  private static func end(of record: RecordBytes, from start: Int) -> Int {
    guard start < record.count else { return record.count }
    var end = record.count
    if let place = HostAudit.find("\nTcp port: ", record, start..<record.count) {
      let line = record[start..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? start
      if isBanner(record.slice(line..<record.count)) { end = line }
    }
    while end > start, record[end - 1] <= 0x20 { end -= 1 }
    return end
  }
}

/// What is remembered of logs of MySQL, in ids of one name table.
final class MySQLMemory: Sendable {
  let work = Mutex(MySQLWork())
}

struct MySQLWork: ~Copyable {
  var arena = ByteArena(capacity: 2 * RecordFramer.longestRecord)
  var statements = MySQLStatements()
}
