public import EventModel
internal import Synchronization

/// Access logs of nginx in JSON: one object a line, keys named after the nginx variables.
///
/// Written by `log_format … escape=json`. Source: nginx ngx_http_log_module.
///
/// Read: `msec`, `time_iso8601`, `time_local`, `timestamp`, `@timestamp`, `time`; `remote_addr`,
/// `client_ip`; `remote_user`, `user`; `request`, or `request_method` with `request_uri` or `uri`;
/// `status`; `body_bytes_sent`, `bytes_sent`; `http_user_agent` and common spellings of them. Of
/// several keys for one thing the first in this order counts; numbers may be quoted.
public struct NginxJSON: LogFormat {
  public static let name = "nginx-json"
  public static let summary = "nginx access logs as JSON objects, keys named after nginx variables"

  private let zone: TimeZoneRule
  private let subjectKey: SubjectKey

  public init(options: DecodeOptions, head: Span<UInt8>) {
    (zone, subjectKey) = (options.zone, options.subjectKey)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var decoder = NginxDecoder(zone: .utc)
    var names = NameTable()
    let count = ProbeSample.count(sample) { line in
      do throws(DecodeError) {
        _ = try decoder.row(line, names: &names)
        return decoder.namesPeer
      } catch {
        return false
      }
    }
    return count.result(
      "\(count.matched) of \(count.total) lines are objects with a time, a client address, "
        + "a request and a status under nginx's names"
    )
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(NginxMemory.self) ?? NginxMemory()
    memory.decoder.withLock { decoder in
      decoder.setZone(zone)
      decoder.subjectKey = subjectKey
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        batch.rows.append(try decoder.row(record, names: &batch.names))
        if decoder.lacksMethod { batch.lacksMethods = true }
      }
    }
    batch.names.memory.keep(memory)
  }
}

/// What a member can mean, and how well its name says so: 0 is best.
private struct Meaning {
  enum Field: Int, CaseIterable {
    case time, client, user, request, method, target, status, bytes, agent
  }
  var field: Field
  var rank: Int

  private static let names: [(name: StaticString, field: Field, rank: Int)] = [
    ("msec", .time, 0), ("time_iso8601", .time, 1), ("time_local", .time, 2),
    ("timestamp", .time, 3), ("@timestamp", .time, 4), ("time", .time, 5),
    ("remote_addr", .client, 0), ("client_ip", .client, 1), ("clientip", .client, 2),
    ("remote_ip", .client, 3), ("remote_user", .user, 0), ("user", .user, 1),
    ("request", .request, 0), ("request_method", .method, 0), ("method", .method, 1),
    ("request_uri", .target, 0), ("uri", .target, 1), ("url", .target, 2), ("path", .target, 3),
    ("status", .status, 0), ("body_bytes_sent", .bytes, 0), ("bytes_sent", .bytes, 1),
    ("bytes", .bytes, 2), ("http_user_agent", .agent, 0), ("user_agent", .agent, 1),
    ("agent", .agent, 2),
  ]

  /// The names, for look-up; a payload is the place in `all`.
  static let table: KeyTable = {
    var table = KeyTable()
    let level = table.addLevel()
    for (index, entry) in names.enumerated() {
      table.add(Array(RecordBytes(entry.name)), at: level) { $0.payload = UInt8(index) }
    }
    table.seal()
    return table
  }()
  static let all = names.map { Meaning(field: $0.field, rank: $0.rank) }
}

private final class NginxMemory: Sendable {
  let decoder = Mutex(NginxDecoder(zone: .utc))
}

private struct NginxDecoder: ~Copyable {
  private struct Slot {
    var text = JSONFields.Text.empty
    var rank = Int.max
  }

  private var fields = JSONFields()
  private var requests = RequestMemo()
  private var clock: AccessClock
  var subjectKey = SubjectKey(0, 0)
  private let keys = Meaning.table
  private let meanings = Meaning.all
  private var slots = [Slot](repeating: Slot(), count: Meaning.Field.allCases.count)

  init(zone: TimeZoneRule) {
    clock = AccessClock(zone: zone)
  }

  mutating func setZone(_ zone: TimeZoneRule) { clock = AccessClock(zone: zone) }

  private func meaning(_ key: RecordBytes) -> Meaning? {
    let found = keys.withView { view in
      let place = view.find(whole: key, at: 0)
      return place < 0 ? -1 : Int(view.entries[place].payload)
    }
    return found < 0 ? nil : meanings[found]
  }

  /// Whether the last record stated a client address.
  var namesPeer: Bool { slots[Meaning.Field.client.rawValue].rank != Int.max }

  /// Whether the last record stated what was asked for, and not by which method.
  var lacksMethod: Bool { !has(.request) && !has(.method) }

