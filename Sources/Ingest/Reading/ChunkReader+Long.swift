internal import CScan
internal import EventModel
internal import Glibc

/// How the quotes of a record hold text, as far as leaving out its middle is concerned.
enum RecordQuoting {
  /// `"…""…"`: CSV, and pgaudit's fields in a line of text.
  case doubled
  /// `"…\"…"` and `'…\'…'`, whichever opens.
  case escaped
  /// JSON: `"…\"…"` alone.
  case json
  /// Nothing behind the text would be read otherwise.
  case none

  /// That of a record, by its framing and the bytes it begins with.
  init(_ framing: Framing, _ start: RecordBytes) {
    let start = start.slice(0..<min(start.count, 4096))
    switch framing {
    case .csvRecords: self = .doubled
    case .lines, .headed, .indented:
      if HostAudit.find("AUDIT: ", start, 0..<start.count) != nil {
        self = start.first == 0x7B ? .json : .doubled
      } else if case .indented = framing {
        self = .none
      } else {
        self = start.first == 0x7B ? .json : .escaped
      }
    default: self = .escaped
    }
  }
}

/// Whether text is within quotes, after each of its bytes.
struct QuoteState {
  let quoting: RecordQuoting
  /// The quote that is open; 0: none.
  private(set) var open: UInt8 = 0
  private var isEscaped = false
  /// Doubled quotes so far, of four: pgaudit doubles what CSV doubles again.
  private var count: UInt8 = 0

  init(_ quoting: RecordQuoting) { self.quoting = quoting }

  mutating func take(_ bytes: RecordBytes) {
    switch quoting {
    case .none: return
    case .doubled:
      let quotes = bytes.count { $0 == 0x22 }
      if !quotes.isMultiple(of: 2) { open ^= 0x22 }
      count = (count + UInt8(quotes & 3)) & 3
    case .escaped, .json:
      for byte in bytes {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C, open != 0 {
          isEscaped = true
        } else if byte == 0x22 || byte == 0x27 && quoting == .escaped {
          if open == 0 { open = byte } else if open == byte { open = 0 }
        }
      }
    }
  }

  /// Whether text may be cut before a byte, within a run of quotes or escapes.
  func mayBeCut(before byte: UInt8) -> Bool {
    switch quoting {
    case .none, .doubled: true
    case .escaped, .json: byte == 0x5C && !isEscaped
    }
  }

  /// Whether what stood between may be left out; `isRun`: an end of it lay within a run of quotes.
  func goesOn(from before: QuoteState, isRun: Bool) -> Bool {
    guard open == before.open, isEscaped == before.isEscaped else { return false }
    return !isRun || count == before.count
  }
}

extension ChunkReader {
  /// How much is kept of each end of a record that is longer than any that is decoded.
  static let keptOfLong = 448 << 10

