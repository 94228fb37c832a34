internal import EventModel

/// Words of host programs that change the clock, or that stop, start or rotate a log; and the
/// tools that copy data out.
enum HostAudit {
  /// Commands that dump or copy: a privilege event keeps their name as its program.
  private static let copyTools: [StaticString] = [
    "pg_dump", "mysqldump", "mariadb-dump", "psql", "mysql", "sqlcmd", "bcp", "exp", "expdp",
    "scp", "rsync", "sftp", "tar", "zip", "7z", "curl",
  ]

  /// Program and words of its message.
  ///
  /// All words must occur, in any order.
  private static let lines: [(tag: StaticString, words: [StaticString])] = [
    // The clock.
    ("systemd", ["Time has been changed"]),
    ("systemd-timedated", ["Changed local time"]),
    ("systemd-timedated", ["Changed time zone"]),
    ("systemd-timedated", ["Set NTP to"]),
    ("timedatectl", []),
    ("chronyd", ["System clock was stepped"]),
    ("chronyd", ["System clock wrong by", "adjustment started"]),
    ("ntpd", ["time reset"]),
    ("ntpd", ["time set"]),
    ("ntpd", ["step time server"]),
    ("ntpdate", ["step time server"]),
    // Audit and log daemons.
    ("auditd", ["daemon is exiting"]),
    ("auditd", ["Init complete"]),
    ("auditd", ["Audit daemon rotating log files"]),
    ("auditd", ["Audit daemon is suspending"]),
    ("auditd", ["started dispatcher"]),
    ("rsyslogd", ["was HUPed"]),
    ("rsyslogd", ["exiting on signal"]),
    ("rsyslogd", ["[origin software=", "] start"]),
    ("syslogd", ["exiting on signal"]),
    ("syslogd", ["restart"]),
    ("syslog-ng", ["starting up"]),
    ("syslog-ng", ["shutting down"]),
    ("systemd-journald", ["Journal started"]),
    ("systemd-journald", ["Journal stopped"]),
    ("systemd-journal", ["Journal started"]),
    ("systemd-journal", ["Journal stopped"]),
    ("journald", ["Journal started"]),
    ("journald", ["Journal stopped"]),
    ("systemd", ["Started", "System Logging Service"]),
    ("systemd", ["Stopped", "System Logging Service"]),
    ("systemd", ["Started", "Security Auditing Service"]),
    ("systemd", ["Stopped", "Security Auditing Service"]),
    ("systemd", ["Started", "Journal Service"]),
    ("systemd", ["Stopped", "Journal Service"]),
  ]

  /// The tag, when the message tells of clock or audit; else `nil`.
  static func program(_ record: RecordBytes, tag: Range<Int>, message: Range<Int>) -> Range<Int>? {
    for line in lines where record.equals(line.tag, in: tag) {
      if line.words.allSatisfy({ find($0, record, message) != nil }) { return tag }
    }
    return nil
  }

  static func isCopyTool(_ record: RecordBytes, _ name: Range<Int>) -> Bool {
    copyTools.contains { record.equals($0, in: name) }
  }

  /// Where the word first stands within the range.
  static func find(_ word: StaticString, _ record: RecordBytes, _ range: Range<Int>) -> Int? {
    let length = word.utf8CodeUnitCount
    guard length > 0, range.count >= length else { return nil }
    let first = word.utf8Start[0]
    let last = range.upperBound - length
    var index = range.lowerBound
    while index <= last, let hit = record.firstIndex(of: first, in: index..<last + 1) {
      if record.hasPrefix(word, at: hit) { return hit }
      index = hit + 1
    }
    return nil
  }
}
