extension HTTP {
  /// The first line of a message and the fields that matter.
  struct Head {
    /// Method and target, or version and status.
    var first: [UInt8] = []
    var second: [UInt8] = []
    var isRequest = false
    var host: [UInt8]?
    var agent: [UInt8]?
    var account: [UInt8]?
    /// Whether `account` holds for the connection, not for one request.
    var isConnectionAccount = false
    var forwarded: [UInt8]?
    var length: Int64?
    var isChunked = false
    /// Whether the transfer is coded in a way that is not read.
    var isCoded = false
    /// What the transfer is coded by beside chunks, in the order in which it was applied.
    var codings: [[UInt8]] = []
    var type: [UInt8]?
    var encoding: [UInt8]?
    var range: [UInt8]?
    var tag: [UInt8]?
    var modified: [UInt8]?
    var fileName: [UInt8]?
    var upgrade: [UInt8]?
    /// What declared fields say of the user.
    var named: NamedUser?

    /// What the server says of the version of what it sends.
    var version: [UInt8]? { tag ?? modified }

    /// The type without its parameters.
    var mediaType: [UInt8] {
      (type ?? []).split(separator: 0x3B).first.map { Array($0).trimmed } ?? []
    }

    /// `text/csv; header=present`.
    var statedHeader: Bool? {
      for part in (type ?? []).split(separator: 0x3B).dropFirst() {
        let parameter = Array(part).trimmed
        if parameter.isText("header=present") { return true }
        if parameter.isText("header=absent") { return false }
      }
      return nil
    }

    /// Reads a head, its lines ended by LF; whether its first line is one of HTTP/1.
    mutating func read(_ bytes: [UInt8]) -> Bool {
      var at = 0
      while at < bytes.count, bytes[at] == 10 || bytes[at] == 13 { at += 1 }
      let end = Self.lineEnd(bytes, at)
      guard readFirst(bytes[at..<end.text]) else { return false }
      readFields(bytes, from: end.next)
      return true
    }

    /// Reads the fields alone.
    mutating func readFields(_ bytes: [UInt8], from start: Int = 0) {
      var at = start
      while at < bytes.count {
        let end = Self.lineEnd(bytes, at)
        var text = at..<end.text
        at = end.next
        guard let colon = bytes[text].firstIndex(of: 0x3A) else { continue }
        var folded: [UInt8]?
        // A line that begins with a space goes on with the one before.
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 9 {
          let more = Self.lineEnd(bytes, at)
          folded = (folded ?? Array(bytes[colon + 1..<text.upperBound])) + bytes[at..<more.text]
          at = more.next
        }
        let name = text.lowerBound..<colon
        text = colon + 1..<text.upperBound
        readField(bytes, name) { (folded ?? Array(bytes[text])).trimmed }
        named?.read(bytes[name]) { (folded ?? Array(bytes[text])).trimmed }
      }
    }

    private static func lineEnd(_ bytes: [UInt8], _ at: Int) -> (text: Int, next: Int) {
      var end = at
      while end < bytes.count, bytes[end] != 10 { end += 1 }
      let text = end > at && bytes[end - 1] == 13 ? end - 1 : end
      return (text, end + 1)
    }

