public import EventModel

/// Events in ArcSight's Common Event Format, bare or behind a syslog header.
///
///     CEF:0|Example|CRM|1.0|100|export|5|rt=1775034754157 suser=sato src=192.0.2.7 act=export fname=members out=40120
///
/// A value goes up to the next ` key=`. Bytes are `out`, what the destination sent to the source: a download is
/// `out` there, opposite to other vocabularies. Rows are a custom number with a label such as `rows`; `cnt` counts
/// events that were folded, not rows. Who acts is `suser`, else `duser`.
///
/// Source: OpenText, "ArcSight Common Event Format (CEF) Implementation Standard", version 26.
public struct CEFEvents: LogFormat {
  public static let name = "cef"
  public static let summary = "Common Event Format (CEF), with or without syslog header"

  private let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  private static let map: EventMap = {
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
    let count = ProbeSample.count(sample) { start($0) != nil }
    return count.result("\(count.matched) of \(count.total) lines have CEF:0| and seven fields")
  }

  /// Where the fields of the header begin.
  private static func start(_ line: RecordBytes) -> Int? {
    guard let found = HostAudit.find("CEF:", line, 0..<min(line.count, 512)) else { return nil }
    return Header(line, from: found).map { _ in found }
  }

  /// The seven fields of the header; a backslash takes the next byte along.
  private struct Header {
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
    var pairs = VendorPairs(reader)
    var state = reader.program.makeState(&batch.names)
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      guard let start = HostAudit.find("CEF:", record, 0..<min(record.count, 512)),
        let header = Header(record, from: start)
      else { throw DecodeError(.notThisFormat, at: 0) }
      pairs.begin()
      // The name of the event says what was done where no action does.
      pairs.noteName(record.slice(header.name))
      pairs.cef(record.slice(header.body..<record.count))
      var row = try reader.row(
        pairs.stated,
        pairs.values,
        record,
        &state,
        &batch.names,
        { _, _, _ in }
      )
      if let rows = pairs.labelledRows { row.volume = .exactly(rows) }
      if row.operation != .other, !row.operation.returnsRecords { row.bytes = -1 }
      if !row.operation.returnsRecords { row.destination = .none }
      batch.rows.append(row)
    }
  }
}
