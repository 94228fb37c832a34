/// SMB 2 and 3: who is let in, and each file that is read or written, its bytes and records counted as they pass.
///
/// A record is a file from its opening to its closing: READ where anything went to the client, WRITE where all of it
/// went to the server, OPEN where the server refused it. The path begins with the share, `\\server\share\folder\file`.
/// Listings, what is opened and neither read nor written, and what goes through pipes (IPC$) are none. The account is
/// that of NTLM; Kerberos encrypts it. Of an encrypted session (SMB 3) only bounds of its bytes are told, and what is
/// compressed counts as encrypted does. SMB 1 is recognised and a flow.
///
///     0 | length: 3 bytes | FE 'SMB' | size 64 | credits | status | command | … | session | signature | body
///
/// Source: Microsoft, MS-SMB2, 2.2; RFC 1002, 4.3.1.
final class SMB: SessionParser {
  static let name = "smb"

  /// What the server has yet to answer.
  struct Request {
    var number: UInt64
    var command: UInt16
    var start: Int64
    var file: SMBFile?
    /// Of a read or write.
    var offset: Int64 = 0
    var length: Int64 = 0
    /// Of a share; of who logs in.
    var text: [UInt8] = []
    var user: NTLM.User?
    /// Whether its answer may be among what is missing.
    var isDoubtful = false

    var held: Int {
      192 + text.count
        + (user.map { $0.account.count + $0.domain.count + $0.workstation.count } ?? 0)
        + (command == Command.create ? file?.held ?? 0 : 0)
    }
  }

  struct Tree {
    var session: UInt64
    var number: UInt32
    var path: [UInt8]
    var isPipe: Bool
  }

  /// One side of the session.
  struct Lane {
    var frame = FrameReader(headerSize: 4)
    var message = SMBMessage()
    var isMessage = false
    var lost: BoundaryFinder?
  }

  static let pathLimit = 4096
  private static let shareLimit = 512
  private static let tableLimit = 32
  private static let pendingLimit = 512
  private static let pendingBytes = 48 << 10
  private static let fileLimit = 512
  private static let fileBytes = 96 << 10
  /// Files whose records are counted at a time.
  private static let counterLimit = 8

  let session: Session
  private var client = Lane()
  private var server = Lane()
  private(set) var pending: [Request] = []
  private var pendingHeld = 0
  private var files: [SMBFile.ID: SMBFile] = [:]
  private var filesHeld = 0
  private var serial = 0
  private var counters = 0
  private var accounts: [(session: UInt64, account: [UInt8])] = []
  private var trees: [Tree] = []
  /// Data of which nobody has seen the request.
  private var stray: SMBFile?
  /// The file, session and tree that related messages of a compound mean.
  var previous: (file: SMBFile?, session: UInt64, tree: UInt32) = (nil, 0, 0)
  var dialect: StaticString?
  /// What is encrypted, at most.
  private var sealed: (toClient: Int64, toServer: Int64) = (0, 0)
  private var sealedSince: Int64?
  private var missing: Int64 = 0

  init(_ session: Session) {
    self.session = session
    guard !session.isFromStart else { return }
    client.lost = BoundaryFinder()
    server.lost = BoundaryFinder()
  }

