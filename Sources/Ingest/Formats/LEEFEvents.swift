public import EventModel

/// Events in IBM's Log Event Extended Format, bare or behind a syslog header.
///
///     LEEF:2.0|Example|CRM|1.0|export|^|devTime=1775034754157^usrName=sato^src=192.0.2.7^resource=members
///
/// Version 1.0 parts attributes by tabs, 2.0 by the character that its header names (`^`, `x7C`, `0x09`). The
/// directions of `srcBytes` and `dstBytes` are the product's own; bytes are not taken from them. The event's id
/// says what was done where no `action` does.
///
/// Source: IBM, "Log Event Extended Format (LEEF)", version 2.
public struct LEEFEvents: SentBySyslog {
  public static let name = "leef"
  public static let summary = "Log Event Extended Format (LEEF), with or without syslog header"

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  static let map: EventMap = {
    var map = EventMap(
      signatures: [["LEEF"]],
      columns: [
        (.time, ["devTime"]), (.account, ["usrName", "accountName"]),
        (.terminal, ["src", "identSrc", "identHostName"]), (.program, ["application"]),
        (.object, ["url", "resource", "fileName", "filename"]),
        (.operation, ["action", "name"]), (.outcome, ["outcome", "result"]),
        (.records, ["rows", "rowCount", "recordCount"]), (.destination, ["dst"]),
      ]
    )
    map.unknown = ["-", "N/A"]
    return map
  }()

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var isSent = false
    let count = ProbeSample.count(sample) { line in
      guard header(line) != nil else { return false }
      isSent = isSent || SyslogHeader.carriesVendor(line)
      return true
    }
    return count.result(
      "\(count.matched) of \(count.total) lines have LEEF:1.0| or LEEF:2.0| and its fields",
      best: isSent ? .possible : .certain
    )
  }

  /// What parts the attributes, the event's id, and where attributes begin.
  static func header(_ line: RecordBytes) -> (delimiter: UInt8, id: Range<Int>, body: Int)? {
    guard let start = HostAudit.find("LEEF:", line, 0..<min(line.count, 512)) else { return nil }
    let isSecond = line.hasPrefix("LEEF:2", at: start)
    var (place, count) = (start, 0)
    // The fourth to the sixth bar.
    var (fourth, fifth, sixth) = (0, 0, 0)
    while count < (isSecond ? 6 : 5), let bar = line.firstIndex(of: 0x7C, in: place..<line.count) {
      (fourth, fifth, sixth) = (fifth, sixth, bar)
      count += 1
      place = bar + 1
    }
    guard count >= 5 else { return nil }
    if count == 5 { (fourth, fifth) = (fifth, sixth) }
    let id = fourth + 1..<fifth
    guard isSecond, count == 6 else { return (0x09, id, fifth + 1) }
    let sign = line.slice(fifth + 1..<sixth)
    if sign.isEmpty { return (0x09, id, sixth + 1) }
    if sign.count == 1 { return (sign[0], id, sixth + 1) }
    // `x5E`, `0x5E`; anything else: no delimiter was written, the field is the first attribute's.
    let digits = sign.hasPrefix("0x") ? sign.slice(2..<sign.count) : sign.slice(1..<sign.count)
    guard sign[0] == 0x78 || sign.hasPrefix("0x"),
      let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return (0x09, id, fifth + 1) }
    return (byte, id, sixth + 1)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let reader = LEEFReader(options, &batch.names)
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      try reader.read(record, &batch)
    }
  }
}

/// Reads events in the Log Event Extended Format one by one; keeps what it remembers for one chunk.
final class LEEFReader {
  private let reader: EventReader
  private var pairs: VendorPairs
  private var state: FieldProgram.State

  init(_ options: DecodeOptions, _ names: inout NameTable) {
    reader = EventReader(LEEFEvents.map, options)
    pairs = VendorPairs(reader, zone: options.zone, year: options.declaration.year)
    state = reader.program.makeState(&names)
  }

  /// Appends the event of a record.
  func read(_ record: RecordBytes, _ batch: inout EventBatch) throws(DecodeError) {
    guard let header = LEEFEvents.header(record) else { throw DecodeError(.notThisFormat, at: 0) }
    pairs.begin()
    pairs.noteName(record.slice(header.id))
    pairs.leef(record.slice(header.body..<record.count), header.delimiter)
    var row: EventRow
    do throws(DecodeError) {
      row = try reader.row(
        pairs.stated,
        pairs.values,
        record,
        &state,
        &batch.names,
        { _, _, _ in }
      )
    } catch {
      guard error.reason == .badTime else { throw error }
      throw DecodeError(.badTime, at: pairs.timePlace(in: record))
    }
    batch.assumedZones |= pairs.assumedZone
    // A year that nothing states cannot be inferred here.
    guard !pairs.isYearless else { throw DecodeError(.badTime, at: pairs.timePlace(in: record)) }
    if !row.operation.returnsRecords { (row.volume, row.destination) = (.unknown, .none) }
    batch.rows.append(row)
  }
}
