internal import CScan

/// Where an event of Windows as XML ends that may be laid out over several lines.
///
/// A line that begins with `<Event` begins one; it ends with the line that holds `</Event>`, or before the next line
/// that begins one. Every other line is a record of its own. One that does not end within the longest record ends
/// at the last LF within it. The answer depends on the bytes from the record's start alone.
struct WindowsEventBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool

  private static let ending: StaticString = "</Event>"

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + CSVRecordBoundary.longest)
    guard let begins = begins(at: start) else { return .needsMore }
    var line = start
    while true {
      let hit = base.distance(to: lineFeed(base + line, base + stop))
      if hit >= stop {
        if stop == start + CSVRecordBoundary.longest { return line > start ? .end(line) : .tooLong }
        return atEnd ? .end(count) : .needsMore
      }
      if !begins || holdsEnd(line, hit) { return .end(hit + 1) }
      switch self.begins(at: hit + 1) {
      case nil: return .needsMore
      case true?: return .end(hit + 1)
      case false?: line = hit + 1
      }
    }
  }

  /// Whether a line begins an event; `nil` when the bytes at hand do not tell.
  private func begins(at start: Int) -> Bool? {
    var place = start
    while place < min(count, start + 64), base[place] == 0x20 || base[place] == 0x09 { place += 1 }
    let word: StaticString = "<Event"
    for index in 0..<word.utf8CodeUnitCount {
      guard place + index < count else { return atEnd ? false : nil }
      guard base[place + index] == word.utf8Start[index] else { return false }
    }
    guard place + 6 < count else { return atEnd ? false : nil }
    return base[place + 6] <= 0x20 || base[place + 6] == 0x3E
  }

  /// Whether an event ends in the line: mostly right at its end.
  private func holdsEnd(_ start: Int, _ end: Int) -> Bool {
    let line = RecordBytes(start: base + start, count: end - start)
    let length = Self.ending.utf8CodeUnitCount
    guard line.count >= length else { return false }
    if line.hasPrefix(Self.ending, at: line.count - length) { return true }
    return HostAudit.find(Self.ending, line, 0..<line.count) != nil
  }
}

extension ByteChunk {
  /// Cuts a sample into the records of events over several lines, or of counted messages; of other framings it stays
  /// in lines.
  public mutating func frame(_ framing: Framing) {
    switch framing {
    case .windowsEvents:
      frame { WindowsEventBoundary(base: $0, count: $1, atEnd: true).end(from: $2) }
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
