/// How the protocol is recognised, at its start and in its midst.
extension PostgreSQL {
  static func recognise(_ opening: Opening) -> Recognition {
    // The client speaks first.
    if !opening.client.isEmpty || opening.server.isEmpty {
      let start = recogniseStart(opening.client)
      guard start == .no else { return start }
    }
    // Captured from its midst on: anything that only this protocol sends.
    guard opening.serverPort == 5432 else {
      let verdict = opening.server.withUnsafeBufferPointer { judgeServer($0) }
      let request = opening.client.withUnsafeBufferPointer { judgeClient($0) }
      return verdict == .yes && request != .no ? .yes : .no
    }
    let isServer = opening.server.withUnsafeBufferPointer { holds($0, judgeServer) }
    let isClient = opening.client.withUnsafeBufferPointer { holds($0, judgeClient) }
    if isServer || isClient { return .yes }
    return opening.server.count < 2048 && opening.client.count < 2048 ? .undecided : .no
  }

  private static func recogniseStart(_ client: [UInt8]) -> Recognition {
    guard client.count >= 8 else {
      return client.prefix(2).allSatisfy { $0 == 0 } ? .undecided : .no
    }
    var reader = ByteReader(client)
    guard let length = reader.big(4), let code = reader.big(4), length >= 8,
      length <= startUpLimit
    else { return .no }
    switch code {
    case 80_877_102: return length == 16 || length <= 272 ? .yes : .no
    case 80_877_103, 80_877_104: return length == 8 ? .yes : .no
    case 0x30000..<0x30010: return .yes
    default: return .no
    }
  }

  private static func holds(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ judge: (UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict
  ) -> Bool {
    for place in bytes.indices where judge(UnsafeBufferPointer(rebasing: bytes[place...])) == .yes {
      return true
    }
    return false
  }

  /// Whether a message of a server may begin here: ReadyForQuery, or four messages in a row.
  static func judgeServer(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    var at = 0
    for _ in 0..<4 {
      guard at < bytes.count else { return .undecided }
      guard "DTCEGHWZRSKNA123ntsIcdVv".utf8.contains(bytes[at]) else { return .no }
      guard bytes.count - at >= 5 else { return .undecided }
      let length = bigEndian(bytes, at + 1)
      guard length >= 4, length < BoundaryFinder.window else { return .no }
      let body = at + 5..<at + 1 + length
      switch bytes[at] {
      case UInt8(ascii: "Z"):
        guard length == 5 else { return .no }
        guard at + 5 < bytes.count else { return .undecided }
        return "ITE".utf8.contains(bytes[at + 5]) ? .yes : .no
      case UInt8(ascii: "D"):
        guard isRow(bytes, body) else { return .no }
      case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "n"),
        UInt8(ascii: "s"), UInt8(ascii: "I"), UInt8(ascii: "c"):
        guard length == 4 else { return .no }
      case UInt8(ascii: "C"):
        guard length > 5, length < 80 else { return .no }
        if body.lowerBound < bytes.count {
          guard bytes[body.lowerBound] >= 0x41, bytes[body.lowerBound] <= 0x5A else { return .no }
        }
      case UInt8(ascii: "E"), UInt8(ascii: "N"):
        if body.lowerBound < bytes.count, bytes[body.lowerBound] != UInt8(ascii: "S") {
          return .no
        }
      default: break
      }
      at = body.upperBound
    }
    // What is not there yet may say no: how the bytes are cut must not tell.
    return at <= bytes.count || bytes.count >= BoundaryFinder.window ? .yes : .undecided
  }

  /// Whether the lengths of the columns add up, as far as they are there.
  private static func isRow(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Range<Int>) -> Bool {
    guard body.count >= 2 else { return false }
    guard body.lowerBound + 2 <= bytes.count else { return true }
    let columns = Int(bytes[body.lowerBound]) << 8 | Int(bytes[body.lowerBound + 1])
    guard columns <= 1664, body.count >= 2 + 4 * columns else { return false }
    var at = body.lowerBound + 2
    for _ in 0..<columns {
      guard at + 4 <= bytes.count else { return true }
      let length = bigEndian(bytes, at)
      at += 4
      if length != 0xFFFF_FFFF { at += length }
      guard at <= body.upperBound else { return false }
    }
    return at == body.upperBound
  }
}
