public import EventModel
internal import Synchronization

/// Access logs of Apache httpd and nginx: the combined and the common log format, and ProFTPD's ExtendedLog.
///
/// `host ident user [time] "request" status bytes "referer" "user agent"`. Read besides: a virtual
/// host (`name` or `name:port`) in front, a missing ident field, a list of forwarded addresses
/// instead of the host, more fields at the end, quotes that were not escaped. In a log of ProFTPD a command
/// of FTP stands for the request (`"RETR members.csv" 226 73400320`). Sources: Apache mod_log_config, nginx
/// ngx_http_log_module, ProFTPD mod_log (`LogFormat default`).
///
/// Lines of the error log between them, as containers write both, tell whom something was refused to.
///
/// The terminal is the client address; of a list the first, which names the client and not the
/// proxies behind it. Bytes are those of the log (`-`: none sent). Records are not stated.
public struct CombinedAccess: LogFormat {
  public static let name = "combined-access"
  public static let summary = "Apache, nginx and ProFTPD access logs, combined or common log format"

  private let zone: TimeZoneRule
  private let subjectKey: SubjectKey

  public init(options: DecodeOptions, head: Span<UInt8>) {
    (zone, subjectKey) = (options.zone, options.subjectKey)
  }

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
    let memory = batch.names.memory.take(AccessMemory.self) ?? AccessMemory()
    memory.work.withLock { work in
      var reader = AccessLineReader(zone: zone)
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        let line: AccessLine
        do throws(DecodeError) {
          line = try reader.read(record)
        } catch {
          guard let found = ErrorLogLine(record) else { throw error }
          return work.append(found, time: zone.utc(fromLocal: found.local), to: &batch)
        }
        work.append(line, of: record, subjectKey, to: &batch)
      }
      work.settle(&batch)
    }
    batch.names.memory.keep(memory)
  }
}

/// What is remembered of access logs, in ids of one name table.
private final class AccessMemory: Sendable {
  let work = Mutex(AccessWork())
}

/// Lines to rows.
private struct AccessWork: ~Copyable {
  private var requests = RequestMemo()
  private var names = DeferredNames(havePorts: false)
  private var program = LatestName()
  private var paths = RequestClassifier()

  @inline(__always)
  mutating func append(
    _ line: AccessLine,
    of record: RecordBytes,
    _ key: SubjectKey,
    to batch: inout EventBatch
  ) {
    var row = EventRow(time: line.time)
    requests.readPadded(line: record.slice(line.request), into: &batch.names)
      .apply(status: line.status, bytes: line.bytes, to: &row)
    RequestKey.take(line: record.slice(line.request), key, &row)
    row.program = program.id(of: Self.stated(record.slice(line.program)), in: &batch.names)
    let origin = DeferredNames.Origin(
      run: record.slice(line.origin),
      account: Self.stated(record.slice(line.user)),
      terminal: Self.stated(record.slice(line.client))
    )
    names.append(row, origin, to: &batch)
  }

  /// A line of the error log: what was asked for and not given; the access log tells of the request itself.
  mutating func append(_ line: ErrorLogLine, time: Int64, to batch: inout EventBatch) {
    guard !line.client.isEmpty else { return batch.noteTime(time) }
    var row = EventRow(time: time)
    (row.outcome, row.volume) = (.failure, .none)
    row.terminal = batch.names.internOften(line.client)
    row.account = batch.names.internOften(line.user)
    if !line.user.isEmpty { row.operation = .logonFailure }
    let isPath = line.target.first == 0x2F
    if !line.target.isEmpty {
      row.object =
        isPath
        ? paths.read(
          method: line.target.slice(0..<0),
          path: line.target,
          escaped: true,
          into: &batch.names
        ).object
        : requests.read(line: line.target, escaped: true, into: &batch.names).object
    }
    batch.rows.append(row)
  }

  mutating func settle(_ batch: inout EventBatch) { names.settle(&batch) }

  /// A field; empty for `-` and `""`, which are not stated.
  @inline(__always)
  private static func stated(_ field: RecordBytes) -> RecordBytes {
    let isDash = field.count == 1 && field[0] == 0x2D
    let isEmpty = field.count == 2 && field[0] == 0x22 && field[1] == 0x22
    return isDash || isEmpty ? RecordBytes(start: nil, count: 0) : field
  }
}
