public import EventModel

/// Makes the certificate of what of a period was seen.
public struct CoverageDocument: Sendable {
  let account: CoverageAccount
  let digests: [InquiryAnswer.Digest]
  let style: DocumentStyle
  public var clocks: [ClockRemark] = []
  public var program = ""
  /// The version that is being issued (`nil`: a draft), the one before it, and when it is written.
  public var issue: IssuedReport?
  public var previous: IssuedReport?
  public var now: Timestamp?

  public init(
    _ account: CoverageAccount,
    digests: [InquiryAnswer.Digest],
    style: DocumentStyle
  ) {
    self.account = account
    self.digests = digests
    self.style = style
  }

  /// What a version is known by.
  public var figures: [IssuedReport.Figure] {
    func figure(_ name: String, _ number: Int64?) -> IssuedReport.Figure? {
      number.map { IssuedReport.Figure(name: name, low: $0, high: $0) }
    }
    let share = account.share
    return [
      figure("known_permille", share.permille), figure("source_days", Int64(share.expected)),
      figure("gap_days", Int64(account.gaps.reduce(0) { $0 + $1.days.count })),
      figure(
        "breaches",
        Int64(account.sources.filter(\.isCounted).reduce(0) { $0 + $1.breaches.count })
      ),
    ].compactMap { $0 }
  }

  private var versions: VersionFields {
    VersionFields(
      issue: issue,
      previous: previous,
      figures: figures,
      now: now,
      style: style,
      words: FigureWords(kind: "coverage", style: style)
    )
  }

  public func document() -> Document {
    var document = Document(
      .coverage,
      title: style.pick("Certificate of coverage", "記録の範囲に関する証明書"),
      style: style
    )
    document.program = program
    document.isIssued = issue != nil
    document.subtitle = [.days(account.period)]
    if let owner = account.owner { document.subtitle.insert(.name(owner), at: 0) }
    let share = account.share
    document.highlights = [
      Document.Field(
        "coverage",
        style.term("coverage"),
        [.share(share.permille.map { Double($0) / 1000 })],
        note: style.pick("rounded down", "端数切捨て")
      ),
      Document.Field(
        "source_days",
        style.pick("Source-days expected", "記録元×日"),
        [.number(Int64(share.expected))]
      ),
      Document.Field(
        "gap_days",
        style.pick("Without a line to rely on", "依拠できる記録のない日"),
        [.number(Int64(account.gaps.reduce(0) { $0 + $1.days.count }))]
      ),
    ]
    var scope = Document.Section("scope", style.term("period_covered"))
    scope.blocks = [
      .sentences([
        .words(
          style.pick(
            "A \"nothing found\" of this period rests on this much and no more: of the source-days, the part without gap or alteration and of known volume.",
            "この期間について「見つからない」と言えるのは、この範囲に限る。記録元×日のうち、欠落・改変がなく、件数の分かる割合を示す。"
          )
        )
      ]),
      .fields([
        style.field("period_covered", .days(account.period)),
        style.field("period_basis", PeriodWords.cell(account, style)),
        style.field("owner", account.owner.map { .name($0) } ?? .words(style.pick("all", "すべて"))),
        Document.Field(
          "read_until",
          style.pick("Read up to", "読込み済みの最終日"),
          [account.lastDay.map { .day($0) } ?? .unknown]
        ),
        style.field("coverage", CoverageBlocks.share(account, style)),
        style.field("tamper_checks", CoverageBlocks.tamper(account, style)),
      ]), .picture(CoverageBlocks.calendar(account, style)),
    ]
    var missing = Document.Section("missing", style.term("gaps"))
    missing.blocks = [
      .table(CoverageBlocks.gaps(account, style)),
      .table(CoverageBlocks.digests(digests, style)),
    ]
    var limits = Document.Section("limitations", style.term("limitations"))
    let sources = Set(account.sources.lazy.filter(\.isCounted).map(\.name))
    let remarks = clocks.filter { sources.contains($0.source) }.map {
      Cell.words(style.pick($0.english, $0.japanese))
    }
    limits.blocks = [.sentences(CoverageBlocks.limits(account, style) + remarks)]
    document.sections = [scope, versions.section, missing, limits]
    return document
  }
}

/// Makes the list of whom to notify: opaque references, no names.
public struct NotificationDocument: Sendable {
  let owner: String
  let incident: Incident
  let subjects: CaseDocument.SubjectReferences?
  let delivered: Int64?
  let style: DocumentStyle
  public var program = ""
  /// The version that is being issued (`nil`: a draft), the one before it, and when it is written.
  public var issue: IssuedReport?
  public var previous: IssuedReport?
  public var now: Timestamp?

  public init(
    owner: String,
    incident: Incident,
    subjects: CaseDocument.SubjectReferences?,
    delivered: Int64?,
    style: DocumentStyle
  ) {
    self.owner = owner
    self.incident = incident
    self.subjects = subjects
    self.delivered = delivered
    self.style = style
  }