  var held: Int {
    (4 << 10) + client.message.kept.count + server.message.kept.count
      + (client.lost?.held.count ?? 0) + (server.lost?.held.count ?? 0) + pendingHeld + filesHeld
      + trees.count * 256 + accounts.count * 64
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    bytes.withUnsafeBufferPointer { all in
      readRecovering(
        all,
        isLost: withLane(side) { $0.lost != nil },
        find: { bytes in
          withLane(side) { lane in
            guard let found = lane.lost?.find(bytes, Self.judge) else { return nil }
            missing += lane.lost?.takeSkipped() ?? 0
            lane.lost = nil
            return found
          }
        },
        read: { bytes in withLane(side) { read(bytes, &$0, side, time, &log) } }
      )
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    withLane(side) { lane in
      guard lane.lost == nil else {
        missing += count
        lane.lost?.reset()
        return
      }
      let left = Int64(lane.frame.left)
      let loss = lane.frame.miss(count)
      if lane.isMessage { lane.message.miss(min(count, left), isRead: side == .server) }
      if loss == .lost {
        missing += count - min(count, left)
        lose(&lane)
      }
      guard side == .server, loss == .lost || lane.isMessage && lane.message.isBlind else { return }
      for index in pending.indices { pending[index].isDoubtful = true }
    }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    for file in files.values.sorted(by: { $0.serial < $1.serial }) { tell(file, time, &log) }
    files = [:]
    if let stray { tell(stray, time, &log) }
    stray = nil
    guard let start = sealedSince else { return }
    missing += (client.lost?.takeSkipped() ?? 0) + (server.lost?.takeSkipped() ?? 0)
    var record = WireRecord(.encrypted, start: min(start, time), time: time)
    record.account = accounts.last?.account
    (record.bytesToClient, record.bytesToServer) = (sealed.toClient, sealed.toServer)
    (record.leastToClient, record.leastToServer) = (0, 0)
    record.missing = missing
    if let dialect { record.details.append((key: "version", value: [UInt8](dialect))) }
    record.details.append((key: "decrypted", value: [UInt8]("none" as StaticString)))
    log.write(record, of: session, Self.name)
  }

  /// Lends a side, so that what it does may touch anything else.
  private func withLane<Result>(_ side: Side, _ body: (inout Lane) -> Result) -> Result {
    var lane = Lane()
    if side == .client { swap(&lane, &client) } else { swap(&lane, &server) }
    let result = body(&lane)
    if side == .client { swap(&lane, &client) } else { swap(&lane, &server) }
    return result
  }

  // MARK: Frames

  private func lose(_ lane: inout Lane) {
    lane.frame.reset()
    lane.frame.headerSize = 4
    lane.isMessage = false
    lane.lost = BoundaryFinder()
  }

  /// Where it lost its way, or `nil`: all is read.
  private func read(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ lane: inout Lane,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while true {
      switch lane.frame.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard begin(&lane, side, time) else {
          lose(&lane)
          return at
        }
      case .piece(let range):
        guard lane.isMessage else { continue }
        take(UnsafeBufferPointer(rebasing: bytes[range]), &lane.message, side, time, &log)
      case .end: lane.isMessage = false
      }
    }
  }

  /// Of a frame, four bytes; then its first four, which say what it holds.
  private func begin(_ lane: inout Lane, _ side: Side, _ time: Int64) -> Bool {
    let head = lane.frame.head
    guard lane.frame.headerSize == 8 else {
      let length = Int(head & 0xFF_FFFF)
      switch head >> 24 {
      case 0 where length >= 4: lane.frame.headerSize = 8
      case 0,
        0x81...0x85 where length < 1024:
        lane.frame.begin(length: length)
      default: return false
      }
      return true
    }
    let length = Int(head >> 32 & 0xFF_FFFF)
    lane.frame.headerSize = 4
    switch Int(head & 0xFFFF_FFFF) {
    case Self.plain:
      lane.frame.begin(length: length - 4, isStreamed: true)
      lane.isMessage = true
      lane.message.begin(frame: length)
      if side == .client { previous = (nil, 0, 0) }
    case Self.old: lane.frame.begin(length: length - 4)
    case Self.encrypted: seal(length - 52 - SMBMessage.headerSize, &lane, length, side, time)
    // What it is when decompressed it says itself; nobody believes more than the protocol allows.
    case Self.compressed: seal(max(length, 8 << 20), &lane, length, side, time)
    default: return false
    }
    return true
  }

  /// Of what nobody can read the most is counted that can be data.
  private func seal(_ most: Int, _ lane: inout Lane, _ length: Int, _ side: Side, _ time: Int64) {
    lane.frame.begin(length: length - 4)
    if sealedSince == nil { sealedSince = time }
    if side == .client {
      sealed.toServer += Int64(max(0, most))
    } else {
      sealed.toClient += Int64(max(0, most))
    }
  }

  private func take(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ message: inout SMBMessage,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    var place = 0
    while true {
      switch message.step(bytes, &place) {
      case .wait: return
      case .header(let header):
        guard header.isResponse == (side == .server) else { continue }
        let isAll =
          side == .client
          ? !message.keep(Self.kept(ofRequest: header.command))
          : !message.keep(Self.kept(ofResponse: header.command))
        if isAll { act(header, &message, side, time, &log) }
      case .head:
        if let header = message.header { act(header, &message, side, time, &log) }
      case .piece(let range):
        message.file?.receive(
          UnsafeBufferPointer(rebasing: bytes[range]),
          isRead: side == .server
        )
      }
    }
  }

  private func act(
    _ header: SMBMessage.Header,
    _ message: inout SMBMessage,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    if side == .client {
      ask(header, &message, time, &log)
    } else {
      answer(header, &message, time, &log)
    }
  }

  // MARK: What is known

