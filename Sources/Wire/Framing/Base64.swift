/// RFC 4648, as names and passwords are sent in headers.
enum Base64 {
  /// `nil` where a byte is none of its alphabet; its end may lack the padding.
  static func decoded(_ text: [UInt8]) -> [UInt8]? {
    var bits: UInt32 = 0
    var count = 0
    var bytes: [UInt8] = []
    for character in text {
      let value: UInt8
      switch character {
      case 0x41...0x5A: value = character - 0x41
      case 0x61...0x7A: value = character - 0x61 + 26
      case 0x30...0x39: value = character - 0x30 + 52
      case 0x2B, 0x2D: value = 62
      case 0x2F, 0x5F: value = 63
      case 0x3D: return bytes
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}

/// Who a message of NTLM speaks for; shared by HTTP, SMB and TDS.
///
/// Source: Microsoft, MS-NLMP, 2.2.1.3.
enum NTLM {
  struct User { var account: [UInt8], domain: [UInt8], workstation: [UInt8] }

  /// The names in the last message of three, wherever it begins in `bytes`.
  static func user(in bytes: [UInt8]) -> User? {
    let signature = [UInt8]("NTLMSSP\0" as StaticString)
    guard bytes.count >= 64,
      let start = bytes.indices.dropLast(63).first(where: {
        bytes[$0] == 0x4E && bytes[$0..<$0 + 8].elementsEqual(signature)
      })
    else { return nil }
    let message = Array(bytes[start...])
    var reader = ByteReader(message, at: 8)
    guard reader.little(4) == 3, reader.skip(16) else { return nil }
    var names: [[UInt8]] = []
    var fields: [(length: Int, offset: Int)] = []
    for _ in 0..<3 {
      guard let length = reader.little(2), reader.skip(2), let offset = reader.little(4) else {
        return nil
      }
      fields.append((length, offset))
    }
    guard reader.skip(8), let flags = reader.little(4) else { return nil }
    for field in fields {
      var place = ByteReader(message, at: field.offset)
      guard let name = place.take(field.length) else { return nil }
      names.append(flags & 1 != 0 ? utf8(ofUTF16: name) : name)
    }
    return User(account: names[1], domain: names[0], workstation: names[2])
  }
}

/// UTF-8 of UTF-16, the low byte first.
func utf8(ofUTF16 bytes: [UInt8]) -> [UInt8] {
  var units: [UInt16] = []
  units.reserveCapacity(bytes.count / 2)
  var at = 0
  while at + 1 < bytes.count {
    units.append(UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8)
    at += 2
  }
  return Array(String(decoding: units, as: UTF16.self).utf8)
}
