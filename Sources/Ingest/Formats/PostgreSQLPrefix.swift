internal import CScan
internal import EventModel

/// What stands before the message in a line of PostgreSQL's plain log, read without knowing
/// `log_line_prefix`.
struct PostgreSQLPrefix {
  /// The time with its zone, or seconds since 1970.
  var clock = RecordBytes(start: nil, count: 0)
  var isEpoch = false
  var severity = 0..<0
  var message = 0..<0
  var user = RecordBytes(start: nil, count: 0)
  var host = RecordBytes(start: nil, count: 0)
  var program = RecordBytes(start: nil, count: 0)
  /// `%c`, or else the process.
  var session = RecordBytes(start: nil, count: 0)

  /// Where a prefix has to end.
  static let longest = 1024

  init() {}

  /// `nil` when there is no time, or no severity after it.
  init?(_ record: RecordBytes) {
    guard let base = record.baseAddress else { return nil }
    let most = base + min(record.count, Self.longest)
    let end = cscan_find(base, most, 0x0A) - base
    guard var time = Self.findTime(record, from: 0, end),
      let word = Self.findSeverity(record, time.end, end)
    else { return nil }
    readTokens(record, 0..<time.start)
    // The session's start (`%s`) stands without fractions, and may stand before the time of the message.
    if !time.isEpoch, time.end < word.lowerBound, Self.isWhole(record, time.start),
      let later = Self.findTime(record, from: time.end, word.lowerBound), !later.isEpoch,
      !Self.isWhole(record, later.start)
    {
      readTokens(record, time.end..<later.start)
      time = later
    }
    clock = record.slice(time.start..<time.end)
    isEpoch = time.isEpoch
    takeMessage(record, word, end)
    readTokens(record, time.end..<word.lowerBound)
  }

  /// Whether a time with its date has seconds and no fractions.
  private static func isWhole(_ record: RecordBytes, _ start: Int) -> Bool {
    start + 19 < record.count && record[start + 19] != 0x2E && record[start + 19] != 0x2C
  }

  /// Takes the message behind a severity.
  ///
  /// An application name that reads like a message hides none of pgaudit. Between the two only the client's address is
  /// read, for whoever chose the name wrote there.
  private mutating func takeMessage(_ record: RecordBytes, _ word: Range<Int>, _ end: Int) {
    var word = word
    if let audit = Self.findAudit(record, from: word.lowerBound, end), audit > word.lowerBound {
      var behind = Self()
      behind.readTokens(record, word.upperBound..<audit)
      if host.count == 0 { host = behind.host }
      word = audit..<audit + 3
    }
    severity = word
    var start = word.upperBound + 1
    while start < record.count, start < word.upperBound + 3, record[start] == 0x20 { start += 1 }
    message = start..<max(start, record.count)
  }

  /// Of a line whose time stands elsewhere.
  ///
  /// A time in it is passed over. `nil`: no severity.
  init?(untimed record: RecordBytes) {
    let end = min(record.count, Self.longest)
    guard let word = Self.findSeverity(record, 0, end) else { return nil }
    takeMessage(record, word, end)
    guard let time = Self.findTime(record, from: 0, word.lowerBound) else {
      readTokens(record, 0..<word.lowerBound)
      return
    }
    readTokens(record, 0..<time.start)
    readTokens(record, time.end..<word.lowerBound)
  }

  func time(_ reader: inout PostgreSQLTime) throws(DecodeError) -> Int64 {
    guard isEpoch else { return try reader.parse(clock) }
    guard let seconds = clock.decimal(0..<10) else { throw DecodeError(.badTime, at: 0) }
    let fraction = clock.count > 11 ? TimestampScan.fraction(clock, at: 11).nanoseconds : 0
    return seconds * 1_000_000_000 + fraction
  }

  /// Lines that belong to the message before them.
  static func isSecondary(_ severity: RecordBytes) -> Bool {
    PostgreSQLWords.secondary.contains { severity.hasPrefix($0) }
  }

  private static let severities: [StaticString] = [
    "LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "DEBUG", "DEBUG1", "DEBUG2",
    "DEBUG3", "DEBUG4", "DEBUG5",
  ]

