internal import EventModel

/// A table, and how it is cut into parts that have a digest each: a day, a log, an incident.
///
/// A part is told by the first columns of the primary key, so that one part is read without the others,
/// and all of them in one pass. What the digest is over: docs/formats/store.md.
struct PartedTable: Sendable {
  /// A column of the table, by its place among the columns.
  enum Key: Sendable {
    case text(Int, String)
    /// So many numbers make one part.
    case number(Int, String, each: Int64)
    /// The first byte of a digest.
    case byte(Int, String)
  }

  let name: String
  /// In order of the schema; those of later steps at the end.
  let columns: String
  /// The primary key.
  let order: String
  let keys: [Key]
  /// Whether a watch and the sinks write it between nights.
  let isLive: Bool

  private init(
    _ name: String,
    _ columns: String,
    by order: String,
    _ keys: [Key],
    isLive: Bool = false
  ) {
    (self.name, self.columns, self.order, self.keys) = (name, columns, order, keys)
    self.isLive = isLive
  }

  /// All but the chains, which are checked link by link.
  static let all = [
    Self("setting", "name, value", by: "name", [.text(0, "name")]),
    Self(
      "night",
      "id, started, finished, status, newest, settled, files, bytes, lines, events, late, program,"
        + " estate, problem, told",
      by: "id",
      [.number(0, "id", each: 32)],
      isLive: true
    ),
    Self(
      "stream",
      "id, source, path, device, inode, size, changed, head_length, head, consumed, line, edge, facts,"
        + " open_rows, open_book, first_night, last_night, missing_since, rungs",
      by: "id",
      [.number(0, "id", each: 1)],
      isLive: true
    ),
    Self(
      "stream_change",
      "stream, changed",
      by: "stream",
      [.number(0, "stream", each: 16)],
      isLive: true
    ),
    Self(
      "seal",
      "stream, start, length, night, digest",
      by: "stream, start",
      [.number(0, "stream", each: 16)]
    ),
    Self(
      "piece_time",
      "stream, start, first, last",
      by: "stream, start",
      [.number(0, "stream", each: 16)]
    ),
    Self("held", "id, rows", by: "id", [.number(0, "id", each: 1)]),
    Self("value", "name, length, pieces", by: "name", [.text(0, "name")], isLive: true),
    Self("piece", "digest, bytes", by: "digest", [.byte(0, "digest")], isLive: true),
    Self(
      "coverage_day",
      "source, day, lines, bytes, events, unknown_volume, first, last",
      by: "source, day",
      [.number(1, "day", each: 1), .text(0, "source")],
      isLive: true
    ),
    Self(
      "coverage_hours",
      "source, day, hours",
      by: "source, day",
      [.number(1, "day", each: 1), .text(0, "source")],
      isLive: true
    ),
    Self(
      "coverage_lost",
      "source, day, messages, hours",
      by: "source, day",
      [.number(1, "day", each: 1), .text(0, "source")],
      isLive: true
    ),
    Self(
      "late",
      "night, source, day, events",
      by: "night, source, day",
      [.number(0, "night", each: 1)]
    ),
    Self(
      "incident",
      "id, severity, actor, low, high, digest, first_night, changed_night, told_night, body",
      by: "id",
      [.text(0, "id")]
    ),
    Self(
      "incident_history",
      "incident, night, severity, low, high, digest",
      by: "incident, night",
      [.text(0, "incident")]
    ),
    Self(
      "notice",
      "night, number, kind, english, japanese",
      by: "night, number",
      [.number(0, "night", each: 1)],
      isLive: true
    ),
    Self(
      "evidence",
      "stream, start, length, digest",
      by: "stream, start, length",
      [.number(0, "stream", each: 1), .number(1, "start", each: 1 << 24)],
      isLive: true
    ),
    Self("name", "id, bytes", by: "id", [.number(0, "id", each: 256)]),
    Self("anchor_token", "head, token", by: "head", [.byte(0, "head")]),
    Self(
      "journal",
      "id, rows, lines, events, bytes",
      by: "id",
      [.number(0, "id", each: 1)],
      isLive: true
    ),
    Self("journal_stream", "stream", by: "stream", [.number(0, "stream", each: 256)], isLive: true),
    Self(
      "journal_seal",
      "stream, start, length, digest, first, last",
      by: "stream",
      [.number(0, "stream", each: 16)],
      isLive: true
    ),
    Self(
      "outbox",
      "sink, id, number, revision, body, problem",
      by: "sink, id",
      [.text(1, "id"), .text(0, "sink")],
      isLive: true
    ),
    Self(
      "delivered",
      "sink, id, revision",
      by: "sink, id",
      [.text(1, "id"), .text(0, "sink")],
      isLive: true
    ),
    Self("source_owner", "source, owner, first, last", by: "source, owner", [.text(0, "source")]),
    Self(
      "subject_sample",
      "owner, account, year, count, subjects",
      by: "owner, account, year",
      [.number(0, "owner", each: 1), .number(1, "account", each: 1), .number(2, "year", each: 1)]
    ),
    Self("ledger", "day, lines", by: "day", [.number(0, "day", each: 1)]),
  ]

