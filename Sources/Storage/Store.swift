internal import CSQLite
internal import EventModel
internal import Glibc

/// The memory that outlives the logs: one SQLite file, of its owner alone.
///
/// A run holds the store for itself from opening to the end (`Store.Access.night`). What it learns
/// goes into one transaction: whatever stops it, the store stands as it did before or as it does
/// after. WAL, `synchronous = FULL`. One user at a time.
public final class Store {
  public enum Access: Sendable {
    /// Alone, to write; the file is made when it is not there.
    case night
    /// Beside others, to read what is there, whoever wrote it.
    case reading
    /// Beside others, to answer from it as it stood when it was opened: a table that is not what this program wrote is
    /// refused before anything is read of it.
    case answering
    /// Beside others, to add a link to a chain in a short transaction; the file has to be there.
    case noting
    /// In memory, gone at the end; the path is only a name.
    case memory
  }

  public let path: String
  let connection: Connection
  let unpacker = Unpacker()
  private let lock: Int32
  /// Under which what bears hashes of subjects is kept.
  var key: StoreKey?
  /// In whose name links of the chain of the store are added; `nil`: what is written waits for one.
  public var clerk: Clerk?
  /// How an owner is called now, by a name that it had when it was noted; `nil`: by the same.
  public var presentOwner: (@Sendable (String) -> String)?

  /// `files`: the name of the file layer, for tests; `nil`: SQLite's own.
  public init(path: String, _ access: Access, files: String? = nil) throws(StoreError) {
    self.path = path
    // Messages are for people.
    switch access {
    case .night:
      // Nothing is laid beside what is something else.
      try Self.checkMode(path, mayBeMissing: true)
      lock = try Self.lock(path)
      var isNew = false
      do throws(StoreError) {
        isNew = try Self.make(path)
        try Self.checkMode(path)
        connection = try Connection(path: path, isReadOnly: false, files: files)
      } catch {
        close(lock)
        throw error
      }
      // From here on `deinit` lets go of the lock, once. Another program's database stays as it is.
      _ = try applied()
      try connection.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
      try migrate(isNew: isNew)
      connection.keepParts()
    case .memory:
      lock = -1
      connection = try Connection(path: ":memory:", isReadOnly: false)
      try migrate(isNew: true)
      connection.keepParts()
    case .reading, .answering:
      lock = -1
      try Self.checkMode(path)
      connection = try Self.reader(of: path, files)
      try checkVersion()
      if access == .answering { try inspectTables() }
    case .noting:
      lock = -1
      try Self.checkMode(path)
      connection = try Connection(path: path, isReadOnly: false, files: files)
      try connection.script("PRAGMA synchronous = FULL;")
      try checkVersion()
    }
  }

