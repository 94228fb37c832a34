public import EventModel

/// Squid's access log in its native format.
///
/// `1525334330.556      3 192.0.2.7 TCP_MISS/200 2014 GET http://www.example.com/a.txt sato DIRECT/192.0.2.9 text/plain`
///
/// Bytes are the whole reply, headers included. The object is host and path. Of a tunnel (CONNECT) the
/// bytes to the client are told when it ends, and no path.
///
/// Source: Squid wiki, Features/LogFormat, "squid".
public struct Squid: LineFormat {
  public static let name = "squid"
  public static let summary = "Squid access log (native format)"
  public static let shape = "a time in seconds, a client, CODE/status, a size and a URL"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    var words = LineWords(line)
    guard let clock = words.next(), clock.count > 11, clock[10] == 0x2E,
      let time = LineWork.epoch(clock)
    else {
      throw DecodeError(.badTime, at: 0)
    }
    guard words.skip(1), let client = words.next(), let result = words.next(),
      let size = words.next(), let slash = result.lastIndex(of: 0x2F),
      let status = result.decimal(slash + 1..<result.count)
    else { throw DecodeError(.missingField, at: words.place) }
    guard let bytes = size.decimal(0..<size.count) else {
      throw DecodeError(.badNumber, at: words.place)
    }
    guard let method = words.next(), let target = words.next(), let user = words.next(),
      words.next() != nil, let verb = method.baseAddress
    else { throw DecodeError(.wrongFieldCount, at: words.place) }
    var row = EventRow(time: time)
    row.terminal = names.internOften(client)
    row.account = names.internOften(user.stated)
    let request = RecordBytes(start: verb, count: method.count + 1 + target.count)
    work.request(
      request,
      status: Int(min(status, 999)),
      bytes: bytes,
      withHost: true,
      to: &row,
      &names
    )
    return row
  }
}
