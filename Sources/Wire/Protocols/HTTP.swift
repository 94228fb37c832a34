/// HTTP/1.0 and 1.1: requests and their responses, who asked, what came, how many records it held.
///
/// A record is a request and its response. Bytes are those of the body as it was sent, without the framing of chunks;
/// records in CSV, JSON, JSON Lines and workbooks are counted while the body passes, decoded from gzip, deflate,
/// brotli (where libbrotli1 is installed) and zstd within bounds, and nothing of it is kept. A part of an object (206) has its range. The account is that of a declared
/// field or cookie (`UserFields`), else of `Authorization` (Basic, Digest, NTLM). After an upgrade and a CONNECT only bytes
/// are told.
///
/// Source: RFC 9110, RFC 9112.
final class HTTP: SessionParser {
  static let name = "http"
  static let headLimit = 64 << 10
  static let pendingLimit = 256
  static let pendingTextLimit = 96 << 10
  static let corruptionLimit = 8

  /// Where a side stands.
  enum Place {
    case head
    case body(left: Int64)
    case untilClose
    case chunkSize
    case chunk(left: Int64)
    case chunkEnd, trailers
    case tunnel
    case lost
  }

  /// One side of the session.
  struct Stream {
    var place = Place.head
    /// A head, or a line around chunks.
    var line: [UInt8] = []
    /// Bytes of the line that is read, its end left out.
    var lineLength = 0
    var start: Int64 = 0
    var body = Body()
    var missing: Int64 = 0
    var finder = BoundaryFinder()
  }

  struct Request {
    var start: Int64
    var method: [UInt8] = []
    var target: WireText?
    var host: [UInt8]?
    var program: [UInt8]?
    var account: [UInt8]?
    var forwarded: [UInt8]?
    var bytes: Int64 = 0
    var rows: Int64?
    var missing: Int64 = 0
    var isSeen = true
  }

  struct Response {
    var status: [UInt8] = []
    var code = 0
    var type: [UInt8]?
    var encoding: [UInt8]?
    var range: [UInt8]?
    var tag: [UInt8]?
    /// Of what the server has now: a tag, else a time.
    var version: [UInt8]?
    var length: Int64?
    var fileName: [UInt8]?
  }

  let session: Session
  var client = Stream()
  var server = Stream()
  var pending: [Request] = []
  var heldText = 0
  /// Whether the last of `pending` still sends its body.
  var isRequestOpen = false
  var response = Response()
  var isPipelining = false
  var hadLoss = false
  var corruptions = 0
  var isOpaque = false
  /// Who NTLM has let in: it holds for the connection.
  var connectionAccount: [UInt8]?
  /// What was asked for before the session became a tunnel.
  var tunnel: WireRecord?
  var tunnelBytes: (client: Int64, server: Int64) = (0, 0)
  var inner: (any SessionParser)?

  var held: Int {
    (4 << 10) + heldText + client.line.count + server.line.count + client.body.held
      + server.body.held + (inner?.held ?? 0)
  }

  init(_ session: Session) {
    self.session = session
    guard !session.isFromStart else { return }
    client.place = .lost
    server.place = .lost
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    guard !isOpaque else { return }
    if tunnel != nil {
      receiveTunnel(bytes, side, time, &log)
      return
    }
    bytes.withUnsafeBufferPointer { all in
      readRecovering(
        all,
        isLost: isLost(side),
        find: { find($0, side) },
        read: { bytes in withStream(side) { read(&$0, bytes, side, time, &log) } }
      )
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    guard !isOpaque else { return }
    hadLoss = true
    if tunnel != nil {
      switch side {
      case .client: tunnelBytes.client += count
      case .server: tunnelBytes.server += count
      }
      tunnel?.missing += count
      inner?.miss(count, from: side, at: time, into: &log)
      return
    }
    withStream(side) { missOn(&$0, count, side, time, &log) }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    inner?.close(end, at: time, into: &log)
    if var record = tunnel {
      record.time = time
      record.bytesToServer = (record.bytesToServer ?? 0) + tunnelBytes.client
      record.bytesToClient = (record.bytesToClient ?? 0) + tunnelBytes.server
      log.write(record, of: session, Self.name)
      tunnel = nil
      return
    }
    switch server.place {
    case .untilClose:
      withStream(.server) { endBody(.server, time, &log, &$0, isWhole: end == .finished) }
    case .body, .chunk, .chunkSize, .chunkEnd, .trailers:
      withStream(.server) { endBody(.server, time, &log, &$0, isWhole: false) }
    default: break
    }
    if isRequestOpen {
      withStream(.client) { endBody(.client, time, &log, &$0, isWhole: false) }
    }
    tellUnanswered(time, &log)
  }

  /// Lends the stream of a side, so that what it does may touch anything else.
  func withStream<Result>(_ side: Side, _ body: (inout Stream) -> Result) -> Result {
    var stream = Stream()
    switch side {
    case .client: swap(&stream, &client)
    case .server: swap(&stream, &server)
    }
    let result = body(&stream)
    switch side {
    case .client: swap(&stream, &client)
    case .server: swap(&stream, &server)
    }
    return result
  }

  private func find(_ bytes: UnsafeBufferPointer<UInt8>, _ side: Side) -> [UInt8]? {
    guard isLost(side) else { return nil }
    return withStream(side) { stream in
      let judge = side == .client ? Self.judgeRequest : Self.judgeResponse
      guard let found = stream.finder.find(bytes, judge) else { return nil }
      _ = stream.finder.takeSkipped()
      stream.place = .head
      return found
    }
  }

  private func isLost(_ side: Side) -> Bool {
    switch side == .client ? client.place : server.place {
    case .lost: true
    default: false
    }
  }

  private func receiveTunnel(
    _ bytes: Span<UInt8>,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    switch side {
    case .client: tunnelBytes.client += Int64(bytes.count)
    case .server: tunnelBytes.server += Int64(bytes.count)
    }
    inner?.receive(bytes, from: side, at: time, into: &log)
  }

  /// Requests that nobody answered.
  func tellUnanswered(_ time: Int64, _ log: inout WireLog) {
    while !pending.isEmpty {
      tell(Response(), Body(), missing: 0, isWhole: false, time, &log)
    }
  }
}
