internal import EventModel

/// A comparison of two policies, as text or as JSON Lines.
public struct PolicyDifferenceReport {
  private let options: ReportOptions

  public init(options: ReportOptions) { self.options = options }

  /// Three numbers before and after, then each incident that changes.
  public func text(of difference: PolicyDifference) -> String {
    var page = TextLayout(options: options)
    let level = TextNumbers(language: .english).severity(difference.level)
    let japaneseLevel = TextNumbers(language: .japanese).severity(difference.level)
    page.both(
      japanese: "方針の比較:記録のある \(TextNumbers.grouped(difference.days)) 日、「\(japaneseLevel)」以上。",
      english:
        "Policies compared over \(NumberText.counted(Int64(difference.days), "day")) with an "
        + "event, from severity \(level)."
    )
    page.blank()
    writeSides(difference, to: &page)
    page.blank()
    if difference.changes.isEmpty {
      page.both(japanese: "発報する事案は同じ。", english: "The same incidents are raised.")
    }
    for change in difference.changes { write(change, to: &page) }
    var text = ""
    page.flush(to: &text)
    return text
  }

  private func writeSides(_ difference: PolicyDifference, to page: inout TextLayout) {
    let numbers = TextNumbers(language: options.language)
    let columns = page.width - 2
    func row(_ title: String, _ before: String, _ after: String) {
      let title = DisplayWidth.fitted(title, columns: columns - 44)
      page.pointer(
        title + DisplayWidth.fitted(before, columns: 22, right: true)
          + DisplayWidth.fitted(after, columns: 22, right: true),
        indent: 2
      )
    }
    let (before, after) = (difference.before, difference.after)
    row("", page.label("now", "現行"), page.label("then", "変更後"))
    row(
      page.label("incidents", "事案"),
      TextNumbers.grouped(before.incidents),
      TextNumbers.grouped(after.incidents)
    )
    row(
      page.label("raised", "発報"),
      TextNumbers.grouped(before.raised),
      TextNumbers.grouped(after.raised)
    )
    row(
      page.label("alerts a day", "1日の発報"),
      Self.rate(difference.alertsPerDay(before)),
      Self.rate(difference.alertsPerDay(after))
    )
    row(
      page.label("unexplained", "説明のつかない件数"),
      numbers.interval(before.records),
      numbers.interval(after.records)
    )
  }

  private func write(_ change: PolicyDifference.Change, to page: inout TextLayout) {
    let numbers = TextNumbers(language: options.language)
    let words: String =
      switch (change.before, change.after) {
      case (let before?, nil):
        "- \(page.label("no more", "発報しなくなる")) [\(numbers.severity(before))]"
      case (nil, let after?): "+ \(page.label("new", "新たに発報")) [\(numbers.severity(after))]"
      case (let before?, let after?):
        "± [\(numbers.severity(before))] → [\(numbers.severity(after))]"
      case (nil, nil): ""
      }
    page.paragraph(
      "\(words) \(SafeText.name(change.id)) \(SafeText.name(change.actor)), "
        + numbers.quantity(change.records, unit: "records"),
      hanging: 2
    )
  }

  /// A rate to a thousandth.
  static func rate(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    let thousandths = Int64((value * 1_000).rounded())
    let rest = String(thousandths % 1_000)
    return TextNumbers.grouped(thousandths / 1_000) + "."
      + String(repeating: "0", count: 3 - rest.count) + rest
  }

  /// One line of the sums, then a line a change.
  public func jsonLines(of difference: PolicyDifference) -> String {
    var writer = JSONWriter()
    writer.object { line in
      line.field("kind", "what-if")
      line.field("level", difference.level.name)
      line.field("days", Int64(difference.days))
      for (name, side) in [("before", difference.before), ("after", difference.after)] {
        line.field(name) { object in
          object.field("incidents", Int64(side.incidents))
          object.field("raised", Int64(side.raised))
          object.field("alerts", Int64(side.alerts))
          object.key("alerts_a_day")
          if let rate = difference.alertsPerDay(side) { object.number(rate) } else { object.null() }
          object.field("records", side.records, quality: true)
        }
      }
    }
    writer.lineFeed()
    for change in difference.changes {
      writer.object { line in
        line.field("kind", "change")
        line.field("id", change.id)
        line.field("actor", change.actor)
        line.field("before", change.before?.name)
        line.field("after", change.after?.name)
        line.field("records", change.records, quality: true)
      }
      writer.lineFeed()
    }
    var text = ""
    writer.flush(to: &text)
    return text
  }

  /// Alerts a day by scale of the limits, the answer marked; `format` is `text` or `jsonl`.
  public func limits(
    _ trials: [(scale: Int64, alertsPerDay: Double)],
    answer: Int64?,
    _ format: String
  ) -> String {
    guard format == "text" else {
      var writer = JSONWriter()
      for trial in trials {
        writer.object { line in
          line.field("kind", "limits-scale")
          line.field("percent", trial.scale)
          line.key("alerts_a_day")
          line.number(trial.alertsPerDay)
          line.key("answer")
          line.bool(trial.scale == answer)
        }
        writer.lineFeed()
      }
      var text = ""
      writer.flush(to: &text)
      return text
    }
    var page = TextLayout(options: options)
    for trial in trials {
      let mark = trial.scale == answer ? "  ← policy: {limits-scale: \(trial.scale)%}" : ""
      page.pointer(
        DisplayWidth.fitted("\(trial.scale) %", columns: 10, right: true)
          + DisplayWidth.fitted(Self.rate(trial.alertsPerDay), columns: 12, right: true) + mark,
        indent: 2
      )
    }
    var text = ""
    page.flush(to: &text)
    return text
  }
}
