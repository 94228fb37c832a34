public import Estate
public import EventModel

/// Makes the answer to an owner's inquiry: one of four conclusions, and never that nothing was taken.
public struct InquiryDocument: Sendable {
  let answer: InquiryAnswer
  let estate: DeclaredEstate
  let style: DocumentStyle
  public var program = ""
  /// The version that is being issued (`nil`: a draft), the one before it, and when it is written.
  public var issue: IssuedReport?
  public var previous: IssuedReport?
  public var now: Timestamp?
  /// What was asked, in the owner's words.
  public var question = ""
  /// Whether the internal annex is written, which names other owners.
  public var writesAnnex = false

  public init(_ answer: InquiryAnswer, _ estate: DeclaredEstate, style: DocumentStyle) {
    self.answer = answer
    self.estate = estate
    self.style = style
  }

  public func document() -> Document {
    var document = Document(
      .inquiry,
      title: style.pick("Answer to an owner's inquiry", "委託元照会への回答"),
      style: style
    )
    document.program = program
    document.isIssued = issue != nil
    document.subtitle = [.name(answer.owner), .days(answer.period)]
    document.highlights = [
      Document.Field("conclusion", style.term("conclusion"), [.words(conclusion)]),
      Document.Field(
        "period_covered",
        style.term("coverage"),
        [CoverageBlocks.share(answer.coverage, style)]
      ),
    ]
    document.sections = [
      asked(), versions.section, scope(), handlers(), takings(), gaps(), limits(),
    ]
    if answer.complaints != nil { document.sections.insert(complaints(), at: 5) }
    let mask = OwnerMask(answer.owner, estate, known: answer.knownOwners, style: style)
    document = document.mapTexts(mask.masked)
    if writesAnnex { document.sections.append(annex()) }
    return document
  }

  // MARK: Versions

  static let conclusions: [InquiryConclusion] = [
    .confirmed, .suspected, .notFoundWithinRecords, .undeterminable,
  ]

  /// What a version is known by: its conclusion, and the takings that it rests on.
  public var figures: [IssuedReport.Figure] {
    let place = Int64(Self.conclusions.firstIndex(of: answer.conclusion) ?? 0)
    var found = [IssuedReport.Figure(name: "conclusion", low: place, high: place)]
    for taking in answer.takings where taking.isSuspicion || taking.isConfirmed {
      found.append(
        IssuedReport.Figure(
          name: "taking/" + taking.incident,
          low: taking.records.low,
          high: taking.records.knownHigh
        )
      )
    }
    if let known = answer.coverage.share.permille.map({ Int64($0) }) {
      found.append(IssuedReport.Figure(name: "known_permille", low: known, high: known))
    }
    return found
  }

  private var versions: VersionFields {
    VersionFields(
      issue: issue,
      previous: previous,
      figures: figures,
      now: now,
      style: style,
      words: FigureWords(kind: "inquiry", style: style)
    )
  }

  /// The only words there are for a conclusion.
  var conclusion: String {
    let words = InquiryReport.words(answer)
    return style.pick(words.english, words.japanese)
  }

  private func asked() -> Document.Section {
    var part = Document.Section("inquiry", style.pick("Question and conclusion", "照会事項と結論"))
    part.blocks = [
      .fields([
        style.field(
          "question",
          question.isEmpty
            ? .words(
              style.pick(
                "whether records of the owner were taken in the period",
                "対象期間における当該委託元の記録の持出しの有無"
              )
            ) : .prose(question)
        ), style.field("period_asked", .days(answer.period)),
        style.field("period_basis", PeriodWords.cell(answer.coverage, style)),
        style.field("examiner", answer.examiner.isEmpty ? .unknown : .name(answer.examiner)),
        style.field("delivered", .number(answer.delivered)),
        style.field("conclusion", .words(conclusion)),
      ])
    ]
    return part
  }

  private func scope() -> Document.Section {
    var part = Document.Section("scope", style.term("period_covered"))
    part.blocks = [
      .fields([
        style.field("period_covered", CoverageBlocks.share(answer.coverage, style)),
        style.field("tamper_checks", CoverageBlocks.tamper(answer.coverage, style)),
      ]), .picture(CoverageBlocks.calendar(answer.coverage, style)),
    ]
    return part
  }

