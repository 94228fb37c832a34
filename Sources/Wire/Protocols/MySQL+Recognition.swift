/// How the protocol is recognised, at its start and in its midst.
extension MySQL {
  static func recognise(_ opening: Opening) -> Recognition {
    let server = opening.server
    if server.count >= 6, server[3] == 0 {
      let length = Int(server[0]) | Int(server[1]) << 8 | Int(server[2]) << 16
      if server[4] == 10, length >= 20, length < 1024, isVersion(server) { return .yes }
      if server[4] == 0xFF, opening.serverPort == 3306, length > 4, length < 1024 { return .yes }
    }
    if server.isEmpty, opening.client.isEmpty { return .undecided }
    if server.count < 6, server.isEmpty || opening.client.isEmpty, opening.client.count < 5 {
      return .undecided
    }
    // From its midst on: a statement that fills its packet.
    let request = opening.client.withUnsafeBufferPointer { judgeClient($0) }
    if request == .yes { return .yes }
    guard opening.serverPort == 3306 else { return .no }
    let isAnswer = server.withUnsafeBufferPointer { bytes in
      bytes.indices.contains { judgeServer(UnsafeBufferPointer(rebasing: bytes[$0...])) == .yes }
    }
    if isAnswer { return .yes }
    return server.count < 2048 && opening.client.count < 2048 ? .undecided : .no
  }

  /// `8.0.36`, `5.5.5-10.11.6-MariaDB`.
  private static func isVersion(_ server: [UInt8]) -> Bool {
    guard server[5] >= 0x30, server[5] <= 0x39 else { return false }
    for byte in server[5...].prefix(64) {
      if byte == 0 { return true }
      guard byte > 0x20, byte < 0x7F else { return false }
    }
    return server.count < 69
  }

  /// Whether a command may begin here: a query of readable text that fills its packet.
  static func judgeClient(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    guard bytes.count >= 5 else {
      return bytes.count >= 4 && bytes[3] != 0 ? .no : .undecided
    }
    let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
    guard bytes[3] == 0, length >= 1, length < BoundaryFinder.window - 8 else { return .no }
    switch bytes[4] {
    case 0x03, 0x16:
      guard length > 4 else { return .no }
      guard bytes.count >= min(4 + length, 7) else { return .undecided }
      let from = bytes.count > 6 && bytes[5] == 0 && bytes[6] == 1 ? 7 : 5
      for place in from..<max(from, min(4 + length, bytes.count, from + 64)) {
        guard bytes[place] >= 9, bytes[place] != 0x7F else { return .no }
      }
      // What is not there yet may say no: how the bytes are cut must not tell.
      guard bytes.count >= min(4 + length, from + 64) else { return .undecided }
      return isWordStart(bytes[from]) ? .yes : .no
    case 0x17:
      return length >= 10 ? (bytes.count >= 14 ? (bytes[10] == 1 ? .yes : .no) : .undecided) : .no
    case 0x19, 0x1A: return length == 5 ? .yes : .no
    case 0x1C: return length == 9 ? .yes : .no
    case 0x0E: return length == 1 ? .yes : .no
    default: return .no
    }
  }

  private static func isWordStart(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return letter >= 0x61 && letter <= 0x7A || byte == 0x2F || byte == 0x28 || byte == 0x2D
      || byte == 0x20 || byte == 10
  }

  /// Whether a packet of an answer may begin here: four in a row, or the last of some.
  static func judgeServer(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    var at = 0
    var number: UInt8 = 0
    for link in 0..<4 {
      guard bytes.count - at >= 5 else { return .undecided }
      let length = Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16
      guard length >= 1, length < BoundaryFinder.window else { return .no }
      if link > 0 {
        guard bytes[at + 3] == number else { return .no }
      } else if bytes[at + 3] == 0 {
        // Only the first packet of all has it.
        guard bytes[at + 4] == 10, length >= 20, length < 1024 else { return .no }
        let start = Array(bytes.prefix(80))
        guard start.count >= 6 else { return .undecided }
        guard start[5...].contains(0) || start.count == 80 else { return .undecided }
        return isVersion(start) ? .yes : .no
      }
      if bytes[at + 4] == 0xFE, length == 5 || length == 7 && link > 0 {
        guard bytes.count - at >= 9 else { return .undecided }
        return bytes[at + 6] == 0 ? .yes : .no
      }
      number = bytes[at + 3] &+ 1
      at += length + 4
    }
    return .yes
  }
}
