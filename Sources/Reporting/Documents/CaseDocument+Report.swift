internal import Estate
internal import EventModel

/// What the report is, by when it is due, and who answers for it.
extension CaseDocument {
  var report: Document.Section {
    var part = Document.Section("report", style.pick("About this report", "報告について"))
    let reporter = notes.reporter
    var fields = [style.field("report_kind", reportKind)]
    fields += versions.fields
    fields += [
      style.field("incident_id", .name(incident.id)),
      style.field("legal_reference", legalReference),
      style.field("organisation", .proses(reporter.texts["organisation"])),
      style.field("representative", .proses(reporter.texts["representative"])),
      style.field("registration", .proses(reporter.texts["registration"])),
      style.field("contact", .proses(reporter.texts["contact"])),
    ]
    if let owner {
      let sector = declared(owner)?.sector?.rawValue
      fields.insert(style.field("owner", .name(owner)), at: 0)
      fields.insert(style.field("owner_type", style.sector(sector)), at: 1)
    }
    part.blocks = [.fields(fields)]
    return part
  }

  private var reportKind: [Cell] {
    let known = [
      "preliminary": ("preliminary report", "速報"), "final": ("final report", "確報"),
      "follow-up": ("follow-up report", "続報"), "periodic": ("periodic report", "定期報告"),
    ]
    guard let told = section.texts["kind"]?.first else {
      let isFirst = previous == nil
      return [
        .words(
          isFirst
            ? style.pick("preliminary report (first version)", "速報(初版)")
            : style.pick("follow-up report", "続報")
        )
      ]
    }
    return [known[told].map { .words(style.pick($0.0, $0.1)) } ?? .prose(told)]
  }

  private var versions: VersionFields {
    var versions = VersionFields(
      issue: issue,
      previous: previous,
      figures: figures,
      now: now,
      style: style,
      words: FigureWords(kind: "incident", style: style)
    )
    versions.further = decisionsSince.map { .prose($0) }
    // The nights that changed an incident may have changed another owner's part of it alone.
    guard let issued = previous?.time, owner == nil || owners.count == incident.owners.count else {
      return versions
    }
    let changes = story.history.filter { change in change.time.map { $0 > issued } ?? false }
    versions.further += changes.suffix(8).map { change in
      let time = change.time.map { style.time($0) } ?? style.unknown
      return .words(
        style.pick(
          "the logs read on night \(change.night) (\(time)) changed it",
          "第\(change.night)夜(\(time))に読み込んだ記録による変更"
        )
      )
    }
    return versions
  }

  private var legalReference: [Cell] {
    toldReference.map { .proses($0) } ?? duty.grounds
  }

  /// What people say the report rests on.
  private var toldReference: [String]? {
    section.texts["legal-reference"].flatMap { $0.contains { !$0.isEmpty } ? $0 : nil }
  }

  private var duty: (duty: DataFlags.Duty, grounds: [Cell]) {
    // Lines that are missing are no data that somebody has taken; what they would have told is unknown.
    if incident.tellsOfMissingRecords, section.flags["wrongful-purpose"] != true {
      return (
        .ifItApplies,
        [
          .words(
            style.pick(
              "unknown: records are missing or altered, which is no leak in itself; reported if it applies",
              "不明(記録の欠落・改変自体は漏えい等に当たらず、失われた内容は不明)。該当する場合に報告"
            )
          )
        ]
      )
    }
    return DataFlags.duty(
      flags,
      areKnown: areItemsKnown,
      most: possiblePersons.knownHigh,
      wrongful: section.flags["wrongful-purpose"],
      style
    )
  }

  /// Whether it is declared of every record what is in it.
  var areItemsKnown: Bool {
    isEveryOwnerKnown && !owners.isEmpty
      && namedOwners.allSatisfy { !(declared($0.owner)?.categories ?? []).isEmpty }
  }

  /// By the items that are declared of the owners, and by what people say of the incident, which counts more.
  var flags: [DataFlags.Flag] {
    let declared = DataFlags.of(namedOwners.flatMap { self.declared($0.owner)?.categories ?? [] })
    return DataFlags.Flag.allCases.filter { flag in
      flag.note.flatMap { section.flags[$0] } ?? declared.contains(flag)
    }
  }

  // MARK: Deadlines

