internal import CScan

/// An event's XML in one line.
enum EventLogText {
  /// Appends the XML without its layout; line ends within values become references.
  static func append(_ xml: RecordBytes, to lines: inout [UInt8]) {
    guard let base = xml.baseAddress else { return }
    let start = lines.count
    var place = 0
    while place < xml.count {
      let stop = xml[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? xml.count
      lines.append(contentsOf: UnsafeBufferPointer(start: base + place, count: stop - place))
      guard stop < xml.count else { return }
      var next = stop + 1
      while next < xml.count, xml[next] == 0x20 || xml[next] == 0x0A { next += 1 }
      let isBehindTag = lines.count == start || lines.last == 0x3E
      if xml[stop] == 0x0A, isBehindTag, next == xml.count || xml[next] == 0x3C {
        place = next
      } else {
        lines.append(contentsOf: (xml[stop] == 0x0A ? "&#10;" : "&#13;").utf8)
        place = stop + 1
      }
    }
  }

  /// A message of the library for a comment: printable, no two hyphens.
  static func plain(_ message: RecordBytes) -> String {
    var text = ""
    for byte in message.prefix(200) {
      let isPlain = 0x20...0x7E ~= byte && byte != 0x3C && byte != 0x3E
      text.append(Character(Unicode.Scalar(isPlain && byte != 0x2D ? byte : 0x20)))
    }
    while text.last == " " || text.last == "." { text.removeLast() }
    return text.isEmpty ? "no reason is told" : text
  }
}
