/// Requests of the client and the server's answers.
extension SMB {
  enum Command {
    static let negotiate: UInt16 = 0
    static let sessionSetup: UInt16 = 1
    static let logoff: UInt16 = 2
    static let treeConnect: UInt16 = 3
    static let create: UInt16 = 5
    static let close: UInt16 = 6
    static let read: UInt16 = 8
    static let write: UInt16 = 9
  }

  static func kept(ofRequest command: UInt16) -> Int {
    switch command {
    case Command.sessionSetup: 12 << 10
    case Command.treeConnect: 72 + 2048
    case Command.create: 120 + pathLimit
    case Command.read, Command.write: 112
    case Command.close: 88
    default: 64
    }
  }

  static func kept(ofResponse command: UInt16) -> Int {
    switch command {
    case Command.negotiate: 70
    case Command.treeConnect: 68
    case Command.create: 144
    case Command.read: 80
    case Command.write: 72
    default: 64
    }
  }

  // MARK: Client

  func ask(
    _ header: SMBMessage.Header,
    _ message: inout SMBMessage,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    var header = header
    if header.isRelated {
      if header.session == .max { header.session = previous.session }
      if header.tree == .max { header.tree = previous.tree }
    } else {
      previous.file = nil
    }
    (previous.session, previous.tree) = (header.session, header.tree)
    var request = Request(number: header.number, command: header.command, start: time)
    switch header.command {
    case Command.sessionSetup: request.user = NTLM.user(in: message.kept)
    case Command.treeConnect: request.text = Self.text(message.kept, at: 68) ?? []
    case Command.create:
      let file = newFile(header.session, header.tree, time)
      name(file, message, header)
      request.file = file
      previous.file = file
    case Command.read, Command.write:
      guard let found = file(at: 80, header, message, time, &log) else { return }
      request.file = found
      var reader = ByteReader(message.kept, at: 68)
      guard let length = reader.little(4), let offset = reader.number8() else { return }
      request.length = Int64(length)
      request.offset = Int64(min(offset, 1 << 60))
      if header.command == Command.write { carry(&request, &message) }
    case Command.close: request.file = file(at: 72, header, message, time, &log, isClosing: true)
    case Command.logoff: break
    default: return
    }
    expect(request)
  }

  /// The file that a request means.
  private func file(
    at place: Int,
    _ header: SMBMessage.Header,
    _ message: SMBMessage,
    _ time: Int64,
    _ log: inout WireLog,
    isClosing: Bool = false
  ) -> SMBFile? {
    var reader = ByteReader(message.kept, at: place)
    guard let id = reader.fileID() else { return nil }
    if header.isRelated, id.isPrevious { return previous.file }
    let found = isClosing ? knownFile(id) : file(id, header, time, &log)
    previous.file = found
    return found
  }

  private func name(_ file: SMBFile, _ message: SMBMessage, _ header: SMBMessage.Header) {
    var reader = ByteReader(message.kept, at: 100)
    file.disposition = reader.little(4) ?? -1
    reader = ByteReader(message.kept, at: 110)
    file.isPathCut = (reader.little(2) ?? 0) > Self.pathLimit
    guard let name = Self.text(message.kept, at: 108) else { return }
    let share = tree(header.session, header.tree)?.path ?? []
    var path = share
    if !share.isEmpty, !name.isEmpty, name.first != 0x5C { path.append(0x5C) }
    path += name
    file.path = Array(path.prefix(Self.pathLimit))
  }

  /// Offset from the header and bytes of a text in UTF-16; of a longer one the start.
  private static func text(_ kept: [UInt8], at place: Int) -> [UInt8]? {
    var reader = ByteReader(kept, at: place)
    guard let offset = reader.little(2), let length = reader.little(2) else { return nil }
    guard length > 0 else { return [] }
    var text = ByteReader(kept, at: offset)
    guard offset >= SMBMessage.headerSize, text.left > 0 else { return nil }
    return utf8(ofUTF16: text.take(min(length, text.left)) ?? [])
  }

