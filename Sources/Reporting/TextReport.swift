internal import EventModel

/// A report for a person: the verdict in one sentence, an incident a block, then what the logs
/// could and could not show.
///
/// Suspicion is never called proof, and "nothing found" never "no leak".
public struct TextReport: Reporter {
  public static let name = "text"
  public static let summary = "for a person, at 80 columns: verdict, incidents, coverage"

  let options: ReportOptions
  let numbers: TextNumbers

  public init(options: ReportOptions) {
    self.options = options
    numbers = TextNumbers(language: options.language)
  }

  public func write<Target: TextOutputStream>(_ report: ScanReport, to target: inout Target) {
    var page = TextLayout(options: options)
    let summaries = report.incidents.summaries
    let order = summaries.indices.sorted {
      let (left, right) = (summaries[$0], summaries[$1])
      if left.isExcepted != right.isExcepted { return right.isExcepted }
      return (right.severity, right.records.low, left.id)
        < (left.severity, left.records.low, right.id)
    }
    let raised = order.map { summaries[$0] }.filter { !$0.isExcepted }
    if raised.isEmpty {
      writeNothingFound(report.coverage, to: &page)
    } else {
      writeVerdict(raised, to: &page)
    }
    writeExcepted(summaries, to: &page)
    writeZone(to: &page)
    for index in order {
      page.blank()
      write(report.incidents[index], to: &page)
      page.flush(to: &target)
    }
    page.blank()
    write(report.coverage, to: &page)
    page.blank()
    page.paragraph(SafeText.name(report.program))
    if let digests = report.digests { page.write(digests) }
    page.flush(to: &target)
  }

  private func writeVerdict(_ incidents: [IncidentList.Summary], to page: inout TextLayout) {
    let worst = incidents.map(\.severity).max() ?? .informational
    // Incidents of an organisation tell the same reads again, those of a source tell no reads.
    let reading = incidents.filter {
      !$0.actor.hasPrefix("organisation:") && !$0.actor.hasPrefix("source:")
    }
    let organisations = incidents.filter { $0.actor.hasPrefix("organisation:") }
    let isHandling = reading.isEmpty && !organisations.isEmpty
    var records = Volume.none
    for incident in isHandling ? organisations : reading { records.add(incident.taken) }
    // Without such an incident nothing was counted: unknown, not 0.
    if reading.isEmpty, !isHandling { records = .unknown }
    let told = Self.verdict(records, isHandling: isHandling)
    let japanese = TextNumbers(language: .japanese)
    let english = TextNumbers(language: .english)
    let count = TextNumbers.grouped(incidents.count)
    page.both(
      japanese: "疑いあり:事案 \(count) 件、最も重いもの「\(japanese.severity(worst))」、"
        + told.japanese + "。",
      english: "Suspected: \(count) incident\(incidents.count == 1 ? "" : "s"), worst "
        + "\(english.severity(worst)), \(told.english).",
      colour: worst >= .high ? .red : .yellow
    )
  }

  /// How many records a verdict is about.
  private static func verdict(
    _ records: Volume,
    isHandling: Bool
  ) -> (english: String, japanese: String) {
    let isUnknown = records.isUnbounded && records.low == 0
    let english = TextNumbers(language: .english).quantity(records, unit: "records")
    let japanese = TextNumbers(language: .japanese).quantity(records, unit: "records")
    if isHandling {
      return (
        isUnknown
          ? "an unknown number of records handled without a registered consent"
          : "\(english) handled without a registered consent",
        "登録のない取扱い " + (isUnknown ? "件数不明" : japanese)
      )
    }
    return (
      isUnknown ? "unexplained records: unknown how many" : "unexplained \(english)",
      "説明のつかない記録 " + (isUnknown ? "件数不明" : japanese)
    )
  }

  private func writeNothingFound(_ coverage: Coverage, to page: inout TextLayout) {
    guard let percent = CoverageShare(coverage).percent else {
      guard coverage.outsidePeriod == 0 else {
        page.both(
          japanese: "判断できない:指定した期間の事象が一つもない。",
          english: "Undeterminable: no event lies in the period asked for.",
          colour: .yellow
        )
        return
      }
      page.both(
        japanese: "判断できない:日時の読める行が一つもない。",
        english: "Undeterminable: no line with a readable time was seen.",
        colour: .yellow
      )
      return
    }
    if CoverageShare(coverage).isTooLittle {
      page.both(
        japanese: "判断できない:記録のある範囲で疑いは見つからないが、記録は対象の \(percent) % に限られる。",
        english:
          "Undeterminable: nothing is suspected in what was read, but that is \(percent) % of the source-days.",
        colour: .yellow
      )
    } else {
      page.both(
        japanese: "記録の範囲では確認されない(範囲 \(percent) %)。",
        english: "Not found within the records (\(percent) % of the source-days covered).",
        colour: .bold
      )
    }
    writeBareReads(coverage.explained.none, to: &page)
    page.both(
      japanese: "見えなかったものは下の「記録の範囲」に示す。",
      english: "What was not seen stands below under Coverage."
    )
  }

