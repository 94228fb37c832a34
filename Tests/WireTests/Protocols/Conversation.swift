import Foundation
import Testing

@testable import Wire

/// What two ends said, and what a parser makes of it.
struct Conversation {
  struct Piece {
    var side: Side
    var bytes: [UInt8]
    /// Bytes that are missing instead.
    var missing: Int64 = 0
  }

  var pieces: [Piece] = []
  var isFromStart = true
  var serverPort: UInt16 = 5432
  var keys: KeyLog?
  var users: UserFields.Names?
  /// What other sessions share with it; or of its own, anew each time it is read.
  var objects: ObjectBook?
  var hasObjects = false

  mutating func client(_ bytes: [UInt8]...) {
    pieces.append(Piece(side: .client, bytes: bytes.flatMap { $0 }))
  }

  mutating func server(_ bytes: [UInt8]...) {
    pieces.append(Piece(side: .server, bytes: bytes.flatMap { $0 }))
  }

  mutating func missing(_ count: Int64, of side: Side) {
    pieces.append(Piece(side: side, bytes: [], missing: count))
  }

  var session: Session {
    var session = Session(
      number: 1,
      transport: .tcp,
      client: Endpoint(address: InternetAddress(version4: 0xC000_0207), port: 40_000),
      server: Endpoint(address: InternetAddress(version4: 0xC000_0201), port: serverPort),
      start: 1_775_000_000_000_000_000,
      isFromStart: isFromStart
    )
    session.keys = keys
    session.users = users
    session.objects = objects ?? (hasObjects ? ObjectBook() : nil)
    return session
  }

  /// The lines of a parser that gets at most `most` bytes at a time.
  func log(_ parser: any SessionParser.Type, most: Int = .max) -> String {
    let session = session
    let parser = parser.init(session)
    var log = WireLog()
    var time = session.start
    for piece in pieces {
      time += 1_000_000_000
      if piece.missing > 0 {
        parser.miss(piece.missing, from: piece.side, at: time, into: &log)
      }
      var at = 0
      while at < piece.bytes.count {
        let end = at + min(most, piece.bytes.count - at)
        let part = Array(piece.bytes[at..<end])
        parser.receive(part.span, from: piece.side, at: time, into: &log)
        at = end
      }
    }
    parser.close(.finished, at: time + 1_000_000_000, into: &log)
    return String(decoding: log.bytes, as: UTF8.self)
  }

  func records(_ parser: any SessionParser.Type) throws -> [WireLine] {
    try log(parser).split(separator: "\n").map { try WireLine(String($0)) }
  }

  /// One piece with some of its bytes missing.
  func losing(_ range: Range<Int>, ofPiece index: Int) -> Conversation {
    var changed = self
    let piece = pieces[index]
    changed.pieces[index].bytes = Array(piece.bytes[..<range.lowerBound])
    var rest = Piece(side: piece.side, bytes: Array(piece.bytes[range.upperBound...]))
    rest.missing = Int64(range.count)
    changed.pieces.insert(rest, at: index + 1)
    return changed
  }

  /// Tells that no cut changes what is read.
  func expectSameHoweverCut(
    _ parser: any SessionParser.Type,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let whole = log(parser)
    for most in [1, 2, 3, 5, 7, 11, 64, 1460] {
      #expect(log(parser, most: most) == whole, "\(most) at a time", sourceLocation: sourceLocation)
    }
  }

  /// Changes bytes by a seed and has them read: nothing may trap, every line stays a line.
  func expectMutationsAreRead(
    _ parser: any SessionParser.Type,
    _ count: Int = 1000,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for seed in 1...count {
      var random = SplitMix(state: UInt64(seed))
      var changed = self
      for _ in 0...Int(random.next() % 4) { changed.mutate(&random) }
      let most = random.next() % 3 == 0 ? Int(random.next() % 40) + 1 : Int.max
      let text = changed.log(parser, most: most)
      for line in text.split(separator: "\n") where seed % 20 == 0 {
        #expect(throws: Never.self, sourceLocation: sourceLocation) { try WireLine(String(line)) }
      }
    }
  }

  private mutating func mutate(_ random: inout SplitMix) {
    let index = Int(random.next() % UInt64(pieces.count))
    let count = pieces[index].bytes.count
    guard count > 0 else { return }
    let at = Int(random.next() % UInt64(count))
    switch random.next() % 6 {
    case 0: pieces[index].bytes[at] = UInt8(truncatingIfNeeded: random.next())
    case 1: pieces[index].bytes[at] ^= 1 << (random.next() % 8)
    case 2: pieces[index].bytes.removeSubrange(at..<min(count, at + Int(random.next() % 16) + 1))
    case 3:
      let end = min(count, at + Int(random.next() % 32) + 1)
      pieces[index].bytes.insert(contentsOf: pieces[index].bytes[at..<end], at: at)
    case 4:
      self = losing(at..<min(count, at + Int(random.next() % 64) + 1), ofPiece: index)
    default:
      pieces[index].bytes[at] = [0, 0xFF, 0x7F, 0x80][Int(random.next() % 4)]
    }
  }
}

/// Sebastiano Vigna's SplitMix64.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// A line of the log, its values as text.
struct WireLine: CustomStringConvertible {
  let values: [String: String]
  let description: String

  init(_ line: String) throws {
    description = line
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    let members = try #require(object as? [String: Any])
    values = members.mapValues { value in
      guard let number = value as? NSNumber else { return "\(value)" }
      let isTruth = String(cString: number.objCType) == "c"
      return isTruth ? "\(number.boolValue)" : number.stringValue
    }
  }

  subscript(key: String) -> String? { values[key] }
}

extension [UInt8] {
  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  static func terminated(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }
  static func big(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
