/// The protocol of MySQL and MariaDB: statements, their rows as they pass, prepared ones and those of several results.
///
/// A record is a statement and its answer: one of several that a query holds has its own, the results of one call
/// are one. The server states no number of rows; `affected` is what it says it changed. A statement that was
/// prepared is told by its text at each execution and fetch while there is room for the text; parameters and
/// passwords never are kept. A session may be compressed (zlib, zstd), or turn to TLS.
///
///     length: 3 bytes, the lowest first | number in this exchange | payload
///
/// Source: MySQL Internals, "Client/Server Protocol"; MariaDB Knowledge Base, "Clients & Utilities, Protocol".
final class MySQL: SessionParser {
  static let name = "mysql"

  enum Phase {
    /// The server greets, the client answers, the server lets it in.
    case greeting, login, authentication
    case commands
    /// Encrypted, or no sense.
    case opaque
  }

  /// What the next packet of the server is.
  enum Awaited {
    case first
    case columns(Int)
    case afterColumns, rows
    case prepared
    case definitions(Int)
    case fields, text, file
    case events
  }

  let session: Session
  var phase = Phase.greeting
  var client = FrameReader(headerSize: 4)
  var server = FrameReader(headerSize: 4)
  var lostClient: BoundaryFinder?
  var lostServer: BoundaryFinder?
  var corruptions = 0
  var inner: (any SessionParser)?
  /// Whether what is read is what `inner` gives.
  var isDecrypting = false

  var capabilities: UInt64 = 0
  var serverCapabilities: UInt64 = .max
  var isCompressed = false
  var clientPackets = CompressedPackets()
  var serverPackets = CompressedPackets()

  var account: [UInt8]?
  var database: [UInt8]?
  var program: [UInt8]?
  var serverVersion: [UInt8]?
  var method: [UInt8]?
  var loginStart: Int64?
  /// The database that a login or a change of user asks for.
  var wantedDatabase: [UInt8]?

  /// Commands that the server has yet to answer, in order.
  var pending: [Command] = []
  var isPipelining = false
  var heldText = 0
  var statements = BoundedTexts(bytes: 64 << 10, count: 1024)
  var declared = BoundedTexts(bytes: 16 << 10, count: 256)
  var lastPrepared: WireText?
  var answer = Answer()
  var awaited = Awaited.first
  /// The payload of the packet that is read goes on in the next.
  var isClientContinued = false
  var isServerContinued = false
  var clientKind = PacketOfClient.ignored
  var fileStart: Int64 = 0
  var missingOfClient: Int64 = 0

  init(_ session: Session) {
    self.session = session
    guard !session.isFromStart else { return }
    phase = .commands
    lostClient = BoundaryFinder()
    lostServer = BoundaryFinder()
    answer.isAtLeast = true
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    if let inner {
      inner.receive(bytes, from: side, at: time, into: &log)
      return
    }
    receivePlain(bytes, from: side, at: time, into: &log)
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    inner?.close(end, at: time, into: &log)
    if loginStart != nil, account != nil { endLogin(nil, isSuccess: nil, time, &log) }
    while !pending.isEmpty { endCommand(nil, isSuccess: nil, time, &log) }
  }

  func write(_ record: WireRecord, _ log: inout WireLog) {
    var record = record
    record.account = account
    record.database = database
    record.program = program
    log.write(record, of: session, Self.name)
  }
}

extension MySQL: PlainReader {
  func receivePlain(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog)
  {
    bytes.withUnsafeBufferPointer { all in
      switch side {
      case .client: receiveClient(all, time, &log)
      case .server: receiveServer(all, time, &log)
      }
    }
  }

  var held: Int { (4 << 10) + (inner?.held ?? 0) }
}

extension MySQL {
  enum PacketOfClient { case ignored, greeting, command, file }

  struct Command {
    var code: UInt8
    var start: Int64
    var text: WireText?
    /// The statements of a query of several, and which of them is answered.
    var parts: [Range<Int>] = []
    var part = 0
    var bytes: Int64 = 0
    var missing: Int64 = 0
    /// Of the statement that is closed or executed.
    var name: [UInt8] = []
    var isTold = false

    var current: WireText? {
      guard let text, parts.indices.contains(part) else { return text }
      let isLast = part == parts.count - 1
      return WireText(Array(text.bytes[parts[part]]), isCut: text.isCut && isLast)
    }
  }

  struct Answer {
    var rows: Int64 = 0
    var bytes: Int64 = 0
    var missing: Int64 = 0
    var isAtLeast = false
    var hasBegun = false
    var hasRows = false
    var affected: Int64?
    /// Lines of the file that the server asked for.
    var fileLines: Int64 = 0
    var fileName: [UInt8]?
    var isLineOpen = false
  }

  struct Capability {
    static let connectWithDatabase: UInt64 = 1 << 3
    static let compress: UInt64 = 1 << 5
    static let protocol41: UInt64 = 1 << 9
    static let tls: UInt64 = 1 << 11
    static let secureConnection: UInt64 = 1 << 15
    static let pluginAuthentication: UInt64 = 1 << 19
    static let attributes: UInt64 = 1 << 20
    static let longAuthentication: UInt64 = 1 << 21
    static let sessionTrack: UInt64 = 1 << 23
    static let optionalMetadata: UInt64 = 1 << 25
    static let zstd: UInt64 = 1 << 26
    static let queryAttributes: UInt64 = 1 << 27
    static let cachedMetadata: UInt64 = 1 << 36
  }

  func has(_ capability: UInt64) -> Bool { capabilities & capability != 0 }
}

extension ByteReader {
  /// A number of MySQL's that says its own length.
  mutating func lengthEncoded() -> Int? {
    guard let first = byte() else { return nil }
    switch first {
    case 0..<0xFB: return Int(first)
    case 0xFC: return little(2)
    case 0xFD: return little(3)
    case 0xFE:
      guard let low = little(7), let high = byte(), high == 0 else { return nil }
      return low
    default: return nil
    }
  }

  mutating func lengthEncodedText() -> [UInt8]? { lengthEncoded().flatMap { take($0) } }
}
