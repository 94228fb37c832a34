internal import EventModel

/// The path of a request as the server takes it: RFC 3986 §6.2.2 and §5.2.4.
///
/// Percent escapes of unreserved characters are decoded and dot segments removed. Slashes that follow
/// each other count as one, and `%2F` as a slash: servers that answer such a request have read it so.
/// Parameters of a dot segment (`/..;x/`) do not hide it. Whatever else is escaped stays as written.
enum PathSegments {
  /// Whether the path may be written otherwise: most are not.
  static func areIndirect(_ path: RecordBytes) -> Bool {
    var wasSlash = false
    for byte in path {
      if byte == 0x25 || wasSlash && (byte == 0x2F || byte == 0x2E) { return true }
      wasSlash = byte == 0x2F
    }
    return false
  }

  /// Writes the path as it is taken; in one pass, never longer than it was.
  static func write(_ path: RecordBytes, to out: inout [UInt8]) {
    out.removeAll(keepingCapacity: true)
    // Scans may look beyond the end.
    out.reserveCapacity(path.count + 64)
    var (start, index) = (0, 0)
    while index <= path.count {
      let isEnd = index == path.count
      var byte: UInt8 = isEnd ? 0x2F : path[index]
      index += 1
      if byte == 0x25, let value = escaped(path, at: index) {
        byte = value
        index += 2
      }
      if byte == 0x2F {
        endSegment(at: start, isLast: isEnd, &out)
        start = out.count
      } else {
        out.append(byte)
      }
    }
  }

  private static func endSegment(at start: Int, isLast: Bool, _ out: inout [UInt8]) {
    switch dots(out[start...]) {
    case 1: out.removeLast(out.count - start)
    case 2:
      out.removeLast(out.count - start)
      guard out.count > 1 else { return }
      out.removeLast()
      while let last = out.last, last != 0x2F { out.removeLast() }
    default:
      let isEmpty = out.count == start
      if !isLast, !isEmpty || out.isEmpty { out.append(0x2F) }
    }
  }

  /// 1 for `.`, 2 for `..`, else 0.
  private static func dots(_ segment: ArraySlice<UInt8>) -> Int {
    guard segment.first == 0x2E else { return 0 }
    let name = segment.prefix { $0 != 0x3B }
    return name.count <= 2 && name.allSatisfy { $0 == 0x2E } ? name.count : 0
  }

  /// The unreserved character or slash that an escape stands for.
  private static func escaped(_ bytes: RecordBytes, at index: Int) -> UInt8? {
    guard index + 2 <= bytes.count, let high = PathWords.hexDigit(bytes[index]),
      let low = PathWords.hexDigit(bytes[index + 1])
    else { return nil }
    let value = high << 4 | low
    switch value {
    case 0x2D, 0x2E, 0x2F, 0x5F, 0x7E: return value
    default:
      return value &- 0x30 < 10 || (value | 0x20) &- 0x61 < 26 && value < 0x80 ? value : nil
    }
  }
}
