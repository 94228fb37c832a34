internal import CScan
internal import Glibc

/// Makes lines of JSON documents: of a list of records, of an object that holds one, of records over several
/// lines.
///
///     {"Records":[{"eventTime":"…",…},{"eventTime":"…",…}]}
///     [ { "actor": …,
///         "published": … },
///       { … } ]
///
/// Every record becomes a line, **and every byte keeps its place**: line ends within a record become blanks, what
/// stands around records (brackets, commas, the members of the outer object) becomes blanks too, and one byte
/// between two records a line end. So an offset is one of the file, and the bytes there are the record.
///
/// At the start of a line nothing is remembered: what is made of the bytes behind it depends on them alone, so that
/// reading may begin there. What is neither a record nor around one is left as it is, for the decoder to reject. A
/// line end within a text, or one with a `{"` right behind it, ends a record that was torn. Holds a buffer of
/// 64 KiB and what the longest record takes, at most.
///
/// Source: RFC 8259; AWS CloudTrail User Guide, "CloudTrail log file examples"; Google, "Reports API: Activities:
/// list"; Microsoft Graph, "List directoryAudits".
final class JSONDocuments {
  private enum State {
    /// Between records.
    case between
    /// Within a record, a member of the outer object that is passed over, or what is no record.
    case record, member, stray
  }

  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Of the bytes held: which were given out, of which is settled what they become, and all.
  private var given = 0
  private var done = 0
  private var limit = 0
  private var state = State.between
  /// Whether something stands on the line that is being made.
  private var isUsed = false
  private var isInText = false
  private var hasValue = false
  private var depth = 0
  private var length = 0

  private static let longest = CSVRecordBoundary.longest
  private static let lineFeed: UInt8 = 0x0A
  private static let blank: UInt8 = 0x20

  init() {
    capacity = ChunkReader.readSize
    buffer = .allocate(capacity: capacity + ByteChunk.padding)
    buffer.initialize(repeating: 0, count: capacity + ByteChunk.padding)
  }

  deinit { buffer.deallocate() }

  /// Bytes that can be given out.
  var ready: Int { done - given }

