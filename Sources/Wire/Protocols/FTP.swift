/// FTP: who is let in, and each file that goes either way, its bytes and records counted in the connection that
/// carries it.
///
/// A record is a file: RETR goes to the client, STOR, STOU and APPE go to the server; listings are none. The
/// connection of the data is found by what PORT, EPRT, PASV and EPSV agree on, where its ends are those of this one. A
/// path is told from the root on where the client has been told where it is. A file whose connection was not captured has no
/// number of bytes. Passwords never are kept; what is encrypted (AUTH) is read no further.
///
/// Source: RFC 959, 2389, 2428, 3659, 4217.
final class FTP: AnnouncingParser {
  static let name = "ftp"

  struct Command {
    var verb: [UInt8]
    var argument: [UInt8]
    var start: Int64
  }

  let session: Session
  private var client = CommandLines(limit: 4096)
  private var server = CommandLines(limit: 1024)
  /// Commands that the server has yet to answer, in order.
  private var pending: [Command] = []
  /// The code of a reply of several lines, until its last.
  private var openReply: [UInt8]?
  private var isOpaque = false
  /// What the server says first answers nothing.
  private var isGreetingDue: Bool
  private var account: [UInt8]?
  private var loginStart: Int64?
  /// Where the client is, as far as it was told.
  private var folder: [UInt8]?
  private var offset: Int64 = 0
  private var announced: [AnnouncedSession] = []
  /// The connection that was agreed on, or the file that goes over it.
  private var channel: FTPTransfer?
  /// A file that the server says is over, of which no byte has come.
  private var waiting: FTPTransfer?

  private static let pendingLimit = 64
  static let pathLimit = 4096

  init(_ session: Session) {
    self.session = session
    isGreetingDue = session.isFromStart
  }

  var held: Int { 2048 + client.line.count + server.line.count + pending.count * 96 }

