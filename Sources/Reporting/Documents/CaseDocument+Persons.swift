internal import Estate
internal import EventModel

/// Whose data, how many, and what people have said of cause and remedy.
extension CaseDocument {
  var persons: Document.Section {
    var part = Document.Section("persons", style.pick("Data and numbers", "個人データの項目・本人の数"))
    let subjects = possiblePersons
    var fields = [
      style.field("data_categories", categories),
      style.field(
        "data_flags",
        flagWords,
        note: style.pick("they route reports and decide no law", "報告先の振分けのためのもので、法的判断ではない")
      ),
    ]
    if let owner { fields.append(style.field("delivered", .number(delivered(owner)))) }
    fields += [
      style.field("confirmed", confirmed + (confirmedOfOthers.map { [$0] } ?? [])),
      style.field("suspected", .records(subjects)),
      style.field("gross", .records(gross)),
    ]
    if let late { fields.append(late) }
    fields += [lookUps, style.field("unique", .records(subjects))]
    if owner != nil {
      fields += [
        style.field("ratio", namedOwners.first.map(ratio) ?? .unknown),
        style.field("first", .time(first)), style.field("last", .time(last)),
      ]
    } else {
      fields.append(
        style.field(
          "owner_unknown",
          unknownOwners
        )
      )
    }
    fields.append(style.field("method", [.words(method)]))
    part.blocks = [.fields(fields)]
    if owner == nil { part.blocks.append(.table(ownerTable)) }
    if let told = toldTable { part.blocks.append(.table(told)) }
    return part
  }

  /// The flags by name; of records whose items nobody has declared it is not known whether there are more.
  private var flagWords: [Cell] {
    let named = flags.map { Cell.words(DataFlags.name($0, style)) }
    guard !areItemsKnown else {
      return named.isEmpty ? [.words(style.pick("none declared", "申告された範囲では該当なし"))] : named
    }
    let undeclared = style.pick(
      "of records whose items or owner nobody has declared: unknown",
      "項目または委託元が判明していない記録については不明"
    )
    return named.isEmpty ? [.unknown] : named + [.words(undeclared)]
  }

  /// Distinct persons whose data may have been read.
  ///
  /// Records of which nobody knows the owner may be of persons counted already, or of others: they widen the upper end.
  var possiblePersons: Volume {
    let named = sum(\.subjects, of: namedOwners)
    guard owner == nil else { return named }
    let more =
      owners.isEmpty ? incident.records : sum(\.records, of: owners.filter(\.owner.isEmpty))
    guard more.high > 0 else { return named }
    let high = named.high.addingReportingOverflow(more.high)
    let isBounded = !high.overflow && !more.isUnbounded && !named.isUnbounded
    return Volume(
      low: named.low,
      high: isBounded ? min(high.partialValue, max(named.high, deliveredInAll)) : Volume.unbounded,
      quality: isBounded ? .estimated : .unknown
    )
  }

  /// Persons of an owner's row: of an owner unknown never more than all owners have delivered.
  private func persons(of item: Incident.OwnerCount) -> Volume {
    guard item.owner.isEmpty, !item.subjects.isUnbounded, item.subjects.high > deliveredInAll else {
      return item.subjects
    }
    let low = min(item.subjects.low, deliveredInAll)
    return Volume(
      low: low,
      high: deliveredInAll,
      quality: low == deliveredInAll ? .exact : .estimated
    )
  }

  /// What all owners have delivered together; without a bound where that is not known of one of them, or where one has
  /// records here whom nobody has declared.
  private var deliveredInAll: Int64 {
    guard !estate.owners.isEmpty, namedOwners.allSatisfy({ declared($0.owner) != nil }) else {
      return Volume.unbounded
    }
    return estate.owners.reduce(0) { sum, owner in
      guard sum != Volume.unbounded, let size = delivered(owner.name) else {
        return Volume.unbounded
      }
      let more = sum.addingReportingOverflow(size)
      return more.overflow ? Volume.unbounded : more.partialValue
    }
  }

