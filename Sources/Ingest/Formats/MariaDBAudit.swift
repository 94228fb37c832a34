internal import CScan
public import EventModel
internal import Synchronization

/// MariaDB's server_audit plugin: local times without a zone, and no count of rows at all.
///
/// `20261123 08:34:34,db1,suzuki,192.0.2.7,6,16,QUERY,crm,'select * from clients',0`
///
/// READ and WRITE lines name the base tables of the QUERY line with the same connection and query;
/// all bear one `statement`. They state the user whose rights count, in a procedure its definer: what
/// was done and by whom is for the QUERY line to tell.
///
/// By syslog (`server_audit_output_type=syslog`) the same fields follow the header: the formats of syslog read them.
///
/// Source: MariaDB, plugin/server_audit/server_audit.c; manual, "MariaDB Audit Plugin - Log Format".
public struct MariaDBAudit: LogFormat {
  public static let name = "mariadb-audit"
  public static let summary = "MariaDB server_audit"

  private let zone: TimeZoneRule
  private let subjectKey: SubjectKey

  public init(options: DecodeOptions, head: Span<UInt8>) {
    (zone, subjectKey) = (options.zone, options.subjectKey)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(MariaDBMemory.self) ?? MariaDBMemory()
    memory.work.withLock { work in
      work.statements.subjectKey = subjectKey
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard record.count > 0 else { return }
        work.arena.removeAll()
        let line = try Line(record)
        let time = zone.utc(fromLocal: line.time)
        try Self.append(line, at: time, &work.statements, &work.arena, into: &batch)
      }
    }
    batch.names.memory.keep(memory)
  }

  /// The fields before the object, and where the object starts.
  private struct Line {
    var bytes: RecordBytes
    /// As if it were UTC; of a line that came by syslog 0.
    var time: Int64
    var ends: InlineArray<8, Int>
    /// Whether syslog's header stands in front, and may have cut the line.
    var isBySyslog = false

    init(_ bytes: RecordBytes) throws(DecodeError) {
      guard let time = MariaDBAudit.time(bytes) else { throw DecodeError(.badTime, at: 0) }
      try self.init(bytes, time: time, from: 17)
    }

    /// Of a line whose fields behind the time begin at a byte.
    init(bySyslog bytes: RecordBytes, at start: Int) throws(DecodeError) {
      // What stands before the first field is passed over as the comma before it.
      try self.init(bytes, time: 0, from: start - 1)
      isBySyslog = true
    }

    private init(_ bytes: RecordBytes, time: Int64, from start: Int) throws(DecodeError) {
      (self.bytes, self.time) = (bytes, time)
      ends = InlineArray(repeating: 0)
      var place = start
      ends[0] = place
      for field in 1..<8 {
        guard place < bytes.count, field == 1 && time == 0 || bytes[place] == 0x2C,
          let comma = bytes.seek(0x2C, from: place + 1)
        else { throw DecodeError(.wrongFieldCount, at: place) }
        place = comma
        ends[field] = place
      }
    }

    func field(_ index: Int) -> RecordBytes {
      bytes.slice(ends[index - 1] + 1..<ends[index])
    }

    /// From the object on.
    var rest: RecordBytes { bytes.slice(ends[7] + 1..<bytes.count) }

    /// What tells the statement and its connection; `nil` where the ids are no numbers.
    var numbers: Numbers? {
      let (connection, query) = (field(4), field(5))
      guard let first = connection.decimal(0..<connection.count),
        let second = query.decimal(0..<query.count), second > 0, let base = bytes.baseAddress
      else { return nil }
      let host = cscan_digest(base + ends[0] + 1, ends[1] - ends[0] - 1)
      return Numbers(host: host, connection: first, query: second)
    }
  }

  private struct Numbers {
    /// Hash of the server's name.
    var host: UInt64
    var connection: Int64
    var query: Int64

    /// Key of the connection.
    var session: UInt64 {
      cscan_mix(host, UInt64(bitPattern: connection) &+ 0x9E37_79B9_7F4A_7C15)
    }

    /// Key of the statement, not 0.
    var statement: UInt64 {
      let ids = cscan_mix(
        UInt64(bitPattern: connection) &+ 0x9E37_79B9_7F4A_7C15,
        UInt64(bitPattern: query) &+ 0xA076_1D64_78BD_642F
      )
      let mixed = cscan_mix(host ^ 0xE703_7ED1_A0B4_28DB, ids)
      return mixed == 0 ? 1 : mixed
    }
  }

  /// `20261123 08:34:34` as if it were UTC.
  private static func time(_ bytes: RecordBytes) -> Int64? {
    guard bytes.count > 17, bytes[8] == 0x20, bytes[11] == 0x3A, bytes[14] == 0x3A,
      let century = bytes.twoDigits(at: 0), let years = bytes.twoDigits(at: 2),
      let month = bytes.twoDigits(at: 4), let day = bytes.twoDigits(at: 6),
      let hour = bytes.twoDigits(at: 9), let minute = bytes.twoDigits(at: 12),
      let second = bytes.twoDigits(at: 15)
    else { return nil }
    return TimestampScan.civil(
      year: century * 100 + years,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second
    )
  }

  private static func append(
    _ line: Line,
    at time: Int64,
    _ statements: inout MySQLStatements,
    _ arena: inout ByteArena,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    var row = EventRow(time: time)
    let verb = line.field(6)
    let whole = 0..<verb.count
    let numbers = line.numbers
    row.outcome = .success
    if verb.equals("QUERY", in: whole) {
      try query(line, numbers, &row, &statements, &arena, into: &batch)
    } else if verb.equals("READ", in: whole) || verb.equals("WRITE", in: whole) {
      row.operation = verb.equals("READ", in: whole) ? .read : .write
      row.statement = numbers?.statement ?? 0
      row.flags.insert(.continuation)
      table(line, &row, into: &batch)
    } else if verb.equals("CREATE", in: whole) || verb.equals("ALTER", in: whole)
      || verb.equals("DROP", in: whole) || verb.equals("RENAME", in: whole)
    {
      row.statement = numbers?.statement ?? 0
      row.flags.insert(.continuation)
      table(line, &row, into: &batch)
    } else if verb.equals("CONNECT", in: whole) || verb.equals("CHANGEUSER", in: whole) {
      row.operation = .logon
      if code(line.rest) ?? 0 != 0 { (row.operation, row.outcome) = (.logonFailure, .failure) }
    } else if verb.equals("FAILED_CONNECT", in: whole) {
      (row.operation, row.outcome) = (.logonFailure, .failure)
    } else if verb.equals("DISCONNECT", in: whole) {
      row.operation = .logoff
    } else if verb.equals("PROXY_CONNECT", in: whole) {
      row.operation = .privilege
    } else {
      throw DecodeError(.notThisFormat, at: line.ends[5] + 1)
    }
    if let numbers {
      batch.serials.note(
        session: numbers.session,
        number: numbers.query,
        time: row.time,
        counter: .restarting
      )
    }
    row.account = batch.names.internOften(line.field(2))
    row.terminal = batch.names.internOften(line.field(3))
    batch.rows.append(row)
  }

  /// The number after the first comma of `object,retcode[,…]`.
  private static func code(_ rest: RecordBytes) -> Int64? {
    guard let comma = rest.firstIndex(of: 0x2C, in: 0..<rest.count) else { return nil }
    let end = rest.firstIndex(of: 0x2C, in: comma + 1..<rest.count) ?? rest.count
    return rest.decimal(comma + 1..<end)
  }

  private static func table(_ line: Line, _ row: inout EventRow, into batch: inout EventBatch) {
    let (database, rest) = (line.field(7), line.rest)
    var end = rest.firstIndex(of: 0x2C, in: 0..<rest.count) ?? rest.count
    end = rest.firstIndex(of: 0x7C, in: 0..<end) ?? end
    guard end > 0 else { return }
    QualifiedName.with(database, rest.slice(0..<end)) {
      if SystemCatalogue.holds($0, dialect: .mysql) { row.flags.insert(.catalogue) }
      row.object = batch.names.internOften($0)
    }
  }

  private static func query(
    _ line: Line,
    _ numbers: Numbers?,
    _ row: inout EventRow,
    _ statements: inout MySQLStatements,
    _ arena: inout ByteArena,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    let rest = line.rest
    let start = line.ends[7] + 1
    guard rest.count > 0, rest[0] == 0x27 else { throw DecodeError(.unexpectedByte, at: start) }
    var end = 1
    while end < rest.count, let base = rest.baseAddress {
      end = cscan_find2(base + end, base + rest.count, 0x27, 0x5C) - base
      guard end < rest.count, rest[end] == 0x5C else { break }
      end += 2
    }
    let isCut = end >= rest.count
    if isCut, !line.isBySyslog { throw DecodeError(.unterminatedQuote, at: start) }
    end = min(end, rest.count)
    guard let sql = unescape(rest.slice(1..<end), &arena) else {
      throw DecodeError(.tooLong, at: start)
    }
    statements.apply(sql, schema: line.field(7), to: &row, &batch.names)
    row.statement = numbers?.statement ?? 0
    let isAtLimit = usualLimit.contains(end - 1)
    if isAtLimit { statements.takeAsCut(&row) }
    if isCut {
      // How it ended stood behind what is there.
      row.outcome = .unknown
      row.flags.insert(.truncated)
      return
    }
    let status = code(rest.slice(end..<rest.count)) ?? 0
    statements.finish(status: status, bounds: !isAtLimit, &row)
  }

  /// Bytes of a text that `server_audit_query_log_limit` cut where it has its default: a few less where an escape
  /// would have gone beyond it.
  private static let usualLimit = 1022...1026

  /// `\'` `\\` `\n` `\r` `\t` made plain; text without a backslash is lent as it is.
  private static func unescape(_ text: RecordBytes, _ arena: inout ByteArena) -> RecordBytes? {
    guard text.firstIndex(of: 0x5C, in: 0..<text.count) != nil else { return text }
    return arena.write(atMost: text.count) { room in
      var (written, index) = (0, 0)
      while index < text.count {
        var byte = text[index]
        if byte == 0x5C, index + 1 < text.count {
          index += 1
          switch text[index] {
          case 0x6E: byte = 0x0A
          case 0x72: byte = 0x0D
          case 0x74: byte = 0x09
          default: byte = text[index]
          }
        }
        room[written] = byte
        written += 1
        index += 1
      }
      return written
    }
  }

  private static let verbs: [StaticString] = [
    "QUERY", "READ", "WRITE", "CONNECT", "DISCONNECT", "FAILED_CONNECT", "CHANGEUSER", "CREATE",
    "ALTER", "DROP", "RENAME", "PROXY_CONNECT",
  ]

  private static func isVerb(_ word: RecordBytes) -> Bool {
    verbs.contains { word.equals($0, in: 0..<word.count) }
  }

  /// Where a message of syslog holds a line's fields behind the time; `nil`: it is another one.
  static func start(_ record: RecordBytes, _ message: Range<Int>) -> Int? {
    var start = message.lowerBound
    while start < message.upperBound, record[start] == 0x20 { start += 1 }
    var (place, fields) = (start, 0)
    while fields < 5 {
      guard let comma = record.firstIndex(of: 0x2C, in: place..<message.upperBound) else {
        return nil
      }
      // The numbers of the connection and of the query.
      if fields >= 3, record.decimal(place..<comma) == nil { return nil }
      (place, fields) = (comma + 1, fields + 1)
    }
    let end = record.firstIndex(of: 0x2C, in: place..<message.upperBound) ?? message.upperBound
    return isVerb(record.slice(place..<end)) ? start : nil
  }

  /// Appends the event of a line that came by syslog, at the time of the message.
  static func append(
    bySyslog record: RecordBytes,
    _ range: Range<Int>,
    at time: Int64,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    let memory = batch.names.memory.take(MariaDBMemory.self) ?? MariaDBMemory()
    defer { batch.names.memory.keep(memory) }
    // The bytes outlive the call; a pointer may not be handed into the lock.
    let (address, count) = (Int(bitPattern: record.baseAddress), range.upperBound)
    let start = range.lowerBound
    let failure = memory.work.withLock { work -> DecodeError? in
      work.arena.removeAll()
      do throws(DecodeError) {
        let record = RecordBytes(start: UnsafePointer(bitPattern: address), count: count)
        let line = try Line(bySyslog: record, at: start)
        try append(line, at: time, &work.statements, &work.arena, into: &batch)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let padded = CSVLayout.bytes(of: sample) + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      let bytes = padded.slice(0..<padded.count - ByteChunk.padding)
      var (seen, fit, start) = (0, 0, 0)
      while start < bytes.count, seen < 64 {
        let end = bytes.firstIndex(of: 0x0A, in: start..<bytes.count)
        if end == nil, seen > 0 { break }
        let stop = end ?? bytes.count
        if stop > start {
          seen += 1
          if let line = try? Line(bytes.slice(start..<stop)), isVerb(line.field(6)) { fit += 1 }
        }
        start = stop + 1
      }
      let reason =
        "\(fit) of \(seen) lines start with YYYYMMDD hh:mm:ss and tell an operation of the server"
      return ProbeSample.Count(matched: fit, total: seen).result(reason)
    }
  }
}

/// What is remembered of a log of MariaDB, and its working storage.
private final class MariaDBMemory: Sendable {
  let work = Mutex(MariaDBWork())
}

private struct MariaDBWork: ~Copyable {
  var arena = ByteArena(capacity: RecordFramer.longestRecord)
  var statements = MySQLStatements()
}
