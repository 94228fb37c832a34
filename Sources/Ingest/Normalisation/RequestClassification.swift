internal import CScan
internal import EventModel

/// What an HTTP request asks for, as the access formats agree on it.
struct RequestReading: BitwiseCopyable {
  /// The path without query, identifiers in it replaced by `*`; `.none` when it is not HTTP.
  var object: NameID
  var operation: Operation
  /// The method never has a response body (HEAD).
  var bodiless: Bool
  /// A command of FTP, whose bytes are those of a transfer.
  var isTransfer = false

  /// Bytes of a page that tells an error, at most.
  private static let longestError: Int64 = 64 << 10

  static let garbage = RequestReading(object: .none, operation: .other, bodiless: false)

  /// Puts object, operation, outcome, bytes and volume into the row.
  ///
  /// `status` and `bytes` are -1 when the log does not state them.
  ///
  /// 2xx and 3xx are success, 4xx and 5xx failure, anything else unknown. Records are 0 exactly
  /// where HTTP says that no content went out: an error, 204, 205, 304 and HEAD (RFC 9110 §9.3.2,
  /// §15). A redirect stays unknown: the content may leave from the place it names. So does an error
  /// after which more went out than a page that tells it: the client closed the connection (nginx's
  /// 499), or the server broke off.
  @inline(__always)
  func apply(status: Int, bytes: Int64, to row: inout EventRow) {
    row.object = object
    row.operation = operation
    row.bytes = status == 304 ? 0 : bytes
    if isTransfer, operation != .export { row.bytes = -1 }
    switch status {
    case 200..<400: row.outcome = .success
    case 400..<600: row.outcome = .failure
    default: row.outcome = .unknown
    }
    // More than an error's page went out under it: records may have been among it, or none.
    let isMore =
      row.outcome == .failure && bytes > (status == 499 || isTransfer ? 0 : Self.longestError)
    if isTransfer, row.outcome == .failure, operation == .logon { row.operation = .logonFailure }
    if bodiless || row.outcome == .failure && !isMore || status == 304 || status == 204
      || status == 205
    {
      row.volume = .none
    } else {
      row.volume = .unknown
    }
  }
}

/// Reads requests: splits the request line, normalises the path, and tells exports from views.
struct RequestClassifier {
  /// The longest object; what is beyond is cut.
  static let longestObject = 512

  private var object: [UInt8] = []
  private var decoded: [UInt8] = []
  private var direct: [UInt8] = []

  init() {
    object.reserveCapacity(Self.longestObject)
    decoded.reserveCapacity(Self.longestObject)
  }

  /// Method and path (no query) of a request line; `nil` when it is not HTTP.
  @inline(__always)
  static func split(_ request: RecordBytes) -> (method: Range<Int>, path: Range<Int>)? {
    guard let base = request.baseAddress else { return nil }
    let count = request.count
    var method = 0
    while method < count, request[method] != 0x20 {
      let byte = request[method]
      guard byte &- 0x41 < 26 || byte == 0x2D, method < 20 else { return nil }
      method += 1
    }
    let start = method + 1
    guard method > 0, start < count else { return nil }
    if Self.command(request.slice(0..<method)) != nil { return (0..<method, start..<count) }
    let end = base + count
    var stop = cscan_find(base + start, end, 0x20) - base
    if stop < count, !request.hasPrefix("HTTP/", at: stop + 1) {
      // Spaces within the target: it ends before the last ` HTTP/`, or nowhere.
      var last = count - 6
      while last > stop, !request.hasPrefix(" HTTP/", at: last) { last -= 1 }
      stop = last > stop ? last : count
    }
    let path = start..<(cscan_find(base + start, base + stop, 0x3F) - base)
    guard !path.isEmpty else { return nil }
    switch request[start] {
    case 0x2F, 0x2A: break
    default:
      guard request.equals("CONNECT", in: 0..<method) || authorityEnd(request.slice(path)) != nil
      else { return nil }
    }
    return (0..<method, path)
  }

  /// Whether a method and a path without query, which hold no blank, would be those of a request line.
  @inline(__always)
  static func isRequest(_ method: RecordBytes, _ path: RecordBytes) -> Bool {
    guard method.count > 0, method.count <= 20, let first = path.first else { return false }
    for byte in method where byte &- 0x41 >= 26 && byte != 0x2D { return false }
    return first == 0x2F || first == 0x2A || method.equals("CONNECT", in: 0..<method.count)
      || authorityEnd(path) != nil
  }

