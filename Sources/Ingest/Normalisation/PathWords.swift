/// The words by which a URL path is told to be an export, static content, or an identifier.
enum PathWords {
  /// Segments that name an export as a whole, or before their extension.
  private static let exportSegments = Words([
    "export", "download", "dump", "report", "reports", "extract", "bulk", "csv", "xlsx", "xls",
    "tsv", "ndjson", "zip", "backup",
  ])
  /// Of these, the words that name it also as a part: `user-export`, `exportUsers`, `list_csv`.
  private static let exportParts = Words([
    "export", "download", "dump", "extract", "csv", "xlsx", "backup",
  ])
  /// Japanese words, anywhere in a segment: nothing separates words there.
  private static let exportRuns: [StaticString] = ["出力", "ダウンロード"]
  private static let exportExtensions = Words([
    "csv", "xlsx", "xls", "tsv", "ndjson", "zip", "sql", "dump", "gz", "bak",
  ])
  private static let staticExtensions = Words([
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "bmp",
    "woff", "woff2", "ttf", "eot", "otf", "mp4", "m4v", "webm", "mov", "avi", "mp3", "ogg", "wav",
    // Programs hold no records either.
    "jar", "war", "exe", "msi", "deb", "rpm", "apk", "dmg", "wasm",
  ])

  /// Words in small letters, of fewer than 64 bytes, and which lengths there are: most parts of a path
  /// have another.
  private struct Words: Sendable {
    let all: [StaticString]
    private let lengths: UInt64

    init(_ all: [StaticString]) {
      self.all = all
      lengths = all.reduce(0) { $0 | 1 << UInt64($1.utf8CodeUnitCount) }
    }

    @inline(__always)
    func mayHold(_ length: Int) -> Bool { length < 64 && lengths >> UInt64(length) & 1 == 1 }
  }

  /// Judges one decoded segment of a path.
  static func judge(
    _ segment: UnsafeBufferPointer<UInt8>,
    isLast: Bool
  ) -> (isExport: Bool, isStatic: Bool) {
    var stem = segment.count
    if isLast, let dot = segment.lastIndex(of: 0x2E), dot + 1 < segment.count {
      let suffix = dot + 1..<segment.count
      if contains(staticExtensions, segment, suffix) { return (false, true) }
      if contains(exportExtensions, segment, suffix) { return (true, false) }
      stem = segment.firstIndex(of: 0x2E, in: 0..<segment.count) ?? segment.count
    }
    if contains(exportSegments, segment, 0..<stem) { return (true, false) }
    for run in exportRuns where holds(run, segment) { return (true, false) }
    return (hasPart(segment), false)
  }

  /// Only digits, a UUID, or at least 16 hexadecimal digits.
  static func isIdentifier(_ segment: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !segment.isEmpty else { return false }
    var digits = true
    var hex = true
    var dashes = segment.count == 36
    for (index, byte) in segment.enumerated() {
      let isDash = byte == 0x2D
      let isHex = hexDigit(byte) != nil
      digits = digits && byte &- 0x30 < 10
      hex = hex && isHex
      let place = index == 8 || index == 13 || index == 18 || index == 23
      dashes = dashes && (place ? isDash : isHex)
      guard digits || hex || dashes else { return false }
    }
    return digits || (hex && segment.count >= 16) || dashes
  }

  @inline(__always)
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  /// Whether a part of the segment (between other bytes than letters and digits, or before a
  /// capital after a small letter) is one of `exportParts`.
  private static func hasPart(_ segment: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    var index = 0
    while index <= segment.count {
      let isEnd = index == segment.count || !isWordByte(segment[index])
      let isHump =
        !isEnd && index > start && segment[index] &- 0x41 < 26 && segment[index - 1] &- 0x61 < 26
      if isEnd || isHump {
        if index > start, contains(exportParts, segment, start..<index) { return true }
        start = isEnd ? index + 1 : index
      }
      index += 1
    }
    return false
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }

  private static func contains(
    _ words: Words,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    words.mayHold(range.count) && words.all.contains { equals($0, bytes, range) }
  }

  /// Compares without regard to ASCII case; `word` is in small letters.
  private static func equals(
    _ word: StaticString,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    guard word.utf8CodeUnitCount == range.count else { return false }
    for index in 0..<range.count {
      let byte = bytes[range.lowerBound + index]
      let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
      if folded != word.utf8Start[index] { return false }
    }
    return true
  }

  private static func holds(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 0
    while start < bytes.count,
      let hit = bytes.firstIndex(of: word.utf8Start[0], in: start..<bytes.count)
    {
      if bytes.hasPrefix(word, at: hit) { return true }
      start = hit + 1
    }
    return false
  }
}
