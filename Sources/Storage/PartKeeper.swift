internal import CSQLite
internal import CSodium
internal import Glibc

/// Keeps the digests of the parts of tables that a connection writes, in the same transaction.
///
/// SQLite tells of each row before it changes; which rows a statement meets needs no second look.
/// Source: https://sqlite.org/c3ref/preupdate_blobwrite.html.
final class PartKeeper {
  private unowned let connection: Connection
  /// By place in `PartedTable.all`.
  private var touched: [Int: Set<String>] = [:]

  init(_ connection: Connection) { self.connection = connection }

  /// Begins to listen; the keeper has to outlive the connection's last statement.
  func listen(to handle: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = sqlite3_preupdate_hook(
      handle,
      { context, handle, operation, database, table, _, _ in
        guard let context, let handle, let database, let table, strcmp(database, "main") == 0,
          let place = PartedTable.places[String(cString: table)]
        else { return }
        let keeper = Unmanaged<PartKeeper>.fromOpaque(context).takeUnretainedValue()
        if operation != SQLITE_INSERT { keeper.note(place, handle, sqlite3_preupdate_old) }
        if operation != SQLITE_DELETE { keeper.note(place, handle, sqlite3_preupdate_new) }
      },
      context
    )
  }

  private func note(
    _ place: Int,
    _ handle: OpaquePointer,
    _ read: (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Int32
  ) {
    func value(_ column: Int) -> OpaquePointer? {
      var value: OpaquePointer?
      return read(handle, Int32(column), &value) == SQLITE_OK ? value : nil
    }
    let part = PartedTable.all[place].part(
      integer: { sqlite3_value_int64(value($0)) },
      text: { column in
        let value = value(column)
        guard let text = sqlite3_value_text(value) else { return "" }
        let count = Int(sqlite3_value_bytes(value))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
      },
      byte: { column in
        let value = value(column)
        guard sqlite3_value_bytes(value) > 0, let bytes = sqlite3_value_blob(value) else {
          return 0
        }
        return bytes.load(as: UInt8.self)
      }
    )
    touched[place, default: []].insert(part)
  }

  /// Forgets what was touched: the transaction is taken back.
  func forget() { touched = [:] }

  /// Brings the digests of what was touched up to date; the tables whose digests changed.
  func settle() throws(StoreError) -> Set<Int> {
    var changed: Set<Int> = []
    let parts = touched
    touched = [:]
    for (place, parts) in parts.sorted(by: { $0.key < $1.key }) {
      for part in parts.sorted() {
        let isOther = try settle(part, of: place)
        if isOther { changed.insert(place) }
      }
    }
    return changed
  }

  /// Whether the digest of a part is another than before.
  func settle(_ part: String, of place: Int) throws(StoreError) -> Bool {
    let table = PartedTable.all[place]
    let (condition, values) = table.condition(of: part)
    var digest: PartDigest?
    try connection.each(
      "SELECT \(table.columns) FROM \(table.name) WHERE \(condition) ORDER BY \(table.order)",
      values
    ) { row in
      if digest == nil { digest = PartDigest() }
      digest?.add(row)
    }
    let before = try connection.first(
      "SELECT digest FROM part WHERE name = ? AND part = ?",
      [.text(table.name), .text(part)]
    ) { $0.bytes(0) }
    let now = digest?.bytes
    guard before != now else { return false }
    if let now {
      try connection.run(
        "INSERT OR REPLACE INTO part VALUES (?, ?, ?)",
        [.text(table.name), .text(part), .blob(now)]
      )
    } else {
      try connection.run(
        "DELETE FROM part WHERE name = ? AND part = ?",
        [.text(table.name), .text(part)]
      )
    }
    return true
  }
}

/// BLAKE2b-256 over rows: of each column its kind (`i`, `t`, `b`, `n`), then eight bytes, least first (the
/// number, or the length), then the bytes.
struct PartDigest {
  private var content: [UInt8] = []

  mutating func add(_ row: Row) {
    for column in 0..<row.count {
      content.append(row.kind(column))
      let number = row.isBytes(column) ? Int64(row.length(column)) : row.integer(column)
      withUnsafeBytes(of: number.littleEndian) { content.append(contentsOf: $0) }
      if row.isBytes(column) { row.withBytes(column) { content.append(contentsOf: $0) } }
    }
  }

  var bytes: [UInt8] { Self.hash(content) }

  static func hash(_ content: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    _ = crypto_generichash(&digest, 32, content, UInt64(content.count), nil, 0)
    return digest
  }
}
