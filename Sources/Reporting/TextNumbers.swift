internal import EventModel

/// Numbers as a person reads them.
///
/// Unknown is a word, never 0.
struct TextNumbers {
  let language: ReportOptions.Language

  /// Numbers of both languages together are told in English.
  private var tongue: NumberText.Language { language == .japanese ? .japanese : .english }

  /// `1,234,567`.
  static func grouped(_ value: Int64) -> String { NumberText.grouped(value) }

  static func grouped(_ value: Int) -> String { grouped(Int64(value)) }

  var unknown: String { pick("unknown", "不明") }

  /// `12,000–64,000`; with an open end `12,000 or more`; `unknown` when nothing is known.
  func interval(_ volume: Volume) -> String { NumberText.interval(volume, tongue) }

  /// `2024-04-01 – 2024-05-31`; in Japanese `2024-04-01〜2024-05-31`.
  func span(_ first: String, _ last: String) -> String { NumberText.span(first, last, tongue) }

  /// `2019–2021`; in Japanese `2019〜2021`.
  func range(_ low: String, _ high: String) -> String { NumberText.range(low, high, tongue) }

  /// Days since 1970: `2024-04-01`, `2024-04-01 – 2024-05-31`.
  func days(_ days: ClosedRange<Int>) -> String {
    let first = CivilCalendar.text(ofDay: days.lowerBound)
    return days.count == 1 ? first : span(first, CivilCalendar.text(ofDay: days.upperBound))
  }

  /// `up to 900`; `unknown` where nothing bounds it.
  func most(_ high: Int64?) -> String {
    high.map { interval(Volume(low: 0, high: $0, quality: .estimated)) } ?? unknown
  }

  /// A finding's value in its unit.
  func quantity(_ volume: Volume, unit: String) -> String {
    if unit == "permille" {
      return NumberText.interval(volume, tongue, share: Self.percent(permille:))
    }
    return NumberText.interval(volume, tongue, unit: Self.units[unit] ?? .records)
  }

  private static let units: [String: NumberText.Unit] = [
    "instructions": .init("instruction", "件の指示"), "days": .init("day", "日"),
    "hours": .init("hour", "時間"), "steps": .init("step", "回"), "reads": .init("read", "回"),
    "lines": .init("line", "行"), "events": .init("event", "件"),
    "bytes": .init("byte", "バイト"), "parts": .init("part", "箇所"),
  ]

  /// How well a number is known.
  func quality(_ quality: VolumeQuality) -> String {
    let japanese =
      switch quality {
      case .exact: "確定"
      case .estimated: "推定"
      case .atLeast: "下限"
      case .unknown: "不明"
      }
    return language == .english
      ? quality.name : language == .japanese ? japanese : "\(quality.name) \(japanese)"
  }

  /// A horizon.
  func window(_ window: String) -> String {
    language == .japanese ? NumberText.japanese(window: window) : window
  }

  /// `12.5 %`.
  static func percent(permille: Int64) -> String {
    let rest = permille % 10
    return grouped(permille / 10) + (rest == 0 ? "" : ".\(rest.magnitude)") + " %"
  }

  /// A share of a set, 0 … 1, to a tenth of a per cent; a small one is never shown as 0.
  ///
  /// Cut off, or `upwards` raised: what is shown as an upper end is never below it.
  func share(_ value: Double?, upwards: Bool = false) -> String {
    guard let value, value.isFinite else { return unknown }
    let shown = max(0, min(value, 1_000_000)) * 1000
    // 0.069 × 1000 is a little more than 69, and 0.29 × 1000 may be a little less than 290.
    let nearest = shown.rounded()
    let isWhole = abs(shown - nearest) < 1e-9
    let permille = Int64(isWhole ? nearest : shown.rounded(upwards ? .up : .down))
    return value > 0 && shown < 1 && !isWhole || permille == 0 && value > 0
      ? "< 0.1 %" : Self.percent(permille: permille)
  }

  /// The share of an owner's persons: of an interval its upper end, and as one.
  func share(_ owner: Incident.OwnerCount) -> String {
    guard let value = owner.share, owner.subjects.low < owner.subjects.high, value >= 0.001 else {
      return share(owner.share)
    }
    let high = Int64(min(value, 1_000_000) * 1000)
    return NumberText.interval(
      Volume(low: 0, high: high, quality: .estimated),
      tongue,
      share: Self.percent(permille:)
    )
  }

  func severity(_ severity: Severity) -> String {
    let japanese =
      switch severity {
      case .informational: "情報"
      case .low: "低"
      case .medium: "中"
      case .high: "高"
      case .critical: "重大"
      }
    return language == .english
      ? severity.name : language == .japanese ? japanese : "\(severity.name) \(japanese)"
  }

  func confidence(_ confidence: Confidence) -> String {
    let japanese =
      switch confidence {
      case .low: "低"
      case .medium: "中"
      case .high: "高"
      }
    return language == .english
      ? confidence.name : language == .japanese ? japanese : "\(confidence.name) \(japanese)"
  }

  /// One word of one language; both languages share the English one in tables.
  func pick(_ english: String, _ japanese: String) -> String {
    language == .japanese ? japanese : english
  }
}