  /// Records of which the owner is not known.
  private var unknownOwners: Cell {
    if owners.isEmpty, incident.records.high > 0 { return .records(incident.records) }
    let nobody = owners.filter(\.owner.isEmpty)
    return nobody.isEmpty
      ? .words(style.pick("none: every record has an owner", "なし(すべて委託元が判明)"))
      : .records(sum(\.records, of: nobody))
  }

  private var categories: [Cell] {
    let found = Set(namedOwners.flatMap { declared($0.owner)?.categories ?? [] }).sorted()
    return found.isEmpty ? [.unknown] : found.map { .name(style.category($0)) }
  }

  /// The owner whom a person's word means, by its name or an alias; what nobody has declared stays as it stands.
  func owner(said word: String) -> String {
    lookup.owner(named: word).map { estate.owners[$0].name } ?? word
  }

  private func means(_ word: String?, _ owner: String) -> Bool {
    word.map { self.owner(said: $0) == owner } ?? false
  }

  private func told(_ owner: String) -> [String: String]? {
    section.records["owners"]?.first { means($0["owner"], owner) }
  }

  /// What a person has confirmed of an owner's records.
  func confirmedCount(_ owner: String) -> Int64? {
    told(owner)?["confirmed"].flatMap { ReportNotes.count($0) }
  }

  /// The share of what was delivered, from the lower to the upper end.
  ///
  /// An incident keeps its share in whole per mille, cut off; the numbers tell it to the last person.
  func ratio(_ item: Incident.OwnerCount) -> Cell {
    guard let share = item.share else { return .unknown }
    guard let size = delivered(item.owner), size > 0 else { return .shares(share, share) }
    let high = item.subjects.knownHigh.map { min(1, Double($0) / Double(size)) } ?? share
    let most = max(share, high)
    return .shares(min(most, Double(item.subjects.low) / Double(size)), most)
  }

  /// What people have confirmed; the program confirms nothing.
  private var confirmed: [Cell] {
    let counts = namedOwners.compactMap { confirmedCount($0.owner) }
    if !counts.isEmpty {
      let number = counts.reduce(0, &+)
      var sum = [Cell.number(number)]
      if let most = possiblePersons.knownHigh, number > most {
        let possible = NumberText.grouped(most)
        sum.append(
          .words(
            style.pick(
              "more than the logs leave possible (\(possible)): they went another way as well, or one number is wrong",
              "ログから見込まれる最大(\(possible))を超える:別の経路があるか、いずれかの件数に誤りがある"
            )
          )
        )
      }
      guard counts.count < namedOwners.count else { return sum }
      let (stated, all) = (counts.count, namedOwners.count)
      return sum + [
        .words(
          style.pick(
            "stated of \(stated) of \(all) owners; of the others nobody has confirmed a number",
            "\(all) 委託元のうち \(stated) 委託元分。ほかは未確認"
          )
        )
      ]
    }
    guard let decision, decision.kind == .confirmed else {
      return [.words(style.pick("none has been confirmed by a person", "人による確認はまだない"))]
    }
    return [
      .prose(
        style.pick(
          "the matter was confirmed by \(decision.by)\(style.outdated(openness)); the number is not stated",
          "事案は \(decision.by) が確認\(style.outdated(openness))。件数の記入なし"
        )
      )
    ]
  }

  /// How many of the upper end of `gross` an instruction that came afterwards may cover; `nil`: none.
  private var late: Document.Field? {
    let count = owner == nil ? incident.late : owners.first?.late ?? 0
    guard count > 0 else { return nil }
    let records = Volume(low: 0, high: count, quality: .estimated)
    return style.field("late_instruction", .records(records), note: style.lateNote)
  }

  private var lookUps: Document.Field {
    let beside = style.lookUps(incident, owner: owner)
    return style.field("look_ups", beside, note: beside == .none ? nil : style.lookUpsNote)
  }

