internal import CScan
public import EventModel
internal import Glibc

/// Records that are not UTF-8 in an input of which nobody declared another encoding: each is judged
/// by its own bytes, so that neither the file nor the chunk it came in matters.
///
/// One in CP932 or EUC-JP becomes UTF-8; one in neither keeps its bytes. All are counted.
/// Where the bytes of a record leave a doubt, `suggestion` decides (`EncodingEvidence`).
public struct RecordEncodings: Sendable, Hashable {
  private let suggestion: TextEncoding?
  public private(set) var cp932: Int64 = 0
  public private(set) var eucJP: Int64 = 0
  public private(set) var unknown: Int64 = 0

  public init(suggestion: TextEncoding? = nil) { self.suggestion = suggestion }

  public init(cp932: Int64, eucJP: Int64, unknown: Int64) {
    suggestion = nil
    (self.cp932, self.eucJP, self.unknown) = (cp932, eucJP, unknown)
  }

  public mutating func add(_ other: Self) {
    cp932 += other.cp932
    eucJP += other.eucJP
    unknown += other.unknown
  }

  /// The chunk with such records in UTF-8; `nil` when there is nothing to change.
  ///
  /// Text that is ASCII or UTF-8 costs one look at each byte.
  public mutating func convert(_ chunk: borrowing ByteChunk) -> ByteChunk? {
    // Only a line too long to be decoded comes with places of its own.
    guard chunk.originalLines == nil else { return nil }
    let count = chunk.count
    let starts = chunk.recordStarts
    let base = chunk.offset
    var work = Conversion()
    var counts = self
    let isChanged = chunk.storage.withUnsafeBufferPointer { storage -> Bool in
      guard let bytes = storage.baseAddress, count > 0, count <= storage.count else { return false }
      // Up to where records were judged, and up to where they were taken over.
      var (done, kept, index) = (0, 0, 0)
      while done < count {
        guard let bad = doubtful(bytes + done, bytes + count).map({ $0 - bytes }) else { break }
        let record: Range<Int>
        if let starts {
          while index < starts.count, Int(starts[index]) <= bad { index += 1 }
          let start = index > 0 ? Int(starts[index - 1]) : 0
          record = max(done, start)..<(index < starts.count ? Int(starts[index]) : count)
        } else {
          var start = bad
          while start > done, bytes[start - 1] != 0x0A { start -= 1 }
          let hit = cscan_find(bytes + bad, bytes + count, 0x0A) - bytes
          record = start..<min(count, hit + 1)
        }
        let text = UnsafeBufferPointer(rebasing: storage[record])
        let encoding = judge(text)
        switch encoding {
        case .cp932: counts.cp932 += 1
        case .eucJP: counts.eucJP += 1
        case .utf8: break
        case nil: counts.unknown += 1
        }
        if let encoding, encoding != .utf8 {
          work.keep(storage[kept..<record.lowerBound], at: kept)
          work.convert(text, from: encoding, at: record.lowerBound)
          kept = record.upperBound
        }
        done = record.upperBound
      }
      guard work.isChanged else { return false }
      work.keep(storage[kept..<count], at: kept)
      return true
    }
    self = counts
    guard isChanged else { return nil }
    return work.chunk(starts: starts, count: count, offset: base, like: chunk)
  }
}

extension RecordEncodings {
  /// The first byte that gives reason to look at its record.
  private func doubtful(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    if suggestion != nil { return EncodingEvidence.firstBeyondASCII(start, end) }
    guard let bad = cscan_invalid_utf8(start, end), bad < end else { return nil }
    return bad
  }

  /// The encoding of a record beyond ASCII; `nil`: in none of them.
  private func judge(_ record: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
    guard let suggestion else { return TextEncoding.detect(record: record) }
    if EncodingEvidence.isUTF8(record) {
      return suggestion.mayBe(utf8: record) ? suggestion : .utf8
    }
    if suggestion.isWhole(record) { return suggestion }
    return TextEncoding.detect(record: record) ?? suggestion
  }
}

