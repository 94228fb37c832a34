/// Records of RFC 4180 text: quotes, doubled quotes, newlines in quotes, CR LF, a byte-order mark.
///
/// Never fails: a quote that is not closed, or closed amid a field, ends with its line. Bytes that are not UTF-8 become U+FFFD.
struct CSVRecords: Sequence, IteratorProtocol {
  struct Record {
    /// Line of its first byte, from 1.
    var line: Int
    var fields: [String]
    /// A quote that nothing closes, or text after a closing quote.
    var isTorn: Bool
  }

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var index: Int
  private var line = 1

  init(_ bytes: [UInt8], delimiter: UInt8 = 0x2C) {
    self.bytes = bytes
    self.delimiter = delimiter
    index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func next() -> Record? {
    guard index < bytes.count else { return nil }
    let start = (index: index, line: line)
    var record = Record(line: line, fields: [], isTorn: false)
    while true {
      record.fields.append(field(&record.isTorn))
      if index < bytes.count, bytes[index] != 0x0A {
        index += 1
        continue
      }
      if record.isTorn, line > start.line {
        // What stands on other lines was taken in by mistake: it is read again.
        (index, line) = start
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
      }
      if index < bytes.count { (index, line) = (index + 1, line + 1) }
      return record
    }
  }

  /// Reads to the delimiter or line end after the field.
  private mutating func field(_ isTorn: inout Bool) -> String {
    guard index < bytes.count, bytes[index] == 0x22 else {
      let start = index
      while index < bytes.count, bytes[index] != delimiter, bytes[index] != 0x0A { index += 1 }
      return text(bytes[start..<index])
    }
    index += 1
    var value: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x22 {
        guard index < bytes.count, bytes[index] == 0x22 else {
          skipTail(&isTorn)
          return String(decoding: value, as: UTF8.self)
        }
        index += 1
      } else if byte == 0x0A {
        line += 1
      }
      value.append(byte)
    }
    isTorn = true
    return String(decoding: value, as: UTF8.self)
  }

  private mutating func skipTail(_ isTorn: inout Bool) {
    while index < bytes.count, bytes[index] != delimiter, bytes[index] != 0x0A {
      if bytes[index] != 0x0D && bytes[index] != 0x20 { isTorn = true }
      index += 1
    }
  }

  private func text(_ field: ArraySlice<UInt8>) -> String {
    let isLast = index >= bytes.count || bytes[index] == 0x0A
    let trimmed = isLast && field.last == 0x0D ? field.dropLast() : field
    return String(decoding: trimmed, as: UTF8.self)
  }
}
