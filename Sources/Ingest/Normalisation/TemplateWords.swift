internal import EventModel

/// A line cut into what its parts look like.
struct TemplateWords {
  struct Token: Hashable {
    enum Kind: Hashable { case time, address, number, quoted, word, blank, sign, pairs }
    var kind: Kind
    var bytes: [UInt8]
    /// The `key` of `key=value`.
    var key: String?
    /// Of a time: its format; `nil` where it is RFC 3339 or like it.
    var timeFormat: String?
    /// A whole column, which may be empty.
    var isCell = false

    var isTime: Bool { kind == .time }
    var isField: Bool { kind != .blank && kind != .sign }
    var isLevel: Bool {
      kind == .word
        && ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"]
          .contains(String(decoding: bytes, as: UTF8.self).uppercased())
    }

    var fieldKind: LineTemplate.Kind {
      switch kind {
      case .number: .number
      case .quoted: .quoted
      case .time:
        switch bytes.count(where: { $0 == 0x20 }) {
        case 0: .word
        case 1: .words2
        case 2: .words3
        case 3: .words4
        default: .text
        }
      case .word, .address: isCell ? .text : .word
      case .pairs: .pairs
      default: .text
      }
    }

    /// Lines with the same shapes are of one kind.
    var shape: String {
      switch kind {
      case .time: "T\(timeFormat ?? "")"
      case .blank: " "
      case .sign: String(decoding: bytes, as: UTF8.self)
      // A number may stand where another line has an address or a word.
      case .number: "#\(key ?? "")"
      case .quoted: "q\(key ?? "")"
      case .address, .word: "w\(key ?? "")"
      case .pairs: "="
      }
    }
  }

  var tokens: [Token] = []
  private let line: [UInt8]
  private var place = 0

  init(_ line: [UInt8]) {
    self.line = line
    var key: String?
    while place < line.count {
      if let (length, format) = time(at: place, key: key) {
        add(.time, length, format: format)
        key = nil
        continue
      }
      let byte = line[place]
      switch byte {
      case 0x20, 0x09: add(.blank, run { $0 == 0x20 || $0 == 0x09 })
      case 0x22:
        if let (length, format) = time(at: place + 1, key: key),
          place + 1 + length < line.count, line[place + 1 + length] == 0x22
        {
          add(.sign, 1)
          add(.time, length, format: format)
          add(.sign, 1)
        } else if let length = quoted() {
          add(.quoted, length, key: key)
        } else {
          add(.sign, 1)
        }
      case let byte where Self.isWord(byte):
        let length = run(Self.isWord)
        let next = place + length < line.count ? line[place + length] : 0
        let word = line[place..<place + length]
        if next == 0x3D, !word.allSatisfy({ $0 &- 0x30 < 10 }) {
          // `key=`, and what stands behind it.
          let name = String(decoding: word, as: UTF8.self)
          add(.sign, length + 1)
          key = name
          continue
        }
        let more = key == nil ? 0 : groups(behind: length)
        add(more > 0 ? .number : Self.kind(Array(word)), length + more, key: key)
      default: add(.sign, 1)
      }
      key = nil
    }
  }

  /// Where a line has nothing but two or more `key=value` to its end.
  static func pairs(of line: [Token]) -> Int? {
    var start = line.count
    var count = 0
    while start > 0 {
      let token = line[start - 1]
      if token.kind == .blank || token.kind == .sign && [[0x2C], [0x3B]].contains(token.bytes) {
        start -= 1
      } else if token.key != nil, start > 1, line[start - 2].bytes.last == 0x3D {
        start -= 2
        count += 1
      } else {
        break
      }
    }
    while start < line.count, line[start].bytes.last != 0x3D { start += 1 }
    return count > 1 ? start : nil
  }

  private mutating func add(
    _ kind: Token.Kind,
    _ length: Int,
    key: String? = nil,
    format: String? = nil
  ) {
    let end = min(line.count, place + max(1, length))
    tokens.append(Token(kind: kind, bytes: Array(line[place..<end]), key: key, timeFormat: format))
    place = end
  }

  private func run(_ fits: (UInt8) -> Bool) -> Int {
    line[place...].prefix(while: fits).count
  }

