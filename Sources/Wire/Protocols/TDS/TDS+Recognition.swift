/// How the protocol is recognised, at its start and in its midst.
extension TDS {
  static func recognise(_ opening: Opening) -> Recognition {
    if !opening.client.isEmpty {
      let start = recogniseStart(opening.client)
      if start != .no { return start }
    } else if opening.server.isEmpty {
      return .undecided
    }
    guard opening.serverPort == 1433 else { return .no }
    let client = opening.client.withUnsafeBufferPointer { holds($0, judgeClient) }
    let server = opening.server.withUnsafeBufferPointer { holds($0, judgeServer) }
    if client || server { return .yes }
    return opening.server.count < 2048 && opening.client.count < 2048 ? .undecided : .no
  }

  /// A greeting or a log-in that fills its packet.
  private static func recogniseStart(_ client: [UInt8]) -> Recognition {
    guard client[0] == 18 || client[0] == 16 else { return .no }
    guard client.count < 2 || client[1] <= 1 else { return .no }
    guard client.count >= 17 else { return .undecided }
    var reader = ByteReader(client, at: 2)
    guard let length = reader.big(2), length >= 17, client[7] == 0 else { return .no }
    guard client[0] == 18 else {
      // Its length, then the version: 7.0 to 7.4.
      return client[15] >= 0x70 && client[15] <= 0x74 ? .yes : .no
    }
    // The first option is the version, six bytes long.
    return client[8] == 0 && client[11] == 0 && client[12] == 6 ? .yes : .no
  }

  private static func holds(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ judge: (UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict
  ) -> Bool {
    bytes.indices.contains { judge(UnsafeBufferPointer(rebasing: bytes[$0...])) == .yes }
  }

  /// Whether a batch or a call may begin here: with the headers that stand before it from 7.2 on.
  static func judgeClient(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    guard let first = bytes.first else { return .undecided }
    if first == 0x53 { return judgeFrame(bytes) }
    guard first == 1 || first == 3 || first == 18 || first == 16 else { return .no }
    guard bytes.count >= 13 else { return .undecided }
    let length = Int(bytes[2]) << 8 | Int(bytes[3])
    guard bytes[1] <= 9, length >= 13, length <= 0x7FFF, bytes[7] == 0, bytes[6] <= 1 else {
      return .no
    }
    if first == 18 { return bytes[8] == 0 && bytes[11] == 0 && bytes[12] == 6 ? .yes : .no }
    if first == 16 { return length > 94 && bytes[10] == 0 && bytes[11] == 0 ? .yes : .no }
    return bytes[8] == 0x16 && bytes[9] == 0 && bytes[10] == 0 && bytes[11] == 0 ? .yes : .no
  }

  /// Whether an answer may begin here: its first packet, with a token that begins one, and the next.
  static func judgeServer(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    guard let first = bytes.first else { return .undecided }
    if first == 0x53 { return judgeFrame(bytes) }
    guard first == 4 else { return .no }
    guard bytes.count >= 9 else { return .undecided }
    let length = Int(bytes[2]) << 8 | Int(bytes[3])
    guard bytes[1] <= 1, length >= 9, length <= 0x7FFF, bytes[7] == 0, bytes[6] <= 1 else {
      return .no
    }
    switch bytes[8] {
    case 0x81, 0xAA, 0xAB, 0xE3, 0xFD, 0xFE, 0xFF, 0x79, 0xA4: break
    default: return .no
    }
    guard bytes[1] == 0 else { return .yes }
    guard bytes.count > length else {
      return length < BoundaryFinder.window ? .undecided : .no
    }
    return bytes[length] == 4 ? .yes : .no
  }
}
