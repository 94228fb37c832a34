internal import EventModel

extension TextReport {
  /// Findings by detector, the gravest first; the strongest three of each in full.
  func writeFindings(_ findings: [Finding], to page: inout TextLayout) {
    let groups = Dictionary(grouping: findings, by: \.detector).map { entry in
      (
        detector: entry.key,
        findings: entry.value.sorted {
          ($1.severity, $1.value.low, $1.value.high, $0.time, $0.id)
            < ($0.severity, $0.value.low, $0.value.high, $1.time, $1.id)
        }
      )
    }
    let ordered = groups.sorted { left, right in
      let leftWorst = left.findings.first?.severity ?? .informational
      let rightWorst = right.findings.first?.severity ?? .informational
      return (rightWorst, left.detector) < (leftWorst, right.detector)
    }
    for group in ordered {
      page.paragraph(
        "\(SafeText.name(group.detector)) × \(TextNumbers.grouped(group.findings.count))",
        indent: 2,
        colour: .cyan
      )
      for finding in group.findings.prefix(3) { write(finding, to: &page) }
      writeRest(group.findings.dropFirst(3), to: &page)
    }
  }

  /// How many findings of a detector are not shown, when they were raised, and the largest of them.
  private func writeRest(_ rest: ArraySlice<Finding>, to page: inout TextLayout) {
    guard let largest = rest.first else { return }
    let days = rest.map { options.zone.dayNumber(of: $0.time) }
    let first = days.min() ?? 0
    let span = first...max(first, days.max() ?? first)
    let count = TextNumbers.grouped(rest.count)
    func most(_ language: ReportOptions.Language) -> String {
      TextNumbers(language: language).quantity(largest.value, unit: largest.unit)
    }
    func dates(_ language: ReportOptions.Language) -> String {
      TextNumbers(language: language).days(span)
    }
    page.both(
      japanese: "ほか \(count) 件、\(dates(.japanese))、最大 \(most(.japanese))(全件は --format jsonl)",
      english:
        "\(count) more, \(dates(.english)), the largest \(most(.english)) (--format jsonl lists all)",
      indent: 4,
      hanging: 2
    )
  }

  private func write(_ finding: Finding, to page: inout TextLayout) {
    let sentence = JSONWriter.pathLimit
    page.paragraph(
      "• \(numbers.severity(finding.severity)) \(SafeText.name(finding.id)) "
        + "\(options.zone.text(finding.time)) "
        + SafeText.name(finding.technique),
      indent: 4,
      hanging: 2
    )
    page.both(
      japanese: SafeText.name(finding.messageJapanese, limit: sentence),
      english: SafeText.name(finding.message, limit: sentence),
      indent: 6
    )
    page.paragraph(
      "\(page.label("counter", "計数")): \(SafeText.name(counter(of: finding), limit: sentence))",
      indent: 6,
      hanging: 2
    )
    let limit = numbers.quantity(.exactly(finding.limit), unit: finding.unit)
    page.paragraph(
      "\(page.label("window", "期間")) \(SafeText.name(numbers.window(finding.window))), "
        + "\(page.label("value", "値")) \(numbers.quantity(finding.value, unit: finding.unit)), "
        + "\(page.label("limit", "限度")) \(limit), "
        + "\(page.label("events", "事象")) \(TextNumbers.grouped(finding.events))",
      indent: 6,
      hanging: 2
    )
    if finding.peak != finding.time {
      page.paragraph(Self.growth(of: finding, options, page), indent: 6, hanging: 2)
    }
    writeExplanations(finding, to: &page)
    for evidence in finding.evidence { write(evidence, to: &page) }
    if let left = Self.leftOut(of: finding, page) { page.paragraph(left, indent: 6, hanging: 2) }
  }

  /// What raised it and when, and when the value shown was reached.
  static func growth(of finding: Finding, _ options: ReportOptions, _ page: TextLayout) -> String {
    let numbers = TextNumbers(language: options.language)
    var line = "\(page.label("first raised", "最初の検知")) \(options.zone.text(finding.time))"
    if let raised = finding.raised {
      let limit = numbers.quantity(.exactly(raised.limit), unit: finding.unit)
      line += " (\(SafeText.name(numbers.window(raised.window))): "
      line += "\(numbers.quantity(raised.value, unit: finding.unit)), "
      line += "\(page.label("limit", "限度")) \(limit))"
    }
    return line + ", \(page.label("this value on", "上の値")) \(options.zone.text(finding.peak))"
  }

  /// `8 of 28 lines shown`; `nil` where all are.
  static func leftOut(of finding: Finding, _ page: TextLayout) -> String? {
    guard finding.evidenceLeftOut > 0 else { return nil }
    let shown = TextNumbers.grouped(finding.evidence.count)
    let all = TextNumbers.grouped(finding.events)
    return page.phrase(
      "\(shown) of \(all) lines shown, the largest",
      "\(all) 行のうち大きいもの \(shown) 行"
    )
  }

  private func counter(of finding: Finding) -> String {
    options.language == .japanese && !finding.counterJapanese.isEmpty
      ? finding.counterJapanese : finding.counter
  }

  private func writeExplanations(_ finding: Finding, to page: inout TextLayout) {
    func line(_ title: String, _ explanations: [String]) {
      guard !explanations.isEmpty else { return }
      let shown = explanations.map { SafeText.name($0, limit: JSONWriter.pathLimit) }
      page.paragraph("\(title): " + shown.joined(separator: "; "), indent: 6, hanging: 2)
    }
    if options.language != .english { line("他の説明", finding.explanationsJapanese) }
    if options.language != .japanese { line("or else", finding.explanations) }
  }

  /// `file[:member]:line @offset sha256 first twelve digits`, on one line or two, so that each can be
  /// copied.
  private func write(_ evidence: Evidence, to page: inout TextLayout) {
    let path = SafeText.name(evidence.file, limit: JSONWriter.pathLimit)
    let member =
      evidence.member.map { ":" + SafeText.escaped($0, limit: SafeText.nameLimit) } ?? ""
    let digest = evidence.sha256.map { SafeText.escaped(String($0.prefix(12)), limit: 12) }
    let place = "\(path)\(member):\(evidence.line)"
    let check = "@\(evidence.offset) sha256 \(digest ?? numbers.unknown)"
    if DisplayWidth.of(place) + DisplayWidth.of(check) + 7 <= page.width {
      page.pointer(place + " " + check, indent: 6)
    } else {
      page.paragraph(place, indent: 6)
      page.paragraph(check, indent: 8)
    }
  }
}
