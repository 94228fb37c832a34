internal import EventModel

extension DetectionEngine {
  /// A finding in words.
  func finding(_ state: FindingState, of actor: ActorState) -> Finding {
    let type = DetectorRegistry.all[state.detector]
    let key = names.text(of: NameID(rawValue: state.key))
    let owner = names.text(of: NameID(rawValue: state.owner))
    var finding = Finding(
      id: StableID.text([
        "finding", type.name, state.kind.word, key, owner, state.subkey,
        names.text(of: NameID(rawValue: state.actor.terminal)), String(state.first),
      ]),
      detector: type.name,
      severity: state.severity,
      time: Timestamp(nanoseconds: state.time)
    )
    var text = type.describe(state, FindingWords(key: key, owner: owner, kind: state.kind))
    if let part = part(of: state, actor) {
      text.english += part.english
      text.japanese += part.japanese
    }
    finding.peak = Timestamp(nanoseconds: state.peak)
    finding.raised = state.raised.map {
      Finding.Raised(window: $0.window, value: $0.value, limit: $0.limit)
    }
    finding.first = Timestamp(nanoseconds: state.first)
    finding.last = Timestamp(nanoseconds: state.last)
    finding.window = state.window
    finding.value = state.value
    finding.limit = state.limit
    finding.unit = state.unit
    finding.counter = "\(state.kind.word) \(key)" + (owner.isEmpty ? "" : " × owner \(owner)")
    finding.counterJapanese =
      "\(state.kind.japanese) \(key)" + (owner.isEmpty ? "" : " × 委託元 \(owner)")
    finding.message = text.english
    finding.messageJapanese = text.japanese
    finding.explanations = text.explanations
    finding.explanationsJapanese = text.explanationsJapanese
    finding.technique = text.technique ?? type.technique
    finding.signal = type.signal
    if type == ScopeExceeded.self, !state.subkey.isEmpty {
      finding.instruction = Finding.InstructionUse(
        id: state.subkey,
        records: state.value,
        allowed: state.limit
      )
    }
    finding.events = state.events
    finding.counters = Self.counters(state.peaks)
    finding.evidence = state.places.sorted(by: FindingState.isStronger).map {
      Evidence(
        time: Timestamp(nanoseconds: $0.time),
        offset: $0.offset,
        line: Int64($0.line),
        length: Int64($0.length),
        digest: $0.digest,
        fileIndex: $0.file
      )
    }
    return finding
  }
  private static func counters(_ peaks: [Int64]) -> [Finding.NamedCount] {
    guard peaks.count >= 8 else { return [] }
    var counters: [Finding.NamedCount] = []
    for (index, name) in HorizonCounters.shortNames.enumerated() {
      counters.append(Finding.NamedCount(name: "records_\(name)", value: peaks[index]))
      counters.append(Finding.NamedCount(name: "owners_\(name)", value: peaks[index + 4]))
    }
    let long = HorizonCounters.longNames.dropFirst() + ["lifetime"]
    for (name, value) in zip(long, peaks.dropFirst(8)) {
      counters.append(Finding.NamedCount(name: "records_\(name)", value: value))
    }
    return counters.filter { $0.value >= 0 }
  }

  /// How much of what an account adds up to is this actor's at most, where that is less: others are
  /// behind the same account.
  private func part(
    of state: FindingState,
    _ actor: ActorState
  ) -> (english: String, japanese: String)? {
    guard state.kind == .account, state.window != "event", !state.value.isUnbounded else {
      return nil
    }
    if state.unit == "days" {
      guard actor.episodes < state.value.high else { return nil }
      let days = NumberText.counted(actor.episodes, "day")
      return (
        "; all who use the account together, this actor on at most \(days)",
        "(共用者全体。この行為者は最大 \(NumberText.grouped(actor.episodes)) 日)"
      )
    }
    let isShare = state.unit == "permille"
    let own = isShare ? actor.owners[state.owner]?.part.records : actor.records
    guard let own, !own.isUnbounded else { return nil }
    if isShare {
      let size = actor.owners[state.owner]?.size ?? -1
      guard size > 0, own.high < Int64.max / 1_000, own.high * 1_000 / size < state.value.high
      else { return nil }
    } else if own.high >= state.value.high {
      return nil
    }
    return (
      "; all who use the account together, this actor at most "
        + NumberText.counted(own.high, "record"),
      "(共用者全体。この行為者は最大 \(NumberText.grouped(own.high)) 件)"
    )
  }
}
