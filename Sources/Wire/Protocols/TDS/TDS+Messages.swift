/// What is asked for, and how it is answered.
extension TDS {
  static let pendingLimit = 64
  static let pendingTextLimit = 96 << 10

  func endRequest(_ lane: Lane, _ time: Int64, _ log: inout WireLog) {
    switch lane.type {
    case 16: readLogin(lane.kept, lane.start)
    case 17:
      // The last of the messages by which a domain lets somebody in.
      if let user = NTLM.user(in: lane.kept) { take(user) }
    case 1:
      let text = Self.text(dropHeaders(lane.kept))
      let isCut = lane.isHoled || lane.kept.count >= Self.keptLimit
      var request = Request(kind: .batch, start: lane.start)
      request.text = WireText(text, isCut: isCut)
      request.operation = SQLText.words(Array(text.prefix(4096)), .postgresql, limit: 1).first ?? []
      if text.hasPrefixText("insert bulk") { bulk = request.text }
      push(request, lane)
    case 3: push(call(lane), lane)
    case 7:
      var request = Request(kind: .bulk, start: lane.start)
      request.operation = Array("BULK")
      request.text = bulk
      request.rows = bulkTokens.rows
      push(request, lane)
    case 14: push(Request(kind: .other, start: lane.start), lane)
    // A cancellation is answered with what it cancels.
    default: break
    }
  }

  private func push(_ request: Request, _ lane: Lane) {
    var request = request
    (request.bytes, request.missing) = (lane.bytes, lane.missing)
    let textBytes = pending.reduce(0) { $0 + ($1.text?.bytes.count ?? 0) }
    if !pending.isEmpty, textBytes + (request.text?.bytes.count ?? 0) > Self.pendingTextLimit {
      request.text = nil
    }
    guard pending.count < Self.pendingLimit else { return }
    pending.append(request)
  }

  /// Without what stands before the text from 7.2 on.
  private func dropHeaders(_ bytes: [UInt8]) -> [UInt8] {
    var reader = ByteReader(bytes)
    guard version >= 0x72, let size = reader.little(4), size >= 4, size <= bytes.count, size < 4096
    else { return bytes }
    return Array(bytes[size...])
  }

  static func text(_ bytes: [UInt8]) -> [UInt8] { utf8(ofUTF16: bytes) }

  // MARK: Log-in

  /// Source: Microsoft, MS-TDS, 2.2.6.4.
  private func readLogin(_ bytes: [UInt8], _ start: Int64) {
    var reader = ByteReader(bytes, at: 4)
    guard let wanted = reader.little(4) else { return }
    if wanted >> 24 >= 0x70, wanted >> 24 <= 0x74 { version = wanted >> 24 }
    func name(_ place: Int, in bytes: [UInt8]) -> [UInt8]? {
      var field = ByteReader(bytes, at: place)
      guard let offset = field.little(2), let count = field.little(2), count > 0 else { return nil }
      var text = ByteReader(bytes, at: offset)
      return text.take(2 * count).map { Self.text($0) }
    }
    loginStart = start
    host = name(36, in: bytes)
    // Never the password, which stands between them.
    account = name(40, in: bytes)
    program = name(48, in: bytes)
    database = name(68, in: bytes)
    var place = ByteReader(bytes, at: 78)
    guard let offset = place.little(2), let count = place.little(2), count > 0 else { return }
    method = "sspi"
    var token = ByteReader(bytes, at: offset)
    if let token = token.take(count), let user = NTLM.user(in: token) { take(user) }
  }

  private func take(_ user: NTLM.User) {
    account = user.domain.isEmpty ? user.account : user.domain + [0x5C] + user.account
    if host == nil { host = user.workstation }
  }

  func tellLogin(
    _ start: Int64,
    _ status: [UInt8]?,
    isSuccess: Bool?,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    loginStart = nil
    var record = WireRecord(.login, start: start, time: time)
    record.operation = Array("LOGIN")
    record.status = status
    record.isSuccess = isSuccess
    record.details.append(("auth", [UInt8](method)))
    if let name = tokens.server { record.details.append(("server_version", name)) }
    write(record, &log)
  }

  /// The server's answer to the greeting: whether what follows is encrypted.
  private func readGreeting(_ bytes: [UInt8]) -> Bool {
    var reader = ByteReader(bytes)
    guard bytes.first == 0 else { return false }
    while let option = reader.byte(), option != 0xFF {
      guard let offset = reader.big(2), let length = reader.big(2) else { return false }
      guard option == 1, length >= 1, offset < bytes.count else { continue }
      if bytes[offset] != 2, inner == nil { inner = TLS(session, inside: self, "tds") }
    }
    return true
  }

  // MARK: Calls

  private static let procedures: [StaticString] = [
    "", "sp_cursor", "sp_cursoropen", "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec",
    "sp_cursorunprepare", "sp_cursorfetch", "sp_cursoroption", "sp_cursorclose", "sp_executesql",
    "sp_prepare", "sp_execute", "sp_prepexec", "sp_prepexecrpc", "sp_unprepare",
  ]

