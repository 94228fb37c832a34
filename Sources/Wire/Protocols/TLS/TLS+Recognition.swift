/// How the protocol is recognised, at its start and in its midst.
extension TLS {
  static func recognise(_ opening: Opening) -> Recognition {
    let client = recognise(opening.client, hello: 1)
    if client != .no, !opening.client.isEmpty { return client }
    let server = recognise(opening.server, hello: 2)
    if opening.client.isEmpty {
      return opening.server.isEmpty ? .undecided : server
    }
    return .no
  }

  /// A greeting, or from its midst on records one after the other.
  private static func recognise(_ bytes: [UInt8], hello: UInt8) -> Recognition {
    guard !bytes.isEmpty else { return .undecided }
    guard bytes[0] == 22 else {
      return bytes.withUnsafeBufferPointer { bytes in
        switch judge(bytes) {
        case .yes: .yes
        case .no: .no
        case .undecided: bytes.count < 2048 ? .undecided : .no
        }
      }
    }
    guard bytes.count < 2 || bytes[1] == 3, bytes.count < 3 || bytes[2] <= 4 else { return .no }
    guard bytes.count >= 6 else { return .undecided }
    let length = Int(bytes[3]) << 8 | Int(bytes[4])
    return bytes[5] == hello && length >= 4 && length <= longestRecord ? .yes : .no
  }

  /// Whether a record may begin here: two in a row, or one of data that has come whole.
  static func judge(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    var at = 0
    for link in 0..<2 {
      if at < bytes.count, bytes[at] < 20 || bytes[at] > 23 { return .no }
      if at + 1 < bytes.count, bytes[at + 1] != 3 { return .no }
      if at + 2 < bytes.count, bytes[at + 2] > 3 || bytes[at + 2] == 0 { return .no }
      guard bytes.count - at >= 5 else { return .undecided }
      let length = Int(bytes[at + 3]) << 8 | Int(bytes[at + 4])
      guard length >= 1, length <= longestRecord else { return .no }
      // A record of data or of more than the least that any cipher makes.
      if link == 0, bytes[at] == 23, length < 17 { return .no }
      at += 5 + length
    }
    return .yes
  }
}
