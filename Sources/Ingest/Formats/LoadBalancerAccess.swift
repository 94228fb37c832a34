public import EventModel

/// Access logs of AWS' Application and Classic Load Balancers.
///
/// `https 2018-07-02T22:23:00.186641Z app/crm/50dc6c495c0c9188 192.0.2.7:2817 198.51.100.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" …`
///
/// Classic ones lack the first word. Bytes are those sent to the client. Nobody is named: the user
/// stands in the application's log.
///
/// Source: Elastic Load Balancing User Guides, "Access logs".
public struct LoadBalancerAccess: LineFormat {
  public static let name = "aws-elb"
  public static let summary = "AWS load balancer access log (Application and Classic)"
  public static let shape = "a time, a balancer, client and target with ports, and a quoted request"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    var words = LineWords(line)
    guard var stamp = words.next() else { throw DecodeError(.badTime, at: 0) }
    let kinds: [StaticString] = ["http", "https", "h2", "grpcs", "ws", "wss"]
    if kinds.contains(where: { stamp.equals($0, in: 0..<stamp.count) }) {
      guard let next = words.next() else { throw DecodeError(.badTime, at: 0) }
      stamp = next
    }
    guard stamp.count > 19, stamp[10] == 0x54, stamp.last == 0x5A,
      let time = TimestampScan.rfc3339(stamp, at: 0, zone: .utc)?.time
    else { throw DecodeError(.badTime, at: 0) }
    guard words.skip(1), let client = words.next(), words.skip(4), let status = words.next(),
      words.skip(2), let sent = words.next(), words.rest.hasPrefix(" \""),
      let request = words.next()
    else { throw DecodeError(.wrongFieldCount, at: words.place) }
    guard let bytes = sent.decimal(0..<sent.count),
      client.lastIndex(of: 0x3A) != nil
    else { throw DecodeError(.badNumber, at: words.place) }
    var row = EventRow(time: time)
    row.terminal = names.internOften(client.withoutPort)
    let code = status.decimal(0..<status.count).map { Int(min($0, 999)) } ?? -1
    work.request(request, status: code, bytes: bytes, to: &row, &names)
    if let agent = words.next()?.stated {
      var end = 0
      while end < agent.count, end < AccessLineReader.longestProgram, agent[end] != 0x2F,
        agent[end] != 0x20
      { end += 1 }
      row.program = names.internOften(agent.slice(0..<end))
    }
    return row
  }
}
