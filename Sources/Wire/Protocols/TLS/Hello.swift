/// What the client offers in its greeting.
///
/// Source: RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2.
struct ClientHello: Sendable {
  var version = 0
  var random: [UInt8] = []
  var ciphers: [Int] = []
  /// In the order in which they came.
  var extensions: [Int] = []
  var versions: [Int] = []
  var signatures: [Int] = []
  var protocols: [[UInt8]] = []
  var name: [UInt8]?
  var offersEarlyData: Bool { extensions.contains(42) }

  /// `nil`: its beginning is no greeting.
  init?(_ body: [UInt8]) {
    var reader = ByteReader(body)
    guard let version = reader.big(2), version >> 8 == 3, let random = reader.take(32),
      let session = reader.byte(), session <= 32, reader.skip(Int(session)),
      let size = reader.big(2), size & 1 == 0, let list = reader.take(size)
    else { return nil }
    (self.version, self.random) = (version, random)
    ciphers = Self.numbers(list)
    guard let methods = reader.byte(), reader.skip(Int(methods)) else { return nil }
    forEachExtension(&reader) { type, value in
      extensions.append(type)
      read(type, value)
    }
  }

  private mutating func read(_ type: Int, _ value: [UInt8]) {
    var reader = ByteReader(value)
    switch type {
    case 0:
      // One name; a host's.
      guard reader.skip(2), reader.byte() == 0, let size = reader.big(2) else { return }
      name = reader.take(size)
    case 13:
      guard let size = reader.big(2), let list = reader.take(size) else { return }
      signatures = Self.numbers(list)
    case 16:
      guard reader.skip(2) else { return }
      while let size = reader.byte(), let name = reader.take(Int(size)) { protocols.append(name) }
    case 43:
      guard let size = reader.byte(), let list = reader.take(Int(size)) else { return }
      versions = Self.numbers(list)
    default: break
    }
  }

  private static func numbers(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
  }

  /// A number that means nothing, sent so that servers stay used to what they do not know: RFC 8701.
  static func isGrease(_ number: Int) -> Bool {
    number & 0x0F0F == 0x0A0A && number >> 8 == number & 0xFF
  }
}

/// What the server has chosen.
struct ServerHello: Sendable {
  var version = 0
  var random: [UInt8] = []
  var cipher = 0
  var chosenProtocol: [UInt8]?
  var encryptsThenAuthenticates = false
  /// Whether it asks for another greeting.
  var isRetry: Bool { random == Self.retry }

  /// Source: RFC 8446, section 4.1.3.
  private static let retry: [UInt8] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
  ]

  init?(_ body: [UInt8]) {
    var reader = ByteReader(body)
    guard let version = reader.big(2), version >> 8 == 3 || version >> 8 == 0x7F,
      let random = reader.take(32)
    else { return nil }
    (self.version, self.random) = (version, random)
    // The drafts of 1.3 before the 22nd sent no session and no compression.
    if version >> 8 == 3 {
      guard let session = reader.byte(), session <= 32, reader.skip(Int(session)) else {
        return nil
      }
    }
    guard let cipher = reader.big(2) else { return nil }
    self.cipher = cipher
    if version >> 8 == 3 { guard reader.skip(1) else { return nil } }
    forEachExtension(&reader) { type, value in
      var inside = ByteReader(value)
      switch type {
      case 16:
        if inside.skip(2), let size = inside.byte() { chosenProtocol = inside.take(Int(size)) }
      case 22: encryptsThenAuthenticates = true
      case 43: self.version = inside.big(2) ?? version
      default: break
      }
    }
    // A draft of 1.3 is read as it.
    if self.version >> 8 == 0x7F { self.version = 0x0304 }
  }
}

private func forEachExtension(_ reader: inout ByteReader, _ body: (Int, [UInt8]) -> Void) {
  guard reader.skip(2) else { return }
  while let type = reader.big(2), let size = reader.big(2), let value = reader.take(size) {
    body(type, value)
  }
}
