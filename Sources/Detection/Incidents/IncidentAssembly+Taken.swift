internal import EventModel

extension DetectionEngine {
  /// What was taken: the sum that the owners of the incident come to, without putting it together.
  func taken(of key: ActorKey, _ actor: ActorState) -> Volume {
    let isApart = tellsApart(key, actor)
    let usual = usualLookUps(of: actor)
    var sum = Volume.none
    var isAny = false
    for (owner, total) in actor.owners.entries where !isApart || total.part.hasTakings {
      var records = isApart ? total.part.taken : total.part.records
      records.raise(by: actor.late(of: owner))
      records.lower(by: usual)
      sum.add(records)
      isAny = true
    }
    if !isAny { sum = records(of: actor) }
    if hidesReads(actor) { sum.leaveOpen() }
    return sum
  }
}
