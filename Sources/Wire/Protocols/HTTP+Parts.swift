/// Parts of an object (206), one or several in a body, and answers that broke off.
extension HTTP {
  /// A part while it passes.
  struct Part {
    var object: ObjectBook.Object
    /// When it began.
    var time: Int64
    var book: ObjectBook
    /// Where the next byte stands in the object.
    var at: Int64
    var end: Int64
    /// What of it is new and still to come.
    var fresh: [Range<Int64>]
    /// How far the counter has read, and what it had told before.
    var read: Int64 = -1
    var told: Int64 = 0
    /// Bytes that had come before.
    var repeated: Int64 = 0
    /// Of an object of unknown version: all records of the part, for what seems to come again may be other bytes.
    var every: RecordCounter?

    /// How many of the next bytes are of one kind, and whether they are new.
    func next(_ count: Int) -> (count: Int, isFresh: Bool) {
      guard let first = fresh.first else { return (count, false) }
      let isFresh = at >= first.lowerBound
      let end = isFresh ? first.upperBound : first.lowerBound
      return (Int(min(Int64(count), end - at)), isFresh)
    }

    mutating func pass(_ count: Int) {
      at += Int64(count)
      if let first = fresh.first, at >= first.upperBound { fresh.removeFirst() }
    }
  }

  /// `bytes 0-99/1234`; no size: `*`.
  static func span(_ range: [UInt8]) -> (range: Range<Int64>, size: Int64?)? {
    guard range.hasPrefixText("bytes ") else { return nil }
    let parts = range.dropFirst(6).split { $0 == 0x2D || $0 == 0x2F }
      .map { Array($0).trimmed.decimal }
    guard parts.count == 3, let start = parts[0], let last = parts[1], start <= last,
      last < ByteRanges.highest
    else { return nil }
    return (start..<last + 1, parts[2])
  }

  /// What a request asks for, as its parts are joined by; `nil`: it cannot be told.
  func object(of request: Request, _ version: [UInt8]?, size: Int64?) -> ObjectBook.Object? {
    guard let target = request.target, !target.isCut, request.method.isText("GET") else {
      return nil
    }
    var name: [UInt8] = []
    for part in [request.account, request.host, target.bytes, version] {
      name += part ?? []
      name.append(0)
    }
    guard name.count <= ObjectBook.nameLimit else { return nil }
    return ObjectBook.Object(
      client: session.client.address,
      server: session.server,
      name: name,
      size: size ?? -1,
      isSure: version != nil && size != nil
    )
  }

  /// A body that is a part of an object, or several.
  func readParts(_ body: inout Body, _ head: Head, _ request: Request, _ time: Int64) {
    if head.mediaType.isText("multipart/byteranges") {
      let boundary = Head.parameter("boundary", of: head.type ?? []) ?? []
      body = Body()
      guard !boundary.isEmpty, boundary.count <= 200, !head.isCoded, head.codings.isEmpty,
        head.encoding.map({ $0.isText("identity") }) ?? true
      else { return }
      body.parts = MultipartReader(boundary) { [unowned self] part in
        var body = countingBody(part, request.target)
        place(&body, part.range, head.version, request, time)
        return body
      }
    } else {
      place(&body, head.range, head.version, request, time)
    }
  }

  private func place(
    _ body: inout Body,
    _ range: [UInt8]?,
    _ version: [UInt8]?,
    _ request: Request,
    _ time: Int64
  ) {
    guard let book = session.objects, let span = range.flatMap(Self.span),
      let object = object(of: request, version, size: span.size),
      let claim = book.claim(object, span.range, at: time)
    else { return }
    var part = Part(
      object: object,
      time: time,
      book: book,
      at: span.range.lowerBound,
      end: span.range.upperBound,
      fresh: claim.fresh
    )
    if !object.isSure, claim.fresh != [span.range] {
      part.every = body.decompressors.isEmpty ? body.counter : nil
      part.every?.beginAmidst()
    }
    if let tail = claim.tail, body.counter != nil, claim.fresh.count == 1 {
      body.counter = tail.counter
      body.decompressors = tail.decompressors
      (part.read, part.told) = (tail.next, tail.told)
    } else {
      body.counter?.isFirstPart = claim.fresh.first.map { $0.lowerBound == 0 } ?? false
    }
    body.counter?.isLastPart = span.size.map { claim.fresh.last?.upperBound == $0 } ?? false
    body.part = part
  }

