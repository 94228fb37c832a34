/// How a session begins, and how a user is changed.
extension MySQL {
  /// The server's first packet.
  func endGreeting(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(server.kept)
    guard let version = reader.byte(), version == 10 || version == 9 || version == 0xFF else {
      phase = .opaque
      return
    }
    guard version != 0xFF else {
      // Not even let in to greet.
      loginStart = time
      endLogin(errorCode(), isSuccess: false, time, &log)
      phase = .opaque
      return
    }
    serverVersion = reader.terminated()
    phase = .login
    guard version == 10, reader.skip(4 + 8 + 1), let low = reader.little(2) else { return }
    var all = UInt64(low)
    if reader.skip(1 + 2), let high = reader.little(2) {
      all |= UInt64(high) << 16
      // MariaDB's own lie where MySQL has zeros.
      if reader.skip(1 + 6), let own = reader.little(4), all & 1 == 0 { all |= UInt64(own) << 32 }
    }
    serverCapabilities = all | 1
  }

  /// The client's first packet, or its wish for TLS.
  func endLoginRequest(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(client.kept)
    guard let low = reader.little(2) else {
      phase = .opaque
      return
    }
    if loginStart == nil { loginStart = time }
    capabilities = UInt64(low)
    guard has(Capability.protocol41) else {
      _ = reader.skip(3)
      account = reader.terminated()
      phase = .authentication
      return
    }
    capabilities |= UInt64(reader.little(2) ?? 0) << 16
    guard reader.skip(4 + 1 + 19), let own = reader.little(4) else {
      phase = .opaque
      return
    }
    if capabilities & 1 == 0 { capabilities |= UInt64(own) << 32 }
    capabilities &= serverCapabilities
    if has(Capability.tls), client.length == 32 {
      // The same once more, encrypted.
      inner = TLS(session, inside: self, "mysql")
      loginStart = nil
      return
    }
    account = reader.terminated()
    phase = .authentication
    readLogin(&reader, isChange: false)
  }

  /// From the answer to the scramble on, as a login and a change of user have it.
  func readLogin(_ reader: inout ByteReader, isChange: Bool) {
    // Never kept: what proves who somebody is.
    let isPassed: Bool
    if has(Capability.longAuthentication), !isChange {
      isPassed = reader.lengthEncoded().map { reader.skip($0) } ?? false
    } else if has(Capability.secureConnection) || isChange {
      isPassed = reader.byte().map { reader.skip(Int($0)) } ?? false
    } else {
      isPassed = reader.terminated() != nil
    }
    guard isPassed else { return }
    if has(Capability.connectWithDatabase) || isChange { wantedDatabase = reader.terminated() }
    if isChange { _ = reader.skip(2) }
    if has(Capability.pluginAuthentication) { method = reader.terminated() }
    guard has(Capability.attributes), let size = reader.lengthEncoded() else { return }
    let end = min(reader.at + size, reader.bytes.count)
    while reader.at < end, let key = reader.lengthEncodedText(),
      let value = reader.lengthEncodedText()
    {
      if key.isText("program_name") || program == nil && key.isText("_client_name") {
        program = value
      }
    }
  }

  /// A packet of the server while it makes sure who the client is.
  func endAuthentication(_ time: Int64, _ log: inout WireLog) {
    switch server.kept.first {
    case 0x00:
      database = wantedDatabase.flatMap { $0.isEmpty ? nil : $0 } ?? database
      readStatus(server.kept)
      endLogin(nil, isSuccess: true, time, &log)
      let isFirst = phase == .authentication
      phase = .commands
      if isFirst, has(Capability.compress) || has(Capability.zstd) { isCompressed = true }
      if !isFirst { endCommand(nil, isSuccess: true, time, &log) }
    case 0xFF:
      endLogin(errorCode(), isSuccess: false, time, &log)
      if phase == .commands {
        endCommand(nil, isSuccess: false, time, &log)
      } else {
        phase = .opaque
      }
    case 0xFE where server.length > 1:
      // Another method; the client answers.
      var reader = ByteReader(server.kept, at: 1)
      method = reader.terminated()
    default: break
    }
  }

  func endLogin(_ status: [UInt8]?, isSuccess: Bool?, _ time: Int64, _ log: inout WireLog) {
    var record = WireRecord(.login, start: loginStart ?? time, time: time)
    loginStart = nil
    record.operation = Array("LOGIN")
    record.status = status
    record.isSuccess = isSuccess
    record.missing = answer.missing
    if let method { record.details.append(("auth", method)) }
    if let serverVersion { record.details.append(("server_version", serverVersion)) }
    if isSuccess != true, database == nil { database = wantedDatabase }
    write(record, &log)
  }

  /// `42S02`, or the number of servers that are older.
  func errorCode() -> [UInt8] {
    var reader = ByteReader(server.kept, at: 1)
    let number = reader.little(2) ?? 0
    if reader.byte() == 0x23, let state = reader.take(5) {
      return Array("\(number) ".utf8) + state
    }
    return Array("\(number)".utf8)
  }

  /// What an OK packet says beside its numbers: a database that was changed to.
  func readStatus(_ packet: [UInt8]) {
    var reader = ByteReader(packet, at: 1)
    guard has(Capability.sessionTrack), reader.lengthEncoded() != nil,
      reader.lengthEncoded() != nil,
      let status = reader.little(2), status & 0x4000 != 0, reader.skip(2),
      reader.lengthEncodedText() != nil, let size = reader.lengthEncoded()
    else { return }
    let end = min(reader.at + size, packet.count)
    while reader.at < end, let type = reader.byte(), let value = reader.lengthEncodedText() {
      guard type == 1 else { continue }
      var inside = ByteReader(value)
      if let name = inside.lengthEncodedText() { database = name.isEmpty ? nil : name }
    }
  }
}
