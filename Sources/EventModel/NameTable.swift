/// The identity of an interned name.
///
/// 0 is "not stated".
public struct NameID: Hashable, Sendable, BitwiseCopyable, Comparable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public static var none: NameID { NameID(rawValue: 0) }

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Bytes to small integers and back.
///
/// Names are bytes: nothing says that a log is valid UTF-8.
///
/// Open addressing with linear probing; comparing checks the bytes, not only the hash. Memory: the
/// bytes of every distinct name + 16 bytes each + 8 bytes a slot, and what `internOften` remembers. Ids are given in order of first
/// sight and mean nothing beyond the table: whatever is printed is ordered by the bytes.
public struct NameTable: Sendable {
  private var arena: [UInt8] = []
  /// Where each name ends in `arena`; name 0 is empty.
  private var ends: [Int] = [0]
  private var hashes: [UInt64] = [0]
  /// The id below, the upper half of the hash above: most other names differ there already.
  private var slots: [UInt64]
  private var mask: Int
  /// Short names asked for lately; empty until `internOften` is called.
  @usableFromInline
  var lately: [ShortName] = []
  @usableFromInline
  var latelyShift: UInt64 = 63
  /// Parameters of a URL's query that stay in the names of objects: those that patterns of the estate name.
  public var queryNames: [[UInt8]] = []
  /// What decoders remember in ids of this table.
  public var memory = NameMemory()

  public init(minimumCapacity: Int = 256) {
    var capacity = 512
    while capacity < minimumCapacity * 2 { capacity *= 2 }
    slots = [UInt64](repeating: 0, count: capacity)
    mask = capacity - 1
  }

  /// The number of names, "not stated" included: ids are 0 ..< count.
  public var count: Int { ends.count }

  /// Bytes held by the names themselves.
  public var byteCount: Int { arena.count }

  public mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> NameID {
    guard name.count > 0, let base = name.baseAddress else { return .none }
    let hash = Self.hash(base, name.count)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let held = slots[slot]
      if held == 0 { break }
      if (held ^ hash) >> 32 == 0, equals(Int(held & 0xFFFF_FFFF), base, name.count) {
        return NameID(rawValue: UInt32(truncatingIfNeeded: held))
      }
      slot = (slot + 1) & mask
    }
    let id = UInt32(ends.count)
    arena.append(contentsOf: name)
    ends.append(arena.count)
    hashes.append(hash)
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(id)
    if ends.count * 2 > slots.count { grow() }
    return NameID(rawValue: id)
  }

  public mutating func intern(_ name: Span<UInt8>) -> NameID {
    name.withUnsafeBufferPointer { intern($0) }
  }

  public mutating func intern(_ name: String) -> NameID {
    var copy = name
    return copy.withUTF8 { intern($0) }
  }

  /// The id of a name already there.
  public func find(_ name: UnsafeBufferPointer<UInt8>) -> NameID? {
    guard name.count > 0, let base = name.baseAddress else { return NameID.none }
    let hash = Self.hash(base, name.count)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let held = slots[slot]
      if held == 0 { return nil }
      if (held ^ hash) >> 32 == 0, equals(Int(held & 0xFFFF_FFFF), base, name.count) {
        return NameID(rawValue: UInt32(truncatingIfNeeded: held))
      }
      slot = (slot + 1) & mask
    }
  }

  public func find(_ name: String) -> NameID? {
    var copy = name
    return copy.withUTF8 { find($0) }
  }

  /// Lends the bytes of a name.
  ///
  /// An id the table never gave is "not stated".
  public func withBytes<R>(of id: NameID, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let index = Int(id.rawValue)
    guard index > 0, index < ends.count else {
      return body(UnsafeBufferPointer(start: nil, count: 0))
    }
    return arena.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[ends[index - 1]..<ends[index]]))
    }
  }

  /// The name as text; bytes that are not UTF-8 become U+FFFD.
  public func text(of id: NameID) -> String {
    withBytes(of: id) { String(decoding: $0, as: UTF8.self) }
  }

  public func bytes(of id: NameID) -> [UInt8] {
    withBytes(of: id) { Array($0) }
  }

  /// A hash of the bytes that is the same in every process and for every order of interning.
  public func stableHash(of id: NameID) -> UInt64 {
    let index = Int(id.rawValue)
    return index < hashes.count ? hashes[index] : 0
  }

  private func equals(_ id: Int, _ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let start = ends[id - 1]
    guard ends[id] - start == count else { return false }
    return arena.withUnsafeBytes { arena in
      guard let held = arena.baseAddress else { return false }
      return Self.equals(held + start, UnsafeRawPointer(base), count)
    }
  }

  /// Eight bytes at a time; the last eight may overlap those before.
  @inline(__always)
  private static func equals(
    _ left: UnsafeRawPointer,
    _ right: UnsafeRawPointer,
    _ count: Int
  ) -> Bool {
    func differs(at index: Int) -> Bool {
      left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    }
    guard count >= 8 else {
      for index in 0..<count
      where left.load(fromByteOffset: index, as: UInt8.self)
        != right.load(fromByteOffset: index, as: UInt8.self)
      { return false }
      return true
    }
    var index = 0
    while index + 8 <= count {
      if differs(at: index) { return false }
      index += 8
    }
    return !differs(at: count - 8)
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = [UInt64](repeating: 0, count: mask + 1)
    for id in 1..<ends.count {
      var slot = Int(truncatingIfNeeded: hashes[id]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = hashes[id] & ~0xFFFF_FFFF | UInt64(id)
    }
  }

  /// A 64-bit hash by folded multiplication, eight bytes at a time; unkeyed and stable.
  @inline(__always)
  static func hash(_ base: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(base)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    var index = 0
    while index + 8 <= count {
      state = fold(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var tail: UInt64 = 0
    var shift: UInt64 = 0
    while index < count {
      tail |= UInt64(base[index]) << shift
      shift += 8
      index += 1
    }
    return fold(state ^ tail ^ 0xE703_7ED1_A0B4_28DB)
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}
