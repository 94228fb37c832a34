internal import CScan

/// Where a record ends that goes over several lines: at the LF before the next line that opens one.
///
/// One that does not end within the longest record ends at the last LF within it; what is left of it
/// is then a record of its own, and rejected. The answer depends on the bytes from the record's start
/// alone.
public struct BlockBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool
  var opening: BlockOpening

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + CSVRecordBoundary.longest)
    var line = start
    // Of the slow log: the statement so far, and the first head in a text of it that is open.
    var text: SlowLogText?
    var head: Int?
    while true {
      let hit = base.distance(to: lineFeed(base + line, base + stop))
      if hit >= stop {
        if stop == start + CSVRecordBoundary.longest {
          return head.map { .end($0) } ?? (line > start ? .end(line) : .tooLong)
        }
        guard atEnd else { return .needsMore }
        text?.read(to: count)
        return text?.isOpen == true ? .end(head ?? count) : .end(count)
      }
      let isOpening = opens(at: hit + 1, after: line)
      line = hit + 1
      switch isOpening {
      case nil: return .needsMore
      case false: continue
      case true: break
      }
      guard case .slowLog = opening else { return .end(hit + 1) }
      var read = text ?? SlowLogText(base, from: SlowLogRecord.textStart(base, start, hit + 1))
      read.read(to: hit + 1)
      guard read.isOpen else { return .end(hit + 1) }
      text = read
      head = head ?? hit + 1
      // A text that is not closed for so long was sent so: what follows are other records.
      if let head, hit - head > SlowLogText.longest { return .end(head) }
    }
  }

  /// Whether a file begins where a record does.
  public static func begins(_ head: [UInt8], _ opening: BlockOpening) -> Bool {
    let padded = head + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      let boundary = BlockBoundary(base: base, count: head.count, atEnd: true, opening: opening)
      return boundary.opens(at: 0, after: head.count) ?? false
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
