/// One reading of the quotes of CSV, and the records by it.
///
/// A quote opens a field at its start alone, and two within are one (RFC 4180). Some write `\"` for a quote, or blanks
/// before the one that opens: that is the lenient reading, which is begun where the two part.
struct QuoteReading {
  private enum Place { case start, blank, plain, quoted, closed, closedBlank }

  private var place = Place.start
  var count: Int64 = 0
  /// Whether a record has begun that has no end yet.
  var isOpen = false
  private(set) var isLenient = false
  /// Whether something stood where this reading allows nothing.
  private(set) var isIrregular = false
  /// Whether an end of a line stood within quotes.
  private(set) var hidesEnds = false
  private var isEscaping = false

  var isQuoted: Bool { place == .quoted }
  var isPlain: Bool { place == .plain || place == .start }
  var total: Int64 { count + (isOpen ? 1 : 0) }
  /// Whether the bytes so far are no whole text by this reading.
  var isIncoherent: Bool { isIrregular || isQuoted }

  /// Whether the lenient reading takes a byte otherwise.
  func isAmbiguous(_ byte: UInt8) -> Bool {
    byte == 0x22 && (place == .blank || place == .quoted && isEscaping)
  }

  /// The same so far, and lenient from now on.
  var lenient: QuoteReading {
    var other = self
    other.isLenient = true
    return other
  }

  @inline(__always)
  mutating func take(_ byte: UInt8, isSeparator: Bool) {
    if byte == 10 {
      guard place != .quoted else {
        hidesEnds = true
        isEscaping = false
        return
      }
      if isOpen { count += 1 }
      (isOpen, place) = (false, .start)
      return
    }
    if byte != 13, byte != 0 { isOpen = true }
    switch place {
    case .quoted:
      if byte == 0x22, !(isEscaping && isLenient) { place = .closed }
      isEscaping = byte == 0x5C && !isEscaping
    case .closed, .closedBlank:
      if isSeparator {
        place = .start
      } else if byte == 0x22, place == .closed {
        (place, isEscaping) = (.quoted, false)
      } else if byte == 0x20 || byte == 9 {
        place = .closedBlank
      } else if byte == 13 || byte == 0 {
        // Of the end of the line.
      } else {
        (place, isIrregular) = (.plain, true)
      }
    case .start, .blank:
      if isSeparator || byte == 13 {
        place = .start
      } else if byte == 0x22, place == .start || isLenient {
        (place, isEscaping) = (.quoted, false)
      } else if byte == 0x22 {
        (place, isIrregular) = (.plain, true)
      } else if byte == 0x20 || byte == 9 {
        place = .blank
      } else if byte != 0 {
        place = .plain
      }
    case .plain: if isSeparator || byte == 13 { place = .start }
    }
  }

  /// What led up to the first field of a text: a mark of its encoding.
  mutating func stayAtStart() {
    isOpen = true
  }

  var isAtStart: Bool { place == .start }

  /// Takes up behind bytes without a quote.
  mutating func passed(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence, separator: UInt8) {
    var at = bytes.endIndex
    while at > bytes.startIndex {
      at -= 1
      let byte = bytes[at]
      if byte == separator || byte == 10 || byte == 13 {
        place = at == bytes.endIndex - 1 ? .start : .blank
        return
      }
      guard byte == 0x20 || byte == 9 || byte == 0 else {
        place = .plain
        return
      }
    }
    // Blanks alone.
    if place == .start { place = .blank }
  }

  /// A text begins.
  mutating func begin() { (place, isEscaping, isOpen) = (.start, false, false) }

  /// Bytes are missing: the next may stand anywhere.
  mutating func lose() {
    (place, isEscaping) = (.plain, false)
  }
}