  /// What a version is known by.
  public var figures: [IssuedReport.Figure] {
    let count = incident.owners.first { $0.owner == owner }
    var found = [("suspected", count?.subjects), ("gross", count?.records)].compactMap {
      name,
      volume in
      volume.map { IssuedReport.Figure(name: name, low: $0.low, high: $0.knownHigh) }
    }
    if let references = subjects?.values.count {
      let number = Int64(references)
      found.append(
        IssuedReport.Figure(
          name: "subject_refs",
          low: number,
          high: subjects?.isComplete ?? true ? number : nil
        )
      )
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
      words: FigureWords(kind: "notification", style: style)
    )
  }

  /// How many references there are; of a list that is cut, at least as many as are in it.
  private var references: Cell {
    guard let subjects else { return .unknown }
    let count = Int64(subjects.values.count)
    return subjects.isComplete
      ? .number(count)
      : .records(Volume(low: count, high: Volume.unbounded, quality: .atLeast))
  }

  private func counts(_ count: Incident.OwnerCount?) -> Document.Table {
    var table = Document.Table(
      "counts",
      style.pick("Numbers", "件数"),
      [
        Document.Table.Column("owner", style.term("owner")),
        Document.Table.Column("delivered", style.term("delivered"), isNumeric: true),
        Document.Table.Column("suspected", style.term("suspected"), isNumeric: true),
        Document.Table.Column("gross", style.term("gross"), isNumeric: true),
        Document.Table.Column("references", style.term("subject_refs"), isNumeric: true),
      ],
      empty: style.unknown
    )
    table.rows = [
      [
        .name(owner), .number(delivered), count.map { .records($0.subjects) } ?? .unknown,
        count.map { .records($0.records) } ?? .unknown,
        references,
      ]
    ]
    return table
  }

  public func document() -> Document {
    let count = incident.owners.first { $0.owner == owner }
    var document = Document(
      .notification,
      title: style.pick("List for notification", "本人通知用一覧"),
      style: style
    )
    document.program = program
    document.isIssued = issue != nil
    document.subtitle = [.name(owner), .name(incident.id)]
    var part = Document.Section("list", style.term("subject_refs"))
    var table = style.table(
      "subject_refs",
      [
        ("subject_ref", "Reference", "本人参照", false), ("how", "How it is known", "判明の経緯", false),
      ],
      empty: subjects == nil
        ? style.pick(
          "Unknown: no night kept references of persons (they need a privacy key of the estate).",
          "不明:本人参照は保存されていない(保存には privacy の鍵が必要)。"
        )
        : style.pick(
          "None: nobody's record was opened one by one.",
          "なし:個別に閲覧された記録はない。"
        )
    )
    table.rows = (subjects?.values ?? []).map { value in
      let digits = String(value, radix: 16)
      // A word before it: a spreadsheet takes 12345678 and 1e5 for numbers.
      return [
        .digest("ref-" + String(repeating: "0", count: 8 - digits.utf8.count) + digits),
        .words(style.pick("opened one by one", "個別の閲覧")),
      ]
    }
    if let subjects, !subjects.isComplete {
      // Whoever takes the list alone has to see that it is not all.
      let kept = NumberText.grouped(Int64(subjects.values.count))
      table.rows.append([
        .words(style.pick("(the list is cut here)", "(一覧はここまで)")),
        .words(
          style.pick(
            "a sample of \(kept): there were more, whose references are not kept; to notify everybody take all who were delivered",
            "\(kept) 件の標本。これを超える本人の参照は保存されていない。漏れなく通知するには、交付した全員を対象とする"
          )
        ),
      ])
    }
    part.blocks = [
      .fields([
        style.field("owner", .name(owner)), style.field("incident_id", .name(incident.id)),
        style.field("delivered", .number(delivered)),
        style.field("suspected", count.map { .records($0.subjects) } ?? .unknown),
      ]), .table(counts(count)), .table(table),
    ]
    var limits = Document.Section("limitations", style.term("limitations"))
    limits.blocks = [
      .sentences(
        SubjectBlocks.words(subjects, style, isList: true) + [
          subjects.map(\.isComplete) == false
            ? .words(
              style.pick(
                "The list is cut: it holds a sample of those whose records the accounts opened one by one, in ordinary work as well. It is no list of persons whose data were taken, and says nothing of exports; whoever is not in it may be concerned.",
                "一覧は、当該アカウントが通常業務も含めて個別に閲覧した本人の一部(標本)であり、持出しの対象者の一覧ではない。一括の書出しの対象者は含まれない。一覧にない本人も該当し得る。"
              )
            )
            : .words(
              style.pick(
                "The list holds all whose records the accounts ever opened one by one, in ordinary work as well: it is no list of persons whose data were taken, and says nothing of exports.",
                "一覧は、当該アカウントが通常業務も含めて個別に閲覧した本人のすべてであり、持出しの対象者の一覧ではない。一括の書出しの対象者は含まれない。"
              )
            ),
          .words(
            style.pick(
              "A reference is the upper half of the keyed hash of an id: the owner finds the person by hashing its own ids with the key, and nobody can without it.",
              "本人参照は、鍵付きハッシュの上位32ビット。委託元は同じ鍵で自らの識別子をハッシュ化して照合する。鍵がなければ本人は分からない。"
            )
          ),
        ]
      )
    ]
    document.sections = [part, versions.section, limits]
    return document
  }
}
