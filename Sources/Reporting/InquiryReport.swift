public import EventModel

/// The answer to an owner's inquiry, as JSON Lines: docs/formats/inquiry.md.
public struct InquiryReport: Sendable {
  public var answer: InquiryAnswer
  public var program: String
  /// Whether the internal annex is written, which names other owners.
  public var writesAnnex = false
  /// Names of other owners, as an organisation may bear them: the answer does not.
  public var otherNames: Set<String> = []

  public init(_ answer: InquiryAnswer, program: String) {
    self.answer = answer
    self.program = program
  }

  /// The name of an organisation, unless it is another owner's.
  func organisation(_ name: String) -> String {
    otherNames.contains(name) ? "(another owner)" : name
  }

  // MARK: JSON Lines

  public func lines() -> String {
    var writer = JSONWriter()
    func line(_ kind: String, _ body: (inout JSONWriter) -> Void) {
      writer.object { object in
        object.field("kind", kind)
        body(&object)
      }
      writer.lineFeed()
    }
    line("inquiry") { writeHead(to: &$0) }
    for (kind, handlers) in [
      ("account", answer.accounts), ("terminal", answer.terminals), ("person", answer.persons),
      ("organisation", answer.organisations),
    ] {
      for handler in handlers { line("inquiry-handler") { write(handler, kind, to: &$0) } }
    }
    for ticket in answer.tickets {
      line("inquiry-ticket") { object in
        object.field("ticket", ticket.id)
        object.field("account", ticket.account)
        object.field("records", ticket.records)
        object.field("most", ticket.most)
        object.field("last", ticket.last)
      }
    }
    for taking in answer.takings { line("inquiry-taking") { write(taking, to: &$0) } }
    for gap in answer.gaps {
      line("inquiry-gap") { object in
        object.field("source", gap.stretch.source)
        object.field("state", gap.stretch.state.rawValue)
        object.field("from", CivilCalendar.text(ofDay: gap.stretch.days.lowerBound))
        object.field("until", CivilCalendar.text(ofDay: gap.stretch.days.upperBound))
        object.field("days", Int64(gap.stretch.days.count))
        object.field("lost_messages", gap.stretch.lost)
        object.field("max_rows", gap.most)
        object.field("usual_rows", gap.usual)
      }
    }
    if let complaints = answer.complaints {
      line("inquiry-complaints") { write(complaints, to: &$0) }
    }
    if writesAnnex {
      for other in answer.annex {
        line("inquiry-annex") { object in
          object.field("owner", other.owner)
          object.field("accounts", other.accounts)
          object.field("terminals", other.terminals)
          object.field("records", other.records, quality: true)
          object.field("incidents", other.incidents)
        }
      }
    }
    line("inquiry-conclusion") { object in
      object.field("conclusion", answer.conclusion.rawValue)
      object.field("conclusion_ja", Self.words(answer).japanese)
      object.field("known_permille", answer.coverage.share.permille)
      object.field("confirmed", Int64(answer.facts.confirmed))
      object.field("suspicions", Int64(answer.facts.suspicions))
      object.field("standing_out", Int64(answer.facts.standingOut))
      object.field("unattributed", Int64(answer.facts.unattributed))
      object.field("altered_days", Int64(answer.facts.alteredDays))
      object.field("late_days", Int64(answer.facts.lateDays))
      object.sentences("limitations", Self.limits(answer).map(\.english))
      object.sentences("limitations_ja", Self.limits(answer).map(\.japanese))
    }
    return writer.text
  }

  private func writeHead(to object: inout JSONWriter) {
    object.field("owner", answer.owner)
    object.field("from", CivilCalendar.text(ofDay: answer.period.lowerBound))
    object.field("until", CivilCalendar.text(ofDay: answer.period.upperBound))
    object.write(answer.coverage.basis)
    object.field("examiner", answer.examiner.isEmpty ? nil : answer.examiner)
    object.write(answer.coverage.share)
    object.field("sources", answer.coverage.sources.filter(\.isCounted).map(\.name))
    object.field("read_until", answer.coverage.lastDay.map { CivilCalendar.text(ofDay: $0) })
    object.field("delivered", answer.delivered)
    object.field("usual_day", answer.usualDay)
    object.key("register_declared")
    object.bool(answer.hasRegister)
    object.field("not_in_register", answer.unregistered.map(organisation))
    object.field("unattributed_incidents", answer.unattributed)
    object.field("outside_incidents", answer.outside)
    object.field("digests", answer.digests) { item, digest in
      item.field("of", digest.name)
      item.field("sha256", digest.sha256)
    }
    object.field("program", program)
  }

