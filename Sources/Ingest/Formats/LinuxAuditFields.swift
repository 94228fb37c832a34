internal import CScan

/// Where the fields of an audit record stand: found in one walk, asked for by many.
///
/// One is used for record after record. Of a record with more fields than it holds the rest is not found.
///
/// A field begins behind a space, the quote of `msg='…'`, or the byte that parts what auditd looked up from
/// what the kernel wrote; a value between quotes holds none.
final class LinuxAuditFields {
  private static let most = 128
  /// The first eight bytes of a name, what it has less filled up with zeros.
  private let tags: UnsafeMutablePointer<UInt64>
  private let names: UnsafeMutablePointer<Int32>
  private let values: UnsafeMutablePointer<Int32>
  private var count = 0
  /// Of which record they are; 0: of none yet.
  private var record = 0

  init() {
    tags = .allocate(capacity: Self.most)
    names = .allocate(capacity: Self.most)
    values = .allocate(capacity: Self.most)
  }

  deinit {
    tags.deallocate()
    names.deallocate()
    values.deallocate()
  }

  /// Another record follows.
  @inline(__always)
  func clear() { record = 0 }

  /// Where the value of a field begins; the bytes are followed by eight that may be read.
  func value(of name: StaticString, in bytes: RecordBytes, from body: Int) -> Int? {
    if record == 0 {
      index(bytes, from: body)
      record = 1
    }
    let length = name.utf8CodeUnitCount
    var tag: UInt64 = 0
    for index in 0..<min(8, length) { tag |= UInt64(name.utf8Start[index]) &<< UInt64(8 * index) }
    for place in 0..<count where tags[place] == tag {
      let value = Int(values[place])
      guard value - 1 - Int(names[place]) == length,
        length <= 8 || bytes.hasPrefix(name, at: Int(names[place]))
      else { continue }
      return value
    }
    return nil
  }

  private func index(_ bytes: RecordBytes, from body: Int) {
    count = 0
    guard let base = bytes.baseAddress else { return }
    let end = bytes.count
    var place = body
    while place < end {
      let byte = base[place]
      place += 1
      if byte > 0x27 { continue }
      if byte == 0x22 {
        place = (bytes.firstIndex(of: 0x22, in: place..<end) ?? end) + 1
        continue
      }
      guard byte == 0x20 || byte == 0x27 || byte == 0x1D else { continue }
      let start = place
      while place < end, base[place] > 0x27, base[place] != 0x3D { place += 1 }
      guard place < end, base[place] == 0x3D, place > start, count < Self.most else { continue }
      let bits = UInt64(max(0, 8 - (place - start))) * 8
      tags[count] = (load(base + start) &<< bits) &>> bits
      names[count] = Int32(truncatingIfNeeded: start)
      place += 1
      values[count] = Int32(truncatingIfNeeded: place)
      count += 1
    }
  }

  @inline(__always)
  private func load(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
  }
}
