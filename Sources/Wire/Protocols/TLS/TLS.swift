/// TLS: who is asked for, by what, how much goes either way, and with a key log what is inside.
///
/// A record is a session, told at its end: the host's name, version, cipher, protocol and JA4 of the client. Bytes
/// are those of application data: a record of TLS 1.3 may hold padding, one in CBC mode holds some, so that they
/// lie between two bounds. Where the secrets of a session are known (`KeyLog`), its records of TLS 1.2 and 1.3 are
/// decrypted and read as if they had been sent in plain; nothing of them is kept. Early data are not decrypted.
///
///     type | 3, minor | length: 2 bytes | handshake, alert, or what is encrypted
///
/// Source: RFC 5246; RFC 8446.
final class TLS: SessionParser {
  static let name = "tls"
  /// A record holds at most so many bytes, what encryption adds included: RFC 5246, section 6.2.3.
  static let longestRecord = (16 << 10) + 2048
  private static let longestHello = 32 << 10
  /// Records that may fail to be decrypted, or be tried for, until a side is left alone.
  static let failureLimit = 4096
  static let slackLimit: UInt64 = 64
  /// How often the secrets of a session are looked for.
  private static let tryLimit = 32

  /// One side of the session.
  struct Lane {
    var frame = FrameReader(headerSize: 5)
    var type: UInt8 = 0
    /// Messages that are not encrypted, or were decrypted.
    var handshake = FrameReader(headerSize: 4)
    var handshakeType: UInt8 = 0
    /// Whether its records are encrypted from here on.
    var isEncrypted = false
    var lost: BoundaryFinder?
    var cipher: RecordCipher?
    /// TLS 1.3: what its keys are derived from.
    var secret: [UInt8] = []
    /// Of the next record, and how many more numbers are tried.
    var number: UInt64 = 0
    var slack: UInt64 = 0
    var failures = 0
    var hasOpened = false
    /// Bytes of application data that could not be read.
    var closed: (least: Int64, most: Int64) = (0, 0)
    /// Bytes that were decrypted.
    var opened: Int64 = 0
    var missing: Int64 = 0
    var hasData = false
  }

  let session: Session
  /// What holds the session where TLS begins inside another protocol.
  weak var outer: (any PlainReader)?
  let outerName: StaticString?
  private let start: Int64?
  var begun: Int64?
  private(set) var client = Lane()
  private(set) var server = Lane()
  var hello: ClientHello?
  var fingerprint: [UInt8]?
  var choice: ServerHello?
  var alert: [UInt8]?
  var isFatal = false
  var inner: Stream?
  private var tries = 0
  private var corruptions = 0
  private var isOpaque = false

  convenience init(_ session: Session) { self.init(session, inside: nil, nil) }

  /// `outer`: who reads what is decrypted, and its name.
  init(_ session: Session, inside outer: (any PlainReader)?, _ name: StaticString?) {
    self.session = session
    self.outer = outer
    outerName = name
    start = outer == nil ? session.start : nil
    guard outer == nil, !session.isFromStart else { return }
    client.lost = BoundaryFinder()
    server.lost = BoundaryFinder()
  }

  var held: Int {
    (4 << 10) + client.frame.kept.count + server.frame.kept.count + client.handshake.kept.count
      + server.handshake.kept.count + (client.lost?.held.count ?? 0)
      + (server.lost?.held.count ?? 0)
      + (inner?.held ?? 0)
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    guard !isOpaque else { return }
    if begun == nil { begun = start ?? time }
    bytes.withUnsafeBufferPointer { all in
      readRecovering(
        all,
        isLost: withLane(side) { $0.lost != nil },
        find: { bytes in
          withLane(side) { lane in
            guard let found = lane.lost?.find(bytes, Self.judge) else { return nil }
            lane.lost = nil
            return found
          }
        },
        read: { bytes in withLane(side) { read(bytes, &$0, side, time, &log) } }
      )
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    guard !isOpaque else { return }
    withLane(side) { lane in
      lane.missing += count
      guard lane.lost == nil else {
        lane.lost?.reset()
        return
      }
      switch lane.frame.miss(count) {
      case .within: break
      case .ends: end(&lane, side, time, &log)
      case .lost: lose(&lane, side, time, &log)
      }
    }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    inner?.close(end, at: time, Self.parsers, into: &log)
    inner = nil
    tell(time, &log)
  }

  /// Lends a side, so that what it does may touch anything else.
  private func withLane<Result>(_ side: Side, _ body: (inout Lane) -> Result) -> Result {
    var lane = Lane()
    if side == .client { swap(&lane, &client) } else { swap(&lane, &server) }
    let result = body(&lane)
    if side == .client { swap(&lane, &client) } else { swap(&lane, &server) }
    return result
  }

  // MARK: Records

  private func read(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ lane: inout Lane,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while !isOpaque {
      switch lane.frame.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard begin(&lane, side) else {
          corruptions += 1
          isOpaque = corruptions > 8 || hello == nil && choice == nil && session.isFromStart
          guard !isOpaque else { return nil }
          lose(&lane, side, time, &log)
          return at
        }
      case .piece: break
      case .end: end(&lane, side, time, &log)
      }
    }
    return nil
  }

