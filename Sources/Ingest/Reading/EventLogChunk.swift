internal import CZlib

/// The records of one chunk of a Windows event log, put in order so that each can be read on its own.
///
///     chunk   0 "ElfChnk\0" · 8 first and 16 last number · 24 first and 32 last identifier · 40 size of the
///             header (128) · 44 offset of the last record · 48 offset of the free space · 52 CRC-32 of the
///             records · 124 CRC-32 of the header · 128 tables · 512 records
///     record  0 "**\0\0" · 4 size · 8 identifier · 16 time written · 24 binary XML · size - 4 size again
///
/// Where the chain of records is broken it goes on with the next one that is sound; what lies between stands
/// as one record that cannot be read. Records that the header does not know yet, for the log was being
/// written when it was copied, are taken up as long as their identifiers go on. What lies behind is left
/// from an earlier use of the chunk: it is no part of the log.
///
/// Source: Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx).
struct EventLogChunk {
  struct Record {
    /// In the chunk.
    var offset: Int
    var identifier: UInt64
  }

  static let size = 65_536
  private static let header = 512
  private static let least = 28

  private(set) var records: [Record] = []
  /// What is wrong with it, where, in the chunk.
  private(set) var problem: (offset: Int, reason: String)?

  private let bytes: UnsafeMutablePointer<UInt8>
  /// Bytes of it that are there.
  private let available: Int

  static func isChunk(_ bytes: UnsafePointer<UInt8>) -> Bool {
    "ElfChnk\0".utf8.enumerated().allSatisfy { bytes[$0.offset] == $0.element }
  }

  /// Reads and changes a whole chunk, of which only the first `available` bytes were there.
  ///
  /// `isChecked`: its checksums hold where nothing is damaged.
  init(_ bytes: UnsafeMutablePointer<UInt8>, available: Int, isChecked: Bool) {
    self.bytes = bytes
    self.available = available
    let stated = (last: Int(word(44)), free: Int(word(48)))
    let isSound = Self.header...Self.size ~= stated.free
    let free = min(isSound ? stated.free : Self.size, available)
    if !isSound {
      note(48, "the free space begins nowhere")
    } else if isChecked, available == Self.size {
      check(free)
    }
    let end = walk(to: free)
    if isChecked, problem == nil, available == Self.size {
      let number = long(16) &- long(8) &+ 1
      let found = UInt64(records.count { $0.offset <= stated.last })
      if number != found { note(0, "records stated: \(number), there: \(found)") }
    }
    let whole = takeUp(from: end)
    settle(whole)
  }

  private mutating func note(_ offset: Int, _ reason: String) {
    if problem == nil { problem = (offset, reason) }
  }

  // MARK: Records

  /// The chain up to the free space; where it ends.
  private mutating func walk(to free: Int) -> Int {
    var place = Self.header
    while place < free {
      if let size = sizeOfRecord(at: place), place + size <= free {
        records.append(Record(offset: place, identifier: long(place + 8)))
        place += size
        continue
      }
      let isCut = available < Self.size
      if !isCut { note(place, "no record where one has to be") }
      guard let next = nextRecord(after: place, before: free), next - place >= Self.least else {
        return place
      }
      records.append(Record(offset: place, identifier: 0))
      put(0x2A2A, at: place)
      put(UInt32(next - place), at: place + 4)
      put(UInt32(next - place), at: next - 4)
      place = next
    }
    return place
  }

  /// Records behind the free space that go on with the last one; where they end.
  private mutating func takeUp(from end: Int) -> Int {
    var place = end
    guard var last = records.last?.identifier ?? (long(24) == 0 ? nil : long(24) &- 1) else {
      return place
    }
    while let size = sizeOfRecord(at: place), long(place + 8) == last &+ 1 {
      last = long(place + 8)
      records.append(Record(offset: place, identifier: last))
      place += size
    }
    return place
  }

  private func sizeOfRecord(at place: Int) -> Int? {
    guard place + Self.least <= available, word(place) == 0x2A2A else { return nil }
    let size = Int(word(place + 4))
    guard size >= Self.least, size <= available - place, word(place + size - 4) == UInt32(size)
    else { return nil }
    return size
  }

  /// Records begin at every eighth byte.
  private func nextRecord(after place: Int, before free: Int) -> Int? {
    var next = (place / 8 + 1) * 8
    let known = long(24)...max(long(24), long(32))
    while next < free {
      if let size = sizeOfRecord(at: next), next + size <= free, known.contains(long(next + 8)) {
        return next
      }
      next += 8
    }
    return nil
  }

  /// States what is there, so that nothing behind is looked at.
  private func settle(_ end: Int) {
    put(128, at: 40)
    put(UInt32(records.last?.offset ?? Self.header), at: 44)
    put(UInt32(end), at: 48)
    for index in end..<Self.size { bytes[index] = 0 }
  }

  // MARK: Checksums

  private mutating func check(_ free: Int) {
    if checksum(Self.header..<free) != word(52) {
      note(Self.header, "the checksum of the records is another")
    }
    if checksum(128..<Self.header, after: checksum(0..<120)) != word(124) {
      note(0, "the checksum of the header is another")
    }
  }

  private func checksum(_ range: Range<Int>, after: UInt32 = 0) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32(UInt(after), bytes + range.lowerBound, UInt32(range.count))
    )
  }

  // MARK: Numbers

  private func word(_ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) }
  }

  private func long(_ offset: Int) -> UInt64 {
    UInt64(word(offset)) | UInt64(word(offset + 4)) << 32
  }

  private func put(_ value: UInt32, at offset: Int) {
    for index in 0..<4 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
    }
  }

  /// The header of a log of this one chunk, as libevtx asks for it: 4 KiB.
  static func putFileHeader(_ bytes: UnsafeMutablePointer<UInt8>) {
    for index in 0..<4096 { bytes[index] = 0 }
    for (index, byte) in EventLogStage.magic.enumerated() { bytes[index] = byte }
    bytes[24] = 1
    bytes[32] = 128
    (bytes[36], bytes[38]) = (1, 3)
    bytes[41] = 0x10
    bytes[42] = 1
    let sum = UInt32(truncatingIfNeeded: crc32(0, bytes, 120))
    for index in 0..<4 { bytes[124 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(index * 8)) }
  }
}
