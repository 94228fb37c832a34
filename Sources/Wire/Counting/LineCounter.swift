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
      } else if byte != 13 {
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
    guard !hasEmpty, isOpen || bytes.first != 10 else {
      for byte in bytes {
        if byte == 10 {
          if isOpen { count += 1 }
          isOpen = false
        } else if byte != 13 {
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
      if byte == 10, !first.isEmpty || first.count >= Self.firstLimit {
        isFirstWhole = true
        return
      }
      if first.count < Self.firstLimit { first.append(byte) }
    }
  }

  /// Whether the first record names columns: no field is empty, begins with a digit, or holds an at sign.
  var hasHeader: Bool {
    var text = first
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
