internal import CScan
public import EventModel
internal import Synchronization

/// Logs in W3C's extended log file format: IIS (web and FTP), CloudFront.
///
///     #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip sc-status sc-bytes
///     2026-04-01 00:12:34 198.51.100.1 GET /crm/members page=2 443 sato 192.0.2.7 200 40120
///
/// The fields are those of the `#Fields` line before, which may change within a file. Times are UTC. Bytes
/// are `sc-bytes`, which IIS logs only where it is told to; what goes out by FTP is an export. Of
/// forwarded addresses the first is the terminal. Lines before any `#Fields` line are read by the
/// `columns` of the source, else rejected.
///
/// Sources: W3C, Extended Log File Format (WD-logfile); Microsoft, IIS 10 W3C logging; AWS, CloudFront
/// standard logs.
public struct W3CExtended: HeadedText {
  public static let name = "w3c-extended"
  public static let summary = "W3C extended log file format: IIS, CloudFront"

  public static let openings: [StaticString] = ["#Software:", "#Version:"]

  private let declared: W3CLayout
  private let first: W3CLayout
  private let subjectKey: SubjectKey

  public init(options: DecodeOptions, head: Span<UInt8>) {
    declared = W3CLayout(columns: options.declaration.columns)
    var first = declared
    first.take(lines: options.header)
    first.take(lines: HeaderLines.first(in: CSVLayout.bytes(of: head)))
    self.first = first
    subjectKey = options.subjectKey
  }

  public static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)? {
    for line in HeaderLines.first(in: CSVLayout.bytes(of: head)).split(separator: 0x0A) {
      let found = line.withUnsafeBufferPointer { W3CLayout.columns(in: $0) }
      if let found { return (found, 0x20) }
    }
    return nil
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var work = W3CWork()
    var names = NameTable()
    var layout = W3CLayout(columns: [])
    let count = ProbeSample.count(sample) { line -> Bool? in
      if line.first == 0x23 {
        layout.take(line)
        return nil
      }
      do throws(DecodeError) {
        _ = try work.read(line, layout, &names)
        return true
      } catch {
        return false
      }
    }
    if count.total == 0, layout.isKnown {
      return ProbeResult(.likely, "a #Fields line with a time, and no line yet")
    }
    return count.result(
      "\(count.matched) of \(count.total) lines have the fields of a #Fields line"
    )
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(W3CMemory.self) ?? W3CMemory()
    var layout = first
    if let header = chunk.header {
      layout = declared
      layout.take(lines: header)
    }
    memory.work.withLock { work in
      work.subjectKey = subjectKey
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard let sign = record.first else { return }
        if sign == 0x23 {
          layout.take(record)
          batch.isHeader = true
          return
        }
        batch.rows.append(try work.read(record, layout, &batch.names))
        if work.lacksMethod { batch.lacksMethods = true }
      }
    }
    batch.names.memory.keep(memory)
  }
}

/// What the fields of a line are.
private struct W3CLayout: Sendable {
  enum Role: UInt8, CaseIterable {
    case none, date, time, account, terminal, forwarded, method, stem, query, status, bytes, agent
  }

  private static let roles: [String: Role] = [
    "date": .date, "time": .time, "cs-username": .account, "c-ip": .terminal,
    "x-forwarded-for": .forwarded, "cs(x-forwarded-for)": .forwarded, "cs-method": .method,
    "cs-uri-stem": .stem, "cs-uri-query": .query, "sc-status": .status, "sc-bytes": .bytes,
    "cs(user-agent)": .agent,
  ]

  private(set) var roles: [Role] = []
  private var hasTime = false
  private var hasDate = false
  /// Of a `#Date` line, for logs whose lines have a time alone.
  private var day: Int64?

  init(columns: [String]) { take(columns: columns) }

  /// Whether a line has a time and a day.
  var isKnown: Bool { hasTime && (hasDate || day != nil) }
  var headerDay: Int64? { day }

