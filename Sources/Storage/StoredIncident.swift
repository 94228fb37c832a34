public import EventModel

/// An incident as it stood on the night it last changed.
public struct StoredIncident: Sendable, Hashable {
  public var id: String
  public var severity: Severity
  public var actor: String
  /// Records, lower and upper end.
  public var low: Int64
  public var high: Int64
  /// SHA-256 of all that it says, places of evidence left out: logs are renamed every night.
  public var digest: [UInt8]
  public var firstNight: Int
  public var changedNight: Int
  /// The last night of which it was told.
  public var toldNight: Int?
  /// The incident as one line of JSON.
  public var body: String

  public init(
    id: String,
    severity: Severity,
    actor: String,
    low: Int64,
    high: Int64,
    digest: [UInt8],
    night: Int,
    body: String
  ) {
    self.id = id
    self.severity = severity
    self.actor = actor
    self.low = low
    self.high = high
    self.digest = digest
    firstNight = night
    changedNight = night
    self.body = body
  }

  /// Whether a later night found that it no longer stands: its digest is zeros.
  public var isWithdrawn: Bool { digest == ChainLink.start }

  /// The same, taken back on a night; what it said stays in `body`.
  public func withdrawn(night: Int) -> Self {
    var copy = self
    (copy.severity, copy.low, copy.high) = (.informational, 0, 0)
    (copy.digest, copy.changedNight, copy.toldNight) = (ChainLink.start, night, night)
    return copy
  }

  /// Whether it was not told since it last changed.
  public var isUntold: Bool { toldNight ?? 0 < changedNight }
}

/// How an incident stood on a night.
public struct IncidentChange: Sendable, Hashable {
  public var incident: String
  public var night: Int
  public var severity: Severity
  public var low: Int64
  public var high: Int64
}

extension Store {
  /// All incidents, in order of id.
  public func incidents() throws(StoreError) -> [StoredIncident] {
    try connection.rows(
      """
      SELECT id, severity, actor, low, high, digest, first_night, changed_night, told_night, body
      FROM incident ORDER BY id
      """
    ) { row in
      var incident = StoredIncident(
        id: row.text(0),
        severity: Severity(rawValue: UInt8(clamping: row.int(1))) ?? .informational,
        actor: row.text(2),
        low: row.integer(3),
        high: row.integer(4),
        digest: row.bytes(5),
        night: row.int(6),
        body: row.text(9)
      )
      incident.changedNight = row.int(7)
      incident.toldNight = row.optional(8).map { Int($0) }
      return incident
    }
  }

  /// Takes in an incident that is new or changed, and notes the change in its history.
  public func put(_ incident: StoredIncident) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .text(incident.id), Value(Int(incident.severity.rawValue)), .text(incident.actor),
        .integer(incident.low), .integer(incident.high), .blob(incident.digest),
        Value(incident.firstNight), Value(incident.changedNight),
        Value(incident.toldNight.map { Int64($0) }), .text(incident.body),
      ]
    )
    try connection.run(
      "INSERT OR REPLACE INTO incident_history VALUES (?, ?, ?, ?, ?, ?)",
      [
        .text(incident.id), Value(incident.changedNight),
        Value(Int(incident.severity.rawValue)), .integer(incident.low), .integer(incident.high),
        .blob(incident.digest),
      ]
    )
  }

  /// Keeps an incident's line of JSON as it is now; it is no change that is told.
  public func setBody(_ body: String, of id: String) throws(StoreError) {
    try connection.run("UPDATE incident SET body = ? WHERE id = ?", [.text(body), .text(id)])
  }

  /// Notes that all incidents were told up to a night.
  public func markTold(night: Int, at time: Int64) throws(StoreError) {
    try transaction { () throws(StoreError) in
      try connection.run(
        "UPDATE incident SET told_night = ? WHERE told_night IS NULL OR told_night < changed_night",
        [Value(night)]
      )
      try connection.run(
        "UPDATE night SET told = ? WHERE id <= ? AND told IS NULL",
        [.integer(time), Value(night)]
      )
    }
  }

  /// How incidents changed, night by night.
  public func history() throws(StoreError) -> [IncidentChange] {
    try connection.rows(
      "SELECT incident, night, severity, low, high FROM incident_history ORDER BY incident, night"
    ) { row in
      IncidentChange(
        incident: row.text(0),
        night: row.int(1),
        severity: Severity(rawValue: UInt8(clamping: row.int(2))) ?? .informational,
        low: row.integer(3),
        high: row.integer(4)
      )
    }
  }

  // MARK: Evidence

  /// SHA-256 of the lines that findings pointed to, by place.
  public func evidence() throws(StoreError) -> [LinePlace: [UInt8]] {
    var found: [LinePlace: [UInt8]] = [:]
    try connection.each("SELECT stream, start, length, digest FROM evidence") { row in
      let place = LinePlace(
        file: UInt32(clamping: row.integer(0)),
        length: UInt32(clamping: row.integer(2)),
        offset: row.integer(1)
      )
      found[place] = row.bytes(3)
    }
    return found
  }

  public func add(_ place: LinePlace, digest: [UInt8]) throws(StoreError) {
    try connection.run(
      "INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)",
      [
        .integer(Int64(place.file)), .integer(place.offset), .integer(Int64(place.length)),
        .blob(digest),
      ]
    )
  }
}