  /// Letters, digits, bytes of UTF-8, and the signs that stand within names, paths and addresses.
  private static func isWord(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte >= 0x80
      || [0x2D, 0x5F, 0x2E, 0x2F, 0x40, 0x5C, 0x2B, 0x25, 0x3A, 0x2A].contains(byte)
  }

  private static func kind(_ word: [UInt8]) -> Token.Kind {
    if word.allSatisfy({ $0 &- 0x30 < 10 }) { return .number }
    let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isAddress =
      parts.count == 4
      && parts.allSatisfy { 1...3 ~= $0.count && $0.allSatisfy { $0 &- 0x30 < 10 } }
    return isAddress ? .address : .word
  }

  /// `,345` behind `rows=12`: how many bytes of groups of three digits follow up to `length` digits.
  private func groups(behind length: Int) -> Int {
    guard length <= 3, line[place..<place + length].allSatisfy({ $0 &- 0x30 < 10 }) else {
      return 0
    }
    var end = place + length
    while end + 3 < line.count, line[end] == 0x2C,
      line[end + 1..<end + 4].allSatisfy({ $0 &- 0x30 < 10 })
    {
      end += 4
    }
    let isWhole = end == line.count || !Self.isWord(line[end])
    return isWhole ? end - place - length : 0
  }

  private func quoted() -> Int? {
    var index = place + 1
    while index < line.count, line[index] != 0x22 { index += line[index] == 0x5C ? 2 : 1 }
    return index < line.count ? index + 1 - place : nil
  }

  /// The patterns of times that are looked for; of `nil` the reader knows itself.
  private static let patterns: [(shape: String, format: String?)] = [
    ("0000-00-00T00:00:00", nil), ("0000-00-00 00:00:00", nil),
    ("0000/00/00 00:00:00", "%Y/%m/%d %H:%M:%S"), ("00/Aaa/0000:00:00:00 +0000", "clf"),
    ("00/00/0000 00:00:00", "%d/%m/%Y %H:%M:%S"), ("00-Aaa-0000 00:00:00", "%d-%b-%Y %H:%M:%S"),
    ("00 Aaa 0000 00:00:00", "%d %b %Y %H:%M:%S"), ("00000000 00:00:00", "%Y%m%d %H:%M:%S"),
    ("00000000T000000", "%Y%m%dT%H%M%S"), ("00000000 000000", "%Y%m%d %H%M%S"),
    ("0000年00月00日 00:00:00", "%Y年%m月%d日 %H:%M:%S"),
    ("0000年00月00日 00時00分00秒", "%Y年%m月%d日 %H時%M分%S秒"),
    ("Aaa Aaa 00 00:00:00 0000", "%a %b %d %H:%M:%S %Y"),
    ("Aaa Aaa  0 00:00:00 0000", "%a %b %d %H:%M:%S %Y"), ("00000000000000", "%Y%m%d%H%M%S"),
    ("0000000000000", "unix_ms"), ("0000000000", "unix"),
  ]

  private static let timeKeys: Set = ["ts", "time", "timestamp", "at", "date", "datetime", "when"]

  /// A time that begins here: its length and format.
  private func time(at start: Int, key: String?) -> (Int, String?)? {
    guard start == 0 || !Self.isWord(line[start - 1]) else { return nil }
    for (shape, format) in Self.patterns {
      guard let end = match(shape, at: start) else { continue }
      guard let format else {
        // RFC 3339 and its relatives: with decimals, and a zone.
        let length = line[start...].withUnsafeBufferPointer { bytes in
          TimestampScan.rfc3339(bytes, at: 0, zone: .utc)?.end
        }
        guard let length, start + length >= end else { continue }
        let hasComma = length > 19 && line[start + 19] == 0x2C
        return hasComma ? comma(start, length) : (length, nil)
      }
      if format.hasSuffix("%S"), end + 1 < line.count, line[end] == 0x2E || line[end] == 0x2C,
        line[end + 1] &- 0x30 < 10
      {
        let digits = line[(end + 1)...].prefix { $0 &- 0x30 < 10 }.count
        let sign = line[end] == 0x2E ? "." : ","
        return zoned(start, end + 1 + digits, format + sign + "%f")
      }
      if format.hasPrefix("unix") {
        // Any number may look like one, but not at the start of a line, in a bracket there, nor behind its key.
        guard start == 0 || start == 1 && [0x5B, 0x28, 0x22].contains(line[0]) || isTimeKey(key)
        else {
          continue
        }
        var end = end
        if format == "unix", end + 1 < line.count, line[end] == 0x2E, line[end + 1] &- 0x30 < 10 {
          end += 1 + line[(end + 1)...].prefix { $0 &- 0x30 < 10 }.count
        }
        if end < line.count, Self.isWord(line[end]) { continue }
        return (end - start, format)
      }
      if format == "clf" {
        if end < line.count, Self.isWord(line[end]) { continue }
        return (end - start, format)
      }
      return zoned(start, end, format)
    }
    return nil
  }