  /// Reads a request line.
  ///
  /// `escaped`: the log wrote `\xHH` and `\"` for bytes it would not print.
  mutating func read(
    line: RecordBytes,
    escaped: Bool,
    into names: inout NameTable
  )
    -> RequestReading
  {
    guard let parts = Self.split(line) else { return .garbage }
    return read(
      method: line.slice(parts.method),
      path: line.slice(parts.path),
      escaped: escaped,
      into: &names
    )
  }

  /// Reads a method and a path (a query behind it is cut off).
  mutating func read(
    method: RecordBytes,
    path: RecordBytes,
    escaped: Bool,
    into names: inout NameTable
  ) -> RequestReading {
    if let operation = Self.command(method) {
      // The name of a file as it was sent, blanks and question marks with it.
      let name = path.slice(0..<(operation == .logon ? 0 : min(path.count, Self.longestObject)))
      return RequestReading(
        object: names.intern(name),
        operation: operation,
        bodiless: false,
        isTransfer: true
      )
    }
    let end = path.firstIndex(of: 0x3F, in: 0..<path.count) ?? path.count
    var path = path.slice(0..<end)
    if method.equals("CONNECT", in: 0..<method.count) {
      let id = names.intern(path.slice(0..<min(path.count, Self.longestObject)))
      return RequestReading(object: id, operation: .other, bodiless: false)
    }
    if path.first != 0x2F, let authority = Self.authorityEnd(path) {
      path = path.slice(authority..<path.count)
    }
    let traits = simplify(path, escaped: escaped)
    let id = object.withUnsafeBufferPointer { names.intern($0) }
    return RequestReading(
      object: id,
      operation: Self.operation(method, traits),
      bodiless: method.equals("HEAD", in: 0..<method.count)
    )
  }

  /// What a command of FTP does, which ProFTPD logs in the place of a request; `nil`: none of FTP.
  private static func command(_ method: RecordBytes) -> Operation? {
    guard method.count == 4 else { return nil }
    func isOne(of words: [StaticString]) -> Bool {
      words.contains { method.equals($0, in: 0..<4) }
    }
    switch method[0] {
    case 0x52:  // R
      if isOne(of: ["RETR"]) { return .export }
      return isOne(of: ["RNFR", "RNTO"]) ? .write : nil
    case 0x53: return isOne(of: ["STOR", "STOU"]) ? .write : nil
    case 0x41: return isOne(of: ["APPE"]) ? .write : nil
    case 0x44: return isOne(of: ["DELE"]) ? .write : nil
    case 0x4E: return isOne(of: ["NLST"]) ? .other : nil
    case 0x4C: return isOne(of: ["LIST"]) ? .other : nil
    case 0x50: return isOne(of: ["PASS"]) ? .logon : nil
    default: return nil
    }
  }

  private static func operation(_ method: RecordBytes, _ traits: PathTraits) -> Operation {
    let whole = 0..<method.count
    // Of a request whose method nobody states it is not known that it read nothing.
    if method.isEmpty || method.equals("GET", in: whole) || method.equals("POST", in: whole) {
      return traits.isStatic ? .other : traits.isExport ? .export : .read
    }
    if method.equals("HEAD", in: whole) {
      return traits.isExport && !traits.isStatic ? .export : .other
    }
    let writes =
      method.equals("PUT", in: whole) || method.equals("PATCH", in: whole)
      || method.equals("DELETE", in: whole)
    return writes ? .write : .other
  }

  /// Where the path of an absolute target (`http://host:80/path`) begins.
  static func authorityEnd(_ target: RecordBytes) -> Int? {
    var index = 0
    while index < target.count, index < 8, target[index] | 0x20 &- 0x61 < 26 { index += 1 }
    guard index > 1, target.hasPrefix("://", at: index) else { return nil }
    return target.firstIndex(of: 0x2F, in: index + 3..<target.count) ?? target.count
  }

  private struct PathTraits {
    var isExport = false
    var isStatic = false
  }

