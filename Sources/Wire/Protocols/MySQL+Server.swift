/// What the server sends.
extension MySQL {
  func receiveServer(_ bytes: UnsafeBufferPointer<UInt8>, _ time: Int64, _ log: inout WireLog) {
    guard phase != .opaque else { return }
    if isCompressed {
      decompress(bytes, .server, time, &log)
    } else {
      readOn(bytes, .server, time, &log)
    }
  }

  func findServer(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard var finder = lostServer else { return nil }
    lostServer = nil
    let found = finder.find(bytes, Self.judgeServer)
    let skipped = finder.takeSkipped()
    answer.bytes += skipped
    if skipped > 0 { answer.isAtLeast = true }
    if found == nil { lostServer = finder }
    server.reset()
    if let found, found[3] == 0 {
      // The server greets: the session begins here after all.
      phase = .greeting
      awaited = .first
      lostClient = nil
      client.reset()
      answer = Answer()
      pending = []
    }
    return found
  }

  func readServer(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    let wasCompressed = isCompressed
    while phase != .opaque {
      if isCompressed, !wasCompressed {
        // From here on, as was agreed.
        decompress(UnsafeBufferPointer(rebasing: bytes[at...]), .server, time, &log)
        return nil
      }
      if case .rows = awaited, phase == .commands, server.isIdle, !isServerContinued {
        passRows(bytes, &at)
      }
      switch server.next(bytes, &at) {
      case .wait: return nil
      case .header: beginServer(time)
      case .piece: break
      case .end: endServer(time, &log)
      }
    }
    return nil
  }

  /// Walks over rows that are whole.
  private func passRows(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
    let start = at
    var rows: Int64 = 0
    while bytes.count - at > 4 {
      let length = Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16
      guard length > 0, length < 0xFF_FFFF, bytes.count - at >= length + 4, bytes[at + 4] < 0xFE,
        !(answer.isAtLeast && bytes[at + 4] == 3)
      else { break }
      rows += 1
      at += length + 4
    }
    answer.rows += rows
    answer.bytes += Int64(at - start)
  }

  private func beginServer(_ time: Int64) {
    let length = Self.length(server.head)
    var keep = 512
    switch phase {
    case .commands:
      answer.bytes += Int64(length) + 4
      if isServerContinued { keep = 0 }
      if case .rows = awaited { keep = isServerContinued ? 0 : 64 }
    default: keep = 1024
    }
    server.begin(length: length, keep: keep)
  }

  private func endServer(_ time: Int64, _ log: inout WireLog) {
    let isContinued = isServerContinued
    isServerContinued = server.length == 0xFF_FFFF
    guard !isContinued else { return }
    switch phase {
    case .greeting: endGreeting(time, &log)
    case .login: if server.kept.first == 0xFF { endAuthentication(time, &log) }
    case .authentication: endAuthentication(time, &log)
    case .commands: endAnswerPacket(time, &log)
    case .opaque: break
    }
  }

  private func endAnswerPacket(_ time: Int64, _ log: inout WireLog) {
    // MariaDB tells how far it has come, as if it were an error.
    if server.kept.starts(with: [0xFF, 0xFF, 0xFF]) { return }
    if pending.isEmpty {
      // An answer to what was not seen.
      pending.append(Command(code: 3, start: time))
      awaited = answer.isAtLeast ? .rows : .first
    }
    answer.hasBegun = true
    let first = server.kept.first ?? 0
    if pending[0].code == 0x11 {
      endAuthentication(time, &log)
      return
    }
    if first == 0xFF, !server.kept.isEmpty {
      endCommand(errorCode(), isSuccess: false, time, &log)
      return
    }
    switch awaited {
    case .first: endFirst(first, time, &log)
    case .columns(let left): awaited = left > 1 ? .columns(left - 1) : .afterColumns
    case .afterColumns:
      // Who agreed to leave it out sends rows at once; its last packet is longer.
      if first == 0xFE, server.length <= 5 {
        awaited = .rows
        if isCursorOpen { endResult(status: 0, time, &log) }
      } else {
        awaited = .rows
        endRow(first, time, &log)
      }
    case .rows: endRow(first, time, &log)
    case .prepared: endPrepared(first, time, &log)
    case .definitions(let left):
      awaited = .definitions(left - 1)
      if left <= 1 { endCommand(nil, isSuccess: true, time, &log) }
    case .fields:
      if first == 0xFE, server.length < 16 { endCommand(nil, isSuccess: true, time, &log) }
    case .text: endCommand(nil, isSuccess: true, time, &log)
    case .file, .events: break
    }
  }

