internal import EventModel

extension DetectionEngine {
  /// What was taken: the sum that the owners of the incident come to, without putting it together.
  func taken(of key: ActorKey, _ actor: ActorState) -> Volume {
    let isApart = tellsApart(key, actor)
    let usual = usualLookUps(of: actor)
    var sum = Volume.none
    var isAny = false
    for (_, total) in actor.owners.entries where !isApart || total.part.hasTakings {
      var records = isApart ? total.part.taken : total.part.records
      records.lower(by: usual)
      sum.add(records)
      isAny = true
    }
    if !isAny { sum = records(of: actor) }
    if hidesReads(actor) { sum.leaveOpen() }
    return sum
  }
}

extension Volume {
  /// Up to so many of it may be none.
  mutating func lower(by count: Int64) {
    guard count > 0, low > 0 else { return }
    low = max(0, low &- count)
    if quality == .exact { quality = .estimated }
  }

  /// Nothing bounds it any more.
  mutating func leaveOpen() {
    high = Volume.unbounded
    quality = low > 0 ? .atLeast : .unknown
  }
}
