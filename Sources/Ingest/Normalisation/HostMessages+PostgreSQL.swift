internal import EventModel
internal import Synchronization

/// PostgreSQL's log and pgaudit behind the header of syslog.
///
/// `postgres[30098]: [5-1] ito@crm 192.0.2.7 LOG:  AUDIT: SESSION,…`: a number and the number of the part,
/// then the line as it goes to stderr; `log_line_prefix` need not hold a time, for the header does. A
/// message longer than 900 bytes or of several lines comes in parts: of it the first is read, and what
/// stands at its end (pgaudit's rows) is unknown.
///
/// Source: PostgreSQL, src/backend/utils/error/elog.c, write_syslog.
extension HostMessages {
  /// Appends the event of a message of PostgreSQL, if it holds one.
  ///
  /// - Throws: `DecodeError` where an AUDIT line cannot be read.
  func postgreSQL(_ message: Range<Int>, _ batch: inout EventBatch) throws(DecodeError) {
    guard let start = firstPart(message) else { return }
    let (header, process, text) = (header, process, start..<message.upperBound)
    // The bytes outlive the call; a pointer may not be handed into the lock.
    let (address, count) = (Int(bitPattern: record.baseAddress), record.count)
    let memory = work.postgreSQL(&batch.names)
    let first = batch.rows.count
    let failure = memory.decoder.withLock { decoder -> DecodeError? in
      decoder.arena.removeAll()
      decoder.subjectKey = header.subjectKey
      // The header's time is noted already.
      decoder.notesTime = false
      defer { decoder.notesTime = true }
      return Self.attempt(&batch) { (batch) throws(DecodeError) in
        let record = RecordBytes(start: UnsafePointer(bitPattern: address), count: count)
        let line = record.slice(text)
        guard var prefix = PostgreSQLPrefix(untimed: line) else { return }
        if prefix.session.isEmpty { prefix.session = record.slice(process) }
        let stated = PostgreSQLStderr.message(line, prefix)
        try decoder.decode(
          stated,
          audit: AuditKey(stated.message, tag: stated.tag),
          at: header.time,
          into: &batch
        )
      }
    }
    if let failure { throw failure }
    guard header.isYearless else { return }
    for row in first..<batch.rows.count { batch.rows[row].flags.insert(.yearless) }
  }

  private static func attempt(
    _ batch: inout EventBatch,
    _ body: (inout EventBatch) throws(DecodeError) -> Void
  ) -> DecodeError? {
    do throws(DecodeError) {
      try body(&batch)
      return nil
    } catch {
      return error
    }
  }

  /// Behind `[5-1] `; `nil`: a later part of a message.
  private func firstPart(_ message: Range<Int>) -> Int? {
    guard !message.isEmpty, record[message.lowerBound] == 0x5B,
      let dash = record.firstIndex(of: 0x2D, in: message),
      let close = record.firstIndex(of: 0x5D, in: dash..<message.upperBound),
      record.decimal(message.lowerBound + 1..<dash) != nil,
      let part = record.decimal(dash + 1..<close)
    else { return message.lowerBound }
    return part == 1 ? close + 1 : nil
  }

  /// Host, program and process, as they stand in the header: what a session's statements are numbered by.
  private var process: Range<Int> {
    let start = header.host.isEmpty ? header.tag.lowerBound : header.host.lowerBound
    var end = header.tag.upperBound + 1
    while end < header.message.lowerBound, record[end] != 0x5D, record[end] != 0x20 { end += 1 }
    return min(start, header.tag.lowerBound)..<min(end, header.message.lowerBound)
  }
}