  /// `2026-11-23 08:33:09[.157] ZONE`, or ten digits with decimals or not.
  private static func findTime(
    _ record: RecordBytes,
    from first: Int,
    _ limit: Int
  ) -> (start: Int, end: Int, isEpoch: Bool)? {
    var start = first
    var isAtWord = true
    while start + 10 <= min(limit, first + 128) {
      let isDigit = record[start] &- 0x30 < 10
      if isDigit, isAtWord {
        if let civil = TimestampScan.isoCivil(record, at: start), civil.end < limit,
          record[civil.end] == 0x20
        {
          var end = civil.end + 1
          while end < limit, end < civil.end + 8, isZoneByte(record[end]) { end += 1 }
          return end > civil.end + 1 ? (start, end, false) : nil
        }
        var end = start
        while end < limit, record[end] &- 0x30 < 10 { end += 1 }
        if end == start + 10 {
          if end + 1 < limit, record[end] == 0x2E, record[end + 1] &- 0x30 < 10 {
            end += 1
            while end < limit, record[end] &- 0x30 < 10 { end += 1 }
          }
          return (start, end, true)
        }
      }
      isAtWord = !isDigit && !(record[start] | 0x20 >= 0x61 && record[start] | 0x20 <= 0x7A)
      start += 1
    }
    return nil
  }

