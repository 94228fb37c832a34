/// What the server sends.
extension PostgreSQL {
  func receiveServer(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard phase != .opaque else { return }
    readRecovering(
      bytes,
      isLost: lostServer != nil,
      find: { findServer($0) },
      read: { readServer($0, time, &log) }
    )
  }

  private func findServer(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard var finder = lostServer else { return nil }
    lostServer = nil
    let found = finder.find(bytes, Self.judgeServer)
    let skipped = finder.takeSkipped()
    answer.bytes += skipped
    if skipped > 0 { answer.isAtLeast = true }
    if found == nil { lostServer = finder }
    server.reset()
    return found
  }

  private func readServer(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while phase != .opaque {
      if server.isIdle {
        if phase == .encryptionAnswer, at < bytes.count, bytes[at] != UInt8(ascii: "E") {
          at += 1
          if bytes[at - 1] == UInt8(ascii: "S") {
            beginEncryption(bytes[at...], .server, time, &log)
            return nil
          }
          phase = bytes[at - 1] == UInt8(ascii: "N") ? .startUp : .opaque
          continue
        }
        passRows(bytes, &at, time, &log)
      }
      switch server.next(bytes, &at) {
      case .wait: return nil
      case .header:
        guard beginServer(time, &log) else { return loseServer(at) }
      case .piece: break
      case .end: endServer(time, &log)
      }
    }
    return nil
  }

  /// Walks over DataRow and CopyData messages that are whole.
  private func passRows(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ at: inout Int,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let start = at
    var rows: Int64 = 0
    while bytes.count - at >= 5, bytes[at] == UInt8(ascii: "D") {
      let length = Self.bigEndian(bytes, at + 1)
      guard length >= 4, bytes.count - at > length else { break }
      rows += 1
      at += length + 1
    }
    guard at > start else { return }
    beginAnswer(time, &log)
    answer.rows += rows
    answer.bytes += Int64(at - start)
  }

  private func loseServer(_ at: Int) -> Int? {
    corruptions += 1
    server.reset()
    guard phase == .ready, corruptions <= Self.corruptionLimit else {
      phase = .opaque
      return nil
    }
    hadLoss = true
    answer.isAtLeast = true
    lostServer = BoundaryFinder()
    return at
  }

  private func beginServer(_ time: Int64, _ log: inout WireLog) -> Bool {
    let type = UInt8(server.head >> 32)
    let length = Int(server.head & 0xFFFF_FFFF)
    guard length >= 4, length <= 0x7FFF_FFFF else { return false }
    serverType = type
    var keep = 0
    var isOfAnswer = true
    switch type {
    case UInt8(ascii: "D"), UInt8(ascii: "d"): beginAnswer(time, &log)
    case UInt8(ascii: "C"): keep = 128
    case UInt8(ascii: "T"): keep = 2
    case UInt8(ascii: "E"): keep = 2048
    case UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "W"): keep = 3
    case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "n"),
      UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "I"), UInt8(ascii: "c"),
      UInt8(ascii: "V"):
      break
    case UInt8(ascii: "Z"):
      keep = 1
      isOfAnswer = false
      finished?.bytesToClient? += Int64(length) + 1
    case UInt8(ascii: "R"), UInt8(ascii: "S"):
      keep = 512
      isOfAnswer = false
    case UInt8(ascii: "K"), UInt8(ascii: "N"), UInt8(ascii: "A"), UInt8(ascii: "v"):
      isOfAnswer = false
    default: return false
    }
    if isOfAnswer {
      flush(&log)
      answer.bytes += Int64(length) + 1
    }
    server.begin(length: length - 4, keep: keep)
    return true
  }

  private func endServer(_ time: Int64, _ log: inout WireLog) {
    switch serverType {
    case UInt8(ascii: "D"): answer.rows += 1
    case UInt8(ascii: "d"): endCopyData()
    case UInt8(ascii: "C"): endStatement(server.kept, time, &log)
    case UInt8(ascii: "I"): endStatement([], time, &log)
    case UInt8(ascii: "s"): endStatement(Array("SUSPENDED"), time, &log)
    case UInt8(ascii: "V"): endStatement(Array("CALL"), time, &log)
    case UInt8(ascii: "T"):
      if !popFirst(.describe) { beginAnswer(time, &log) }
      var reader = ByteReader(server.kept)
      answer.columns = reader.big(2)
    case UInt8(ascii: "n"): popFirst(.describe)
    case UInt8(ascii: "1"): popFirst(.parse)
    case UInt8(ascii: "2"): popFirst(.bind)
    case UInt8(ascii: "3"): popFirst(.close)
    case UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "W"): beginCopy(time, &log)
    case UInt8(ascii: "E"): endWithError(time, &log)
    case UInt8(ascii: "Z"): endBatch(time, &log)
    case UInt8(ascii: "S"): readStatus()
    case UInt8(ascii: "R"): readAuthentication()
    default: break
    }
  }

  /// The answer of a statement begins, of one that was not seen if need be.
  func beginAnswer(_ time: Int64, _ log: inout WireLog) {
    guard !answer.hasBegun else { return }
    flush(&log)
    answer.hasBegun = true
    while firstPending < pending.count {
      if pending[firstPending].isStatement { return }
      if pending[firstPending].kind == .sync { break }
      pop()
    }
    var operation = Operation(kind: .execute, start: time)
    operation.isImplicit = true
    pending.insert(operation, at: firstPending)
  }

  private func beginCopy(_ time: Int64, _ log: inout WireLog) {
    beginAnswer(time, &log)
    var reader = ByteReader(server.kept)
    answer.isBinaryCopy = reader.byte() == 1
    switch serverType {
    case UInt8(ascii: "G"): answer.copy = .toServer
    case UInt8(ascii: "H"): answer.copy = .toClient
    default: answer.copy = .both
    }
    guard answer.copy == .toServer else { return }
    let words = pending[firstPending].current.map {
      SQLText.words(Array($0.bytes.prefix(4096)), .postgresql, limit: 256)
    }
    lines.start(isCSV: words?.contains { $0.isText("CSV") } ?? false)
  }

  private func endCopyData() {
    answer.copyMessages += 1
    // The end of a binary copy, and one without rows.
    let isFrame = server.length == 2 || server.length == 21 && answer.copyMessages == 1
    if !(answer.isBinaryCopy && isFrame) { answer.rows += 1 }
  }

  private func readStatus() {
    var reader = ByteReader(server.kept)
    guard !server.isHoled, let name = reader.terminated(), let value = reader.terminated() else {
      return
    }
    if name.isText("application_name") {
      program = value
    } else if name.isText("session_authorization") {
      if account == nil { account = value }
      role = value
    }
  }

  private func readAuthentication() {
    var reader = ByteReader(server.kept)
    switch reader.big(4) {
    case 2: authentication = Array("kerberos")
    case 3: authentication = Array("password")
    case 5: authentication = Array("md5")
    case 7: authentication = Array("gss")
    case 9: authentication = Array("sspi")
    case 10: authentication = reader.terminated() ?? Array("sasl")
    default: break
    }
  }

  func missServer(_ count: Int64, _ time: Int64, _ log: inout WireLog) {
    answer.missing += count
    hadLoss = true
    guard lostServer == nil else {
      lostServer?.reset()
      answer.isAtLeast = true
      return
    }
    if phase == .encryptionAnswer { return }
    switch server.miss(count) {
    case .within: break
    case .ends: endServer(time, &log)
    case .lost:
      if phase == .ready { flush(&log) }
      answer.isAtLeast = true
      lostServer = BoundaryFinder()
    }
  }
}
