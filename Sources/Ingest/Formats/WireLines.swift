internal import CScan
public import EventModel
internal import Synchronization

/// What went over the wire, one exchange a line: what a capture is turned into, and what `ometsuke capture`
/// writes.
///
///     {"wire":1,"ts":"2026-04-01T00:12:34.157000000Z","kind":"statement","proto":"postgresql","session":7,
///     "client":"192.0.2.7","client_port":50112,"server":"192.0.2.9","server_port":5432,"user":"sato",
///     "text":"select * from clients","ok":true,"rows":800,"rows_stated":800,"bytes_out":40120}
///
/// Rows are those that were counted on their way to the client; where bytes are missing they are a lower
/// bound, and what the server states at the end bounds them from above. Statements are classified by their
/// text, requests by method and path, as those of the logs are.
///
/// Source: docs/formats/wire.md.
public struct WireLines: LogFormat {
  public static let name = "wire"
  public static let summary = "captured traffic (pcap, pcapng), and the lines it is turned into"

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let count = ProbeSample.count(sample) { isOne($0) }
    return count.result(#"\#(count.matched) of \#(count.total) lines begin with {"wire":1"#)
  }

  /// Whether a line is one of these; the general reader of JSON lines leaves them to this.
  static func isOne(_ line: RecordBytes) -> Bool { line.hasPrefix(#"{"wire":1,"ts":""#) }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let memory = batch.names.memory.take(WireMemory.self) ?? WireMemory()
    memory.work.withLock { work in
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        work.arena.removeAll()
        let line = try WireLine(record, &work.arena)
        guard let stamp = TimestampScan.rfc3339(line.time, at: 0, zone: .utc) else {
          throw DecodeError(.badTime, at: 0)
        }
        batch.noteTime(stamp.time)
        guard line.kind != .notice else { return }
        batch.rows.append(line.row(at: stamp.time, &work, &batch.names))
      }
    }
    batch.names.memory.keep(memory)
  }
}

/// The members of a line.
struct WireLine {
  enum Kind { case statement, request, transfer, login, flow, encrypted, session, notice }

  private static var absent: RecordBytes { RecordBytes(start: nil, count: 0) }

  private(set) var kind = Kind.notice
  private(set) var time = absent
  private var proto = absent
  private var client = absent
  private var server = absent
  private var user = absent
  private var database = absent
  private var program = absent
  private var operation = absent
  private var text = absent
  private var declared = absent
  private var object = absent
  private var status = absent
  private var isSuccess: Bool?
  private var isTextCut = false
  private var rows: Int64?
  private var rowsAtLeast: Int64?
  private var rowsAtMost: Int64?
  private var statedRows: Int64?
  /// What the answer states to have changed, or written to a file of the server's own.
  private var affected: Int64?
  private var bytesOut: Int64?
  private var bytesIn: Int64?
  private var missing: Int64 = 0
  private var host = absent
  /// Whether other lines tell all that an encrypted session held.
  private var isTold = false

  init(_ record: RecordBytes, _ arena: inout ByteArena) throws(DecodeError) {
    var isOne = false
    var isKnown = false
    try FlatJSON.forEachMember(record) { (key, value) throws(DecodeError) in
      func number() throws(DecodeError) -> Int64 {
        guard value.kind == .literal, let number = value.bytes.decimal(0..<value.bytes.count) else {
          throw DecodeError(.badNumber, at: 0)
        }
        return number
      }
      func text() throws(DecodeError) -> RecordBytes {
        guard value.kind == .text || value.kind == .escapedText, let text = value.text(&arena)
        else { throw DecodeError(.badEncoding, at: 0) }
        return text
      }
      func isTrue() -> Bool { value.bytes.equals("true", in: 0..<value.bytes.count) }
      switch Member.of(key) {
      case .wire: isOne = try number() == 1
      case .ts: time = try text()
      case .kind:
        guard let found = Self.kind(try text()) else { throw DecodeError(.notThisFormat, at: 0) }
        (kind, isKnown) = (found, true)
      case .proto: proto = try text()
      case .client: client = try text()
      case .server: server = try text()
      case .user: user = try text()
      case .db: database = try text()
      case .program: program = try text()
      case .host: host = try text()
      case .told: isTold = isTrue()
      case .op: operation = try text()
      case .text: self.text = try text()
      case .of: declared = try text()
      case .textCut: isTextCut = isTrue()
      case .object: object = try text()
      case .status: status = try text()
      case .ok: isSuccess = isTrue()
      case .rows: rows = try number()
      case .rowsAtLeast: rowsAtLeast = try number()
      case .rowsAtMost: rowsAtMost = try number()
      case .rowsStated: statedRows = try number()
      case .affected:
        let word = try text()
        affected = word.decimal(0..<word.count)
      case .bytesOut: bytesOut = try number()
      case .bytesIn: bytesIn = try number()
      case .missing: missing = try number()
      case nil: break
      }
    }
    guard isOne else { throw DecodeError(.notThisFormat, at: 0) }
    guard isKnown, !time.isEmpty else { throw DecodeError(.missingField, at: 0) }
  }

