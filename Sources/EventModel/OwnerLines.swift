extension Finding {
  /// Whether it tells of records gathered, and not yet of a device or a copy.
  public var isGathering: Bool { technique == "T1074" }
}

/// Which findings of an incident, and which of their lines, are one owner's.
///
/// Reports to an owner and answers to its inquiries follow this one rule: neither points to a line of another owner's
/// records, neither leaves out one that is known to be of its own.
public struct OwnerLines {
  private let owner: String
  /// Whether the incident concerns this owner, and nobody else.
  private let isAlone: Bool
  /// Of each day with bulk reads of the accounts, whose records these were.
  private let places: [Int: Set<String>]
  private let day: (Timestamp) -> Int

  /// How long after a taking a device or a copy is still told with it.
  private static let daysOfRemoval = 30

  /// `days`: what the accounts of the incident did, of all owners; `floor`: records of a bulk read; `day`: days since
  /// 1970 of the calendar of `days`.
  public init(
    _ owner: String,
    of incident: Incident,
    days: [HandlingDay],
    floor: Int64,
    day: @escaping (Timestamp) -> Int
  ) {
    self.owner = owner
    self.day = day
    isAlone = Self.isAlone(owner, in: incident)
    var places: [Int: Set<String>] = [:]
    for day in days where day.hasExport || day.records.low >= floor {
      places[day.day, default: []].insert(day.owner)
    }
    self.places = places
  }

  /// Whether the incident concerns the owner, and nobody else: then nothing is to be told apart.
  public static func isAlone(_ owner: String, in incident: Incident) -> Bool {
    incident.owners.count == 1 && incident.owners[0].owner == owner
  }

  /// Whether all of a finding is the owner's: its counter is, or there is no other owner.
  public func isOwn(_ finding: Finding) -> Bool {
    isAlone || finding.counter.hasSuffix(" × owner " + owner)
  }

  /// Whether a finding concerns the owner: all of it, or a line that is known to be of its records.
  public func concerns(_ finding: Finding) -> Bool {
    isOwn(finding) || finding.evidence.contains { isOwn($0, of: finding) }
  }

  /// The lines of a finding that are known to be the owner's.
  public func lines(of finding: Finding) -> [Evidence] {
    isOwn(finding) ? finding.evidence : finding.evidence.filter { isOwn($0, of: finding) }
  }

  /// How many lines of findings over several owners may be this owner's, or another's.
  public func undecided(in findings: [Finding]) -> Int {
    var found: Set<String> = []
    for finding in findings where !isOwn(finding) {
      for line in finding.evidence where places[day(line.time)]?.contains(owner) ?? false {
        if !isOwn(line, of: finding) { found.insert("\(line.file) \(line.offset)") }
      }
    }
    return found.count
  }

  /// Whether a line is of the owner's records: no other's were read in bulk on its day; or it tells of a device or
  /// a copy soon after a taking from this owner.
  private func isOwn(_ line: Evidence, of finding: Finding) -> Bool {
    let day = day(line.time)
    if let read = places[day] { return read == [owner] }
    guard finding.signal == .removal, !finding.isGathering else { return false }
    return places.contains {
      $0.value.contains(owner) && $0.key <= day && day - $0.key <= Self.daysOfRemoval
    }
  }
}
