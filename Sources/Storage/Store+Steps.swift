/// Which named steps a store has behind it.
///
/// The table of steps alone is not believed: what a step makes tells whether it was taken. A row that somebody took out
/// is an edit like any other, and no way to stop the nights. One that is not known may be of a later version.
extension Store {
  /// The names as the table has them.
  private func listed() throws(StoreError) -> Set<String> {
    guard try isListed() else { return [] }
    return Set(try connection.rows("SELECT name FROM migration") { $0.text(0) })
  }

  private func isListed() throws(StoreError) -> Bool {
    let query = "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'"
    return try connection.first(query) { $0.int(0) } ?? 0 > 0
  }

  /// Those taken, by what they made; empty: the store is new.
  ///
  /// - Throws: where the table has a step of a later version.
  func steps() throws(StoreError) -> Set<String> {
    let listed = try listed()
    let here = Set(Schema.migrations.map(\.name))
    // What is listed and not there any more was taken out since: that is told of the schema.
    var taken = listed.intersection(here)
    for migration in Schema.migrations where !taken.contains(migration.name) {
      if try hasMade(migration) { taken.insert(migration.name) }
    }
    if let other = listed.subtracting(here).sorted().first {
      throw StoreError(
        .notAStore,
        "\(path): written by a later version of ometsuke (\(other)); use that version"
      )
    }
    return taken
  }

  /// Whether the tables of a step are there, and its columns.
  private func hasMade(_ migration: Schema.Migration) throws(StoreError) -> Bool {
    for object in migration.objects {
      let query =
        object.column == nil
        ? "SELECT count(*) FROM sqlite_schema WHERE name = ?1"
        : "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2"
      let values = [object.name] + [object.column].compactMap { $0 }
      let count = try connection.first(query, values.map { .text($0) }) { $0.int(0) }
      guard count ?? 0 > 0 else { return false }
    }
    return !migration.objects.isEmpty
  }

  /// Rows of the table of steps that somebody took out.
  func stepBreaches() throws(StoreError) -> [PartBreach] {
    try steps().subtracting(listed()).sorted().map { PartBreach("migration", .gone, part: $0) }
  }

  /// Brings the table of steps back to what was done.
  func mendSteps(_ breach: PartBreach) throws(StoreError) {
    guard breach.table == "migration", try isListed() else { return }
    try connection.run("INSERT OR IGNORE INTO migration VALUES (?)", [.text(breach.part)])
  }
}

extension Schema.Migration {
  /// Tables and indices that it makes, and columns that it adds to a table.
  var objects: [(name: String, column: String?)] {
    let words = sql.split { $0 == " " || $0 == "\n" || $0 == "(" || $0 == ";" }.map(String.init)
    var found: [(name: String, column: String?)] = []
    for place in words.indices.dropLast(2) {
      switch (words[place], words[place + 1]) {
      case ("CREATE", "TABLE"), ("CREATE", "INDEX"): found.append((words[place + 2], nil))
      case ("ALTER", "TABLE") where place + 5 < words.count && words[place + 3] == "ADD":
        found.append((words[place + 2], words[place + 5]))
      default: continue
      }
    }
    return found
  }
}
