/// What a file is that is no log as it lies there: what its first bytes tell of it, and what to do.
public enum HeadContents {
  /// An archive of files, or data packed in a way that is not unpacked here.
  public struct Packed: Sendable, Hashable {
    /// With its article: `a tar archive`.
    public var name: String
    /// What unpacks it: `tar -xf`.
    public var command: String

    /// Why nothing of it is read.
    public var refusal: String {
      "\(name): nothing of it is read; unpack it (\(command)) and read what is in it"
    }
  }

  /// What the first 512 bytes say that is packed and not unpacked here; `nil`: nothing is known of it.
  ///
  /// Source: POSIX.1, "pax", ustar interchange format, and the checksum that older forms of tar have as well; PKWARE,
  /// APPNOTE; 7-Zip, 7zFormat.txt; RAR 5.0 archive format; LZ4 frame format; ncompress; lzip.
  static func packed(_ head: UnsafeBufferPointer<UInt8>) -> Packed? {
    if isTar(head) { return Packed(name: "a tar archive", command: "tar -xf") }
    for (magics, packed) in formats where magics.contains(where: { head.starts(with: $0) }) {
      return packed
    }
    return nil
  }

  private static let formats: [([[UInt8]], Packed)] = [
    (
      [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 7, 8]],
      Packed(name: "a ZIP archive", command: "unzip")
    ),
    ([[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]], Packed(name: "a 7z archive", command: "7z x")),
    ([[0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]], Packed(name: "a RAR archive", command: "unrar x")),
    ([[0x04, 0x22, 0x4D, 0x18]], Packed(name: "LZ4 data", command: "lz4 -d")),
    ([[0x1F, 0x9D]], Packed(name: "data of compress", command: "uncompress")),
    ([[0x4C, 0x5A, 0x49, 0x50, 1]], Packed(name: "lzip data", command: "lzip -d")),
  ]

  /// A block whose octal number at byte 148 is the sum of its bytes, that number taken for blanks.
  private static func isTar(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    guard head.count >= 512, head[0] > 0x20 else { return false }
    let field = head[148..<156]
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard digits.count >= 3, field[digits.endIndex...].allSatisfy({ $0 == 0 || $0 == 0x20 }) else {
      return false
    }
    let stated = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
    let others =
      head[..<148].reduce(0) { $0 + Int($1) } + head[156..<512].reduce(0) { $0 + Int($1) }
    return stated == others + 8 * 0x20
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
