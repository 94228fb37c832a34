public import EventModel

/// One finding with every counter that was kept of it, for a person who follows it up.
public struct ExplainReport: Sendable {
  private let options: ReportOptions
  private let numbers: TextNumbers

  public init(options: ReportOptions) {
    self.options = options
    numbers = TextNumbers(language: options.language)
  }

  /// The findings of one incident, one behind the other.
  public func render(_ findings: [Finding], of incident: Incident) -> String {
    var page = TextLayout(options: options)
    TextReport(options: options).writeZone(to: &page)
    for (index, finding) in findings.enumerated() {
      if index > 0 { page.blank() }
      write(finding, of: incident, to: &page)
    }
    return page.text
  }

  private func write(_ finding: Finding, of incident: Incident, to page: inout TextLayout) {
    page.paragraph(
      "\(page.label("finding", "検知")) \(SafeText.name(finding.id)) "
        + "\(page.label("of incident", "事案")) \(SafeText.name(incident.id)) "
        + "(\(SafeText.name(incident.actor)))",
      hanging: 2,
      colour: .bold
    )
    let counter = options.language == .japanese ? finding.counterJapanese : finding.counter
    let rows = [
      (
        page.label("detector", "検知規則"),
        "\(SafeText.name(finding.detector)) [\(SafeText.name(finding.technique))], "
          + "\(page.label("severity", "重さ")) \(numbers.severity(finding.severity)), "
          + "\(page.label("confidence", "確度")) \(numbers.confidence(finding.confidence))"
      ),
      (
        page.label("counter", "計数"),
        "\(SafeText.name(counter, limit: JSONWriter.pathLimit)), "
          + "\(page.label("window", "期間")) \(SafeText.name(numbers.window(finding.window)))"
      ),
      (
        page.label("value", "値"),
        "\(numbers.quantity(finding.value, unit: finding.unit)) "
          + "(\(numbers.quality(finding.value.quality))), \(page.label("limit", "限度")) "
          + numbers.quantity(.exactly(finding.limit), unit: finding.unit)
      ),
      (
        page.label("time", "時刻"),
        TextReport.growth(of: finding, options, page)
          + ", \(page.label("last", "最後")) \(options.zone.text(finding.last))"
      ),
      (page.label("events", "事象"), TextNumbers.grouped(finding.events)),
    ]
    for (name, text) in rows { page.paragraph("\(name): \(text)", indent: 2, hanging: 2) }
    page.both(
      japanese: SafeText.name(finding.messageJapanese, limit: JSONWriter.pathLimit),
      english: SafeText.name(finding.message, limit: JSONWriter.pathLimit),
      indent: 2
    )
    writeCounters(finding.counters, to: &page)
    func list(_ title: String, _ items: [String]) {
      for item in items {
        let shown = SafeText.name(item, limit: JSONWriter.pathLimit)
        page.paragraph("\(title): \(shown)", indent: 2, hanging: 2)
      }
    }
    if options.language != .english { list("他の説明", finding.explanationsJapanese) }
    if options.language != .japanese { list("may also be", finding.explanations) }
    for evidence in finding.evidence { write(evidence, to: &page) }
    if let left = TextReport.leftOut(of: finding, page) {
      page.paragraph(left, indent: 2, hanging: 2)
    }
  }

  /// A row a window, from a minute to a lifetime, with the highest values while the finding grew.
  private func writeCounters(_ counters: [Finding.NamedCount], to page: inout TextLayout) {
    guard !counters.isEmpty else { return }
    page.both(
      japanese: "この計数の、検知が続いた間の最大値(説明のつかない記録):",
      english: "largest values of this counter while it grew (unexplained records):",
      indent: 2
    )
    var owners: [String: Int64] = [:]
    for counter in counters where counter.name.hasPrefix("owners_") {
      owners[String(counter.name.dropFirst(7))] = counter.value
    }
    for counter in counters where !counter.name.hasPrefix("owners_") {
      guard counter.name.hasPrefix("records_") else {
        let name = SafeText.name(counter.name)
        page.paragraph("\(name): \(TextNumbers.grouped(counter.value))", indent: 4)
        continue
      }
      let window = String(counter.name.dropFirst(8))
      var line = DisplayWidth.fitted(SafeText.name(numbers.window(window)), columns: 10)
      line += DisplayWidth.fitted(
        numbers.quantity(.exactly(counter.value), unit: "records"),
        columns: 28,
        right: true
      )
      if let count = owners[window] {
        line += ", \(page.label("owners", "委託元")) \(TextNumbers.grouped(count))"
      }
      page.pointer(line, indent: 4)
    }
  }

  private func write(_ evidence: Evidence, to page: inout TextLayout) {
    let path = SafeText.name(evidence.file, limit: JSONWriter.pathLimit)
    page.paragraph(
      "\(page.label("evidence", "証拠")): \(path) \(page.label("line", "行")) \(evidence.line) "
        + "\(page.label("offset", "位置")) \(evidence.offset) "
        + "\(page.label("length", "長さ")) \(evidence.length) "
        + "\(page.label("at", "時刻")) \(options.zone.text(evidence.time))",
      indent: 2,
      hanging: 2
    )
    let digest = evidence.sha256.map { SafeText.escaped($0, limit: 64) } ?? numbers.unknown
    page.paragraph("sha256 \(digest)", indent: 4)
  }
}
