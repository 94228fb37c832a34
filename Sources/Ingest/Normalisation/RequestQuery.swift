internal import EventModel

/// What of a URL's query belongs to the name of what was asked for: parameters that patterns of the estate name
/// (`/report/export.csv?tenant=mutual`), in the order in which they stand there.
///
/// All others are left out: a query holds numbers of customers, and each would be a name of its own.
enum RequestQuery {
  /// The longest value; what is beyond is cut.
  static let longestValue = 64

  /// The query of a request line or a target, without its `?`; empty if there is none.
  static func query(of line: RecordBytes) -> RecordBytes {
    guard let mark = line.firstIndex(of: 0x3F, in: 0..<line.count) else { return line.slice(0..<0) }
    var end = mark + 1
    while end < line.count, line[end] != 0x20, line[end] != 0x23 { end += 1 }
    return line.slice(mark + 1..<end)
  }

  /// A reading with what is kept of its query.
  static func keep(
    _ query: RecordBytes,
    in reading: RequestReading,
    _ names: inout NameTable
  ) -> RequestReading {
    guard reading.object != .none, !query.isEmpty else { return reading }
    var text: [UInt8] = []
    var start = 0
    while start < query.count, text.count < RequestClassifier.longestObject {
      let end = query.firstIndex(of: 0x26, in: start..<query.count) ?? query.count
      let part = query.slice(start..<end)
      start = end + 1
      guard let sign = part.firstIndex(of: 0x3D, in: 0..<part.count),
        names.queryNames.contains(where: { isName($0, part.slice(0..<sign)) })
      else { continue }
      text.append(text.isEmpty ? 0x3F : 0x26)
      text.append(contentsOf: part.slice(0..<sign + 1))
      append(part.slice(sign + 1..<part.count), to: &text)
    }
    guard !text.isEmpty else { return reading }
    var reading = reading
    var object = names.bytes(of: reading.object)
    object.append(contentsOf: text)
    reading.object = object.withUnsafeBufferPointer { names.intern($0) }
    return reading
  }

  private static func isName(_ name: [UInt8], _ word: RecordBytes) -> Bool {
    name.count == word.count
      && zip(name, word).allSatisfy { $0 == $1 | ($1 &- 0x41 < 26 ? 0x20 : 0) }
  }

  /// The value as it is meant: percent escapes and `+` resolved, no control byte.
  private static func append(_ value: RecordBytes, to text: inout [UInt8]) {
    var (index, written) = (0, 0)
    while index < value.count, written < longestValue {
      var byte = value[index]
      index += 1
      if byte == 0x2B { byte = 0x20 }
      if byte == 0x25, index + 1 < value.count, let high = digit(value[index]),
        let low = digit(value[index + 1])
      {
        byte = high << 4 | low
        index += 2
      }
      text.append(byte < 0x20 || byte == 0x7F || byte == 0x26 ? 0x3F : byte)
      written += 1
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let letter = byte | 0x20
    return letter &- 0x61 < 6 ? letter &- 0x57 : nil
  }
}
