internal import EventModel

/// Whose a sum is that several make at one shared account.
extension DetectionEngine {
  /// Whether a hit is for others to answer for: they have passed the limit already, and this actor,
  /// who is behind the same account, would not have passed it alone.
  ///
  /// Without this whoever reads a single record through a shared account would stand beside what a
  /// colleague took. The actor's own part is what his person has read, or his terminal while the
  /// person is not known, and was not told yet.
  mutating func isOthers(
    _ hit: borrowing Hit,
    _ index: Int,
    _ name: NameID,
    _ handling: borrowing Handling
  ) -> Bool {
    guard handling.isShared, needs.contains(.otherKeys), let actor = actorKey(of: handling),
      actor.kind == .person || actor.kind == .sharedAccount
    else { return false }
    let detector = detectorPlaces[index]
    let key = findingKey(of: hit, detector, .account, name, actor)
    let gap = hit.gap ?? DetectorRegistry.all[detector].gap
    let (now, time) = (handling.row.time, lastTold[key.ofAnybody])
    guard let time, now &- time <= gap else { return false }
    if let own = openFindings[key], now &- findings[own].last <= gap { return false }
    return !hitsAlone(index, actor, handling)
  }

  /// What is told of an actor where several are behind his account: his own reads where they pass the limit
  /// without the others'; what all of them add up to only where nobody's do.
  mutating func ownPart(
    of hit: Hit,
    _ index: Int,
    _ name: NameID,
    _ place: Int,
    _ handling: borrowing Handling
  ) -> Hit {
    guard handling.isShared, handling.actorTag != 0, let actor = actorKey(of: handling) else {
      return hit
    }
    let shelf = Int(KeyKind.account.rawValue)
    guard let own = detectors[index].own(hit, of: handling, state: &keys[shelf][place]),
      own.hit.value != hit.value
    else { return hit }
    var told = own.hit
    told.isOwn = true
    if own.passes { return told }
    // What was told of him goes on, and does not grow by what others read.
    let detector = detectorPlaces[index]
    let key = findingKey(of: hit, detector, .account, name, actor)
    let gap = hit.gap ?? DetectorRegistry.all[detector].gap
    guard let open = openFindings[key], handling.row.time &- findings[open].last <= gap else {
      return hit
    }
    return told
  }

  private mutating func hitsAlone(
    _ index: Int,
    _ actor: ActorKey,
    _ handling: borrowing Handling
  ) -> Bool {
    let kind: KeyKind = actor.kind == .person ? .person : .terminal
    let name = kind == .person ? handling.person : handling.terminal
    var own = KeyState()
    if let place = keyPlaces[Int(kind.rawValue)][name.rawValue] {
      own = keys[Int(kind.rawValue)][place]
      // To count the read in a copy costs as much as the state is large: only where it may matter.
      if !handling.isBulk,
        !attention[handling.roleIndex].mayBeDrawn(by: handling.unexplainedCharge, of: handling, own)
      {
        return false
      }
    }
    withUnsafePointer(to: handling) { own.add($0, kind: kind, needs: needs) }
    return detectors[index].observe(handling, kind: .account, state: &own) != nil
  }

  /// What tells a finding from others, as it is told of an actor.
  func findingKey(
    of hit: borrowing Hit,
    _ detector: Int,
    _ kind: KeyKind,
    _ name: NameID,
    _ actor: ActorKey
  ) -> FindingKey {
    FindingKey(
      detector: detector,
      kind: kind,
      key: name.rawValue,
      owner: hit.owner.rawValue,
      subkey: hit.instruction == .none ? hit.subkey : names.text(of: hit.instruction),
      actor: actor
    )
  }
}

extension DetectionEngine.FindingKey {
  /// The same, whoever is behind the account.
  var ofAnybody: Self {
    var key = self
    key.actor = ActorKey(kind: .account, name: self.key)
    return key
  }
}
