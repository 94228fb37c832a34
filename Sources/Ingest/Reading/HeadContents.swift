/// What a file is that is no log as it lies there: what its first bytes tell of it, and what to do.
public enum HeadContents {
  /// The command that unpacks an archive with the bytes; `nil`: they begin none.
  ///
  /// Source: POSIX.1, "pax", ustar interchange format; PKWARE, APPNOTE.
  public static func archive(_ head: [UInt8]) -> (name: String, command: String)? {
    if head.count >= 512, head[257..<262].elementsEqual("ustar".utf8) {
      return ("a tar archive", "tar -xf")
    }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return ("a ZIP archive", "unzip") }
    return nil
  }

  /// The name of the encoding where the bytes are a text in UTF-16 without a byte order mark, mostly of ASCII.
  public static func wideEncoding(_ head: [UInt8]) -> String? {
    let units = min(head.count, 4096) / 2
    guard units >= 8 else { return nil }
    let zeros = (0..<units).reduce(into: (first: 0, second: 0)) { zeros, unit in
      if head[unit * 2] == 0 { zeros.first += 1 }
      if head[unit * 2 + 1] == 0 { zeros.second += 1 }
    }
    if zeros.second * 5 >= units * 2, zeros.first * 20 <= units { return "UTF-16LE" }
    if zeros.first * 5 >= units * 2, zeros.second * 20 <= units { return "UTF-16BE" }
    return nil
  }

  /// Where the record of JSON begins within which a whole file ends, and whether others stand before it.
  ///
  /// `nil`: it ends within none.
  public static func cutRecord(_ bytes: [UInt8]) -> (offset: Int, isFirst: Bool)? {
    var open: [(offset: Int, isList: Bool)] = []
    var closed = 0
    var isInText = false
    var place = bytes.firstIndex { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) } ?? bytes.count
    guard place < bytes.count, bytes[place] == 0x7B || bytes[place] == 0x5B else { return nil }
    while place < bytes.count {
      let byte = bytes[place]
      if isInText {
        if byte == 0x5C { place += 1 }
        isInText = byte != 0x22
      } else {
        switch byte {
        case 0x22: isInText = true
        case 0x7B, 0x5B: open.append((place, byte == 0x5B))
        case 0x7D, 0x5D:
          guard open.popLast() != nil else { return nil }
          if byte == 0x7D, open.allSatisfy(\.isList) || open.count == 2 { closed += 1 }
        default: break
        }
      }
      place += 1
    }
    // A record of a list, or of the list that an object holds.
    let record =
      open.first { !$0.isList }.map { first in
        open.count >= 3 && open[0].offset == first.offset && open[1].isList && !open[2].isList
          ? open[2] : first
      } ?? open.last
    return record.map { ($0.offset, closed == 0) }
  }
}
