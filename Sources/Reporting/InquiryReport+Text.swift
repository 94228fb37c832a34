internal import EventModel

/// The answer as a person reads it.
extension InquiryReport {
  private static let shown = 15

  public func render(_ options: ReportOptions) -> String {
    var page = TextLayout(options: options)
    let numbers = TextNumbers(language: options.language)
    page.paragraph(
      page.label("Answer to an owner's inquiry", "委託元照会への回答"),
      colour: .bold
    )
    field("Owner", "照会元", SafeText.name(answer.owner), to: &page)
    field("Period", "期間", numbers.days(answer.period), to: &page)
    if let words = PeriodWords.unlessAsked(answer.coverage) {
      page.both(japanese: words.japanese, english: words.english, indent: 4)
    }
    let examiner = answer.examiner.isEmpty ? numbers.unknown : SafeText.name(answer.examiner)
    field("Examiner", "実施者", examiner, to: &page)
    field(
      "Records delivered",
      "交付件数",
      answer.delivered.map { TextNumbers.grouped($0) } ?? numbers.unknown,
      to: &page
    )
    page.blank()
    writeConclusion(to: &page)
    page.blank()
    writeScope(numbers, to: &page)
    writeHandlers(numbers, to: &page)
    writeAuthorisation(numbers, to: &page)
    writeTakings(numbers, to: &page)
    writeGaps(numbers, to: &page)
    if let complaints = answer.complaints { write(complaints, to: &page) }
    page.blank()
    page.paragraph(page.label("Digests", "証拠のダイジェスト"), colour: .bold)
    for digest in answer.digests {
      page.paragraph("\(SafeText.name(digest.name)):", indent: 2)
      page.pointer(digest.sha256, indent: 4)
    }
    page.paragraph(SafeText.escaped(program, limit: 256), indent: 2)
    if writesAnnex { writeAnnex(numbers, to: &page) }
    return page.text
  }

  private func field(
    _ english: String,
    _ japanese: String,
    _ text: String,
    to page: inout TextLayout
  ) {
    page.paragraph("\(page.label(english, japanese)): \(text)", indent: 2, hanging: 2)
  }

  private func title(_ english: String, _ japanese: String, to page: inout TextLayout) {
    page.blank()
    page.paragraph(page.label(english, japanese), colour: .bold)
  }

  private func writeConclusion(to page: inout TextLayout) {
    let words = Self.words(answer)
    page.both(
      japanese: "結論:" + words.japanese,
      english: "Conclusion: " + words.english,
      colour: answer.conclusion == .notFoundWithinRecords ? .bold : .red
    )
    for limit in Self.limits(answer) {
      page.both(
        japanese: "- " + limit.japanese,
        english: "- " + limit.english,
        indent: 2,
        hanging: 2
      )
    }
  }

  private func writeScope(_ numbers: TextNumbers, to page: inout TextLayout) {
    page.paragraph(page.label("Scope", "対象範囲"), colour: .bold)
    for source in answer.coverage.sources where source.isCounted {
      let share = source.share.permille.map { TextNumbers.percent(permille: $0) }
      page.paragraph("\(SafeText.name(source.name)): \(share ?? numbers.unknown)", indent: 2)
    }
  }

  private func writeHandlers(_ numbers: TextNumbers, to page: inout TextLayout) {
    for (english, japanese, handlers) in [
      ("Accounts that handled the records", "取扱者(アカウント)", answer.accounts),
      ("Terminals", "端末", answer.terminals),
      ("Persons", "人物", answer.persons),
      ("Organisations", "組織", answer.organisations),
    ] where !handlers.isEmpty {
      title(english, japanese, to: &page)
      for handler in handlers.prefix(Self.shown) { write(handler, numbers, to: &page) }
      rest(handlers.count, numbers, to: &page)
    }
  }

  private func rest(_ count: Int, _ numbers: TextNumbers, to page: inout TextLayout) {
    guard count > Self.shown else { return }
    let more = TextNumbers.grouped(count - Self.shown)
    page.both(
      japanese: "ほか \(more) 件(jsonl に全件)",
      english: "\(more) more (all of them in jsonl)",
      indent: 2
    )
  }

