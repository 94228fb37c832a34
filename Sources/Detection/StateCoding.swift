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

  /// Small numbers, each of them under 128 and so one byte.
  mutating func write(small numbers: [UInt8]) { bytes.append(contentsOf: numbers) }

  /// Hands over what was written when it has become much, so that no state is in memory as a whole.
  mutating func pass<E: Error>(
    to take: ([UInt8]) throws(E) -> Void,
    atLeast much: Int = 1 << 18
  ) throws(E) {
    guard bytes.count >= much else { return }
    let done = bytes
    bytes = []
    bytes.reserveCapacity(much + much / 4)
    try take(done)
  }
}

/// Reads what `StateWriter` wrote.
///
/// Every read is checked: a state from disk is input like any other.
public struct StateReader {
  /// What is at hand, and the place in it.
  private var bytes: [UInt8]
  private var position = 0
  /// Bytes of the whole, and of them those before `bytes`.
  private let length: Int
  private var passed = 0
  /// The next bytes of the whole; `nil`: there are no more.
  private let next: (() -> [UInt8]?)?
  /// The version of the format that the bytes are in.
  var version = DetectionEngine.formatVersion
  /// By the place of a detector in the state, where it stands now; `nil`: all stand where they stood.
  var detectors: [Int?]?
  /// Owners that are called otherwise now, by the id of the name they had.
  var renamed: [UInt32: UInt32] = [:]

  public init(_ bytes: [UInt8]) {
    (self.bytes, length, next) = (bytes, bytes.count, nil)
  }

  /// Of a state that comes piece by piece.
  public init(length: Int, next: @escaping () -> [UInt8]?) {
    (bytes, self.length, self.next) = ([], length, next)
  }

  public var isAtEnd: Bool { passed + position == length }

  /// Whether another piece came.
  private mutating func refill() -> Bool {
    guard let more = next?(), !more.isEmpty else { return false }
    passed += position
    bytes = position == bytes.count ? more : Array(bytes[position...]) + more
    position = 0
    return true
  }

  public mutating func unsigned() throws(StateError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      if position == bytes.count { guard refill() else { break } }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw StateError(offset: passed + position)
  }

  public mutating func signed() throws(StateError) -> Int64 {
    let raw = try unsigned()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// An owner, by the name that it has now.
  mutating func owner() throws(StateError) -> UInt32 {
    present(UInt32(truncatingIfNeeded: try unsigned()))
  }

  func present(_ owner: UInt32) -> UInt32 {
    renamed.isEmpty ? owner : renamed[owner] ?? owner
  }

  public mutating func int() throws(StateError) -> Int { Int(try signed()) }

  /// A detector, by where it stands now; one that is no more is an error.
  mutating func detector() throws(StateError) -> Int {
    let place = try int()
    let now = detectors.map { $0.indices.contains(place) ? $0[place] : nil } ?? place
    guard let now, DetectorRegistry.all.indices.contains(now) else {
      throw StateError(offset: passed + position)
    }
    return now
  }

  /// A count of things that take at least one byte each.
  public mutating func count() throws(StateError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(length - passed - position) else {
      throw StateError(offset: passed + position)
    }
    return Int(value)
  }

  public mutating func name() throws(StateError) -> [UInt8] { try bytes(try count()) }

  private mutating func bytes(_ count: Int) throws(StateError) -> [UInt8] {
    while bytes.count - position < count {
      guard refill() else { throw StateError(offset: passed + position) }
    }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// So many numbers that `StateWriter.write(small:)` wrote.
  mutating func small(_ count: Int) throws(StateError) -> [UInt8] {
    let numbers = try bytes(count)
    guard numbers.allSatisfy({ $0 < 0x80 }) else { throw StateError(offset: passed + position) }
    return numbers
  }
}

/// A state that cannot be restored: cut, damaged, or of an unknown version.
public struct StateError: Error, Hashable, Sendable {
  /// Byte at which reading stopped.
  public var offset: Int
  /// The version, where it is one that is not read.
  public var version: UInt64?

  public init(offset: Int, version: UInt64? = nil) {
    (self.offset, self.version) = (offset, version)
  }
}
