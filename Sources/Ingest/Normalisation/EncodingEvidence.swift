internal import CScan
public import EventModel

/// What the records of a sample say of their encoding, each by its own bytes.
///
/// A record that its own bytes settle is read as they say, whatever the others say. What the sample
/// suggests decides where they do not: a rare kanji alone, katakana that could be other letters. So a
/// line in another encoding costs nothing but itself.
public struct EncodingEvidence: Sendable, Hashable {
  /// Records in UTF-8 that are not ASCII alone.
  private(set) var utf8 = 0
  private(set) var cp932 = 0
  private(set) var eucJP = 0

  /// Where all is UTF-8, no more records are counted.
  private static let most = 16

  /// Whether all of the sample was UTF-8.
  private(set) var isUTF8 = true

  public init() {}

  /// What was kept of it: records in UTF-8, CP932 and EUC-JP, and 1 where all was UTF-8.
  public init(utf8: Int, cp932: Int, eucJP: Int, isUTF8: Bool) {
    (self.utf8, self.cp932, self.eucJP, self.isUTF8) = (utf8, cp932, eucJP, isUTF8)
  }

  /// The numbers to keep, in the order in which they are taken again.
  public var numbers: [Int64] {
    [Int64(utf8), Int64(cp932), Int64(eucJP), isUTF8 ? 1 : 0]
  }

  /// Judges the lines of a sample.
  init(_ sample: UnsafeBufferPointer<UInt8>) {
    guard let base = sample.baseAddress, sample.count > 0 else { return }
    let end = base + sample.count
    let isValid = Self.isUTF8(sample)
    isUTF8 = isValid
    var start = base
    while start < end, !isValid || utf8 < Self.most {
      guard let next = Self.firstBeyondASCII(start, end) else { return }
      var line = next
      while line > start, line[-1] != 0x0A { line -= 1 }
      let stop: UnsafePointer<UInt8> = cscan_find(next, end, 0x0A)
      note(UnsafeBufferPointer(start: line, count: stop - line), isValid: isValid)
      start = stop < end ? stop + 1 : end
    }
  }

  static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return cscan_invalid_utf8(base, base + bytes.count) == base + bytes.count
  }

  /// The first byte of [start, end) that is not ASCII; `nil`: none.
  static func firstBeyondASCII(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var p = start
    while end - p >= 32 {
      var all: UInt8 = 0
      for index in 0..<32 { all |= p[index] }
      if all >= 0x80 { break }
      p += 32
    }
    while p < end, p.pointee < 0x80 { p += 1 }
    return p < end ? p : nil
  }

  private mutating func note(_ record: UnsafeBufferPointer<UInt8>, isValid: Bool) {
    if isValid || Self.isUTF8(record) {
      utf8 += 1
      return
    }
    switch TextEncoding.detect(record: record) {
    case .cp932: cp932 += 1
    case .eucJP: eucJP += 1
    case .utf8, nil: break
    }
  }

  /// Adds what another part of the log says.
  public mutating func add(_ other: Self) {
    isUTF8 = isUTF8 && other.isUTF8
    utf8 += other.utf8
    cp932 += other.cp932
    eucJP += other.eucJP
  }

  /// What most of the records beyond ASCII are in, if that is not UTF-8; one alone suggests nothing.
  public var suggestion: TextEncoding? {
    let best = max(cp932, eucJP)
    guard best >= 2, best > 2 * (utf8 + min(cp932, eucJP)) else { return nil }
    return eucJP == best ? .eucJP : .cp932
  }
}