  private func handlers() -> Document.Section {
    var part = Document.Section("handling", style.term("handlers"))
    var table = style.table(
      "handlers",
      [
        ("name", "Name", "名称", false), ("what", "What", "区分", false),
        ("organisation", "Organisation", "所属組織", false), ("role", "Role", "役割", false),
        ("records", "Records", "件数", true), ("exports", "Exports", "書出し", true),
        ("unexplained", "No instruction covers", "指示と照合できない件数", true),
        ("authorisation", "Authorisation", "取扱いの根拠", false),
        ("jobs", "Jobs", "定例処理", false), ("first", "First", "最初", false),
        ("last", "Last", "最後", false),
      ],
      empty: style.pick("Nobody, within the records.", "記録の範囲では、取扱者はいない。")
    )
    // What is told of accounts alone.
    let apart = Cell.words("–")
    let accountWord = style.pick("account", "アカウント")
    for (word, list) in [
      (accountWord, answer.accounts),
      (style.pick("terminal", "端末"), answer.terminals),
      (style.pick("organisation", "組織"), answer.organisations),
    ] {
      let isAccount = word == accountWord
      for handler in list {
        table.rows.append([
          .name(handler.name), .words(word),
          handler.organisation.map { .name($0) } ?? (isAccount ? .unknown : apart),
          handler.role.map { .words(style.role($0)) } ?? (isAccount ? .unknown : apart),
          .records(handler.records), isAccount ? .number(handler.exports) : apart,
          isAccount ? .number(handler.unexplained) : apart,
          isAccount ? authorisation(handler) : apart,
          !isAccount
            ? apart
            : handler.jobs.isEmpty ? .none : listed(handler.jobs),
          .day(handler.first), .day(handler.last),
        ])
      }
    }
    table.note = style.pick(
      "What no instruction covers is a lower end and holds the look-ups of daily work, which no instruction names; what is suspected stands under Takings alone. Authorisation is told of whole days of an account.",
      "指示と照合できない件数は下端で、個別の指示によらない日常の少量の閲覧を含む。疑いのあるものは「持出し」に限る。取扱いの根拠は、アカウントの一日を単位とする。"
    )
    var tickets = style.table(
      "instructions",
      [
        ("ticket", "Instruction", "指示票", false), ("account", "Account", "アカウント", false),
        ("records", "Records", "件数", true), ("most", "At most", "上限件数", true),
        ("last", "Last used", "最後の使用", false),
      ],
      empty: style.pick("No instruction was used in the period.", "期間中に使われた指示はない。")
    )
    tickets.rows = answer.tickets.map {
      [.name($0.id), .name($0.account), .number($0.records), .number($0.most), .time($0.last)]
    }
    let register: [Cell] =
      !answer.hasRegister
      ? [.unknown]
      : answer.unregistered.isEmpty
        ? [.words(style.pick("all organisations seen are in the register", "取り扱った組織はすべて台帳にある"))]
        : answer.unregistered.map { .name($0) }
    part.blocks = [
      .table(table), .table(tickets),
      .fields([
        Document.Field(
          "not_in_register",
          style.pick("Organisations without a valid consent", "台帳にない、または期限外の組織"),
          register
        )
      ]),
    ]
    return part
  }

  /// Records by how their days stand to the instructions, those that are none left out.
  private func authorisation(_ handler: InquiryAnswer.Handler) -> Cell {
    guard let parts = handler.authorisation?.parts else { return .unknown }
    // Without an export and outside of every taking: look-ups, which no instruction names.
    let isDaily =
      handler.exports == 0 && !answer.takings.contains { $0.accounts.contains(handler.name) }
    let told = parts.filter { $0.records != .none }.map { part in
      let word =
        isDaily && part.match == .none
        ? style.pick("no instruction names it, not among the takings", "個別の指示なし(持出しには数えない)")
        : style.match(part.match)
      return word + " " + style.interval(part.records)
    }
    return told.isEmpty ? .none : .words(told.joined(separator: style.pick("; ", "、")))
  }

  private func takings() -> Document.Section {
    var part = Document.Section("taken", style.term("takings"))
    var table = style.table(
      "takings",
      [
        ("incident", "Reference", "管理番号", false), ("state", "State", "状態", false),
        ("severity", "Severity", "重大度", false), ("records", "Records", "件数", true),
        ("accounts", "Accounts", "アカウント", false), ("terminals", "Terminals", "端末", false),
        ("first", "First", "最初", false), ("last", "Last", "最後", false),
      ],
      empty: style.pick(
        "None was found within the records, as far as they go.",
        "記録の範囲では確認されない。"
      )
    )
    for taking in answer.takings {
      let (english, japanese) = InquiryReport.standing(of: taking)
      let state = style.pick(english, japanese)
      table.rows.append([
        .name(taking.incident), .words(state), .words(style.severity(taking.severity)),
        .records(taking.records), listed(taking.accounts), listed(taking.terminals),
        .time(taking.first), .time(taking.last),
      ])
    }
    if table.rows.count > 1 {
      table.note = style.pick(
        "Rows do not add up: one taking can be in two incidents, that of the actor and that of an organisation without consent.",
        "一つの持出しが、行為者の事案と承諾のない組織の事案の双方に現れることがあるため、件数は合計できない。"
      )
    }
    var lines = Document.Table(
      "evidence",
      style.term("events"),
      [
        Document.Table.Column("incident", style.pick("Reference", "管理番号")),
        Document.Table.Column("sha256", style.pick("SHA-256 of the line", "行の SHA-256")),
      ],
      empty: style.pick("No line.", "行なし。")
    )
    for taking in answer.takings {
      lines.rows += taking.evidence.map { [.name(taking.incident), .digest($0)] }
    }
    part.blocks = [.table(table), .table(lines)]
    return part
  }

