internal import EventModel
internal import Glibc

/// From CP932 or EUC-JP to UTF-8, in blocks of whole lines: line k of the output is line k of the
/// input.
///
/// A byte that forms no character becomes U+FFFD.
///
/// Neither encoding has 0x0A inside a character, so that lines are told apart before conversion.
final class Transcoder {
  /// Longest line converted whole, in bytes; more of a line is passed over.
  ///
  /// In UTF-8 it is longer
  /// than the longest record in any case.
  static let longestLine = 2 << 20
  private let converter: iconv_t
  private var raw: UnsafeMutablePointer<UInt8>
  private var rawCapacity = 64 << 10
  private var rawCount = 0
  /// Offset of `raw` in the decompressed file.
  private var rawOffset: Int64
  /// Where in the decompressed file that begins which is not converted yet.
  var position: Int64 { rawOffset }
  /// Bytes passed over of a line that is too long, with the last of them.
  private var skipped: (count: Int64, last: UInt8) = (0, 0)
  private var isSkipping = false

  init(from encoding: TextEncoding, path: String, offset: Int64) throws(ReadError) {
    let names = encoding == .cp932 ? ["CP932", "SHIFT_JIS"] : ["EUC-JP-MS", "EUC-JP"]
    var opened: iconv_t?
    for name in names where opened == nil {
      let handle = iconv_open("UTF-8", name)
      if handle != iconv_t(bitPattern: -1) { opened = handle }
    }
    guard let opened else {
      throw ReadError(
        .unsupported,
        "\(path): this machine has no converter for \(encoding.rawValue); install the gconv"
          + " modules of the C library, or convert the file to UTF-8"
      )
    }
    converter = opened
    rawOffset = offset
    raw = .allocate(capacity: rawCapacity)
  }

  deinit {
    raw.deallocate()
    iconv_close(converter)
  }

  /// Where to put the next bytes: at least `count` of room.
  func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if rawCount + count > rawCapacity {
      rawCapacity = max(rawCapacity * 2, rawCount + count)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: rawCapacity)
      larger.update(from: raw, count: rawCount)
      raw.deallocate()
      raw = larger
    }
    return raw + rawCount
  }

  /// Takes `count` bytes written to `room` and converts the whole lines; at the end everything.
  func take(
    _ count: Int,
    atEnd: Bool,
    into window: ByteWindow,
    lines: inout [ByteChunk.OriginalLine]
  ) {
    rawCount += count
    if isSkipping { skip(atEnd: atEnd, into: window, lines: &lines) }
    guard !isSkipping, rawCount > 0 else { return }
    var whole = rawCount
    while whole > 0, raw[whole - 1] != 0x0A { whole -= 1 }
    if atEnd { whole = rawCount }
    convert(whole, into: window)
    var start = 0
    while start < whole {
      let hit = memchr(raw + start, 0x0A, whole - start)
      let stop = hit.map { UnsafeMutableRawPointer(raw).distance(to: $0) } ?? whole
      var end = stop
      if end > start, raw[end - 1] == 0x0D { end -= 1 }
      lines.append(.init(offset: rawOffset + Int64(start), length: UInt32(clamping: end - start)))
      start = stop + 1
    }
    drop(whole)
    if rawCount > Self.longestLine {
      isSkipping = true
      skipped = (0, 0)
      skip(atEnd: atEnd, into: window, lines: &lines)
    }
  }

  /// The first `longestLine` bytes of the buffer are a line's start; the rest is passed over up to
  /// its end.
  private func skip(
    atEnd: Bool,
    into window: ByteWindow,
    lines: inout [ByteChunk.OriginalLine]
  ) {
    let kept = Self.longestLine
    let rest = rawCount - kept
    let hit = rest > 0 ? memchr(raw + kept, 0x0A, rest) : nil
    let stop = hit.map { UnsafeMutableRawPointer(raw + kept).distance(to: $0) } ?? rest
    if stop > 0 { skipped = (skipped.count + Int64(stop), raw[kept + stop - 1]) }
    guard hit != nil || atEnd else {
      rawCount = kept
      return
    }
    convert(kept, into: window)
    if hit != nil { window.append(0x0A) }
    let length = Int64(kept) + skipped.count
    let text = skipped.last == 0x0D ? length - 1 : length
    lines.append(.init(offset: rawOffset, length: UInt32(clamping: text)))
    isSkipping = false
    let used = kept + stop + (hit == nil ? 0 : 1)
    rawOffset += length - Int64(kept + stop)
    drop(used)
  }

  private func drop(_ count: Int) {
    rawOffset += Int64(count)
    rawCount -= count
    if rawCount > 0, count > 0 { memmove(raw, raw + count, rawCount) }
  }

  private func convert(_ count: Int, into window: ByteWindow) {
    var rest = count
    raw.withMemoryRebound(to: CChar.self, capacity: count) { start in
      var input: UnsafeMutablePointer<CChar>? = start
      while rest > 0 {
        window.reserve(rest * 3 + 16)
        var room = window.room
        let before = room
        var output: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(window.tail)
          .assumingMemoryBound(to: CChar.self)
        let result = iconv(converter, &input, &rest, &output, &room)
        let code = errno
        window.grow(by: before - room)
        // Anything else than want of room: the byte at hand starts no character.
        if result == -1, code != E2BIG, rest > 0 {
          window.append(0xEF)
          window.append(0xBF)
          window.append(0xBD)
          input = input.map { $0 + 1 }
          rest -= 1
        }
      }
    }
    _ = iconv(converter, nil, nil, nil, nil)
  }
}
