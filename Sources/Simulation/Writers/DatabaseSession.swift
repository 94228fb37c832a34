/// One PostgreSQL 15 backend as csvlog with pgaudit shows it, 26 columns; `pgaudit.log_rows` and
/// `log_relation` on.
///
/// Its blind spots are those measured: COPY, DECLARE and FETCH say 0; a statement over k relations
/// writes k lines with the same ids and rows; a failed one writes no AUDIT line; statements span
/// lines. Line numbers go on where a line was erased, so that the hole shows.
struct DatabaseSession {
  let desk: Desk
  let account: Int
  let terminal: Int
  let program: Text
  /// Lines are not stored: somebody took them out of the log.
  var isErased = false
  /// The audit extension was switched off in this session.
  var isUnaudited = false
  private(set) var time: Int
  private let start: Int
  private let process: Int
  private let port: Int
  private var lines = 0
  private var statements = 0
  private var transaction: Int
  /// Bytes the client got, for the flow.
  private(set) var sent = 4_200

  init(
    _ desk: Desk,
    _ time: Int,
    account: Int,
    terminal: Int,
    program: Text,
    isErased: Bool = false
  ) {
    self.desk = desk
    self.account = account
    self.terminal = terminal
    self.program = program
    self.isErased = isErased
    start = desk.within(time)
    self.time = start
    process = desk.random.between(20_000, 31_999)
    port = desk.random.between(33_000, 60_000)
    transaction = desk.random.between(10, 900)
    let user = desk.name(account)
    let name: Text = program.isEmpty ? "" : " application_name=\(program)"
    emit("authentication", "connection authorized: user=\(user) database=crm\(name)")
  }

  /// Waits.
  mutating func pause(_ low: Int, _ high: Int) { time = desk.later(time, low, high) }

  /// One statement, or more lines of the one before; with k relations k lines.
  mutating func run(
    _ category: StaticString,
    _ command: StaticString,
    _ sql: Text,
    rows: Int = 0,
    relations: [(kind: StaticString, name: Text)] = [],
    tag: StaticString? = nil,
    substatement: Int = 1,
    isContinued: Bool = false
  ) {
    if !isContinued {
      pause(1, 9)
      statements += 1
      transaction += 1
    }
    guard !isUnaudited else { return }
    let shown: [(kind: StaticString, name: Text)] = relations.isEmpty ? [("", "")] : relations
    for relation in shown {
      let message: Text =
        "AUDIT: SESSION,\(statements),\(substatement),\(category),\(command),\(relation.kind),\(relation.name),\(Self.field(sql)),<none>,\(rows)"
      emit(tag ?? command, message)
    }
  }

  /// `select … from owner.customers …`: the rows are stated.
  mutating func select(_ owner: Int, rows: Int, where condition: Text, all: Bool = false) {
    let table = desk.owner(owner).table
    let columns: Text = all ? "*" : "id, name, kana, postcode, address, tel"
    run(
      "READ",
      "SELECT",
      "select \(columns)\nfrom \(table)\nwhere \(condition)",
      rows: rows,
      relations: [("TABLE", table)]
    )
    deliver(rows)
  }

  /// A view: the odd line of its own, and one for each table below it, all with the same rows.
  mutating func selectView(_ view: Text, over tables: [Text], rows: Int) {
    let sql: Text = "select * from \(view)"
    run("MISC", "???", sql, rows: rows, relations: [("VIEW", view)], tag: "SELECT")
    run(
      "READ",
      "SELECT",
      sql,
      rows: rows,
      relations: tables.map { ("TABLE", $0) },
      isContinued: true
    )
  }

  /// `copy owner.customers to stdout`: says 0, which is unknown.
  mutating func copyTable(_ owner: Int, dump: Bool = false, rows: Int? = nil) {
    let table = desk.owner(owner).table
    let sql: Text =
      dump
      ? "COPY \(table) (id, name, kana, postcode, address, tel, plan, updated_at) TO stdout;"
      : "copy \(table) to stdout with csv header"
    run("READ", "COPY", sql)
    deliver(rows ?? desk.owner(owner).delivered)
  }

  /// `copy (select …) to stdout`: the SELECT states the rows, the COPY says 0.
  mutating func copyQuery(_ owner: Int, rows: Int, where condition: Text) {
    let table = desk.owner(owner).table
    let sql: Text =
      "copy (select name, kana, postcode, address, tel\n      from \(table)\n      where \(condition)) to stdout with (format csv)"
    run("READ", "SELECT", sql, rows: rows, relations: [("TABLE", table)], tag: "COPY")
    run("READ", "COPY", sql, tag: "COPY", substatement: 2, isContinued: true)
    deliver(rows)
  }

