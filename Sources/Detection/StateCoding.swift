/// Writes state as a compact, versioned sequence of bytes: unsigned LEB128, zigzag for signed
/// numbers, names with their length.
///
/// Layout of each state: docs/formats/state.md.
public struct StateWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  public mutating func write(_ value: Int64) {
    write(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  public mutating func write(_ value: Int) { write(Int64(value)) }

  public mutating func write(_ name: [UInt8]) {
    write(UInt64(name.count))
    bytes.append(contentsOf: name)
  }
}

/// Reads what `StateWriter` wrote.
///
/// Every read is checked: a state from disk is input like any other.
public struct StateReader: Sendable {
  private let bytes: [UInt8]
  private var position = 0
  /// The version of the format that the bytes are in.
  var version = DetectionEngine.formatVersion

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { position == bytes.count }

  public mutating func unsigned() throws(StateError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw StateError(offset: position)
  }

  public mutating func signed() throws(StateError) -> Int64 {
    let raw = try unsigned()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  public mutating func int() throws(StateError) -> Int { Int(try signed()) }

  /// A count of things that take at least one byte each.
  public mutating func count() throws(StateError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(bytes.count - position) else { throw StateError(offset: position) }
    return Int(value)
  }

  public mutating func name() throws(StateError) -> [UInt8] {
    let length = try count()
    let start = position
    position += length
    return Array(bytes[start..<position])
  }
}

/// A state that cannot be restored: cut, damaged, or of an unknown version.
public struct StateError: Error, Hashable, Sendable {
  /// Byte at which reading stopped.
  public var offset: Int

  public init(offset: Int) { self.offset = offset }
}
