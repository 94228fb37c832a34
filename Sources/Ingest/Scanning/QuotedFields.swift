internal import CScan
internal import EventModel

/// Fields of one comma-separated record whose quoted fields double their quotes.
///
/// Source: RFC 4180; PostgreSQL's csvlog and pgaudit's AUDIT text write the same.
struct QuotedFields {
  /// Where each field's content stands; unescaped content stands in the arena.
  private(set) var fields: [UnsafeBufferPointer<UInt8>] = []
  /// Whether the last field's quote was left open.
  private(set) var isOpen = false

  var count: Int { fields.count }

  @inline(__always)
  subscript(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    index < fields.count ? fields[index] : UnsafeBufferPointer(start: nil, count: 0)
  }

  /// Splits a record into at most `most` fields.
  mutating func split(
    _ record: UnsafeBufferPointer<UInt8>,
    most: Int,
    arena: inout ByteArena
  ) throws(DecodeError) {
    fields.removeAll(keepingCapacity: true)
    isOpen = false
    guard let base = record.baseAddress else { return }
    let end = base + record.count
    var place = base
    while true {
      guard fields.count < most else { throw DecodeError(.wrongFieldCount, at: place - base) }
      if place < end, place.pointee == 0x22 {
        place = try quoted(place + 1, end, base, &arena)
        guard place < end else { return }
        guard place.pointee == 0x2C else { throw DecodeError(.unexpectedByte, at: place - base) }
      } else {
        let comma = cscan_find(place, end, 0x2C) ?? end
        fields.append(UnsafeBufferPointer(start: place, count: comma - place))
        place = comma
        guard place < end else { return }
      }
      place += 1
    }
  }

  /// A field after its opening quote; returns where its closing quote ended.
  private mutating func quoted(
    _ start: UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> UnsafePointer<UInt8> {
    var place = start
    var doubled = false
    while true {
      let quote = cscan_find(place, end, 0x22) ?? end
      guard quote < end else {
        isOpen = true
        place = end
        break
      }
      if quote + 1 < end, quote[1] == 0x22 {
        doubled = true
        place = quote + 2
        continue
      }
      place = quote
      break
    }
    let content = UnsafeBufferPointer(start: start, count: place - start)
    if doubled {
      guard let plain = Self.unescape(content, &arena) else {
        throw DecodeError(.tooLong, at: start - base)
      }
      fields.append(plain)
    } else {
      fields.append(content)
    }
    return isOpen ? end : place + 1
  }

  /// Quoted content with every doubled quote made single.
  static func unescape(
    _ text: UnsafeBufferPointer<UInt8>,
    _ arena: inout ByteArena
  ) -> UnsafeBufferPointer<UInt8>? {
    arena.write(atMost: text.count) { room in
      var written = 0
      var index = 0
      while index < text.count {
        let byte = text[index]
        room[written] = byte
        written += 1
        index += byte == 0x22 && index + 1 < text.count && text[index + 1] == 0x22 ? 2 : 1
      }
      return written
    }
  }
}
