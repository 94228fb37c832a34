/// From one end to another, as a person reads it: one spelling for each language, in every form.
///
/// Machine forms keep the two ends apart. Numbers are joined by an en dash, in Japanese by 〜; what has a space or a
/// hyphen of its own, such as days and shares, by a spaced one (decision 0066).
extension NumberText {
  public enum Language: Sendable {
    case english, japanese
  }

  /// What is counted, told after the number.
  public struct Unit: Sendable {
    /// In the singular.
    public var english: String
    public var japanese: String

    public init(_ english: String, _ japanese: String) {
      self.english = english
      self.japanese = japanese
    }

    public static let records = Unit("record", "件")
  }

  /// `3–5`, `3〜5`.
  public static func range(_ low: String, _ high: String, _ language: Language) -> String {
    low + (language == .japanese ? "〜" : "–") + high
  }

  /// `2024-04-01 – 2024-05-31`, `2024年4月1日〜2024年5月31日`.
  public static func span(_ first: String, _ last: String, _ language: Language) -> String {
    first + (language == .japanese ? "〜" : " – ") + last
  }

  /// A volume in words, with or without what is counted.
  ///
  /// `5,000`, `4,000–5,000`, `up to 5,000`, `5,000 or more`, `unknown`; in Japanese `5,000`, `4,000〜5,000`, `最大 5,000`,
  /// `5,000 以上`, `不明`. With a unit `4,000–5,000 records`, `5,000 件以上`; of nothing known `an unknown number of
  /// records`, `件数不明`. `share` spells numbers that end with a sign, such as `12.5 %`.
  public static func interval(
    _ volume: Volume,
    _ language: Language,
    unit: Unit? = nil,
    share: ((Int64) -> String)? = nil
  ) -> String {
    let isJapanese = language == .japanese
    guard volume.low > 0 || volume.knownHigh != nil else {
      guard let unit else { return isJapanese ? "不明" : "unknown" }
      return isJapanese ? "\(unit.japanese)数不明" : "an unknown number of \(unit.english)s"
    }
    let isExact = volume.knownHigh == volume.low
    let isOpen = volume.knownHigh == nil || (isExact && volume.quality == .atLeast)
    let most = volume.knownHigh ?? volume.low
    let number = share ?? { grouped($0) }
    let numbers =
      if isExact || isOpen {
        number(isOpen ? volume.low : most)
      } else if volume.low <= 0 {
        (isJapanese ? "最大 " : "up to ") + number(most)
      } else if share != nil {
        span(number(volume.low), number(most), language)
      } else {
        range(number(volume.low), number(most), language)
      }
    guard isJapanese else {
      let noun = unit.map { " " + $0.english + (most == 1 && !isOpen ? "" : "s") } ?? ""
      return numbers + (isOpen ? " or more" : "") + noun
    }
    let noun = unit.map { " " + $0.japanese } ?? ""
    return numbers + noun + (isOpen ? (unit == nil ? " 以上" : "以上") : "")
  }
}

extension Volume {
  /// The upper end, `nil` when nothing bounds it.
  public var knownHigh: Int64? {
    isUnbounded || (quality == .unknown && high == 0) ? nil : high
  }
}
