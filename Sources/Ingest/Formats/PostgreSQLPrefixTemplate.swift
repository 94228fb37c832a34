internal import CScan
internal import EventModel

/// `log_line_prefix` as the operator declares it (`log-line-prefix` of a source): what stands where is known.
///
///     log-line-prefix: '%m|%u|%d|%r|%p|'
///     2026-04-01 09:12:34.157 JST|ito|crm|192.0.2.7(50112)|30098|LOG:  AUDIT: SESSION,…
///
/// A value ends where the next text of the prefix stands, or else at the severity; of several such places at one
/// from which the rest of the prefix fits. An application name is what the client likes: it ends at the last. Of processes without a session
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
    var steps = Self.mostSteps
    return match(0, record, from: 0, limit, &prefix, &steps) ? prefix : nil
  }

  /// How many ends of values are tried: a line that was made to fit nowhere must not cost more than others.
  private static let mostSteps = 256
  /// The longest value that a client chooses, with every byte of it written as `\xNN`.
  private static let longestName = 63 * 4

  private func match(
    _ index: Int,
    _ record: RecordBytes,
    from place: Int,
    _ limit: Int,
    _ prefix: inout PostgreSQLPrefix,
    _ steps: inout Int
  ) -> Bool {
    var (index, place) = (index, place)
    while index < parts.count {
      if index == most, prefix.takeSeverity(record, from: place, limit) { return true }
      switch parts[index] {
      case .literal(let bytes):
        guard place + bytes.count <= limit,
          record[place..<place + bytes.count].elementsEqual(bytes)
        else { return false }
        place += bytes.count
      case .escape(let letter, let width):
        guard Self.isTime(letter) else {
          return matchValue(letter, width, index, record, from: place, limit, &prefix, &steps)
        }
        guard let end = timeEnd(of: letter, record, place, limit) else { return false }
        prefix.take(letter, record.slice(place..<end))
        place = end
      }
      index += 1
    }
    return prefix.takeSeverity(record, from: place, limit)
  }

  /// A value may hold what parts it from the next: the most likely end is tried first, then the others.
  private func matchValue(
    _ letter: UInt8,
    _ width: Int,
    _ index: Int,
    _ record: RecordBytes,
    from place: Int,
    _ limit: Int,
    _ prefix: inout PostgreSQLPrefix,
    _ steps: inout Int
  ) -> Bool {
    let earlier = prefix
    func fits(_ end: Int, _ prefix: inout PostgreSQLPrefix, _ steps: inout Int) -> Bool {
      steps -= 1
      prefix = earlier
      prefix.take(letter, record.slice(place..<end))
      return match(index + 1, record, from: end, limit, &prefix, &steps)
    }
    let from = min(place + width, limit)
    guard index + 1 < parts.count else {
      guard
        let end = PostgreSQLPrefix.findAudit(record, from: place, limit)
          ?? PostgreSQLPrefix.findSeverity(record, place, limit)?.lowerBound
      else { return false }
      return fits(end, &prefix, &steps)
    }
    guard case .literal(let bytes) = parts[index + 1] else {
      // Nothing parts it from the next value but a blank.
      return fits(record.firstIndex(of: 0x20, in: from..<limit) ?? limit, &prefix, &steps)
    }
    if Self.isChosen(letter) {
      // What the client calls itself may read like the end of the prefix.
      if index + 2 == parts.count,
        let audit = PostgreSQLPrefix.findAudit(record, from: place, limit),
        audit - bytes.count >= place, fits(audit - bytes.count, &prefix, &steps)
      {
        return true
      }
      if index + 2 < parts.count {
        let ends = ends(of: bytes, record, from, min(limit, place + Self.longestName + bytes.count))
        for end in ends.reversed() where steps > 0 {
          if fits(end, &prefix, &steps) { return true }
        }
      }
    }
    if let end = likelyEnd(of: letter, before: bytes, record, from, limit),
      fits(end, &prefix, &steps)
    {
      return true
    }
    var start = from
    while steps > 0, let end = find(bytes, record, start, limit) {
      if fits(end, &prefix, &steps) { return true }
      start = end + 1
    }
    return false
  }

  /// Application name: whatever the client says.
  private static func isChosen(_ letter: UInt8) -> Bool { letter == 0x61 }

  private static func isTime(_ letter: UInt8) -> Bool {
    letter == 0x6D || letter == 0x74 || letter == 0x73 || letter == 0x6E
  }

  private func timeEnd(
    of letter: UInt8,
    _ record: RecordBytes,
    _ place: Int,
    _ limit: Int
  ) -> Int? {
    if letter == 0x6E {
      var end = place
      while end < limit, record[end] &- 0x30 < 10 || record[end] == 0x2E { end += 1 }
      return end >= place + 10 ? end : nil
    }
    guard let civil = TimestampScan.isoCivil(record, at: place), civil.end < limit,
      record[civil.end] == 0x20
    else { return nil }
    var end = civil.end + 1
    while end < limit, PostgreSQLPrefix.isZoneByte(record[end]) { end += 1 }
    return end
  }

  /// Where a value ends that has the sign behind it as a part: the domain of a user (`ito@corp`), an IPv6 address.
  private func likelyEnd(
    of letter: UInt8,
    before bytes: [UInt8],
    _ record: RecordBytes,
    _ place: Int,
    _ limit: Int
  ) -> Int? {
    guard letter == 0x75 && bytes.first == 0x40 || letter == 0x68 || letter == 0x72 else {
      return nil
    }
    let blank = record.firstIndex(of: 0x20, in: place..<limit) ?? limit
    let ends = ends(of: bytes, record, place, min(limit, blank + bytes.count))
    if letter == 0x75 { return ends.last { $0 < blank } }
    return ends.last { end in
      var host = place..<end
      if let port = record.firstIndex(of: 0x28, in: host) {
        guard record[end - 1] == 0x29 else { return false }
        host = host.lowerBound..<port
      }
      if let zone = record.firstIndex(of: 0x25, in: host) { host = host.lowerBound..<zone }
      return PostgreSQLPrefix.isAddress(record, host)
    }
  }

  private func ends(
    of bytes: [UInt8],
    _ record: RecordBytes,
    _ place: Int,
    _ limit: Int
  ) -> [Int] {
    var (start, ends) = (place, [Int]())
    while let end = find(bytes, record, start, limit) {
      ends.append(end)
      start = end + 1
    }
    return ends
  }

  private func find(
    _ bytes: [UInt8],
    _ record: RecordBytes,
    _ place: Int,
    _ limit: Int
  ) -> Int? {
    guard let base = record.baseAddress, place + bytes.count <= limit else { return nil }
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
