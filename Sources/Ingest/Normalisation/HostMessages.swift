internal import EventModel

/// One message of a host, as a syslog header hands it over: places in the record.
struct HostMessage {
  /// Nanoseconds since 1970 UTC.
  var time: Int64
  var isYearless = false
  /// Empty: not stated.
  var host: Range<Int>
  /// The program's name without path, number and colon; may be empty.
  var tag: Range<Int>
  var message: Range<Int>
  var subjectKey = SubjectKey(0, 0)
  /// The program that ran, whatever it calls itself; empty: not stated.
  var executable: Range<Int> = 0..<0
  /// Of a record of Linux' audit that the journal took apart: its number, and when the kernel wrote it.
  var auditSerial: Int64?
  var sourceTime: Int64?
}

/// Tells the events in messages of host programs.
///
/// Logons (sshd, PAM), changes of identity (sudo, su), storage devices (kernel), and what touches
/// clock or audit. All else holds no event here.
///
/// Sources: OpenSSH auth.c and auth2.c, sudo's log format (sudoers(5), "Log format"), Linux
/// drivers/usb and drivers/scsi/sd.c, chrony reference.c, ntpd, systemd, rsyslog.
struct HostMessages {
  let record: RecordBytes
  let header: HostMessage
  let work: HostWork

  /// Appends the event of the message, if it holds one.
  ///
  /// - Throws: `DecodeError` where a line of an audit cannot be read.
  static func decode(
    _ record: RecordBytes,
    _ header: HostMessage,
    _ work: HostWork,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    let reader = HostMessages(record: record, header: header, work: work)
    if reader.isPostgreSQL {
      return try reader.postgreSQL(reader.header.message, &batch)
    }
    if let start = MariaDBAudit.start(record, header.message),
      !reader.isAudit(thirdFieldOf: start..<header.message.upperBound)
    {
      let (range, first) = (start..<header.message.upperBound, batch.rows.count)
      try MariaDBAudit.append(bySyslog: record, range, at: header.time, into: &batch)
      if header.isYearless, first < batch.rows.count { batch.rows[first].flags.insert(.yearless) }
      return
    }
    if try reader.carried(&batch) { return }
    // What has no program's name is told by what it carries alone.
    if !header.tag.isEmpty { try reader.read(&batch) }
  }

  private func read(_ batch: inout EventBatch) throws(DecodeError) {
    var message = trimmed(header.message)
    // rsyslog folds repeats: `message repeated 5 times: [ text]`. The text is one event more, its
    // number is not kept.
    if starts("message repeated ", message), let open = find(" times: [", in: message) {
      message = trimmed(open + 9..<message.upperBound)
      if let last = message.last, record[last] == 0x5D { message = message.dropLast() }
    } else if starts("last message repeated ", message) {
      return
    }
    if tagIs("sshd") || tagIs("sshd-session") {
      secureShell(message, &batch)
    } else if tagIs("sudo") {
      sudo(message, &batch)
    } else if tagIs("su") {
      switchUser(message, &batch)
    } else if tagIs("smbd_audit") {
      share(message, &batch)
    } else if tagIs("kernel") {
      kernel(message, &batch)
    } else if access(message, &batch) {
      return
    } else if let start = OracleTrail.start(record, message) {
      oracle(start..<message.upperBound, &batch)
    } else if let effect = HostAudit.effect(record, tag: header.tag, message: message) {
      append(.audit, .success, program: header.tag, to: &batch)
      tell(effect, &batch)
    } else if let pam = find("session opened for user ", in: message) {
      let user = name(from: pam + 24, in: message)
      append(.logon, .success, account: user, program: header.tag, to: &batch)
    } else if find("LOG:  AUDIT: ", in: message) != nil {
      // A server whose messages have no numbers, by whatever name (`syslog_ident`, `syslog_sequence_numbers`).
      try postgreSQL(header.message, &batch)
    }
  }

  // MARK: Oracle

  /// A record of Oracle's audit; of one that is none nothing is told, as of other messages.
  private func oracle(_ range: Range<Int>, _ batch: inout EventBatch) {
    var trail = OracleTrail()
    do throws(DecodeError) {
      try trail.read(record, range)
    } catch {
      return
    }
    let host = record.slice(header.host)
    var row = trail.row(time: header.time, host: host, work, &batch.names)
    if header.isYearless { row.flags.insert(.yearless) }
    batch.rows.append(row)
  }

  // MARK: sudo, su

  /// `USER : [why not ;] TTY=… ; PWD=… ; USER=root ; COMMAND=…`.
  private func sudo(_ message: Range<Int>, _ batch: inout EventBatch) {
    let user = word(from: message.lowerBound, in: message)
    guard starts(" : ", user.upperBound..<message.upperBound) else { return }
    let rest = user.upperBound + 3..<message.upperBound
    guard let mark = find("COMMAND=", in: rest), !starts("(command continued)", rest) else {
      return
    }
    let isRefused =
      !starts("TTY=", rest) && !starts("PWD=", rest) && !starts("HOST=", rest)
      && !starts("GROUP=", rest) && !starts("USER=", rest)
    let line = mark + 8..<message.upperBound
    let command = word(from: line.lowerBound, in: message)
    let tool = baseName(command)
    append(
      .privilege,
      isRefused ? .failure : .success,
      account: user,
      terminal: header.host,
      program: HostAudit.isCopyTool(record, tool) ? tool : header.tag,
      object: command,
      to: &batch
    )
    if !isRefused { act(line, by: user, &batch) }
  }

