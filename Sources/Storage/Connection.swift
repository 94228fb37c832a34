internal import CSQLite
internal import EventModel

/// A value of a statement.
enum Value: Sendable {
  case integer(Int64)
  case text(String)
  case blob([UInt8])
  case null

  init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
  init(_ number: Int) { self = .integer(Int64(number)) }
  init(_ bytes: [UInt8]?) { self = bytes.map { .blob($0) } ?? .null }
  init(_ text: String?) { self = text.map { .text($0) } ?? .null }
}

/// One row of a result; valid only inside the call that lends it.
struct Row {
  fileprivate let statement: OpaquePointer

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
  func int(_ column: Int) -> Int { Int(truncatingIfNeeded: integer(column)) }
  func optional(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

  func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  func bytes(_ column: Int) -> [UInt8] {
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    guard count > 0, let base = sqlite3_column_blob(statement, Int32(column)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: base, count: count))
  }

  func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

  // MARK: As it stands

  var count: Int { Int(sqlite3_column_count(statement)) }

  /// `i`, `t`, `b`, `n`: a number, a text, bytes, nothing; `f` is in no table of ours.
  func kind(_ column: Int) -> UInt8 {
    switch sqlite3_column_type(statement, Int32(column)) {
    case SQLITE_INTEGER: UInt8(ascii: "i")
    case SQLITE_TEXT: UInt8(ascii: "t")
    case SQLITE_BLOB: UInt8(ascii: "b")
    case SQLITE_NULL: UInt8(ascii: "n")
    default: UInt8(ascii: "f")
    }
  }

  func isBytes(_ column: Int) -> Bool {
    let type = sqlite3_column_type(statement, Int32(column))
    return type == SQLITE_TEXT || type == SQLITE_BLOB
  }

  func length(_ column: Int) -> Int { Int(sqlite3_column_bytes(statement, Int32(column))) }

  func withBytes(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    let start = sqlite3_column_blob(statement, Int32(column))
    body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length(column)))
  }
}

