internal import Detection
internal import EventModel
internal import Ingest
internal import Storage

/// What a night has to say beside incidents.
extension NightKeeper {
  func notices(
    _ night: StoredNight,
    _ result: ScanResult,
    _ engine: NightlyEngine,
    _ repeated: [Notice]
  ) throws -> [Notice] {
    var notices = try missedNights(before: night)
    notices += late(engine)
    if let last = try store.nights().last(where: { $0.id < night.id }),
      let notice = Notice.clockBack(from: last.started, to: night.started)
    {
      notices.append(notice)
    }
    notices += repeated + plan.notices + plan.breaches.map(\.notice)
    notices += plan.unread.map(\.part.notice)
    let before = try store.lastNight()?.id ?? 0
    notices += try StoreBreach.all(in: store).compactMap { $0.notice(since: before) }
    notices += Notice.brokenChains(try Verification.brokenChains(store))
    notices += try expiredDecisions(night)
    if let notice = DeclaredRules(scan.estate).notice(since: try store.declaredRules()) {
      notices.append(notice)
    }
    let tickets = try KnownTickets(store).map { KnownTickets(scan.estate).change(since: $0) }
    notices += [tickets?.notice].compactMap { $0 }
    if isFirstKey { notices.append(.firstKey) }
    notices += try renamedOwners()
    if let before = memory.detectors,
      let notice = KeptDetectors(chosen: options.detectors).notice(since: before)
    {
      notices.append(notice)
    }
    let told = Set(try store.notices(untold: false).map(\.notice.english))
    if !options.isLive {
      notices += result.coverage.sources.compactMap(Notice.lost).filter {
        !told.contains($0.english)
      }
      notices += try skews().filter { !told.contains($0.english) }
    }
    for input in result.coverage.unreadable {
      notices.append(
        Notice(
          .unreadable,
          english: "\(input.path): \(input.reason)",
          japanese: "\(input.path): 読めない、または一部のみ読めた(\(input.reason))"
        )
      )
    }
    // What is as it was is told once.
    return notices.filter { notice in
      switch notice.kind {
      // A run that is killed before it forgets the attempts it has told of leaves them to the next.
      case .unreadable, .copy, .chain, .missedNight, .owner: !told.contains(notice.english)
      default: true
      }
    }
  }

  /// What came too late to be judged, by source: one for each time by which they may come late.
  private func late(_ engine: NightlyEngine) -> [Notice] {
    var found: [Int64: [String: Int64]] = [:]
    for (key, count) in engine.late {
      let source = Int(key.source)
      let name = source < scan.sources.count ? scan.sources[source].name : "?"
      found[engine.marks.lateness(of: source), default: [:]][name, default: 0] += count
    }
    return found.keys.sorted().map { late(found[$0] ?? [:], than: $0) }
  }

  private func late(_ bySource: [String: Int64], than lateness: Int64) -> Notice {
    let late = bySource.values.reduce(0, +)
    let named = bySource.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var sources = named.prefix(8).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    if named.count > 8 { sources += ", …" }
    let (seconds, hour) = (lateness / Timestamp.nanosecondsPerSecond, Int64(3600))
    let isWhole = seconds % hour == 0
    let english = NumberText.counted(
      isWhole ? seconds / hour : seconds,
      isWhole ? "hour" : "second"
    )
    let japanese = isWhole ? "\(seconds / hour) 時間" : "\(seconds) 秒"
    return Notice(
      .lateEvents,
      english: NumberText.counted(late, "event") + " came later than \(english) (\(sources))"
        + (late == 1
          ? ": it is counted, and was not judged." : ": they are counted, and were not judged."),
      japanese: "\(late) 件の事象が \(japanese)を超えて遅れて届いたため(\(sources))、計数のみ行い、判定していません。"
    )
  }

  /// Clocks that a watch has found to be off by more than a minute.
  private func skews() throws -> [Notice] {
    try StoredSkews(store).items.compactMap { item in
      guard let source = scan.sourceKeys.firstIndex(of: item.source) else { return nil }
      return OffClock(item, source: scan.sources[source].name).notice
    }
  }

  /// Incidents that were held to be legitimate until a day that is over since the night before.
  private func expiredDecisions(_ night: StoredNight) throws -> [Notice] {
    func day(_ seconds: Int64) -> String {
      let offset = Int64(scan.calendarZone.offset(atUTC: seconds))
      return String("\(Timestamp(seconds: seconds + offset))".prefix(10))
    }
    let before = try store.nights().last { $0.id < night.id && $0.finished != nil }
    guard let before else { return [] }
    let (last, today) = (day(before.started), day(night.started))
    var standing: [String: TriageAct] = [:]
    for act in try TriageLog.all(in: store) where act.kind.isDecision { standing[act.id] = act }
    return standing.keys.sorted().compactMap { id in
      guard let until = standing[id]?.until, until >= last, until < today else { return nil }
      return Notice(
        .expired,
        english: "incident \(id) was held to be legitimate until \(until): decide again"
          + " (ometsuke triage list).",
        japanese: "事案 \(id) を正当とした判断は \(until) で期限切れです。再判断してください(ometsuke triage list)。"
      )
    }
  }

  private func missedNights(before night: StoredNight) throws -> [Notice] {
    let nights = try store.nights().filter { $0.id < night.id }
    let last = nights.last { $0.finished != nil }
    let broken = nights.filter { $0.id > last?.id ?? 0 }
    var notices: [Notice] = []
    for night in broken {
      let time = Timestamp(seconds: night.started)
      notices.append(
        Notice(
          .missedNight,
          english: "The run of \(time) did not come to its end; what it was to read is read now.",
          japanese: "\(time) の実行は完了しませんでした。対象分は今回読みました。"
        )
      )
    }
    // One that came as far as its row is told by that; one that gave no reason may be a night that came to its end.
    let (begun, rows) = (Set(broken.map(\.started)), Set(nights.map(\.started)))
    let failed = options.attempts.filter { attempt in
      !(attempt.reason.isEmpty ? rows : begun).contains(attempt.began)
    }
    notices += failed.map(\.notice)
    // Of a clock that was set back the night before is not the last.
    if broken.isEmpty, failed.isEmpty,
      let last = nights.filter({ $0.finished != nil }).max(by: { $0.started < $1.started })
    {
      let days = (night.started - last.started + 43_200) / 86_400
      if days > 1 {
        notices.append(
          Notice(
            .missedNight,
            english: "No run on \(days - 1) night\(days == 2 ? "" : "s") since"
              + " \(Timestamp(seconds: last.started)); made up for now.",
            japanese:
              "\(Timestamp(seconds: last.started)) 以降 \(days - 1) 夜分の実行がありませんでした。今回まとめて判定しました。"
          )
        )
      }
    }
    return notices
  }
}

extension Notice {
  /// What the listeners of a source have lost in all: once more when it has grown.
  fileprivate static func lost(_ source: SourceCoverage) -> Self? {
    guard source.lostMessages > 0, let day = source.lost.last(where: { $0.messages > 0 })?.day
    else { return nil }
    let (number, text) = (source.lostMessages, CivilCalendar.text(ofDay: day))
    return Self(
      .gap,
      english: "source \(source.name): its listener lost " + NumberText.counted(number, "message")
        + " in all, last on \(text): in no log, and not judged.",
      japanese: "情報源 \(source.name):受信時に失われたメッセージは計 \(number) 件、最後は \(text)。"
        + "どのログにもなく、判定していません。"
    )
  }
}
