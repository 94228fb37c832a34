public import EventModel

/// What another policy would have changed over the same records.
public struct PolicyDifference: Sendable {
  /// What one policy finds.
  public struct Side: Sendable, Hashable {
    public var incidents = 0
    /// Incidents of the level or above that no exception covers.
    public var raised = 0
    /// Days of incidents on which a finding of the level or above was first raised.
    public var alerts = 0
    /// Records of the raised incidents, those of organisations and sources apart: they tell the same
    /// reads again, or none.
    public var records = Volume.none
  }

  /// An incident that only one policy raises, or both with another severity.
  public struct Change: Sendable, Hashable {
    public var id: String
    public var actor: String
    /// `nil`: not raised.
    public var before: Severity?
    public var after: Severity?
    public var records: Volume
  }

  public let level: Severity
  /// Days with an event.
  public let days: Int
  public let before: Side
  public let after: Side
  /// Lost ones first, then new ones, then changed ones; each by records.
  public let changes: [Change]

  /// Compares two outcomes over the same records, which have events on so many days.
  public init(before: IncidentList, after: IncidentList, days: Int, level: Severity) {
    self.level = level
    self.days = days
    self.before = Self.side(before, level)
    self.after = Self.side(after, level)
    let (old, new) = (Self.raised(before, level), Self.raised(after, level))
    var changes: [Change] = []
    for (id, summary) in old where new[id]?.severity != summary.severity {
      changes.append(
        Change(
          id: id,
          actor: summary.actor,
          before: summary.severity,
          after: new[id]?.severity,
          records: summary.records
        )
      )
    }
    for (id, summary) in new where old[id] == nil {
      changes.append(
        Change(
          id: id,
          actor: summary.actor,
          before: nil,
          after: summary.severity,
          records: summary.records
        )
      )
    }
    self.changes = changes.sorted {
      let (left, right) = (Self.rank($0), Self.rank($1))
      if left != right { return left < right }
      return ($1.records.low, $1.records.high, $0.id) < ($0.records.low, $0.records.high, $1.id)
    }
  }

  private static func rank(_ change: Change) -> Int {
    change.after == nil ? 0 : change.before == nil ? 1 : 2
  }

  /// Alerts a day, `nil` without a day.
  public func alertsPerDay(_ side: Side) -> Double? { Self.perDay(side.alerts, days) }

  /// A number of alerts by day, `nil` without a day.
  public static func perDay(_ alerts: Int, _ days: Int) -> Double? {
    days > 0 ? Double(alerts) / Double(days) : nil
  }

  private static func raised(
    _ list: IncidentList,
    _ level: Severity
  ) -> [String: IncidentList.Summary] {
    var result: [String: IncidentList.Summary] = [:]
    for summary in list.summaries where summary.severity >= level && !summary.isExcepted {
      result[summary.id] = summary
    }
    return result
  }

  /// What one policy finds: each incident is put together once.
  public static func side(_ list: IncidentList, _ level: Severity) -> Side {
    var side = Side()
    side.incidents = list.count
    for (index, summary) in list.summaries.enumerated()
    where summary.severity >= level && !summary.isExcepted {
      side.raised += 1
      if !summary.actor.hasPrefix("organisation:"), !summary.actor.hasPrefix("source:") {
        side.records.add(summary.records)
      }
      let days = list[index].findings.filter { $0.severity >= level && $0.exception == nil }
        .map { $0.time.dayNumber() }
      side.alerts += Set(days).count
    }
    return side
  }
}
