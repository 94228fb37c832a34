/// Byte strings to payloads, for the few keys and words a decoder asks for.
///
/// Made once a file. A look-up is one masked load of eight bytes, one multiplication and mostly one compare; longer
/// keys compare their tail. Several levels (one for each wanted nested object) share one table.
struct KeyTable: Sendable {
  struct Entry: Sendable {
    /// First eight bytes, zero-padded.
    var word: UInt64
    var length: Int
    /// Where the bytes lie in `arena`.
    var start: Int
    /// Columns whose value this key holds.
    var columns: UInt32 = 0
    /// Columns anywhere below this key.
    var below: UInt32 = 0
    /// Level of the object under this key, or -1.
    var child: Int32 = -1
    /// For word lists: what the word means.
    var payload: UInt8 = 0
  }

  private(set) var entries: [Entry] = []
  private var arena = [UInt8](repeating: 0, count: 8)
  private var levels: [[Int]] = []
  private var slots: [UInt16] = []
  private var slotBits = 6

  /// Adds an empty level and gives its number.
  mutating func addLevel() -> Int {
    levels.append([])
    return levels.count - 1
  }

  /// The entry of a key, made if it is not there; `change` sets what it means.
  mutating func add(_ key: [UInt8], at level: Int, _ change: (inout Entry) -> Void) {
    if let found = levels[level].first(where: { bytes(of: entries[$0]) == key[...] }) {
      change(&entries[found])
      return
    }
    guard entries.count < Int(UInt16.max) else { return }
    var entry = Entry(word: Self.word(of: key), length: key.count, start: arena.count)
    change(&entry)
    arena += key
    levels[level].append(entries.count)
    entries.append(entry)
  }

  func entry(of key: [UInt8], at level: Int) -> Entry? {
    levels[level].first { bytes(of: entries[$0]) == key[...] }.map { entries[$0] }
  }

  /// Lays the keys out for look-up; called once, after the last `add`.
  mutating func seal() {
    let most = levels.reduce(0) { max($0, $1.count) }
    while 1 << slotBits < most * 4 { slotBits += 1 }
    slots = [UInt16](repeating: 0, count: levels.count << slotBits)
    for (level, members) in levels.enumerated() {
      for index in members {
        var slot = Self.slot(entries[index].word, entries[index].length, slotBits)
        while slots[level << slotBits + slot] != 0 { slot = (slot + 1) & ((1 << slotBits) - 1) }
        slots[level << slotBits + slot] = UInt16(index + 1)
      }
    }
  }

  /// Lends the sealed table for look-ups without checks.
  @inline(__always)
  func withView<R>(_ body: (View) -> R) -> R {
    slots.withUnsafeBufferPointer { slots in
      entries.withUnsafeBufferPointer { entries in
        arena.withUnsafeBufferPointer { arena in
          body(View(slots: slots, entries: entries, arena: arena, slotBits: slotBits))
        }
      }
    }
  }

  private func bytes(of entry: Entry) -> ArraySlice<UInt8> {
    arena[entry.start..<entry.start + entry.length]
  }

  private static func word(of key: [UInt8]) -> UInt64 {
    var word: UInt64 = 0
    for (index, byte) in key.prefix(8).enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
    return word
  }

  @inline(__always)
  fileprivate static func slot(_ word: UInt64, _ length: Int, _ bits: Int) -> Int {
    let mixed = (word ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> UInt64(truncatingIfNeeded: 64 &- bits))
  }

  /// A lent table.
  ///
  /// The key's bytes must be readable eight bytes past their start.
  struct View {
    fileprivate let slots: UnsafeBufferPointer<UInt16>
    let entries: UnsafeBufferPointer<Entry>
    fileprivate let arena: UnsafeBufferPointer<UInt8>
    fileprivate let slotBits: Int

    /// Index of the entry, or -1.
    @inline(__always)
    func find(_ key: UnsafePointer<UInt8>, _ length: Int, at level: Int) -> Int {
      let raw = UnsafeRawPointer(key)
      var word = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      if length < 8 { word &= (1 as UInt64) &<< UInt64(truncatingIfNeeded: length &* 8) &- 1 }
      return find(word, key, length, at: level)
    }

    /// The same of a key behind which nothing may be read.
    @inline(__always)
    func find(whole key: UnsafeBufferPointer<UInt8>, at level: Int) -> Int {
      guard let base = key.baseAddress else { return -1 }
      return find(EightBytes.head(base, key.count), base, key.count, at: level)
    }

    @inline(__always)
    private func find(
      _ word: UInt64,
      _ key: UnsafePointer<UInt8>,
      _ length: Int,
      at level: Int
    ) -> Int {
      guard let entries = entries.baseAddress, let slots = slots.baseAddress else { return -1 }
      let first = level &<< slotBits
      var slot = KeyTable.slot(word, length, slotBits)
      while true {
        let index = Int(slots[first &+ slot]) &- 1
        if index < 0 { return -1 }
        let entry = entries + index
        if entry.pointee.word == word, entry.pointee.length == length,
          length <= 8 || equalTail(entry.pointee.start, key, length)
        {
          return index
        }
        slot = (slot &+ 1) & ((1 &<< slotBits) &- 1)
      }
    }

    private func equalTail(_ start: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
      for index in 8..<length where arena[start + index] != key[index] { return false }
      return true
    }
  }
}
