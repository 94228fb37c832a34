/// What the client sends.
extension MySQL {
  static let pendingLimit = 512
  static let pendingTextLimit = 96 << 10
  static let corruptionLimit = 8

  func receiveClient(_ bytes: UnsafeBufferPointer<UInt8>, _ time: Int64, _ log: inout WireLog) {
    guard phase != .opaque else { return }
    if isCompressed {
      decompress(bytes, .client, time, &log)
    } else {
      readOn(bytes, .client, time, &log)
    }
  }

  /// Reads bytes of a side that are not, or no longer, compressed.
  func readOn(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    switch side {
    case .client:
      readRecovering(
        bytes,
        isLost: lostClient != nil,
        find: { findClient($0) },
        read: { readClient($0, time, &log) }
      )
    case .server:
      readRecovering(
        bytes,
        isLost: lostServer != nil,
        find: { findServer($0) },
        read: { readServer($0, time, &log) }
      )
    }
  }

  private func findClient(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard var finder = lostClient else { return nil }
    lostClient = nil
    let found = finder.find(bytes, Self.judgeClient)
    if found == nil { lostClient = finder }
    client.reset()
    return found
  }

  private func readClient(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while phase != .opaque {
      switch client.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard beginClient(time, &log) else {
          corruptions += 1
          guard phase == .commands, corruptions <= Self.corruptionLimit else {
            phase = .opaque
            return nil
          }
          loseClientPlace()
          return at
        }
      case .piece(let range): countFile(bytes[range])
      case .end:
        endClient(time, &log)
        if let inner, !isDecrypting {
          isDecrypting = true
          let rest = UnsafeBufferPointer(rebasing: bytes[at...])
          if !rest.isEmpty { inner.receive(rest.span, from: .client, at: time, into: &log) }
          return nil
        }
      }
    }
    return nil
  }

  private func beginClient(_ time: Int64, _ log: inout WireLog) -> Bool {
    let length = Self.length(client.head)
    let number = client.head & 255
    let isContinued = isClientContinued
    isClientContinued = length == 0xFF_FFFF
    var keep = 0
    clientKind = .ignored
    switch phase {
    case .greeting, .login:
      clientKind = .greeting
      keep = 4096
    case .authentication: break
    case .commands:
      if isContinued {
        if let last = pending.indices.last { pending[last].bytes += Int64(length) + 4 }
      } else if number == 0 {
        guard length >= 1 else { return false }
        clientKind = .command
        keep = WireLog.textLimit + 64
      } else if case .file = awaited {
        clientKind = .file
        if let first = pending.indices.first { pending[first].bytes += Int64(length) + 4 }
      }
    case .opaque: return false
    }
    client.begin(length: length, keep: keep, isStreamed: clientKind == .file)
    return true
  }

  private func endClient(_ time: Int64, _ log: inout WireLog) {
    switch clientKind {
    case .greeting: endLoginRequest(time, &log)
    case .command: endCommandPacket(time, &log)
    case .file where client.length == 0:
      // The file is over: its last line may have no end.
      if answer.isLineOpen { answer.fileLines += 1 }
      awaited = .first
    case .file, .ignored: break
    }
  }

  private func countFile(_ bytes: UnsafeBufferPointer<UInt8>.SubSequence) {
    answer.fileLines += Int64(count(10, in: bytes))
    if let last = bytes.last { answer.isLineOpen = last != 10 }
  }

  private func endCommandPacket(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(client.kept)
    guard let code = reader.byte() else { return }
    settleBefore(time, &log)
    var command = Command(code: code, start: time)
    command.bytes = Int64(client.length) + 4
    command.missing = missingOfClient
    missingOfClient = 0
    let isCut = client.isHoled || client.kept.count < client.length || isClientContinued
    switch code {
    case 0x03:
      passAttributes(&reader)
      command.text = WireText(reader.rest(), isCut: isCut)
    case 0x16: command.text = WireText(reader.rest(), isCut: isCut)
    case 0x02, 0x05, 0x06: command.text = WireText(reader.rest(), isCut: isCut)
    case 0x04: command.text = reader.terminated().map { WireText($0, isCut: isCut) }
    case 0x17, 0x1C, 0xFA:
      command.name = reader.take(4) ?? []
      command.text =
        command.name == [255, 255, 255, 255]
        ? pending.last { $0.code == 0x16 }?.text ?? lastPrepared : statements[command.name]
    case 0x19:
      if let name = reader.take(4) { statements.remove(name) }
      return
    // The server does not answer these.
    case 0x01, 0x18: return
    case 0x0C: command.text = reader.little(4).map { WireText(Array("\($0)".utf8)) }
    case 0x11:
      account = reader.terminated()
      database = nil
      program = nil
      loginStart = time
      readLogin(&reader, isChange: true)
    default: break
    }
    push(command)
  }

  /// A command that comes tells what the one before has come to, where its answer was lost.
  private func settleBefore(_ time: Int64, _ log: inout WireLog) {
    guard !pending.isEmpty else {
      if lostServer != nil { resumeServer() }
      return
    }
    if lostServer != nil, !isPipelining {
      while !pending.isEmpty { endCommand(nil, isSuccess: nil, time, &log) }
      resumeServer()
    } else if lostServer == nil {
      isPipelining = true
    }
  }

  /// What the server sends next is the answer to what comes now.
  private func resumeServer() {
    if !isPipelining {
      lostServer = nil
      server.reset()
      isServerContinued = false
      answer = Answer()
      awaited = .first
    }
  }

  private func push(_ command: Command) {
    guard pending.count < Self.pendingLimit else {
      // Nobody reads so far ahead: what is answered is no longer known.
      pending = []
      heldText = 0
      loseServerPlace()
      return
    }
    var command = command
    if let text = command.text {
      if heldText + text.bytes.count > Self.pendingTextLimit, !pending.isEmpty {
        command.text = nil
      } else {
        heldText += text.bytes.count
        if command.code == 3, text.bytes.contains(0x3B) {
          let parts = SQLText.statements(text.bytes, .mysql)
          if parts.count > 1 { command.parts = parts }
        }
      }
    }
    pending.append(command)
    if pending.count == 1 { expectAnswer() }
  }

  /// What the first of the pending commands is answered by.
  func expectAnswer() {
    switch pending.first?.code {
    case 0x16: awaited = .prepared
    case 0x04: awaited = .fields
    case 0x09: awaited = .text
    case 0x1C: awaited = .rows
    case 0x12, 0x1E: awaited = .events
    default: awaited = .first
    }
  }

  /// Passes over the attributes of a query, whose values are nobody's business.
  private func passAttributes(_ reader: inout ByteReader) {
    let bytes = reader.bytes
    let looks = bytes.count > 2 && bytes[1] == 0 && bytes[2] == 1
    guard has(Capability.queryAttributes) || looks else { return }
    guard let count = reader.lengthEncoded(), reader.lengthEncoded() != nil, count > 0,
      count < 4096, let nulls = reader.take((count + 7) / 8), reader.byte() == 1
    else { return }
    var types: [UInt8] = []
    for _ in 0..<count {
      guard let type = reader.byte(), reader.skip(1), reader.lengthEncodedText() != nil else {
        return
      }
      types.append(type)
    }
    for (index, type) in types.enumerated() where nulls[index / 8] >> (index % 8) & 1 == 0 {
      let isPassed: Bool
      switch type {
      case 6: isPassed = true
      case 1: isPassed = reader.skip(1)
      case 2, 13: isPassed = reader.skip(2)
      case 3, 4, 9: isPassed = reader.skip(4)
      case 5, 8: isPassed = reader.skip(8)
      case 7, 10, 11, 12: isPassed = reader.byte().map { reader.skip(Int($0)) } ?? false
      default: isPassed = reader.lengthEncodedText() != nil
      }
      guard isPassed else { return }
    }
  }

  func loseClientPlace() {
    client.reset()
    isClientContinued = false
    lostClient = BoundaryFinder()
  }

  static func length(_ head: UInt64) -> Int {
    Int(head >> 24 & 255) | Int(head >> 16 & 255) << 8 | Int(head >> 8 & 255) << 16
  }
}
