public import EventModel

extension Store {
  /// What was seen of each source, day by day.
  public func coverageDays() throws(StoreError) -> [String: [DayCoverage]] {
    var found: [String: [DayCoverage]] = [:]
    try connection.each(
      """
      SELECT source, day, lines, bytes, events, unknown_volume, first, last
      FROM coverage_day ORDER BY source, day
      """
    ) { row in
      var day = DayCoverage(
        day: row.int(1),
        first: Timestamp(nanoseconds: row.integer(6)),
        last: Timestamp(nanoseconds: row.integer(7))
      )
      day.lines = row.integer(2)
      day.bytes = row.integer(3)
      day.events = row.integer(4)
      day.unknownVolume = row.integer(5)
      found[row.text(0), default: []].append(day)
    }
    return found
  }

  public func put(_ day: DayCoverage, of source: String) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO coverage_day VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .text(source), Value(day.day), .integer(day.lines), .integer(day.bytes),
        .integer(day.events), .integer(day.unknownVolume), .integer(day.first.nanoseconds),
        .integer(day.last.nanoseconds),
      ]
    )
  }
}
