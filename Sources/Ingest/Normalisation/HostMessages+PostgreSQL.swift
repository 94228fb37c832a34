internal import CScan
internal import EventModel
internal import Synchronization

/// PostgreSQL's log and pgaudit behind the header of syslog.
///
/// `postgres[30098]: [5-1] ito@crm 192.0.2.7 LOG:  AUDIT: SESSION,…`: a number and the number of the part,
/// then the line as it goes to stderr; `log_line_prefix` need not hold a time, for the header does. A
/// message longer than 900 bytes or of several lines comes in parts, between which those of other processes may
/// stand. The first tells of the statement, the last of pgaudit's rows: each is a row of its own under one key,
/// of host, process and number, and the rows are joined as those of a statement are. 0 rows are none stated
/// (of COPY they mean nothing), and where `pgaudit.log_relation` tells one long statement by several messages,
/// each of these counts. What the parts between hold is not read, so that whether the statement is narrowed is open.
///
/// Source: PostgreSQL, src/backend/utils/error/elog.c, write_syslog.
extension HostMessages {
  /// Whether PostgreSQL wrote the message: by its name, or by the numbers it begins with, for its name may be any
  /// (`syslog_ident`).
  var isPostgreSQL: Bool {
    if tagIs("postgres") || tagIs("postgresql") || record.equals("postgres", in: header.executable)
    {
      return true
    }
    var place = header.message.lowerBound
    let end = header.message.upperBound
    while place < end, record[place] == 0x20 { place += 1 }
    guard place + 5 < end, record[place] == 0x5B else { return false }
    func passDigits() -> Bool {
      let first = place + 1
      place = first
      while place < end, place - first < 19, record[place] &- 0x30 < 10 { place += 1 }
      return place > first && place < end
    }
    guard passDigits(), record[place] == 0x2D, passDigits(), record[place] == 0x5D else {
      return false
    }
    return place + 1 < end && record[place + 1] == 0x20
  }

  /// Whether the third of fields between commas ends as one of pgaudit's lines behind `user=%u,db=%d,client=%h `, which
  /// looks like MariaDB's then. (No text that a statement holds stands there.)
  func isAudit(thirdFieldOf message: Range<Int>) -> Bool {
    var place = message.lowerBound
    for field in 0..<3 {
      guard let comma = record.firstIndex(of: 0x2C, in: place..<message.upperBound) else {
        return false
      }
      if field == 2 {
        let words: [StaticString] = [" AUDIT: SESSION", " AUDIT: OBJECT"]
        return words.contains { word in
          comma - place > word.utf8CodeUnitCount
            && record.hasPrefix(word, at: comma - word.utf8CodeUnitCount)
        }
      }
      place = comma + 1
    }
    return false
  }

  /// Appends the event of a message of PostgreSQL, if it holds one.
  ///
  /// - Throws: `DecodeError` where an AUDIT line cannot be read.
  func postgreSQL(_ message: Range<Int>, _ batch: inout EventBatch) throws(DecodeError) {
    let part = part(message)
    let (header, process, text) = (header, process, part.start..<message.upperBound)
    let key = part.number.map { partKey(of: $0) }
    guard part.isFirst else {
      if let key, let row = laterPart(text, key) { batch.rows.append(row) }
      return
    }
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
    if let key {
      for row in first..<batch.rows.count where batch.rows[row].flags.contains(.truncated) {
        batch.rows[row].statement = key
      }
    }
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

  /// Behind `[5-1] `: the number of the message, and whether this is its first part.
  private func part(_ message: Range<Int>) -> (start: Int, number: Int64?, isFirst: Bool) {
    var message = message
    while !message.isEmpty, record[message.lowerBound] == 0x20 { message.removeFirst() }
    guard !message.isEmpty, record[message.lowerBound] == 0x5B,
      let dash = record.firstIndex(of: 0x2D, in: message),
      let close = record.firstIndex(of: 0x5D, in: dash..<message.upperBound),
      let number = record.decimal(message.lowerBound + 1..<dash),
      let part = record.decimal(dash + 1..<close)
    else { return (message.lowerBound, nil, true) }
    return (close + 1, number, part == 1)
  }

  /// What the parts of one message have in common.
  private func partKey(of number: Int64) -> UInt64 {
    let process = record.slice(process)
    let digest = process.baseAddress.map { cscan_digest($0, process.count) } ?? 0
    return cscan_mix(digest, UInt64(bitPattern: number) ^ 0x7061_7274_2D6B_6579)
  }

  /// What the last part of an AUDIT line states: how many rows.
  private func laterPart(_ text: Range<Int>, _ key: UInt64) -> EventRow? {
    guard let rows = Self.rows(atEndOf: record.slice(text)) else { return nil }
    var row = EventRow(time: header.time)
    (row.statement, row.flags) = (key, .continuation)
    row.volume = .stated(rows)
    if header.isYearless { row.flags.insert(.yearless) }
    return row
  }

  /// The number in `… end of the statement",<none>,800`; `nil`: none, or 0.
  ///
  /// What goes on is a text in quotes, in which a quote stands twice, or one without quotes and commas.
  static func rows(atEndOf text: RecordBytes) -> Int64? {
    guard let end = closing(text, from: 0) ?? text.firstIndex(of: 0x2C, in: 0..<text.count),
      text.firstIndex(of: 0x22, in: 0..<end) == nil || text[end] == 0x22
    else { return nil }
    var place = text[end] == 0x22 ? end + 1 : end
    guard place < text.count, text[place] == 0x2C else { return nil }
    place += 1
    let isQuoted = place < text.count && text[place] == 0x22
    // Without quotes only the sentinels are parameters for sure.
    guard
      text[end] == 0x22 || text.hasPrefix("<none>", at: place)
        || text.hasPrefix("<not logged>", at: place)
    else { return nil }
    if isQuoted {
      guard let close = closing(text, from: place + 1) else { return nil }
      place = close + 1
    } else {
      guard let comma = text.firstIndex(of: 0x2C, in: place..<text.count) else { return nil }
      place = comma
    }
    guard place < text.count, text[place] == 0x2C,
      let rows = text.decimal(place + 1..<text.count), rows > 0
    else { return nil }
    return rows
  }

  /// The first quote that does not stand twice.
  private static func closing(_ text: RecordBytes, from start: Int) -> Int? {
    var place = start
    while let quote = text.firstIndex(of: 0x22, in: place..<text.count) {
      guard quote + 1 < text.count, text[quote + 1] == 0x22 else { return quote }
      place = quote + 2
    }
    return nil
  }

  /// Host, program and process, as they stand in the header: what a session's statements are numbered by.
  private var process: Range<Int> {
    let start = header.host.isEmpty ? header.tag.lowerBound : header.host.lowerBound
    var end = header.tag.upperBound + 1
    while end < header.message.lowerBound, record[end] != 0x5D, record[end] != 0x20 { end += 1 }
    let first = min(start, header.tag.lowerBound)
    return first..<max(first, min(end, header.message.lowerBound))
  }
}