  static func isZoneByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2B || byte == 0x2D
  }

  /// The first word in capitals that is a severity and ends with a colon and a space.
  static func findSeverity(_ record: RecordBytes, _ start: Int, _ limit: Int) -> Range<Int>? {
    // Its colon is rarer than its capitals.
    let text = record.slice(0..<min(limit + 1, record.count))
    var place = start
    while let colon = text.seek(0x3A, from: place) {
      place = colon + 1
      guard place < record.count, record[place] == 0x20 else { continue }
      var index = colon
      if colon > start, record[colon - 1] >= 0x80 {
        while index > start, record[index - 1] >= 0x80 { index -= 1 }
      } else {
        while index > start, record[index - 1] &- 0x41 < 26 || record[index - 1] &- 0x30 < 10 {
          index -= 1
        }
      }
      guard index < colon, index == start || !isNameByte(record[index - 1]) else { continue }
      // `app=LOG: …` is what a client calls itself.
      if index > start, record[index - 1] == 0x3D { continue }
      let word = record.slice(index..<colon)
      if word.isOne(of: severities) || word.isOne(of: PostgreSQLWords.secondary)
        || word.isOne(of: PostgreSQLWords.statementLine)
      {
        return index..<colon
      }
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F || byte >= 0x80
  }

  // MARK: Parts

  /// Tokens end at a space or a sign that log_line_prefix usually puts between its escapes.
  private mutating func readTokens(_ record: RecordBytes, _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let opensAddress =
        record.hasPrefix("::", at: start) && isInAddress(record, start, start)
      if Self.separates(record[start]), !opensAddress {
        start += 1
        continue
      }
      var end = start
      // `[local]`, `[unknown]@[unknown]` and `[123-1]` keep their brackets; so do ports.
      while end < range.upperBound, !Self.separates(record[end]) || isInAddress(record, start, end)
      {
        end += 1
      }
      take(record, start..<end)
      start = end
    }
  }

  private static func separates(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x2C || byte == 0x3A || byte == 0x3B || byte == 0x7C || byte == 0x09
  }

  /// A colon between hexadecimal digits or colons, as in an IPv6 address.
  private func isInAddress(_ record: RecordBytes, _ start: Int, _ index: Int) -> Bool {
    guard record[index] == 0x3A else { return false }
    var end = index
    var colons = 0
    while end < record.count, Self.isHex(record[end]) || record[end] == 0x3A {
      if record[end] == 0x3A { colons += 1 }
      end += 1
    }
    for place in start..<index where record[place] == 0x3A { colons += 1 }
    guard colons >= 2 else { return false }
    // `client=2001:db8::7` begins behind its sign.
    var start = start
    if let sign = record.firstIndex(of: 0x3D, in: start..<index) { start = sign + 1 }
    for place in start..<index where !Self.isHex(record[place]) && record[place] != 0x3A {
      return false
    }
    return true
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }

  private mutating func take(_ record: RecordBytes, _ token: Range<Int>) {
    var at: Int?
    for place in token {
      let byte = record[place]
      if byte == 0x3D {
        return takePair(record, token.lowerBound..<place, place + 1..<token.upperBound)
      }
      if byte == 0x40 { at = place }
    }
    if var at {
      // `ito@corp@crm` is a user with a domain; `ito@crm@192.0.2.7` one with an address.
      if Self.isAddress(record, at + 1..<token.upperBound) {
        if host.count == 0 { host = record.slice(at + 1..<token.upperBound) }
        var earlier = at
        while earlier > token.lowerBound, record[earlier - 1] != 0x40 { earlier -= 1 }
        if earlier > token.lowerBound { at = earlier - 1 }
      }
      if user.count == 0 { user = Self.stated(record, token.lowerBound..<at) }
      return
    }
    var inner = token
    if record.equals("[local]", in: token) {
      host = record.slice(token)
      return
    }
    while let first = inner.first, record[first] == 0x5B || record[first] == 0x28 {
      inner = first + 1..<inner.upperBound
    }
    if let port = record.firstIndex(of: 0x28, in: inner) { inner = inner.lowerBound..<port }
    while let last = inner.last, record[last] == 0x5D || record[last] == 0x29 {
      inner = inner.lowerBound..<last
    }
    guard !inner.isEmpty else { return }
    if Self.isAddress(record, inner) {
      if host.count == 0 { host = record.slice(inner) }
    } else if isSession(record, inner) {
      session = record.slice(inner)
    } else if session.count == 0, record[token.lowerBound] == 0x5B {
      var end = inner.lowerBound
      while end < inner.upperBound, record[end] &- 0x30 < 10 { end += 1 }
      if end > inner.lowerBound, end == inner.upperBound || record[end] == 0x2D {
        session = record.slice(inner.lowerBound..<end)
      }
    }
  }

  private mutating func takePair(_ record: RecordBytes, _ key: Range<Int>, _ value: Range<Int>) {
    let text = Self.stated(record, value)
    switch Self.keys.withView({ view in
      let place = view.find(whole: record.slice(key), at: 0)
      return place < 0 ? Self.noKey : view.entries[place].payload
    }) {
    // The first counts: an application name behind it can hold whatever a client likes.
    case 0: if user.count == 0 { user = text }
    case 1: if program.count == 0 { program = text }
    case 2:
      let port = text.firstIndex(of: 0x28, in: 0..<text.count)
      if host.count == 0 { host = text.slice(0..<(port ?? text.count)) }
    case 3: session = text
    case 4: if session.count == 0 { session = text }
    default: break
    }
  }

  private static let noKey = UInt8.max
  /// What keys mean: user, program, host, session, process.
  private static let keys: KeyTable = {
    let words = [
      ["user", "usr", "u", "[user", "username"],
      ["app", "a", "application", "application_name", "appname", "[app"],
      ["client", "host", "h", "remote", "remote_host", "ip", "addr", "[client", "r"],
      ["session", "sess", "c", "session_id"], ["pid", "p", "[pid"],
    ]
    var table = KeyTable()
    let level = table.addLevel()
    for (meaning, words) in words.enumerated() {
      for word in words { table.add(Array(word.utf8), at: level) { $0.payload = UInt8(meaning) } }
    }
    table.seal()
    return table
  }()

  /// Nothing for PostgreSQL's `[unknown]`.
  static func stated(_ record: RecordBytes, _ range: Range<Int>) -> RecordBytes {
    var range = range
    if record.equals("[unknown]", in: range) || record.equals("[unknown", in: range) {
      return PostgreSQLRecord.absent
    }
    if record.equals("[local]", in: range) { return record.slice(range) }
    while let last = range.last,
      record[last] == 0x5D || record[last] == 0x29 || record[last] == 0x22
    {
      range = range.lowerBound..<last
    }
    while let first = range.first,
      record[first] == 0x5B || record[first] == 0x28 || record[first] == 0x22
    {
      range = first + 1..<range.upperBound
    }
    return record.slice(range)
  }

  /// `192.0.2.7` or an IPv6 address.
  static func isAddress(_ record: RecordBytes, _ range: Range<Int>) -> Bool {
    var (dots, colons, digits) = (0, 0, 0)
    for index in range {
      let byte = record[index]
      if byte == 0x2E {
        dots += 1
      } else if byte == 0x3A {
        colons += 1
      } else if byte &- 0x30 < 10 {
        digits += 1
      } else if !Self.isHex(byte) {
        return false
      }
    }
    // A time of day (`20:19:21`), as a header of syslog states it, has as many colons, none beside another.
    if colons >= 2 {
      return colons == 7 || dots == 3
        || range.dropLast().contains { record[$0] == 0x3A && record[$0 + 1] == 0x3A }
    }
    return dots == 3 && digits == range.count - 3
  }

  /// `6b03fa45.7592`.
  private func isSession(_ record: RecordBytes, _ range: Range<Int>) -> Bool {
    guard let dot = record.firstIndex(of: 0x2E, in: range), dot - range.lowerBound == 8 else {
      return false
    }
    for index in range where index != dot && !Self.isHex(record[index]) { return false }
    return dot + 1 < range.upperBound
  }
}