  private func write(
    _ handler: InquiryAnswer.Handler,
    _ numbers: TextNumbers,
    to page: inout TextLayout
  ) {
    var line = SafeText.name(organisation(handler.name))
    var notes: [String] = []
    if let organisation = handler.organisation {
      notes.append(SafeText.name(self.organisation(organisation)))
    }
    if let role = handler.role { notes.append(role) }
    if handler.isShared { notes.append(page.label("shared", "共用")) }
    notes += handler.persons.prefix(4).map { SafeText.name($0) }
    if !notes.isEmpty { line += " (\(notes.joined(separator: ", ")))" }
    line += ": " + numbers.quantity(handler.records, unit: "records")
    line += ", \(page.label("operations", "操作")) \(TextNumbers.grouped(handler.operations))"
    if handler.exports > 0 {
      line += ", \(page.label("exports", "書出し")) \(TextNumbers.grouped(handler.exports))"
    }
    if handler.bytes > 0 {
      line += ", \(page.label("bytes", "バイト")) \(TextNumbers.grouped(handler.bytes))"
    }
    if let unexplained = handler.unexplained {
      line += ", \(page.label("without instruction", "指示なし")) \(TextNumbers.grouped(unexplained))"
    }
    line += ", " + numbers.days(handler.first...max(handler.first, handler.last))
    if !handler.isExact { line += " " + page.label("(partly outside the period)", "(期間外を含む)") }
    page.paragraph(line, indent: 2, hanging: 2)
  }

  private func writeAuthorisation(_ numbers: TextNumbers, to page: inout TextLayout) {
    title("Authorisation", "取扱いの根拠", to: &page)
    for ticket in answer.tickets.prefix(Self.shown) {
      let most = ticket.most.map { TextNumbers.grouped($0) } ?? numbers.unknown
      page.paragraph(
        "\(page.label("ticket", "指示票")) \(SafeText.name(ticket.id)): "
          + "\(SafeText.name(ticket.account)), \(TextNumbers.grouped(ticket.records)) / \(most), "
          + "\(ticket.last)",
        indent: 2,
        hanging: 2
      )
    }
    rest(answer.tickets.count, numbers, to: &page)
    for job in Set(answer.accounts.flatMap(\.jobs)).sorted() {
      page.paragraph("\(page.label("job", "定例処理")) \(SafeText.name(job))", indent: 2, hanging: 2)
    }
    if answer.tickets.isEmpty, answer.accounts.allSatisfy(\.jobs.isEmpty) {
      page.both(japanese: "該当する指示・定例処理なし。", english: "No ticket and no job.", indent: 2)
    }
    if !answer.hasRegister {
      page.both(
        japanese: "委託・同意の台帳が宣言されていないため、照合できない。",
        english: "No register of delegations is declared: organisations cannot be held against it.",
        indent: 2
      )
    } else if answer.unregistered.isEmpty {
      page.both(
        japanese: "取り扱った組織はすべて台帳にある。",
        english: "All organisations seen are in the register.",
        indent: 2
      )
    } else {
      let names = answer.unregistered.map { SafeText.name(organisation($0)) }.joined(
        separator: ", "
      )
      page.both(
        japanese: "台帳にない、または期限外の組織:\(names)",
        english: "Organisations without a valid entry in the register: \(names)",
        indent: 2,
        colour: .red
      )
    }
  }

  private func writeTakings(_ numbers: TextNumbers, to page: inout TextLayout) {
    title("Takings", "持出し", to: &page)
    if answer.takings.isEmpty {
      page.both(
        japanese: "記録の範囲では確認されない。見えなかったものは上記と「欠落」のとおり。",
        english: "None within the records; what was not seen stands above and under \"Gaps\".",
        indent: 2
      )
    }
    for taking in answer.takings.prefix(Self.shown) {
      let standing = Self.standing(of: taking)
      let mark = page.label(standing.english, standing.japanese)
      page.paragraph(
        "\(SafeText.name(taking.incident)) [\(mark), \(numbers.severity(taking.severity)), "
          + "\(page.label("confidence", "確度")) \(numbers.confidence(taking.confidence))]: "
          + numbers.quantity(taking.records, unit: "records")
          + ", " + numbers.span("\(taking.first)", "\(taking.last)"),
        indent: 2,
        hanging: 2
      )
      let who = (taking.accounts + taking.terminals).map { SafeText.name($0) }
      page.paragraph(
        who.prefix(12).joined(separator: ", ") + "; " + taking.detectors.joined(separator: ", "),
        indent: 4,
        hanging: 2
      )
      page.paragraph(
        "\(page.label("lines of evidence with a digest", "ダイジェストのある証拠行")) "
          + TextNumbers.grouped(taking.evidence.count),
        indent: 4
      )
    }
    rest(answer.takings.count, numbers, to: &page)
  }

