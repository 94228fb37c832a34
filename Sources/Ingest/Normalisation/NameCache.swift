internal import EventModel

/// Names of up to 16 bytes seen lately in a chunk, in front of the batch's name table.
///
/// Two words hold such a name whole, so a hit is certain without a look at the table. 2,048 places,
/// 48 KB; a name that falls on a taken place displaces the older one.
struct NameCache {
  private struct Entry: BitwiseCopyable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    /// 0: empty, for a name is never empty.
    var length: UInt32 = 0
    var id = NameID.none
  }

  private static let bits: UInt64 = 11
  private let entries: UnsafeMutablePointer<Entry>?

  /// Lends an empty cache for one chunk.
  @inline(__always)
  static func withCache<R>(_ body: (NameCache) -> R) -> R {
    withUnsafeTemporaryAllocation(of: Entry.self, capacity: 1 << Int(bits)) { entries in
      entries.initialize(repeating: Entry())
      return body(NameCache(entries: entries.baseAddress))
    }
  }

  /// The id of a name whose bytes are readable eight past its start.
  @inline(__always)
  func intern(_ name: UnsafeBufferPointer<UInt8>, _ names: inout NameTable) -> NameID {
    guard let base = name.baseAddress, let entries, name.count > 0, name.count <= 16 else {
      return names.intern(name)
    }
    let raw = UnsafeRawPointer(base)
    let count = name.count
    var first = raw.loadUnaligned(as: UInt64.self)
    var last: UInt64 = 0
    if count >= 8 {
      last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else {
      first &= (1 as UInt64) &<< UInt64(truncatingIfNeeded: count &* 8) &- 1
    }
    let mixed = (first ^ (last &<< 23 | last &>> 41)) &* 0x9E37_79B9_7F4A_7C15
    let entry = entries + Int(truncatingIfNeeded: mixed &>> (64 &- Self.bits))
    if entry.pointee.first == first, entry.pointee.last == last,
      Int(entry.pointee.length) == count
    {
      return entry.pointee.id
    }
    let id = names.intern(name)
    entry.pointee = Entry(
      first: first,
      last: last,
      length: UInt32(truncatingIfNeeded: count),
      id: id
    )
    return id
  }
}
