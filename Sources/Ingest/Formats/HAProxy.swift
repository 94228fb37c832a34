public import EventModel

/// HAProxy's log of HTTP and TCP, bare or behind a syslog header.
///
/// `Dec 10 15:46:49 lb1 haproxy[29785]: 192.0.2.7:43738 [10/Dec/2018:15:46:49.497] fe be/srv 170/0/0/3/173 200 739 - - ---- 1/1/0/0/0 0/0 "GET /foo HTTP/1.1"`
///
/// Times are local and say no zone. Bytes are all that went to the client, headers included; with
/// `option logasap` (`+739`) more follow, so they are not stated. What HAProxy says of itself, or of a
/// handshake that failed, is no event. With `option httplog clf` a line begins as the common log format does, and its
/// time states its zone.
///
/// Source: HAProxy, Configuration Manual, "Log formats".
public struct HAProxy: LineFormat, SentBySyslog {
  public static let name = "haproxy"
  public static let summary = "HAProxy log (HTTP and TCP), with or without syslog header"
  public static let shape = "a client with port, a time in brackets and HAProxy's timers"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var work = LineWork()
    var names = NameTable()
    var isSent = false
    let count = ProbeSample.count(sample) { line in
      guard (try? read(line, &work, &names)) != nil else { return false }
      isSent = isSent || SyslogHeader.begins(line)
      return true
    }
    return count.result(
      "\(count.matched) of \(count.total) lines have \(shape)",
      best: isSent ? .possible : .certain
    )
  }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    let start = messageStart(line)
    var words = LineWords(line, from: start)
    guard let peer = words.next(), let colon = peer.lastIndex(of: 0x3A),
      peer.decimal(colon + 1..<peer.count) != nil
    else {
      guard start > 0 else { throw DecodeError(.notThisFormat, at: 0) }
      return common(line, from: start, &work, &names)
    }
    guard words.rest.hasPrefix(" ["), let stamp = words.next(),
      let time = work.clock.read(stamp, at: 0)?.time
    else { throw DecodeError(.badTime, at: words.place) }
    guard let front = words.next(), words.next() != nil, let timers = words.next() else {
      throw DecodeError(.missingField, at: words.place)
    }
    // `frontend/listener: SSL handshake failure`
    if front.last == 0x3A {
      work.passed = time
      return nil
    }
    guard timers.contains(0x2F), let second = words.next() else {
      throw DecodeError(.notThisFormat, at: words.place)
    }
    var row = EventRow(time: time)
    row.terminal = names.internOften(peer.slice(0..<colon))
    guard timers.count(where: { $0 == 0x2F }) == 4 else {
      (row.operation, row.bytes) = (.flow, size(second))
      return row
    }
    let status = second.decimal(0..<second.count).map { Int(min($0, 999)) } ?? -1
    guard let bytes = words.next() else { throw DecodeError(.missingField, at: words.place) }
    let rest = words.rest
    guard let quote = HostAudit.find(" \"", rest, 0..<rest.count) else {
      throw DecodeError(.missingField, at: words.place)
    }
    let close = rest.last == 0x22 ? rest.count - 1 : rest.count
    let request = rest.slice(min(quote + 2, close)..<close)
    work.request(request, status: status, bytes: size(bytes), to: &row, &names)
    return row
  }

  /// A request in the common form (`option httplog clf`), behind which the names and timers stand; `nil`: none.
  private static func common(
    _ line: RecordBytes,
    from start: Int,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) -> EventRow? {
    let text = line.slice(start..<line.count)
    var reader = AccessLineReader(zone: work.zone)
    guard HostAudit.find("] \"", text, 0..<text.count) != nil,
      let read = try? reader.read(text)
    else { return nil }
    var row = EventRow(time: read.time)
    row.terminal = names.internOften(text.slice(read.client))
    row.account = names.internOften(text.slice(read.user).stated)
    work.request(
      text.slice(read.request),
      status: read.status,
      bytes: read.bytes,
      to: &row,
      &names
    )
    return row
  }

  /// -1 where more followed.
  private static func size(_ text: RecordBytes) -> Int64 { text.decimal(0..<text.count) ?? -1 }

  /// Behind `… haproxy[29785]: `; 0: no header.
  private static func messageStart(_ line: RecordBytes) -> Int {
    let head = 0..<min(line.count, 128)
    guard let tag = HostAudit.find("haproxy[", line, head),
      let colon = HostAudit.find("]: ", line, tag..<min(line.count, tag + 24))
    else { return 0 }
    return colon + 3
  }
}