  /// Of one owner: a number, or that nobody has confirmed one; of an owner unknown nobody can.
  private func confirmedCell(_ owner: String) -> Cell {
    confirmedCount(owner).map { .number($0) } ?? .words(style.pick("not yet", "未確認"))
  }

  private var method: String {
    style.pick(
      "Numbers are intervals: from what the logs state to what sizes of sets and bytes allow. Distinct "
        + "persons cannot be told apart in exports, so that repeats widen the interval; never more than "
        + "was delivered. Nothing unknown is counted as 0.",
      "件数は区間で示す。下端はログに記された件数、上端は交付件数・バイト数から見込まれる最大。"
        + "書出しでは本人を区別できないため、同じ委託元の繰返しは区間を広げる(交付件数を超えない)。不明を0件とはしない。"
    )
  }

  private var ownerTable: Document.Table {
    var table = style.table(
      "per_owner",
      [
        ("owner", "Owner", "委託元", false), ("owner_type", "Kind", "種別", false),
        ("delivered", "Delivered", "交付件数", true), ("confirmed", "Confirmed", "確認件数", true),
        ("suspected", "Possibly leaked", "おそれ件数", true), ("gross", "Records read", "延べ件数", true),
        ("ratio", "Share", "割合", true), ("first", "First", "最初", false),
        ("last", "Last", "最後", false), ("still_ongoing", "Still going on", "継続の有無", false),
      ],
      empty: style.pick("Unknown: no owner could be told.", "不明:委託元を特定できない。")
    )
    for item in owners {
      table.rows.append([
        item.owner.isEmpty ? .words(style.term("owner_unknown")) : .name(item.owner),
        style.sector(declared(item.owner)?.sector?.rawValue), .number(delivered(item.owner)),
        confirmedCell(item.owner), .records(persons(of: item)), .records(item.records),
        ratio(item),
        .day(style.zone.dayNumber(of: item.first)), .day(style.zone.dayNumber(of: item.last)),
        goesOn(after: item.last).map { isOpen in
          .words(
            isOpen
              ? style.pick("cannot be excluded", "否定できない")
              : style.pick("none seen since", "以後の確認なし")
          )
        } ?? .unknown,
      ])
    }
    table.note = style.pick(
      "\"Possibly leaked\" are distinct persons, and the share is theirs. Rows are ranked by records. That it goes on"
        + " is not excluded within a week of the last event read.",
      "おそれ件数は重複を除く本人の数。割合はおそれ件数の交付件数に対する割合。"
        + "最後の発生が読込み済みの最終時刻から1週間以内なら、継続を否定できない。"
    )
    return table
  }

  // MARK: What people say

  var causes: Document.Section {
    var part = Document.Section("causes", style.pick("Causes, damage, notice", "原因・二次被害・本人対応・公表"))
    // One that nobody has given an owner may be any owner's, and stands in the overall report alone.
    let complaints = (section.records["complaints"] ?? []).filter { complaint in
      owner.map { means(complaint["owner"], $0) } ?? true
    }
    var table = style.table(
      "complaints",
      [
        ("date", "Date", "日付", false), ("reference", "Reference", "受付番号", false),
        ("owner", "Owner", "委託元", false), ("what", "What was said", "内容", false),
      ],
      empty: style.pick("Unknown (not filled in).", "不明(記入なし)。")
    )
    for complaint in complaints {
      table.rows.append(
        [style.told(complaint["date"])]
          + [
            complaint["reference"].map { .prose($0) } ?? .unknown,
            complaint["owner"].map { .name(owner(said: $0)) } ?? .unknown,
            complaint["what"].map { .prose($0) } ?? .unknown,
          ]
      )
    }
    for act in story.acts
    where act.kind == .complaint && (owner.map { means(act.owner, $0) } ?? true) {
      table.rows.append([
        .time(act.time), act.refersTo.map { .name($0) } ?? .unknown,
        act.owner.map { .name(owner(said: $0)) } ?? .unknown, .prose(act.text),
      ])
    }
    part.blocks = [
      .fields([
        style.field("causes", .proses(section.texts["causes"])),
        style.field("secondary_damage", .proses(section.texts["secondary-damage"])),
        style.field("support", .proses(section.texts["support"])),
        style.field("notification_status", notification),
        style.field("publication_status", .proses(section.texts["publication"])),
      ]),
      .table(table),
    ]
    part.blocks.append(.fields([style.field("other", .proses(section.texts["other"]))]))
    return part
  }