  /// Source: Microsoft, MS-TDS, 2.2.6.6.
  private func call(_ lane: Lane) -> Request {
    var request = Request(kind: .call, start: lane.start)
    request.operation = Array("EXEC")
    var reader = ByteReader(dropHeaders(lane.kept))
    guard let length = reader.little(2) else { return request }
    var number = 0
    if length == 0xFFFF {
      number = reader.little(2) ?? 0
    } else if let name = reader.take(2 * length) {
      let name = Self.text(name)
      number = Self.procedures.firstIndex { $0.utf8CodeUnitCount > 0 && name.isText($0) } ?? 0
      if number == 0 { request.text = WireText(Array("EXEC ") + name, isCut: lane.isHoled) }
    }
    guard number > 0, number < Self.procedures.count, reader.skip(2) else { return request }
    request.operation = [UInt8](Self.procedures[number])
    var values: [[UInt8]?] = []
    while values.count < 4, let value = parameter(&reader) { values.append(value.bytes) }
    func handle(_ place: Int) -> [UInt8] {
      guard place < values.count, let bytes = values[place] else { return [] }
      var number = ByteReader(bytes)
      return Array(String(number.little(min(4, bytes.count)) ?? 0).utf8)
    }
    func text(_ place: Int) -> WireText? {
      guard place < values.count, let bytes = values[place], !bytes.isEmpty else { return nil }
      return WireText(Self.text(bytes), isCut: lane.isHoled || reader.left == 0 && lane.isHoled)
    }
    switch number {
    case 10: request.text = text(0)
    case 11, 13: (request.text, request.names) = (text(2), Array("h"))
    case 2: (request.text, request.names) = (text(1), Array("c"))
    case 3: (request.text, request.names) = (text(2), Array("h"))
    case 5: (request.text, request.names) = (text(3), Array("hc"))
    case 12: request.text = texts[Array("h") + handle(0)]
    case 4: (request.text, request.names) = (texts[Array("h") + handle(0)], Array("c"))
    case 7: request.text = texts[Array("c") + handle(0)]
    case 15, 6: texts.remove(Array("h") + handle(0))
    case 9: texts.remove(Array("c") + handle(0))
    default: break
    }
    return request
  }

  /// The value of the next parameter; `nil`: there is none, or its type is not known.
  private func parameter(_ reader: inout ByteReader) -> (bytes: [UInt8]?, Bool)? {
    guard let size = reader.byte(), reader.skip(2 * Int(size) + 1), let type = reader.byte(),
      var column = TDSColumn(type: type, version: version), column.names.isEmpty,
      let description = reader.take(column.description)
    else { return nil }
    column.describe(description)
    switch column.shape {
    case .fixed(let count): return reader.take(count).map { ($0, true) }
    case .byte:
      return reader.byte().flatMap { reader.take(Int($0)) }.map { ($0, true) }
    case .short:
      guard let count = reader.little(2) else { return nil }
      return count == 0xFFFF ? (nil, true) : (reader.take(count) ?? reader.rest(), true)
    case .long, .pointed:
      guard let count = reader.little(4) else { return nil }
      return count == 0xFFFF_FFFF ? (nil, true) : (reader.take(count) ?? reader.rest(), true)
    case .chunks:
      guard let length = reader.take(8) else { return nil }
      if length.allSatisfy({ $0 == 0xFF }) { return (nil, true) }
      var bytes: [UInt8] = []
      while let count = reader.little(4), count > 0 { bytes += reader.take(count) ?? reader.rest() }
      return (bytes, true)
    }
  }

  // MARK: Answers

  func endAnswer(_ lane: Lane, _ time: Int64, _ log: inout WireLog) {
    defer { isAnswerHoled = false }
    // The answer to the greeting comes before any request.
    if pending.isEmpty, loginStart == nil, readGreeting(lane.kept) { return }
    tokens.finish()
    if tokens.isAcknowledged { version = tokens.version }
    if let start = loginStart {
      if let name = tokens.database { database = name }
      if tokens.isAcknowledged {
        tellLogin(start, nil, isSuccess: true, time, &log)
      } else if let error = tokens.error {
        tellLogin(start, Array(String(error.number).utf8), isSuccess: false, time, &log)
      }
      return
    }
    if pending.isEmpty {
      guard tokens.rows > 0 || tokens.stated ?? 0 > 0 else { return }
      pending.append(Request(kind: .call, start: lane.start))
    }
    let request = pending.removeFirst()
    learn(request)
    answered = (lane.bytes, lane.missing)
    tell(request, isWhole: true, time, &log)
    if let name = tokens.database { database = name }
  }

  /// The numbers by which what was prepared is asked for later.
  private func learn(_ request: Request) {
    guard let text = request.text else { return }
    for (place, kind) in request.names.enumerated() where place < tokens.returned.count {
      texts.set([kind] + Array(String(tokens.returned[place] & 0xFFFF_FFFF).utf8), text)
    }
  }

  func tell(_ request: Request, isWhole: Bool, _ time: Int64, _ log: inout WireLog) {
    defer { answered = (0, 0) }
    guard request.kind != .other else { return }
    // No result was opened: neither rows nor a statement of them.
    var record = WireRecord(.statement, start: request.start, time: time)
    record.operation = request.operation.isEmpty ? nil : request.operation
    record.text = request.text?.bytes
    record.isTextCut = request.text?.isCut ?? false
    let hasAnswer = isWhole || server.isOpen || plainServer.isOpen
    if hasAnswer {
      record.rows = tokens.rows
      record.isRowsAtLeast = tokens.isLost || !isWhole
      record.statedRows = tokens.stated
      if tokens.isLost, !isAnswerHoled { record.details.append(("counted", Array("part"))) }
      if let affected = tokens.affected {
        record.details.append(("affected", Array(String(affected).utf8)))
      }
    }
    if let error = tokens.error, hasAnswer, error.isGrave {
      record.status = Array(String(error.number).utf8)
      record.isSuccess = false
    } else if isWhole {
      record.isSuccess = true
    }
    record.rowsToServer = request.rows
    record.bytesToServer = request.bytes
    record.bytesToClient = answered.bytes
    record.missing = request.missing + answered.missing
    write(record, &log)
  }
}
