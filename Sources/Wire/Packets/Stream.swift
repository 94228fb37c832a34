/// The bytes of one TCP session on their way to a parser: what came too early, and the first of them
/// until a protocol is recognised.
final class Stream {
  /// Bytes that came before those that stand in front of them.
  struct Segment {
    var sequence: UInt32
    /// Bytes of it on the wire.
    var count: UInt32
    /// Empty where nobody wants them.
    var bytes: [UInt8]
    var captured: UInt32
    /// Whether the FIN stands behind it.
    var isLast: Bool

    /// Of its sequence numbers.
    var length: UInt32 { count &+ (isLast ? 1 : 0) }
  }

  /// A part of the beginning, to be told again when it is known to whom.
  private struct Piece {
    var side: Side
    var time: Int64
    /// Of the bytes of its side; more than there are: missing.
    var count: Int64
    var isMissing: Bool
  }

  let session: Session
  let flow: UInt32
  private(set) var parser: (any SessionParser)?
  /// The same, where it is one that announces others.
  private var announcer: (any AnnouncingParser)?
  /// Whether a protocol may still be recognised.
  private(set) var isUndecided = true
  /// Of the protocol that was recognised.
  private(set) var protocolName: String?
  private var opening: Opening
  private var pieces: [Piece] = []
  /// Bytes of the opening end where some are missing.
  private var isOpeningTorn = (client: false, server: false)
  /// By lane, in order of sequence.
  var pending = InlineArray<2, [Segment]>(repeating: [])
  var pendingBytes = InlineArray<2, Int>(repeating: 0)
  /// Since when the other end has confirmed what is missing; `.max`: it has not.
  var lateSince = InlineArray<2, Int64>(repeating: .max)

  /// Bytes of either side that a protocol is recognised by.
  static let openingLimit = 2 << 10
  private static let pieceLimit = 256
  private static let own = 512

  init(_ session: Session, flow: UInt32) {
    self.session = session
    self.flow = flow
    opening = Opening(client: [], server: [], serverPort: session.server.port)
  }

  var hasPending: Bool { !pending[0].isEmpty || !pending[1].isEmpty }
  /// Whether anybody wants the bytes.
  var wantsBytes: Bool { isUndecided || parser != nil }

  var held: Int {
    Self.own + (parser?.held ?? 0) + opening.client.count + opening.server.count + pieces.count * 32
      + pendingBytes[0] + pendingBytes[1] + (pending[0].count + pending[1].count) * 48
  }

  func receive(
    _ bytes: UnsafeRawBufferPointer,
    from side: Side,
    at time: Int64,
    _ parsers: [any SessionParser.Type],
    into log: inout WireLog
  ) {
    guard !bytes.isEmpty else { return }
    if let parser {
      parser.receive(bytes.bindMemory(to: UInt8.self).span, from: side, at: time, into: &log)
      return
    }
    guard isUndecided else { return }
    pieces.append(Piece(side: side, time: time, count: Int64(bytes.count), isMissing: false))
    if side == .client {
      opening.client.append(contentsOf: bytes)
    } else {
      opening.server.append(contentsOf: bytes)
    }
    decide(parsers, isLast: false, into: &log)
  }

  func miss(
    _ count: Int64,
    from side: Side,
    at time: Int64,
    _ parsers: [any SessionParser.Type],
    into log: inout WireLog
  ) {
    if let parser {
      parser.miss(count, from: side, at: time, into: &log)
      return
    }
    guard isUndecided else { return }
    pieces.append(Piece(side: side, time: time, count: count, isMissing: true))
    decide(parsers, isLast: pieces.count >= Self.pieceLimit, into: &log)
  }

  func close(
    _ end: SessionEnd,
    at time: Int64,
    _ parsers: [any SessionParser.Type],
    into log: inout WireLog
  ) {
    if isUndecided { decide(parsers, isLast: true, into: &log) }
    parser?.close(end, at: time, into: &log)
    (parser, announcer) = (nil, nil)
  }

  /// The first protocol that recognises it, once those asked before have said no.
  private func decide(
    _ parsers: [any SessionParser.Type],
    isLast: Bool,
    into log: inout WireLog
  ) {
    let isLast =
      isLast || opening.client.count >= Self.openingLimit
      || opening.server.count >= Self.openingLimit || pieces.count >= Self.pieceLimit
    let shown = self.shown()
    var isOpen = false
    for type in parsers {
      switch type.recognise(shown) {
      case .no: continue
      case .undecided: isOpen = true
      case .yes where !isOpen || isLast:
        begin(type.init(session), into: &log)
        return
      case .yes: return
      }
    }
    if isLast || !isOpen { giveUp() }
  }

  /// The first bytes of either side, up to the first that are missing.
  private func shown() -> Opening {
    var shown = opening
    var (client, server) = (0, 0)
    var ended = (client: false, server: false)
    for piece in pieces {
      if piece.isMissing {
        if piece.side == .client { ended.client = true } else { ended.server = true }
      } else if piece.side == .client, !ended.client {
        client += Int(piece.count)
      } else if piece.side == .server, !ended.server {
        server += Int(piece.count)
      }
    }
    shown.client.removeLast(opening.client.count - min(client, Self.openingLimit))
    shown.server.removeLast(opening.server.count - min(server, Self.openingLimit))
    return shown
  }

  private func begin(_ parser: any SessionParser, into log: inout WireLog) {
    var (client, server) = (0, 0)
    for piece in pieces {
      if piece.isMissing {
        parser.miss(piece.count, from: piece.side, at: piece.time, into: &log)
      } else if piece.side == .client {
        let part = opening.client.span.extracting(client..<client + Int(piece.count))
        parser.receive(part, from: .client, at: piece.time, into: &log)
        client += Int(piece.count)
      } else {
        let part = opening.server.span.extracting(server..<server + Int(piece.count))
        parser.receive(part, from: .server, at: piece.time, into: &log)
        server += Int(piece.count)
      }
    }
    adopt(parser)
  }

  /// It is known who reads it.
  func adopt(_ parser: any SessionParser) {
    giveUp()
    self.parser = parser
    announcer = parser as? any AnnouncingParser
    protocolName = type(of: parser).name
  }

  /// Whether its parser may announce others.
  var announces: Bool { announcer != nil }
  /// Sessions that its parser has announced since this was last asked.
  var announced: [AnnouncedSession] { announcer?.takeAnnounced() ?? [] }

  /// Nothing more will be recognised.
  func giveUp() {
    isUndecided = false
    pieces = []
    (opening.client, opening.server) = ([], [])
  }
}