  /// Bulk reads that no instruction covers are not nothing because no limit was reached.
  private func writeBareReads(_ records: Volume, to page: inout TextLayout) {
    guard records.high > 0 else { return }
    let english = TextNumbers(language: .english).quantity(records, unit: "records")
    let japanese = TextNumbers(language: .japanese).quantity(records, unit: "records")
    page.both(
      japanese: "指示と照合できない大量読出し(\(japanese))は、どの上限にも達していない。",
      english: "Bulk reads without a declared instruction (\(english)) reach no limit."
    )
  }

  func write(_ incident: Incident, to page: inout TextLayout) {
    page.paragraph(
      "[\(numbers.severity(incident.severity))] \(SafeText.name(incident.id)) "
        + SafeText.name(incident.actor),
      colour: incident.severity >= .high ? .red : .yellow
    )
    writeExceptions(of: incident, to: &page)
    writeNames(incident, to: &page)
    let episodes = TextNumbers.grouped(incident.episodes)
    // What is told of look-ups alone, or of a source, has no day of takings.
    let isTaking = incident.episodes > 0
    page.paragraph(
      "\(page.label("When", "期間")): "
        + numbers.span(options.zone.text(incident.first), options.zone.text(incident.last))
        + (isTaking
          ? ", "
            + (options.language == .both
              ? page.label("episodes", "回数") + " " + episodes
              : page.label(NumberText.counted(incident.episodes, "episode"), episodes + " 回"))
          : ""),
      indent: 2,
      hanging: 2
    )
    let records = incident.taken
    let isUnknown = records.isUnbounded && records.low == 0
    if isUnknown, !isTaking, incident.tellsOfMissingRecords {
      // Of a number that nobody states there is nothing to be sure of.
      let reason = page.label("what was not recorded cannot be counted", "記録されなかった取扱いは数えられない")
      page.paragraph(
        "\(page.label("Records", "件数")): \(numbers.quality(.unknown)) (\(reason))",
        indent: 2,
        hanging: 2
      )
    } else {
      page.paragraph(
        "\(page.label("Records", "件数")): "
          + (isUnknown
            ? numbers.quality(.unknown)
            : "\(numbers.quantity(records, unit: "records")) (\(numbers.quality(records.quality)))")
          + ", \(page.label("confidence", "確度")) \(numbers.confidence(incident.confidence))",
        indent: 2,
        hanging: 2
      )
    }
    writeOwners(incident.owners, to: &page)
    writePossible(incident.possibleOwners, to: &page)
    write(late: incident.late, to: &page)
    if let lookUps = incident.lookUps, lookUps.records.high > 0 { write(lookUps, to: &page) }
    write(incident.takenAuthorisation, title: page.label("Instruction", "取扱いの根拠"), to: &page)
    writeFindings(incident.findings, to: &page)
  }

  private func writeNames(_ incident: Incident, to page: inout TextLayout) {
    func line(_ title: String, _ names: [String], none: String) {
      let shown = names.map { SafeText.name($0) }
      page.paragraph(
        "\(title): " + (shown.isEmpty ? none : shown.joined(separator: ", ")),
        indent: 2,
        hanging: 2
      )
    }
    line(page.label("Accounts", "アカウント"), incident.accounts, none: numbers.unknown)
    line(
      page.label("Persons", "人物"),
      incident.persons,
      none: page.label("person unknown", "人物不明")
    )
    writeCandidates(of: incident, to: &page)
    line(page.label("Terminals", "端末"), incident.terminals, none: numbers.unknown)
    line(page.label("Organisations", "組織"), incident.organisations, none: numbers.unknown)
  }

