/// What a watch has taken since the last night: its rows wait as those of the last days do.
///
/// The places of its logs and the books of its sources stand in the tables of the nights.
public struct Journal: Sendable {
  /// `RowPack`s.
  public var packs: [[UInt8]] = []
  /// Logs of which more was taken than is sealed.
  public var streams: Set<Int> = []
  public var lines: Int64 = 0
  public var events: Int64 = 0
  public var bytes: Int64 = 0

  public init() {}
}

extension Store {
  public func journal() throws(StoreError) -> Journal {
    var journal = Journal()
    var packs: [[UInt8]] = []
    try connection.each("SELECT rows, lines, events, bytes FROM journal ORDER BY id") { row in
      packs.append(row.bytes(0))
      journal.lines += row.integer(1)
      journal.events += row.integer(2)
      journal.bytes += row.integer(3)
    }
    for pack in packs { journal.packs.append(try opened(pack)) }
    journal.streams = try unsealedStreams()
    return journal
  }

  /// Logs of which more was taken than is sealed.
  public func unsealedStreams() throws(StoreError) -> Set<Int> {
    Set(try connection.rows("SELECT stream FROM journal_stream") { $0.int(0) })
  }

  /// Adds what is new of the packs, counts and logs.
  public func append(_ journal: Journal) throws(StoreError) {
    for pack in journal.packs {
      try connection.run(
        "INSERT INTO journal (rows, lines, events, bytes) VALUES (?, 0, 0, 0)",
        [.blob(boxed(pack))]
      )
    }
    try connection.run(
      """
      UPDATE journal SET lines = lines + ?, events = events + ?, bytes = bytes + ?
      WHERE id = (SELECT max(id) FROM journal)
      """,
      [.integer(journal.lines), .integer(journal.events), .integer(journal.bytes)]
    )
    for stream in journal.streams.sorted() {
      try connection.run("INSERT OR IGNORE INTO journal_stream VALUES (?)", [Value(stream)])
    }
  }

  public func clearJournal() throws(StoreError) {
    try connection.run("DELETE FROM journal")
    try connection.run("DELETE FROM journal_stream")
  }
}
