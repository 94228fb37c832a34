/// What is refused before the YAML parser sees it.
enum HostileText {
  static func problem(in bytes: [UInt8]) -> YAMLProblem? {
    guard bytes.count <= EstateFile.largestFile else {
      return YAMLProblem(line: 0, message: "is larger than 16 MiB; split it")
    }
    return encodingProblem(in: bytes) ?? controlProblem(in: bytes)
  }

  private static func encodingProblem(in bytes: [UInt8]) -> YAMLProblem? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    return YAMLProblem(line: bad + 1, message: "is not UTF-8; save the file as UTF-8")
  }

  private static func controlProblem(in bytes: [UInt8]) -> YAMLProblem? {
    var line = 1
    for byte in bytes {
      switch byte {
      case 0x0A: line += 1
      case 0x09, 0x0D: break
      case 0..<0x20, 0x7F:
        return YAMLProblem(line: line, message: "holds a control character; remove it")
      default: break
      }
    }
    return nil
  }
}
