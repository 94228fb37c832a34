internal import CScan

/// Tells the outer object of a list of records from a record.
///
///     {"Records":[{…}]}      {"kind":"admin#reports#activities","etag":"…","items":[{…}]}
///
/// It is one if nothing but members that come with such lists (pages, counts, versions) stand before the list, and
/// the first of the list is an event of a kind that is known by its keys: an application's record that begins with
/// a list of its own stays a record.
enum JSONEnvelope {
  enum Judgement: Equatable {
    case record
    /// The start of an outer object: bytes up to and with the bracket of its list.
    case envelope(Int)
    case needsMore
  }

  private static let lists: [StaticString] = [
    "Records", "records", "Events", "items", "value", "entries", "results", "data",
  ]
  private static let companions: [StaticString] = [
    "kind", "etag", "apiVersion", "metadata", "nextPageToken", "NextToken", "nextToken",
    "next_token",
    "ResponseMetadata", "@odata.context", "@odata.nextLink", "@odata.count", "@odata.deltaLink",
    "count",
    "totalCount", "total", "selfLink", "next", "links",
  ]
  /// Longest name of a member, in bytes.
  private static let longestName = 64

  /// What the object is with which the bytes begin.
  static func judge(_ bytes: UnsafeBufferPointer<UInt8>) -> Judgement {
    var walk = Walk(bytes: bytes, place: 1)
    while true {
      guard let name = walk.name() else { return walk.isAtEnd ? .needsMore : .record }
      guard walk.take(0x3A) else { return walk.isAtEnd ? .needsMore : .record }
      if isOne(of: lists, name) {
        guard walk.take(0x5B) else { return walk.isAtEnd ? .needsMore : .record }
        let start = walk.place
        switch walk.peek() {
        case nil: return .needsMore
        case 0x7B?:
          guard let element = walk.value() else { return walk.isAtEnd ? .needsMore : .record }
          return isKnown(bytes, element) ? .envelope(start) : .record
        case 0x5D?:
          walk.place += 1
          return endsAsOuter(&walk) ?? .envelope(start)
        default: return .record
        }
      }
      guard isOne(of: companions, name) else { return .record }
      guard walk.value() != nil else { return walk.isAtEnd ? .needsMore : .record }
      guard walk.take(0x2C) else { return walk.isAtEnd ? .needsMore : .record }
    }
  }

  /// Behind an empty list: `nil` where nothing but what comes with lists follows.
  private static func endsAsOuter(_ walk: inout Walk) -> Judgement? {
    while walk.take(0x2C) {
      guard let name = walk.name() else { return walk.isAtEnd ? .needsMore : .record }
      guard isOne(of: companions, name) else { return .record }
      guard walk.take(0x3A), walk.value() != nil else { return walk.isAtEnd ? .needsMore : .record }
    }
    if walk.take(0x7D) { return nil }
    return walk.isAtEnd ? .needsMore : .record
  }

  /// Bytes of a member's name and colon with which they begin; 0: it comes with no list; `nil`: not told yet.
  static func companion(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var walk = Walk(bytes: bytes, place: 0)
    guard let name = walk.name() else {
      return walk.isAtEnd && bytes.count <= longestName ? nil : 0
    }
    guard isOne(of: companions, name) else { return 0 }
    return walk.take(0x3A) ? walk.place : walk.isAtEnd ? nil : 0
  }

  /// Whether a document begins so; `nil`: not told by these bytes.
  ///
  /// A list, an object over several lines or with a comma behind it, or one that holds the list of records. Objects
  /// a line each are none, nor is one that breaks off within a text.
  static func begins(_ bytes: UnsafeBufferPointer<UInt8>, isWhole: Bool) -> Bool? {
    var walk = Walk(bytes: bytes, place: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    guard let first = walk.peek() else { return isWhole ? false : nil }
    if first == 0x5B {
      walk.place += 1
      return walk.peek().map { $0 == 0x7B || $0 == 0x5D } ?? (isWhole ? true : nil)
    }
    guard first == 0x7B else { return false }
    let start = walk.place
    walk.place += 1
    guard let second = walk.peek() else { return isWhole ? false : nil }
    guard second == 0x22 else { return false }
    let object = UnsafeBufferPointer(rebasing: bytes[start...])
    switch judge(object) {
    case .envelope: return true
    case .needsMore where !isWhole: return nil
    case .record, .needsMore: break
    }
    walk.place = start
    guard walk.value(withinLine: true) != nil else {
      if walk.isAtEnd { return isWhole || bytes.count >= FileHead.size ? false : nil }
      // At the line end: nothing of it is a text, and what follows goes on.
      guard walk.place + 2 < bytes.count else { return isWhole ? false : nil }
      return !walk.isInText && !(bytes[walk.place + 1] == 0x7B && bytes[walk.place + 2] == 0x22)
    }
    while walk.place < bytes.count, bytes[walk.place] == 0x20 || bytes[walk.place] == 0x09 {
      walk.place += 1
    }
    guard walk.place < bytes.count else { return isWhole ? false : nil }
    return bytes[walk.place] == 0x2C
  }

  private static func isOne(of names: [StaticString], _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    names.contains { name.equals($0, in: 0..<name.count) }
  }

  /// Whether an object is an event that a registered format knows by its keys.
  private static func isKnown(_ bytes: UnsafeBufferPointer<UInt8>, _ element: Range<Int>) -> Bool {
    let padded = Array(bytes[element]) + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      let line = padded.slice(0..<element.count)
      return FormatRegistry.all.contains { format in
        (format as? any MappedJSON.Type)?.isOne(line) ?? false
      }
    }
  }

  private struct Walk {
    let bytes: UnsafeBufferPointer<UInt8>
    var place: Int
    /// Whether the walk stopped within a text.
    var isInText = false
    var isAtEnd: Bool { place >= bytes.count }

    mutating func peek() -> UInt8? {
      while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
      return place < bytes.count ? bytes[place] : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
      guard peek() == byte else { return false }
      place += 1
      return true
    }

    /// The text of a member's name.
    mutating func name() -> UnsafeBufferPointer<UInt8>? {
      guard take(0x22) else { return nil }
      let start = place
      while place < bytes.count, bytes[place] != 0x22 {
        guard place - start < longestName, bytes[place] != 0x5C, bytes[place] >= 0x20 else {
          return nil
        }
        place += 1
      }
      guard place < bytes.count else { return nil }
      place += 1
      return UnsafeBufferPointer(rebasing: bytes[start..<place - 1])
    }

    /// The bytes of a value; `nil`: the bytes end before, or the line does.
    mutating func value(withinLine: Bool = false) -> Range<Int>? {
      guard peek() != nil else { return nil }
      let start = place
      var depth = 0
      while place < bytes.count {
        switch bytes[place] {
        case 0x22:
          isInText = true
          place += 1
          while place < bytes.count, bytes[place] != 0x22 {
            if bytes[place] == 0x0A { return nil }
            place += bytes[place] == 0x5C ? 2 : 1
          }
          guard place < bytes.count else {
            place = bytes.count
            return nil
          }
          isInText = false
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D:
          if depth == 0 { return start..<place }
          depth -= 1
        case 0x2C where depth == 0: return start..<place
        case 0x0A where withinLine: return nil
        default: break
        }
        place += 1
        if depth == 0,
          bytes[place - 1] == 0x22 || bytes[place - 1] == 0x7D || bytes[place - 1] == 0x5D
        {
          return start..<place
        }
      }
      return nil
    }
  }
}
