/// File names as text, without loss.
///
/// A name is bytes; on older hosts in CP932 or EUC-JP. Bytes that are not UTF-8 stand for themselves
/// as scalars of a private area (U+10FE80 … U+10FEFF); one of that area in a name does so as well,
/// byte by byte. Such a path is opened by its own bytes and shown with `\xNN`.
public enum PathText {
  private static let area: ClosedRange<UInt32> = 0x10FE80...0x10FEFF
  private static let base: UInt32 = 0x10FE00

  /// The byte a scalar of a path stands for; `nil`: it is text.
  public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    area.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value &- base) : nil
  }

  /// A name of the system as text.
  public static func text(ofName name: UnsafePointer<CChar>) -> String {
    if let text = String(validatingCString: name), !hasEscape(text) { return text }
    var bytes: [UInt8] = []
    var end = name
    while end.pointee != 0 {
      bytes.append(UInt8(bitPattern: end.pointee))
      end += 1
    }
    return text(ofBytes: bytes)
  }

  static func text(ofBytes bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      var parser = Unicode.UTF8.ForwardParser()
      var rest = bytes[index...].prefix(4).makeIterator()
      if case .valid(let encoded) = parser.parseScalar(from: &rest),
        case let scalar = Unicode.UTF8.decode(encoded), !area.contains(scalar.value)
      {
        text.append(scalar)
        index += UTF8.width(scalar)
      } else if let scalar = Unicode.Scalar(base + UInt32(bytes[index])), bytes[index] >= 0x80 {
        text.append(scalar)
        index += 1
      } else {
        text.append(Unicode.Scalar(bytes[index]))
        index += 1
      }
    }
    return String(text)
  }

  /// The bytes of a path, for the system.
  public static func bytes(of path: String) -> [UInt8] {
    guard hasEscape(path) else { return Array(path.utf8) }
    var bytes: [UInt8] = []
    for scalar in path.unicodeScalars {
      if let byte = byte(of: scalar) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    return bytes
  }

  /// Lends the path to a function of the system.
  public static func withName<R>(_ path: String, _ body: (UnsafePointer<CChar>) -> R) -> R {
    guard hasEscape(path) else { return path.withCString(body) }
    let name = bytes(of: path).map { CChar(bitPattern: $0) } + [0]
    return name.withUnsafeBufferPointer { name in
      name.baseAddress.map(body) ?? path.withCString(body)
    }
  }

  /// Only such scalars begin with F4 8F in UTF-8.
  private static func hasEscape(_ text: String) -> Bool {
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { byte(of: $0) != nil }
  }
}
