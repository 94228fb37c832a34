internal import Glibc

/// The text of a register in UTF-8, whatever of UTF-8, CP932 and EUC-JP an office program wrote.
enum RegisterText {
  /// The bytes in UTF-8; `nil`: they are none of the three.
  ///
  /// EUC-JP is tried before CP932: what is CP932 hardly ever is well-formed EUC-JP, the other way
  /// round it often is.
  static func utf8(_ bytes: [UInt8]) -> [UInt8]? {
    if String(validating: bytes, as: UTF8.self) != nil { return bytes }
    for encoding in ["EUC-JP", "CP932"] {
      if let text = converted(bytes, from: encoding) { return text }
    }
    return nil
  }

  private static func converted(_ bytes: [UInt8], from encoding: String) -> [UInt8]? {
    guard let converter = iconv_open("UTF-8", encoding), Int(bitPattern: converter) != -1 else {
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