  /// A connection that reads, also where nothing can be written: on a disk that is read-only, in a
  /// folder of somebody else.
  private static func reader(
    of path: String,
    _ files: String?
  ) throws(StoreError) -> Connection {
    do throws(StoreError) {
      let connection = try Connection(path: path, isReadOnly: true, files: files)
      // Only now SQLite looks for what lies beside.
      _ = try connection.first("PRAGMA application_id") { $0.integer(0) }
      _ = try connection.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) }
      return connection
    } catch {
      // Without a write-ahead log all there is stands in the file itself.
      var status = stat()
      let hasLog =
        PathText.withName(path + "-wal") { lstat($0, &status) } == 0 && status.st_size > 0
      guard error.code == .unusable, !hasLog else { throw error }
      return try Connection(path: path, isReadOnly: true, isUnchanging: true, files: files)
    }
  }

  deinit {
    if lock >= 0 { close(lock) }
  }

  /// The store and what lies beside it: no logs.
  public static func files(of path: String) -> Set<String> {
    [path, path + "-wal", path + "-shm", path + "-lock", path + "-attempts"]
  }

  /// Whether the file is a database, by its first bytes; one that cannot be read may be.
  private static func isDatabase(at path: String) -> Bool {
    let file = PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0 else { return true }
    defer { close(file) }
    var head = [UInt8](repeating: 0, count: 16)
    return pread(file, &head, head.count, 0) == head.count
      && head.elementsEqual("SQLite format 3\0".utf8)
  }

  /// Whether the file is a store, by its first bytes.
  public static func isStore(at path: String) -> Bool {
    let file = PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0 else { return false }
    defer { close(file) }
    // SQLite keeps the number of the application at byte 68, its highest byte first.
    var head = [UInt8](repeating: 0, count: 72)
    guard pread(file, &head, head.count, 0) == head.count else { return false }
    return head.starts(with: "SQLite format 3\0".utf8)
      && head[68...].reduce(0) { $0 << 8 | Int64($1) } == Schema.applicationID
  }

  // MARK: Transactions

  /// Runs `body` as one: whole, or not at all.
  ///
  /// `isLinked`: whether a link of the chain of the store tells of it at once; what a watch or a sink writes many
  /// times an hour waits for the next link.
  public func transaction(
    isLinked: Bool = true,
    _ body: () throws(StoreError) -> Void
  ) throws(StoreError) {
    try connection.run("BEGIN IMMEDIATE")
    do throws(StoreError) {
      try body()
      if let keeper = connection.keeper { try settle(try keeper.settle(), isLinked: isLinked) }
      try connection.run("COMMIT")
    } catch {
      connection.keeper?.forget()
      // A failed commit may have ended it already.
      if connection.isInTransaction { try? connection.run("ROLLBACK") }
      throw error
    }
  }

  /// Runs `body`, which reads alone, on what the store is at one moment, whoever writes meanwhile.
  public func snapshot(_ body: () throws(StoreError) -> Void) throws(StoreError) {
    guard !connection.isInTransaction else { return try body() }
    try connection.run("BEGIN")
    do throws(StoreError) {
      try body()
      try connection.run("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.run("ROLLBACK") }
      throw error
    }
  }

  // MARK: The file

  private static func make(_ path: String) throws(StoreError) -> Bool {
    let file = PathText.withName(path) { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    if file >= 0 {
      close(file)
      return true
    }
    guard errno == EEXIST else {
      throw StoreError(
        .unusable,
        "\(path): cannot be made (\(message(errno))); name a folder that can be written"
      )
    }
    return false
  }

  private static func checkMode(
    _ path: String,
    mayBeMissing: Bool = false
  ) throws(StoreError) {
    for name in [path, path + "-wal", path + "-shm"] {
      var status = stat()
      guard PathText.withName(name, { lstat($0, &status) }) == 0 else {
        if name != path || mayBeMissing && errno == ENOENT { continue }
        throw StoreError(.unusable, "\(path): \(message(errno)); the first night makes the store")
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw StoreError(.notAStore, "\(name): is no file; name the store's own file")
      }
      if name == path, status.st_size > 0, !isDatabase(at: path) {
        throw StoreError(
          .notAStore,
          "\(path): is no store of ometsuke, or its beginning is damaged; name another file, or bring"
            + " back a copy"
        )
      }
      // What it is comes before who may read it.
      if name == path, let missing = cut(path, size: Int64(status.st_size)) {
        throw StoreError(
          .notAStore,
          "\(path): is cut off, \(NumberText.counted(missing, "byte")) of it gone; bring back a copy"
        )
      }
      // Reading and writing by its owner, and nothing else.
      guard status.st_mode & 0o7177 == 0 else {
        if name == path, status.st_size == 0 {
          throw StoreError(.notAStore, "\(path): is empty, and no store; name another file")
        }
        if name == path, status.st_size > 0, !isStore(at: path) {
          throw StoreError(.notAStore, "\(path): is no store of ometsuke; name another file")
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        let isOthers = status.st_mode & 0o077 != 0
        throw StoreError(
          .tooOpen,
          "\(name): \(isOthers ? "others may read or write it" : "its mode is wider than 600") (mode \(mode));"
            + " it tells who handled whose records: chmod 600 it"
        )
      }
    }
  }

  /// Bytes that its header tells of and that are not there; `nil`: none, or what lies beside has them.
  ///
  /// Source: SQLite, "Database File Format", 1.3: page size at byte 16, change counter at 24, pages at 28, and at 92
  /// the change counter for which these hold.
  private static func cut(_ path: String, size: Int64) -> Int64? {
    var status = stat()
    let hasLog = PathText.withName(path + "-wal") { lstat($0, &status) } == 0 && status.st_size > 0
    let file = PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0, !hasLog else {
      if file >= 0 { close(file) }
      return nil
    }
    defer { close(file) }
    var head = [UInt8](repeating: 0, count: 96)
    guard pread(file, &head, head.count, 0) == head.count else { return nil }
    func number(_ range: Range<Int>) -> Int64 { head[range].reduce(0) { $0 << 8 | Int64($1) } }
    guard number(24..<28) == number(92..<96) else { return nil }
    let stated = number(28..<32) * (number(16..<18) == 1 ? 65_536 : number(16..<18))
    return stated > size ? stated - size : nil
  }

  private static func lock(_ path: String) throws(StoreError) -> Int32 {
    let name = path + "-lock"
    let file = PathText.withName(name) { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    guard file >= 0 else {
      throw StoreError(
        .unusable,
        "\(name): cannot be made (\(message(errno))); name a folder that can be written"
      )
    }
    // A child that a program is about to start holds what its parent has let go of, until it is started.
    for attempt in 1... {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
      guard errno == EINTR || errno == EWOULDBLOCK, attempt < 20 else { break }
      usleep(25_000)
    }
    close(file)
    throw StoreError(.inUse, "\(path): another run holds it; nothing was done")
  }

  static func message(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  // MARK: Versions

  private func migrate(isNew: Bool) throws(StoreError) {
    let known = try applied()
    if known.count == Schema.migrations.count { return }
    try transaction { () throws(StoreError) in
      if known.isEmpty {
        try connection.script(
          """
          PRAGMA application_id = \(Schema.applicationID);
          CREATE TABLE migration (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
          """
        )
      }
      for migration in Schema.migrations where !known.contains(migration.name) {
        try connection.script(migration.sql)
        try connection.run("INSERT INTO migration VALUES (?)", [.text(migration.name)])
      }
      if !known.contains(Schema.partsStep) { try digestAllParts() }
      if !known.contains(Schema.tailStep) { try countChain() }
    }
  }

  private func checkVersion() throws(StoreError) {
    let known = try applied()
    guard known.count == Schema.migrations.count else {
      throw StoreError(
        .notAStore,
        "\(path): of an earlier version of ometsuke, or empty; the next night brings it up to date"
      )
    }
  }

  /// The steps that made it.
  private func applied() throws(StoreError) -> Set<String> {
    let id = try connection.first("PRAGMA application_id") { $0.integer(0) } ?? 0
    let tables = try connection.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
    if tables == 0 { return [] }
    guard id == Schema.applicationID else {
      throw StoreError(.notAStore, "\(path): a database, but no store of ometsuke; name another")
    }
    return try steps()
  }
}
