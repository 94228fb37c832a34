public import EventModel

/// Events in ArcSight's Common Event Format, bare or behind a syslog header.
///
///     CEF:0|Example|CRM|1.0|100|export|5|rt=1775034754157 suser=sato src=192.0.2.7 act=export fname=members out=40120
///
/// A value goes up to the next ` key=`. Bytes are `out`, what the destination sent to the source: a download is
/// `out` there, opposite to other vocabularies. Rows are a custom number with a label such as `rows`; `cnt` counts
/// events that were folded, not rows. Who acts is `suser`, else `duser`. An event that states no time of its own has
/// that of the syslog header before it. Where nothing is declared, a file with such headers is one of syslog
/// (`SentBySyslog`).
///
/// Source: OpenText, "ArcSight Common Event Format (CEF) Implementation Standard", version 26.
public struct CEFEvents: SentBySyslog {
  public static let name = "cef"
  public static let summary = "Common Event Format (CEF), with or without syslog header"

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  static let map: EventMap = {
    var map = EventMap(
      signatures: [["CEF"]],
      columns: [
        (.time, ["rt", "end", "start", "deviceReceiptTime"]), (.account, ["suser", "duser"]),
        (.terminal, ["src", "c6a2", "shost"]), (.program, ["requestClientApplication", "sproc"]),
        (.object, ["request", "filePath", "fname", "dproc"]), (.operation, ["act", "name"]),
        (.bytes, ["out"]), (.outcome, ["outcome"]), (.destination, ["dhost", "dst"]),
      ]
    )
    map.unknown = ["-", "N/A"]
    return map
  }()

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var isSent = false
    let count = ProbeSample.count(sample) { line in
      guard start(line) != nil else { return false }
      isSent = isSent || SyslogHeader.carriesVendor(line)
      return true
    }
    return count.result(
      "\(count.matched) of \(count.total) lines have CEF:0| and seven fields",
      best: isSent ? .possible : .certain
    )
  }

  /// Where the fields of the header begin.
  static func start(_ line: RecordBytes) -> Int? {
    guard let found = HostAudit.find("CEF:", line, 0..<min(line.count, 512)) else { return nil }
    return Header(line, from: found).map { _ in found }
  }

  /// The time in the header of syslog before an event; `nil`: there is none.
  static func sentStamp(
    _ line: RecordBytes,
    before start: Int,
    zone: TimeZoneRule
  ) -> (time: Int64, isYearless: Bool)? {
    guard start > 0 else { return nil }
    var place = SyslogHeader.priorityEnd(line, at: 0) ?? 0
    if line.hasPrefix("1 ", at: place) { place += 2 }
    return SyslogRFC3164.time(line, at: place, zone: zone).flatMap { stamp in
      stamp.end <= start ? (stamp.time, stamp.isYearless) : nil
    }
  }

  /// The seven fields of the header; a backslash takes the next byte along.
  struct Header {
    var name = 0..<0
    /// From the extension on.
    var body = 0

    init?(_ line: RecordBytes, from start: Int) {
      var (place, bars, field) = (start, 0, start)
      while bars < 7 {
        guard place < line.count,
          let hit = line.firstIndex(of: 0x5C, or: 0x7C, in: place..<line.count)
        else { return nil }
        place = hit + 1
        if line[hit] == 0x5C {
          place += 1
          continue
        }
        bars += 1
        if bars == 6 { name = field..<hit }
        field = place
      }
      body = min(place, line.count)
    }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let reader = CEFReader(options, year: options.declaration.year, &batch.names)
    let zone = options.zone
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      guard let start = HostAudit.find("CEF:", record, 0..<min(record.count, 512)) else {
        throw DecodeError(.notThisFormat, at: 0)
      }
      let sent = Self.sentStamp(record, before: start, zone: zone)
      // A year that nothing states cannot be inferred here.
      try reader.read(record, from: start, sent: sent?.isYearless == false ? sent : nil, &batch)
      guard batch.rows.last?.flags.contains(.yearless) != true else {
        throw DecodeError(.badTime, at: reader.timePlace)
      }
    }
  }
}

/// Reads events in the Common Event Format one by one; keeps what it remembers for one chunk.
final class CEFReader {
  private let reader: EventReader
  private var pairs: VendorPairs
  private var state: FieldProgram.State
  /// Where in its record the time of the last event stands; 0: it states none.
  private(set) var timePlace = 0

  /// `year`: that of times which state none; `nil`: it is inferred (`EventRow.Flags.yearless`).
  init(_ options: DecodeOptions, year: Int?, _ names: inout NameTable) {
    reader = EventReader(CEFEvents.map, options)
    pairs = VendorPairs(reader, zone: options.zone, year: year)
    state = reader.program.makeState(&names)
  }

  /// Appends the event that begins at a place of a record.
  ///
  /// `sent`: when it was sent, where that is known: the time of one that states none.
  func read(
    _ record: RecordBytes,
    from start: Int,
    sent: (time: Int64, isYearless: Bool)?,
    _ batch: inout EventBatch
  ) throws(DecodeError) {
    guard let header = CEFEvents.Header(record, from: start) else {
      throw DecodeError(.notThisFormat, at: 0)
    }
    pairs.begin()
    // The name of the event says what was done where no action does.
    pairs.noteName(record.slice(header.name))
    pairs.cef(record.slice(header.body..<record.count))
    timePlace = pairs.timePlace(in: record)
    if let sent { pairs.noteTime(sent.time, isYearless: sent.isYearless) }
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
      throw error.reason == .badTime ? DecodeError(.badTime, at: timePlace) : error
    }
    batch.assumedZones |= pairs.assumedZone
    if pairs.isYearless { row.flags.insert(.yearless) }
    if let rows = pairs.labelledRows { row.volume = .exactly(rows) }
    if row.operation != .other, !row.operation.returnsRecords { row.bytes = -1 }
    if !row.operation.returnsRecords { row.destination = .none }
    batch.rows.append(row)
  }
}
