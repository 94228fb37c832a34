/// Names of up to 16 bytes asked for lately, in front of the table: two words hold such a name whole,
/// so a hit is certain without a look at the table.
///
/// 24 bytes a place, two places a name, 16,384 at most, in fours; a name that finds its four taken
/// displaces the one that came first to the place it would have first.
extension NameTable {
  @usableFromInline
  struct ShortName: Sendable, BitwiseCopyable {
    @usableFromInline
    var first: UInt64 = 0
    @usableFromInline
    var last: UInt64 = 0
    /// 0: empty, for a name is never empty.
    @usableFromInline
    var length: UInt32 = 0
    @usableFromInline
    var id = NameID.none

    @usableFromInline
    init() {}
  }

  private static var fewestPlaces: Int { 1 << 8 }
  private static var mostPlaces: Int { 1 << 14 }

  /// The id of a name, quickly when it is short and came lately.
  @inlinable
  @inline(__always)
  public mutating func internOften(_ name: UnsafeBufferPointer<UInt8>) -> NameID {
    guard let base = name.baseAddress, name.count > 0, name.count <= 16, !lately.isEmpty else {
      return internAnew(name)
    }
    let words = Self.words(base, name.count)
    let place = Int(truncatingIfNeeded: Self.mixed(words) &>> latelyShift)
    for way in 0..<4 {
      let entry = lately[place ^ way]
      if entry.first == words.first, entry.last == words.last, Int(entry.length) == name.count {
        return entry.id
      }
    }
    return internAnew(name)
  }

  /// Where `internOften` will look for a name, so that it can be asked for ahead.
  ///
  /// Only an address; `nil` for a name that it would not look for.
  @inlinable
  @inline(__always)
  public func address(ofOften name: UnsafeBufferPointer<UInt8>) -> UnsafeRawPointer? {
    guard let base = name.baseAddress, name.count > 0, name.count <= 16, !lately.isEmpty else {
      return nil
    }
    let place = Self.mixed(Self.words(base, name.count)) &>> latelyShift
    return lately.withUnsafeBufferPointer { places in
      places.baseAddress.map { UnsafeRawPointer($0 + Int(truncatingIfNeeded: place)) }
    }
  }

  /// The first eight bytes, zeros beyond the name, and the last eight or 0; reads no other byte.
  @inlinable
  @inline(__always)
  static func words(_ base: UnsafePointer<UInt8>, _ count: Int) -> (first: UInt64, last: UInt64) {
    let raw = UnsafeRawPointer(base)
    if count >= 8 {
      return (
        UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      )
    }
    func shifted(_ value: UInt64, _ bytes: Int) -> UInt64 {
      value &<< UInt64(truncatingIfNeeded: bytes &* 8)
    }
    if count >= 4 {
      let low = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
      let high = UInt32(
        littleEndian: raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      )
      return (UInt64(low) | shifted(UInt64(high), count &- 4), 0)
    }
    let middle = count &>> 1
    return (
      UInt64(base[0]) | shifted(UInt64(base[middle]), middle)
        | shifted(UInt64(base[count &- 1]), count &- 1),
      0
    )
  }

  @inlinable
  @inline(__always)
  static func mixed(_ words: (first: UInt64, last: UInt64)) -> UInt64 {
    (words.first ^ (words.last &<< 23 | words.last &>> 41)) &* 0x9E37_79B9_7F4A_7C15
  }

  /// Interns a name and remembers a short one; room grows with the table, and then begins empty.
  @usableFromInline
  @inline(never)
  mutating func internAnew(_ name: UnsafeBufferPointer<UInt8>) -> NameID {
    let id = intern(name)
    guard let base = name.baseAddress, name.count > 0, name.count <= 16 else { return id }
    let wanted = min(count * 2, Self.mostPlaces)
    if lately.count < wanted || lately.isEmpty {
      var places = Self.fewestPlaces
      while places < wanted { places *= 2 }
      lately = [ShortName](repeating: ShortName(), count: places)
      latelyShift = 64 - UInt64(places.trailingZeroBitCount)
    }
    let words = Self.words(base, name.count)
    var entry = ShortName()
    entry.first = words.first
    entry.last = words.last
    entry.length = UInt32(truncatingIfNeeded: name.count)
    entry.id = id
    let place = Int(truncatingIfNeeded: Self.mixed(words) &>> latelyShift)
    // The first free of its four; else what stands first moves one on.
    var free = 0
    while free < 4, lately[place ^ free].length != 0 { free += 1 }
    if free == 4 {
      lately[place ^ 1] = lately[place]
      free = 0
    }
    lately[place ^ free] = entry
    return id
  }
}
