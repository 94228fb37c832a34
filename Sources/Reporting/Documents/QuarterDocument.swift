public import Estate
public import EventModel

/// Makes the quarterly report on the supervision of contractors: thirteen headings, each beside the quarter before.
public struct QuarterDocument: Sendable {
  let facts: QuarterFacts
  /// The quarter before; `nil`: the store knows nothing of it.
  let before: QuarterFacts?
  /// The same for what waited then, which does not hang on what was read of it.
  let earlier: QuarterFacts?
  let estate: DeclaredEstate
  let notes: ReportNotes
  let style: DocumentStyle
  public var program = ""
  public var now: Timestamp?
  public var issue: IssuedReport?

  public init(
    _ facts: QuarterFacts,
    before: QuarterFacts?,
    _ estate: DeclaredEstate,
    _ notes: ReportNotes,
    style: DocumentStyle
  ) {
    // As reports of incidents have it: people may know of one before the program does.
    func told(_ facts: QuarterFacts) -> QuarterFacts {
      var facts = facts
      for part in [\QuarterFacts.incidents, \QuarterFacts.others] {
        for place in facts[keyPath: part].indices {
          let id = facts[keyPath: part][place].incident.id
          if let time = notes.incidents[id]?.times["detected-at"] {
            facts[keyPath: part][place].detected = time
          }
        }
      }
      return facts
    }
    self.facts = told(facts)
    earlier = before.map(told)
    self.before = earlier.flatMap { $0.isUnread ? nil : $0 }
    self.estate = estate
    self.notes = notes
    self.style = style
  }

  var section: ReportNotes.Section { notes.quarters[facts.name] ?? ReportNotes.Section() }

  /// `2024年第2四半期`.
  func quarterName(_ name: String) -> String {
    guard style.isJapanese, let period = QuarterFacts.period(of: name) else { return name }
    let date = CivilCalendar.date(ofDay: period.lowerBound)
    return (style.usesEra ? style.era(period.lowerBound) : "\(date.year)年")
      + "\(date.month)〜\(date.month + 2)月期"
  }

  /// The version that is replaced.
  private var previous: IssuedReport? {
    facts.issued.last { $0.kind == "quarterly" && $0.subject == facts.name }
  }

  var versions: VersionFields {
    VersionFields(
      issue: issue,
      previous: previous,
      figures: figures,
      now: now,
      style: style,
      words: FigureWords(kind: "quarterly", style: style)
    )
  }

  public var figures: [IssuedReport.Figure] {
    let sum = taken(facts)
    return [IssuedReport.Figure(name: "records", low: sum.low, high: sum.knownHigh)]
      + MeasureFigures.make(allMeasures)
  }

  public func document() -> Document {
    var document = Document(
      .quarterly,
      title: style.pick("Quarterly supervision report", "四半期監督報告書"),
      style: style
    )
    document.program = program
    document.isIssued = issue != nil
    document.subtitle = [.words(quarterName(facts.name)), .days(facts.period)]
    document.highlights = [
      Document.Field(
        "incidents_count",
        style.term("incidents"),
        [count(of: facts)],
        note: style.pick("the quarter before: ", "前四半期:")
          + (earlier.map { style.text(count(of: $0)) } ?? style.unknown)
      ),
      Document.Field(
        "open",
        style.pick("Waiting", "判断待ち"),
        [waitingCount(facts)],
        note: waitingNote
      ),
      Document.Field(
        "taken",
        style.pick("Records taken, suspected", "持出しの疑いのある件数"),
        [isUnread ? .unknown : .records(taken(facts))],
        note: style.pick("of whole incidents; the quarter before: ", "事案全体。前四半期:")
          + (before.map { style.interval(taken($0)) } ?? style.unknown)
      ),
      Document.Field(
        "coverage",
        style.term("coverage"),
        [.share(facts.coverage.share.permille.map { Double($0) / 1000 })],
        note: before?.coverage.share.permille.map {
          style.pick("the quarter before ", "前四半期 ") + TextNumbers.percent(permille: $0)
        }
      ),
    ]
    document.sections = [
      governance, register, volumes, accounts, detection, logs, selfTest, media, checklist,
      contractors, measures, support, cases, signOff,
    ]
    return document
  }

  /// Nothing is known of the quarter: a number of it would be none.
  var isUnread: Bool { facts.isUnread }

  func uncovered(_ facts: QuarterFacts) -> Int64 {
    facts.days.reduce(0) { $0 &+ max(0, $1.unexplained) }
  }

