/// Heads of messages, and what follows from them.
extension HTTP {
  /// Reads bytes of a side; returns where it lost its way, or `nil`.
  func read(
    _ stream: inout Stream,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    var at = 0
    while at < bytes.count, !isOpaque {
      if tunnel != nil {
        pass(UnsafeBufferPointer(rebasing: bytes[at...]), side, time, &log)
        return nil
      }
      switch stream.place {
      case .head:
        if stream.line.isEmpty { stream.start = time }
        guard takeLine(&stream, bytes, &at, keepsEnds: true) else { return nil }
        guard stream.lineLength == 0 else {
          stream.lineLength = 0
          continue
        }
        // Empty lines before a message are passed over.
        guard stream.line.count > 2 else {
          stream.line = []
          continue
        }
        guard endHead(&stream, side, time, &log) else {
          return loseWay(&stream, side, at, time, &log)
        }
      case .body, .chunk, .untilClose:
        let (end, isOver) = passBody(&stream, bytes, at)
        at = end
        if isOver { endBody(side, time, &log, &stream) }
      case .chunkSize, .chunkEnd, .trailers:
        guard takeLine(&stream, bytes, &at, keepsEnds: false) else { return nil }
        stream.lineLength = 0
        guard let isOver = passChunkLine(&stream) else {
          return loseWay(&stream, side, at, time, &log)
        }
        if isOver { endBody(side, time, &log, &stream) }
      case .tunnel: return nil
      case .lost: return at
      }
    }
    return nil
  }

