/// TDS of SQL Server, 7.0 to 7.4: log-ins, batches and procedures, their rows as they pass, and what the server says of them.
///
/// A record is a request and its answer: a batch of several statements is one. Rows are those of all its results, `rows_stated`
/// what the server states of them, `affected` of what it changed. Where a column has a type that is not known, rows are
/// counted up to there and the last DONE says the rest. Texts of prepared statements and cursors are kept while there is
/// room; parameters and passwords never are. Where the session, or only its log-in, is encrypted, TLS is read inside it. Of
/// several sessions in one (MARS) each is read. What cannot be read is told by its bytes.
///
///     type | status | length, itself included: 2 bytes | process: 2 | number | 0 | payload
///
/// Source: Microsoft, MS-TDS.
final class TDS: SessionParser {
  static let name = "tds"
  static let corruptionLimit = 8
  /// Bytes of a request that are kept: its text is UTF-16.
  static let keptLimit = 2 * WireLog.textLimit + 1024

  /// Packets one after the other.
  struct Lane {
    var frame = FrameReader(headerSize: 8)
    var lost: BoundaryFinder?
    var type: UInt8 = 0
    var isLast = false
    /// Of the packet: whether it belongs to TLS, and whether it is a record of it without a header of TDS.
    var isSealed = false
    var isRecord = false
    /// Of the message: whether it is a part of TLS' handshake.
    var isHandshake = false
    /// Whether all that comes is TLS.
    var isTunnel = false
    /// Of a frame of MARS.
    var channel: Frame?
    /// Of the message.
    var isOpen = false
    var kept: [UInt8] = []
    var bytes: Int64 = 0
    var missing: Int64 = 0
    var isHoled = false
    var start: Int64 = 0
  }

  struct Request {
    enum Kind { case batch, call, bulk, other }
    var kind: Kind
    var start: Int64
    var operation: [UInt8] = []
    var text: WireText?
    var bytes: Int64 = 0
    var missing: Int64 = 0
    var rows: Int64?
    /// What the number in the answer will stand for: `h` a statement, `c` a cursor.
    var names: [UInt8] = []
  }

  let session: Session
  /// As they were sent, and as they were decrypted.
  var client = Lane()
  var server = Lane()
  var plainClient = Lane()
  var plainServer = Lane()
  var inner: TLS?
  var isOpaque = false
  /// Sessions within this one.
  var channels: [UInt16: TDS] = [:]
  var unread = Unread()
  var corruptions = 0
  var version = 0x74

  var account: [UInt8]?
  var database: [UInt8]?
  var program: [UInt8]?
  var host: [UInt8]?
  var method: StaticString = "password"
  var loginStart: Int64?

  /// Requests that the server has yet to answer.
  var pending: [Request] = []
  var texts = BoundedTexts(bytes: 64 << 10, count: 1024)
  var bulk: WireText?
  var tokens = TDSTokens()
  var bulkTokens = TDSTokens()
  var isAnswerHoled = false
  /// Of the answer that is told.
  var answered: (bytes: Int64, missing: Int64) = (0, 0)

  init(_ session: Session) {
    self.session = session
    guard !session.isFromStart else { return }
    client.lost = BoundaryFinder()
    server.lost = BoundaryFinder()
  }

  var held: Int {
    (4 << 10) + client.kept.count + plainClient.kept.count + (inner?.held ?? 0) + tokens.size
      + bulkTokens.size + (client.lost?.held.count ?? 0) + (server.lost?.held.count ?? 0)
      + pending.reduce(0) { $0 + ($1.text?.bytes.count ?? 0) + 128 }
      + channels.values.reduce(0) { $0 + $1.held }
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    read(bytes, side, isPlain: false, time, &log)
  }

