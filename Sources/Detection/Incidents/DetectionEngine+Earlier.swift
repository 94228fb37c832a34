internal import EventModel

extension DetectionEngine {
  /// What led to a finding of small reads joins the incident, as far as it is not in it yet.
  ///
  /// Of those of today the windows hold each by itself, with its owner: they join as what they are, unless there are
  /// many others among them. Of those before, the number alone is known: none of them may be new, or all. What a limit of
  /// small reads took in meanwhile is in the incident already.
  mutating func takeEarlier(
    _ hit: borrowing Hit,
    _ subject: ActorKey,
    _ shelf: Int,
    _ place: Int,
    _ handling: borrowing Handling
  ) {
    let first = min(Int32(clamping: clock.reading(at: hit.earlierFirst).day), handling.day)
    // Of reads of one owner, what joined of others is none of them.
    let joined =
      hit.isEarlierCertain
      ? actors[subject].owners[handling.owner.rawValue]?.joined : actors[subject].joined
    var held = joined?.since(first).high ?? 0
    if subject.kind == .terminal {
      // What each account read there is kept apart.
      for account in keys[shelf][place].accounts {
        let part = ActorKey(kind: .terminalPart, name: subject.name, terminal: account)
        held &+= actors[part].joined.since(first).high
      }
    }
    var more = max(0, hit.earlier &- held)
    guard more > 0 || hit.takesToday else { return }
    if shelf == Int(KeyKind.account.rawValue), hit.earlierToday > 0 {
      let entries = keys[shelf][place].windows.takeSmall(
        since: clock.start(of: Int(handling.day)),
        tag: handling.actorTag,
        most: hit.earlierToday &+ hit.earlierToday / 8 &+ 16,
        besides: hit.isBesidesCalls ? HorizonCounters.Entry.called : 0
      )
      var taken: Int64 = 0
      for entry in entries {
        actors[subject].accrueRoutine(entry, day: handling.day)
        taken &+= Int64(entry.charge)
      }
      let known = min(taken, hit.earlierToday)
      // The others are beside what was found.
      actors[subject].joined.add(low: 0, high: known &- taken, on: handling.day)
      more = max(0, more &- known)
    }
    guard more > 0 else { return }
    var trace = Ledger.Trace()
    (trace.first, trace.last) = (hit.earlierFirst, handling.row.time)
    actors[subject].takeEarlier(
      handling.owner.rawValue,
      more,
      // Of a shared account, or of several at a terminal, another may have read them.
      isCertain: hit.isEarlierCertain && handling.actorTag == 0 && subject.kind != .terminal,
      trace,
      days: first...handling.day
    )
  }
}
