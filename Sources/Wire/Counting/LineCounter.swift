/// Counts lines that hold something; where quotes may hold ends of lines, records of CSV.
struct LineCounter {
  /// How much of the first record is kept to tell a header by.
  private static let firstLimit = 2048

  private let isQuoting: Bool
  private var reading = QuoteReading()
  /// From where its quotes may be read in two ways.
  private var other: QuoteReading?
  private var text = TextUnits()
  private var last: UInt8 = 10
  private var first: [UInt8] = []
  private var isFirstWhole = false
  /// Whether the end of the first line was read: from there on one byte separates fields.
  private var isFirstOver = false
  private var separator: UInt8 = 0x2C
  private var statedSeparator: UInt8?
  /// `sep=;`, which spreadsheets read as the separator, stood in front and is no record.
  private(set) var hasSeparatorLine = false
  private var feeds: Int64 = 0
  private var returns: Int64 = 0
  private var zeros: Int64 = 0
  /// Whether the bytes begin nobody knows where, and no quote has told yet; and the records that were counted then.
  private var isAmidst = false
  private var hasBegunAmidst = false
  private var before: Int64 = 0
  /// Records that may be none: ends of lines that may have stood within quotes.
  private var doubtful: Int64 = 0
  /// Whether a line was open where the file ends, though other parts of it came later.
  private var isOpenAtEnd: Bool?

  init(isQuoting: Bool) {
    self.isQuoting = isQuoting
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard text.isNarrow else {
      text.fold(bytes).withUnsafeBufferPointer { addUnits($0) }
      return
    }
    addUnits(bytes)
  }

  private mutating func addUnits(_ bytes: UnsafeBufferPointer<UInt8>) {
    keepFirst(bytes)
    if isAmidst, isQuoting { judgeQuote(bytes) }
    var at = 0
    // Stretches without a quote are counted many bytes at a time.
    while at < bytes.count {
      let end = min(at + 4096, bytes.count)
      var part = bytes[at..<end]
      feeds += Int64(Wire.count(10, in: part))
      returns += Int64(Wire.count(13, in: part))
      zeros += Int64(Wire.count(0, in: part))
      at = end
      guard isQuoting else {
        Self.addPlain(part, &reading, after: last, hasZeros: zeros > 0)
        last = part[part.endIndex - 1]
        continue
      }
      let isPlain = Wire.count(0x22, in: part) == 0
      var index = part.startIndex
      while index < end, !isPlain || !isBetween {
        step(bytes[index])
        index += 1
      }
      part = bytes[index..<end]
      guard let final = part.last else { continue }
      Self.addPlain(part, &reading, after: last, hasZeros: zeros > 0)
      reading.passed(part, separator: separator)
      if var taken = other {
        Self.addPlain(part, &taken, after: last, hasZeros: zeros > 0)
        taken.passed(part, separator: separator)
        other = taken
      }
      last = final
    }
  }

  /// Whether a quote would mean the same whatever came before in its field.
  private var isBetween: Bool { isFirstOver && reading.isPlain && other?.isPlain ?? true }

  @inline(__always)
  private mutating func step(_ byte: UInt8) {
    last = byte
    let isSeparator =
      isFirstOver
      ? byte == separator : byte == 0x2C || byte == 9 || byte == 0x3B || byte == 0x7C
    if !isFirstOver {
      if reading.isAtStart, byte == 0xEF || byte == 0xBB || byte == 0xBF {
        reading.stayAtStart()
        return
      }
      if byte == 10, reading.isOpen, !reading.isQuoted { endFirst() }
    }
    if other == nil, reading.isAmbiguous(byte) { other = reading.lenient }
    reading.take(byte, isSeparator: isSeparator)
    other?.take(byte, isSeparator: isSeparator)
  }

  private mutating func endFirst() {
    isFirstOver = true
    separator = statedSeparator ?? Self.separator(of: first)
  }

  private static func addPlain(
    _ bytes: UnsafeBufferPointer<UInt8>.SubSequence,
    _ reading: inout QuoteReading,
    after last: UInt8,
    hasZeros: Bool
  ) {
    let ends = Wire.count(10, in: bytes)
    guard let final = bytes.last else { return }
    // Empty lines are none: rare enough to be looked for one by one.
    var before = last
    var hasEmpty = false
    for byte in bytes {
      hasEmpty = hasEmpty || byte == 10 && (before == 10 || before == 13)
      before = byte
    }
    guard !hasEmpty, !hasZeros, reading.isOpen || bytes.first != 10 else {
      for byte in bytes {
        if byte == 10 {
          if reading.isOpen { reading.count += 1 }
          reading.isOpen = false
        } else if byte != 13, byte != 0 {
          reading.isOpen = true
        }
      }
      return
    }
    reading.count += Int64(ends)
    if final != 13 {
      reading.isOpen = final != 10
    } else if bytes.count > 1 {
      reading.isOpen = bytes[bytes.endIndex - 2] != 10
    }
  }

