public import EventModel

/// What the store remembers of a finding's or an incident's evidence: places and digests, no content.
public struct StoredEvidence: Sendable {
  public struct Line: Sendable {
    public var finding: String
    /// RFC 3339.
    public var time: String
    /// Its time is left out.
    public var evidence: Evidence
  }

  public var incident: StoredIncident
  /// In the order in which the findings tell them.
  public var lines: [Line]
}

extension Store {
  private static func formerSetting(_ id: String) -> String { "id-now \(id)" }

  /// Notes that a finding has another id since its owner is called otherwise.
  public func note(_ former: String, isNow id: String) throws(StoreError) {
    try setSetting(Self.formerSetting(former), id)
    // One that is called again what it was is itself.
    try connection.run("DELETE FROM setting WHERE name = ?", [.text(Self.formerSetting(id))])
  }

  /// The id of a finding now, by one that it had.
  public func presentID(_ id: String) throws(StoreError) -> String {
    var id = id
    for _ in 0..<64 {
      guard let next = try setting(Self.formerSetting(id)) else { return id }
      id = next
    }
    return id
  }

  /// The evidence of a finding or an incident; `nil`: none has the id.
  public func evidence(of id: String) throws(StoreError) -> StoredEvidence? {
    let id = try presentID(id)
    let owner = try connection.first(
      """
      SELECT incident.id FROM incident WHERE id = ?1 OR EXISTS
      (SELECT 1 FROM json_each(body, '$.findings') WHERE json_extract(value, '$.id') = ?1)
      ORDER BY id <> ?1, id LIMIT 1
      """,
      [.text(id)]
    ) { $0.text(0) }
    guard let owner, let incident = try incidents().first(where: { $0.id == owner }) else {
      return nil
    }
    let lines = try connection.rows(
      """
      SELECT json_extract(f.value, '$.id'), json_extract(e.value, '$.time'),
      json_extract(e.value, '$.file'), json_extract(e.value, '$.member'),
      json_extract(e.value, '$.offset'), json_extract(e.value, '$.line'),
      json_extract(e.value, '$.length'), json_extract(e.value, '$.sha256')
      FROM incident, json_each(body, '$.findings') f, json_each(f.value, '$.evidence') e
      WHERE incident.id = ?1 AND (?1 = ?2 OR json_extract(f.value, '$.id') = ?2)
      ORDER BY f.key, e.key
      """,
      [.text(owner), .text(id)]
    ) { row in
      var evidence = Evidence(
        time: Timestamp(nanoseconds: 0),
        offset: row.integer(4),
        line: row.integer(5),
        length: row.integer(6),
        digest: 0,
        fileIndex: 0
      )
      evidence.file = row.text(2)
      evidence.member = row.isNull(3) ? nil : row.text(3)
      evidence.sha256 = row.isNull(7) ? nil : row.text(7)
      return StoredEvidence.Line(finding: row.text(0), time: row.text(1), evidence: evidence)
    }
    return StoredEvidence(incident: incident, lines: lines)
  }

  /// The logs that held such a line, by number.
  public func logs(of evidence: Evidence) throws(StoreError) -> [Int] {
    try connection.rows(
      """
      SELECT stream FROM evidence WHERE start = ? AND length = ? AND lower(hex(digest)) = ?
      ORDER BY stream
      """,
      [
        .integer(evidence.offset), .integer(evidence.length), .text(evidence.sha256 ?? ""),
      ]
    ) { $0.int(0) }
  }
}
