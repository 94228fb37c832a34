/// Whether a text of SQL is still open where a line of a slow log looks like the head of a record.
///
/// Statements stand in the log as they were sent. A line within a text or a comment of one can be made to look like
/// another's head; the server itself never writes a head there, unless a statement was sent that leaves a text open
/// (and failed). Where the text closes again, both readings are possible.
///
/// Source: MySQL Reference Manual, "String Literals", "Comments".
struct SlowLogText {
  /// How far ahead a text is followed that is open, in bytes.
  static let longest = 256 << 10

  private enum Place { case plain, single, double, backtick, comment }

  private let base: UnsafePointer<UInt8>
  private var place = Place.plain
  /// Up to where it has been read.
  private(set) var end: Int

  var isOpen: Bool { place != .plain }

  init(_ base: UnsafePointer<UInt8>, from start: Int) {
    self.base = base
    end = start
  }

  /// Reads on, up to the start of a line.
  mutating func read(to stop: Int) {
    var index = end
    while index < stop {
      let byte = base[index]
      let next = index + 1 < stop ? base[index + 1] : 0
      index += 1
      switch place {
      case .plain:
        switch byte {
        case 0x27: place = .single
        case 0x22: place = .double
        case 0x60: place = .backtick
        case 0x2F where next == 0x2A:
          place = .comment
          index += 1
        case 0x23: passLine(&index, stop)
        case 0x2D where next == 0x2D && (index + 1 >= stop || base[index + 1] <= 0x20):
          passLine(&index, stop)
        default: break
        }
      case .single, .double:
        if byte == 0x5C {
          index += 1
        } else if byte == (place == .single ? 0x27 : 0x22) {
          place = .plain
        }
      case .backtick: if byte == 0x60 { place = .plain }
      case .comment:
        if byte == 0x2A, next == 0x2F {
          place = .plain
          index += 1
        }
      }
    }
    end = max(end, min(index, stop))
  }

  private func passLine(_ index: inout Int, _ stop: Int) {
    while index < stop, base[index] != 0x0A { index += 1 }
  }
}