  private static func kind(_ word: RecordBytes) -> Kind? {
    let whole = 0..<word.count
    if word.equals("statement", in: whole) { return .statement }
    if word.equals("request", in: whole) { return .request }
    if word.equals("transfer", in: whole) { return .transfer }
    if word.equals("login", in: whole) { return .login }
    if word.equals("flow", in: whole) { return .flow }
    if word.equals("encrypted", in: whole) { return .encrypted }
    if word.equals("session", in: whole) { return .session }
    return word.equals("notice", in: whole) ? .notice : nil
  }

  func row(at time: Int64, _ work: inout WireWork, _ names: inout NameTable) -> EventRow {
    var row = EventRow(time: time)
    row.account = names.internOften(user)
    row.terminal = names.internOften(client)
    row.program = names.internOften(program.slice(0..<min(program.count, Self.longestProgram)))
    row.outcome = isSuccess.map { $0 ? .success : .failure } ?? .unknown
    // What is missing went to the client, or not: as much as can have gone.
    if let bytesOut { row.bytes = bytesOut.addingReportingOverflow(missing).partialValue }
    switch kind {
    case .statement: statement(&row, &work, &names)
    case .request: request(&row, &work, &names)
    case .transfer: transfer(&row, &names)
    case .login: row.operation = isSuccess == false ? .logonFailure : .logon
    case .flow: flow(&row, &names)
    case .encrypted, .session: unread(&row, &names)
    case .notice: break
    }
    return row
  }

  private static let longestProgram = 128

  private func statement(
    _ row: inout EventRow,
    _ work: inout WireWork,
    _ names: inout NameTable
  ) {
    let dialect: SQLDialect =
      proto.equals("mysql", in: 0..<proto.count)
      ? .mysql : proto.equals("tds", in: 0..<proto.count) ? .sqlServer : .postgresql
    // Of a prepared statement nobody saw prepared only the verb is known.
    var sql = text.isEmpty ? operation : text
    if !declared.isEmpty, let inner = DeclaredStatement.inner(declared, &work.arena) { sql = inner }
    work.statements.apply(sql, dialect, schema: database, to: &row, &names)
    if isTextCut { row.flags.insert(.truncated) }
    if text.isEmpty || callsByName, row.operation == .other, (rows ?? rowsAtLeast ?? 0) > 0 {
      row.operation = .read
    }
    if !text.isEmpty, operation.hasPrefix("FETCH") {
      row.flags.insert(.fetch)
      row.flags.remove(.whole)
      if row.operation.returnsRecords { row.operation = .export }
    }
    // All that is changed, from a place of the log on: how many records that is nobody counts.
    if ["BINLOG_DUMP", "START_REPLICATION"].contains(where: { sql.hasPrefix($0) }) {
      row.operation = .export
    }
    guard row.operation.returnsRecords else { return }
    if row.destination != .none, rows ?? 0 == 0 {
      // The server has written them to a file of its own, and states their number at the end; nothing went to the client.
      row.bytes = -1
      let stated = affected ?? statedRows
      row.volume = row.outcome == .success ? stated.map { .stated($0) } ?? .unknown : .unknown
    } else if let volume {
      row.volume = volume
      if volume.quality == .exact { row.volume = work.statements.records(inRows: volume.low) }
    } else if let limit = work.statements.limit {
      row.volume = Volume(low: 0, high: limit, quality: .estimated)
    }
    if row.outcome == .failure, volume?.high ?? 0 == 0, bytesOut ?? 0 == 0 || volume != nil {
      (row.operation, row.volume, row.destination) = (.other, .none, .none)
    }
  }

  /// EXECUTE, EXEC, CALL: rows come of what nobody has read.
  private var callsByName: Bool {
    let verb = text.isEmpty ? operation : text
    return ["exec", "EXEC", "Exec", "call", "CALL", "Call"].contains { verb.hasPrefix($0) }
  }

