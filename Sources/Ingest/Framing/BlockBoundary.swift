internal import CScan

/// Where a record ends that goes over several lines: at the LF before the next line that opens one.
///
/// One that does not end within the longest record ends at the last LF within it; what is left of it
/// is then a record of its own, and rejected. The answer depends on the bytes from the record's start
/// alone.
struct BlockBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool
  var opening: BlockOpening

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + CSVRecordBoundary.longest)
    var line = start
    while true {
      let hit = base.distance(to: lineFeed(base + line, base + stop))
      if hit >= stop {
        if stop == start + CSVRecordBoundary.longest { return line > start ? .end(line) : .tooLong }
        return atEnd ? .end(count) : .needsMore
      }
      switch opens(at: hit + 1, after: line) {
      case nil: return .needsMore
      case true: return .end(hit + 1)
      case false: line = hit + 1
      }
    }
  }

  /// Whether a line opens a record; `nil` when the bytes at hand do not tell.
  private func opens(at next: Int, after line: Int) -> Bool? {
    switch opening {
    case .slowLog:
      guard let isTime = stands("# Time: ", at: next) else { return nil }
      if isTime { return true }
      guard let isUser = stands("# User@Host: ", at: next) else { return nil }
      return isUser && stands("# Time: ", at: line) != true
    case .auditRecord:
      var place = next
      while place < min(count, next + 8), base[place] == 0x20 || base[place] == 0x09 { place += 1 }
      return stands("<AUDIT_RECORD", at: place)
    case .ctime:
      guard next + 24 <= count else { return atEnd ? false : nil }
      return LineWork.ctime(RecordBytes(start: base + next, count: 24)) != nil
    case .oracleRecord: return stands("<AuditRecord>", at: next)
    }
  }

  private func stands(_ word: StaticString, at place: Int) -> Bool? {
    for index in 0..<word.utf8CodeUnitCount {
      guard place + index < count else { return atEnd ? false : nil }
      guard base[place + index] == word.utf8Start[index] else { return false }
    }
    return true
  }
}
