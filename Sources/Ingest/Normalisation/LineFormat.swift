public import EventModel
internal import Synchronization

/// A format of one event a line whose fields stand in a fixed order.
public protocol LineFormat: LogFormat {
  /// What a probe says it has found in so many lines.
  static var shape: String { get }
  var zone: TimeZoneRule { get }
  /// The row of a line; `nil`: understood, and no event in it.
  static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow?
}

extension LineFormat {
  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var work = LineWork()
    var names = NameTable()
    let count = ProbeSample.count(sample) { line in
      do throws(DecodeError) {
        _ = try read(line, &work, &names)
        return true
      } catch {
        return false
      }
    }
    return count.result("\(count.matched) of \(count.total) lines have \(shape)")
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(LineMemory.self) ?? LineMemory()
    memory.work.withLock { work in
      work.clock = AccessClock(zone: zone)
      work.zone = zone
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        work.passed = nil
        if let row = try Self.read(record, &work, &batch.names) {
          batch.rows.append(row)
        } else if let time = work.passed {
          batch.noteTime(time)
        }
      }
    }
    batch.names.memory.keep(memory)
  }
}

/// What readers of lines keep from line to line, in ids of one name table.
public struct LineWork: ~Copyable {
  var requests = RequestMemo()
  var clock = AccessClock(zone: .utc)
  var zone = TimeZoneRule.utc
  var scratch: [UInt8] = []
  /// The time of a line that holds no event, where it states one.
  var passed: Int64?

  init() {}

  /// Seconds since 1970 with decimals.
  static func epoch(_ text: RecordBytes) -> Int64? {
    let dot = text.firstIndex(of: 0x2E, in: 0..<text.count) ?? text.count
    guard let seconds = text.decimal(0..<dot), seconds < 9_000_000_000 else { return nil }
    guard dot < text.count else { return seconds * Timestamp.nanosecondsPerSecond }
    let fraction = TimestampScan.fraction(text, at: dot + 1)
    guard fraction.end == text.count else { return nil }
    return seconds * Timestamp.nanosecondsPerSecond + fraction.nanoseconds
  }

  /// `Mon Jun  6 18:43:28 2016` as if it were UTC, and where it ends.
  static func ctime(_ line: RecordBytes) -> (local: Int64, end: Int)? {
    guard line.count >= 23, line[3] == 0x20, line[7] == 0x20,
      let month = TimestampScan.month(line, at: 4)
    else { return nil }
    let first = line[8] == 0x20 ? 9 : 8
    guard let space = line.firstIndex(of: 0x20, in: first..<min(line.count, first + 3)),
      let day = line.decimal(first..<space), space + 14 <= line.count, line[space + 3] == 0x3A,
      line[space + 6] == 0x3A, line[space + 9] == 0x20,
      let hour = line.twoDigits(at: space + 1), let minute = line.twoDigits(at: space + 4),
      let second = line.twoDigits(at: space + 7),
      let year = line.decimal(space + 10..<space + 14),
      let local = TimestampScan.civil(
        year: Int(year),
        month: month,
        day: Int(day),
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    return (local, space + 14)
  }

  /// Puts into the row what a request line asked for; of a proxy the host stands before the path.
  mutating func request(
    _ line: RecordBytes,
    status: Int,
    bytes: Int64,
    withHost: Bool = false,
    to row: inout EventRow,
    _ names: inout NameTable
  ) {
    requests.read(line: line, escaped: true, into: &names)
      .apply(status: status, bytes: bytes, to: &row)
    guard withHost, let scheme = HostAudit.find("://", line, 0..<line.count) else { return }
    let host = scheme + 3
    var end = host
    while end < line.count, line[end] != 0x2F, line[end] != 0x20, line[end] != 0x3F { end += 1 }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: line[host..<end])
    names.withBytes(of: row.object) { scratch.append(contentsOf: $0) }
    scratch.withUnsafeBufferPointer { row.object = names.intern($0) }
  }
}

private final class LineMemory: Sendable {
  let work = Mutex(LineWork())
}