  /// Names in one cell; none is unknown, and not nothing.
  private func listed(_ names: [String], none: Cell = .unknown) -> Cell {
    names.isEmpty ? none : .prose(names.joined(separator: style.pick(", ", "、")))
  }

  private func complaints() -> Document.Section {
    var part = Document.Section(
      "complaint_match",
      style.pick("Complaints beside what was opened", "申出と閲覧の照合")
    )
    guard let complaints = answer.complaints else { return part }
    var table = Document.Table(
      "complaint_ranking",
      style.pick("Accounts by how well they cover the list", "申出一覧との一致(アカウント別)"),
      [
        Document.Table.Column("account", style.pick("Account", "アカウント")),
        Document.Table.Column("opened", style.pick("Opened", "閲覧人数"), isNumeric: true),
        Document.Table.Column("matched", style.pick("Of the list", "うち一覧にある"), isNumeric: true),
        Document.Table.Column("stands_out", style.pick("Beyond chance", "偶然を超える一致")),
      ],
      empty: style.pick("No account opened any of them.", "閲覧したアカウントはない。")
    )
    table.rows = complaints.ranking.map {
      [
        .name($0.account), .number(Int64($0.opened)), .number(Int64($0.matched)),
        .words($0.standsOut ? style.pick("yes", "あり") : style.pick("no", "なし")),
      ]
    }
    part.blocks = [
      .sentences([
        .words(
          style.pick(
            "\(complaints.listed) subjects are listed; \(complaints.opened) of \(complaints.compared) compared were opened by anybody.",
            "一覧 \(complaints.listed) 人のうち、比較できた \(complaints.compared) 人中 \(complaints.opened) 人の記録が閲覧されている。"
          )
        )
      ]), .table(table),
    ]
    return part
  }

  private func gaps() -> Document.Section {
    var part = Document.Section("missing", style.term("gaps"))
    var table = CoverageBlocks.gaps(answer.coverage, style)
    table.columns += [
      Document.Table.Column(
        "max_rows",
        style.pick("Could hide, at most", "見逃し得る最大件数"),
        isNumeric: true
      ),
      Document.Table.Column(
        "usual_rows",
        style.pick("In as many usual days", "平常の同日数の件数"),
        isNumeric: true
      ),
    ]
    for place in table.rows.indices {
      let gap = place < answer.gaps.count ? answer.gaps[place] : nil
      table.rows[place] += [.number(gap?.most), .number(gap?.usual)]
    }
    part.blocks = [.table(table), .table(CoverageBlocks.digests(answer.digests, style))]
    return part
  }

  private func limits() -> Document.Section {
    var part = Document.Section("limitations", style.term("limitations"))
    part.blocks = [
      .sentences(InquiryReport.limits(answer).map { .words(style.pick($0.english, $0.japanese)) })
    ]
    return part
  }

  private func annex() -> Document.Section {
    var part = Document.Section(
      "annex",
      style.pick("Internal annex: not for the owner", "内部別紙(委託元へは渡さない)")
    )
    var table = style.table(
      "other_owners_to_tell",
      [
        ("owner", "Owner", "委託元", false), ("accounts", "Accounts", "アカウント", false),
        ("terminals", "Terminals", "端末", false), ("records", "Records", "件数", true),
        ("incidents", "Incidents", "事案", false),
      ],
      empty: style.pick("None: no other owner was handled by them.", "なし:他の委託元の取扱いはない。")
    )
    table.rows = answer.annex.map {
      [
        .name($0.owner), listed($0.accounts), listed($0.terminals), .records($0.records),
        listed($0.incidents, none: .none),
      ]
    }
    // Who they are is for the house: an owner is told accounts, organisations and instructions.
    var persons = style.table(
      "persons",
      [
        ("person", "Person", "人物", false), ("records", "Records", "件数", true),
        ("first", "First", "最初", false), ("last", "Last", "最後", false),
      ],
      empty: style.pick("No account leads to a person.", "人物に結び付くアカウントはない。")
    )
    persons.title = style.pick("Persons to whom the accounts are declared", "アカウントの申告上の使用者")
    persons.rows = answer.persons.map {
      [.name($0.name), .records($0.records), .day($0.first), .day($0.last)]
    }
    part.blocks = [.table(table), .table(persons)]
    return part
  }
}