    private mutating func readFirst(_ line: ArraySlice<UInt8>) -> Bool {
      guard let gap = line.firstIndex(of: 0x20) else { return false }
      first = Array(line[..<gap])
      let rest = line[(gap + 1)...]
      if first.hasPrefixText("HTTP/1.") {
        second = Array(rest.prefix { $0 != 0x20 })
        return second.count == 3 && second.decimal != nil
      }
      isRequest = true
      guard !first.isEmpty, first.count <= 32,
        first.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A || $0 == 0x2D || $0 == 0x5F })
      else { return false }
      guard let last = rest.lastIndex(of: 0x20), Array(rest[(last + 1)...]).hasPrefixText("HTTP/1.")
      else {
        // HTTP/0.9 says no version.
        second = Array(rest)
        return false
      }
      second = Array(rest[..<last])
      return true
    }

    private mutating func readField(
      _ bytes: [UInt8],
      _ name: Range<Int>,
      _ value: () -> [UInt8]
    ) {
      func named(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
          guard wanted.count == name.count else { return false }
          for index in 0..<wanted.count
          where lowered(bytes[name.lowerBound + index]) != wanted[index] {
            return false
          }
          return true
        }
      }
      switch name.count {
      case 4:
        if named("host") { host = value() } else if named("etag") { tag = value() }
      case 7 where named("upgrade"): upgrade = value()
      case 10 where named("user-agent"): agent = value()
      case 12 where named("content-type"): type = value()
      case 13:
        if named("authorization") {
          readAuthorisation(value())
        } else if named("content-range") {
          range = value()
        } else if named("last-modified") {
          modified = value()
        }
      case 14 where named("content-length"):
        length = Array(value().prefix { $0 != 0x2C }).trimmed.decimal
      case 15 where named("x-forwarded-for"): forwarded = value()
      case 16 where named("content-encoding"): encoding = value()
      case 17 where named("transfer-encoding"):
        let codings = value().split(separator: 0x2C).map { Array($0).trimmed }
        isChunked = codings.last?.isText("chunked") ?? false
        self.codings = codings.filter { !$0.isText("chunked") && !$0.isText("identity") }
        isCoded = codings.dropLast().contains { $0.isText("chunked") }
      case 19:
        if named("content-disposition") {
          let value = value()
          fileName =
            Self.parameter("filename*", of: value).flatMap(Self.extended)
            ?? Self.parameter("filename", of: value) ?? fileName
        } else if named("proxy-authorization") {
          readAuthorisation(value())
        }
      default: break
      }
    }

    private mutating func readAuthorisation(_ value: [UInt8]) {
      let scheme = Array(value.prefix { $0 != 0x20 })
      let rest = Array(value.dropFirst(scheme.count)).trimmed
      if scheme.isText("basic") {
        guard let decoded = Base64.decoded(rest), !decoded.isEmpty else { return }
        account = Array(decoded.prefix { $0 != 0x3A })
      } else if scheme.isText("digest") {
        account = Self.parameter("username", of: rest)
      } else if scheme.isText("ntlm") || scheme.isText("negotiate") {
        guard let message = Base64.decoded(rest), let user = NTLM.user(in: message) else { return }
        account = user.account
        isConnectionAccount = true
      }
    }

    /// `UTF-8''a%20b.csv`; `nil`: it is none, or of another alphabet.
    ///
    /// Source: RFC 8187, section 3.2.
    static func extended(_ value: [UInt8]) -> [UInt8]? {
      let parts = value.split(separator: 0x27, maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3,
        Array(parts[0]).isText("utf-8") || Array(parts[0]).isText("iso-8859-1")
      else { return nil }
      var decoded: [UInt8] = []
      var rest = parts[2]
      while let byte = rest.popFirst() {
        guard byte == 0x25 else {
          decoded.append(byte)
          continue
        }
        guard rest.count >= 2, let value = HTTP.hexadecimal(Array(rest.prefix(2))) else {
          return nil
        }
        decoded.append(UInt8(truncatingIfNeeded: value))
        rest = rest.dropFirst(2)
      }
      return decoded.isEmpty ? nil : decoded
    }

    /// `filename="a b.csv"`, `username=ada`.
    static func parameter(_ name: StaticString, of value: [UInt8]) -> [UInt8]? {
      let size = name.utf8CodeUnitCount
      guard value.count > size else { return nil }
      for start in 0..<value.count - size
      where value[start + size] == 0x3D
        && (start == 0 || value[start - 1] <= 0x20 || value[start - 1] == 0x3B
          || value[start - 1] == 0x2C)
        && Array(value[start..<start + size]).isText(name)
      {
        let rest = value[(start + size + 1)...]
        guard rest.first == 0x22 else {
          return Array(rest.prefix { $0 != 0x3B && $0 != 0x2C }).trimmed
        }
        return Array(rest.dropFirst().prefix { $0 != 0x22 })
      }
      return nil
    }
  }

  static func recognise(_ opening: Opening) -> Recognition {
    let client = opening.client.withUnsafeBufferPointer { judgeRequest($0) }
    let server = opening.server.withUnsafeBufferPointer { judgeResponse($0) }
    if client == .yes || server == .yes { return .yes }
    if client == .no, server == .no || opening.server.isEmpty { return .no }
    return client == .no && !opening.client.isEmpty ? .no : .undecided
  }

  private static let methods: [StaticString] = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ",
    "PROPFIND ", "REPORT ", "SEARCH ", "MOVE ", "COPY ", "LOCK ", "UNLOCK ", "MKCOL ",
    "PROPPATCH ",
  ]

  /// Whether a request may begin here.
  static func judgeRequest(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    var isUndecided = false
    for method in methods {
      let count = min(method.utf8CodeUnitCount, bytes.count)
      let isStart = method.withUTF8Buffer { wanted in
        for index in 0..<count where wanted[index] != bytes[index] { return false }
        return true
      }
      guard isStart else { continue }
      guard count == method.utf8CodeUnitCount else {
        isUndecided = true
        continue
      }
      guard bytes.count > count else { return .undecided }
      // A target, not the words of another protocol.
      let first = bytes[count]
      return first == 0x2F || first == 0x2A || method.utf8CodeUnitCount == 8 && first > 0x20
        || lowered(first) == 0x68 ? .yes : .no
    }
    return isUndecided ? .undecided : .no
  }

  /// Whether a response may begin here: `HTTP/1.1 200`.
  static func judgeResponse(_ bytes: UnsafeBufferPointer<UInt8>) -> BoundaryFinder.Verdict {
    let wanted: StaticString = "HTTP/1."
    let isStart = wanted.withUTF8Buffer { wanted in
      for index in 0..<min(wanted.count, bytes.count) where wanted[index] != bytes[index] {
        return false
      }
      return true
    }
    guard isStart else { return .no }
    guard bytes.count >= 12 else { return .undecided }
    guard bytes[8] == 0x20 else { return .no }
    for place in 9..<12 where bytes[place] < 0x30 || bytes[place] > 0x39 { return .no }
    return .yes
  }
}
