internal import EventModel

/// The words of a line: runs without blanks, texts in quotes, and texts in brackets.
///
/// Content is lent without quotes and brackets; within quotes a backslash lets the next byte be. A quote
/// or bracket that is left open holds the rest of the line.
struct LineWords {
  private let line: RecordBytes
  private(set) var place: Int

  init(_ line: RecordBytes, from start: Int = 0) {
    self.line = line
    place = start
  }

  /// What has not been read.
  var rest: RecordBytes { line.slice(min(place, line.count)..<line.count) }

  /// The next word; `nil` at the end of the line.
  mutating func next() -> RecordBytes? {
    while place < line.count, line[place] == 0x20 || line[place] == 0x09 { place += 1 }
    guard place < line.count else { return nil }
    switch line[place] {
    case 0x22: return quoted()
    case 0x5B:
      let close = line.firstIndex(of: 0x5D, in: place + 1..<line.count) ?? line.count
      defer { place = min(line.count, close + 1) }
      return line.slice(place + 1..<close)
    default:
      let start = place
      // Words are short: byte by byte is faster than a call.
      while place < line.count, line[place] != 0x20, line[place] != 0x09 { place += 1 }
      return line.slice(start..<place)
    }
  }

  /// Passes over words; whether there were so many.
  mutating func skip(_ count: Int) -> Bool {
    for _ in 0..<count where next() == nil { return false }
    return true
  }

  private mutating func quoted() -> RecordBytes {
    place += 1
    let start = place
    while place < line.count {
      place = line.firstIndex(of: 0x22, or: 0x5C, in: place..<line.count) ?? line.count
      guard place < line.count, line[place] == 0x5C else { break }
      place += 2
    }
    let end = min(place, line.count)
    place = min(line.count, end + 1)
    return line.slice(start..<end)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Empty for `-`, which states nothing.
  var stated: UnsafeBufferPointer<UInt8> {
    count == 1 && self[0] == 0x2D ? slice(0..<0) : self
  }

  /// An address without the port behind its last colon: `192.0.2.7:50200`, `[2001:db8::7]:50200`.
  var withoutPort: UnsafeBufferPointer<UInt8> {
    if first == 0x5B, let close = firstIndex(of: 0x5D, in: 0..<count) { return slice(1..<close) }
    guard let colon = lastIndex(of: 0x3A), decimal(colon + 1..<count) != nil,
      self[..<colon].contains(0x2E) || !self[..<colon].contains(0x3A)
    else { return self }
    return slice(0..<colon)
  }
}
