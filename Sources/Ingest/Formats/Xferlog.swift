public import EventModel

/// The transfer log that wu-ftpd began, and ProFTPD and vsftpd write.
///
/// `Mon Jun  6 18:43:59 2016 3 192.0.2.7 40120 /crm/a.csv b _ o r sato ftp 0 * c`
///
/// Times are local and say no zone. `o` went out, `i` came in, `d` was deleted; an incomplete transfer
/// (`i` at the end) tells the bytes that were sent. Blanks in names are written as `_`.
///
/// Source: xferlog(5).
public struct Xferlog: LineFormat {
  public static let name = "xferlog"
  public static let summary = "xferlog of wu-ftpd, ProFTPD and vsftpd"
  public static let shape = "a full date, a size and xferlog's nine last fields"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    guard let stamp = LineWork.ctime(line) else { throw DecodeError(.badTime, at: 0) }
    var words = LineWords(line, from: stamp.end)
    guard let seconds = words.next(), seconds.decimal(0..<seconds.count) != nil,
      let host = words.next(), let size = words.next(), let bytes = size.decimal(0..<size.count)
    else { throw DecodeError(.badNumber, at: words.place) }
    // A name may hold blanks after all: the fields behind it are counted from the end.
    let rest = words.rest
    var ends = InlineArray<9, Int>(repeating: 0)
    var count = 0
    var index = rest.count
    while index > 0, count < 9 {
      index -= 1
      if rest[index] == 0x20 {
        ends[count] = index
        count += 1
      }
    }
    guard count == 9, ends[8] > 0 else {
      throw DecodeError(.wrongFieldCount, at: words.place)
    }
    func field(_ number: Int) -> RecordBytes {
      rest.slice(ends[8 - number] + 1..<(number == 8 ? rest.count : ends[7 - number]))
    }
    let direction = field(2)
    guard direction.count == 1,
      direction[0] == 0x69 || direction[0] == 0x6F || direction[0] == 0x64, field(8).count == 1
    else {
      throw DecodeError(.notThisFormat, at: words.place)
    }
    var row = EventRow(time: work.zone.utc(fromLocal: stamp.local))
    row.terminal = names.internOften(host)
    row.account = names.internOften(field(4))
    let start = rest.first == 0x20 ? 1 : 0
    row.object = names.intern(rest.slice(min(start, ends[8])..<ends[8]))
    row.outcome = field(8)[0] == 0x63 ? .success : .failure
    row.operation = direction[0] == 0x6F ? .export : .write
    if row.operation == .export { row.bytes = bytes }
    return row
  }
}
