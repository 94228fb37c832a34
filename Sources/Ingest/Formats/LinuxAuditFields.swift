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

  /// Where the value of a field begins; the bytes are followed by 16 that may be read.
  func value(of name: StaticString, in bytes: RecordBytes, from body: Int) -> Int? {
    if record == 0 {
      index(bytes, from: body)
      record = 1
    }
    let length = name.utf8CodeUnitCount
    let tag = EightBytes.head(name.utf8Start, length)
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
    guard let base = bytes.baseAddress, bytes.count <= Int(Int32.max) else { return }
    count = Int(
      cscan_audit_fields(
        base,
        Int32(body),
        Int32(bytes.count),
        tags,
        names,
        values,
        Int32(Self.most)
      )
    )
  }
}
