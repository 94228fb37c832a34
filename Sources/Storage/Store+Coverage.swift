public import EventModel

extension Store {
  /// What was seen of each source, day by day.
  public func coverageDays() throws(StoreError) -> [String: [DayCoverage]] {
    var found: [String: [DayCoverage]] = [:]
    try connection.each(
      """
      SELECT source, day, lines, bytes, events, unknown_volume, first, last, coalesce(hours, 0)
      FROM coverage_day LEFT JOIN coverage_hours USING (source, day) ORDER BY source, day
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
      day.hours = UInt32(truncatingIfNeeded: row.integer(8))
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
    try connection.run(
      "INSERT OR REPLACE INTO coverage_hours VALUES (?, ?, ?)",
      [.text(source), Value(day.day), .integer(Int64(day.hours))]
    )
  }

  /// What the listeners of each source lost, day by day.
  public func lostMessages() throws(StoreError) -> [String: [LostMessages]] {
    var found: [String: [LostMessages]] = [:]
    try connection.each(
      "SELECT source, day, messages, hours FROM coverage_lost ORDER BY source, day"
    ) { row in
      let hours = UInt32(truncatingIfNeeded: row.integer(3))
      found[row.text(0), default: []].append(
        LostMessages(day: row.int(1), messages: row.integer(2), hours: hours)
      )
    }
    return found
  }

  public func put(_ lost: LostMessages, of source: String) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO coverage_lost VALUES (?, ?, ?, ?)",
      [.text(source), Value(lost.day), .integer(lost.messages), .integer(Int64(lost.hours))]
    )
  }
}
