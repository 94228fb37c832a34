/// How the records of a session are encrypted.
///
/// Source: IANA, "TLS Cipher Suites"; those that are decrypted are named, of the others the number is told.
struct CipherSuite: Sendable {
  enum Cipher: Sendable { case aes128GCM, aes256GCM, chaCha20, aes128CBC, aes256CBC, other }
  enum Hash: Sendable { case sha1, sha256, sha384 }

  var number: Int
  var exchange: StaticString = ""
  var cipher = Cipher.other
  /// Of the records' own code in CBC mode, else of the derivation of keys.
  var hash = Hash.sha256

  init(_ number: Int) {
    self.number = number
    guard let row = Self.rows.first(where: { $0.number == number }) else { return }
    (exchange, cipher, hash) = (row.exchange, row.cipher, row.hash)
  }

  private init(_ number: Int, _ exchange: StaticString, _ cipher: Cipher, _ hash: Hash) {
    (self.number, self.exchange, self.cipher, self.hash) = (number, exchange, cipher, hash)
  }

  /// Of the derivation of keys.
  var derivation: Hash { hash == .sha1 ? .sha256 : hash }
  var isCBC: Bool { cipher == .aes128CBC || cipher == .aes256CBC }
  var keyLength: Int { cipher == .aes128GCM || cipher == .aes128CBC ? 16 : 32 }
  /// Of what vouches for a record in CBC mode.
  var codeLength: Int { hash == .sha1 ? 20 : hash == .sha256 ? 32 : 48 }

  /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, or `0xC0AC`.
  var name: [UInt8] {
    let cipherName: StaticString
    switch cipher {
    case .aes128GCM: cipherName = "AES_128_GCM_"
    case .aes256GCM: cipherName = "AES_256_GCM_"
    case .chaCha20: cipherName = "CHACHA20_POLY1305_"
    case .aes128CBC: cipherName = "AES_128_CBC_"
    case .aes256CBC: cipherName = "AES_256_CBC_"
    case .other:
      let digits = String(number, radix: 16, uppercase: true)
      let zeros = [UInt8](repeating: 0x30, count: max(0, 4 - digits.utf8.count))
      return [0x30, 0x78] + zeros + [UInt8](digits.utf8)
    }
    let hashName: StaticString = hash == .sha1 ? "SHA" : hash == .sha256 ? "SHA256" : "SHA384"
    var name = [UInt8]("TLS_" as StaticString)
    if exchange.utf8CodeUnitCount > 0 {
      name += [UInt8](exchange) + [UInt8]("_WITH_" as StaticString)
    }
    return name + [UInt8](cipherName) + [UInt8](hashName)
  }

