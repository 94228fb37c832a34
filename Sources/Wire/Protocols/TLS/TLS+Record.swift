/// What is told of a session at its end.
extension TLS {
  func tell(_ time: Int64, _ log: inout WireLog) {
    guard hello != nil || choice != nil || client.hasData || server.hasData else { return }
    var record = WireRecord(.encrypted, start: begun ?? session.start, time: time)
    record.operation = Array("TLS")
    record.host = hello?.name
    let isAnswered: Bool
    if (choice?.version ?? 0) >= 0x0304 {
      isAnswered = client.hasData
    } else {
      isAnswered = client.isEncrypted && server.isEncrypted || choice == nil && server.hasData
    }
    record.isSuccess = isAnswered ? true : isFatal ? false : nil
    if let alert { record.status = [UInt8]("alert " as StaticString) + alert }
    record.bytesToClient = server.closed.most + server.opened
    record.bytesToServer = client.closed.most + client.opened
    record.leastToClient = server.closed.least + server.opened
    record.leastToServer = client.closed.least + client.opened
    record.missing = client.missing + server.missing
    let isRead = client.opened + server.opened > 0 || client.hasOpened && server.hasOpened
    let isWhole = isRead && client.closed.most + server.closed.most == 0 && record.missing == 0
    record.isDecrypted = isWhole
    let extent: StaticString = isWhole ? "all" : isRead ? "part" : "none"
    record.details.append(("decrypted", [UInt8](extent)))
    if let version = choice?.version ?? hello?.versions.max() ?? hello?.version {
      record.details.append(("version", Self.word(version)))
    }
    if let suite = chosenSuite { record.details.append(("cipher", suite.name)) }
    if let chosen = choice?.chosenProtocol {
      record.details.append(("alpn", chosen))
    } else if let offered = hello?.protocols, !offered.isEmpty {
      record.details.append(("alpn_offered", Array(offered.joined(separator: [0x2C]))))
    }
    if let fingerprint { record.details.append(("ja4", fingerprint)) }
    if let outerName { record.details.append(("inside", [UInt8](outerName))) }
    log.write(record, of: session, Self.name)
  }

  private static func word(_ version: Int) -> [UInt8] {
    switch version {
    case 0x0300: Array("SSL 3.0")
    case 0x0301: Array("1.0")
    case 0x0302: Array("1.1")
    case 0x0303: Array("1.2")
    case 0x0304: Array("1.3")
    default: Array(String(version, radix: 16).utf8)
    }
  }
}
