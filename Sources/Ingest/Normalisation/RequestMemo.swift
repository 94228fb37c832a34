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
    let reading = read(
      method: line.slice(parts.method),
      path: line.slice(parts.path),
      escaped: escaped,
      into: &names
    )
    return names.queryNames.isEmpty
      ? reading : RequestQuery.keep(RequestQuery.query(of: line), in: reading, &names)
  }

  /// The reading of a method and a path; a query behind it is cut off.
  @inline(__always)
  mutating func read(
    method: RecordBytes,
    target: RecordBytes,
    escaped: Bool,
    into names: inout NameTable
  ) -> RequestReading {
    let end = target.firstIndex(of: 0x3F, in: 0..<target.count) ?? target.count
    let reading = read(method: method, path: target.slice(0..<end), escaped: escaped, into: &names)
    return names.queryNames.isEmpty
      ? reading : RequestQuery.keep(RequestQuery.query(of: target), in: reading, &names)
  }

  /// The host of an absolute target (`http://host/path`) changes nothing in what its path reads as.
  @inline(__always)
  private mutating func read(
    method: RecordBytes,
    path whole: RecordBytes,
    escaped: Bool,
    into names: inout NameTable
  ) -> RequestReading {
    var path = whole
    if path.first != 0x2F, let authority = RequestClassifier.authorityEnd(path) {
      path = path.slice(authority..<path.count)
    }
    guard let verb = method.baseAddress, !method.hasPrefix("CONNECT"), let shape = shape(path),
      let base = shape.baseAddress
    else { return classifier.read(method: method, path: whole, escaped: escaped, into: &names) }
    let hash = cscan_digest_padded(base, shape.count) ^ cscan_digest(verb, method.count) &* 3
    if let reading = readings.value(shape, method, hash: hash) { return reading }
    let reading = classifier.read(method: method, path: whole, escaped: escaped, into: &names)
    readings.remember(reading, for: shape, method, hash: hash)
    return reading
  }

  /// The same of a request line with escapes that 64 readable bytes follow.
  ///
  /// GET, POST or HEAD of a plain path of at most 64 bytes takes a short way. What is remembered of these
  /// is kept apart by the method's first letter before the shape, where others begin with a slash.
  @inline(__always)
  mutating func readPadded(line: RecordBytes, into names: inout NameTable) -> RequestReading {
    guard names.queryNames.isEmpty, let base = line.baseAddress, line.count > 6,
      let shape = usual(base, line.count), let key = shape.baseAddress
    else { return read(line: line, escaped: true, into: &names) }
    let hash = cscan_run_hash(key, shape.count)
    if let reading = readings.value(shape, RecordBytes(start: nil, count: 0), hash: hash) {
      return reading
    }
    let reading = classifier.read(line: line, escaped: true, into: &names)
    readings.remember(reading, for: shape, RecordBytes(start: nil, count: 0), hash: hash)
    return reading
  }

  /// The method's letter and the path's shape, made with a mask a kind of byte.
  @inline(__always)
  private func usual(_ base: UnsafePointer<UInt8>, _ count: Int) -> RecordBytes? {
    let method = UInt64(
      littleEndian: UnsafeRawPointer(base).loadUnaligned(as: UInt64.self)
    )
    var first = 5
    // `GET /`, `POST /`, `HEAD /`
    if method & 0xFF_FFFF_FFFF == 0x2F_2054_4547 {
      first = 4
    } else if method & 0xFFFF_FFFF_FFFF != 0x2F20_5453_4F50,
      method & 0xFFFF_FFFF_FFFF != 0x2F20_4441_4548
    {
      return nil
    }
    let path = base + first
    let masks = cscan_path_masks(path)
    let specials = masks.specials.trailingZeroBitCount
    var stop = masks.spaces.trailingZeroBitCount
    var length = stop
    if specials < stop {
      // A query is cut off; of the rest none goes with the short way.
      guard path[specials] == 0x3F else { return nil }
      length = specials
      stop = cscan_find2(path + specials, base + count, 0x20, 0x20) - path
    }
    guard length < 64, first + stop + 6 <= count else { return nil }
    let version = UnsafeRawPointer(path + stop + 1).loadUnaligned(as: UInt64.self)
    guard UInt64(littleEndian: version) & 0xFF_FFFF_FFFF == 0x2F_5054_5448 else { return nil }
    room[0] = base[0]
    return RecordBytes(start: room, count: writeShape(of: path, length, masks))
  }

  /// Writes the shape behind the method's letter; returns where it ends.
  @inline(__always)
  private func writeShape(
    of path: UnsafePointer<UInt8>,
    _ length: Int,
    _ masks: cscan_path
  ) -> Int {
    var slashes = masks.slashes & (1 &<< UInt64(length) &- 1)
    var written = 1
    while slashes != 0 {
      let start = slashes.trailingZeroBitCount
      slashes &= slashes &- 1
      let end = slashes == 0 ? length : slashes.trailingZeroBitCount
      let size = end &- start &- 1
      let others = (~masks.digits &>> UInt64(start)) &>> 1
      let digits = others & (1 &<< UInt64(size) &- 1) == 0
      if size > 0,
        digits
          || size >= 16
            && PathWords.isIdentifier(RecordBytes(start: path + start + 1, count: size))
      {
        room[written] = 0x2F
        room[written &+ 1] = 0x2A
        written &+= 2
      } else {
        // Eight bytes at a time; what is written too much is written over or lies behind the end.
        var index = 0
        while index <= size {
          let word = UnsafeRawPointer(path + start + index).loadUnaligned(as: UInt64.self)
          UnsafeMutableRawPointer(room + written + index).storeBytes(of: word, as: UInt64.self)
          index &+= 8
        }
        written &+= size &+ 1
      }
    }
    return written
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
