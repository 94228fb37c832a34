public import EventModel
internal import Synchronization

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
    let memory = batch.names.memory.take(AccessMemory.self) ?? AccessMemory()
    memory.work.withLock { work in
      var reader = AccessLineReader(zone: zone)
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        work.append(try reader.read(record), of: record, to: &batch)
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

  @inline(__always)
  mutating func append(_ line: AccessLine, of record: RecordBytes, to batch: inout EventBatch) {
    var row = EventRow(time: line.time)
    requests.readPadded(line: record.slice(line.request), into: &batch.names)
      .apply(status: line.status, bytes: line.bytes, to: &row)
    row.program = program.id(of: Self.stated(record.slice(line.program)), in: &batch.names)
    let origin = DeferredNames.Origin(
      run: record.slice(line.origin),
      account: Self.stated(record.slice(line.user)),
      terminal: Self.stated(record.slice(line.client))
    )
    names.append(row, origin, to: &batch)
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
