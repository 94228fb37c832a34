/// Cuts a stream of syslog into messages: octet counting where a length stands before the message,
/// lines otherwise (RFC 6587), told at each message.
///
///     47 <134>1 2026-11-23T08:35:49Z db app - - - text<134>1 … text⏎
///
/// Source: RFC 6587 section 3.4.
struct SyslogFramer {
  private var bytes: [UInt8] = []
  /// Of a message that is too long: what of it is still to come is passed over, to the end of the line.
  private var isPassing = false
  /// Messages that were longer than allowed, or broken off.
  private(set) var lost: Int64 = 0

  static let longest = 1 << 20

  /// Takes bytes, and hands over each message that is whole, as one line.
  mutating func take(_ more: some Collection<UInt8>, into lines: inout [UInt8]) -> Int {
    bytes += more
    var (start, count) = (0, 0)
    while start < bytes.count, let end = next(from: &start) {
      if end.upperBound > end.lowerBound {
        Self.append(bytes[end], to: &lines)
        count += 1
      }
    }
    bytes.removeFirst(min(start, bytes.count))
    return count
  }

  /// The next whole message, `nil` while there is none.
  ///
  /// `start` moves behind it.
  private mutating func next(from start: inout Int) -> Range<Int>? {
    if !isPassing, let (length, head) = octets(at: start) {
      guard let length else {
        // Digits that may become a length: wait, unless nothing else can come of them.
        return nil
      }
      guard length <= Self.longest else {
        lost += 1
        isPassing = true
        return next(from: &start)
      }
      let end = start + head + length
      guard end <= bytes.count else { return nil }
      defer { start = end }
      return start + head..<end
    }
    guard let feed = bytes[start...].firstIndex(of: 0x0A) else {
      if bytes.count - start > Self.longest {
        if !isPassing { lost += 1 }
        isPassing = true
        start = bytes.count
      }
      return nil
    }
    defer { start = feed + 1 }
    if feed - start > Self.longest, !isPassing {
      lost += 1
      return feed..<feed
    }
    if isPassing {
      isPassing = false
      return feed..<feed
    }
    return start..<feed
  }

  /// The length that stands here, and the bytes it takes with its space, or `nil`.
  ///
  /// The length alone is `nil` while it may go on.
  private func octets(at start: Int) -> (length: Int?, head: Int)? {
    var index = start
    var value = 0
    while index < bytes.count, 0x30...0x39 ~= bytes[index], index - start < 8 {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    guard index > start, bytes[start] != 0x30 else { return nil }
    if index == bytes.count { return (nil, 0) }
    guard bytes[index] == 0x20 else { return nil }
    if index + 1 == bytes.count { return (nil, 0) }
    // A message begins with its priority: other digits begin a line.
    return bytes[index + 1] == 0x3C ? (value, index + 1 - start) : nil
  }

  /// What has come when the sender ends: a last line without its end is one.
  mutating func finish(into lines: inout [UInt8]) -> Int {
    defer { bytes = [] }
    guard !bytes.isEmpty else { return 0 }
    if octets(at: 0) != nil || isPassing {
      if !isPassing { lost += 1 }
      return 0
    }
    Self.append(bytes[...], to: &lines)
    return 1
  }

  /// One message as one line: what would end it is written as rsyslog does (`#012`).
  static func append(_ message: ArraySlice<UInt8>, to lines: inout [UInt8]) {
    var end = message.endIndex
    while end > message.startIndex,
      message[end - 1] == 0x0A || message[end - 1] == 0x0D || message[end - 1] == 0
    {
      end -= 1
    }
    for byte in message[message.startIndex..<end] {
      switch byte {
      case 0x0A: lines += "#012".utf8
      case 0x0D: lines += "#015".utf8
      case 0x00: lines += "#000".utf8
      default: lines.append(byte)
      }
    }
    lines.append(0x0A)
  }
}
