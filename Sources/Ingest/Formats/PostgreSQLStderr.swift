public import EventModel
internal import Synchronization

/// PostgreSQL's plain log, as it goes to stderr, with pgaudit's AUDIT lines in it.
///
/// A line is `log_line_prefix`, a severity, and a message. Further lines of a message begin with a tab
/// (or spaces, where something made spaces of it).
///
/// `2026-11-23 08:33:09.157 UTC [30098] ito@crm 192.0.2.7 6b03fa45.7592 LOG:  AUDIT: SESSION,…`
///
/// The prefix is read without being declared: a time with its zone (`%t`, `%m`) or in seconds
/// (`%n`), then what shows what it is: `user@database`, `user=`, `db=`, `app=`, `client=` and the
/// like, an address, a session `hex.hex` (`%c`), a process in brackets. What it does not state stays
/// unknown: the default prefix `%m [%p] ` names no user. Ask for `%m [%p] %q%u@%d %h %c `. A prefix in which only
/// the place tells what a word is (`%m|%u|%d|%r|`) is declared as the source's `log-line-prefix`.
///
/// Source: PostgreSQL, src/backend/utils/error/elog.c; manual, "Error Reporting and Logging".
public struct PostgreSQLStderr: LogFormat {
  public static let name = "postgresql-stderr"
  public static let summary = "PostgreSQL's plain log (log_line_prefix) with pgaudit"
  public static var framing: Framing { .indented }

  private let options: DecodeOptions
  private let template: PostgreSQLPrefixTemplate?

  public init(options: DecodeOptions, head: Span<UInt8>) {
    self.options = options
    template = options.declaration.logLinePrefix.map { PostgreSQLPrefixTemplate($0) }
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var named = 0
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: name),
      zone: .utc,
      subjectKey: SubjectKey(0, 0)
    )
    var clock = PostgreSQLTime(options)
    let count = ProbeSample.count(sample) { line in
      if line.first == 0x09 || line.first == 0x20 { return nil }
      // By syslog, which may have lines of other programs behind.
      let start = SyslogHeader.priorityEnd(line, at: 0) ?? 0
      if TimestampScan.month(line, at: start) != nil, SyslogRFC3164.isMessage(line) { return false }
      guard let prefix = PostgreSQLPrefix(line), (try? prefix.time(&clock)) != nil else {
        return false
      }
      if prefix.user.count > 0 { named += 1 }
      return true
    }
    var reason =
      "\(count.matched) of \(count.total) messages have a time and a severity of PostgreSQL"
    if count.matched > 0 {
      reason +=
        named > 0
        ? ", \(named) of them a user"
        : ", none a user: set log_line_prefix = '%m [%p] %q%u@%d %h %c ', or declare it as log-line-prefix"
    }
    return count.result(reason)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(PostgreSQLMemory.self) ?? PostgreSQLMemory()
    memory.decoder.withLock { decoder in
      decoder.time = PostgreSQLTime(options)
      decoder.subjectKey = options.subjectKey
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard record.count > 0 else { return }
        guard let prefix = template?.read(record) ?? PostgreSQLPrefix(record) else {
          throw DecodeError(.notThisFormat, at: 0)
        }
        decoder.arena.removeAll()
        let time = try prefix.time(&decoder.time)
        let message = Self.message(record, prefix)
        let key = AuditKey(message.message, tag: message.tag)
        try decoder.decode(message, audit: key, at: time, into: &batch)
      }
      batch.assumedZones |= decoder.time.assumedZones
      batch.unknownZones.add(decoder.time.unknownZones)
    }
    batch.names.memory.keep(memory)
  }

  static func message(
    _ record: RecordBytes,
    _ prefix: PostgreSQLPrefix
  ) -> PostgreSQLRecord {
    var message = PostgreSQLRecord()
    message.user = prefix.user
    message.host = prefix.host
    message.session = prefix.session
    message.program = prefix.program
    message.severity = record.slice(prefix.severity)
    var text = prefix.message
    // log_error_verbosity = verbose puts the SQLSTATE in front: `00000: `.
    if text.count >= 7, record.hasPrefix(": ", at: text.lowerBound + 5),
      record.slice(text.lowerBound..<text.lowerBound + 5).allSatisfy(isStateByte),
      record.slice(text.lowerBound..<text.lowerBound + 5).contains(where: { $0 < 0x3A })
    {
      message.sqlState = record.slice(text.lowerBound..<text.lowerBound + 5)
      text = text.lowerBound + 7..<text.upperBound
    }
    // The statement of the message before, which was an error; both bear one time and process.
    if message.severity.isOne(of: PostgreSQLWords.statementLine) {
      message.query = record.slice(text)
      message.failure = .statement
      return message
    }
    guard !PostgreSQLPrefix.isSecondary(message.severity) else { return message }
    message.message = record.slice(text)
    if message.severity.hasPrefix("FATAL"), refusesLogon(message.message) {
      message.failure = .logon
    }
    return message
  }

  private static func isStateByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || byte &- 0x41 < 26
  }

  /// Messages of SQLSTATE class 28, invalid authorization.
  ///
  /// Source: PostgreSQL, src/backend/libpq/auth.c, src/backend/utils/init/miscinit.c.
  private static func refusesLogon(_ message: RecordBytes) -> Bool {
    if message.end(ofOneOf: PostgreSQLWords.noEntry) != nil { return true }
    let line = message.firstIndex(of: 0x0A, in: 0..<message.count) ?? message.count
    let first = message.slice(0..<line)
    if first.holds(oneOf: PostgreSQLWords.refused, within: 120) { return true }
    return first.end(ofOneOf: PostgreSQLWords.role) != nil
      && first.holds(oneOf: PostgreSQLWords.unknownRole, within: 120)
  }
}
