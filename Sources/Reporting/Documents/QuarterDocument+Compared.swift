internal import Estate
internal import EventModel

/// Each of the thirteen headings beside the quarter before.
extension QuarterDocument {
  private var comparison: QuarterComparison {
    let earlier = QuarterFacts.before(facts.name) ?? ""
    return QuarterComparison(
      now: QuarterSide(
        name: facts.name,
        facts: isUnread ? nil : facts,
        section: notes.quarters[facts.name]
      ),
      before: QuarterSide(name: earlier, facts: before, section: notes.quarters[earlier]),
      style: style,
      title: quarterName
    )
  }

  /// The table that stands at the end of a heading.
  func compared(_ key: String) -> Document.Table {
    var rows = comparison
    switch key {
    case "governance": compareGovernance(&rows)
    case "delegation_register": compareRegister(&rows)
    case "volumes": compareVolumes(&rows)
    case "privileged_accounts": compareAccounts(&rows)
    case "detection": compareDetection(&rows)
    case "log_health": compareLogs(&rows)
    case "self_test": compareSelfTest(&rows)
    case "media": compareMedia(&rows)
    case "checklist":
      rows.entries("Items checked", "点検した項目", "checklist", "item")
      rows.eachEntry("checklist", "item", "answer")
    case "other_contractors":
      rows.entries("Organisations", "委託先", "other-contractors", "organisation")
      rows.eachEntry("other-contractors", "organisation", "state")
    case "measures": compareMeasures(&rows)
    case "user_support": compareSupport(&rows)
    default: compareCases(&rows)
    }
    return rows.table(key)
  }

  // MARK: 1 to 4

  private func compareGovernance(_ rows: inout QuarterComparison) {
    rows.texts("Executive responsible", "責任者(経営層)", "executive", today: notes.reporter)
    rows.texts("Who reviews the logs", "ログの点検者", "reviewers", today: notes.reporter)
    rows.texts("Entered on governance", "体制の記入", "governance")
  }

  private func compareRegister(_ rows: inout QuarterComparison) {
    func names(_ facts: QuarterFacts, _ standing: [Standing]?) -> [String] {
      links(facts).filter { link, use in
        standing?.contains(register(link, use.first, use.last)) ?? true
      }.keys.map { $0.owner + " × " + ($0.organisation.isEmpty ? style.unknown : $0.organisation) }
        .sorted()
    }
    rows.names("Pairs of owner and organisation", "委託元と取扱組織の組合せ") { names($0, nil) }
    rows.names("of these without consent, or unknown", "うち承諾なし・組織不明") {
      names($0, [.unrecognised, .unknown, .undeclared])
    }
    rows.names("of these expired, or before the consent", "うち期限切れ・承諾前") {
      names($0, [.expired, .early])
    }
  }

  private func compareVolumes(_ rows: inout QuarterComparison) {
    rows.logs("Records handled", "取扱件数") { facts in
      .records(facts.days.reduce(into: Volume.none) { $0.add($1.records) })
    }
    for match in [HandlingDay.Match.within, .exceeded, .none, .unknown] {
      let (english, japanese) = Self.matchWords(match)
      rows.logs("of these, on days \(english)", "うち\(japanese)の日") { facts in
        .records(
          facts.days.filter { $0.match == match }.reduce(into: Volume.none) { $0.add($1.records) }
        )
      }
    }
    rows.logs("No instruction covers (lower end, look-ups among them)", "指示と照合できない件数(下端。少量の閲覧を含む)")
    { .number(uncovered($0)) }
    rows.logs("Told only afterwards, in whole incidents", "事後の指示(事案全体)") { facts in
      .records(
        countedIncidents(facts).reduce(into: Volume.none) { $0.add($1.authorisation.late) }
      )
    }
    rows.logs("Operations", "操作数") { facts in
      .number(facts.days.reduce(0) { $0 &+ $1.operations })
    }
  }

  /// A day is an account's with the records of one owner.
  private static func matchWords(_ match: HandlingDay.Match) -> (String, String) {
    switch match {
    case .within: ("within the instruction", "指示の範囲内")
    case .exceeded: ("beyond the instruction", "指示の範囲超過")
    case .none: ("without any instruction", "指示なし")
    case .unknown: ("whose logs state no number", "件数の記録なし")
    }
  }