/// The bytes of a chunk on their way into another: what changed, and where each part came from.
private struct Conversion {
  private var bytes: [UInt8] = []
  /// Where a converted record stood, and by how much all that follows it is moved.
  private var moves: [(end: Int, shift: Int)] = []
  /// Lines of what was read.
  private var lines: [(start: Int, length: Int)] = []
  private var converters: [TextEncoding: LineConverter] = [:]

  var isChanged: Bool { !moves.isEmpty }

  mutating func keep(_ part: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) {
    let part = UnsafeBufferPointer(rebasing: part)
    note(part, at: start)
    bytes.append(contentsOf: part)
  }

  mutating func convert(
    _ record: UnsafeBufferPointer<UInt8>,
    from encoding: TextEncoding,
    at start: Int
  ) {
    note(record, at: start)
    let converter = converters[encoding] ?? LineConverter(from: encoding)
    converters[encoding] = converter
    let before = bytes.count
    converter.append(record, to: &bytes)
    let shift = (moves.last?.shift ?? 0) + bytes.count - before - record.count
    moves.append((start + record.count, shift))
  }

  private mutating func note(_ part: UnsafeBufferPointer<UInt8>, at start: Int) {
    guard let base = part.baseAddress else { return }
    var line = 0
    while line < part.count {
      let hit = lineFeed(base + line, base + part.count) - base
      var end = hit
      if end > line, part[end - 1] == 0x0D { end -= 1 }
      lines.append((start + line, end - line))
      line = hit + 1
    }
  }

  consuming func chunk(
    starts: [UInt32]?,
    count: Int,
    offset: Int64,
    like chunk: borrowing ByteChunk
  ) -> ByteChunk {
    var result = ByteChunk(bytes, offset: offset, line: chunk.line)
    result.isTorn = chunk.isTorn
    if let starts {
      var next = 0
      var shift = 0
      result.recordStarts = starts.map { start in
        while next < moves.count, moves[next].end <= Int(start) {
          shift = moves[next].shift
          next += 1
        }
        return UInt32(clamping: Int(start) + shift)
      }
    }
    result.originalLines = lines.map {
      ByteChunk.OriginalLine(offset: offset + Int64($0.start), length: UInt32(clamping: $0.length))
    }
    return result
  }
}

/// One of the C library's converters; a byte that forms no character becomes U+FFFD.
final class LineConverter {
  private let handle: iconv_t?

  init(from encoding: TextEncoding) {
    let names = encoding == .cp932 ? ["CP932", "SHIFT_JIS"] : ["EUC-JP-MS", "EUC-JP"]
    var opened: iconv_t?
    for name in names where opened == nil {
      let handle = iconv_open("UTF-8", name)
      if handle != iconv_t(bitPattern: -1) { opened = handle }
    }
    handle = opened
  }

  deinit { if let handle { iconv_close(handle) } }

  /// Without a converter on this machine the bytes stay as they are.
  func append(_ text: UnsafeBufferPointer<UInt8>, to target: inout [UInt8]) {
    guard let handle, text.count > 0 else {
      target.append(contentsOf: text)
      return
    }
    let size = text.count * 3 + 16
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { room in
      text.withMemoryRebound(to: CChar.self) { source in
        var input = UnsafeMutablePointer(mutating: source.baseAddress)
        var rest = source.count
        while rest > 0 {
          var output = room.baseAddress
          var left = size
          let result = iconv(handle, &input, &rest, &output, &left)
          let code = errno
          let made = UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(room)[..<(size - left)]
          )
          target.append(contentsOf: made)
          if result == -1, code != E2BIG, rest > 0 {
            target.append(contentsOf: [0xEF, 0xBF, 0xBD])
            input = input.map { $0 + 1 }
            rest -= 1
          }
        }
      }
    }
    _ = iconv(handle, nil, nil, nil, nil)
  }
}
