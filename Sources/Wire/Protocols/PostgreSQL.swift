/// PostgreSQL's protocol, version 3: statements, their rows as they pass, and what the server says of them.
///
/// A record is a statement and its answer: each of several in one simple query, each execution of a portal, a
/// part of one that was suspended. Rows are the DataRow and CopyData messages to the client; what the tag of
/// CommandComplete says stands beside them. A FETCH names its cursor only, an EXECUTE its statement: `of` has the
/// text that was declared. Texts of prepared statements are kept while there is room; parameters and passwords
/// never are.
///
///     'D' | length, itself included: 4 bytes | columns: 2 | each: length 4, bytes
///
/// Source: PostgreSQL 17 documentation, chapter 53, "Frontend/Backend Protocol".
final class PostgreSQL: SessionParser {
  static let name = "postgresql"

  enum Phase {
    /// The client's first packets have no type.
    case startUp
    /// One byte of the server is awaited: whether it encrypts.
    case encryptionAnswer
    case ready
    /// Nothing can be read any more.
    case opaque
  }

  let session: Session
  var phase = Phase.startUp
  var client = FrameReader(headerSize: 4)
  var server = FrameReader(headerSize: 5)
  var lostClient: BoundaryFinder?
  var lostServer: BoundaryFinder?
  /// What reads on once the session is encrypted.
  var inner: (any SessionParser)?
  /// The types of the messages that are read.
  var clientType: UInt8 = 0
  var serverType: UInt8 = 0
  /// How often a side was no sense.
  var corruptions = 0

  var account: [UInt8]?
  var database: [UInt8]?
  var program: [UInt8]?
  var role: [UInt8]?
  var isReplication = false
  /// How the server lets users in.
  var authentication: [UInt8]?
  /// When the client greeted, until the server let it in or did not.
  var loginStart: Int64?

  /// What the server has yet to answer, in order.
  var pending: [Operation] = []
  var firstPending = 0
  var heldText = 0
  /// Whether something was left out of `pending`, until all is answered.
  var isOverflowing = false
  /// Simple queries, calls and Syncs without their ReadyForQuery.
  var unanswered = 0
  /// Whether bytes are missing since all was answered.
  var hadLoss = false
  /// Whether this client sends before it has its answer.
  var isPipelining = false
  var statements = BoundedTexts(bytes: 64 << 10, count: 1024)
  var portals = BoundedTexts(bytes: 32 << 10, count: 256)
  var declared = BoundedTexts(bytes: 16 << 10, count: 256)
  /// Bytes of the client that no statement has yet.
  var clientBytes: Int64 = 0
  var clientMissing: Int64 = 0
  /// When the first message of them came.
  var clientStart: Int64?

  var answer = Answer()
  var hasServerSpoken = false
  /// A record that only waits for the bytes of ReadyForQuery.
  var finished: WireRecord?
  var lines = CopyLines()

  init(_ session: Session) {
    self.session = session
    guard !session.isFromStart else { return }
    phase = .ready
    client.headerSize = 5
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

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    if let inner {
      inner.miss(count, from: side, at: time, into: &log)
      return
    }
    missPlain(count, from: side, at: time, into: &log)
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    inner?.close(end, at: time, into: &log)
    flush(&log)
    if let start = loginStart, account != nil {
      var record = WireRecord(.login, start: start, time: time)
      record.operation = Array("STARTUP")
      write(record, &log)
    }
    while firstPending < pending.count {
      let operation = pending[firstPending]
      if operation.isStatement { finish(operation, nil, isSuccess: nil, time, &log) }
      flush(&log)
      answer = Answer()
      firstPending += 1
    }
    pending = []
    firstPending = 0
  }

  func write(_ record: WireRecord, _ log: inout WireLog) {
    var record = record
    record.account = account
    record.database = database
    record.program = program
    if let role, let account, role != account { record.details.append(("role", role)) }
    log.write(record, of: session, Self.name)
  }

  /// Writes the record that waited for its last bytes.
  func flush(_ log: inout WireLog) {
    guard let record = finished else { return }
    finished = nil
    write(record, &log)
  }
}

extension PostgreSQL: PlainReader {
  func receivePlain(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog)
  {
    bytes.withUnsafeBufferPointer { all in
      switch side {
      case .client: receiveClient(all, time, &log)
      case .server:
        hasServerSpoken = true
        receiveServer(all, time, &log)
      }
    }
  }

  func missPlain(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    guard phase != .opaque else { return }
    switch side {
    case .client: missClient(count, time, &log)
    case .server: missServer(count, time, &log)
    }
  }

  /// From here on the session is encrypted: it is read on where its secrets are known.
  func beginEncryption(
    _ rest: UnsafeBufferPointer<UInt8>.SubSequence,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    phase = .startUp
    let begun = TLS(session, inside: self, "postgresql")
    inner = begun
    guard !rest.isEmpty else { return }
    begun.receive(UnsafeBufferPointer(rebasing: rest).span, from: side, at: time, into: &log)
  }

  var held: Int { (4 << 10) + (inner?.held ?? 0) }
}

extension PostgreSQL {
  /// What the client asked for.
  struct Operation {
    enum Kind {
      /// A simple query, a call of a function, a Sync: the server ends them with ReadyForQuery.
      case simple, call, sync
      case parse, bind, describe, close
      case execute
    }

    var kind: Kind
    var start: Int64
    var text: WireText?
    /// The statements of a simple query of several, and which of them is answered.
    var parts: [Range<Int>] = []
    var part = 0
    var bytes: Int64 = 0
    var missing: Int64 = 0
    /// Whether it was not seen but for its answer.
    var isImplicit = false
    /// Whether a record tells of it.
    var isTold = false

    var isStatement: Bool { kind == .simple || kind == .execute || kind == .call }

    /// The text of the statement that is answered now.
    var current: WireText? {
      guard let text, parts.indices.contains(part) else { return text }
      let isLast = part == parts.count - 1
      return WireText(Array(text.bytes[parts[part]]), isCut: text.isCut && isLast)
    }
  }

  /// What has come of the answer to one statement.
  struct Answer {
    enum Copy { case none, toClient, toServer, both }

    var rows: Int64 = 0
    var bytes: Int64 = 0
    var missing: Int64 = 0
    var isAtLeast = false
    var copy = Copy.none
    var isBinaryCopy = false
    var copyMessages: Int64 = 0
    var rowsToServer: Int64 = 0
    /// Whether anything but the end of it was seen.
    var hasBegun = false
    /// Columns of its rows, where they were told.
    var columns: Int?
  }

  /// Counts the lines of COPY … FROM STDIN: those of CSV may be quoted.
  struct CopyLines {
    var isCSV = false
    private var isQuoted = false
    private var isInLine = false
    private var isFirstBackslash = false
    private(set) var count: Int64 = 0

    mutating func start(isCSV: Bool) {
      self = Self()
      self.isCSV = isCSV
    }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) {
      for byte in bytes {
        if byte == 0x22, isCSV { isQuoted.toggle() }
        guard byte == 10, !isQuoted else {
          // `\.` alone ends the data of older clients.
          if !isInLine {
            isFirstBackslash = byte == 0x5C
          } else if byte != 0x2E && byte != 13 {
            isFirstBackslash = false
          }
          isInLine = true
          continue
        }
        if !isFirstBackslash { count += 1 }
        isInLine = false
        isFirstBackslash = false
      }
    }

    /// A last line without an end is a line.
    mutating func end() {
      if isInLine, !isFirstBackslash { count += 1 }
      isInLine = false
    }
  }
}
