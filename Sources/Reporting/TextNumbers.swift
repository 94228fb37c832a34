internal import EventModel

/// Numbers as a person reads them.
///
/// Unknown is a word, never 0.
struct TextNumbers {
  let language: ReportOptions.Language

  /// `1,234,567`.
  static func grouped(_ value: Int64) -> String { NumberText.grouped(value) }

  static func grouped(_ value: Int) -> String { grouped(Int64(value)) }

  var unknown: String { pick("unknown", "不明") }

  /// `12,000…64,000`; with an open end `12,000…unknown`; `unknown` when nothing is known.
  func interval(_ volume: Volume, number: (Int64) -> String = { grouped($0) }) -> String {
    guard let high = volume.knownHigh else {
      return volume.low > 0 ? "\(number(volume.low))…\(unknown)" : unknown
    }
    if volume.low == high {
      return (volume.quality == .atLeast ? "≥ " : "") + number(high)
    }
    return volume.low == 0 ? "≤ \(number(high))" : "\(number(volume.low))…\(number(high))"
  }

  /// A finding's value in its unit.
  func quantity(_ volume: Volume, unit: String) -> String {
    switch unit {
    case "permille": interval(volume, number: Self.percent(permille:))
    case "instructions":
      interval(volume) + pick(volume.isOne ? " instruction" : " instructions", " 件の指示")
    case "days": interval(volume) + pick(volume.isOne ? " day" : " days", " 日")
    case "hours": interval(volume) + pick(volume.isOne ? " hour" : " hours", " 時間")
    case "steps": interval(volume) + pick(volume.isOne ? " step" : " steps", " 回")
    case "reads": interval(volume) + pick(volume.isOne ? " read" : " reads", " 回")
    case "lines": interval(volume) + pick(volume.isOne ? " line" : " lines", " 行")
    case "events": interval(volume) + pick(volume.isOne ? " event" : " events", " 件")
    default: interval(volume) + pick(volume.isOne ? " record" : " records", " 件")
    }
  }

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
  func share(_ value: Double?) -> String {
    guard let value, value.isFinite else { return unknown }
    let permille = Int64(max(0, min(value, 1_000_000)) * 1000)
    return permille == 0 && value > 0 ? "< 0.1 %" : Self.percent(permille: permille)
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

extension Volume {
  /// Whether a sentence says "record" of it and not "records".
  fileprivate var isOne: Bool { low == high && high == 1 || low == 0 && high == 1 }
}
