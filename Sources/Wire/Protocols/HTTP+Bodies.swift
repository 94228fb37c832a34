extension HTTP {
  /// A body while it passes.
  struct Body {
    /// As it is sent, without the framing of chunks.
    var bytes: Int64 = 0
    var counter: RecordCounter?
    /// One for each coding, the last that was applied first.
    var decompressors: [Decompressor] = []
    var isBroken = false
    /// Where it stands in the object of which it is a part.
    var part: Part?
    /// Several parts.
    var parts: MultipartReader?
    /// Bytes that had come before; known at the end.
    var repeated: Int64 = 0

    var held: Int { decompressors.reduce(0) { $0 + $1.held } + (parts?.held ?? 0) }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
      self.bytes += Int64(bytes.count)
      if let parts { return parts.add(bytes) }
      guard var part else { return feed(bytes) }
      self.part = nil
      addPart(bytes, &part)
      self.part = part
    }

    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard var counter, !isBroken else { return }
      self.counter = nil
      pass(bytes, 0, &counter)
      if decompressors.contains(where: { $0.state == .broken }) {
        counter.lose()
        isBroken = true
      }
      self.counter = counter
    }

    private func pass(
      _ bytes: UnsafeBufferPointer<UInt8>,
      _ coding: Int,
      _ counter: inout RecordCounter
    ) {
      guard coding < decompressors.count else { return counter.add(bytes) }
      decompressors[coding].decode(bytes) { pass($0, coding + 1, &counter) }
    }

    mutating func lose(_ count: Int64) {
      bytes += count
      if let parts { return parts.lose(count) }
      if var part {
        self.part = nil
        losePart(count, &part)
        self.part = part
        return
      }
      counter?.lose()
      // What was compressed cannot be followed past a hole.
      if !decompressors.isEmpty { isBroken = true }
    }
  }

  /// Passes bytes of a body; returns how many belong to it.
  func passBody(
    _ stream: inout Stream,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ at: Int
  ) -> (end: Int, isOver: Bool) {
    switch stream.place {
    case .body(let left):
      let count = Int(min(left, Int64(bytes.count - at)))
      stream.body.add(UnsafeBufferPointer(rebasing: bytes[at..<at + count]))
      stream.place = .body(left: left - Int64(count))
      return (at + count, left == Int64(count))
    case .chunk(let left):
      let count = Int(min(left, Int64(bytes.count - at)))
      stream.body.add(UnsafeBufferPointer(rebasing: bytes[at..<at + count]))
      stream.place = left == Int64(count) ? .chunkEnd : .chunk(left: left - Int64(count))
      return (at + count, false)
    default:
      stream.body.add(UnsafeBufferPointer(rebasing: bytes[at...]))
      return (bytes.count, false)
    }
  }

  /// A line around chunks: a size, an end, a trailer; whether the body is over, or `nil`: it is no sense.
  func passChunkLine(_ stream: inout Stream) -> Bool? {
    let line = stream.line
    stream.line.removeAll(keepingCapacity: true)
    switch stream.place {
    case .chunkSize:
      guard let size = Self.hexadecimal(line) else { return nil }
      stream.place = size == 0 ? .trailers : .chunk(left: size)
      return false
    case .chunkEnd:
      guard line.isEmpty else { return nil }
      stream.place = .chunkSize
      return false
    default: return line.isEmpty
    }
  }

  /// The size of a chunk, before its extensions.
  static func hexadecimal(_ line: [UInt8]) -> Int64? {
    var value: Int64 = 0
    var count = 0
    for byte in line {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      case 0x3B, 0x20, 9: return count > 0 ? value : nil
      default: return nil
      }
      count += 1
      guard count <= 15 else { return nil }
      value = value << 4 | Int64(digit)
    }
    return count > 0 ? value : nil
  }

  func missOn(
    _ stream: inout Stream,
    _ count: Int64,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    stream.missing += count
    switch stream.place {
    case .body(let left) where count <= left:
      stream.body.lose(count)
      stream.place = .body(left: left - count)
      guard left == count else { return }
      endBody(side, time, &log, &stream)
    case .chunk(let left) where count <= left:
      stream.body.lose(count)
      stream.place = left == count ? .chunkEnd : .chunk(left: left - count)
    case .untilClose: stream.body.lose(count)
    case .lost: stream.finder.reset()
    case .tunnel: break
    default: lose(&stream, side, time, &log)
    }
  }

  /// The body that was under way is over.
  func endBody(
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog,
    _ stream: inout Stream,
    isWhole: Bool = true
  ) {
    let body = stream.body
    let missing = stream.missing
    stream.place = .head
    stream.body = Body()
    stream.missing = 0
    switch side {
    case .client: finishRequest(body, missing, isWhole: isWhole)
    case .server: tell(response, body, missing: missing, isWhole: isWhole, time, &log)
    }
  }

  /// The next message begins nobody knows where.
  func lose(
    _ stream: inout Stream,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    var isInBody = true
    if case .head = stream.place { isInBody = false }
    stream.body.counter?.lose()
    stream.line = []
    stream.lineLength = 0
    stream.finder = BoundaryFinder()
    switch side {
    case .client:
      if isInBody { endBody(side, time, &log, &stream, isWhole: false) }
    case .server:
      if !isInBody { response = Response() }
      if isInBody || !pending.isEmpty { endBody(side, time, &log, &stream, isWhole: false) }
    }
    stream.place = .lost
  }

  /// A request is known with its body.
  func finishRequest(_ body: Body, _ missing: Int64, isWhole: Bool) {
    guard isRequestOpen, let last = pending.indices.last else { return }
    isRequestOpen = false
    pending[last].bytes = body.bytes
    pending[last].missing += missing
    if isWhole, body.counter?.isAtLeast == false {
      pending[last].rows = body.counter?.count(isWhole: true)
    }
  }
}
