internal import EventModel
internal import Glibc

/// The text of a register in UTF-8, whatever of UTF-8, CP932 and EUC-JP an office program wrote.
enum RegisterText {
  /// The bytes in UTF-8; `nil`: they are none of the three.
  ///
  /// Where all bytes may be either of the Japanese encodings, the one in which more fields are names that the estate
  /// declares is taken, else the one that more lines look like, judged as those of logs are.
  static func utf8(_ bytes: [UInt8], declared names: Set<String> = []) -> [UInt8]? {
    if String(validating: bytes, as: UTF8.self) != nil { return bytes }
    let found = [TextEncoding.eucJP, .cp932].compactMap { encoding in
      bytes.withUnsafeBufferPointer { encoding.isWhole($0) }
        ? converted(bytes, from: encoding).map { (encoding: encoding, text: $0) } : nil
    }
    guard found.count == 2 else { return found.first?.text }
    let known = found.map { fields(of: $0.text, among: names) }
    if known[0] != known[1] { return found[known[0] > known[1] ? 0 : 1].text }
    let likely = encoding(ofLines: bytes)
    return found.first { $0.encoding == likely }?.text
  }

  /// What more of the lines are in; EUC-JP where as many are in either.
  private static func encoding(ofLines bytes: [UInt8]) -> TextEncoding {
    var more = 0
    for line in bytes.split(separator: 0x0A) where line.contains(where: { $0 >= 0x80 }) {
      switch line.withUnsafeBufferPointer({ TextEncoding.detect(record: $0) }) {
      case .eucJP: more += 1
      case .cp932: more -= 1
      case .utf8, nil: break
      }
    }
    return more < 0 ? .cp932 : .eucJP
  }

  /// How many fields are one of the names.
  private static func fields(of text: [UInt8], among names: Set<String>) -> Int {
    guard !names.isEmpty else { return 0 }
    let marks: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x22, 0x2C, 0x3B]
    var count = 0
    for field in text.split(whereSeparator: { marks.contains($0) })
    where field.contains(where: { $0 >= 0x80 }) {
      if names.contains(Scalars.trimmed(String(decoding: field, as: UTF8.self))) { count += 1 }
    }
    return count
  }

  private static func converted(_ bytes: [UInt8], from encoding: TextEncoding) -> [UInt8]? {
    for name in encoding == .cp932 ? ["CP932"] : ["EUC-JP-MS", "EUC-JP"] {
      if let text = converted(bytes, named: name) { return text }
    }
    return nil
  }

  private static func converted(_ bytes: [UInt8], named name: String) -> [UInt8]? {
    guard let converter = iconv_open("UTF-8", name), Int(bitPattern: converter) != -1 else {
      return nil
    }
    defer { iconv_close(converter) }
    // Two bytes of either become three of UTF-8, one half-width kana three as well.
    var output = [UInt8](repeating: 0, count: bytes.count * 3 + 16)
    var input = bytes.map { CChar(bitPattern: $0) }
    let written = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBytes { output -> Int? in
        var source = input.baseAddress
        var target = output.bindMemory(to: CChar.self).baseAddress
        var (left, room) = (input.count, output.count)
        let result = iconv(converter, &source, &left, &target, &room)
        return result == -1 || left > 0 ? nil : output.count - room
      }
    }
    guard let written else { return nil }
    output.removeLast(output.count - written)
    return output
  }
}