  private func compareAccounts(_ rows: inout QuarterComparison) {
    rows.names("Privileged accounts used", "使用された特権アカウント") { facts in
      accountUses(facts).filter(\.role.isPrivileged).map(\.name)
    }
    rows.names("Shared accounts used", "使用された共有アカウント") { facts in
      accountUses(facts).filter(\.isShared).map(\.name)
    }
    rows.names("Used after their end, or their persons'", "失効後・離任後に使用されたアカウント") { facts in
      accountUses(facts).filter { $0.left != nil }.map(\.name)
    }
    rows.logs("Records they read", "その取扱件数") { facts in
      .records(accountUses(facts).reduce(into: Volume.none) { $0.add($1.records) })
    }
    rows.logs(
      "of these, no instruction covers (lower end, look-ups among them)",
      "うち指示と照合できない件数(下端。少量の閲覧を含む)"
    ) { facts in
      .number(accountUses(facts).reduce(0) { $0 &+ max(0, $1.uncovered) })
    }
  }

  // MARK: 5 to 8

  private func compareDetection(_ rows: inout QuarterComparison) {
    rows.logs("Findings raised", "検知件数") { facts in
      .number(
        Int64(
          facts.incidents.reduce(0) { sum, state in
            sum
              + state.incident.findings.count {
                facts.period.contains(style.zone.dayNumber(of: $0.time))
              }
          }
        )
      )
    }
    // The store knows what was raised and what waits, whether or not a log of the quarter was read.
    func row(_ english: String, _ japanese: String, _ value: (QuarterFacts) -> Cell) {
      rows.sides(english, japanese, ground: .logs) { isNow, _ in
        (isNow ? facts : earlier).map(value) ?? .unknown
      }
    }
    row("Incidents with takings in the quarter, or raised in it", "期間中に発生または検知した事案", count(of:))
    row("of these decided, today", "うち判断済み(報告日現在)") { facts in
      known(facts, Int64(listed(facts).count { $0.standing != nil && !isOpen($0) }))
    }
    row("Incidents that wait at its end, or today", "判断待ちの事案(期末または報告日現在)", waitingCount)
    row("Median time to decide", "判断までの中央値", median)
    row("Oldest that waits", "最も古い判断待ちの事案") { facts in
      oldestOpen(facts).map { .prose($0.incident.id + " / " + style.text(.time($0.detected))) }
        ?? nobodyWaits(facts)
    }
    rows.names("Exceptions that covered something", "適用された例外(抑止)") { facts in
      facts.incidents.flatMap(\.incident.exceptions).map(\.name)
    }
  }

  private func compareLogs(_ rows: inout QuarterComparison) {
    rows.logs("Part of source-days that is known", "記録の範囲(記録元×日)") { facts in
      .share(facts.coverage.share.permille.map { Double($0) / 1000 })
    }
    rows.logs("Source-days expected", "対象の記録元×日") { .number(Int64($0.coverage.share.expected)) }
    rows.logs("Source-days without a line to rely on", "依拠できる記録のない記録元×日") { facts in
      .number(Int64(facts.coverage.gaps.reduce(0) { $0 + $1.days.count }))
    }
    rows.logs("Source-days altered since they were sealed", "封印後に改変された記録元×日") { facts in
      .number(
        Int64(
          facts.coverage.sources.filter(\.isCounted).flatMap(\.days).count { $0.state == .altered }
        )
      )
    }
    rows.logs("Reads that state no number", "件数を記さない読出し") { facts in
      .number(
        facts.coverage.sources.filter(\.isCounted).flatMap(\.days).reduce(0) {
          $0 &+ $1.unknownVolume
        }
      )
    }
    rows.names("Sources that told something", "記録のあった記録元") { facts in
      facts.coverage.sources.filter { source in source.days.contains { $0.lines > 0 } }.map(\.name)
    }
    rows.texts("Retention", "保存期間", "retention", today: notes.reporter)
  }

