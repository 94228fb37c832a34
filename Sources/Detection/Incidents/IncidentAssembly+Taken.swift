internal import EventModel

extension DetectionEngine {
  /// What was taken: the sum that the owners of the incident come to, without putting it together.
  func taken(of key: ActorKey, _ actor: ActorState) -> Volume {
    let isApart = tellsApart(key, actor)
    let usual = usualLookUps(of: actor)
    var sum = Volume.none
    var isAny = false
    for (owner, total) in actor.owners.entries where Self.isTold(total, isApart: isApart) {
      sum.add(Self.records(of: owner, total, actor, isApart: isApart, usual: usual))
      isAny = true
    }
    if !isAny { sum = records(of: actor) }
    if hidesReads(actor) { sum.leaveOpen() }
    return sum
  }

  /// Whether an owner stands in the incident, or among the look-ups beside it alone.
  static func isTold(_ total: ActorState.OwnerTotal, isApart: Bool) -> Bool {
    !isApart || total.part.hasTakings
  }

  /// The records of an owner that an incident tells of.
  ///
  /// The upper end holds what an instruction that came afterwards may cover; the lower one leaves out look-ups that may
  /// be usual, of which no log tells whose they were.
  static func records(
    of owner: UInt32,
    _ total: ActorState.OwnerTotal,
    _ actor: ActorState,
    isApart: Bool,
    usual: Int64
  ) -> Volume {
    var records = isApart ? total.part.taken : total.part.records
    records.raise(by: actor.late(of: owner))
    records.lower(by: usual)
    return records
  }
}
