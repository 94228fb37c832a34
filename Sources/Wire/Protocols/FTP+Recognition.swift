/// How the protocol is recognised: a server that greets by 220 and a client that says what no other says.
extension FTP {
  static func recognise(_ opening: Opening) -> Recognition {
    let greeting = opening.server.prefix(4)
    if !greeting.isEmpty {
      // Captured from its midst on, any reply may be the first.
      let isNumber = greeting.prefix(3).allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      let isGreeting =
        greeting.starts(with: Array("220".prefix(greeting.count).utf8))
        || greeting.starts(with: Array("120".prefix(greeting.count).utf8))
      guard isNumber, isGreeting || opening.serverPort == 21,
        greeting.count < 4 || greeting.last == 0x20 || greeting.last == 0x2D
          || greeting.last == 13
      else { return .no }
    }
    guard !opening.client.isEmpty else { return opening.server.isEmpty ? .no : .undecided }
    let verb = Array(opening.client.prefix(5).prefix { $0 > 0x20 })
    guard verb.count < 5, verb.allSatisfy({ lowered($0) >= 0x61 && lowered($0) <= 0x7A }) else {
      return .no
    }
    guard opening.client.count > verb.count else { return .undecided }
    guard isFirst(verb) || opening.serverPort == 21 && isVerb(verb) else { return .no }
    return greeting.count >= 3 || opening.serverPort == 21 ? .yes : .undecided
  }

  /// What a client of FTP says first, and one of mail never does.
  private static func isFirst(_ verb: [UInt8]) -> Bool {
    verb.isText("USER") || verb.isText("AUTH") || verb.isText("FEAT") || verb.isText("SYST")
      || verb.isText("OPTS") || verb.isText("HOST") || verb.isText("CLNT")
  }

  private static func isVerb(_ verb: [UInt8]) -> Bool {
    let verbs: [StaticString] = [
      "PASS", "ACCT", "CWD", "CDUP", "PWD", "XPWD", "TYPE", "PORT", "EPRT", "PASV", "EPSV", "RETR",
      "STOR", "STOU", "APPE", "REST", "LIST", "NLST", "MLSD", "MLST", "SIZE", "MDTM", "NOOP",
      "QUIT", "DELE", "RNFR", "MKD", "RMD", "STAT", "MODE", "STRU", "PBSZ", "PROT", "SITE",
    ]
    return verbs.contains { verb.isText($0) }
  }
}

/// Addresses as commands and replies have them.
enum FTPAddress {
  /// `227 Entering Passive Mode (192,0,2,1,195,80)`: the first six numbers in a row.
  static func passive(_ text: [UInt8]) -> Endpoint? {
    var numbers: [Int] = []
    var current: Int?
    for byte in text + [0] {
      if byte >= 0x30, byte <= 0x39 {
        current = min((current ?? 0) * 10 + Int(byte) - 0x30, 1000)
        continue
      }
      guard let number = current else {
        if byte != 0x20 { numbers = [] }
        continue
      }
      current = nil
      numbers.append(number)
      if numbers.count == 6 { break }
      if byte != 0x2C { numbers = [] }
    }
    guard numbers.count == 6, numbers.allSatisfy({ $0 < 256 }) else { return nil }
    let address = numbers[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Endpoint(
      address: InternetAddress(version4: address),
      port: UInt16(numbers[4] << 8 | numbers[5])
    )
  }

  /// `PORT 192,0,2,7,156,67`, `EPRT |2|2001:db8::7|40003|`: the client's own address serves for the latter.
  static func port(_ text: [UInt8], _ own: InternetAddress) -> Endpoint? {
    guard let bar = text.first, bar < 0x30 || bar > 0x39 else { return passive(text) }
    let parts = text.split(separator: bar, omittingEmptySubsequences: false).map(Array.init)
    guard parts.count >= 4, let port = parts[3].decimal, port > 0, port < 65_536 else { return nil }
    return Endpoint(address: own, port: UInt16(port))
  }

  /// `229 Entering Extended Passive Mode (|||58612|)`.
  static func extended(_ text: [UInt8]) -> UInt16? {
    guard let open = text.lastIndex(of: 0x28) else { return nil }
    let digits = Array(
      text[open...].drop { $0 < 0x30 || $0 > 0x39 }.prefix { $0 >= 0x30 && $0 <= 0x39 }
    )
    guard let port = digits.decimal, port > 0, port < 65_536 else { return nil }
    return UInt16(port)
  }

  /// `257 "/home/ito" is the current directory`; a quote in it stands twice.
  static func quoted(_ text: [UInt8]) -> [UInt8]? {
    guard let open = text.firstIndex(of: 0x22) else { return nil }
    var name: [UInt8] = []
    var at = open + 1
    while at < text.count {
      if text[at] == 0x22 {
        guard at + 1 < text.count, text[at + 1] == 0x22 else { return name }
        at += 1
      }
      name.append(text[at])
      at += 1
    }
    return nil
  }
}