  private func write(
    _ handler: InquiryAnswer.Handler,
    _ kind: String,
    to object: inout JSONWriter
  ) {
    object.field("what", kind)
    object.field("name", kind == "organisation" ? organisation(handler.name) : handler.name)
    object.field("organisation", handler.organisation.map(organisation))
    object.field("role", handler.role)
    object.field("persons", handler.persons)
    object.key("shared")
    object.bool(handler.isShared)
    object.field("operations", handler.operations)
    object.field("exports", kind == "account" ? handler.exports : nil)
    object.field("records", handler.records, quality: true)
    object.field("bytes", handler.bytes)
    object.field("without_instruction", handler.unexplained)
    for (match, records) in handler.authorisation?.parts ?? [] {
      object.field(Self.authorisationName(match), records, quality: true)
    }
    object.field("jobs", handler.jobs)
    object.field("first", CivilCalendar.text(ofDay: handler.first))
    object.field("last", CivilCalendar.text(ofDay: handler.last))
    object.key("within_period")
    object.bool(handler.isExact)
  }

  /// The field of the records of days that stand so to the instructions.
  private static func authorisationName(_ match: HandlingDay.Match) -> String {
    switch match {
    case .within: "within_instruction"
    case .exceeded: "beyond_instruction"
    case .none: "no_instruction"
    case .unknown: "number_not_stated"
    }
  }

  private func write(_ taking: InquiryAnswer.Taking, to object: inout JSONWriter) {
    object.field("incident", taking.incident)
    object.field("severity", taking.severity.name)
    object.field("confidence", taking.confidence.name)
    object.key("confirmed")
    object.bool(taking.isConfirmed)
    object.key("excepted")
    object.bool(taking.isExcepted)
    object.field("decision", taking.decision?.kind.rawValue)
    object.field("duplicate_of", taking.duplicateOf)
    object.key("suspicion")
    object.bool(taking.isSuspicion)
    object.field("accounts", taking.accounts)
    object.field("terminals", taking.terminals)
    object.field("detectors", taking.detectors)
    object.field("records", taking.records, quality: true)
    object.field("first", taking.first)
    object.field("last", taking.last)
    object.field("evidence_sha256", taking.evidence)
  }

  private func write(_ complaints: InquiryAnswer.Complaints, to object: inout JSONWriter) {
    object.field("listed", Int64(complaints.listed))
    object.field("compared_permille", complaints.comparedPermille)
    object.field("compared", Int64(complaints.compared))
    object.field("opened_by_anybody", Int64(complaints.opened))
    object.field("universe", Int64(complaints.universe))
    object.field("accounts_compared", Int64(complaints.tests))
    object.field("ranking", complaints.ranking) { item, rank in
      item.field("account", rank.account)
      item.field("opened", Int64(rank.opened))
      item.field("matched", Int64(rank.matched))
      item.key("expected")
      item.number(rank.expected)
      item.key("chance_corrected")
      item.number(rank.chance)
      item.key("stands_out")
      item.bool(rank.standsOut)
    }
  }

  // MARK: Words

  /// The conclusion: never that there was nothing, never without the share.
  static func words(_ answer: InquiryAnswer) -> (english: String, japanese: String) {
    let share = answer.coverage.share.permille.map { TextNumbers.percent(permille: $0) }
    switch answer.conclusion {
    case .confirmed:
      return (
        "Confirmed (by a person; coverage \(share ?? "unknown"))",
        "確認された(人による確認。範囲 \(share ?? "不明"))"
      )
    case .suspected:
      return (
        "Suspected; suspicion is not proof (coverage \(share ?? "unknown"))",
        "疑いあり(疑いは証明ではない。範囲 \(share ?? "不明"))"
      )
    case .notFoundWithinRecords:
      return (
        "Not found within the records (coverage \(share ?? "unknown"))",
        "記録の範囲では確認されない(範囲 \(share ?? "不明"))"
      )
    case .undeterminable:
      return (
        "Cannot be determined (coverage \(share ?? "unknown"))",
        "判断できない(範囲 \(share ?? "不明"))"
      )
    }
  }

  /// How a taking stands: by a person's word, by an exception, or as a suspicion.
  static func standing(of taking: InquiryAnswer.Taking) -> (english: String, japanese: String) {
    if taking.isConfirmed { return ("confirmed by a person", "人による確認済み") }
    if taking.isExcepted { return ("under an exception", "例外の対象") }
    if let other = taking.duplicateOf {
      return ("duplicate of \(SafeText.name(other))", "\(SafeText.name(other)) と重複")
    }
    guard let decision = taking.decision, decision.kind.isClearing else {
      return ("suspected", "疑いあり")
    }
    let by = SafeText.name(decision.by)
    guard !taking.isOwnDecision else {
      return (
        "suspected: \(by), who holds it to be legitimate, is named in it",
        "疑いあり(正当と判断した \(by) 自身が対象)"
      )
    }
    return ("held to be legitimate by \(by)", "\(by) が正当と判断")
  }