  private func compareSelfTest(_ rows: inout QuarterComparison) {
    func sum(_ section: ReportNotes.Section, _ key: String) -> Cell {
      guard let tests = section.records["self-test"] else { return .unknown }
      let counts = tests.map { $0[key].flatMap { ReportNotes.count($0) } }
      // One that tells no number makes the sum unknown.
      return counts.contains(nil) ? .unknown : .number(counts.reduce(0) { $0 &+ ($1 ?? 0) })
    }
    rows.notes("Self-tests", "自己試験の回数") { section in
      section.records["self-test"].map { .number(Int64($0.count)) } ?? .unknown
    }
    rows.notes("Takings found", "検知した持出し") { sum($0, "found") }
    rows.notes("Takings missed", "見逃した持出し") { sum($0, "missed") }
  }

  // MARK: 11 to 13

  private func compareMeasures(_ rows: inout QuarterComparison) {
    let (earlier, isWhole) = earlierMeasures(rows.before)
    // This quarter's are those that the table above shows: of its incidents and left from before as well.
    let current = allMeasures
    func row(_ english: String, _ japanese: String, _ wanted: (String) -> Bool) {
      rows.sides(english, japanese, ground: .issued) { isNow, section in
        let isTold = isNow ? !current.isEmpty || section?.records["measures"] != nil : isWhole
        let list = isNow ? current : earlier
        return isTold ? .number(Int64(list.count { wanted($0["status"] ?? "") })) : .unknown
      }
    }
    row("Measures", "対策") { _ in true }
    row("of these done", "うち完了", MeasureTable.isDone)
    row("of these still to be done", "うち未了") { !MeasureTable.isDone($0) }
    var done: Set<String> = []
    for measure in current + earlier {
      guard let name = MeasureFigures.name(of: measure), done.insert(name).inserted else {
        continue
      }
      rows.sides(name, name, ground: .issued) { isNow, _ in
        guard
          let entry = (isNow ? current : earlier).first(where: {
            MeasureFigures.name(of: $0) == name
          })
        else { return isNow || isWhole ? .none : .unknown }
        return entry["status"].map { .prose($0) } ?? .unknown
      }
    }
  }

  /// The measures of the quarter before, and whether they are all: as its report told them when it was issued; without
  /// one, what people have entered under that quarter, where no incident had any: how these stood then nobody kept.
  private func earlierMeasures(_ side: QuarterSide) -> (list: [[String: String]], isWhole: Bool) {
    if let told = issuedMeasures(side.name) { return (told, true) }
    let entered = side.section?.records["measures"]
    guard let before else { return (entered ?? [], entered != nil) }
    let own = measures(of: before, after: nil, tellsIncidents: false)
    let ids = listed(before).map(\.incident.id) + before.earlierIncidents
    let isWhole = incidentMeasures(before, ids).isEmpty && (entered != nil || !own.isEmpty)
    return (own, isWhole)
  }

  private func compareSupport(_ rows: inout QuarterComparison) {
    rows.texts("Notices", "通知", "notices")
    rows.texts("Enquiries", "問合せ", "enquiries")
    rows.texts("Damage", "被害", "damage")
    rows.logs("Complaints linked to incidents", "事案に紐付けた申出") { facts in
      .number(Int64(complaints(facts)))
    }
  }

  private func compareCases(_ rows: inout QuarterComparison) {
    rows.names("Incidents", "事案") { isNow in
      guard let side = isNow ? facts : earlier, count(of: side) != .unknown else { return nil }
      return listed(side).map(\.incident.id)
    }
    rows.logs("Records taken, of whole incidents", "持出しの疑いのある件数(事案全体)") { facts in
      .records(taken(facts))
    }
    rows.names("Owners concerned", "係る委託元") { facts in
      facts.incidents.filter { !$0.incident.isExcepted }.flatMap(\.incident.owners).map(\.owner)
        .filter { !$0.isEmpty }
    }
    rows.texts("New concerns", "新たな懸念", "new-concerns")
    // The store knows what was issued, whether or not a log of the quarter was read.
    rows.sides("Reports issued again", "改版された報告", ground: .logs) { isNow, _ in
      isNow
        ? .number(Int64(corrected(facts).count))
        : before.map { .number(Int64(corrected($0).count)) } ?? .unknown
    }
    rows.texts("Corrections", "訂正", "corrections")
  }
}