  func takeAnnounced() -> [AnnouncedSession] {
    guard !announced.isEmpty else { return [] }
    defer { announced = [] }
    return announced
  }

  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog) {
    bytes.withUnsafeBufferPointer { all in
      var at = 0
      while !isOpaque {
        switch side {
        case .client:
          guard client.next(all, &at) else { return }
          take(client.takeLine(), time, &log)
        case .server:
          guard server.next(all, &at) else { return }
          hear(server.takeLine(), time, &log)
        }
      }
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    // What is answered is no longer known, but for a file that is under way.
    pending.removeAll { !Self.carries($0.verb) }
    switch side {
    case .client: client.lose()
    case .server:
      server.lose()
      (openReply, isGreetingDue) = (nil, false)
    }
  }

  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog) {
    settle(time, &log)
    if let start = loginStart { tellLogin(nil, nil, start, time, &log) }
    channel?.abandon(time, &log)
    channel = nil
  }

  private static func carries(_ verb: [UInt8]) -> Bool {
    isFile(verb) || verb.isText("LIST") || verb.isText("NLST") || verb.isText("MLSD")
  }

  private static func isFile(_ verb: [UInt8]) -> Bool {
    verb.isText("RETR") || verb.isText("STOR") || verb.isText("STOU") || verb.isText("APPE")
  }

  /// A file that was over before any of it came is told without.
  private func settle(_ time: Int64, _ log: inout WireLog) {
    waiting?.settle(time, &log)
    waiting = nil
  }

  // MARK: Client

  private func take(_ line: [UInt8], _ time: Int64, _ log: inout WireLog) {
    settle(time, &log)
    // Telnet's signals stand before ABOR.
    let text = Array(line.drop { $0 >= 0x80 })
    let verb = Array(text.prefix { $0 != 0x20 })
    var command = Command(
      verb: verb,
      argument: Array(text.dropFirst(verb.count + 1).prefix(Self.pathLimit)),
      start: time
    )
    switch true {
    case verb.isText("USER"):
      account = command.argument
      loginStart = time
    case verb.isText("PASS"), verb.isText("ACCT"): command.argument = []
    case verb.isText("PORT"), verb.isText("EPRT"): callClient(command, time, &log)
    case verb.isText("REST"): offset = command.argument.decimal ?? 0
    case Self.carries(verb): begin(command, time, &log)
    default: break
    }
    guard pending.count < Self.pendingLimit else { return }
    pending.append(command)
  }

  private func callClient(_ command: Command, _ time: Int64, _ log: inout WireLog) {
    let listener = FTPAddress.port(command.argument, session.client.address)
    guard let listener else { return }
    expect([listener], from: session.server.address, isPassive: false, time, &log)
  }

  /// Somebody will call: the data of the next file goes there.
  private func expect(
    _ listeners: [Endpoint],
    from caller: InternetAddress,
    isPassive: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    channel?.abandon(time, &log)
    let transfer = FTPTransfer(session, isPassive: isPassive)
    channel = transfer
    for listener in Set(listeners).sorted(by: { $0.address < $1.address }) {
      announced.append(
        AnnouncedSession(listener: listener, caller: caller) { session, isServer in
          // What the server of FTP sends goes to its client: it listens, or it calls.
          let toClient: Side = transfer.isPassive == isServer ? .server : .client
          return FTPData(session, transfer, toClient: toClient)
        }
      )
    }
  }

  private func begin(_ command: Command, _ time: Int64, _ log: inout WireLog) {
    if channel?.hasCommand ?? true {
      // The server calls the port that this session comes from, unless another was agreed on.
      expect([session.client], from: session.server.address, isPassive: false, time, &log)
    }
    guard let channel else { return }
    channel.begin(
      Self.isFile(command.verb) ? command.verb : [],
      path(command.argument),
      account,
      offset,
      time
    )
    offset = 0
  }

  /// From the root on, where it is known.
  private func path(_ name: [UInt8]) -> [UInt8] {
    guard name.first != 0x2F, let folder, !name.isEmpty else { return name }
    let joined = folder.last == 0x2F ? folder + name : folder + [0x2F] + name
    return Array(joined.prefix(Self.pathLimit))
  }

  // MARK: Server

  private func hear(_ line: [UInt8], _ time: Int64, _ log: inout WireLog) {
    if let open = openReply {
      guard line.starts(with: open), line.count == 3 || line.count > 3 && line[3] == 0x20 else {
        return
      }
      openReply = nil
    } else {
      guard line.count >= 3, let first = line.first, first >= 0x31, first <= 0x36,
        Array(line[..<3]).decimal != nil
      else { return }
      if line.count > 3, line[3] == 0x2D {
        openReply = Array(line[..<3])
        return
      }
    }
    answer(Array(line[..<3]), Array(line.dropFirst(4)), time, &log)
  }

  private func answer(
    _ code: [UInt8],
    _ text: [UInt8],
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard code[0] > 0x31 else { return }
    guard !isGreetingDue else {
      isGreetingDue = false
      return
    }
    guard let command = pending.first else { return }
    pending.removeFirst()
    let isGood = code[0] == 0x32
    switch true {
    case command.verb.isText("USER"):
      if code[0] != 0x33 { endLogin(code, isGood, time, &log) }
    case command.verb.isText("PASS"), command.verb.isText("ACCT"):
      if code[0] != 0x33 { endLogin(code, isGood, time, &log) }
    case command.verb.isText("AUTH"): isOpaque = code[0] == 0x32
    case command.verb.isText("PASV") where isGood:
      guard let listener = FTPAddress.passive(text) else { break }
      // Behind a translation of addresses the server does not know its own.
      let own = Endpoint(address: session.server.address, port: listener.port)
      expect([listener, own], from: session.client.address, isPassive: true, time, &log)
    case command.verb.isText("EPSV") where isGood:
      guard let port = FTPAddress.extended(text) else { break }
      let listener = Endpoint(address: session.server.address, port: port)
      expect([listener], from: session.client.address, isPassive: true, time, &log)
    case command.verb.isText("CWD") where isGood: folder = path(command.argument)
    case command.verb.isText("CDUP") where isGood: folder = folder.map(Self.above)
    case command.verb.isText("PWD") where isGood, command.verb.isText("XPWD") where isGood:
      folder = FTPAddress.quoted(text) ?? folder
    case command.verb.isText("REIN") where isGood: (account, folder) = (nil, nil)
    case Self.carries(command.verb): endFile(command, code, time, &log)
    default: break
    }
  }

  private func endFile(
    _ command: Command,
    _ code: [UInt8],
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard let transfer = channel, transfer.start == command.start else { return }
    transfer.end(code, isSuccess: code[0] == 0x32, time, &log)
    channel = nil
    if !transfer.isTold { waiting = transfer }
  }

  private func endLogin(
    _ code: [UInt8],
    _ isSuccess: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard let start = loginStart else { return }
    loginStart = nil
    tellLogin(code, isSuccess, start, time, &log)
    if !isSuccess { account = nil }
  }

  private func tellLogin(
    _ code: [UInt8]?,
    _ isSuccess: Bool?,
    _ start: Int64,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard account != nil else { return }
    var record = WireRecord(.login, start: start, time: time)
    record.account = account
    record.operation = Array("USER")
    record.status = code
    record.isSuccess = isSuccess
    log.write(record, of: session, Self.name)
  }

  private static func above(_ folder: [UInt8]) -> [UInt8] {
    guard let slash = folder.lastIndex(of: 0x2F) else { return folder }
    return slash == 0 ? [0x2F] : Array(folder[..<slash])
  }
}

/// Lines of commands and replies; of a longer one the start is kept.
struct CommandLines {
  private(set) var line: [UInt8] = []
  private let limit: Int
  /// Bytes are missing: what comes up to the next end of a line is none.
  private var isLost = false

  init(limit: Int) { self.limit = limit }

  /// Reads on to the end of a line; `false`: it has not come yet.
  mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Bool {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == 10 {
        if isLost {
          isLost = false
          line = []
          continue
        }
        return true
      }
      if line.count < limit, !isLost { line.append(byte) }
    }
    return false
  }

  mutating func takeLine() -> [UInt8] {
    defer { line = [] }
    return line.last == 13 ? Array(line.dropLast()) : line
  }

  mutating func lose() {
    isLost = true
    line = []
  }
}