  func expect(_ request: Request) {
    pending.append(request)
    pendingHeld += request.held
    while pending.count > Self.pendingLimit || pendingHeld > Self.pendingBytes, pending.count > 1 {
      _ = takeRequest(at: 0)
    }
  }

  func takeRequest(_ number: UInt64, _ command: UInt16) -> Request? {
    let index = pending.firstIndex { $0.number == number && $0.command == command }
    return index.map { takeRequest(at: $0) }
  }

  private func takeRequest(at index: Int) -> Request {
    let request = pending.remove(at: index)
    pendingHeld = pending.isEmpty ? 0 : max(0, pendingHeld - request.held)
    return request
  }

  func account(_ session: UInt64) -> [UInt8]? {
    accounts.last { $0.session == session }?.account
  }

  func admit(_ session: UInt64, _ account: [UInt8]?) {
    accounts.removeAll { $0.session == session }
    trees.removeAll { account == nil && $0.session == session }
    guard let account else { return }
    accounts.append((session, Array(account.prefix(256))))
    if accounts.count > Self.tableLimit { accounts.removeFirst() }
  }

  func tree(_ session: UInt64, _ number: UInt32) -> Tree? {
    trees.last { $0.session == session && $0.number == number }
  }

  func connect(_ tree: Tree) {
    trees.removeAll { $0.session == tree.session && $0.number == tree.number }
    var tree = tree
    tree.path = Array(tree.path.prefix(Self.shareLimit))
    trees.append(tree)
    if trees.count > Self.tableLimit { trees.removeFirst() }
  }

  func newFile(_ session: UInt64, _ tree: UInt32, _ time: Int64) -> SMBFile {
    serial += 1
    let file = SMBFile(serial: serial, start: time, session: session, tree: tree)
    file.account = account(session)
    file.isPipe = self.tree(session, tree)?.isPipe ?? false
    return file
  }

  /// The file of that number; one that nobody has seen opened has no name.
  func file(
    _ id: SMBFile.ID,
    _ header: SMBMessage.Header,
    _ time: Int64,
    _ log: inout WireLog
  ) -> SMBFile {
    if let file = files[id] { return file }
    let file = newFile(header.session, header.tree, time)
    open(file, id, time, &log)
    return file
  }

  func knownFile(_ id: SMBFile.ID) -> SMBFile? { files[id] }

  func strayFile(_ header: SMBMessage.Header, _ time: Int64) -> SMBFile? {
    if tree(header.session, header.tree)?.isPipe ?? false { return nil }
    if let stray { return stray }
    let file = newFile(header.session, header.tree, time)
    stray = file
    return file
  }

  func open(_ file: SMBFile, _ id: SMBFile.ID, _ time: Int64, _ log: inout WireLog) {
    if let old = files[id] { end(old, time, &log) }
    file.id = id
    files[id] = file
    filesHeld += file.held
    while files.count > Self.fileLimit || filesHeld > Self.fileBytes, files.count > 1 {
      guard let oldest = files.values.min(by: { $0.serial < $1.serial }) else { return }
      end(oldest, time, &log)
    }
  }

  /// Its data come now: `length` bytes from an offset on.
  func begin(_ file: SMBFile, isRead: Bool, at offset: Int64) {
    let before = file.counters
    file.begin(isRead: isRead, at: offset, counting: counters < Self.counterLimit)
    guard file.counters > before else { return }
    counters += 1
    if let id = file.id, files[id] === file { filesHeld += SMBFile.heldByCounter }
  }

  func end(_ file: SMBFile, _ time: Int64, _ log: inout WireLog) {
    if let id = file.id, files[id] === file {
      files[id] = nil
      filesHeld = files.isEmpty ? 0 : max(0, filesHeld - file.held)
    }
    tell(file, time, &log)
  }

  func tell(_ file: SMBFile, _ time: Int64, _ log: inout WireLog) {
    // What was asked for may have come where bytes are missing.
    for request in pending where request.file === file && request.isDoubtful {
      guard request.command == Command.read else { continue }
      let most = file.size.map { max(0, $0 - request.offset) } ?? request.length
      file.doubt(min(request.length, most), isRead: true)
    }
    pending.removeAll {
      $0.file === file && $0.isDoubtful && $0.command == Command.read
    }
    counters = max(0, counters - file.counters)
    guard var record = file.record(at: time) else { return }
    if let dialect { record.details.append((key: "version", value: [UInt8](dialect))) }
    log.write(record, of: session, Self.name)
  }
}