  private func loseWay(
    _ stream: inout Stream,
    _ side: Side,
    _ at: Int,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Int? {
    corruptions += 1
    hadLoss = true
    lose(&stream, side, time, &log)
    isOpaque = corruptions > Self.corruptionLimit
    return isOpaque ? nil : at
  }

  /// Takes bytes up to the end of a line; whether it came.
  private func takeLine(
    _ stream: inout Stream,
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ at: inout Int,
    keepsEnds: Bool
  ) -> Bool {
    var end = at
    while end < bytes.count, bytes[end] != 10 { end += 1 }
    let isWhole = end < bytes.count
    let part = bytes[at..<end]
    at = isWhole ? end + 1 : end
    if stream.line.count < Self.headLimit {
      stream.line.append(contentsOf: part.prefix(Self.headLimit - stream.line.count))
    }
    stream.lineLength += part.count
    guard isWhole else { return false }
    // A line that holds a CR alone is empty.
    if stream.lineLength == 1, stream.line.last == 13 { stream.lineLength = 0 }
    if keepsEnds {
      stream.line.append(10)
    } else if stream.line.last == 13 {
      stream.line.removeLast()
    }
    return true
  }

  private func endHead(
    _ stream: inout Stream,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) -> Bool {
    var head = Head()
    if side == .client { head.named = session.users.map(NamedUser.init) }
    guard head.read(stream.line) else { return false }
    stream.line.removeAll(keepingCapacity: stream.line.capacity <= 4096)
    stream.lineLength = 0
    switch side {
    case .client:
      guard head.isRequest else { return false }
      beginRequest(&stream, head, time, &log)
    case .server:
      guard !head.isRequest else { return false }
      beginResponse(&stream, head, time, &log)
    }
    return true
  }

  private func beginRequest(
    _ stream: inout Stream,
    _ head: Head,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    if pending.isEmpty {
      hadLoss = false
    } else if hadLoss, !isPipelining {
      tellUnanswered(time, &log)
    } else if !hadLoss {
      isPipelining = true
    }
    if pending.count >= Self.pendingLimit {
      tell(Response(), Body(), missing: 0, isWhole: false, time, &log)
    }
    var request = Request(start: stream.start)
    request.method = head.first
    request.host = head.host
    request.program = head.agent
    request.forwarded = head.forwarded
    request.missing = stream.missing
    stream.missing = 0
    let authorised = head.account
    if let authorised, head.isConnectionAccount { connectionAccount = authorised }
    request.account = head.named?.account ?? authorised ?? connectionAccount
    if heldText + head.second.count <= Self.pendingTextLimit || pending.isEmpty {
      request.target = WireText(head.second)
      heldText += request.target?.bytes.count ?? 0
    }
    pending.append(request)
    isRequestOpen = true
    stream.body = Body()
    if head.isChunked {
      stream.place = .chunkSize
    } else if let length = head.length, length > 0 {
      stream.place = .body(left: length)
    } else {
      finishRequest(Body(), 0, isWhole: true)
      return
    }
    stream.body = countingBody(head, request.target)
  }

  private func beginResponse(
    _ stream: inout Stream,
    _ head: Head,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let code = Int(head.second.decimal ?? 0)
    // 100, 102, 103: the answer is still to come.
    if code >= 100, code < 200, code != 101 { return }
    let request = pending.first
    response = Response()
    response.status = head.second
    response.code = code
    response.type = head.type
    response.encoding = head.encoding
    response.range = head.range
    response.tag = head.tag
    response.version = head.version
    response.length = head.isChunked ? nil : head.length
    response.fileName = head.fileName
    let isConnect = request?.method.isText("CONNECT") ?? false
    if code == 101 || isConnect && code >= 200 && code < 300 {
      finishRequest(Body(), 0, isWhole: true)
      var record = makeRecord(response, Body(), missing: stream.missing, isWhole: true, time)
      record.details.append(("tunnel", head.upgrade ?? Array("connect")))
      tunnel = record
      return
    }
    stream.body = Body()
    let isEmpty =
      code == 204 || code == 304 || request?.method.isText("HEAD") ?? false
      || head.length == 0 && !head.isChunked
    if isEmpty {
      endBody(.server, time, &log, &stream)
      return
    }
    if head.isChunked {
      stream.place = .chunkSize
    } else if let length = head.length, !head.isCoded, head.codings.isEmpty {
      stream.place = .body(left: length)
    } else {
      stream.place = .untilClose
    }
    guard code >= 200, code < 300 else { return }
    stream.body = countingBody(head, request?.target)
    if code == 206, let request { readParts(&stream.body, head, request, time) }
  }

  /// A body whose records are counted if it holds any that can be.
  func countingBody(_ head: Head, _ target: WireText?) -> Body {
    var body = Body()
    guard !head.isCoded else { return body }
    let name = head.fileName ?? Array((target?.bytes ?? []).prefix { $0 != 0x3F })
    let isZipped = name.hasSuffixText(".gz")
    guard
      let kind = RecordCounter.kind(
        of: head.mediaType,
        name: isZipped ? Array(name.dropLast(3)) : name
      )
    else { return body }
    var counter = RecordCounter(kind)
    counter.statedHeader = head.statedHeader
    if let part = head.range.flatMap(Self.span) {
      counter.isFirstPart = part.range.lowerBound == 0
      counter.isLastPart = part.range.upperBound == part.size
      if !counter.isFirstPart { counter.beginAmidst() }
    }
    // Codings stand in the order in which they were applied; that of the transfer came last.
    var codings = (head.encoding ?? []).split(separator: 0x2C).map { Array($0).trimmed }
    codings += head.codings
    codings.removeAll { $0.isEmpty || $0.isText("identity") }
    // A file that is compressed itself; some servers call that its coding, and mean one.
    let isFileZipped =
      RecordCounter.isCompressed(head.mediaType)
      || isZipped && RecordCounter.kind(of: head.mediaType, name: []) == nil
    if isFileZipped, !codings.contains(where: { Self.method($0) == .zlib }) {
      codings.insert([UInt8]("gzip" as StaticString), at: 0)
    }
    guard codings.count <= Self.codingLimit else { return body }
    for coding in codings.reversed() {
      // What is encoded otherwise is bytes: how many records, nobody says.
      guard let method = Self.method(coding) else { return Body() }
      body.decompressors.append(Decompressor(method))
    }
    body.counter = counter
    return body
  }

  /// Codings of one body that are undone.
  private static let codingLimit = 3

  private static func method(_ coding: [UInt8]) -> Decompressor.Method? {
    switch true {
    case coding.isText("gzip"), coding.isText("x-gzip"): .zlib
    case coding.isText("deflate"): .deflate
    case coding.isText("zstd"): .zstd
    case coding.isText("br"): .brotli
    default: nil
    }
  }

  func tell(
    _ response: Response,
    _ body: Body,
    missing: Int64,
    isWhole: Bool,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    let record = makeRecord(response, body, missing: missing, isWhole: isWhole, time)
    log.write(record, of: session, Self.name)
  }

  private func makeRecord(
    _ response: Response,
    _ body: Body,
    missing: Int64,
    isWhole: Bool,
    _ time: Int64
  ) -> WireRecord {
    var body = body
    var request = Request(start: time, isSeen: false)
    if !pending.isEmpty {
      if pending.count == 1 { isRequestOpen = false }
      request = pending.removeFirst()
      heldText = max(0, heldText - (request.target?.bytes.count ?? 0))
    }
    var record = WireRecord(.request, start: min(request.start, time), time: time)
    record.account = request.account
    record.program = request.program
    record.host = request.host
    if request.isSeen {
      record.operation = request.method
      record.text = request.target?.bytes
      record.isTextCut = request.target?.isCut ?? false
      record.bytesToServer = request.bytes
      record.rowsToServer = request.rows
    }
    record.missing = missing + request.missing
    if let forwarded = request.forwarded { record.details.append(("forwarded", forwarded)) }
    guard response.code > 0 else { return record }
    record.status = response.status
    record.isSuccess = response.code < 400
    record.contentType = response.type
    record.object = response.fileName
    let count = body.end(isWhole: isWhole)
    record.rows = count?.rows
    record.isRowsAtLeast = count?.isAtLeast ?? false
    record.mostRows = count?.most
    // What had come before was told before.
    record.bytesToClient = max(0, body.bytes - body.repeated)
    if body.repeated > 0 { record.details.append(("repeated", Array("\(body.repeated)".utf8))) }
    if !isWhole {
      remember(response, request, body, rows: count?.rows, time)
      record.details.append(("cut", Array("true")))
    }
    if let encoding = response.encoding { record.details.append(("encoding", encoding)) }
    if let decoded = body.decompressors.last?.bytesOut {
      record.details.append(("decoded", Array("\(decoded)".utf8)))
    }
    // Parts of one object are joined by host, path and these.
    if let range = response.range { record.details.append(("range", range)) }
    if response.range != nil, let tag = response.tag { record.details.append(("etag", tag)) }
    return record
  }

  private func pass(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    switch side {
    case .client: tunnelBytes.client += Int64(bytes.count)
    case .server: tunnelBytes.server += Int64(bytes.count)
    }
  }
}
