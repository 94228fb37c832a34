internal import CCrypto

/// Decrypts the records that one side of a session sends, each by its number.
///
/// Source: RFC 5246, section 6.2.3; RFC 5288; RFC 7366; RFC 7905; RFC 8446, section 5.2.
final class RecordCipher {
  private let suite: CipherSuite
  private let version: Int
  private let key: OpaquePointer
  private let start: [UInt8]
  /// Of the codes of CBC mode.
  private let codeKey: [UInt8]
  private let encryptsThenAuthenticates: Bool

  private init?(
    _ suite: CipherSuite,
    version: Int,
    key: [UInt8],
    start: [UInt8],
    codeKey: [UInt8] = [],
    encryptsThenAuthenticates: Bool = false
  ) {
    let kind: ccrypto_kind
    switch suite.cipher {
    case .aes128GCM: kind = CCRYPTO_AES128_GCM
    case .aes256GCM: kind = CCRYPTO_AES256_GCM
    case .chaCha20: kind = CCRYPTO_CHACHA20_POLY1305
    case .aes128CBC: kind = CCRYPTO_AES128_CBC
    case .aes256CBC: kind = CCRYPTO_AES256_CBC
    case .other: return nil
    }
    guard key.count == suite.keyLength, let made = ccrypto_key_new(kind, key) else { return nil }
    self.key = made
    (self.suite, self.version, self.start, self.codeKey) = (suite, version, start, codeKey)
    self.encryptsThenAuthenticates = encryptsThenAuthenticates
  }

  deinit { ccrypto_key_free(key) }

  /// Those of both sides, of TLS 1.2 and a master secret.
  static func pair(
    _ suite: CipherSuite,
    master: [UInt8],
    clientRandom: [UInt8],
    serverRandom: [UInt8],
    encryptsThenAuthenticates: Bool
  ) -> (client: RecordCipher, server: RecordCipher)? {
    let codeLength = suite.isCBC ? suite.codeLength : 0
    let startLength = suite.isCBC ? 0 : suite.cipher == .chaCha20 ? 12 : 4
    let seed = [UInt8]("key expansion" as StaticString) + serverRandom + clientRandom
    let wanted = 2 * (codeLength + suite.keyLength + startLength)
    guard let block = Derivation.expand(master, seed, wanted, suite.derivation) else { return nil }
    var reader = ByteReader(block)
    guard let codes = reader.take(2 * codeLength), let keys = reader.take(2 * suite.keyLength),
      let starts = reader.take(2 * startLength)
    else { return nil }
    func half(_ bytes: [UInt8], _ isServer: Bool) -> [UInt8] {
      Array(isServer ? bytes[(bytes.count / 2)...] : bytes[..<(bytes.count / 2)])
    }
    func one(_ isServer: Bool) -> RecordCipher? {
      RecordCipher(
        suite,
        version: 0x0303,
        key: half(keys, isServer),
        start: half(starts, isServer),
        codeKey: half(codes, isServer),
        encryptsThenAuthenticates: encryptsThenAuthenticates
      )
    }
    guard let client = one(false), let server = one(true) else { return nil }
    return (client, server)
  }

  /// That of one side, of TLS 1.3 and its secret of application data.
  convenience init?(_ suite: CipherSuite, secret: [UInt8]) {
    let hash = suite.derivation
    guard let key = Derivation.expand(label: "key", secret, suite.keyLength, hash),
      let start = Derivation.expand(label: "iv", secret, 12, hash)
    else { return nil }
    self.init(suite, version: 0x0304, key: key, start: start)
  }

  /// What a record holds, and the type of it; `nil`: it is not the one of that number and key.
  func open(
    _ record: [UInt8],
    type: UInt8,
    number: UInt64
  ) -> (type: UInt8, content: [UInt8])? {
    if version >= 0x0304 { return openInner(record, type, number) }
    if suite.isCBC { return openBlocks(record, type, number).map { (type, $0) } }
    let explicit = suite.cipher == .chaCha20 ? 0 : 8
    guard record.count >= explicit + 16 else { return nil }
    let length = record.count - explicit - 16
    let nonce = explicit == 0 ? mixed(number) : start + record[..<8]
    let more = Self.header(number, type, length)
    return open(record, from: explicit, nonce, more).map { (type, $0) }
  }