/// One connection to an SQLite file: statements are prepared once and kept.
///
/// One user at a time. Every failure is thrown; nothing is retried.
final class Connection {
  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]
  private let path: String
  /// Keeps the digests of what is written; `nil`: nothing is written but links of chains.
  private(set) var keeper: PartKeeper?
  /// Looks at a table before it is first read; `nil`: tables are read as they are.
  private var inspect: ((String) throws(StoreError) -> Void)?
  /// Tables that the statement being prepared reads.
  private var met: Set<String> = []
  private var inspected: Set<String> = []
  /// For tests: statements that still succeed; `nil`: all.
  var statementsLeft: Int?

  /// Opens a file that is there.
  ///
  /// `isUnchanging`: nobody writes it, and nothing may be made beside it. `files`: the name of the
  /// file layer; `nil`: SQLite's own.
  init(
    path: String,
    isReadOnly: Bool,
    isUnchanging: Bool = false,
    files: String? = nil
  ) throws(StoreError) {
    self.path = path
    var opened: OpaquePointer?
    let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let result =
      isUnchanging
      ? sqlite3_open_v2(Self.unchanging(path), &opened, flags | SQLITE_OPEN_URI, files)
      : PathText.withName(path) { sqlite3_open_v2($0, &opened, flags, files) }
    guard result == SQLITE_OK, let opened else {
      let failure = Self.error(result, path, opened.map { String(cString: sqlite3_errmsg($0)) })
      sqlite3_close_v2(opened)
      throw failure
    }
    handle = opened
    sqlite3_busy_timeout(handle, 10_000)
    _ = csqlite_withoutTriggers(handle)
  }

  /// Keeps digests of what is written from here on.
  func keepParts() {
    let keeper = PartKeeper(self)
    keeper.listen(to: handle)
    self.keeper = keeper
  }

  /// Has every table looked at before something is read of it.
  ///
  /// SQLite tells which tables a statement reads while it is prepared.
  /// Source: https://sqlite.org/c3ref/set_authorizer.html.
  func inspectTables(_ inspect: @escaping (String) throws(StoreError) -> Void) {
    self.inspect = inspect
    sqlite3_set_authorizer(
      handle,
      { context, action, table, _, _, _ in
        guard action == SQLITE_READ, let context, let table else { return SQLITE_OK }
        let connection = Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
        connection.met.insert(String(cString: table))
        return SQLITE_OK
      },
      Unmanaged.passUnretained(self).toOpaque()
    )
  }

  private func inspectMet() throws(StoreError) {
    guard let inspect, !met.isEmpty else { return }
    let fresh = met.subtracting(inspected)
    met = []
    inspected.formUnion(fresh)
    for table in fresh.sorted() { try inspect(table) }
  }

  /// The path as a URI that says that nothing changes.
  ///
  /// Source: https://sqlite.org/uri.html.
  private static func unchanging(_ path: String) -> String {
    let whole = PathText.bytes(of: path).flatMap { byte -> [UInt8] in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: [byte]
      default: Array("%".utf8) + Array(ChainLink.hex([byte]).utf8)
      }
    }
    return "file:" + String(decoding: whole, as: UTF8.self) + "?immutable=1"
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Whether a transaction is open.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  func run(_ sql: String, _ values: [Value] = []) throws(StoreError) {
    guard let keeper, !isInTransaction, Self.writes(sql) else {
      return try each(sql, values) { _ in }
    }
    // What is written and its digests are one, also where it is written alone.
    try each("BEGIN IMMEDIATE") { _ in }
    do throws(StoreError) {
      try each(sql, values) { _ in }
      for place in try keeper.settle().sorted() { try leaveOpen(place) }
      try each("COMMIT") { _ in }
    } catch {
      keeper.forget()
      if isInTransaction { try? each("ROLLBACK") { _ in } }
      throw error
    }
  }

  /// Notes that the digests of a table are others than those that a chain tells of.
  func leaveOpen(_ place: Int) throws(StoreError) {
    try each("INSERT OR IGNORE INTO part_open VALUES (?)", [.text(PartedTable.all[place].name)]) {
      _ in
    }
  }

  private static func writes(_ sql: String) -> Bool {
    sql.hasPrefix("INSERT") || sql.hasPrefix("UPDATE") || sql.hasPrefix("DELETE")
  }

  /// Runs statements that take no values, one after the other.
  func script(_ sql: String) throws(StoreError) {
    try spend()
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(result) }
  }

  func rows<T>(
    _ sql: String,
    _ values: [Value] = [],
    _ make: (Row) -> T
  ) throws(StoreError) -> [T] {
    var found: [T] = []
    try each(sql, values) { found.append(make($0)) }
    return found
  }

  func first<T>(
    _ sql: String,
    _ values: [Value] = [],
    _ make: (Row) -> T
  ) throws(StoreError) -> T? {
    try rows(sql, values, make).first
  }

  /// Lends each row of the result.
  func each(_ sql: String, _ values: [Value] = [], _ body: (Row) -> Void) throws(StoreError) {
    try spend()
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), statement) }
    while true {
      let result = sqlite3_step(statement)
      if result == SQLITE_DONE { return }
      guard result == SQLITE_ROW else { throw error(result) }
      body(Row(statement: statement))
    }
  }

  private func spend() throws(StoreError) {
    guard let left = statementsLeft else { return }
    guard left > 0 else { throw StoreError(.full, "\(path): no more statements") }
    statementsLeft = left - 1
  }

  private func prepared(_ sql: String) throws(StoreError) -> OpaquePointer {
    if let known = statements[sql] { return known }
    var made: OpaquePointer?
    let result = sqlite3_prepare_v3(
      handle,
      sql,
      -1,
      UInt32(SQLITE_PREPARE_PERSISTENT),
      &made,
      nil
    )
    guard result == SQLITE_OK, let made else { throw error(result) }
    statements[sql] = made
    try inspectMet()
    return made
  }

  private func bind(
    _ value: Value,
    at index: Int32,
    _ statement: OpaquePointer
  ) throws(StoreError) {
    // SQLITE_TRANSIENT: the bytes are copied at once.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let result: Int32
    switch value {
    case .null: result = sqlite3_bind_null(statement, index)
    case .integer(let number): result = sqlite3_bind_int64(statement, index, number)
    case .text(let text):
      result = text.utf8CString.withUnsafeBufferPointer {
        sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count - 1), copied)
      }
    case .blob(let bytes):
      result =
        bytes.isEmpty
        ? sqlite3_bind_zeroblob(statement, index, 0)
        : bytes.withUnsafeBytes {
          sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), copied)
        }
    }
    guard result == SQLITE_OK else { throw error(result) }
  }

  private func error(_ code: Int32) -> StoreError {
    Self.error(code, path, String(cString: sqlite3_errmsg(handle)))
  }

  private static func error(_ code: Int32, _ path: String, _ words: String?) -> StoreError {
    let reason = words ?? String(cString: sqlite3_errstr(code))
    switch code & 0xFF {
    case SQLITE_FULL, SQLITE_IOERR:
      return StoreError(.full, "\(path): cannot be written (\(reason)); make room and run again")
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      return StoreError(
        .unusable,
        "\(path): cannot be written (\(reason)); see to its rights and to those of its folder"
      )
    case SQLITE_BUSY, SQLITE_LOCKED:
      return StoreError(.inUse, "\(path): is in use by another program (\(reason)); run again")
    case SQLITE_NOTADB, SQLITE_CORRUPT:
      return StoreError(
        .notAStore,
        "\(path): no store of ometsuke, or damaged (\(reason)); bring back a copy"
      )
    default:
      return StoreError(.unusable, "\(path): \(reason)")
    }
  }
}
