/// How the protocol is recognised, at its start and in its midst.
extension SMB {
  /// The four bytes that each message begins with: SMB2, SMB1, encrypted, compressed.
  static let plain = 0xFE53_4D42
  static let old = 0xFF53_4D42
  static let encrypted = 0xFD53_4D42
  static let compressed = 0xFC53_4D42

  static func recognise(_ opening: Opening) -> Recognition {
    let (client, server) = (opening.client, opening.server)
    guard !client.isEmpty || !server.isEmpty else { return .undecided }
    let first = (client.isEmpty ? server : client).withUnsafeBufferPointer { judge($0) }
    if first == .yes { return .yes }
    let isOwnPort = opening.serverPort == 445 || opening.serverPort == 139
    guard isOwnPort else { return first == .undecided ? .undecided : .no }
    // The request for a session that NetBIOS begins with; or captured from its midst on.
    if client.starts(with: [0x81, 0, 0, 0x44]) || holds(client) || holds(server) { return .yes }
    return client.count < 2048 && server.count < 2048 ? .undecided : .no
  }

  private static func holds(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { all in
      all.indices.contains { judge(UnsafeBufferPointer(rebasing: all[$0...])) == .yes }
    }
  }

  /// Whether a message may begin here: its length, then the four bytes, then the size of the header.
  static func judge(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    guard let first = bytes.first else { return .undecided }
    guard first == 0 else { return .no }
    guard bytes.count >= 8 else {
      for (place, byte) in [UInt8]("SMB" as StaticString).enumerated() where bytes.count > 5 + place
      {
        guard bytes[5 + place] == byte else { return .no }
      }
      return bytes.count <= 4 || bytes[4] >= 0xFC ? .undecided : .no
    }
    let length = PostgreSQL.bigEndian(bytes, 0)
    switch PostgreSQL.bigEndian(bytes, 4) {
    case plain:
      guard length >= 64 else { return .no }
      guard bytes.count >= 10 else { return .undecided }
      return bytes[8] == 64 && bytes[9] == 0 ? .yes : .no
    case old: return length >= 32 ? .yes : .no
    case encrypted: return length > 52 ? .yes : .no
    case compressed: return length > 16 ? .yes : .no
    default: return .no
    }
  }
}