  static func columns(in line: RecordBytes) -> [String]? {
    guard line.hasPrefix("#Fields:") else { return nil }
    return line.dropFirst(8).split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func take(columns: [String]) {
    roles = columns.map { Self.roles[$0.lowercased()] ?? .none }
    // Of two fields of one meaning the first holds.
    for (index, role) in roles.enumerated() where roles[..<index].contains(role) {
      roles[index] = .none
    }
    (hasTime, hasDate) = (roles.contains(.time), roles.contains(.date))
  }

  mutating func take(_ line: RecordBytes) {
    if let columns = Self.columns(in: line) { take(columns: columns) }
    guard line.hasPrefix("#Date: "), let date = TimestampScan.isoCivil(line, at: 7) else { return }
    let rest = date.nanoseconds % Timestamp.nanosecondsPerDay
    day = date.nanoseconds - (rest < 0 ? rest + Timestamp.nanosecondsPerDay : rest)
  }

  mutating func take(lines: [UInt8]) {
    for line in lines.split(separator: 0x0A) { line.withUnsafeBufferPointer { take($0) } }
  }
}

private final class W3CMemory: Sendable {
  let work = Mutex(W3CWork())
}

/// Lines to rows.
private struct W3CWork: ~Copyable {
  private var requests = RequestMemo()
  var subjectKey = SubjectKey(0, 0)
  /// Whether the last line was a request whose method is not stated.
  private(set) var lacksMethod = false
  private var date: UInt64 = 0
  private var dateEnd: UInt16 = 0
  private var day: Int64 = 0
  private let fields = UnsafeMutablePointer<RecordBytes>.allocate(
    capacity: W3CLayout.Role.allCases.count
  )

  init() {}

  deinit { fields.deallocate() }

  private subscript(role: W3CLayout.Role) -> RecordBytes { fields[Int(role.rawValue)].stated }

