internal import CScan

/// Where a message of syslog ends that comes with its length: behind as many bytes as it says.
///
///     103 <86>1 2026-11-23T08:33:09Z db1 sshd 311 - - Accepted …98 <86>1 2026-11-23T08:33:10Z …
///
/// What a message holds is passed over, so that text in it cannot pass for another. A line end behind it, which is
/// not counted, belongs to it. A length that lies (behind it stands neither a message nor the end of the input) ends
/// that: the record then goes to the next `digits <priority>` and is rejected. Where digits of the text run into
/// those of the length, it begins where its own length holds. What begins without a length ends with its line, or
/// before the next that has one. The answer depends on the bytes from the record's start alone.
///
/// Source: RFC 6587, sections 3.4.1 and 3.4.2.
struct OctetCountedBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool

  private static let longest = CSVRecordBoundary.longest
  /// Digits of a length.
  private static let mostDigits = 7
  /// Bytes of the longest `digits <PRI>`.
  private static let startLength = mostDigits + 6

  /// What stands at a place.
  private enum Head: Equatable {
    case none
    /// The bytes at hand end within it.
    case open
    /// A message of so many bytes begins there.
    case message(at: Int, length: Int)
  }

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    switch head(at: start) {
    case .open: return atEnd ? .end(count) : .needsMore
    case .none:
      let stop = min(count, start + Self.longest)
      let line = base.distance(to: lineFeed(base + start, base + stop))
      return line < stop
        ? next(from: start, in: start, to: line) ?? .end(line + 1) : ran(out: start, start)
    case .message(let text, let length):
      guard length <= RecordFramer.longestRecord - (text - start) else {
        return ran(out: start, text + 1)
      }
      guard text + length <= count else { return atEnd ? ran(out: start, text + 1) : .needsMore }
      switch follows(text + length) {
      case .needsMore: return .needsMore
      case .end(let end): return .end(end)
      case .tooLong: return ran(out: start, text + 1)
      }
    }
  }

  /// Whether the bytes end within their last record.
  static func isCut(_ bytes: [UInt8]) -> Bool {
    let padded = bytes + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      guard let base = padded.baseAddress else { return false }
      let boundary = OctetCountedBoundary(base: base, count: bytes.count, atEnd: true)
      var place = 0
      while case .end(let next) = boundary.end(from: place), next < bytes.count { place = next }
      guard case .message(let text, let length) = boundary.head(at: place) else {
        return bytes.last != 0x0A
      }
      return text + length > bytes.count
    }
  }

  /// The length in front of a message's text, and where that begins; `nil`: none.
  static func length(_ record: RecordBytes) -> (text: Int, length: Int)? {
    guard let base = record.baseAddress else { return nil }
    let boundary = OctetCountedBoundary(base: base, count: record.count, atEnd: true)
    guard case .message(let text, let length) = boundary.head(at: 0) else { return nil }
    return (text, length)
  }

  /// The first message of a sample, whatever stands before it.
  func first() -> Int? {
    guard case .message = head(at: 0) else {
      guard case .end(let start) = next(from: -1, in: 0, to: count) else { return nil }
      return start
    }
    return 0
  }

  // MARK: What stands where

  private func head(at start: Int) -> Head {
    var place = start
    var length = 0
    while place < count, place - start <= Self.mostDigits, base[place] &- 0x30 < 10 {
      length = length * 10 + Int(base[place] &- 0x30)
      place += 1
    }
    guard place < count else { return place - start <= Self.mostDigits ? .open : .none }
    guard 1...Self.mostDigits ~= place - start, base[start] != 0x30, base[place] == 0x20 else {
      return .none
    }
    switch isPriority(at: place + 1) {
    case nil: return .open
    case true?: return .message(at: place + 1, length: length)
    case false?: return .none
    }
  }

  /// Whether `<PRI>` stands there; `nil` when the bytes at hand do not tell.
  private func isPriority(at start: Int) -> Bool? {
    guard start < count else { return nil }
    guard base[start] == 0x3C else { return false }
    var place = start + 1
    while place < count, place <= start + 3, base[place] &- 0x30 < 10 { place += 1 }
    guard place < count else { return nil }
    return place > start + 1 && base[place] == 0x3E
  }

  /// What stands behind a message: `.end`: what may, and there the record ends; `.tooLong`: what may not.
  private func follows(_ place: Int) -> CSVRecordBoundary.Verdict {
    guard place < count else { return atEnd ? .end(place) : .needsMore }
    if base[place] == 0x0A { return .end(place + 1) }
    if base[place] == 0x0D {
      guard place + 1 < count else { return atEnd ? .end(place + 1) : .needsMore }
      if base[place + 1] == 0x0A { return .end(place + 2) }
    }
    switch head(at: place) {
    case .message: return .end(place)
    case .open: return atEnd ? .end(place) : .needsMore
    case .none: break
    }
    switch isPriority(at: place) {
    case true?: return .end(place)
    case nil where !atEnd: return .needsMore
    default: break
    }
    // Another whose start is damaged, or the rest of this one and another behind it.
    guard atEnd || place + Self.startLength <= count else { return .needsMore }
    guard isDamagedStart(place) else { return .tooLong }
    let stop = min(count, place + Self.startLength)
    let sign = base.distance(to: cscan_find(base + place, base + stop, 0x3C))
    for candidate in place..<sign where sign < stop && base[candidate] &- 0x31 < 9 {
      switch isSound(candidate) {
      case nil: return .needsMore
      case true?: return .tooLong
      case false?: break
      }
    }
    return .end(place)
  }

  /// Whether all but one byte there are `digits <PRI>`.
  private func isDamagedStart(_ start: Int) -> Bool {
    for digits in 1...Self.mostDigits {
      for priority in 1...3 where start + digits + priority + 3 <= count {
        var wrong = 0
        for index in 0..<digits + priority + 3 where wrong < 2 {
          let byte = base[start + index]
          let fits =
            switch index {
            case digits: byte == 0x20
            case digits + 1: byte == 0x3C
            case digits + priority + 2: byte == 0x3E
            default: byte &- 0x30 < 10
            }
          if !fits { wrong += 1 }
        }
        if wrong < 2 { return true }
      }
    }
    return false
  }

  // MARK: Finding the next

  /// The end of a record that no length ends.
  private func ran(out start: Int, _ from: Int) -> CSVRecordBoundary.Verdict {
    let limit = start + Self.longest
    if let next = next(from: start, in: from, to: min(count, limit)) { return next }
    if limit <= count { return .end(limit) }
    return atEnd ? .end(count) : .needsMore
  }

  /// Where the next message with a length begins behind `start`, its priority in a range; `nil`: nowhere.
  private func next(from start: Int, in from: Int, to stop: Int) -> CSVRecordBoundary.Verdict? {
    var place = from
    while true {
      let sign = base.distance(to: cscan_find(base + place, base + stop, 0x3C))
      guard sign < stop else { return nil }
      place = sign + 1
      guard sign > start + 2, base[sign - 1] == 0x20, base[sign - 2] &- 0x30 < 10 else { continue }
      switch isPriority(at: sign) {
      case nil where !atEnd: return .needsMore
      case true?: break
      default: continue
      }
      var digit = sign - 2
      while digit - 1 > start, sign - digit <= Self.mostDigits, base[digit - 1] &- 0x30 < 10 {
        digit -= 1
      }
      var first: Int?
      for candidate in digit..<sign - 1 where base[candidate] != 0x30 {
        switch isSound(candidate) {
        case nil: return .needsMore
        case true?: return .end(candidate)
        case false?: first = first ?? candidate
        }
      }
      if let first { return .end(first) }
    }
  }

  /// Whether a message ends where its length says; `nil` when the bytes at hand do not tell.
  private func isSound(_ start: Int) -> Bool? {
    guard case .message(let text, let length) = head(at: start),
      length <= RecordFramer.longestRecord
    else { return false }
    guard text + length <= count else { return atEnd ? false : nil }
    switch follows(text + length) {
    case .needsMore: return nil
    case .end: return true
    case .tooLong: return false
    }
  }
}

extension ByteChunk {
  /// Records that end before a place, or there, without a line end: each is a line, too.
  public func recordsWithoutLineEnd(before place: Int) -> Int {
    (recordStarts ?? []).count { start in
      start > 0 && Int(start) <= min(place, count) && storage[Int(start) - 1] != 0x0A
    }
  }
}