  /// Where to put the next bytes: at least `count` of room.
  func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if given > 0 {
      memmove(buffer, buffer + given, limit - given)
      (done, limit, given) = (done - given, limit - given, 0)
    }
    if limit + count > capacity {
      capacity = max(capacity * 2, limit + count)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteChunk.padding)
      larger.initialize(repeating: 0, count: capacity + ByteChunk.padding)
      larger.update(from: buffer, count: limit)
      buffer.deallocate()
      buffer = larger
    }
    return buffer + limit
  }

  /// Takes bytes that were put into the room; `isEnd`: no more will come.
  func take(_ count: Int, isEnd: Bool) {
    limit += count
    while done < limit, step(isEnd) {}
  }

  /// Up to `count` bytes of lines; 0 when there are none yet.
  func give(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    let taken = min(count, ready)
    memcpy(target, buffer + given, taken)
    given += taken
    return taken
  }

  /// Begins anew, behind a failure.
  func reset() {
    done = limit
    (state, isUsed, isInText, depth) = (.between, false, false, 0)
  }

  /// The lines of a whole document.
  static func lines(of bytes: [UInt8]) -> [UInt8] {
    let documents = JSONDocuments()
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      documents.room(bytes.count).update(from: base, count: bytes.count)
    }
    documents.take(bytes.count, isEnd: true)
    return Array(UnsafeBufferPointer(start: documents.buffer, count: documents.done))
  }

  /// Goes on as far as the bytes at hand tell; false: more are needed.
  private func step(_ isEnd: Bool) -> Bool {
    switch state {
    case .between: between(isEnd)
    case .record: record(isEnd)
    case .member: member(isEnd)
    case .stray: stray()
    }
  }

  // MARK: Between records

  private func between(_ isEnd: Bool) -> Bool {
    let byte = buffer[done]
    let next = done + 1 < limit ? buffer[done + 1] : nil
    switch byte {
    case Self.lineFeed: isUsed = false
    case 0x20, 0x09, 0x0D, 0x2C, 0x5B, 0x5D, 0x7D:
      guard next != nil || isEnd else { return false }
      put(separator: byte, before: next)
    case 0x7B:
      let rest = UnsafeBufferPointer(start: buffer + done, count: limit - done)
      switch JSONEnvelope.judge(rest) {
      case .needsMore where !isEnd && rest.count < Self.longest: return false
      case .envelope(let count):
        open(count)
        return true
      case .record, .needsMore:
        (state, depth, length, isUsed, isInText) = (.record, 0, 0, true, false)
        return true
      }
    case 0x22:
      let rest = UnsafeBufferPointer(start: buffer + done, count: limit - done)
      switch JSONEnvelope.companion(rest) {
      case nil where !isEnd: return false
      case nil, 0: state = .stray
      case let count?:
        clear(done, done + count)
        if isUsed { (buffer[done], isUsed) = (Self.lineFeed, false) }
        (state, depth, isInText, hasValue) = (.member, 0, false, false)
        done += count
      }
      return true
    // A byte order mark, which the reader passes over.
    case 0xEF where limit - done < 3 && !isEnd: return false
    case 0xEF where limit - done >= 3 && buffer[done + 1] == 0xBB && buffer[done + 2] == 0xBF:
      done += 2
    default:
      state = .stray
      return true
    }
    done += 1
    return true
  }

  /// What a byte becomes that stands between records.
  private func put(separator byte: UInt8, before next: UInt8?) {
    let isSpace = byte <= 0x20
    guard isUsed else {
      // With the outer object its last line ends; a list may go on (MySQL's audit writes over its bracket).
      if next == nil, byte == 0x7D {
        buffer[done] = Self.lineFeed
      } else if !isSpace {
        clearOne()
      }
      return
    }
    switch next {
    case Self.lineFeed?: if !isSpace { buffer[done] = 0x0D }
    case 0x0D?: if !isSpace { clearOne() }
    case 0x20?, 0x09?, 0x2C?, 0x5D?, 0x7D?:
      if isSpace { return }
      fallthrough
    default:
      // A comma at the end of what there is yet may have its line end still to come.
      if next == nil, byte == 0x2C {
        buffer[done] = 0x0D
        return
      }
      (buffer[done], isUsed) = (Self.lineFeed, false)
    }
  }

  /// Passes over the start of an outer object, up to the bracket of its list.
  private func open(_ count: Int) {
    clear(done, done + count)
    if isUsed { buffer[done] = Self.lineFeed }
    isUsed = false
    let next = done + count < limit ? buffer[done + count] : Self.lineFeed
    if next != Self.lineFeed, next != 0x0D { buffer[done + count - 1] = Self.lineFeed }
    done += count
  }

  private func clearOne() { buffer[done] = Self.blank }

  private func clear(_ start: Int, _ end: Int) {
    (buffer + start).update(repeating: Self.blank, count: end - start)
  }

  // MARK: Within

  private func record(_ isEnd: Bool) -> Bool {
    let start = done
    let end = UnsafePointer(buffer + limit)
    defer { length += done - start }
    while done < limit {
      if isInText {
        done = UnsafePointer(buffer).distance(to: cscan_string_end(buffer + done, end))
        guard done < limit else { return true }
        switch buffer[done] {
        case 0x22: isInText = false
        case 0x5C:
          guard done + 1 < limit || isEnd else { return false }
          if done + 1 < limit, buffer[done + 1] != Self.lineFeed { done += 1 }
        case Self.lineFeed: return finish()
        default: break
        }
        done += 1
        continue
      }
      switch buffer[done] {
      case 0x22: isInText = true
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        if depth == 0 {
          (state, done) = (.between, done + 1)
          return true
        }
      case Self.lineFeed:
        guard limit - done > 2 || isEnd else { return false }
        let isTorn = limit - done > 2 && buffer[done + 1] == 0x7B && buffer[done + 2] == 0x22
        if isTorn || length + done - start > Self.longest { return finish() }
        clearOne()
      case 0x0D: clearOne()
      default: break
      }
      done += 1
    }
    return true
  }

  /// Ends a record, or a member, at a line end.
  private func finish() -> Bool {
    (state, isUsed, done) = (.between, false, done + 1)
    return true
  }

  private func member(_ isEnd: Bool) -> Bool {
    while done < limit {
      let byte = buffer[done]
      if isInText {
        if byte == Self.lineFeed { return finish() }
        if byte == 0x5C {
          guard done + 1 < limit || isEnd else { return false }
          if done + 1 < limit, buffer[done + 1] != Self.lineFeed {
            clearOne()
            done += 1
          }
        }
        if byte == 0x22 { isInText = false }
      } else {
        if depth == 0, byte == 0x2C || byte == 0x7D || byte == 0x5D || hasValue && byte <= 0x20 {
          state = .between
          return true
        }
        switch byte {
        case 0x22: isInText = true
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D: depth -= 1
        default: break
        }
        hasValue = hasValue || byte > 0x20
      }
      clearOne()
      done += 1
    }
    return true
  }

  /// What is no record goes to the end of its line, or of an object in it.
  private func stray() -> Bool {
    isUsed = true
    while done < limit {
      let byte = buffer[done]
      done += 1
      if byte == Self.lineFeed { isUsed = false }
      guard byte != Self.lineFeed, byte != 0x7D else {
        state = .between
        return true
      }
    }
    return true
  }
}

/// A record of a JSON document.
public enum JSONLine {
  /// The line that is made of its bytes: as many of them.
  public static func of(_ bytes: [UInt8]) -> [UInt8] { JSONDocuments.lines(of: bytes) }
}
