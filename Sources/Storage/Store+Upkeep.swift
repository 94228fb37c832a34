internal import EventModel

/// Looking after the store itself.
extension Store {
  /// What it takes: a line for each table.
  public struct TableSize: Sendable, Hashable {
    public var table: String
    public var rows: Int64
  }

  public func tables() throws(StoreError) -> [TableSize] {
    var sizes: [TableSize] = []
    for name in Self.tableNames {
      let rows = try connection.first("SELECT count(*) FROM \(name)") { $0.integer(0) } ?? 0
      sizes.append(TableSize(table: name, rows: rows))
    }
    return sizes
  }

  private static let tableNames = [
    "night", "stream", "seal", "chain", "coverage_day", "coverage_hours", "coverage_lost", "late",
    "incident", "incident_history", "notice", "evidence", "anchor_token", "ledger", "name", "held",
    "value", "piece",
  ]

  /// Bytes of its file.
  public func size() throws(StoreError) -> Int64 {
    let pages = try connection.first("PRAGMA page_count") { $0.integer(0) } ?? 0
    return pages * (try connection.first("PRAGMA page_size") { $0.integer(0) } ?? 0)
  }

  /// What is wrong with the file and with what it holds; empty: nothing.
  public func damage() throws(StoreError) -> [String] {
    var found = try connection.rows("PRAGMA integrity_check") { $0.text(0) }.filter { $0 != "ok" }
    for name in try connection.rows("SELECT name FROM value", [], { $0.text(0) }) {
      do throws(StoreError) {
        let value = try storedValue(name)
        while try value?.next() != nil {}
      } catch {
        found.append(error.message)
      }
    }
    do throws(StoreError) {
      try ledger(Int(Int32.min)...Int(Int32.max)) { _, _ in }
    } catch {
      found.append(error.message)
    }
    return found
  }

  /// Days of the ledger, from and to; `nil`: none.
  public func ledgerDays() throws(StoreError) -> ClosedRange<Int>? {
    try connection.first("SELECT min(day), max(day) FROM ledger WHERE true") { row in
      row.isNull(0) ? nil : row.int(0)...max(row.int(0), row.int(1))
    } ?? nil
  }

  /// Drops days of the ledger, samples of the years before and what was told of nights before them; how many days went.
  ///
  /// Says so in the chain of declarations, where any did.
  public func prune(before day: Int, link: ChainLink) throws(StoreError) -> Int {
    var count = 0
    try transaction { () throws(StoreError) in
      count =
        try connection.first(
          "SELECT count(*) FROM ledger WHERE day < ?",
          [Value(day)]
        ) { $0.int(0) } ?? 0
      guard count > 0 else { return }
      try connection.run("DELETE FROM ledger WHERE day < ?", [Value(day)])
      try connection.run(
        "DELETE FROM subject_sample WHERE year < ?",
        [Value(CivilCalendar.date(ofDay: day).year)]
      )
      try connection.run(
        """
        DELETE FROM notice WHERE night IN
        (SELECT id FROM night WHERE told IS NOT NULL AND started < ?)
        """,
        [.integer(Int64(day) * 86_400)]
      )
      try add(link)
    }
    if count > 0 { try connection.run("VACUUM") }
    return count
  }
}