  /// One resource has one name, however its path was written.
  private mutating func simplify(_ path: RecordBytes, escaped: Bool) -> PathTraits {
    guard PathSegments.areIndirect(path) else { return normalise(path, escaped: escaped) }
    var room: [UInt8] = []
    swap(&room, &direct)
    PathSegments.write(path, to: &room)
    let traits = room.withUnsafeBufferPointer { normalise($0, escaped: escaped) }
    swap(&room, &direct)
    return traits
  }

  /// Writes the normalised path into `object` and judges its segments.
  private mutating func normalise(_ path: RecordBytes, escaped: Bool) -> PathTraits {
    object.removeAll(keepingCapacity: true)
    var traits = PathTraits()
    if path.isEmpty { object.append(0x2F) }
    var start = 0
    while start < path.count {
      let slash = path.firstIndex(of: 0x2F, in: start..<path.count) ?? path.count
      let isLast = slash == path.count
      if slash > start {
        // Parameters of a segment (`;jsessionid=…`, RFC 3986 §3.3) are dropped like the query.
        let end = path.firstIndex(of: 0x3B, in: start..<slash) ?? slash
        append(path.slice(start..<end), isLast: isLast, escaped: escaped, &traits)
      }
      if !isLast { object.append(0x2F) }
      start = slash + 1
      if object.count >= Self.longestObject { break }
    }
    if object.count > Self.longestObject {
      object.removeLast(object.count - Self.longestObject)
    }
    return traits
  }

  private mutating func append(
    _ segment: RecordBytes,
    isLast: Bool,
    escaped: Bool,
    _ traits: inout PathTraits
  ) {
    // Most segments are written as they are meant.
    let isPlain = segment.allSatisfy { $0 != 0x25 && $0 != 0x5C && $0 != EventRow.objectSeparator }
    let judged: (id: Bool, traits: (isExport: Bool, isStatic: Bool))
    if isPlain {
      judged = (PathWords.isIdentifier(segment), PathWords.judge(segment, isLast: isLast))
    } else {
      decode(segment, escaped: escaped)
      judged = decoded.withUnsafeBufferPointer { bytes in
        (PathWords.isIdentifier(bytes), PathWords.judge(bytes, isLast: isLast))
      }
    }
    traits.isExport = traits.isExport || judged.traits.isExport
    traits.isStatic = traits.isStatic || judged.traits.isStatic
    if judged.id {
      object.append(0x2A)
      return
    }
    let room = max(0, Self.longestObject + 1 - object.count)
    if isPlain {
      object.append(contentsOf: segment.prefix(room))
      return
    }
    var index = 0
    var written = 0
    while index < segment.count, written < room {
      var byte = segment[index]
      index += 1
      if escaped, byte == 0x5C, let found = Self.escape(segment, at: index) {
        // A control byte stays as the log wrote it.
        if found.byte >= 0x20, found.byte != 0x7F {
          byte = found.byte
          index = found.end
        }
      }
      object.append(byte == EventRow.objectSeparator ? 0x3F : byte)
      written += 1
    }
  }

  /// The segment with the log's escapes and the percent escapes resolved.
  private mutating func decode(_ segment: RecordBytes, escaped: Bool) {
    decoded.removeAll(keepingCapacity: true)
    var index = 0
    while index < segment.count, decoded.count < Self.longestObject {
      let byte = segment[index]
      index += 1
      if escaped, byte == 0x5C, let found = Self.escape(segment, at: index) {
        decoded.append(found.byte)
        index = found.end
      } else if byte == 0x25, let value = Self.hexPair(segment, at: index) {
        decoded.append(value)
        index += 2
      } else {
        decoded.append(byte)
      }
    }
  }

  /// The byte behind a backslash: `xHH`, `"`, `\`.
  private static func escape(_ bytes: RecordBytes, at index: Int) -> (byte: UInt8, end: Int)? {
    guard index < bytes.count else { return nil }
    switch bytes[index] {
    case 0x78: return hexPair(bytes, at: index + 1).map { ($0, index + 3) }
    case 0x22, 0x5C: return (bytes[index], index + 1)
    default: return nil
    }
  }

  private static func hexPair(_ bytes: RecordBytes, at index: Int) -> UInt8? {
    guard index + 2 <= bytes.count, let high = PathWords.hexDigit(bytes[index]),
      let low = PathWords.hexDigit(bytes[index + 1])
    else { return nil }
    return high << 4 | low
  }
}