  private func writeOwners(_ owners: [Incident.OwnerCount], to page: inout TextLayout) {
    guard !owners.isEmpty else { return }
    let share = 11
    let dates = 11
    let rest = page.width - 2 - share - 2 * dates - 3
    let records = rest * 11 / 20
    func row(_ cells: [String]) {
      guard cells.count == 5 else { return }
      page.pointer(
        DisplayWidth.fitted(cells[0], columns: rest - records) + " "
          + DisplayWidth.fitted(cells[1], columns: records, right: true) + " "
          + DisplayWidth.fitted(cells[2], columns: share, right: true) + " "
          + DisplayWidth.fitted(cells[3], columns: dates, right: true)
          + DisplayWidth.fitted(cells[4], columns: dates, right: true),
        indent: 2
      )
    }
    row([
      page.label("Owner", "委託元"), page.label("records", "件数"),
      numbers.pick("share", "割合"), page.label("first", "最初"), page.label("last", "最後"),
    ])
    for owner in owners {
      let name = SafeText.name(owner.owner)
      row([
        name.isEmpty ? page.label("owner unknown", "委託元不明") : name,
        numbers.interval(owner.records), numbers.share(owner),
        options.zone.day(of: owner.first), options.zone.day(of: owner.last),
      ])
    }
  }

  /// Whose the records of an owner unknown may be: of how many owners, at most how many.
  private func writePossible(_ owners: [Incident.PossibleOwner], to page: inout TextLayout) {
    guard let most = owners.map(\.subjects.high).max() else { return }
    func persons(_ language: ReportOptions.Language) -> String {
      most == Volume.unbounded
        ? (language == .japanese ? "上限不明" : "unknown how many")
        : language == .japanese
          ? "各最大 \(TextNumbers.grouped(Int(clamping: most))) 人"
          : "up to \(NumberText.counted(most, "person")) of one"
    }
    let count = TextNumbers.grouped(owners.count)
    page.both(
      japanese: "委託元不明の記録は、申告された委託元 \(count) 者のいずれのものでもあり得る"
        + "(\(persons(.japanese)))。",
      english: "Owner unknown: may be any of the \(count) declared owners, \(persons(.english)).",
      indent: 2,
      hanging: 2
    )
  }

  /// How many of the upper end an instruction that came afterwards may cover.
  private func write(late: Int64, to page: inout TextLayout) {
    guard late > 0 else { return }
    let count = TextNumbers.grouped(late)
    page.both(
      japanese: "件数の上端のうち \(count) 件は、読出しの後に開始・承認された指示の範囲に当たる"
        + "(持出しに当たらないおそれも、全部が持出しのおそれもある)",
      english:
        "Of the upper end \(count) were read before an instruction was there that covers them: "
        + "its work, or takings, too",
      indent: 2,
      hanging: 2
    )
  }

  /// Small reads beside the takings: how many, of how many owners, when.
  private func write(_ lookUps: Incident.LookUps, to page: inout TextLayout) {
    func records(_ language: ReportOptions.Language) -> String {
      TextNumbers(language: language).quantity(lookUps.records, unit: "records")
    }
    let owners = TextNumbers.grouped(lookUps.owners.count)
    let first = options.zone.dayNumber(of: lookUps.first)
    let last = options.zone.dayNumber(of: lookUps.last)
    func span(_ language: ReportOptions.Language) -> String {
      TextNumbers(language: language).days(first...max(first, last))
    }
    page.both(
      japanese: "ほかに少量の閲覧: \(records(.japanese))、委託元 \(owners) 者、\(span(.japanese))(上の件数・表には含まない)",
      english: "Look-ups beside: \(records(.english)) of \(owners) "
        + "owner\(lookUps.owners.count == 1 ? "" : "s"), \(span(.english)), in none of the numbers above",
      indent: 2,
      hanging: 2
    )
  }

  func write(
    _ count: Incident.AuthorisationCount,
    title: String,
    to page: inout TextLayout
  ) {
    let parts = [
      (page.label("within", "範囲内"), count.within),
      (page.label("exceeded", "超過"), count.exceeded),
      (page.label("late", "事後"), count.late), (page.label("none", "なし"), count.none),
    ]
    let shown = parts.map { "\($0.0) \(numbers.interval($0.1))" }
    page.paragraph("\(title): " + shown.joined(separator: ", "), indent: 2, hanging: 2)
  }
}

extension Incident {
  /// Whether all that it tells is that a source has no records, or that its audit was stopped or changed.
  var tellsOfMissingRecords: Bool {
    !findings.isEmpty
      && findings.allSatisfy {
        ["audit-silence", "audit-tampering", "sealed-evidence"].contains($0.detector)
      }
  }
}