  private func writeGaps(_ numbers: TextNumbers, to page: inout TextLayout) {
    title("Gaps, and the most that each could hide", "欠落と、隠し得る最大件数", to: &page)
    if answer.gaps.isEmpty {
      page.both(
        japanese: "期間中、宣言された記録元に欠落した日はない。",
        english: "No day is missing in the sources that are known.",
        indent: 2
      )
      return
    }
    let ranked = answer.gaps.enumerated().sorted {
      ($1.element.stretch.days.count, $0.offset) < ($0.element.stretch.days.count, $1.offset)
    }.map(\.element)
    for gap in ranked.prefix(Self.shown) {
      let words = gap.stretch.state.words
      let most = numbers.most(gap.most)
      let usual = gap.usual.map { TextNumbers.grouped($0) } ?? numbers.unknown
      let lost = gap.stretch.lost > 0 ? " " + TextNumbers.grouped(gap.stretch.lost) : ""
      page.paragraph(
        "\(SafeText.name(gap.stretch.source)) \(numbers.days(gap.stretch.days)) "
          + "(\(page.label(words.english, words.japanese))\(lost)): \(most); "
          + "\(page.label("at the usual rate", "通常の取扱量なら")) \(usual)",
        indent: 2,
        hanging: 2
      )
    }
    rest(ranked.count, numbers, to: &page)
  }

  private func write(_ complaints: InquiryAnswer.Complaints, to page: inout TextLayout) {
    title("Complaints against what accounts opened", "苦情の対象者と各アカウントの閲覧", to: &page)
    let part = TextNumbers.percent(permille: complaints.comparedPermille)
    page.both(
      japanese: "一覧 \(TextNumbers.grouped(complaints.listed)) 名。比較できる割合 \(part)、そのうち "
        + "\(TextNumbers.grouped(complaints.compared)) 名を比較し、閲覧の記録があるのは "
        + "\(TextNumbers.grouped(complaints.opened)) 名。ほかは対象者を記さない一括読出しか、別の経路。",
      english: "\(TextNumbers.grouped(complaints.listed)) listed; of the part that can be compared"
        + " (\(part)) \(TextNumbers.grouped(complaints.compared)), and"
        + " \(TextNumbers.grouped(complaints.opened)) of them were opened by an account. The others were"
        + " read in bulk, which names nobody, or went another way.",
      indent: 2
    )
    for rank in complaints.ranking.prefix(10) {
      let expected = TextNumbers.grouped(Int64(rank.expected.rounded(.up)))
      let mark =
        rank.standsOut ? page.label("stands out", "偶然を超える") : page.label("may be chance", "偶然の範囲")
      page.paragraph(
        "\(SafeText.name(rank.account)): \(TextNumbers.grouped(rank.matched)) / "
          + "\(page.label("opened", "閲覧")) \(TextNumbers.grouped(rank.opened)), "
          + "\(page.label("by chance about", "偶然なら約")) \(expected), "
          + "\(page.label("chance", "確率")) \(Self.chance(rank.chance)): \(mark)",
        indent: 2,
        hanging: 2
      )
    }
    page.both(
      japanese: "確率は比較した \(TextNumbers.grouped(complaints.tests)) アカウント分を補正済み(Bonferroni)。"
        + "担当業務が苦情の対象者に偏る者も上位に来る。疑いは証明ではない。",
      english:
        "Chances are corrected for \(TextNumbers.grouped(complaints.tests)) accounts compared"
        + " (Bonferroni). Whoever serves the callers concerned ranks high as well: suspicion is not proof.",
      indent: 2
    )
  }

  /// `1 / 12,000`.
  static func chance(_ value: Double) -> String {
    guard value > 1e-15 else { return "< 1 / 10^15" }
    guard value < 1 else { return "1" }
    return "1 / " + TextNumbers.grouped(Int64((1 / value).rounded(.down)))
  }

  private func writeAnnex(_ numbers: TextNumbers, to page: inout TextLayout) {
    page.blank()
    page.both(
      japanese: "内部別紙(照会元に渡さない):同じアカウント・端末が扱った他の委託元",
      english: "Internal annex, not for the owner: other owners of the same accounts and terminals",
      colour: .red
    )
    for other in answer.annex {
      page.paragraph(
        "\(SafeText.name(other.owner)): \(page.label("accounts", "アカウント")) "
          + "\(TextNumbers.grouped(other.accounts.count)), \(page.label("terminals", "端末")) "
          + "\(TextNumbers.grouped(other.terminals.count)), "
          + numbers.quantity(other.records, unit: "records")
          + (other.incidents.isEmpty
            ? "" : ", \(page.label("incidents", "事案")) " + other.incidents.joined(separator: " ")),
        indent: 2,
        hanging: 2
      )
    }
  }
}
