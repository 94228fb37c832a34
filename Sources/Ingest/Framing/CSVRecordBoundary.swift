internal import CScan

/// Where a CSV record ends: at the first LF outside double quotes.
///
/// `""` turns the parity twice, so that counting quotes is enough. A quote that was torn off (a
/// crash, a cut copy) would swallow what follows; so a record gives up and ends at an LF inside
/// the quotes when
/// - it does not close within the longest record, or within `farthest` where every record starts with a time: at its
///   first LF;
/// - every record starts with a time, a line inside the quotes does as well, and the record is not
///   sound: a closing quote followed by something else than a delimiter or a line end, or an end
///   that neither a time nor the end of the file follows: at the LF before that line. A sound
///   record keeps such lines, so that text in a statement cannot pass for a record of its own;
/// - the file ends inside the quotes and records need not start with a time: at its first LF.
///
/// The answer depends on the bytes from the record's start alone, never on how they were read.
struct CSVRecordBoundary {
  enum Verdict: Equatable {
    /// The record ends before this position.
    case end(Int)
    /// More bytes are needed to tell.
    case needsMore
    /// The line at the record's start is longer than the longest record.
    case tooLong
  }

  /// From here on 64 bytes past `count` may be read.
  var base: UnsafePointer<UInt8>
  var count: Int
  /// Whether the input ends at `count`.
  var atEnd: Bool
  var startsWithTime: Bool

  /// Bytes in which a record has to end: its text, CR and LF.
  static let longest = RecordFramer.longestRecord + 2
  /// Bytes within which the end of a longer one is looked for, where its lines tell whether it is one: 16 MiB.
  static let farthest = FileHead.farthest

  private var reach: Int { startsWithTime ? Self.farthest : Self.longest }

  @inline(__always)
  func end(from start: Int) -> Verdict {
    var parity: UInt32 = 0
    let stop = min(count, start + reach)
    let hit = base.distance(to: cscan_line_end(base + start, base + stop, &parity))
    if hit < stop, parity == 0 { return .end(hit + 1) }
    return endOfUnusual(from: start, stop: stop, firstStop: hit, parity: parity)
  }

  private func endOfUnusual(from start: Int, stop: Int, firstStop: Int, parity: UInt32) -> Verdict {
    var parity = parity
    var hit = firstStop
    var first: Int?
    while true {
      if hit == stop {
        if stop == start + reach { return first.map { .end($0 + 1) } ?? .tooLong }
        guard atEnd else { return .needsMore }
        if parity != 0, !startsWithTime, let first { return .end(first + 1) }
        return .end(count)
      }
      if parity == 0 { return .end(hit + 1) }
      if first == nil { first = hit }
      if startsWithTime {
        switch time(at: hit + 1) {
        case nil: return .needsMore
        case true: return soundEnd(from: start, stop: stop, otherwise: hit + 1)
        case false: break
        }
      }
      hit = base.distance(to: cscan_line_end(base + hit + 1, base + stop, &parity))
    }
  }

  /// The end of the record as strict CSV, or `otherwise` when it is not sound.
  private func soundEnd(from start: Int, stop: Int, otherwise: Int) -> Verdict {
    var index = start
    var inside = false
    while index < stop {
      let byte = base[index]
      if !inside {
        if byte == 0x0A {
          if index + 1 == count, atEnd { return .end(count) }
          guard let follows = time(at: index + 1) else { return .needsMore }
          return .end(follows ? index + 1 : otherwise)
        }
        inside = byte == 0x22
      } else if byte == 0x22 {
        guard index + 1 < count else { return atEnd ? .end(count) : .needsMore }
        switch base[index + 1] {
        case 0x22: index += 1
        case 0x2C, 0x0D, 0x0A: inside = false
        default: return .end(otherwise)
        }
      }
      index += 1
    }
    if stop == start + reach { return .end(otherwise) }
    guard atEnd else { return .needsMore }
    return .end(inside ? otherwise : count)
  }

  /// Whether `YYYY-MM-DD hh:mm:ss` stands there, as it is or quoted as a column; `nil` when the bytes
  /// at hand do not tell.
  ///
  /// Within a sound quoted column no line starts with a single quote and a digit.
  private func time(at start: Int) -> Bool? {
    guard start < count else { return atEnd ? false : nil }
    let start = base[start] == 0x22 ? start + 1 : start
    let shape: StaticString = "0000-00-00 00:00:00"
    for index in 0..<shape.utf8CodeUnitCount {
      guard start + index < count else { return atEnd ? false : nil }
      let byte = base[start + index]
      let wanted = shape.utf8Start[index]
      guard wanted == 0x30 ? byte &- 0x30 < 10 : byte == wanted else { return false }
    }
    return true
  }
}

/// First LF in [start, end), or `end`.
@inline(__always)
func lineFeed(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  cscan_find(start, end, 0x0A)
}
