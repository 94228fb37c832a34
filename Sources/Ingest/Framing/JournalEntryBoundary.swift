/// Where an entry of a journal's export ends: behind the empty line that no field's bytes hold.
///
///     KEY=text LF                                 a field of one line
///     KEY LF  length, 8 bytes, little-endian  bytes LF    any other
///     LF                                          the end of the entry
///
/// What a field holds is passed over by its length, so that text in it cannot pass for an entry. A length that
/// lies (no LF behind the bytes, beyond the longest record, or beyond the end of the file) ends that: the
/// entry then goes to the next empty line, and is rejected. The answer depends on the bytes from the
/// entry's start alone.
///
/// Source: systemd, "Journal Export Formats".
struct JournalEntryBoundary {
  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool

  private static let longest = CSVRecordBoundary.longest

  func end(from start: Int) -> CSVRecordBoundary.Verdict {
    let stop = min(count, start + Self.longest)
    var place = start
    while place < stop {
      if base[place] == 0x0A { return .end(place + 1) }
      let line = base.distance(to: lineFeed(base + place, base + stop))
      if line == stop { break }
      if has(0x3D, place, line) {
        place = line + 1
        continue
      }
      guard line + 9 <= stop else { break }
      let length = Self.length(base + line + 1)
      guard length < UInt64(Self.longest) else { return emptyLine(from: line, stop, start) }
      let end = line + 9 + Int(length)
      if end >= stop {
        let isTold = atEnd || stop == start + Self.longest
        return isTold ? emptyLine(from: line, stop, start) : .needsMore
      }
      guard base[end] == 0x0A else { return emptyLine(from: line, stop, start) }
      place = end + 1
    }
    return ran(out: stop, start)
  }

  /// The end of an entry whose fields cannot be followed.
  private func emptyLine(from place: Int, _ stop: Int, _ start: Int) -> CSVRecordBoundary.Verdict {
    var place = place
    while place < stop {
      let line = base.distance(to: lineFeed(base + place, base + stop))
      if line + 1 >= stop { break }
      if base[line + 1] == 0x0A { return .end(line + 2) }
      place = line + 1
    }
    return ran(out: stop, start)
  }

  private func ran(out stop: Int, _ start: Int) -> CSVRecordBoundary.Verdict {
    if stop == start + Self.longest { return .tooLong }
    return atEnd ? .end(count) : .needsMore
  }

  private func has(_ byte: UInt8, _ start: Int, _ end: Int) -> Bool {
    (start..<end).contains { base[$0] == byte }
  }

  static func length(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(bytes[$1]) << UInt64($1 * 8) }
  }
}
