internal import Estate
internal import EventModel

/// What people have done, the incidents of the quarter, and the end.
extension QuarterDocument {
  func told(
    _ key: String,
    _ notesKey: String,
    _ columns: [(String, String, String, Bool)]
  ) -> Document.Table {
    var table = style.table(
      key,
      columns,
      empty: style.pick("Unknown (not filled in).", "不明(記入なし)。")
    )
    for record in section.records[notesKey] ?? [] {
      table.rows.append(
        columns.map { column in
          guard let text = record[column.0], !text.isEmpty else { return .words(style.notFilledIn) }
          return column.0 == "date" ? style.told(text) : .prose(text)
        }
      )
    }
    return table
  }

  var selfTest: Document.Section {
    titled(
      "self_test",
      [
        .table(
          told(
            "self_test",
            "self-test",
            [
              ("date", "Date", "実施日", false), ("what", "Takings injected", "模擬した持出し", false),
              ("found", "Found", "検知", true), ("missed", "Missed", "見逃し", true),
              ("note", "Note", "備考", false),
            ]
          )
        )
      ]
    )
  }

  var checklist: Document.Section {
    var table = told(
      "checklist",
      "checklist",
      [
        ("item", "Item", "点検項目", false), ("answer", "Answer", "結果", false),
        ("evidence", "Evidence", "証跡", false),
      ]
    )
    table.sheet = checkSheet
    return titled("checklist", [.table(table)])
  }

  /// 情報管理状況チェックシート: what stands around the items when they are a sheet of their own.
  private var checkSheet: Document.Table.Sheet {
    let reporter = notes.reporter
    func filled(_ texts: [String]?) -> [Cell] {
      let kept = (texts ?? []).filter { !$0.isEmpty }
      return kept.isEmpty ? [.words(style.notFilledIn)] : kept.map { .prose($0) }
    }
    return Document.Table.Sheet(
      title: style.pick("Check sheet on information management", "情報管理状況チェックシート"),
      head: [
        style.field("organisation", filled(reporter.texts["organisation"])),
        Document.Field(
          "quarter",
          style.pick("Quarter", "対象期間"),
          [.words(quarterName(facts.name)), .days(facts.period)]
        ), style.field("reported_at", .time(now)),
      ],
      foot: [
        Document.Field(
          "reviewers",
          style.pick("Checked by", "点検者"),
          filled(section.texts["reviewers"] ?? reporter.texts["reviewers"])
        ),
        Document.Field(
          "executive",
          style.pick("Executive responsible", "責任者(経営層)"),
          filled(section.texts["executive"] ?? reporter.texts["executive"])
        ), style.field("executive_signoff", filled(section.texts["sign-off"])),
        Document.Field(
          "signed_at",
          style.pick("Date of the sign-off", "承認日"),
          [section.times["sign-off-at"].map { .time($0) } ?? .words(style.notFilledIn)]
        ),
      ]
    )
  }

  var contractors: Document.Section {
    titled(
      "other_contractors",
      [
        .table(
          told(
            "other_contractors",
            "other-contractors",
            [
              ("organisation", "Organisation", "委託先", false), ("state", "State", "状況", false),
              ("evidence", "Evidence", "証跡", false),
            ]
          )
        )
      ]
    )
  }

  var measures: Document.Section {
    titled("measures", [.table(MeasureTable.make(allMeasures, now: now, style))])
  }

  /// Those of the quarter, of its incidents, of the quarter before, and whatever is still open of earlier ones.
  var allMeasures: [[String: String]] { measures(of: facts, after: before) }

  /// Measures of incidents that were known of by the end of a quarter: before that nobody had taken any.
  func incidentMeasures(_ facts: QuarterFacts, _ ids: [String]) -> [[String: String]] {
    let states = Dictionary(
      (facts.incidents + facts.others).map { ($0.incident.id, $0) }
    ) { first, _ in first }
    return ids.filter { id in
      guard let known = states[id]?.detected else { return true }
      return style.zone.dayNumber(of: known) <= facts.period.upperBound
    }.flatMap { notes.incidents[$0]?.records["measures"] ?? [] }
  }

  /// What the last report on a quarter told when it was issued; `nil`: none was, or it kept no measures.
  func issuedMeasures(_ quarter: String) -> [[String: String]]? {
    facts.issued.last { $0.kind == "quarterly" && $0.subject == quarter }
      .flatMap(MeasureFigures.measures)
  }