  private func read(
    _ bytes: Span<UInt8>,
    _ side: Side,
    isPlain: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard !isOpaque else { return unread.add(bytes.count, from: side, at: time) }
    if !isPlain, side == .client ? client.isTunnel : server.isTunnel {
      inner?.receive(bytes, from: side, at: time, into: &log)
      return
    }
    bytes.withUnsafeBufferPointer { all in
      readRecovering(
        all,
        isLost: withLane(side, isPlain) { $0.lost != nil },
        find: { bytes in
          withLane(side, isPlain) { lane in
            let judge = side == .client ? Self.judgeClient : Self.judgeServer
            guard let found = lane.lost?.find(bytes, judge) else { return nil }
            lane.lost = nil
            return found
          }
        },
        read: { bytes in withLane(side, isPlain) { read(bytes, &$0, side, isPlain, time, &log) } }
      )
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    miss(count, side, isPlain: false, time, &log)
  }

  private func miss(
    _ count: Int64,
    _ side: Side,
    isPlain: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard !isOpaque else {
      unread.missing += count
      return
    }
    withLane(side, isPlain) { lane in
      if lane.channel != nil, lane.lost == nil {
        let left = Int64(lane.frame.left)
        if var frame = lane.channel {
          missFrame(min(count, left), &frame, side, time, &log)
          lane.channel = frame
        }
        switch lane.frame.miss(count) {
        case .within: break
        case .ends: lane.channel = nil
        case .lost: loseFrames(&lane, side)
        }
        return
      }
      lane.missing += count
      lane.isHoled = true
      guard !lane.isTunnel else {
        inner?.miss(count, from: side, at: time, into: &log)
        return
      }
      guard lane.lost == nil else {
        lane.lost?.reset()
        return
      }
      if lane.isSealed { inner?.miss(count, from: side, at: time, into: &log) } else { hole(side) }
      switch lane.frame.miss(count) {
      case .within: break
      case .ends: end(&lane, side, time, &log)
      case .lost where lane.isSealed: lane.isTunnel = true
      case .lost:
        lane.isOpen = lane.isOpen && side == .server
        loseFrames(&lane, side)
      }
    }
  }

  private func loseFrames(_ lane: inout Lane, _ side: Side) {
    lane.channel = nil
    lane.lost = BoundaryFinder()
    strayChannels(side)
  }

  /// Bytes of it are missing, nobody knows how many.
  func stray(_ side: Side) {
    withLane(side, false) { lane in
      lane.isHoled = true
      lane.frame.reset()
      if lane.lost == nil { lane.lost = BoundaryFinder() } else { lane.lost?.reset() }
      lane.isOpen = lane.isOpen && side == .server
    }
    hole(side)
  }

  /// Bytes of the message that is read are not there.
  private func hole(_ side: Side) {
    if side == .server {
      tokens.lose()
      isAnswerHoled = true
    } else {
      bulkTokens.lose()
    }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    inner?.close(end, at: time, into: &log)
    inner = nil
    if let start = loginStart, account != nil { tellLogin(start, nil, isSuccess: nil, time, &log) }
    answered = (server.bytes + plainServer.bytes, server.missing + plainServer.missing)
    while !pending.isEmpty { tell(pending.removeFirst(), isWhole: false, time, &log) }
    closeChannels(end, time, &log)
  }

  /// Lends a side, so that what it does may touch anything else.
  private func withLane<Result>(
    _ side: Side,
    _ isPlain: Bool,
    _ body: (inout Lane) -> Result
  ) -> Result {
    var lane = Lane()
    func exchange() {
      switch (side, isPlain) {
      case (.client, false): swap(&lane, &client)
      case (.client, true): swap(&lane, &plainClient)
      case (.server, false): swap(&lane, &server)
      case (.server, true): swap(&lane, &plainServer)
      }
    }
    exchange()
    let result = body(&lane)
    exchange()
    return result
  }

  // MARK: Packets

  private func read(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ lane: inout Lane,
    _ side: Side,
    _ isPlain: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while !isOpaque {
      switch lane.frame.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard begin(&lane, side, isPlain, time, &log) else {
          corruptions += 1
          isOpaque = corruptions > Self.corruptionLimit
          lane.frame.reset()
          loseFrames(&lane, side)
          hole(side)
          if isOpaque { unread.add(bytes.count - at, from: side, at: time) }
          return isOpaque ? nil : at
        }
      case .piece(let range):
        if var frame = lane.channel {
          takeFrame(bytes[range], &frame, side, time, &log)
          lane.channel = frame
        } else {
          take(bytes[range], &lane, side, time, &log)
        }
      case .end:
        if let frame = lane.channel {
          lane.channel = nil
          endFrame(frame, side, time, &log)
        } else {
          end(&lane, side, time, &log)
        }
      }
    }
    return nil
  }