  private func request(
    _ row: inout EventRow,
    _ work: inout WireWork,
    _ names: inout NameTable
  ) {
    let code = status.decimal(0..<status.count).map { Int(clamping: $0) } ?? -1
    let target = text.isEmpty ? object : text
    work.requests.read(method: operation, target: target, escaped: false, into: &names)
      .apply(status: code, bytes: row.bytes, to: &row)
    guard let volume, row.operation.returnsRecords, row.volume.high != 0 else { return }
    row.volume = volume
  }

  /// A file that went to the client is a taking; one that came from there is none.
  private func transfer(_ row: inout EventRow, _ names: inout NameTable) {
    row.object = names.intern(object)
    let (out, `in`) = (bytesOut ?? 0, bytesIn ?? 0)
    let isOut = ["RETR", "READ", "GET"].contains { operation.hasPrefix($0) } || out > `in`
    let isIn = ["STOR", "STOU", "APPE", "WRITE", "PUT"].contains { operation.hasPrefix($0) }
    if isIn || !isOut && `in` > 0 {
      row.operation = .write
      row.bytes = -1
    } else if isOut {
      row.operation = .export
      if let volume { row.volume = volume }
      if row.outcome == .failure, row.bytes <= 0 { (row.operation, row.volume) = (.other, .none) }
    }
  }

  private func flow(_ row: inout EventRow, _ names: inout NameTable) {
    row.operation = .flow
    row.outcome = .unknown
    row.destination = names.internOften(server)
    (row.account, row.program) = (.none, .none)
    // What a flow states counts what is missing of it.
    if let bytesOut { row.bytes = bytesOut }
  }

  /// A session that is encrypted, or not read: its bytes are told with its flow, and no record is less than one of them.
  private func unread(_ row: inout EventRow, _ names: inout NameTable) {
    let most = max(0, row.bytes)
    flow(&row, &names)
    row.object = names.internOften(host.isEmpty ? server : host)
    row.bytes = -1
    row.volume = isTold ? .none : Volume(low: 0, high: most, quality: .estimated)
  }

  /// Rows as they were counted, with what the server states of them; `nil`: neither.
  private var volume: Volume? {
    if let rows {
      guard let statedRows, statedRows != rows else { return .stated(rows) }
      return Volume(low: min(rows, statedRows), high: max(rows, statedRows), quality: .estimated)
    }
    if let rowsAtLeast, let rowsAtMost, rowsAtMost >= rowsAtLeast {
      return Volume(low: rowsAtLeast, high: rowsAtMost, quality: .estimated)
    }
    if let rowsAtLeast {
      guard let statedRows, statedRows >= rowsAtLeast else {
        return Volume(low: rowsAtLeast, high: Volume.unbounded, quality: .atLeast)
      }
      return Volume(low: rowsAtLeast, high: statedRows, quality: .estimated)
    }
    return statedRows.map { .stated($0) }
  }
}

/// The members of a line that are read.
private enum Member: String, CaseIterable {
  case wire, ts, kind, proto, client, server, user, db, program, host, told, op, text, of
  case textCut = "text_cut"
  case object, status, ok, rows
  case rowsAtLeast = "rows_at_least"
  case rowsAtMost = "rows_at_most"
  case rowsStated = "rows_stated"
  case bytesOut = "bytes_out"
  case bytesIn = "bytes_in"
  case missing, affected

  private static let all = allCases
  private static let table: KeyTable = {
    var table = KeyTable()
    let level = table.addLevel()
    for (index, member) in allCases.enumerated() {
      table.add(Array(member.rawValue.utf8), at: level) { $0.payload = UInt8(index) }
    }
    table.seal()
    return table
  }()

  @inline(__always)
  static func of(_ key: RecordBytes) -> Member? {
    let found = table.withView { view in
      let place = view.find(whole: key, at: 0)
      return place < 0 ? -1 : Int(view.entries[place].payload)
    }
    return found < 0 ? nil : all[found]
  }
}

/// What is kept from line to line.
struct WireWork: ~Copyable {
  var statements = WireStatements()
  var requests = RequestMemo()
  /// A text is not longer than its record.
  var arena = ByteArena(capacity: RecordFramer.longestRecord + 64)
}

private final class WireMemory: Sendable {
  let work = Mutex(WireWork())
}