  /// `tellsIncidents`: those of incidents among them.
  func measures(
    of facts: QuarterFacts,
    after before: QuarterFacts?,
    tellsIncidents: Bool = true
  ) -> [[String: String]] {
    func own(_ ids: [String]) -> [[String: String]] {
      tellsIncidents ? incidentMeasures(facts, ids) : []
    }
    func entered(_ quarter: String) -> [[String: String]] {
      notes.quarters[quarter]?.records["measures"] ?? []
    }
    let told = QuarterFacts.before(facts.name).flatMap(issuedMeasures) ?? []
    let openThen = Set(
      told.filter { !MeasureTable.isDone($0["status"] ?? "") }.compactMap(MeasureFigures.name)
    )
    var found = entered(facts.name)
    let earlier = notes.quarters.keys.sorted().filter { $0 < facts.name && $0 != before?.name }
    let open = (earlier.flatMap(entered) + own(facts.earlierIncidents)).filter {
      // What the report of the quarter before told as open and is done now was done since.
      !MeasureTable.isDone($0["status"] ?? "")
        || MeasureFigures.name(of: $0).map(openThen.contains) ?? false
    }
    for measure in own(listed(facts).map(\.incident.id)) + (before.map { entered($0.name) } ?? [])
      + open
    where !found.contains(where: { $0["measure"] == measure["measure"] }) {
      found.append(measure)
    }
    return found
  }

  var support: Document.Section {
    titled(
      "user_support",
      [
        .fields([
          Document.Field("notices", style.pick("Notices", "通知"), .proses(section.texts["notices"])),
          Document.Field(
            "enquiries",
            style.pick("Enquiries", "問合せ"),
            .proses(section.texts["enquiries"])
          ), Document.Field("damage", style.pick("Damage", "被害"), .proses(section.texts["damage"])),
          Document.Field(
            "user_support",
            style.pick("Complaints linked to incidents", "事案に紐付けた申出"),
            [
              isUnread && listed(facts).isEmpty ? .unknown : .number(Int64(complaints(facts)))
            ]
          ),
        ])
      ]
    )
  }

  /// Complaints that people have linked to an incident of a quarter, or entered under it: each reference once.
  func complaints(_ facts: QuarterFacts) -> Int {
    listed(facts).reduce(0) { sum, state in
      let linked = state.acts.filter { $0.kind == .complaint }.map(\.refersTo)
      let entered = (notes.incidents[state.incident.id]?.records["complaints"] ?? [])
        .map { $0["reference"] }
      let named = Set((linked + entered).compactMap { $0 })
      return sum + named.count + (linked + entered).count { $0 == nil }
    }
  }

  /// Reports that were issued again within a quarter.
  func corrected(_ facts: QuarterFacts) -> [IssuedReport] {
    facts.issued.filter { report in
      report.version > 1
        && report.time.map { facts.period.contains(style.zone.dayNumber(of: $0)) } ?? false
    }
  }

  // MARK: 13 and the end

  var cases: Document.Section {
    var table = caseTable(
      "incidents",
      listed(facts),
      empty: nothing(
        "No incident touches the quarter, and none was raised in it.",
        "期間に係る事案、期間中に検知した事案はない。"
      )
    )
    table.note = style.pick(
      "Incidents with takings in the quarter, and those raised in it. Numbers and dates are those of the whole incident. One taking can be in two incidents: that of the actor, and that of an organisation without consent.",
      "期間中に発生した事案と、期間中に検知した事案。件数と期間は事案全体による。一つの持出しが、行為者の事案と承諾のない組織の事案の双方に現れることがある。"
    )
    let shown = Set(table.rows.map { $0[0] })
    var carried = caseTable(
      "carried_over",
      waiting(facts).filter { !shown.contains(.name($0.incident.id)) },
      empty: waitingCount(facts) == .unknown
        ? style.unknown
        : style.pick(
          "No incident of another quarter waited for a decision.",
          "他の四半期の事案で、判断待ちのものはない。"
        )
    )
    carried.title = style.pick(
      "Incidents of other quarters that wait (\(cutoffDay))",
      "他の四半期の事案で判断待ちのもの(\(cutoffDay)現在)"
    )
    var corrections = style.table(
      "corrections",
      [
        ("time", "Issued", "発行", false), ("kind", "Report", "報告", false),
        ("subject", "About", "対象", false), ("version", "Version", "版", true),
        ("reason", "Why", "理由", false), ("by", "By", "発行者", false),
      ],
      empty: style.pick("No report was issued again in the quarter.", "期間中の改版はない。")
    )
    for report in corrected(facts) {
      corrections.rows.append([
        .time(report.time), .words(FigureWords(kind: report.kind, style: style).title),
        .name(report.owner.isEmpty ? report.subject : report.subject + " / " + report.owner),
        .number(Int64(report.version)),
        .prose(
          VersionFields.reasons(of: report, among: facts.issued, style).map(style.text)
            .joined(separator: style.pick("; ", "、"))
        ),
        .name(report.by),
      ])
    }
    var part = Document.Section("incidents", style.pick("Incidents and corrections", "事案・訂正"))
    part.blocks = [
      .table(table), .table(carried),
      .fields([style.field("new_concerns", .proses(section.texts["new-concerns"]))]),
      .table(corrections),
    ]
    if let told = section.texts["corrections"] {
      part.blocks.append(.sentences(told.map { .prose($0) }))
    }
    part.blocks.append(.table(compared("incidents")))
    return part
  }