  /// Lines that have an end; of two readings the one that holds together, else the lesser.
  var count: Int64 { max(0, chosen.count - doubtful) }
  /// Whether a line has begun that has no end yet.
  var isOpen: Bool { isOpenAtEnd ?? chosen.isOpen }

  private var chosen: QuoteReading {
    guard let other else { return reading }
    if reading.isIncoherent != other.isIncoherent { return reading.isIncoherent ? other : reading }
    return other.total < reading.total ? other : reading
  }

  /// The next bytes stand elsewhere in the file, in a line of which others tell.
  ///
  /// A line is counted by its end: that of one whose start came before, or comes yet, is counted here.
  mutating func beginAmidst() {
    reading.lose()
    reading.isOpen = true
    other?.lose()
    other?.isOpen = true
    (isAmidst, before) = (true, reading.count)
    hasBegunAmidst = true
    last = 0x78
    // Of a file whose start comes later its first bytes tell the separator alone.
    isFirstWhole = !first.isEmpty
    if !isFirstOver, !first.isEmpty { endFirst() }
  }

  /// The next bytes are the first of the file, though others came before.
  mutating func beginFile() {
    reading.begin()
    other?.begin()
    (isAmidst, last) = (false, 10)
    (first, isFirstWhole) = ([], false)
  }

  /// The last bytes were those at the end of the file.
  mutating func noteEnd() { isOpenAtEnd = chosen.isOpen }

  /// A first quote that no separator stands before ends a field in which the bytes began: ends of lines before it may be
  /// part of it.
  private mutating func judgeQuote(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let place = bytes.firstIndex(of: 0x22) else { return }
    isAmidst = false
    let previous = place > 0 ? bytes[place - 1] : last
    let opens: [UInt8] = [0x2C, 9, 0x3B, 0x7C, 10, 13]
    guard !opens.contains(previous) else { return }
    doubtful += reading.count - before + Int64(Wire.count(10, in: bytes[..<place]))
  }

  mutating func lose() {
    reading.lose()
    other = nil
    isFirstWhole = true
    if !isFirstOver { endFirst() }
    text.lose()
  }

  private mutating func keepFirst(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !isFirstWhole else { return }
    for byte in bytes {
      if byte == 10 || byte == 13, !first.isEmpty {
        if Self.isSeparatorLine(first), !hasSeparatorLine {
          hasSeparatorLine = true
          statedSeparator = first.first { $0 == 0x3B || $0 == 9 || $0 == 0x7C } ?? 0x2C
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
  var isBinary: Bool { zeros > 0 }

  /// Whether the lines are those of an encoded file: of base64 all of one length are full.
  var isEncoded: Bool {
    guard first.count == 76 || first.count == 64, count > 1 else { return false }
    return first.allSatisfy { byte in
      byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2B || byte == 0x2F
    }
  }

  /// Whether the lines may be more than were counted: quotes have no end, or may be read in two ways, or lines end
  /// otherwise.
  ///
  /// `isEnd`: no more of the text is to come, so that a quote that is open has none.
  func isUncertain(isEnd: Bool) -> Bool {
    isDoubtful || isQuoting && isAmbiguous(isEnd: isEnd || hasBegunAmidst)
      || feeds > 0 && returns > 2 * feeds
  }

  var isDoubtful: Bool { doubtful > 0 }

  private func isAmbiguous(isEnd: Bool) -> Bool {
    guard let other else {
      return isEnd && reading.isQuoted || reading.isIrregular && reading.hidesEnds
    }
    if !reading.isIncoherent, other.isIncoherent { return false }
    guard reading.total == other.total else { return true }
    return reading.isIncoherent && other.isIncoherent && (reading.hidesEnds || other.hidesEnds)
  }

  /// Records of a file whose lines end with CR alone; `nil`: they end with LF.
  var countOfReturns: Int64? {
    guard feeds == 0, returns > 0, !reading.isQuoted else { return nil }
    return returns + (last == 13 ? 0 : 1)
  }

  private static func isSeparatorLine(_ line: [UInt8]) -> Bool {
    let text = line.filter { $0 != 0 && $0 < 0x80 }
    return text.count <= 5 && text.starts(with: Array("sep=".utf8))
  }

  /// Whether the first record names columns: no field is empty, begins with a digit, or holds an at sign.
  var hasHeader: Bool {
    var text = first
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    if text.last == 13 { text.removeLast() }
    let separator = Self.separator(of: text)
    return text.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { field in
      let name = field.filter { $0 != 0x22 && $0 != 0x20 }
      guard let start = name.first else { return false }
      return !(start >= 0x30 && start <= 0x39 || start == 0x2D || start == 0x2B)
        && !name.contains(0x40)
    }
  }

  /// The byte of those that separate fields which a line has most of.
  private static func separator(of line: [UInt8]) -> UInt8 {
    let separators: [UInt8] = [0x2C, 9, 0x3B, 0x7C]
    let counts = separators.map { separator in line.count { $0 == separator } }
    let most = counts.max() ?? 0
    return counts.firstIndex(of: most).map { separators[$0] } ?? 0x2C
  }
}
