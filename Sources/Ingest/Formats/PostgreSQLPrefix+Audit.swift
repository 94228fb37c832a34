internal import CScan
internal import EventModel

/// Which message of pgaudit a line holds, where a client's name or a statement reads like another one.
extension PostgreSQLPrefix {
  /// What every message of pgaudit begins with.
  static let audit = Array("LOG:  AUDIT: ".utf8)
  /// How far behind the first word that may be a message the real one can begin: an application name has 63 bytes,
  /// each of which may be written as `\xNN`; then an address and the like.
  private static let reach = 400

  /// Where the message of pgaudit begins; `nil`: there is none.
  ///
  /// A message within another's quoted statement is none; one that stands before another and is not well formed is
  /// part of a name. What a statement outside of pgaudit's messages holds passes for one: it can tell of more than was
  /// read, and hides nothing.
  static func findAudit(_ record: RecordBytes, from start: Int, _ limit: Int) -> Int? {
    let limit = min(limit, start + reach)
    guard var found = nextAudit(record, from: start, limit) else { return nil }
    while let later = nextAudit(record, from: found + audit.count, limit) {
      if quotes(later, record, from: found + audit.count) { return found }
      found = later
    }
    return found
  }

  private static func nextAudit(_ record: RecordBytes, from start: Int, _ limit: Int) -> Int? {
    guard let base = record.baseAddress else { return nil }
    var start = start
    while start + audit.count <= limit {
      let place = audit.withUnsafeBufferPointer { word -> Int in
        guard let word = word.baseAddress else { return limit }
        return cscan_find_word(base + start, base + limit, word, audit.count) - base
      }
      guard place < limit else { return nil }
      let behind = place + audit.count
      if place == 0 || !isPartOfWord(record[place - 1]),
        record.hasPrefix("SESSION,", at: behind) || record.hasPrefix("OBJECT,", at: behind)
      {
        return place
      }
      start = place + 1
    }
    return nil
  }

  /// `app=LOG:` is no message.
  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x3D || byte == 0x5F
  }

  /// Whether a place is within a quoted field of the values that begin at `start`, all of which up to there are well
  /// formed: what holds a comma or a quote is quoted, and quotes within are doubled.
  private static func quotes(_ place: Int, _ record: RecordBytes, from start: Int) -> Bool {
    var index = start
    while index < place {
      guard record[index] == 0x22 else {
        while index < place, record[index] != 0x2C {
          if record[index] == 0x22 { return false }
          index += 1
        }
        index += 1
        continue
      }
      var end = index + 1
      while end < record.count {
        if record[end] != 0x22 {
          end += 1
        } else if end + 1 < record.count, record[end + 1] == 0x22 {
          end += 2
        } else {
          break
        }
      }
      guard end + 1 < record.count, record[end + 1] == 0x2C else { return false }
      if end > place { return true }
      index = end + 2
    }
    return false
  }
}