  private func caseTable(
    _ key: String,
    _ states: [QuarterFacts.IncidentState],
    empty: String
  ) -> Document.Table {
    var table = style.table(
      key,
      [
        ("id", "Reference", "管理番号", false), ("severity", "Severity", "重大度", false),
        ("state", "State", "状態", false), ("records", "Records taken", "持出しの疑い", true),
        ("owners", "Owners", "委託元数", true), ("first", "First", "最初", false),
        ("last", "Last", "最後", false), ("detected", "Detected", "検知", false),
        ("decided", "Decided after", "判断まで", false),
      ],
      empty: empty
    )
    for state in states {
      let incident = state.incident
      let word =
        incident.isExcepted
        ? style.pick("under an exception", "例外扱い")
        // A remark, or whom it was given to, decides nothing.
        : state.judgement.map { stands($0, state) }
          ?? style.pick("suspected, undecided", "疑いあり(未判断)")
      table.rows.append([
        .name(incident.id), .words(style.severity(incident.severity)), .words(word),
        .records(incident.taken), .number(Int64(incident.owners.count)),
        .day(style.zone.dayNumber(of: incident.first)),
        .day(style.zone.dayNumber(of: incident.last)), .time(state.detected),
        state.decided == nil
          ? .words(
            state.judgement == nil
              ? style.pick("not yet", "未判断") : style.pick("not finally", "最終判断待ち")
          ) : Self.duration(state.secondsToDecide, style),
      ])
    }
    return table
  }

  /// What was decided, and whether that still stands.
  private func stands(_ act: TriageAct, _ state: QuarterFacts.IncidentState) -> String {
    let word = style.act(act.kind)
    return switch state.openness(today: now.map { style.zone.day(of: $0) }) {
    case .expired: word + style.pick(", expired", "(期限切れ・要再判断)")
    case .changed: word + style.pick(", changed since", "(判断後に変化あり)")
    case .undecided:
      style.pick("decided: \(word), final decision waits", "\(word)(判断済み・最終判断待ち)")
    case .settled: word
    }
  }

  /// Since when there is anything to compare with.
  private var beginning: [Cell] {
    guard before == nil, let first = facts.firstDays.values.min() else { return [] }
    if let earlier, first < earlier.period.lowerBound {
      return [
        .words(
          style.pick("Of the quarter before nothing was read.", "前四半期の記録は読み込まれていない。")
        )
      ]
    }
    let day = style.date(first)
    return [
      .words(
        style.pick(
          "Handling is known from \(day); of the time before nothing was read.",
          "取扱いの記録は\(day)から。それより前は読み込まれていない。"
        )
      )
    ]
  }

  var signOff: Document.Section {
    let signed = section.texts["sign-off"]?.first
    var part = Document.Section("limitations", style.pick("Limits and sign-off", "調査の限界・承認"))
    part.blocks = [
      .sentences(
        CoverageBlocks.limits(facts.coverage, style) + beginning
          + (section.texts["limitations"] ?? []).map { .prose($0) }
      ),
      .fields(versions.fields),
      .fields([
        style.field(
          "executive_signoff",
          signed.map { [.prose($0), .time(section.times["sign-off-at"])] } ?? [.unknown]
        )
      ]),
    ]
    return part
  }
}