  private func isTimeKey(_ key: String?) -> Bool {
    key.map { Self.timeKeys.contains($0.lowercased()) } ?? false
  }

  /// A time with the zone behind it, with a blank between or none; `nil`: something else goes on there.
  private func zoned(_ start: Int, _ end: Int, _ format: String) -> (Int, String?)? {
    let hasBlank = end < line.count && line[end] == 0x20
    let place = hasBlank ? end + 1 : end
    for shape in ["+00:00", "+0000"] {
      guard let stop = match(shape, at: place) else { continue }
      if stop < line.count, Self.isWord(line[stop]) { continue }
      return (stop - start, format + (hasBlank ? " %z" : "%z"))
    }
    if place < line.count, line[place] == 0x5A,
      place + 1 == line.count || !Self.isWord(line[place + 1])
    {
      return (place + 1 - start, format + (hasBlank ? " %z" : "%z"))
    }
    return end < line.count && Self.isWord(line[end]) ? nil : (end - start, format)
  }

  /// `11/23/2026`: the month comes first in lines one of which has no such month in its second place; where all could be
  /// either, if the times then run on and the other way they would not.
  static func settleMonths(_ lines: inout [[Token]]) {
    let dates = lines.joined().filter { $0.timeFormat?.hasPrefix("%d/%m/%Y") ?? false }
    func number(_ token: Token, _ place: Int, _ count: Int) -> Int {
      token.bytes[place..<place + count].reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    }
    let isDayFirst = dates.contains { number($0, 0, 2) > 12 }
    guard !dates.isEmpty, !isDayFirst else { return }
    func steps(_ month: Int, _ day: Int) -> Int {
      let days = dates.map { token in
        (number(token, 6, 4) * 12 + number(token, month, 2)) * 31 + number(token, day, 2)
      }
      return zip(days, days.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
    }
    guard dates.contains(where: { number($0, 3, 2) > 12 }) || steps(0, 3) < steps(3, 0) else {
      return
    }
    for line in lines.indices {
      for index in lines[line].indices {
        guard let format = lines[line][index].timeFormat, format.hasPrefix("%d/%m/%Y") else {
          continue
        }
        lines[line][index].timeFormat = "%m/%d/%Y" + format.dropFirst(8)
      }
    }
  }

  /// Decimals behind a comma, as Java writes them.
  private func comma(_ start: Int, _ length: Int) -> (Int, String?) {
    let sign = line[start + 10] == 0x54 ? "T" : " "
    let digits = line[(start + 20)...].prefix { $0 &- 0x30 < 10 }.count
    return (min(length, 20 + digits), "%Y-%m-%d\(sign)%H:%M:%S,%f")
  }

  private func match(_ shape: String, at start: Int) -> Int? {
    var index = start
    for sign in shape.utf8 {
      guard index < line.count else { return nil }
      let byte = line[index]
      switch sign {
      case 0x30: guard byte &- 0x30 < 10 else { return nil }
      case 0x41, 0x61: guard 0x61...0x7A ~= byte | 0x20 else { return nil }
      case 0x2B: guard byte == 0x2B || byte == 0x2D else { return nil }
      default: guard byte == sign else { return nil }
      }
      index += 1
    }
    return index
  }
}