  var deadlines: Document.Section {
    var part = Document.Section("deadlines", style.term("due_dates"))
    var table = style.table(
      "due_dates",
      [
        ("regime", "Rule", "制度", false), ("report", "What", "報告・通知", false),
        ("due", "Due", "期限", false), ("state", "Today", "状況", false),
        ("note", "Basis", "根拠", false),
      ],
      empty: style.pick("unknown", "不明")
    )
    let told = DataFlags.Flag.communications.note.flatMap { section.flags[$0] }
    let secrecy = told ?? (flags.contains(.communications) ? true : nil)
    let rules = Deadlines(
      known: acknowledged,
      fallback: detected,
      duty: toldReference == nil ? duty.duty : .due,
      wrongfulPurpose: section.flags["wrongful-purpose"],
      secrecyOfCommunications: secrecy,
      gdpr: section.flags["gdpr"],
      holidays: estate.policy.holidays,
      style: style
    )
    for item in rules.items() {
      table.rows.append([
        .words(item.regime), .words(item.report), item.due, state(of: item.due), .words(item.note),
      ])
    }
    part.blocks = [
      .fields([
        style.field("detected_at", .time(detected)),
        style.field(
          "acknowledged_at",
          .time(acknowledged),
          note: acknowledged == nil
            ? style.pick(
              "nobody has entered it: the deadlines are counted from detection, and are provisional",
              "記入がないため、期限は検知日時から暫定的に計算した"
            ) : nil
        ),
      ]),
      .table(table),
    ]
    return part
  }

  private func state(of due: Cell) -> Cell {
    guard let now else { return .unknown }
    let today = style.zone.dayNumber(of: now)
    let last: Int
    switch due {
    case .day(let day): last = day
    case .days(let days): last = days.upperBound
    case .time(let time): last = style.zone.dayNumber(of: time)
    default: return .words(style.pick("–", "―"))
    }
    return .words(
      last < today
        ? style.pick(
          "passed \(NumberText.counted(Int64(today - last), "day")) ago",
          "\(today - last) 日超過"
        )
        : last == today
          ? style.pick("today", "本日")
          : style.pick(
            "\(NumberText.counted(Int64(last - today), "day")) left",
            "残り \(last - today) 日"
          )
    )
  }

  // MARK: Decisions

  /// What people have decided since the version before.
  private var decisionsSince: [String] {
    guard let issued = previous?.time else { return [] }
    return story.acts.filter { act in
      act.kind.isJudgement
        && act.time.map { $0 > issued } ?? false
    }.suffix(8).map { act in
      let when = act.time.map { style.time($0) } ?? style.unknown
      return style.pick(
        "decided on \(when): \(style.act(act.kind))",
        "\(when) の判断:\(style.act(act.kind))"
      )
    }
  }

  var decisions: Document.Section {
    var part = Document.Section("decision_log", style.pick("Decisions and sign-off", "判断と承認"))
    var table = style.table(
      "decision_log",
      [
        ("time", "Time", "日時", false), ("act", "Decision", "判断", false), ("by", "By", "判断者", false),
        ("text", "Reason", "理由", false), ("detail", "Until, or refers to", "期限・参照", false),
        ("author", "Recorded by", "記録者", false),
      ],
      empty: style.pick("Nobody has decided anything yet.", "判断の記録はまだない。")
    )
    for act in story.acts {
      let until = act.until.map { style.text(style.told($0)) }
      let detail = [until, act.refersTo, act.owner.map(owner(said:))].compactMap { $0 }.joined(
        separator: " "
      )
      table.rows.append([
        .time(act.time), .words(style.act(act.kind)), .name(act.by), .prose(act.text),
        detail.isEmpty ? .none : .name(detail), .name(act.author),
      ])
    }
    let review = ReviewConflict(
      (notes.reporter.texts["under-review"] ?? []) + incident.accounts + incident.persons,
      estate
    )
    let note = style.pick(
      "is among those under review: another person must review it",
      "調査対象者である。別の者が確認しなければならない"
    )
    func conflict(_ name: String?) -> String? { name.map(review.holds) ?? false ? note : nil }
    let signed = section.texts["sign-off"]?.first
    part.blocks = [
      .table(table),
      .fields([
        style.field(
          "reviewer",
          .proses(section.texts["reviewer"]),
          note: conflict(section.texts["reviewer"]?.first)
        ),
        style.field(
          "executive_signoff",
          signed.map { [.prose($0), .time(section.times["sign-off-at"])] } ?? [.unknown],
          note: conflict(signed)
        ),
      ]),
    ]
    var deciders: [String] = []
    for act in story.acts where review.holds(act.by) && !deciders.contains(act.by) {
      deciders.append(act.by)
    }
    if !deciders.isEmpty {
      part.blocks.append(.sentences(deciders.map { .prose("\($0): \(note)") }))
    }
    return part
  }
}
