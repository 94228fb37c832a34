internal import EventModel

extension Incident {
  /// The same with its owners called otherwise; of several that are called the same one is left.
  ///
  /// Sentences stay as they were written.
  func naming(owners name: (String) -> String) -> Incident {
    var incident = self
    incident.owners = Self.united(owners, \.owner, name) { $0.merge($1) }
    incident.possibleOwners = Self.united(possibleOwners, \.owner, name) { $0.merge($1) }
    if let lookUps {
      incident.lookUps?.owners = Self.united(lookUps.owners, \.owner, name) { $0.merge($1) }
    }
    return incident
  }

  private static func united<Part>(
    _ parts: [Part],
    _ owner: WritableKeyPath<Part, String>,
    _ name: (String) -> String,
    _ merge: (inout Part, Part) -> Void
  ) -> [Part] {
    var united: [Part] = []
    for part in parts {
      var part = part
      if !part[keyPath: owner].isEmpty { part[keyPath: owner] = name(part[keyPath: owner]) }
      let same = united.firstIndex { $0[keyPath: owner] == part[keyPath: owner] }
      if let same { merge(&united[same], part) } else { united.append(part) }
    }
    return united
  }
}

extension Incident.OwnerCount {
  fileprivate mutating func merge(_ other: Self) {
    records.add(other.records)
    late = min(late &+ other.late, records.high)
    // Whom both know is not told: at least those of one, at most those of both.
    let least = max(subjects.low, other.subjects.low)
    subjects.add(other.subjects)
    subjects.low = least
    if subjects.low < subjects.high { subjects.quality = max(subjects.quality, .estimated) }
    share = share.flatMap { share in other.share.map { min(1, share + $0) } }
    first = min(first, other.first)
    last = max(last, other.last)
  }
}

extension Incident.PossibleOwner {
  fileprivate mutating func merge(_ other: Self) {
    subjects.high = max(subjects.high, other.subjects.high)
    share = share.flatMap { share in other.share.map { max(share, $0) } }
  }
}

extension Incident.LookUps.Owner {
  fileprivate mutating func merge(_ other: Self) {
    records.add(other.records)
    first = min(first, other.first)
    last = max(last, other.last)
  }
}
