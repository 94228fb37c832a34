internal import CScan
internal import EventModel

/// Reads requests, and remembers what those of one shape ask for.
///
/// The shape is the path with its identifiers replaced by `*`, as in the object. An identifier is
/// never a word of `PathWords`, so requests of one method and one shape read the same. A path with
/// escapes, parameters or bytes that the object replaces has no shape and is read by itself; so is
/// the target of CONNECT, which is no path.
struct RequestMemo: ~Copyable {
  /// The longest path that is remembered; below `RequestClassifier.longestObject`.
  private static var longestPath: Int { 192 }

  private var classifier = RequestClassifier()
  private var readings = ByteMemo<RequestReading>(bits: 10, room: 1 << 16, filler: .garbage)
  private let room = UnsafeMutablePointer<UInt8>.allocate(
    capacity: Self.longestPath + ByteChunk.padding
  )

  init() { room.initialize(repeating: 0, count: Self.longestPath + ByteChunk.padding) }

  deinit { room.deallocate() }

  /// The reading of a request line; ids are those of `names`, which must be the same at every call.
  @inline(__always)
  mutating func read(
    line: RecordBytes,
    escaped: Bool,
    into names: inout NameTable
  ) -> RequestReading {
    guard let parts = RequestClassifier.split(line) else { return .garbage }
    let method = line.slice(parts.method)
    let path = line.slice(parts.path)
    guard let verb = method.baseAddress, !method.hasPrefix("CONNECT"), let shape = shape(path),
      let base = shape.baseAddress
    else { return classifier.read(method: method, path: path, escaped: escaped, into: &names) }
    let hash = cscan_digest_padded(base, shape.count) ^ cscan_digest(verb, method.count) &* 3
    if let reading = readings.value(shape, method, hash: hash) { return reading }
    let reading = classifier.read(method: method, path: path, escaped: escaped, into: &names)
    readings.remember(reading, for: shape, method, hash: hash)
    return reading
  }

  @inline(__always)
  private func shape(_ path: RecordBytes) -> RecordBytes? {
    guard path.count > 0, path.count <= Self.longestPath, let base = path.baseAddress,
      base[0] == 0x2F
    else { return nil }
    room[0] = 0x2F
    var written = 1
    var start = 1
    var index = 1
    var digits = true
    while index < path.count {
      let byte = base[index]
      index &+= 1
      if byte == 0x2F {
        written = close(path, start..<index &- 1, digits: digits, written)
        start = index
        digits = true
      } else {
        switch byte {
        case 0x25, 0x3B, 0x3F, 0x5C, EventRow.objectSeparator: return nil
        default: digits = digits && byte &- 0x30 < 10
        }
      }
      room[written] = byte
      written &+= 1
    }
    written = close(path, start..<path.count, digits: digits, written)
    return RecordBytes(start: room, count: written)
  }

  /// Writes `*` over the segment just written when it is an identifier; returns where it ends.
  @inline(__always)
  private func close(
    _ path: RecordBytes,
    _ segment: Range<Int>,
    digits: Bool,
    _ written: Int
  ) -> Int {
    guard !segment.isEmpty,
      digits || (segment.count >= 16 && PathWords.isIdentifier(path.slice(segment)))
    else { return written }
    let first = written &- segment.count
    room[first] = 0x2A
    return first &+ 1
  }
}
