/// Counts lines that hold something; where quotes may hold ends of lines, records of CSV.
struct LineCounter {
  /// How much of the first record is kept to tell a header by.
  private static let firstLimit = 2048

  private let isQuoting: Bool
  private(set) var count: Int64 = 0
  private var isQuoted = false
  /// Whether a line has begun that has no end yet.
  private(set) var isOpen = false
  private var last: UInt8 = 10
  private var first: [UInt8] = []
  private var isFirstWhole = false
  /// `sep=;`, which spreadsheets read as the separator, stood in front and is no record.
  private(set) var hasSeparatorLine = false
  private var feeds: Int64 = 0
  private var returns: Int64 = 0
  private var zeros: Int64 = 0

  init(isQuoting: Bool) {
    self.isQuoting = isQuoting
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    keepFirst(bytes)
    var at = 0
    // Stretches without a quote are counted many bytes at a time.
    while at < bytes.count {
      let end = min(at + 4096, bytes.count)
      let part = bytes[at..<end]
      feeds += Int64(Wire.count(10, in: part))
      returns += Int64(Wire.count(13, in: part))
      zeros += Int64(Wire.count(0, in: part))
      if isQuoting, isQuoted || Wire.count(0x22, in: part) > 0 {
        addQuoting(part)
      } else {
        addPlain(part)
      }
      at = end
    }
  }

  private mutating func addQuoting(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) {
    for byte in bytes {
      if byte == 0x22 { isQuoted.toggle() }
      if byte == 10, !isQuoted {
        if isOpen { count += 1 }
        isOpen = false
      } else if byte != 13, byte != 0 {
        isOpen = true
      }
      last = byte
    }
  }

  private mutating func addPlain(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) {
    let ends = Wire.count(10, in: bytes)
    guard let final = bytes.last else { return }
    // Empty lines are none: rare enough to be looked for one by one.
    var before = last
    var hasEmpty = false
    for byte in bytes {
      hasEmpty = hasEmpty || byte == 10 && (before == 10 || before == 13)
      before = byte
    }
    guard !hasEmpty, zeros == 0, isOpen || bytes.first != 10 else {
      for byte in bytes {
        if byte == 10 {
          if isOpen { count += 1 }
          isOpen = false
        } else if byte != 13, byte != 0 {
          // Half of a character of UTF-16 begins no line.
          isOpen = true
        }
      }
      last = final
      return
    }
    count += Int64(ends)
    if final != 13 {
      isOpen = final != 10
    } else if bytes.count > 1 {
      isOpen = bytes[bytes.endIndex - 2] != 10
    }
    last = final
  }

  mutating func lose() {
    isQuoted = false
    isFirstWhole = true
  }

  private mutating func keepFirst(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !isFirstWhole else { return }
    for byte in bytes {
      if byte == 10 || byte == 13, !first.isEmpty {
        if Self.isSeparatorLine(first), !hasSeparatorLine {
          hasSeparatorLine = true
          first.removeAll()
          continue
        }
        isFirstWhole = true
        return
      }
      if byte == 10, first.isEmpty { continue }
      if first.count < Self.firstLimit { first.append(byte) }
    }
  }

  /// Whether the bytes are no text: a file that is only named as if it were.
  var isBinary: Bool { zeros > 0 && !isWide }

  /// UTF-16: every other byte of most letters is 0.
  private var isWide: Bool {
    first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF])
  }

  /// Whether the lines are those of an encoded file: of base64 all of one length are full.
  var isEncoded: Bool {
    guard first.count == 76 || first.count == 64, count > 1 else { return false }
    return first.allSatisfy { byte in
      byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2B || byte == 0x2F
    }
  }

  /// Whether the lines may be more than were counted: a quote has no end, or lines end otherwise.
  var isUncertain: Bool { isQuoting && isQuoted || feeds > 0 && returns > 2 * feeds }

  /// Records of a file whose lines end with CR alone; `nil`: they end with LF.
  var countOfReturns: Int64? {
    guard feeds == 0, returns > 0, !isQuoted else { return nil }
    return returns + (last == 13 ? 0 : 1)
  }

  private static func isSeparatorLine(_ line: [UInt8]) -> Bool {
    let text = line.filter { $0 != 0 && $0 < 0x80 }
    return text.count <= 5 && text.starts(with: Array("sep=".utf8))
  }

  /// Whether the first record names columns: no field is empty, begins with a digit, or holds an at sign.
  var hasHeader: Bool {
    var text = isWide ? first.dropFirst(2).filter { $0 != 0 } : first
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    if text.last == 13 { text.removeLast() }
    let separators: [UInt8] = [0x2C, 9, 0x3B, 0x7C]
    let counts = separators.map { separator in text.count { $0 == separator } }
    let most = counts.max() ?? 0
    let separator = counts.firstIndex(of: most).map { separators[$0] } ?? 0x2C
    return text.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { field in
      let name = field.filter { $0 != 0x22 && $0 != 0x20 }
      guard let start = name.first else { return false }
      return !(start >= 0x30 && start <= 0x39 || start == 0x2D || start == 0x2B)
        && !name.contains(0x40)
    }
  }
}
