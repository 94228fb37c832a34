internal import CScan
internal import EventModel

/// Words of host programs that change the clock, or that stop, start or rotate a log; and the
/// tools that copy data out.
enum HostAudit {
  /// Commands that dump or copy: a privilege event keeps their name as its program.
  private static let copyTools: [StaticString] = [
    "pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "psql", "mysql", "sqlcmd", "bcp", "exp",
    "expdp",
    "scp", "rsync", "sftp", "tar", "zip", "7z", "curl",
  ]

  /// Program, words of its message, and what became of clock or audit.
  ///
  /// All words must occur, in any order.
  private static let lines: [(tag: StaticString, words: [StaticString], effect: StaticString)] = [
    // The clock.
    ("systemd", ["Time has been changed"], Effect.clock),
    ("systemd-timedated", ["Changed local time"], Effect.clock),
    ("systemd-timedated", ["Changed time zone"], Effect.clock),
    ("systemd-timedated", ["Set NTP to"], Effect.clock),
    ("timedatectl", [], Effect.clock),
    ("chronyd", ["System clock was stepped"], Effect.clock),
    ("chronyd", ["System clock wrong by", "adjustment started"], Effect.clock),
    ("ntpd", ["time reset"], Effect.clock),
    ("ntpd", ["time set"], Effect.clock),
    ("ntpd", ["step time server"], Effect.clock),
    ("ntpdate", ["step time server"], Effect.clock),
    // Audit and log daemons.
    ("auditd", ["daemon is exiting"], Effect.stopped),
    ("auditd", ["Init complete"], Effect.started),
    ("auditd", ["Audit daemon rotating log files"], Effect.rotated),
    ("auditd", ["Audit daemon is suspending"], Effect.stopped),
    ("auditd", ["started dispatcher"], Effect.started),
    ("rsyslogd", ["was HUPed"], Effect.rotated),
    ("rsyslogd", ["exiting on signal"], Effect.stopped),
    ("rsyslogd", ["[origin software=", "] start"], Effect.started),
    ("syslogd", ["exiting on signal"], Effect.stopped),
    ("syslogd", ["restart"], Effect.started),
    ("syslog-ng", ["starting up"], Effect.started),
    ("syslog-ng", ["shutting down"], Effect.stopped),
    ("systemd-journald", ["Journal started"], Effect.started),
    ("systemd-journald", ["Journal stopped"], Effect.stopped),
    ("systemd-journal", ["Journal started"], Effect.started),
    ("systemd-journal", ["Journal stopped"], Effect.stopped),
    ("journald", ["Journal started"], Effect.started),
    ("journald", ["Journal stopped"], Effect.stopped),
    ("systemd", ["Started", "System Logging Service"], Effect.started),
    ("systemd", ["Stopped", "System Logging Service"], Effect.stopped),
    ("systemd", ["Started", "Security Auditing Service"], Effect.started),
    ("systemd", ["Stopped", "Security Auditing Service"], Effect.stopped),
    ("systemd", ["Started", "Journal Service"], Effect.started),
    ("systemd", ["Stopped", "Journal Service"], Effect.stopped),
  ]

  private typealias Effect = HostCommand.Effect

  private static let tags: KeyTable = {
    var table = KeyTable()
    let level = table.addLevel()
    for line in lines { table.add(Array(RecordBytes(line.tag)), at: level) { _ in } }
    table.seal()
    return table
  }()

  /// What a message tells of clock or audit, in the words of `HostCommand.Effect`; else `nil`.
  static func effect(_ record: RecordBytes, tag: Range<Int>, message: Range<Int>) -> StaticString? {
    guard tags.withView({ $0.find(whole: record.slice(tag), at: 0) >= 0 }) else { return nil }
    for line in lines where record.equals(line.tag, in: tag) {
      if line.words.allSatisfy({ find($0, record, message) != nil }) { return line.effect }
    }
    return nil
  }

  static func isCopyTool(_ record: RecordBytes, _ name: Range<Int>) -> Bool {
    copyTools.contains { record.equals($0, in: name) }
  }

  /// Where the word first stands within the range.
  static func find(_ word: StaticString, _ record: RecordBytes, _ range: Range<Int>) -> Int? {
    let length = word.utf8CodeUnitCount
    guard length > 0, range.count >= length, let base = record.baseAddress else { return nil }
    let end = base + range.upperBound
    guard let hit = cscan_find_word(base + range.lowerBound, end, word.utf8Start, length), hit < end
    else { return nil }
    return hit - base
  }
}
