internal import CScan
internal import EventModel

/// `log_line_prefix` as the operator declares it (`log-line-prefix` of a source): what stands where is known.
///
///     log-line-prefix: '%m|%u|%d|%r|%p|'
///     2026-04-01 09:12:34.157 JST|ito|crm|192.0.2.7(50112)|30098|LOG:  AUDIT: SESSION,…
///
/// A value ends where the next text of the prefix stands, or else at the severity. Of processes without a session
/// nothing behind `%q` is there. Source: PostgreSQL manual, "Error Reporting and Logging", log_line_prefix.
struct PostgreSQLPrefixTemplate: Sendable {
  private enum Part: Sendable {
    case literal([UInt8])
    /// With the width that is filled up with blanks.
    case escape(UInt8, width: Int)
  }

  private var parts: [Part] = []
  /// How many parts stand before `%q`; `nil`: there is none.
  private var most: Int?

  init(_ text: String) {
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal.removeAll()
    }
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == 0x25 else {
        literal.append(byte)
        continue
      }
      var width = 0
      while let sign = bytes.first, sign == 0x2D || sign &- 0x30 < 10 {
        if sign != 0x2D { width = min(width * 10 + Int(sign &- 0x30), PostgreSQLPrefix.longest) }
        bytes.removeFirst()
      }
      guard let letter = bytes.popFirst() else { break }
      switch letter {
      case 0x25: literal.append(letter)
      case 0x71:
        flush()
        most = parts.count
      default:
        flush()
        parts.append(.escape(letter, width: width))
      }
    }
    flush()
  }

  /// What a line states; `nil`: it does not begin like this.
  func read(_ record: RecordBytes) -> PostgreSQLPrefix? {
    var prefix = PostgreSQLPrefix()
    let limit = min(record.count, PostgreSQLPrefix.longest)
    var place = 0
    for index in parts.indices {
      if index == most, prefix.takeSeverity(record, from: place, limit) { return prefix }
      switch parts[index] {
      case .literal(let bytes):
        guard place + bytes.count <= limit,
          record[place..<place + bytes.count].elementsEqual(bytes)
        else { return nil }
        place += bytes.count
      case .escape(let letter, let width):
        let isTime = letter == 0x6D || letter == 0x74 || letter == 0x73 || letter == 0x6E
        let from = isTime ? place : min(place + width, limit)
        guard let end = end(of: letter, at: index, record, from, limit) else { return nil }
        prefix.take(letter, record.slice(place..<end))
        place = end
      }
    }
    return prefix.takeSeverity(record, from: place, limit) ? prefix : nil
  }

  private func end(
    of letter: UInt8,
    at index: Int,
    _ record: RecordBytes,
    _ place: Int,
    _ limit: Int
  ) -> Int? {
    switch letter {
    case 0x6D, 0x74, 0x73:
      guard let civil = TimestampScan.isoCivil(record, at: place), civil.end < limit,
        record[civil.end] == 0x20
      else { return nil }
      var end = civil.end + 1
      while end < limit, PostgreSQLPrefix.isZoneByte(record[end]) { end += 1 }
      return end
    case 0x6E:
      var end = place
      while end < limit, record[end] &- 0x30 < 10 || record[end] == 0x2E { end += 1 }
      return end >= place + 10 ? end : nil
    default: break
    }
    guard index + 1 < parts.count else {
      return PostgreSQLPrefix.findSeverity(record, place, limit)?.lowerBound
    }
    guard case .literal(let bytes) = parts[index + 1], let base = record.baseAddress else {
      // Nothing parts it from the next value but a blank.
      return record.firstIndex(of: 0x20, in: place..<limit) ?? limit
    }
    return bytes.withUnsafeBufferPointer { word in
      guard let word = word.baseAddress else { return nil }
      let found = cscan_find_word(base + place, base + limit, word, bytes.count)
      guard let found, found < base + limit else { return nil }
      return found - base
    }
  }
}

extension PostgreSQLPrefix {
  /// Takes the severity, which must stand next, and the message behind it.
  fileprivate mutating func takeSeverity(
    _ record: RecordBytes,
    from place: Int,
    _ limit: Int
  ) -> Bool {
    var start = place
    while start < limit, record[start] == 0x20 { start += 1 }
    guard let word = Self.findSeverity(record, start, limit), word.lowerBound == start else {
      return false
    }
    severity = word
    var first = word.upperBound + 1
    while first < record.count, first < word.upperBound + 3, record[first] == 0x20 { first += 1 }
    message = first..<max(first, record.count)
    return true
  }

  /// Takes the value of an escape.
  fileprivate mutating func take(_ letter: UInt8, _ value: RecordBytes) {
    var range = 0..<value.count
    while let first = range.first, value[first] == 0x20 { range = first + 1..<range.upperBound }
    while let last = range.last, value[last] == 0x20 { range = range.lowerBound..<last }
    let text = value.slice(range)
    switch letter {
    case 0x75: user = Self.stated(value, range)
    case 0x61: program = Self.stated(value, range)
    case 0x68, 0x72:
      let port = text.firstIndex(of: 0x28, in: 0..<text.count) ?? text.count
      host = Self.stated(text, 0..<port)
    case 0x63: session = text
    case 0x70: if session.count == 0 { session = text }
    case 0x6D, 0x74: (clock, isEpoch) = (text, false)
    case 0x6E: (clock, isEpoch) = (text, true)
    default: break
    }
  }
}