  func titled(_ key: String, _ blocks: [Document.Block]) -> Document.Section {
    var part = Document.Section(key, style.term(key))
    part.blocks = blocks + [.table(compared(key))]
    return part
  }

  // MARK: 1 to 4

  private var governance: Document.Section {
    let reporter = notes.reporter
    return titled(
      "governance",
      [
        .fields([
          style.field("organisation", .proses(reporter.texts["organisation"])),
          style.field("representative", .proses(reporter.texts["representative"])),
          style.field("contact", .proses(reporter.texts["contact"])),
          Document.Field(
            "executive",
            style.pick("Executive responsible", "責任者(経営層)"),
            .proses(section.texts["executive"] ?? reporter.texts["executive"])
          ),
          Document.Field(
            "reviewers",
            style.pick("Who reviews the logs", "ログの点検者"),
            .proses(section.texts["reviewers"] ?? reporter.texts["reviewers"]),
            note: conflict
          ), style.field("governance", .proses(section.texts["governance"])),
        ])
      ]
    )
  }

  /// Who reviews must not be who is reviewed.
  private var conflict: String? {
    let reviewers = Set(section.texts["reviewers"] ?? notes.reporter.texts["reviewers"] ?? [])
    let administrators = ReviewConflict(
      estate.accounts.filter { $0.role.isPrivileged }.flatMap(\.persons)
        + (notes.reporter.texts["under-review"] ?? []),
      estate
    )
    let both = reviewers.filter(administrators.holds).sorted()
    guard !both.isEmpty else { return nil }
    let names = SafeText.escaped(both.joined(separator: style.pick(", ", "、")), limit: 400)
    return style.pick(
      "also administrators, whose logs others must review: \(names)",
      "管理者を兼ねる(管理者のログは他の者が点検する):\(names)"
    )
  }

  struct Sums {
    var records = Volume.none
    var uncovered: Int64 = 0
    var operations: Int64 = 0
  }

  func sums(_ facts: QuarterFacts?) -> [String: Sums] {
    var found: [String: Sums] = [:]
    for day in facts?.days ?? [] {
      found[day.owner, default: Sums()].records.add(day.records)
      found[day.owner, default: Sums()].uncovered &+= max(0, day.unexplained)
      found[day.owner, default: Sums()].operations &+= day.operations
    }
    return found
  }

  private var volumes: Document.Section {
    let (now, then) = (sums(facts), sums(before))
    var table = style.table(
      "volumes",
      [
        ("owner", "Owner", "委託元", false), ("records", "Records", "取扱件数", true),
        ("before", "Quarter before", "前四半期", true),
        ("taken", "Suspected taken", "持出しの疑い", true),
        ("uncovered", "No instruction covers", "指示と照合できない件数", true),
        ("uncovered_before", "Quarter before", "前四半期", true),
        ("operations", "Operations", "操作数", true),
      ],
      empty: nothing("No handling was seen in the quarter.", "期間中の取扱いは確認されない。")
    )
    for owner in Set(now.keys).union(then.keys).union(takenOwners).sorted() {
      let (new, old) = (now[owner] ?? Sums(), then[owner])
      table.rows.append([
        owner.isEmpty ? .words(style.term("owner_unknown")) : .name(owner),
        isUnread ? .unknown : .records(new.records),
        before == nil ? .unknown : .records(old?.records ?? .none),
        .records(taken(of: owner)), isUnread ? .unknown : .number(new.uncovered),
        before == nil ? .unknown : .number(old?.uncovered ?? 0),
        isUnread ? .unknown : .number(new.operations),
      ])
    }
    table.note = style.pick(
      "No instruction covers: lower end, the look-ups of daily work among them, which are no suspicion. Suspected taken: of the incidents; of one that goes on beyond the quarter, up to its whole number.",
      "指示と照合できない件数は下端で、疑いのない日常の少量の閲覧を含む。持出しの疑いは事案による件数で、期間をまたぐ事案については全体の件数を上限とする。"
    )
    var matches = Document.Table(
      "volumes_by_match",
      style.pick(
        "Records of the incidents that touch the quarter, by instruction",
        "本四半期に係る事案の件数と指示との照合"
      ),
      [
        Document.Table.Column("match", style.pick("Match", "照合")),
        Document.Table.Column("records", style.pick("Records", "件数"), isNumeric: true),
      ],
      empty: style.unknown
    )
    addMatches(to: &matches)
    return titled("volumes", [.table(table), .table(matches)])
  }
}
