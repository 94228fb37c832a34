public import EventModel

/// Access logs of Apache httpd and nginx: the combined and the common log format.
///
/// `host ident user [time] "request" status bytes "referer" "user agent"`. Read besides: a virtual
/// host (`name` or `name:port`) in front, a missing ident field, a list of forwarded addresses
/// instead of the host, more fields at the end, quotes that were not escaped. Sources: Apache
/// mod_log_config, nginx ngx_http_log_module.
///
/// The terminal is the client address; of a list the first, which names the client and not the
/// proxies behind it. Bytes are those of the log (`-`: none sent). Records are not stated.
public struct CombinedAccess: LogFormat {
  public static let name = "combined-access"
  public static let summary = "Apache and nginx access logs, combined or common log format"

  private let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var reader = AccessLineReader(zone: .utc)
    let count = ProbeSample.count(sample) { line in
      do throws(DecodeError) {
        _ = try reader.read(line)
        return true
      } catch {
        return false
      }
    }
    return count.result(
      "\(count.matched) of \(count.total) lines have a time in brackets, then a quoted request, "
        + "a status and a size"
    )
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var decoder = AccessDecoder(zone: zone)
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      batch.rows.append(try decoder.row(record, names: &batch.names))
    }
  }
}

/// Lines to rows, with what is remembered within one chunk.
private struct AccessDecoder {
  private var reader: AccessLineReader
  private var classifier = RequestClassifier()
  private var known = SpanMemo<NameID>(bits: 10, filler: .none)
  private var requests = SpanMemo<RequestReading>(bits: 12, filler: .garbage)

  init(zone: TimeZoneRule) { reader = AccessLineReader(zone: zone) }

  @inline(__always)
  mutating func row(_ record: RecordBytes, names: inout NameTable) throws(DecodeError) -> EventRow {
    let line = try reader.read(record)
    var row = EventRow(time: line.time)
    row.account = name(record.slice(line.user), &names)
    row.terminal = name(record.slice(line.client), &names)
    row.program = name(record.slice(line.program), &names)
    request(record.slice(line.request), &names)
      .apply(status: line.status, bytes: line.bytes, to: &row)
    return row
  }

  /// The id of a field; `-`, `""` and nothing are not stated.
  @inline(__always)
  private mutating func name(_ field: RecordBytes, _ names: inout NameTable) -> NameID {
    if field.count <= 2, field.isEmpty || field.equals("-", in: 0..<field.count) {
      return .none
    }
    if let id = known.value(field) { return id }
    if field.equals("\"\"", in: 0..<field.count) { return .none }
    let id = names.intern(field)
    known.remember(id, for: field)
    return id
  }

  @inline(__always)
  private mutating func request(
    _ line: RecordBytes,
    _ names: inout NameTable
  ) -> RequestReading {
    guard let parts = RequestClassifier.split(line) else { return .garbage }
    let run = line.slice(parts.method.lowerBound..<parts.path.upperBound)
    if let reading = requests.value(run) { return reading }
    let reading = classifier.read(
      method: line.slice(parts.method),
      path: line.slice(parts.path),
      escaped: true,
      into: &names
    )
    requests.remember(reading, for: run)
    return reading
  }
}