  private var isCursorOpen: Bool {
    var reader = ByteReader(server.kept, at: 3)
    return (reader.little(2) ?? 0) & 0x40 != 0
  }

  private func endFirst(_ first: UInt8, _ time: Int64, _ log: inout WireLog) {
    switch first {
    case 0x00:
      var reader = ByteReader(server.kept, at: 1)
      let affected = reader.lengthEncoded()
      _ = reader.lengthEncoded()
      answer.affected = affected.map { Int64($0) + (answer.affected ?? 0) }
      readStatus(server.kept)
      endResult(status: reader.little(2) ?? 0, time, &log)
    case 0xFE where server.length <= 5: endResult(status: 0, time, &log)
    case 0xFB:
      answer.fileName = Array(server.kept.dropFirst())
      awaited = .file
    default:
      var reader = ByteReader(server.kept)
      if has(Capability.optionalMetadata), server.length > 1, first < 2 { _ = reader.byte() }
      let columns = reader.lengthEncoded() ?? 1
      answer.hasRows = true
      let isBare =
        has(Capability.optionalMetadata) && server.length > 1 && first == 0
        || has(Capability.cachedMetadata) && reader.byte() == 0
      // Its end is told all the same, unless that was agreed to be left out.
      awaited = isBare ? .afterColumns : .columns(columns)
    }
  }

  private func endRow(_ first: UInt8, _ time: Int64, _ log: inout WireLog) {
    // A row that begins so has a value of 16 MiB.
    if first == 0xFE, server.length < 0xFF_FFFF {
      var reader = ByteReader(server.kept, at: 1)
      // Warnings and status, or affected rows, an id and then the status.
      if server.length > 5 {
        _ = reader.lengthEncoded()
        _ = reader.lengthEncoded()
        readStatus(server.kept)
      } else {
        _ = reader.skip(2)
      }
      endResult(status: reader.little(2) ?? 0, time, &log)
    } else if !(answer.isAtLeast && server.kept.starts(with: [3, 0x64, 0x65, 0x66])) {
      answer.rows += 1
    }
  }

  private func endPrepared(_ first: UInt8, _ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(server.kept, at: 1)
    guard first == 0, let name = reader.take(4), let columns = reader.little(2),
      let parameters = reader.little(2)
    else {
      endCommand(nil, isSuccess: nil, time, &log)
      return
    }
    lastPrepared = pending[0].text
    if let text = pending[0].text { statements.set(name, text) }
    // The end of either list is told unless that was agreed to be left out.
    let ends = has(1 << 24) ? 0 : (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0)
    let left = columns + parameters + ends
    awaited = .definitions(left)
    if left == 0 { endCommand(nil, isSuccess: true, time, &log) }
  }

  func loseServerPlace() {
    server.reset()
    isServerContinued = false
    answer.isAtLeast = true
    lostServer = BoundaryFinder()
    switch awaited {
    case .events, .text, .fields, .file: break
    default: awaited = .rows
    }
  }

  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    if let inner {
      inner.miss(count, from: side, at: time, into: &log)
      return
    }
    missPlain(count, from: side, at: time, into: &log)
  }

  func missPlain(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog) {
    guard phase != .opaque else { return }
    switch side {
    case .client: missingOfClient += count
    case .server: answer.missing += count
    }
    guard !isCompressed else {
      missCompressed(count, side)
      return
    }
    switch side {
    case .client where lostClient != nil: lostClient?.reset()
    case .server where lostServer != nil: lostServer?.reset()
    case .client: missClient(client.miss(count), time, &log)
    case .server: missServer(server.miss(count), time, &log)
    }
  }

  private func missClient(_ loss: FrameReader.Loss, _ time: Int64, _ log: inout WireLog) {
    switch loss {
    case .within: break
    case .ends:
      switch clientKind {
      case .greeting: endLoginRequest(time, &log)
      case .command: endLostCommand(time, &log)
      default: break
      }
    case .lost:
      phase = .commands
      loseClientPlace()
    }
  }

  private func endLostCommand(_ time: Int64, _ log: inout WireLog) {
    guard let code = client.kept.first else { return }
    pending.append(Command(code: code, start: time, missing: missingOfClient))
    missingOfClient = 0
    if pending.count == 1 { expectAnswer() }
  }

  private func missServer(_ loss: FrameReader.Loss, _ time: Int64, _ log: inout WireLog) {
    switch loss {
    case .within: break
    case .ends: endServer(time, &log)
    case .lost:
      if phase != .commands { phase = .commands }
      loseServerPlace()
    }
  }
}
