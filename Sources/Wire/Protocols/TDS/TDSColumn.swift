/// How the values of a column lie in a row.
///
/// Source: Microsoft, MS-TDS, 2.2.5.4 to 2.2.5.6.
struct TDSColumn: Sendable {
  enum Shape: Sendable {
    case fixed(Int)
    /// A length of one byte, two or four before it; 0, or all bits: nothing.
    case byte, short, long
    /// A length of eight bytes, then chunks.
    case chunks
    /// A pointer, a time and a length.
    case pointed
  }

  /// Names that follow a description: of one byte's length, or of two.
  enum Name: Sendable { case short, long }

  var shape: Shape
  /// Bytes that describe it behind its type, of which the first two may tell that it comes in chunks.
  var description = 0
  var isMaximal = false
  var names: [Name] = []
  /// Whether the names of its table are told.
  var hasTable = false
  /// Whether the first byte tells that names of a schema follow.
  var hasSchema = false

  /// `nil`: not known.
  init?(type: UInt8, version: Int) {
    let collation = version >= 0x71 ? 5 : 0
    switch type {
    case 0x1F: shape = .fixed(0)
    case 0x30, 0x32: shape = .fixed(1)
    case 0x34: shape = .fixed(2)
    case 0x38, 0x3A, 0x3B, 0x7A: shape = .fixed(4)
    case 0x3C, 0x3D, 0x3E, 0x7F: shape = .fixed(8)
    case 0x28: shape = .byte
    case 0x24, 0x26, 0x68, 0x6D, 0x6E, 0x6F, 0x29, 0x2A, 0x2B, 0x25, 0x27, 0x2D, 0x2F:
      (shape, description) = (.byte, 1)
    case 0x37, 0x3F, 0x6A, 0x6C: (shape, description) = (.byte, 3)
    case 0xA5, 0xAD: (shape, description, isMaximal) = (.short, 2, type == 0xA5)
    case 0xA7, 0xAF, 0xE7, 0xEF:
      (shape, description, isMaximal) = (.short, 2 + collation, type == 0xA7 || type == 0xE7)
    case 0x23, 0x63: (shape, description, hasTable) = (.pointed, 4 + collation, true)
    case 0x22: (shape, description, hasTable) = (.pointed, 4, true)
    case 0x62: (shape, description) = (.long, 4)
    case 0xF1: (shape, description, hasSchema) = (.chunks, 1, true)
    case 0xF0: (shape, description, names) = (.chunks, 2, [.short, .short, .short, .long])
    case 0xF4: shape = .chunks
    default: return nil
    }
  }

  /// Takes what describes it.
  mutating func describe(_ bytes: [UInt8]) {
    if isMaximal, bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFF { shape = .chunks }
    if hasSchema, bytes.first == 1 { names = [.short, .short, .long] }
  }
}
