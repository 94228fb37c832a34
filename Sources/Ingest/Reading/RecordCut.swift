public import EventModel

/// Whether the open end of a file and the start of another are the parts of one record.
public struct RecordCut {
  private let format: any LogFormat
  private let framing: Framing
  private let suggestion: TextEncoding?

  /// `format`: as it is opened for the first of the files; `suggestion`: what these say of their
  /// encoding.
  public init(format: any LogFormat, suggestion: TextEncoding? = nil) {
    self.format = format
    self.suggestion = suggestion
    framing = type(of: format).framing
  }

  /// What the end of one file and the start of another make.
  public enum Joint: Sendable {
    /// One record.
    case record
    /// A part of one that goes on beyond the second file.
    case open
    /// What is no record.
    case broken
  }

  /// What they make if they are parts of one record; `nil`: each stands for itself.
  ///
  /// Where both parts are records by themselves, a line end was only left out between them; where the
  /// second is one and the whole is none, or the first is more than hosts, that was broken off. `head`: the first lines of the
  /// other file; `isWhole`: there is no more of it.
  public func joint(_ tail: [UInt8], _ head: [UInt8], isWhole: Bool) -> Joint? {
    let all = tail + head
    let end = firstEnd(of: all, isWhole: isWhole)
    if end == tail.count { return nil }
    let joined = Array(all.prefix(end))
    let makesRecord = isRecord(joined)
    if isRecord(Array(head.prefix(firstEnd(of: head, isWhole: isWhole)))) {
      guard makesRecord, isOfFirstField(tail), !isRecord(tail), beginsPlausibly(joined) else {
        return nil
      }
    }
    return makesRecord ? .record : joined.last == 0x0A ? .broken : .open
  }

  /// A record goes without the start of its first fields, lists of hosts or a priority, but not
  /// without the time in brackets after them, nor the brace it begins with.
  private func isOfFirstField(_ bytes: [UInt8]) -> Bool {
    !bytes.indices.contains { index in
      // A process in brackets is no time.
      guard bytes[index] == 0x5B else { return bytes[index] == 0x7B }
      let digits = bytes[(index + 1)...].prefix { $0 &- 0x30 < 10 }
      return digits.isEmpty || digits.endIndex == bytes.count || bytes[digits.endIndex] != 0x5D
    }
  }

  /// Whether the first word, where it is all digits and dots, is an address: the rest of one and a
  /// whole one behind it are not.
  private func beginsPlausibly(_ bytes: [UInt8]) -> Bool {
    let word = bytes.prefix { $0 != 0x20 }
    guard word.count(where: { $0 == 0x2E }) > 1, word.allSatisfy({ $0 == 0x2E || $0 &- 0x30 < 10 })
    else {
      return true
    }
    let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
      }
  }

  private func firstEnd(of bytes: [UInt8], isWhole: Bool) -> Int {
    let padded = bytes + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      let verdict: CSVRecordBoundary.Verdict
      switch framing {
      case .lines, .headed:
        let hit = lineFeed(base, base + bytes.count)
        return min(base.distance(to: hit) + 1, bytes.count)
      case .csvRecords(let startsWithTime):
        let boundary = CSVRecordBoundary(
          base: base,
          count: bytes.count,
          atEnd: isWhole,
          startsWithTime: startsWithTime
        )
        verdict = boundary.end(from: 0)
      case .indented:
        verdict = IndentedBoundary(base: base, count: bytes.count, atEnd: isWhole).end(from: 0)
      case .blocks(let opening):
        let boundary = BlockBoundary(
          base: base,
          count: bytes.count,
          atEnd: isWhole,
          opening: opening
        )
        verdict = boundary.end(from: 0)
      case .journalEntries:
        verdict = JournalEntryBoundary(base: base, count: bytes.count, atEnd: isWhole).end(from: 0)
      case .windowsEvents:
        verdict = WindowsEventBoundary(base: base, count: bytes.count, atEnd: isWhole).end(from: 0)
      case .octetCounted:
        verdict = OctetCountedBoundary(base: base, count: bytes.count, atEnd: isWhole).end(from: 0)
      }
      guard case .end(let end) = verdict else { return bytes.count }
      return end
    }
  }

  /// Whether the bytes are one record that tells of an event or a time, or a header.
  private func isRecord(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return false }
    var chunk = ByteChunk(bytes)
    chunk.recordStarts = [0]
    var encodings = RecordEncodings(suggestion: suggestion)
    if !framing.isBinary, let converted = encodings.convert(chunk) { chunk = converted }
    var batch = EventBatch()
    format.decode(chunk, into: &batch)
    batch.rejectImplausibleTimes()
    return batch.rejectedCount == 0
      && (!batch.rows.isEmpty || !batch.dated.isEmpty || batch.headerCount > 0)
  }
}