  @inline(__always)
  mutating func read(
    _ line: RecordBytes,
    _ layout: borrowing W3CLayout,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow {
    guard layout.isKnown else { throw DecodeError(.notThisFormat, at: 0) }
    try split(line, layout)
    lacksMethod = false
    var row = EventRow(time: try time(line, layout))
    row.account = names.internOften(self[.account])
    let forwarded = self[.forwarded]
    row.terminal = names.internOften(
      forwarded.isEmpty ? self[.terminal].withoutPort : Self.first(of: forwarded)
    )
    row.program = names.internOften(self[.agent])
    let size = self[.bytes]
    let bytes = size.decimal(0..<size.count) ?? -1
    let code = self[.status]
    let status = code.decimal(0..<code.count).map { Int(min($0, 999)) } ?? -1
    if !transfer(status, bytes, &row, &names) {
      request(&names).apply(status: status, bytes: bytes, to: &row)
      RequestKey.take(target: self[.stem], query: self[.query], subjectKey, &row)
    }
    return row
  }

  /// Cuts a line at its blanks.
  @inline(__always)
  private func split(
    _ line: RecordBytes,
    _ layout: borrowing W3CLayout
  ) throws(DecodeError) {
    for index in 0..<W3CLayout.Role.allCases.count { fields[index] = line.slice(0..<0) }
    var (place, column) = (0, 0)
    let most = layout.roles.count
    guard let base = line.baseAddress else { throw DecodeError(.wrongFieldCount, at: 0) }
    while place < line.count {
      let start = place
      place = cscan_blank(base + place, base + line.count) - base
      if place > start {
        guard column < most else { throw DecodeError(.wrongFieldCount, at: start) }
        fields[Int(layout.roles[column].rawValue)] = line.slice(start..<place)
        column += 1
      }
      place += 1
    }
    guard column == most else { throw DecodeError(.wrongFieldCount, at: line.count) }
  }

  private mutating func time(
    _ line: RecordBytes,
    _ layout: borrowing W3CLayout
  ) throws(DecodeError) -> Int64 {
    let clock = fields[Int(W3CLayout.Role.time.rawValue)]
    guard clock.count >= 8, clock[2] == 0x3A, clock[5] == 0x3A, let hour = clock.twoDigits(at: 0),
      let minute = clock.twoDigits(at: 3), let second = clock.twoDigits(at: 6), hour < 24,
      minute < 60, second <= 60
    else { throw DecodeError(.badTime, at: 0) }
    var time = Int64(hour * 3600 + minute * 60 + min(second, 59)) * 1_000_000_000
    if clock.count > 8 {
      let fraction = TimestampScan.fraction(clock, at: 9)
      guard clock[8] == 0x2E, fraction.end == clock.count else {
        throw DecodeError(.badTime, at: 0)
      }
      time += fraction.nanoseconds
    }
    let stated = fields[Int(W3CLayout.Role.date.rawValue)]
    guard !stated.isEmpty else { return time + (layout.headerDay ?? 0) }
    guard stated.count == 10, let base = stated.baseAddress else {
      throw DecodeError(.badTime, at: 0)
    }
    let raw = UnsafeRawPointer(base)
    let head = raw.loadUnaligned(as: UInt64.self)
    let tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if head != date || tail != dateEnd {
      guard stated[4] == 0x2D, stated[7] == 0x2D, let year = stated.decimal(0..<4),
        let month = stated.twoDigits(at: 5), let number = stated.twoDigits(at: 8),
        let civil = TimestampScan.civil(
          year: Int(year),
          month: month,
          day: number,
          hour: 0,
          minute: 0,
          second: 0
        )
      else { throw DecodeError(.badTime, at: 0) }
      (date, dateEnd, day) = (head, tail, civil)
    }
    return day + time
  }

  private static func first(of list: RecordBytes) -> RecordBytes {
    let end = list.firstIndex { $0 == 0x2C || $0 == 0x2B || $0 == 0x25 } ?? list.count
    return list.slice(0..<end).withoutPort
  }

  /// What `GET /path?query HTTP/1.1` asks for.
  private mutating func request(_ names: inout NameTable) -> RequestReading {
    let (method, stem) = (self[.method], self[.stem])
    let end = stem.firstIndex(of: 0x3F, in: 0..<stem.count) ?? stem.count
    let path = stem.slice(0..<end)
    // A method that nobody states may be any, one that reads among them.
    lacksMethod = method.isEmpty && path.first == 0x2F
    guard lacksMethod || RequestClassifier.isRequest(method, path) else { return .garbage }
    let reading = requests.read(method: method, target: path, escaped: false, into: &names)
    guard !names.queryNames.isEmpty else { return reading }
    let own = end < stem.count ? stem.slice(end + 1..<stem.count) : self[.query]
    return RequestQuery.keep(own, in: reading, &names)
  }

  /// Of IIS' FTP service: its commands are no methods of HTTP.
  private func transfer(
    _ status: Int,
    _ bytes: Int64,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) -> Bool {
    var verb = self[.method]
    // `[12]USER`: the number of the session.
    if verb.first == 0x5B, let close = verb.firstIndex(of: 0x5D) {
      verb = verb.slice(close + 1..<verb.count)
    }
    let whole = 0..<verb.count
    guard verb.count == 4, !verb.equals("POST", in: whole), !verb.equals("HEAD", in: whole) else {
      return false
    }
    func isAny(_ words: [StaticString]) -> Bool { words.contains { verb.equals($0, in: whole) } }
    guard
      isAny([
        "RETR", "STOR", "APPE", "STOU", "DELE", "USER", "PASS", "QUIT", "LIST", "NLST", "MLSD",
      ])
    else { return false }
    row.outcome = status >= 400 ? .failure : status >= 200 ? .success : .unknown
    if isAny(["RETR"]) {
      row.object = names.intern(self[.stem])
      row.bytes = bytes
      row.operation = .export
      if row.outcome == .failure, bytes <= 0 { (row.operation, row.volume) = (.other, .none) }
    } else if isAny(["STOR", "APPE", "STOU", "DELE"]) {
      row.object = names.intern(self[.stem])
      row.operation = .write
    } else if isAny(["PASS"]) {
      row.operation = row.outcome == .failure ? .logonFailure : .logon
    } else if isAny(["QUIT"]) {
      row.operation = .logoff
    }
    return true
  }
}