  /// A record that is longer than any that is decoded: its beginning and its end, in one chunk.
  ///
  /// What is left out lies within one text (a statement, mostly), so that all that the record states before and
  /// behind is read as it stands; where it does not, only the beginning is given out, to be rejected. `end`: where it
  /// ends in the window; `nil`: with its line, of which no more is held than what is kept.
  func emitLong(to end: Int? = nil) -> ByteChunk {
    let start = Array(window.bytes.prefix(CSVRecordBoundary.longest))
    var state = QuoteState(start.withUnsafeBufferPointer { RecordQuoting(framing, $0) })
    var long = Long()
    let clean = Self.seam(window.bytes, upTo: Self.keptOfLong)
    take(clean ?? Self.keptOfLong, &long, &state)
    if clean == nil { passRun(&long, &state) { $0.open != 0 || $0.quoting == .none } }
    let (before, head) = (state, Int(long.length))
    var isEnded = true
    var rest = end.map { $0 - head }
    var searched = 0
    while rest == nil {
      if let hit = window.firstLineFeed(from: searched, to: window.count) {
        rest = hit + 1
      } else {
        take(max(0, window.count - Self.keptOfLong), &long, &state)
        searched = window.count
        fill(window.count + Self.readSize)
        if window.count == searched { (rest, isEnded) = (window.count, false) }
      }
    }
    let stop = Int(long.length) + (rest ?? 0)
    take(max(0, (rest ?? 0) - Self.keptOfLong), &long, &state)
    let next = Self.seam(window.bytes.slice(0..<stop - Int(long.length)), from: 6)
    if let next { take(next, &long, &state) }
    let isRun = clean == nil || next == nil
    if next == nil { passRun(&long, &state) { $0.goesOn(from: before, isRun: true) } }
    let tail = max(0, stop - Int(long.length))
    var storage = start
    let isReadable =
      state.goesOn(from: before, isRun: isRun) && (before.open != 0 || before.quoting == .none)
    if isReadable { storage = Array(start.prefix(head)) + window.bytes.prefix(tail) }
    let count = storage.count
    storage += repeatElement(0, count: ByteChunk.padding)
    let lineEnd = window.bytes.prefix(tail).suffix(2)
    isEnded = isEnded && lineEnd.last == 0x0A
    take(tail, &long, &state)
    var chunk = ByteChunk(storage: storage, count: count, offset: offset, line: line)
    if !framing.isLines { chunk.recordStarts = [0] }
    chunk.header = header?.bytes ?? headerRecords?.line ?? carried?.bytes
    if !isEnded {
      long.lines += 1
      openTail = (openTail ?? []) + start
    }
    chunk.isOpenEnd = !isEnded
    chunk.isTorn = truncated && !isEnded
    chunk.long = ByteChunk.Long(lines: long.lines, isReadable: isReadable)
    let length = long.length - (isEnded ? 1 : 0) - (lineEnd.elementsEqual([0x0D, 0x0A]) ? 1 : 0)
    chunk.originalLines = [.init(offset: offset, length: UInt32(clamping: length))]
    chunk.originalCount = Int(clamping: long.length)
    takeOriginals(long.lines, into: &chunk)
    carry(chunk)
    offset += long.length
    line += long.lines
    return chunk
  }

  /// A record on its way.
  private struct Long {
    var length: Int64 = 0
    var lines = 0
  }

  private func take(_ count: Int, _ long: inout Long, _ state: inout QuoteState) {
    let bytes = window.bytes.slice(0..<count)
    state.take(bytes)
    if let base = bytes.baseAddress { long.lines += Int(cscan_count(base, base + count, 0x0A)) }
    long.length += Int64(count)
    window.consume(count)
  }

  /// Goes on within a run of quotes or escapes to where it may be cut.
  private func passRun(
    _ long: inout Long,
    _ state: inout QuoteState,
    until isEnough: (QuoteState) -> Bool
  ) {
    for _ in 0..<16 where window.count > 1 {
      if state.mayBeCut(before: window.head[0]), isEnough(state) { return }
      take(1, &long, &state)
    }
  }

  /// The last place up to a limit where text may be cut: neither within an escape, a run of quotes or a character.
  private static func seam(_ bytes: RecordBytes, upTo limit: Int) -> Int? {
    var place = limit
    while place > limit / 2, !isSeam(bytes, place) { place -= 1 }
    return place > limit / 2 ? place : nil
  }

  /// The first such place from a limit on.
  private static func seam(_ bytes: RecordBytes, from start: Int) -> Int? {
    var place = start
    while place < bytes.count / 2, !isSeam(bytes, place) { place += 1 }
    return place < bytes.count / 2 ? place : nil
  }

  private static func isSeam(_ bytes: RecordBytes, _ place: Int) -> Bool {
    guard place < bytes.count, bytes[place] & 0xC0 != 0x80 else { return false }
    return bytes.slice(max(0, place - 6)..<min(bytes.count, place + 1)).allSatisfy {
      $0 != 0x22 && $0 != 0x27 && $0 != 0x5C && $0 != 0x0A
    }
  }
}
