internal import CScan

/// Where an event of Windows as XML ends that may be laid out over several lines.
///
/// A line that begins with `<Event` begins one; it ends with the line that holds `</Event>`, or before the next line
/// that begins one; of several in one line the last may go on in the lines after (as Event Viewer writes them, for
/// values hold line ends), and is a record of its own then. Every other line is a record of its own. What does not end
/// within the longest record ends before the last event in it, else at the last LF within it. The answer depends on the
/// bytes from the record's start alone.
struct WindowsEventBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool

  private static let ending: StaticString = "</Event>"

  private enum Ending {
    case none, line
    case next(Int)
  }

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + CSVRecordBoundary.longest)
    guard let begins = begins(at: start) else { return .needsMore }
    var line = start
    while true {
      let hit = base.distance(to: lineFeed(base + line, base + stop))
      if hit >= stop {
        if stop == start + CSVRecordBoundary.longest {
          if begins, let next = lastEvent(from: start, to: stop) { return .end(next) }
          return line > start ? .end(line) : .tooLong
        }
        return atEnd ? .end(count) : .needsMore
      }
      if !begins { return .end(hit + 1) }
      switch ending(line, hit) {
      case .line: return .end(hit + 1)
      case .next(let next): return .end(next)
      case .none: break
      }
      switch self.begins(at: hit + 1) {
      case nil: return .needsMore
      case true?: return .end(hit + 1)
      case false?: line = hit + 1
      }
    }
  }

  /// Whether a line begins an event, or a list of events with its first in the same line; `nil` when the bytes at hand
  /// do not tell.
  private func begins(at start: Int) -> Bool? {
    var place = start
    while place < min(count, start + 64), base[place] == 0x20 || base[place] == 0x09 { place += 1 }
    guard let begins = isEvent(place) else { return nil }
    if begins { return true }
    switch isWord("<Events>", place) {
    case nil: return nil
    case false?: return false
    case true?: return isEvent(place + 8)
    }
  }

  private func isEvent(_ place: Int) -> Bool? {
    guard let isOne = isWord("<Event", place) else { return nil }
    guard isOne else { return false }
    guard place + 6 < count else { return atEnd ? false : nil }
    return base[place + 6] <= 0x20 || base[place + 6] == 0x3E
  }

  private func isWord(_ word: StaticString, _ place: Int) -> Bool? {
    for index in 0..<word.utf8CodeUnitCount {
      guard place + index < count else { return atEnd ? false : nil }
      guard base[place + index] == word.utf8Start[index] else { return false }
    }
    return true
  }

  /// Whether an event ends in the line, mostly right at its end; one that begins behind it and goes on in the lines
  /// after is a record of its own.
  private func ending(_ start: Int, _ end: Int) -> Ending {
    let line = RecordBytes(start: base + start, count: end - start)
    let length = Self.ending.utf8CodeUnitCount
    guard line.count >= length else { return .none }
    if line.hasPrefix(Self.ending, at: line.count - length) { return .line }
    guard var place = HostAudit.find(Self.ending, line, 0..<line.count) else { return .none }
    while let further = HostAudit.find(Self.ending, line, place + length..<line.count) {
      place = further
    }
    let rest = place + length..<line.count
    let next = HostAudit.find("<Event ", line, rest) ?? HostAudit.find("<Event>", line, rest)
    return next.map { .next(start + $0) } ?? .line
  }

  /// The last event that begins right behind another one.
  private func lastEvent(from start: Int, to stop: Int) -> Int? {
    let text = RecordBytes(start: base + start, count: stop - start)
    var (place, last) = (0, nil as Int?)
    while let end = HostAudit.find(Self.ending, text, place..<text.count) {
      place = end + Self.ending.utf8CodeUnitCount
      var next = place
      while next < text.count, text[next] <= 0x20 { next += 1 }
      if next + 7 <= text.count,
        text.hasPrefix("<Event ", at: next) || text.hasPrefix("<Event>", at: next)
      {
        last = start + next
      }
    }
    return last
  }
}

extension ByteChunk {
  /// Cuts a sample into the records of events over several lines, of blocks, or of counted messages; of other framings it
  /// stays in lines.
  public mutating func frame(_ framing: Framing) {
    switch framing {
    case .windowsEvents:
      frame { WindowsEventBoundary(base: $0, count: $1, atEnd: true).end(from: $2) }
    case .blocks(let opening):
      frame { BlockBoundary(base: $0, count: $1, atEnd: true, opening: opening).end(from: $2) }
    case .octetCounted:
      frame { OctetCountedBoundary(base: $0, count: $1, atEnd: true).end(from: $2) }
    default: return
    }
  }

  private mutating func frame(
    _ end: (UnsafePointer<UInt8>, Int, Int) -> CSVRecordBoundary.Verdict
  ) {
    recordStarts = storage.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return [] }
      var starts: [UInt32] = []
      var place = 0
      while place < count, case .end(let next) = end(base, count, place) {
        starts.append(UInt32(truncatingIfNeeded: place))
        place = next
      }
      return starts
    }
  }
}