  private static let rows: [CipherSuite] = [
    CipherSuite(0x1301, "", .aes128GCM, .sha256), CipherSuite(0x1302, "", .aes256GCM, .sha384),
    CipherSuite(0x1303, "", .chaCha20, .sha256),
    CipherSuite(0xC02F, "ECDHE_RSA", .aes128GCM, .sha256),
    CipherSuite(0xC030, "ECDHE_RSA", .aes256GCM, .sha384),
    CipherSuite(0xC02B, "ECDHE_ECDSA", .aes128GCM, .sha256),
    CipherSuite(0xC02C, "ECDHE_ECDSA", .aes256GCM, .sha384),
    CipherSuite(0x009C, "RSA", .aes128GCM, .sha256),
    CipherSuite(0x009D, "RSA", .aes256GCM, .sha384),
    CipherSuite(0x009E, "DHE_RSA", .aes128GCM, .sha256),
    CipherSuite(0x009F, "DHE_RSA", .aes256GCM, .sha384),
    CipherSuite(0x00A2, "DHE_DSS", .aes128GCM, .sha256),
    CipherSuite(0x00A3, "DHE_DSS", .aes256GCM, .sha384),
    CipherSuite(0x00A8, "PSK", .aes128GCM, .sha256),
    CipherSuite(0x00A9, "PSK", .aes256GCM, .sha384),
    CipherSuite(0xC02D, "ECDH_ECDSA", .aes128GCM, .sha256),
    CipherSuite(0xC02E, "ECDH_ECDSA", .aes256GCM, .sha384),
    CipherSuite(0xC031, "ECDH_RSA", .aes128GCM, .sha256),
    CipherSuite(0xC032, "ECDH_RSA", .aes256GCM, .sha384),
    CipherSuite(0xD001, "ECDHE_PSK", .aes128GCM, .sha256),
    CipherSuite(0xD002, "ECDHE_PSK", .aes256GCM, .sha384),
    CipherSuite(0xCCA8, "ECDHE_RSA", .chaCha20, .sha256),
    CipherSuite(0xCCA9, "ECDHE_ECDSA", .chaCha20, .sha256),
    CipherSuite(0xCCAA, "DHE_RSA", .chaCha20, .sha256),
    CipherSuite(0xCCAB, "PSK", .chaCha20, .sha256),
    CipherSuite(0xCCAC, "ECDHE_PSK", .chaCha20, .sha256),
    CipherSuite(0x002F, "RSA", .aes128CBC, .sha1), CipherSuite(0x0035, "RSA", .aes256CBC, .sha1),
    CipherSuite(0x0032, "DHE_DSS", .aes128CBC, .sha1),
    CipherSuite(0x0038, "DHE_DSS", .aes256CBC, .sha1),
    CipherSuite(0x0033, "DHE_RSA", .aes128CBC, .sha1),
    CipherSuite(0x0039, "DHE_RSA", .aes256CBC, .sha1),
    CipherSuite(0xC004, "ECDH_ECDSA", .aes128CBC, .sha1),
    CipherSuite(0xC005, "ECDH_ECDSA", .aes256CBC, .sha1),
    CipherSuite(0xC009, "ECDHE_ECDSA", .aes128CBC, .sha1),
    CipherSuite(0xC00A, "ECDHE_ECDSA", .aes256CBC, .sha1),
    CipherSuite(0xC00E, "ECDH_RSA", .aes128CBC, .sha1),
    CipherSuite(0xC00F, "ECDH_RSA", .aes256CBC, .sha1),
    CipherSuite(0xC013, "ECDHE_RSA", .aes128CBC, .sha1),
    CipherSuite(0xC014, "ECDHE_RSA", .aes256CBC, .sha1),
    CipherSuite(0x003C, "RSA", .aes128CBC, .sha256),
    CipherSuite(0x003D, "RSA", .aes256CBC, .sha256),
    CipherSuite(0x0040, "DHE_DSS", .aes128CBC, .sha256),
    CipherSuite(0x006A, "DHE_DSS", .aes256CBC, .sha256),
    CipherSuite(0x0067, "DHE_RSA", .aes128CBC, .sha256),
    CipherSuite(0x006B, "DHE_RSA", .aes256CBC, .sha256),
    CipherSuite(0xC023, "ECDHE_ECDSA", .aes128CBC, .sha256),
    CipherSuite(0xC024, "ECDHE_ECDSA", .aes256CBC, .sha384),
    CipherSuite(0xC027, "ECDHE_RSA", .aes128CBC, .sha256),
    CipherSuite(0xC028, "ECDHE_RSA", .aes256CBC, .sha384),
  ]

  /// How many bytes of content a record of `length` bytes can hold.
  ///
  /// A record of TLS 1.3 may be all padding; one in CBC mode has 1 to 256 bytes of it. The type of the
  /// content is one byte of TLS 1.3.
  func content(ofRecord length: Int, version: Int) -> ClosedRange<Int> {
    if version >= 0x0304 { return 0...max(0, length - 17) }
    switch cipher {
    case .aes128GCM, .aes256GCM:
      let exact = max(0, length - 24)
      return exact...exact
    case .chaCha20:
      let exact = max(0, length - 16)
      return exact...exact
    case .aes128CBC, .aes256CBC:
      let most = max(0, length - codeLength - 1 - (version >= 0x0302 ? 16 : 0))
      return max(0, most - 255)...most
    case .other: return 0...length
    }
  }
}