  private var notification: [Cell] {
    var found = (section.texts["notification"] ?? []).map { Cell.prose($0) }
    for item in namedOwners {
      guard let told = told(item.owner), let time = told["notified-at"] else { continue }
      let when = style.text(style.told(time))
      found.append(
        .prose(
          style.pick("owner \(item.owner) notified: \(when)", "委託元 \(item.owner) へ通知:\(when)")
        )
      )
    }
    return found.isEmpty ? [.unknown] : found
  }

  var countermeasures: Document.Section {
    var part = Document.Section("measures", style.pick("Containment and measures", "封じ込め・再発防止"))
    part.blocks = [
      .fields([style.field("containment", .proses(section.texts["containment"]))]),
      .table(MeasureTable.make(section.records["measures"] ?? [], now: now, style)),
    ]
    return part
  }
}

/// Measures against recurrence: who, until when, how far, shown by what.
enum MeasureTable {
  static func make(
    _ measures: [[String: String]],
    now: Timestamp?,
    _ style: DocumentStyle
  ) -> Document.Table {
    var table = style.table(
      "measures",
      [
        ("measure", "Measure", "対策", false), ("owner", "Responsible", "責任者", false),
        ("due", "Due", "期限", false), ("status", "Status", "状況", false),
        ("evidence", "Evidence", "証跡", false),
      ],
      empty: style.pick("Unknown (not filled in).", "不明(記入なし)。")
    )
    let today = now.map { style.zone.day(of: $0) }
    for measure in measures {
      table.rows.append(
        ["measure", "owner", "due", "status", "evidence"].map { key in
          let told = measure[key]
          guard key == "status", let due = measure["due"], let today, due < today,
            !isDone(told ?? "")
          else { return key == "due" ? style.told(told) : told.map { .prose($0) } ?? .unknown }
          let late = style.pick("overdue", "期限超過")
          return .prose(told.map { "\($0) (\(late))" } ?? late)
        }
      )
    }
    return table
  }

  private static let done = [
    "done", "complete", "completed", "closed", "finished", "完了", "完了済", "完了済み", "実施済", "実施済み",
    "対応済", "対応済み", "終了",
  ]

  /// Whether a person's word says that nothing is left to do: such a word alone, or with a date or a remark in
  /// brackets behind it.
  ///
  /// In two languages, `完了 / done`, each has to say so.
  static func isDone(_ status: String) -> Bool {
    let parts = status.split(whereSeparator: { $0 == "/" || $0 == "／" })
    guard parts.count == 2, !parts.contains(where: { $0.contains(where: \.isNumber) }) else {
      return isDoneInOneLanguage(status)
    }
    return parts.allSatisfy { isDoneInOneLanguage(String($0)) }
  }

  private static func isDoneInOneLanguage(_ status: String) -> Bool {
    let word = status.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return done.contains { known in
      guard word.hasPrefix(known) else { return false }
      let rest = word.dropFirst(known.count)
      guard let next = rest.first(where: { $0 != " " && $0 != "\u{3000}" }) else { return true }
      // The same in another language: 完了 / done.
      if "/／".contains(next), let place = rest.firstIndex(of: next) {
        return isDone(
          String(rest[rest.index(after: place)...].drop { $0 == " " || $0 == "\u{3000}" })
        )
      }
      return next.isNumber || "(（,、。.;:：".contains(next)
    }
  }
}