  /// A cursor fetched in portions: DECLARE and every FETCH say 0.
  mutating func cursor(_ owner: Int, rows: Int, portion: Int) {
    let table = desk.owner(owner).table
    run("MISC", "BEGIN", "BEGIN")
    run(
      "READ",
      "DECLARE CURSOR",
      "DECLARE _psql_cursor NO SCROLL CURSOR FOR\nselect * from \(table)",
      tag: "DECLARE CURSOR"
    )
    for _ in 0..<min(400, (rows + portion - 1) / max(1, portion)) {
      run("MISC", "FETCH", "FETCH FORWARD \(portion) FROM _psql_cursor", tag: "FETCH")
    }
    run("MISC", "CLOSE CURSOR", "CLOSE _psql_cursor", tag: "CLOSE CURSOR")
    run("MISC", "COMMIT", "COMMIT")
    deliver(rows)
  }

  /// A statement that ends in an error: no AUDIT line, the SQL in the column of queries.
  mutating func fail(_ sql: Text, _ message: Text, state: StaticString, fatal: Bool = false) {
    pause(5, 40)
    statements += 1
    transaction += 1
    emit("SELECT", message, severity: fatal ? "FATAL" : "ERROR", state: state, query: sql)
  }

  mutating func close(flow: Bool = true) {
    time = desk.later(time, 2, 60)
    let seconds = (time - start) / 1000
    let span: Text =
      "\(seconds / 3600):\(seconds / 60 % 60, digits: 2):\(seconds % 60, digits: 2).\((time - start) % 1000, digits: 3)"
    emit(
      "idle",
      "disconnection: session time: \(span) user=\(desk.name(account)) database=crm host=\(desk.address(terminal)) port=\(port)"
    )
    if flow, terminal != desk.estate.databaseHost {
      desk.flow(
        start,
        from: desk.address(terminal),
        to: desk.estate.databaseHost,
        port: 5432,
        service: "postgresql",
        bytes: sent,
        seconds: max(1, seconds)
      )
    }
  }

  /// The client was sent so many records; time passes.
  private mutating func deliver(_ rows: Int) {
    sent += rows * 187
    time = desk.within(time + rows / 40)
  }

  /// A field as pgaudit writes it: quoted when it holds a comma, a quote or a line end.
  private static func field(_ text: Text) -> Text {
    guard text.bytes.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A }) else {
      return text
    }
    return "\"\(doubled(text))\""
  }

  private static func doubled(_ text: Text) -> Text {
    guard text.bytes.contains(0x22) else { return text }
    var bytes: [UInt8] = []
    for byte in text.bytes {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    return Text(bytes: bytes)
  }

  private mutating func emit(
    _ tag: StaticString,
    _ message: Text,
    severity: StaticString = "LOG",
    state: StaticString = "00000",
    query: Text = ""
  ) {
    lines += 1
    guard !isErased else { return }
    let store = desk.store(.database)
    store.begin(time)
    store.bytes.add(desk.dateText)
    store.bytes.put(byte: 0x20)
    store.bytes.put(clockWithMilliseconds: time)
    let session: Text = "\(hex: desk.day.epoch(start) / 1000).\(hex: process)"
    let begin: Text = "\(virtual: process % 9 + 3, transaction)"
    store.bytes.add(
      " JST,\"\(desk.name(account))\",\"crm\",\(process),\"\(desk.address(terminal)):\(port)\",\(session),\(lines),\"\(tag)\",\(desk.dateText) "
    )
    store.bytes.put(clock: start)
    store.bytes.add(
      " JST,\(begin),0,\(severity),\(state),\"\(Self.doubled(message))\",,,,,,"
    )
    if !query.isEmpty { store.bytes.add("\"\(Self.doubled(query))\"") }
    let name: Text = lines == 1 ? "" : program
    store.bytes.add(",,,\"\(name)\",\"client backend\",,0\n")
  }
}

extension Text.Interpolation {
  /// A virtual transaction id: `3/16`.
  fileprivate mutating func appendInterpolation(virtual backend: Int, _ transaction: Int) {
    appendInterpolation(backend)
    appendLiteral("/")
    appendInterpolation(transaction)
  }
}

extension Desk {
  /// A line of the database server itself.
  ///
  /// `turn` is that of the day, 0 … 7: the process numbers its lines since the server's start.
  func server(_ time: Int, _ message: Text, turn: Int) {
    let store = store(.database)
    let start = day.number - day.index - 8
    let epoch = start * 86_400 + at(9, 56, 48) / 1000 - SimulatedDay.zone / 1000
    let session: Text = "\(hex: epoch).264"
    store.begin(time)
    store.bytes.add(dateText)
    store.bytes.put(byte: 0x20)
    store.bytes.put(clockWithMilliseconds: time)
    store.bytes.add(
      " JST,,,612,,\(session),\(day.index * 8 + turn + 1),,\(SimulatedDay.date(start)) 09:56:48 JST,,0,"
    )
    store.bytes.add(
      "LOG,00000,\"\(message)\",,,,,,,,,\"\",\"checkpointer\",,0\n"
    )
  }
}
