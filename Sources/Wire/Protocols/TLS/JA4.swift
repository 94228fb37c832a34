internal import CSodium

/// The fingerprint of a client by what it offers in its greeting: JA4, over TCP.
///
///     t13d1516h2_8daaf6152771_e5627efa2ab1
///
/// The numbers of ciphers and extensions in order, hashed, so that a client that shuffles them stays the same.
///
/// Source: FoxIO, "JA4: TLS Client Fingerprinting" (technical_details/JA4.md, BSD-3-Clause).
enum JA4 {
  static func fingerprint(_ hello: ClientHello) -> [UInt8] {
    let ciphers = hello.ciphers.filter { !ClientHello.isGrease($0) }
    let extensions = hello.extensions.filter { !ClientHello.isGrease($0) }
    let version =
      hello.versions.filter { !ClientHello.isGrease($0) }.max() ?? hello.version
    var text = [UInt8]("t" as StaticString) + word(version)
    text.append(extensions.contains(0) ? 0x64 : 0x69)
    text += count(ciphers.count) + count(extensions.count) + ends(hello.protocols.first ?? [])
    text.append(0x5F)
    text += ciphers.isEmpty ? none : digest(list(ciphers.sorted()))
    text.append(0x5F)
    let others = extensions.filter { $0 != 0 && $0 != 16 }.sorted()
    let signatures = hello.signatures.filter { !ClientHello.isGrease($0) }
    guard !others.isEmpty else { return text + none }
    let tail = signatures.isEmpty ? [] : [0x5F] + list(signatures)
    return text + digest(list(others) + tail)
  }

  private static let none = [UInt8](repeating: 0x30, count: 12)

  private static func word(_ version: Int) -> [UInt8] {
    switch version {
    case 0x0304: Array("13")
    case 0x0303: Array("12")
    case 0x0302: Array("11")
    case 0x0301: Array("10")
    case 0x0300: Array("s3")
    default: Array("00")
    }
  }

  private static func count(_ number: Int) -> [UInt8] {
    let shown = UInt8(min(number, 99))
    return [0x30 + shown / 10, 0x30 + shown % 10]
  }

  /// The first and last character of the first protocol that is offered.
  private static func ends(_ name: [UInt8]) -> [UInt8] {
    guard let first = name.first, let last = name.last else { return [0x30, 0x30] }
    if isAlphanumeric(first), isAlphanumeric(last) { return [first, last] }
    return [digits[Int(first >> 4)], digits[Int(last & 15)]]
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || lowered(byte) >= 0x61 && lowered(byte) <= 0x7A
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func list(_ numbers: [Int]) -> [UInt8] {
    var text: [UInt8] = []
    for number in numbers {
      if !text.isEmpty { text.append(0x2C) }
      for shift in [12, 8, 4, 0] { text.append(digits[number >> shift & 15]) }
    }
    return text
  }

  /// The first twelve digits.
  private static func digest(_ text: [UInt8]) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    crypto_hash_sha256(&hash, text, UInt64(text.count))
    return hash.prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }
}