  /// Remembers how far an answer came that broke off: its client may ask for the rest.
  func remember(
    _ response: Response,
    _ request: Request,
    _ body: Body,
    rows: Int64?,
    _ time: Int64
  ) {
    guard response.code == 200, body.bytes > 0, body.bytes < ByteRanges.highest,
      let size = response.length, body.bytes < size, let version = response.version,
      let book = session.objects, let object = object(of: request, version, size: size)
    else { return }
    _ = book.claim(object, 0..<body.bytes, at: time)
    book.end(object, without: [], body.tail(next: body.bytes, told: rows ?? 0), at: time)
  }
}

extension HTTP.Body {
  /// What can read on behind its last byte.
  func tail(next: Int64, told: Int64) -> ObjectBook.Tail? {
    guard let counter, !counter.isTorn, !isBroken else { return nil }
    return ObjectBook.Tail(
      counter: counter,
      decompressors: decompressors,
      next: next,
      told: told
    )
  }

  /// Bytes of a part: what is new is counted.
  mutating func addPart(_ bytes: UnsafeBufferPointer<UInt8>, _ part: inout HTTP.Part) {
    part.every?.add(bytes)
    var at = 0
    while at < bytes.count {
      let (count, isFresh) = part.next(bytes.count - at)
      let piece = UnsafeBufferPointer(rebasing: bytes[at..<at + count])
      if isFresh {
        if part.read != part.at { jump(to: part.at) }
        part.read = part.at + Int64(count)
        feed(piece)
      } else {
        part.repeated += min(Int64(count), max(0, part.end - part.at))
      }
      part.pass(count)
      at += count
    }
  }

  private mutating func jump(to place: Int64) {
    guard place > 0 else { return }
    counter?.beginAmidst()
    // What was compressed is read from its start alone.
    guard !decompressors.isEmpty else { return }
    counter?.lose()
    isBroken = true
  }

  mutating func losePart(_ count: Int64, _ part: inout HTTP.Part) {
    part.every?.lose()
    // A body may be longer than its range.
    let end = part.at + min(count, ByteRanges.highest)
    let lost = part.at..<max(part.at, min(part.end, end))
    if part.fresh.contains(where: { $0.overlaps(lost) }) { counter?.lose() }
    if !decompressors.isEmpty { isBroken = true }
    part.at = min(end, 2 * ByteRanges.highest)
    while let first = part.fresh.first, first.upperBound <= part.at { part.fresh.removeFirst() }
    part.read = -1
  }

  /// The records of a body that is over; `nil`: it has none that could be counted.
  mutating func end(isWhole: Bool) -> Count? {
    if let parts {
      let count = parts.end(isWhole: isWhole)
      repeated = parts.repeated
      return count
    }
    let all = counter?.count(isWhole: isWhole)
    guard let part else {
      guard let counter, let all else { return nil }
      return Count(rows: all, isAtLeast: counter.isAtLeast || !isWhole)
    }
    var left = part.fresh
    if let first = left.first, first.lowerBound < part.at {
      left[0] = part.at..<first.upperBound
    }
    let tail = part.read == part.at ? self.tail(next: part.at, told: all ?? 0) : nil
    part.book.end(part.object, without: left, tail, at: part.time)
    repeated = part.object.isSure ? part.repeated : 0
    guard let counter else { return nil }
    // All of it had come before.
    let isAgain = part.read < 0 && part.repeated > 0 && part.repeated >= bytes
    guard let all = isAgain ? 0 : all else { return nil }
    var count = Count(
      rows: max(0, all - part.told),
      isAtLeast: !isAgain && counter.isAtLeast || !isWhole
    )
    if !part.object.isSure, part.repeated > 0 {
      count.most =
        isWhole && !count.isAtLeast
        ? part.every?.count(isWhole: true).map { max($0, count.rows) } : nil
      count.isAtLeast = true
    }
    return count
  }

  /// Records of a body.
  struct Count {
    var rows: Int64
    var isAtLeast: Bool
    /// At most as many, where that is known and `rows` is a lower bound.
    var most: Int64?
  }
}