  /// What a command does to data or to the audit is an event of its own, beside the change of identity.
  private func act(_ line: Range<Int>, by user: Range<Int>, _ batch: inout EventBatch) {
    let words = record.slice(line).split(separator: 0x20).map { RecordBytes(rebasing: $0) }
    guard let first = words.first, let command = HostCommand.read(words) else { return }
    append(
      command.operation,
      .success,
      account: user,
      terminal: header.host,
      program: header.tag,
      to: &batch
    )
    let row = batch.rows.count - 1
    batch.rows[row].program = batch.names.internOften(HostCommand.baseName(first))
    if let place = command.destination, place < words.count {
      batch.rows[row].destination = batch.names.internOften(words[place])
    }
    tell(command.effect, &batch)
  }

  /// Says of the last row what became of clock or audit.
  private func tell(_ effect: StaticString, _ batch: inout EventBatch) {
    guard effect.utf8CodeUnitCount > 0 else { return }
    batch.rows[batch.rows.count - 1].object = batch.names.internOften(RecordBytes(effect))
  }

  /// `pam_unix(su:session): session opened for user X by Y(uid=…)` tells every change that came
  /// about; the line `(to X) Y on TTY` beside it tells the same and is passed over.
  private func switchUser(_ message: Range<Int>, _ batch: inout EventBatch) {
    let mark: (at: Int, outcome: Outcome)
    if find("session opened for user ", in: message) != nil, let by = findLast(" by ", in: message)
    {
      mark = (by + 4, .success)
    } else if starts("FAILED ", message) {
      if let by = findLast(" by ", in: message) {
        mark = (by + 4, .failure)
      } else if let close = find(") ", in: message) {
        mark = (close + 2, .failure)
      } else {
        return
      }
    } else {
      return
    }
    let user = name(from: mark.at, in: message)
    append(
      .privilege,
      mark.outcome,
      account: user,
      terminal: header.host,
      program: header.tag,
      to: &batch
    )
  }

  // MARK: kernel

  private func kernel(_ whole: Range<Int>, _ batch: inout EventBatch) {
    var message = whole
    if starts("[", message), let close = record.firstIndex(of: 0x5D, in: message) {
      message = trimmed(close + 1..<message.upperBound)
    }
    let device: Range<Int>
    if starts("usb-storage ", message), find("USB Mass Storage device detected", in: message) != nil
    {
      device = message.lowerBound..<withoutColon(word(from: message.lowerBound + 12, in: message))
    } else if starts("usb ", message) {
      if let found = find(": New USB device found, ", in: message) {
        let stop = find(", bcdDevice", in: message) ?? message.upperBound
        device = found + 24..<max(found + 24, stop)
      } else if let found = find(": SerialNumber: ", in: message) {
        device = found + 2..<message.upperBound
      } else {
        return
      }
    } else if starts("sd ", message), find("Attached SCSI removable disk", in: message) != nil,
      let open = record.firstIndex(of: 0x5B, in: message),
      let close = record.firstIndex(of: 0x5D, in: open..<message.upperBound)
    {
      device = open + 1..<close
    } else {
      return
    }
    append(
      .device,
      .success,
      terminal: header.host,
      program: header.tag,
      destination: device,
      to: &batch
    )
  }

  // MARK: rows

  func append(
    _ operation: Operation,
    _ outcome: Outcome,
    account: Range<Int> = 0..<0,
    terminal: Range<Int>? = nil,
    program: Range<Int>,
    object: Range<Int> = 0..<0,
    destination: Range<Int> = 0..<0,
    to batch: inout EventBatch
  ) {
    var row = EventRow(time: header.time)
    row.operation = operation
    row.outcome = outcome
    row.account = batch.names.internOften(record.slice(account))
    row.terminal = batch.names.internOften(record.slice(terminal ?? header.host))
    row.program = batch.names.internOften(record.slice(program))
    row.object = batch.names.internOften(record.slice(object))
    row.destination = batch.names.internOften(record.slice(destination))
    if header.isYearless { row.flags.insert(.yearless) }
    batch.rows.append(row)
  }

  // MARK: text

  func tagIs(_ word: StaticString) -> Bool { record.equals(word, in: header.tag) }

  func starts(_ word: StaticString, _ range: Range<Int>) -> Bool {
    range.count >= word.utf8CodeUnitCount && record.hasPrefix(word, at: range.lowerBound)
  }

  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, record[start] == 0x20 { start += 1 }
    while end > start, record[end - 1] == 0x20 { end -= 1 }
    return start..<end
  }

  func find(_ word: StaticString, in range: Range<Int>) -> Int? {
    HostAudit.find(word, record, range)
  }

  func findLast(_ word: StaticString, in range: Range<Int>) -> Int? {
    var index = range.upperBound - word.utf8CodeUnitCount
    while index >= range.lowerBound {
      if record.hasPrefix(word, at: index) { return index }
      index -= 1
    }
    return nil
  }

  /// The run without spaces at or after `start`.
  func word(from start: Int, in range: Range<Int>) -> Range<Int> {
    var first = min(start, range.upperBound)
    while first < range.upperBound, record[first] == 0x20 { first += 1 }
    var last = first
    while last < range.upperBound, record[last] != 0x20 { last += 1 }
    return first..<last
  }

  /// A user name as PAM writes it, without the `(uid=…)` behind it.
  private func name(from start: Int, in range: Range<Int>) -> Range<Int> {
    let whole = word(from: start, in: range)
    let end = record.firstIndex(of: 0x28, in: whole) ?? whole.upperBound
    return whole.lowerBound..<end
  }

  private func baseName(_ path: Range<Int>) -> Range<Int> {
    var start = path.upperBound
    while start > path.lowerBound, record[start - 1] != 0x2F { start -= 1 }
    return start..<path.upperBound
  }

  private func withoutColon(_ word: Range<Int>) -> Int {
    guard let last = word.last, record[last] == 0x3A else { return word.upperBound }
    return last
  }
}