  static let places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].name, $0) })

  // MARK: Parts

  /// What a part is called: of each key column its text, the number of its block, or its byte, tabs between.
  func part(integer: (Int) -> Int64, text: (Int) -> String, byte: (Int) -> UInt8) -> String {
    var part = ""
    for (index, key) in keys.enumerated() {
      if index > 0 { part += "\t" }
      switch key {
      case .text(let column, _): part += text(column)
      case .number(let column, _, let each): part += String(Self.block(integer(column), each))
      case .byte(let column, _): part += String(byte(column))
      }
    }
    return part
  }

  private static func block(_ number: Int64, _ each: Int64) -> Int64 {
    each == 1 ? number : number >= 0 ? number / each : (number + 1) / each - 1
  }

  /// The condition that a row is of a part, and its values.
  func condition(of part: String) -> (sql: String, values: [Value]) {
    var terms: [String] = []
    var values: [Value] = []
    for (key, word) in zip(keys, words(of: part)) {
      switch key {
      case .text(_, let name):
        terms.append("\(name) = ?")
        values.append(.text(word))
      case .number(_, let name, 1):
        // Not as a range: SQLite would look through all rows of the column before, for each part anew.
        terms.append("\(name) = ?")
        values.append(.integer(Int64(word) ?? 0))
      case .number(_, let name, let each):
        let first = (Int64(word) ?? 0).multipliedReportingOverflow(by: each).partialValue
        terms.append("\(name) BETWEEN ? AND ?")
        values += [.integer(first), .integer(first + (each - 1))]
      case .byte(_, let name):
        let byte = UInt8(word) ?? 0
        terms.append("\(name) >= ?" + (byte < 255 ? " AND \(name) < ?" : ""))
        values.append(.blob([byte]))
        if byte < 255 { values.append(.blob([byte + 1])) }
      }
    }
    return (terms.joined(separator: " AND "), values)
  }

  /// Such as `day 2024-05-03, source crm`.
  func words(for part: String) -> String {
    zip(keys, words(of: part)).map { key, word in
      switch key {
      case .text(_, let name): return "\(name) \(word)"
      case .byte(_, let name):
        return "\(name) \(ChainLink.hex([UInt8(word) ?? 0]))…"
      case .number(_, "day", _):
        return "day \(CivilCalendar.text(ofDay: Int(word) ?? 0))"
      case .number(_, let name, let each):
        guard each > 1, let block = Int64(word) else { return "\(name) \(word)" }
        let first = block.multipliedReportingOverflow(by: each).partialValue
        return "\(name) \(first) to \(first + (each - 1))"
      }
    }.joined(separator: ", ")
  }

  private func words(of part: String) -> [String] {
    part.split(separator: "\t", maxSplits: keys.count - 1, omittingEmptySubsequences: false)
      .map(String.init)
  }
}