  /// What is written follows its request.
  private func carry(_ request: inout Request, _ message: inout SMBMessage) {
    var reader = ByteReader(message.kept, at: 66)
    let start = max(112, reader.little(2) ?? 0)
    let end = min(message.length, start + Int(request.length))
    guard let file = request.file, start < end, message.kept.count == 112 else {
      request.length = 0
      return
    }
    request.length = Int64(end - start)
    message.file = file
    message.data = start..<end
    begin(file, isRead: false, at: request.offset)
  }

  // MARK: Server

  func answer(
    _ header: SMBMessage.Header,
    _ message: inout SMBMessage,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard !header.isInterim else { return }
    if header.command == Command.negotiate {
      var reader = ByteReader(message.kept, at: 68)
      dialect = Self.word(ofDialect: reader.little(2) ?? 0) ?? dialect
      return
    }
    let request = takeRequest(header.number, header.command)
    let isGood = header.status == 0
    switch header.command {
    case Command.sessionSetup: endLogin(request, header, time, &log)
    case Command.logoff: if isGood { admit(header.session, nil) }
    case Command.treeConnect:
      guard let request, isGood, message.kept.count > 66 else { return }
      connect(
        Tree(
          session: header.session,
          number: header.tree,
          path: request.text,
          isPipe: message.kept[66] == 2
        )
      )
    case Command.create: opened(request, header, message, time, &log)
    case Command.read: carryBack(request, header, &message, time)
    case Command.write: written(request, header, message, time)
    case Command.close: if let file = request?.file { end(file, time, &log) }
    default: break
    }
  }

  private func opened(
    _ request: Request?,
    _ header: SMBMessage.Header,
    _ message: SMBMessage,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard let file = request?.file else { return }
    guard header.status == 0 else {
      guard Self.isDenied(header.status) else { return }
      file.status = header.status
      tell(file, time, &log)
      return
    }
    file.status = 0
    var reader = ByteReader(message.kept, at: 112)
    guard let size = reader.number8() else { return }
    file.size = Int64(min(size, 1 << 60))
    reader = ByteReader(message.kept, at: 128)
    guard let id = reader.fileID(), !id.isPrevious else { return }
    open(file, id, time, &log)
  }

  /// What is read follows the answer, whole or as far as a buffer held it.
  private func carryBack(
    _ request: Request?,
    _ header: SMBMessage.Header,
    _ message: inout SMBMessage,
    _ time: Int64
  ) {
    guard header.status == 0 || header.status == 0x8000_0005, message.kept.count == 80,
      let file = request?.file ?? strayFile(header, time)
    else { return }
    var reader = ByteReader(message.kept, at: 66)
    guard let offset = reader.little(1), reader.skip(1), let length = reader.little(4) else {
      return
    }
    let start = max(80, offset)
    let end = min(message.length, start + length)
    guard start < end else { return }
    message.file = file
    message.data = start..<end
    begin(file, isRead: true, at: request?.offset ?? 0)
  }

  private func written(
    _ request: Request?,
    _ header: SMBMessage.Header,
    _ message: SMBMessage,
    _ time: Int64
  ) {
    guard let request else {
      // Nobody has seen what was written: the server says how much it was.
      var reader = ByteReader(message.kept, at: 68)
      guard header.status == 0, let count = reader.little(4) else { return }
      strayFile(header, time)?.doubt(Int64(count), isRead: false)
      return
    }
    if header.status != 0 { request.file?.takeBack(request.length, at: request.offset) }
  }

  private func endLogin(
    _ request: Request?,
    _ header: SMBMessage.Header,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    // One more message of the client is due.
    guard header.status != 0xC000_0016, let request, let user = request.user else { return }
    if header.status == 0 { admit(header.session, user.account) }
    // Nobody in particular.
    guard !user.account.isEmpty else { return }
    var record = WireRecord(.login, start: request.start, time: time)
    record.account = Array(user.account.prefix(256))
    record.operation = [UInt8]("NTLM" as StaticString)
    record.status = Self.name(ofStatus: header.status)
    record.isSuccess = header.status == 0
    for (key, value) in [
      ("domain" as StaticString, user.domain), ("workstation", user.workstation),
    ]
    where !value.isEmpty {
      record.details.append((key: key, value: Array(value.prefix(256))))
    }
    if let dialect { record.details.append((key: "version", value: [UInt8](dialect))) }
    log.write(record, of: session, Self.name)
  }
}