  private func begin(
    _ lane: inout Lane,
    _ side: Side,
    _ isPlain: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Bool {
    let head = lane.frame.head
    let type = UInt8(head >> 56)
    (lane.isSealed, lane.isRecord) = (false, false)
    if !isPlain, inner != nil, type >= 20, type <= 23, head >> 48 & 255 == 3 {
      let length = Int(head >> 24 & 0xFFFF)
      guard length >= 3, length <= TLS.longestRecord else { return false }
      (lane.isSealed, lane.isRecord) = (true, true)
      giveSealed((0..<8).map { UInt8(truncatingIfNeeded: head >> (56 - 8 * $0)) }, side, time, &log)
      lane.frame.begin(length: length - 3, isStreamed: true)
      return true
    }
    let length = Int(head >> 32 & 0xFFFF)
    if type == 0x53 { return beginFrame(&lane, side, time, &log) }
    guard length >= 8, head & 255 == 0, Self.isType(type, of: side) else { return false }
    if !lane.isOpen || lane.type != type { open(&lane, type, side, time) }
    lane.isLast = head >> 48 & 1 == 1
    lane.bytes += Int64(length)
    lane.isSealed = lane.isHandshake
    lane.frame.begin(length: length - 8, isStreamed: true)
    return true
  }

  static func isType(_ type: UInt8, of side: Side) -> Bool {
    switch side {
    case .server: type == 4 || type == 18
    case .client: type >= 1 && type <= 3 || type >= 6 && type <= 8 || type >= 14 && type <= 18
    }
  }

  private func open(_ lane: inout Lane, _ type: UInt8, _ side: Side, _ time: Int64) {
    (lane.type, lane.isOpen, lane.start) = (type, true, time)
    (lane.kept, lane.bytes, lane.isHoled) = ([], 0, lane.missing > 0)
    lane.isHandshake = false
    if side == .server {
      tokens.start()
      tokens.version = version
    } else if type == 7 {
      bulkTokens.start()
      bulkTokens.version = version
    }
  }

  private func take(
    _ bytes: UnsafeBufferPointer<UInt8>.SubSequence,
    _ lane: inout Lane,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    // A handshake of TLS begins where a greeting or its answer would.
    if !lane.isRecord, lane.kept.isEmpty, !lane.isHoled, bytes.first == 22, inner != nil,
      lane.type == 18 || lane.type == 4
    {
      (lane.isSealed, lane.isHandshake) = (true, true)
    }
    if lane.isSealed {
      giveSealed(Array(bytes), side, time, &log)
    } else if side == .server, lane.type == 4 {
      // The answer to a greeting is no tokens; it is short.
      if lane.kept.count < 64 { lane.kept.append(contentsOf: bytes.prefix(64 - lane.kept.count)) }
      tokens.read(bytes)
    } else if lane.type == 7 {
      bulkTokens.read(bytes)
    } else {
      let room = Self.keptLimit - lane.kept.count
      if room > 0, !lane.isHoled { lane.kept.append(contentsOf: bytes.prefix(room)) }
    }
  }

  private func giveSealed(
    _ bytes: [UInt8],
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    inner?.receive(bytes.span, from: side, at: time, into: &log)
  }

  private func end(_ lane: inout Lane, _ side: Side, _ time: Int64, _ log: inout WireLog) {
    guard !lane.isRecord, lane.isOpen, lane.isLast else { return }
    lane.isOpen = false
    guard !lane.isSealed else { return }
    switch side {
    case .client: endRequest(lane, time, &log)
    case .server: endAnswer(lane, time, &log)
    }
    (lane.kept, lane.missing, lane.bytes) = ([], 0, 0)
  }

  func write(_ record: WireRecord, _ log: inout WireLog) {
    var record = record
    record.account = account
    record.database = database
    record.program = program
    if let host, !host.isEmpty { record.details.append(("client_host", host)) }
    log.write(record, of: session, Self.name)
  }
}

extension TDS: PlainReader {
  func receivePlain(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog)
  {
    read(bytes, side, isPlain: true, time, &log)
  }

  func missPlain(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    miss(count, side, isPlain: true, time, &log)
  }
}