  private func openInner(
    _ record: [UInt8],
    _ type: UInt8,
    _ number: UInt64
  ) -> (type: UInt8, content: [UInt8])? {
    guard type == 23, record.count >= 17 else { return nil }
    let more: [UInt8] = [23, 3, 3, UInt8(record.count >> 8 & 255), UInt8(record.count & 255)]
    guard var content = open(record, from: 0, mixed(number), more) else { return nil }
    guard let last = content.lastIndex(where: { $0 != 0 }) else { return (0, []) }
    let inner = content[last]
    content.removeSubrange(last...)
    return (inner, content)
  }

  private func open(
    _ record: [UInt8],
    from: Int,
    _ nonce: [UInt8],
    _ more: [UInt8]
  ) -> [UInt8]? {
    let length = record.count - from - 16
    // A byte more: there is always memory to write to.
    var out = [UInt8](repeating: 0, count: length + 16)
    let isRight = record.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      let start = base + from
      return ccrypto_open(key, nonce, more, more.count, start, length, start + length, &out) == 1
    }
    guard isRight else { return nil }
    out.removeLast(16)
    return out
  }

  private func openBlocks(_ record: [UInt8], _ type: UInt8, _ number: UInt64) -> [UInt8]? {
    let code = suite.codeLength
    var end = record.count
    if encryptsThenAuthenticates {
      guard end >= 32 + code else { return nil }
      end -= code
      let sealed = Self.header(number, type, end) + record[..<end]
      guard Derivation.code(codeKey, sealed, suite.hash) == Array(record[end...]) else {
        return nil
      }
    }
    guard end >= 32, end & 15 == 0 else { return nil }
    var out = [UInt8](repeating: 0, count: end - 16)
    let isDone = record.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return ccrypto_decrypt(key, base, base + 16, end - 16, &out) == 1
    }
    guard isDone, let padding = out.last, out.count > Int(padding) else { return nil }
    guard out.suffix(Int(padding) + 1).allSatisfy({ $0 == padding }) else { return nil }
    out.removeLast(Int(padding) + 1)
    guard !encryptsThenAuthenticates else { return out }
    guard out.count >= code else { return nil }
    let claimed = Array(out.suffix(code))
    out.removeLast(code)
    let sealed = Self.header(number, type, out.count) + out
    return Derivation.code(codeKey, sealed, suite.hash) == claimed ? out : nil
  }

  /// The start value with the number of the record in its last bytes.
  private func mixed(_ number: UInt64) -> [UInt8] {
    var nonce = start
    for place in 0..<8 { nonce[4 + place] ^= UInt8(truncatingIfNeeded: number >> (56 - 8 * place)) }
    return nonce
  }

  private static func header(_ number: UInt64, _ type: UInt8, _ length: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
      + [type, 3, 3, UInt8(length >> 8 & 255), UInt8(length & 255)]
  }
}

/// Keys from secrets.
enum Derivation {
  static func code(_ key: [UInt8], _ bytes: [UInt8], _ hash: CipherSuite.Hash) -> [UInt8]? {
    let kind: ccrypto_hash
    switch hash {
    case .sha1: kind = CCRYPTO_SHA1
    case .sha256: kind = CCRYPTO_SHA256
    case .sha384: kind = CCRYPTO_SHA384
    }
    var out = [UInt8](repeating: 0, count: 64)
    let length = ccrypto_hmac(kind, key, key.count, bytes, bytes.count, &out)
    return length > 0 ? Array(out[..<length]) : nil
  }

  /// P_hash of RFC 5246, section 5.
  static func expand(
    _ secret: [UInt8],
    _ seed: [UInt8],
    _ count: Int,
    _ hash: CipherSuite.Hash
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    var turn = seed
    while bytes.count < count {
      guard let next = code(secret, turn, hash), let part = code(secret, next + seed, hash) else {
        return nil
      }
      turn = next
      bytes += part
    }
    return Array(bytes[..<count])
  }

  /// HKDF-Expand-Label of RFC 8446, section 7.1, without a context and of one block at the most.
  static func expand(
    label: StaticString,
    _ secret: [UInt8],
    _ count: Int,
    _ hash: CipherSuite.Hash
  ) -> [UInt8]? {
    let name = [UInt8]("tls13 " as StaticString) + [UInt8](label)
    let info: [UInt8] = [UInt8(count >> 8), UInt8(count & 255), UInt8(name.count)] + name + [0, 1]
    guard let block = code(secret, info, hash), block.count >= count else { return nil }
    return Array(block[..<count])
  }
}
