/// What a watch has taken since the last night: its rows wait as those of the last days do.
///
/// The places of its logs and the books of its sources stand in the tables of the nights.
public struct Journal: Sendable {
  /// `RowPack`s.
  public var packs: [[UInt8]] = []
  /// Logs of which more was taken than is sealed.
  public var streams: Set<Int> = []
  /// What was taken of each log since the last night, as it was then.
  public var taken: [Int: TakenPiece] = [:]
  public var lines: Int64 = 0
  public var events: Int64 = 0
  public var bytes: Int64 = 0

  public init() {}
}

/// What a watch took of a log since the last night: one piece, which grows until the next one adds it to the chain.
public struct TakenPiece: Sendable, Hashable {
  /// `night` 0: none has sealed it yet.
  public var seal: Seal
  /// Times of its first and last line, nanoseconds since 1970, where lines tell them.
  public var times: ClosedRange<Int64>?

  public init(seal: Seal, times: ClosedRange<Int64>?) { (self.seal, self.times) = (seal, times) }

  /// The first byte behind it.
  public var end: Int64 { seal.start + seal.length }
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
    journal.taken = try takenPieces()
    return journal
  }

  /// What a watch took of each log since the last night.
  public func takenPieces() throws(StoreError) -> [Int: TakenPiece] {
    var taken: [Int: TakenPiece] = [:]
    try connection.each("SELECT stream, start, length, digest, first, last FROM journal_seal") {
      row in
      let seal = Seal(
        stream: row.int(0),
        start: row.integer(1),
        length: row.integer(2),
        night: 0,
        digest: row.bytes(3)
      )
      let first = row.optional(4)
      let last = row.optional(5)
      taken[seal.stream] = TakenPiece(
        seal: seal,
        times: first.flatMap { first in last.map { first...max(first, $0) } }
      )
    }
    return taken
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
    for piece in journal.taken.values.sorted(by: { $0.seal.stream < $1.seal.stream }) {
      try connection.run(
        "INSERT OR REPLACE INTO journal_seal VALUES (?, ?, ?, ?, ?, ?)",
        [
          Value(piece.seal.stream), .integer(piece.seal.start), .integer(piece.seal.length),
          .blob(piece.seal.digest), Value(piece.times?.lowerBound),
          Value(piece.times?.upperBound),
        ]
      )
    }
  }

  public func clearJournal() throws(StoreError) {
    try connection.run("DELETE FROM journal")
    try connection.run("DELETE FROM journal_stream")
    try connection.run("DELETE FROM journal_seal")
  }
}