  private func begin(_ lane: inout Lane, _ side: Side) -> Bool {
    let head = lane.frame.head
    let (type, length) = (UInt8(head >> 32 & 255), Int(head & 0xFFFF))
    guard type >= 20, type <= 24, head >> 24 & 255 == 3, head >> 16 & 255 <= 4,
      length <= Self.longestRecord
    else { return false }
    lane.type = type
    var keep = 0
    if isSealed(lane, type) {
      if lane.cipher == nil { findKeys(&lane, side) }
      if lane.cipher != nil, lane.failures < Self.failureLimit { keep = length }
    } else if type == 21 || type == 22 {
      keep = length
    }
    lane.frame.begin(length: length, keep: keep)
    return true
  }

  /// Whether a record of that type is encrypted.
  private func isSealed(_ lane: Lane, _ type: UInt8) -> Bool {
    type == 23 || lane.isEncrypted && type != 20
  }

  private func end(_ lane: inout Lane, _ side: Side, _ time: Int64, _ log: inout WireLog) {
    let isWhole = !lane.frame.isHoled
    if isSealed(lane, lane.type) {
      endSealed(&lane, side, isWhole, time, &log)
      return
    }
    switch lane.type {
    case 20:
      // From here on by new keys; of TLS 1.3 it means nothing.
      let isWord = choice == nil && hello?.versions.contains(0x0304) == true
      guard (choice?.version ?? 0) < 0x0304, !isWord else { return }
      lane.isEncrypted = true
      (lane.cipher, lane.number, lane.slack, lane.hasOpened) = (nil, 0, 0, false)
      tries = 0
    case 21: readAlert(lane.frame.kept)
    case 22:
      if isWhole {
        let content = lane.frame.kept
        readHandshake(content, &lane, side)
      } else {
        lane.handshake.reset()
      }
    default: break
    }
  }

  private func endSealed(
    _ lane: inout Lane,
    _ side: Side,
    _ isWhole: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let length = lane.frame.length
    let isData = lane.type == 23
    lane.hasData = lane.hasData || isData
    if isWhole, let cipher = lane.cipher, lane.frame.kept.count == length {
      let record = lane.frame.kept
      for ahead in 0...lane.slack {
        guard lane.failures < Self.failureLimit else { break }
        let number = lane.number &+ ahead
        guard let found = cipher.open(record, type: lane.type, number: number) else {
          lane.failures += 1
          continue
        }
        opened(&lane, side)
        (lane.number, lane.slack) = (number &+ 1, 0)
        take(found.content, found.type, &lane, side, time, &log)
        return
      }
    }
    lane.slack = min(Self.slackLimit, lane.slack + 1)
    guard isData else { return }
    let bounds = suite.content(ofRecord: length, version: choice?.version ?? 0)
    lane.closed.least += Int64(bounds.lowerBound)
    lane.closed.most += Int64(bounds.upperBound)
    if lane.hasOpened { missPlain(Int64(bounds.upperBound), side, time, &log) }
  }

