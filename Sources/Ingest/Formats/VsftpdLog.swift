public import EventModel

/// The log of vsftpd in its own format.
///
/// `Mon Jun  6 18:43:59 2016 [pid 3] [sato] OK DOWNLOAD: Client "192.0.2.7", "/crm/a.csv", 40120 bytes, 14.71Kbyte/sec`
///
/// Times are local unless `use_localtime` is off, and say no zone. A failed download tells bytes where
/// some were sent.
///
/// Source: vsftpd, logging.c.
public struct VsftpdLog: LineFormat {
  public static let name = "vsftpd"
  public static let summary = "vsftpd log"
  public static let shape = "a full date, [pid n] and a client in quotes"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    guard let stamp = LineWork.ctime(line) else { throw DecodeError(.badTime, at: 0) }
    guard line.hasPrefix(" [pid ", at: stamp.end),
      let close = line.firstIndex(of: 0x5D, in: stamp.end..<line.count)
    else { throw DecodeError(.notThisFormat, at: stamp.end) }
    let time = work.zone.utc(fromLocal: stamp.local)
    return try event(line, from: close + 2, at: time, &names)
  }

  /// What stands behind time and process, which syslog has in its header: `[sato] OK DOWNLOAD: Client "192.0.2.7", …`.
  static func event(
    _ line: RecordBytes,
    from start: Int,
    at time: Int64,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    var verb = min(start, line.count)
    guard let client = HostAudit.find(": Client \"", line, verb..<line.count),
      let quote = line.firstIndex(of: 0x22, in: client + 10..<line.count)
    else { throw DecodeError(.notThisFormat, at: verb) }
    var row = EventRow(time: time)
    let peer = line.slice(client + 10..<quote)
    // An IPv4 client of a socket that listens for both.
    row.terminal = names.internOften(peer.hasPrefix("::ffff:") ? peer.slice(7..<peer.count) : peer)
    if verb < client, line[verb] == 0x5B,
      let end = line[verb..<client].lastIndex(of: 0x5D)
    {
      row.account = names.internOften(line.slice(verb + 1..<end))
      verb = end + 2
    }
    let word = line.slice(min(verb, client)..<client)
    if word.hasPrefix("OK ") { row.outcome = .success }
    if word.hasPrefix("FAIL ") { row.outcome = .failure }
    let space = word.firstIndex(of: 0x20, in: 0..<word.count).map { $0 + 1 } ?? 0
    let act = word.slice(space..<word.count)
    let rest = line.slice(min(line.count, quote + 1)..<line.count)
    if row.outcome != .unknown { tell(act, rest, &row, &names) }
    return row
  }

  private static func tell(
    _ act: RecordBytes,
    _ rest: RecordBytes,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    let whole = 0..<act.count
    guard !act.equals("LOGIN", in: whole) else {
      row.operation = row.outcome == .success ? .logon : .logonFailure
      return
    }
    // `, "path", 40120 bytes, …`; a path may hold quotes and commas.
    if rest.hasPrefix(", \""), let end = rest.lastIndex(of: 0x22), end > 3 {
      row.object = names.intern(rest.slice(3..<end))
      if rest.hasPrefix(", ", at: end + 1) {
        var stop = end + 3
        while stop < rest.count, rest[stop] &- 0x30 < 10 { stop += 1 }
        if rest.hasPrefix(" bytes", at: stop), let bytes = rest.decimal(end + 3..<stop) {
          row.bytes = bytes
        }
      }
    }
    if act.equals("DOWNLOAD", in: whole) {
      row.operation = .export
      if row.outcome == .failure, row.bytes <= 0 { (row.operation, row.volume) = (.other, .none) }
    } else {
      row.operation = .write
      // What came in did not go out.
      row.bytes = -1
    }
  }
}