  /// What was not seen: never empty.
  static func limits(_ answer: InquiryAnswer) -> [(english: String, japanese: String)] {
    var limits: [(english: String, japanese: String)] = []
    let gapDays = answer.gaps.reduce(0) { $0 + $1.stretch.days.count }
    if gapDays > 0 {
      limits.append(
        (
          NumberText.counted(Int64(gapDays), "source-day")
            + (gapDays == 1
              ? " has no line that can be relied on: it"
              : " have no line that can be relied on: any of them")
            + " may hide a taking of the whole set.",
          "依拠できる記録のない記録元×日が \(TextNumbers.grouped(gapDays)) ある。いずれも全件の持出しを隠し得る。"
        )
      )
    }
    let unknown = answer.coverage.sources.filter { $0.isCounted && $0.isHolder }
      .reduce(0) { $0 + $1.days.reduce(0) { $0 + $1.unknownVolume } }
    if unknown > 0 {
      limits.append(
        (
          NumberText.counted(unknown, "read") + (unknown == 1 ? " states" : " state")
            + " no number of records.",
          "件数を記さない読出しが \(TextNumbers.grouped(unknown)) 回ある。"
        )
      )
    }
    for source in answer.coverage.sources where source.isCounted {
      limits += Self.unjudged(source)
    }
    for difference in answer.coverage.differences {
      limits.append(
        (
          CoverageBlocks.words(difference, DocumentStyle(.english)),
          CoverageBlocks.words(difference, DocumentStyle(.japanese))
        )
      )
    }
    let cleared = answer.takings.filter { $0.isCleared && !$0.isExcepted }
    if !cleared.isEmpty {
      let ids = cleared.map(\.incident).joined(separator: ", ")
      limits.append(
        (
          "Takings that persons hold to be legitimate are not counted as suspected: \(ids). That is their word, not the logs'.",
          "人が正当と判断した事案(\(ids))は疑いに数えていない。これは人の判断であり、記録から導かれるものではない。"
        )
      )
    }
    let excepted = answer.takings.filter { $0.isExcepted && !$0.isConfirmed }.map(\.incident)
    if !excepted.isEmpty {
      let ids = excepted.joined(separator: ", ")
      limits.append(
        (
          "Takings under an exception of the estate file are not counted as suspected: \(ids). That is the word of whoever answers for the exception, not the logs'.",
          "環境定義の例外の対象とされた事案(\(ids))は疑いに数えていない。これは例外の責任者の判断であり、記録から導かれるものではない。"
        )
      )
    }
    if !answer.outside.isEmpty {
      let ids = answer.outside.joined(separator: ", ")
      limits.append(
        (
          "Outside the period asked lie the suspected takings of \(NumberText.counted(Int64(answer.outside.count), "incident")): \(ids).",
          "照会期間の外に、持出しの疑いのある事案が \(answer.outside.count) 件ある(\(ids))。"
        )
      )
    }
    if !answer.unattributed.isEmpty {
      limits.append(
        (
          answer.unattributed.count == 1
            ? "1 incident of the period names no owner: it may be this one's."
            : "\(answer.unattributed.count) incidents of the period name no owner: they may be this one's.",
          "委託元の分からない事案が期間中に \(answer.unattributed.count) 件あり、本件の可能性がある。"
        )
      )
    }
    if !answer.coverage.knowsHolders {
      limits.append(
        (
          "It is not known which sources hold this owner's records.",
          "この委託元の記録を持つ記録元が分からない。"
        )
      )
    }
    limits.append(
      (
        "Whatever leaves no trace in the sources named here was not seen.",
        "ここに挙げた記録元に残らない取扱いは見えない。"
      )
    )
    return limits
  }

  /// What of a source nobody has judged: events that came too late, lines that could not be read.
  private static func unjudged(
    _ source: CoverageAccount.Source
  ) -> [(english: String, japanese: String)] {
    var limits: [(english: String, japanese: String)] = []
    let name = SafeText.name(source.name)
    let days = source.days.filter { $0.late > 0 }
    if let first = days.first, let last = days.last {
      let late = days.reduce(0) { $0 + $1.late }
      let count = TextNumbers.grouped(late)
      func span(_ language: DocumentStyle.Language) -> String {
        let style = DocumentStyle(language)
        return style.text(.days(first.day...max(first.day, last.day)))
      }
      limits.append(
        (
          "Source \(name): \(NumberText.counted(late, "event")) of \(span(.english)) came too late and \(late == 1 ? "was" : "were") not judged: who acted there is not "
            + "told here. A scan of its logs judges them.",
          "記録元 \(name): \(span(.japanese))の \(count) 件は到着が遅く判定されていない。その取扱者はここに現れない"
            + "(ログを scan すると判定される)。"
        )
      )
    }
    if source.rejected > 0 {
      let count = TextNumbers.grouped(source.rejected)
      limits.append(
        (
          "Source \(name): \(count) of the lines ever read of it could not be read; what they tell is not known.",
          "記録元 \(name): これまでに読み込んだ行のうち \(count) 行は解読できず、その内容は分からない。"
        )
      )
    }
    return limits
  }
}