  mutating func row(_ record: RecordBytes, names: inout NameTable) throws(DecodeError) -> EventRow {
    for index in slots.indices { slots[index] = Slot() }
    try fields.begin(record)
    while let member = try fields.next(record) {
      guard member.kind == .string || member.kind == .number, !member.value.isEmpty,
        let meaning = fields.withBytes(of: member.key, in: record, { meaning($0) }),
        meaning.rank <= slots[meaning.field.rawValue].rank
      else { continue }
      slots[meaning.field.rawValue] = Slot(text: member.value, rank: meaning.rank)
    }
    guard has(.time), has(.status), has(.request) || has(.target) else {
      throw DecodeError(.missingField, at: 0)
    }
    guard let time = time(record) else { throw DecodeError(.badTime, at: 0) }
    let status = try number(.status, record)
    guard let status, status < 1000 else { throw DecodeError(.badNumber, at: 0) }
    var row = EventRow(time: time)
    row.account = name(.user, record, &names)
    row.terminal = name(.client, record, &names)
    row.program = program(record, &names)
    let bytes = try number(.bytes, record) ?? -1
    request(record, &names).apply(status: Int(status), bytes: bytes, to: &row)
    takeKey(record, &row)
    return row
  }

  /// The key of the one record that is asked for.
  private func takeKey(_ record: RecordBytes, _ row: inout EventRow) {
    if has(.request) {
      withField(.request, record) { RequestKey.take(line: $0, subjectKey, &row) }
    } else {
      withField(.target, record) { RequestKey.take(target: $0, subjectKey, &row) }
    }
  }

  private func has(_ field: Meaning.Field) -> Bool { slots[field.rawValue].rank != Int.max }

  private func withField<R>(
    _ field: Meaning.Field,
    _ record: RecordBytes,
    _ body: (RecordBytes) -> R
  ) -> R {
    fields.withBytes(of: slots[field.rawValue].text, in: record, body)
  }

  /// `nil`: not stated, or `-`.
  private func number(_ field: Meaning.Field, _ record: RecordBytes) throws(DecodeError) -> Int64? {
    guard has(field) else { return nil }
    let read = withField(field, record) { bytes -> (isDash: Bool, value: Int64?) in
      (bytes.equals("-", in: 0..<bytes.count), bytes.decimal(0..<bytes.count))
    }
    if read.isDash { return nil }
    guard let value = read.value else { throw DecodeError(.badNumber, at: 0) }
    return value
  }

  private func name(
    _ field: Meaning.Field,
    _ record: RecordBytes,
    _ names: inout NameTable
  ) -> NameID {
    withField(field, record) { bytes in
      bytes.equals("-", in: 0..<bytes.count) ? .none : names.internOften(bytes)
    }
  }

  private func program(_ record: RecordBytes, _ names: inout NameTable) -> NameID {
    withField(.agent, record) { bytes in
      var end = 0
      while end < min(bytes.count, AccessLineReader.longestProgram), bytes[end] != 0x20,
        bytes[end] != 0x2F
      {
        end += 1
      }
      return bytes.equals("-", in: 0..<end) ? .none : names.internOften(bytes.slice(0..<end))
    }
  }

  private mutating func request(
    _ record: RecordBytes,
    _ names: inout NameTable
  ) -> RequestReading {
    if has(.request) {
      let line = slots[Meaning.Field.request.rawValue].text
      if let line = fields.plain(line, in: record) {
        return requests.read(line: line, escaped: false, into: &names)
      }
      let bytes = fields.withBytes(of: line, in: record) { Array($0) }
      return bytes.withUnsafeBufferPointer { line in
        requests.read(line: line, escaped: false, into: &names)
      }
    }
    let method = slots[Meaning.Field.method.rawValue].text
    let target = slots[Meaning.Field.target.rawValue].text
    if let method = fields.plain(method, in: record), let target = fields.plain(target, in: record)
    {
      return requests.read(method: method, target: target, escaped: false, into: &names)
    }
    let bytes = fields.withBytes(of: method, in: record) { Array($0) }
    let path = fields.withBytes(of: target, in: record) { Array($0) }
    return bytes.withUnsafeBufferPointer { method in
      path.withUnsafeBufferPointer { path in
        requests.read(method: method, target: path, escaped: false, into: &names)
      }
    }
  }

  private mutating func time(_ record: RecordBytes) -> Int64? {
    var clock = clock
    defer { self.clock = clock }
    return withField(.time, record) { bytes in
      if let number = Self.epoch(bytes) { return number }
      guard let read = clock.read(bytes, at: 0), read.end == bytes.count else { return nil }
      return read.time
    }
  }

  /// Seconds since 1970 with or without decimals; a whole number of 12 digits or more is
  /// milliseconds, of 15 microseconds, of 18 nanoseconds.
  private static func epoch(_ bytes: RecordBytes) -> Int64? {
    let dot = bytes.firstIndex(of: 0x2E, in: 0..<bytes.count) ?? bytes.count
    guard let whole = bytes.decimal(0..<dot) else { return nil }
    let unit: Int64 =
      switch dot {
      case ...11: 1_000_000_000
      case ...14: 1_000_000
      case ...17: 1000
      default: 1
      }
    let scaled = whole.multipliedReportingOverflow(by: unit)
    guard !scaled.overflow else { return nil }
    guard dot < bytes.count else { return scaled.partialValue }
    let fraction = TimestampScan.fraction(bytes, at: dot + 1)
    guard fraction.end == bytes.count else { return nil }
    let (sum, overflow) = scaled.partialValue.addingReportingOverflow(
      fraction.nanoseconds / (1_000_000_000 / unit)
    )
    return overflow ? nil : sum
  }
}
