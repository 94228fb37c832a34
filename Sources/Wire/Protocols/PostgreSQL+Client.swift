/// What the client sends.
extension PostgreSQL {
  /// A start-up packet is at most this long for the server as well.
  static let startUpLimit = 10_000
  /// Most requests that wait for their answers, and bytes of their texts.
  static let pendingLimit = 1024
  static let pendingTextLimit = 96 << 10
  /// How often a side may be no sense until the session is left alone.
  static let corruptionLimit = 8

  func receiveClient(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard phase != .opaque else { return }
    readRecovering(
      bytes,
      isLost: lostClient != nil,
      find: { findClient($0) },
      read: { readClient($0, time, &log) }
    )
  }

  private func findClient(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard var finder = lostClient else { return nil }
    lostClient = nil
    let found = finder.find(bytes, Self.judgeClient)
    if found == nil { lostClient = finder }
    client.reset()
    if let found, found[0] == 0 {
      // The session begins here after all.
      phase = .startUp
      client.headerSize = 4
      lostServer = nil
      server.reset()
      answer = Answer()
    }
    return found
  }

  private func readClient(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while phase != .opaque {
      if phase == .encryptionAnswer, client.isIdle, at < bytes.count {
        // The answer was not seen: what follows tells it.
        if bytes[at] == 22 {
          beginEncryption(bytes[at...], .client, time, &log)
          return nil
        }
        phase = bytes[at] == 0 ? .startUp : .opaque
        continue
      }
      switch client.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard beginClient(time) else { return loseClient(at) }
      case .piece(let range):
        lines.add(bytes[range])
      case .end:
        if phase == .startUp {
          endStartUp(time, &log)
        } else {
          endClient(time, &log)
        }
      }
    }
    return nil
  }

  private func loseClient(_ at: Int) -> Int? {
    corruptions += 1
    client.reset()
    guard phase == .ready, corruptions <= Self.corruptionLimit else {
      phase = .opaque
      return nil
    }
    lostClient = BoundaryFinder()
    return at
  }

  private func beginClient(_ time: Int64) -> Bool {
    guard phase == .ready else {
      let length = Int(client.head)
      guard length >= 8, length <= Self.startUpLimit else { return false }
      client.begin(length: length - 4, keep: length)
      return true
    }
    let type = UInt8(client.head >> 32)
    let length = Int(client.head & 0xFFFF_FFFF)
    guard length >= 4, length <= 1 << 30 else { return false }
    clientType = type
    clientBytes += Int64(length) + 1
    if clientStart == nil { clientStart = time }
    var keep = 0
    switch type {
    case UInt8(ascii: "Q"), UInt8(ascii: "P"): keep = WireLog.textLimit + 256
    case UInt8(ascii: "B"), UInt8(ascii: "E"), UInt8(ascii: "D"), UInt8(ascii: "C"): keep = 1024
    case UInt8(ascii: "F"): keep = 4
    case UInt8(ascii: "d"):
      client.begin(length: length - 4, isStreamed: answer.copy == .toServer && !answer.isBinaryCopy)
      return true
    case UInt8(ascii: "S"), UInt8(ascii: "H"), UInt8(ascii: "X"), UInt8(ascii: "c"),
      UInt8(ascii: "f"), UInt8(ascii: "p"):
      break
    default: return false
    }
    client.begin(length: length - 4, keep: keep)
    return true
  }

  private func endStartUp(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(client.kept)
    let code = reader.big(4) ?? 0
    switch code {
    case 80_877_103, 80_877_104: phase = .encryptionAnswer
    case 80_877_102:
      var record = WireRecord(.statement, start: time, time: time)
      record.operation = Array("CANCEL")
      if let number = reader.big(4) {
        record.details.append(("backend", Array(String(number).utf8)))
      }
      write(record, &log)
      phase = .opaque
    case 0x30000..<0x40000:
      readParameters(&reader)
      loginStart = time
      client.headerSize = 5
      phase = .ready
    default: phase = .opaque
    }
  }

  private func readParameters(_ reader: inout ByteReader) {
    while let name = reader.terminated(), !name.isEmpty, let value = reader.terminated() {
      switch true {
      case name.isText("user"): account = value
      case name.isText("database"): database = value
      case name.isText("application_name"): program = value
      case name.isText("replication"):
        isReplication = !(value.isText("false") || value.isText("0") || value.isText("off"))
      default: break
      }
    }
    // Without a name the database is that of the user.
    if database == nil, !isReplication { database = account }
  }

  private func endClient(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(client.kept)
    let isCut = client.isHoled || client.kept.count < client.length
    switch clientType {
    case UInt8(ascii: "Q"):
      beginBatch(time, &log)
      var text = client.kept
      if !isCut, text.last == 0 { text.removeLast() }
      push(.simple, WireText(text, isCut: isCut), time)
      unanswered += 1
    case UInt8(ascii: "P"):
      beginBatch(time, &log)
      let name = reader.terminated() ?? []
      var text = reader.rest()
      if let end = text.firstIndex(of: 0) { text.removeSubrange(end...) }
      let statement = WireText(
        text,
        isCut: isCut && text.count + name.count + 1 >= client.kept.count
      )
      statements.set(name, statement)
      push(.parse, statement, time)
    case UInt8(ascii: "B"):
      beginBatch(time, &log)
      let portal = reader.terminated() ?? []
      let text = reader.terminated().flatMap { statements[$0] }
      portals.remove(portal)
      if let text { portals.set(portal, text) }
      push(.bind, text, time)
    case UInt8(ascii: "D"): push(.describe, nil, time)
    case UInt8(ascii: "C"):
      let isPortal = reader.byte() == UInt8(ascii: "P")
      let name = reader.terminated() ?? []
      if isPortal { portals.remove(name) } else { statements.remove(name) }
      push(.close, nil, time)
    case UInt8(ascii: "E"):
      beginBatch(time, &log)
      push(.execute, reader.terminated().flatMap { portals[$0] }, time)
    case UInt8(ascii: "F"):
      beginBatch(time, &log)
      let number = reader.big(4).map { Array("function ".utf8) + Array(String($0).utf8) }
      push(.call, number.map { WireText($0) }, time)
      unanswered += 1
    case UInt8(ascii: "S"):
      push(.sync, nil, time)
      unanswered += 1
    case UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "f"): endCopyMessage()
    // A terminate or a password is part of no statement.
    default: clientBytes = 0
    }
  }

  /// A message of COPY … FROM STDIN: its bytes are those of the statement that is answered.
  private func endCopyMessage() {
    guard answer.copy != .none, firstPending < pending.count else { return }
    pending[firstPending].bytes += clientBytes
    pending[firstPending].missing += clientMissing
    clientBytes = 0
    clientMissing = 0
    clientStart = nil
  }

  /// A request begins.
  ///
  /// Who never sends before it is answered has had its answers, seen or not.
  private func beginBatch(_ time: Int64, _ log: inout WireLog) {
    guard unanswered > 0 else { return }
    if hadLoss, !isPipelining {
      while firstPending < pending.count {
        tellUntold(time, &log)
        pop()
      }
      unanswered = 0
    } else if !hadLoss {
      isPipelining = true
    }
  }

  private func push(_ kind: Operation.Kind, _ text: WireText?, _ time: Int64) {
    var operation = Operation(kind: kind, start: clientStart ?? time)
    if kind == .sync {
      // Its bytes are those of what it ends.
      if let last = pending.indices.last, last >= firstPending {
        pending[last].bytes += clientBytes
        clientBytes = 0
      }
    } else if operation.isStatement {
      operation.bytes = clientBytes
      operation.missing = clientMissing
      clientBytes = 0
      clientMissing = 0
    }
    if operation.isStatement || kind == .sync { clientStart = nil }
    // Captured from here on: its answer is whole.
    if pending.isEmpty, !hasServerSpoken { answer.isAtLeast = false }
    guard !isOverflowing, pending.count - firstPending < Self.pendingLimit else {
      isOverflowing = true
      return
    }
    if let text,
      heldText + text.bytes.count <= Self.pendingTextLimit
        || firstPending == pending.count
    {
      operation.text = text
      heldText += text.bytes.count
      if kind == .simple, text.bytes.contains(0x3B) {
        let parts = SQLText.statements(text.bytes, .postgresql)
        if parts.count > 1 { operation.parts = parts }
      }
    }
    pending.append(operation)
  }

  func missClient(_ count: Int64, _ time: Int64, _ log: inout WireLog) {
    hadLoss = true
    clientMissing += count
    guard lostClient == nil else {
      lostClient?.reset()
      return
    }
    switch client.miss(count) {
    case .within: break
    case .ends:
      if phase == .startUp { endStartUp(time, &log) } else { endClient(time, &log) }
    case .lost:
      phase = .ready
      client.headerSize = 5
      lostClient = BoundaryFinder()
    }
  }

  /// Whether a request of a client may begin here.
  static func judgeClient(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    var at = 0
    for _ in 0..<4 {
      guard at < bytes.count else { return .undecided }
      let type = bytes[at]
      if at == 0, type == 0 {
        guard bytes.count >= 8 else { return .undecided }
        let length = bigEndian(bytes, 0)
        let isStart = bigEndian(bytes, 4) == 0x30000 && length > 8 && length <= startUpLimit
        return isStart || length == 8 && bigEndian(bytes, 4) == 80_877_103 ? .yes : .no
      }
      guard "QPBEDCSHXcdfpF".utf8.contains(type) else { return .no }
      guard bytes.count - at >= 5 else { return .undecided }
      let length = bigEndian(bytes, at + 1)
      guard length >= 4, length < BoundaryFinder.window else { return .no }
      switch type {
      case UInt8(ascii: "S"), UInt8(ascii: "H"), UInt8(ascii: "X"), UInt8(ascii: "c"):
        guard length == 4 else { return .no }
        if type == UInt8(ascii: "S") || type == UInt8(ascii: "X") { return .yes }
      case UInt8(ascii: "Q"):
        let end = at + length
        for place in at + 5..<max(at + 5, min(end, bytes.count)) where bytes[place] < 9 {
          return .no
        }
        guard length > 5 else { return .no }
        guard end < bytes.count else { return .undecided }
        return bytes[end] == 0 ? .yes : .no
      default:
        guard length > 4 else { return .no }
      }
      at += length + 1
    }
    return .yes
  }

  static func bigEndian(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    Int(bytes[at]) << 24 | Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
  }
}
