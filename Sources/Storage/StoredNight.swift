/// One run of `ometsuke nightly`.
public struct StoredNight: Sendable, Hashable {
  public var id: Int
  /// By the wall clock, seconds since 1970.
  public var started: Int64
  /// `nil`: it did not come to its end.
  public var finished: Int64?
  /// Exit status.
  public var status: Int?
  /// The latest time of an event seen so far, and the time up to which all is settled; nanoseconds.
  public var newest: Int64?
  public var settled: Int64?
  public var files = 0
  public var bytes: Int64 = 0
  public var lines: Int64 = 0
  public var events: Int64 = 0
  /// Events that came too late to be judged.
  public var late: Int64 = 0
  public var program: String
  /// SHA-256 of the estate file and its registers.
  public var estate: [UInt8]?
  /// Why it did not come to its end, where it could still say so.
  public var problem: String?
  /// When what it had to say was told.
  public var told: Int64?

  public init(id: Int, started: Int64, program: String) {
    self.id = id
    self.started = started
    self.program = program
  }
}

extension Store {
  private static let columns = """
    id, started, finished, status, newest, settled, files, bytes, lines, events, late, program,
    estate, problem, told
    """

  /// All nights, the first first.
  public func nights() throws(StoreError) -> [StoredNight] {
    try connection.rows("SELECT \(Self.columns) FROM night ORDER BY id", [], Self.night)
  }

  /// The last night that came to its end.
  public func lastNight() throws(StoreError) -> StoredNight? {
    try connection.first(
      "SELECT \(Self.columns) FROM night WHERE finished IS NOT NULL ORDER BY id DESC LIMIT 1",
      [],
      Self.night
    )
  }

  private static func night(_ row: Row) -> StoredNight {
    var night = StoredNight(id: row.int(0), started: row.integer(1), program: row.text(11))
    night.finished = row.optional(2)
    night.status = row.optional(3).map { Int($0) }
    night.newest = row.optional(4)
    night.settled = row.optional(5)
    night.files = row.int(6)
    night.bytes = row.integer(7)
    night.lines = row.integer(8)
    night.events = row.integer(9)
    night.late = row.integer(10)
    night.estate = row.isNull(12) ? nil : row.bytes(12)
    night.problem = row.isNull(13) ? nil : row.text(13)
    night.told = row.optional(14)
    return night
  }

  /// Notes that a night begins, in a transaction of its own, so that one that is cut off is known.
  public func begin(_ started: Int64, program: String) throws(StoreError) -> StoredNight {
    var night = StoredNight(id: 1, started: started, program: program)
    try transaction(isLinked: false) { () throws(StoreError) in
      let last = try connection.first("SELECT max(id) FROM night") { $0.int(0) } ?? 0
      night.id = last + 1
      try put(night)
    }
    return night
  }

  public func put(_ night: StoredNight) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO night (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        Value(night.id), .integer(night.started), Value(night.finished),
        Value(night.status.map { Int64($0) }), Value(night.newest), Value(night.settled),
        Value(night.files), .integer(night.bytes), .integer(night.lines), .integer(night.events),
        .integer(night.late), .text(night.program), Value(night.estate), Value(night.problem),
        Value(night.told),
      ]
    )
  }

  /// Events that came too late, by night, source and day.
  public func addLate(_ events: Int64, night: Int, source: String, day: Int) throws(StoreError) {
    try connection.run(
      "INSERT INTO late VALUES (?, ?, ?, ?)",
      [Value(night), .text(source), Value(day), .integer(events)]
    )
  }

  /// Of all nights, by source and day.
  public func late() throws(StoreError) -> [(source: String, day: Int, events: Int64)] {
    try connection.rows(
      "SELECT source, day, sum(events) FROM late GROUP BY source, day ORDER BY source, day"
    ) { (source: $0.text(0), day: $0.int(1), events: $0.integer(2)) }
  }

  // MARK: Settings

  public func setting(_ name: String) throws(StoreError) -> String? {
    try connection.first("SELECT value FROM setting WHERE name = ?", [.text(name)]) { $0.text(0) }
  }

  public func setSetting(_ name: String, _ value: String) throws(StoreError) {
    try connection.run("INSERT OR REPLACE INTO setting VALUES (?, ?)", [.text(name), .text(value)])
  }
}