  /// The first record that the keys of application data open ends the handshake: what came before was none.
  private func opened(_ lane: inout Lane, _ side: Side) {
    guard !lane.hasOpened else { return }
    lane.hasOpened = true
    guard (choice?.version ?? 0) >= 0x0304, lane.missing == 0 else { return }
    if side == .server || hello?.offersEarlyData != true { lane.closed = (0, 0) }
  }

  private func take(
    _ content: [UInt8],
    _ type: UInt8,
    _ lane: inout Lane,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    switch type {
    case 21: readAlert(content)
    case 22: readHandshake(content, &lane, side)
    case 23:
      lane.opened += Int64(content.count)
      givePlain(content, side, time, &log)
    default: break
    }
  }

  /// Nobody knows where the next record begins.
  private func lose(_ lane: inout Lane, _ side: Side, _ time: Int64, _ log: inout WireLog) {
    lane.lost = BoundaryFinder()
    lane.frame.reset()
    lane.handshake.reset()
    lane.slack = Self.slackLimit
    if lane.hasOpened { missPlain(1, side, time, &log) }
  }

  // MARK: Handshake

  private func readHandshake(_ bytes: [UInt8], _ lane: inout Lane, _ side: Side) {
    var at = 0
    bytes.withUnsafeBufferPointer { all in
      while true {
        switch lane.handshake.next(all, &at) {
        case .wait: return
        case .header:
          let (type, length) = (
            UInt8(lane.handshake.head >> 24 & 255), Int(lane.handshake.head & 0xFF_FFFF)
          )
          lane.handshakeType = type
          let isWanted = type == 1 || type == 2 || type == 24
          lane.handshake.begin(length: length, keep: isWanted ? Self.longestHello : 0)
        case .piece: break
        case .end: endHandshake(&lane, side)
        }
      }
    }
  }

  private func endHandshake(_ lane: inout Lane, _ side: Side) {
    switch (lane.handshakeType, side) {
    case (1, .client):
      guard let found = ClientHello(lane.handshake.kept) else { return }
      // The first of two tells who the client is.
      if fingerprint == nil { fingerprint = JA4.fingerprint(found) }
      hello = found
    case (2, .server):
      guard let found = ServerHello(lane.handshake.kept), !found.isRetry else { return }
      choice = found
    case (24, _) where lane.hasOpened && (choice?.version ?? 0) >= 0x0304:
      guard
        let next = Derivation.expand(
          label: "traffic upd",
          lane.secret,
          suite.derivation == .sha384 ? 48 : 32,
          suite.derivation
        )
      else { return }
      lane.secret = next
      lane.cipher = RecordCipher(suite, secret: next)
      // The record that carries this is counted before it is read.
      lane.number = 0
    default: break
    }
  }

  private var suite: CipherSuite { chosenSuite ?? CipherSuite(0) }
  var chosenSuite: CipherSuite? {
    guard let choice else { return nil }
    if let known = knownSuite, known.number == choice.cipher { return known }
    let found = CipherSuite(choice.cipher)
    knownSuite = found
    return found
  }
  private var knownSuite: CipherSuite?

  private func readAlert(_ bytes: [UInt8]) {
    guard bytes.count == 2, alert == nil || bytes[0] == 2, bytes[1] != 0 else { return }
    alert = [UInt8](String(bytes[1]).utf8)
    isFatal = bytes[0] == 2
  }

  /// Looks for the secrets of this session; a log that is still written may not have them yet.
  private func findKeys(_ lane: inout Lane, _ side: Side) {
    guard tries < Self.tryLimit, let keys = session.keys, let hello, let choice,
      let secrets = keys.secrets(of: hello.random)
    else {
      tries += 1
      return
    }
    if choice.version >= 0x0304 {
      guard let secret = side == .client ? secrets.client : secrets.server else { return }
      lane.secret = secret
      lane.cipher = RecordCipher(suite, secret: secret)
    } else if choice.version == 0x0303, let master = secrets.master, master.count == 48 {
      let pair = RecordCipher.pair(
        suite,
        master: master,
        clientRandom: hello.random,
        serverRandom: choice.random,
        encryptsThenAuthenticates: choice.encryptsThenAuthenticates
      )
      lane.cipher = side == .client ? pair?.client : pair?.server
    }
    if lane.cipher == nil { tries = Self.tryLimit }
  }
}
