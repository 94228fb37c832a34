internal import Estate
public import EventModel

/// A value of a document.
public enum Cell: Sendable, Hashable {
  /// Nobody knows it, or nobody has said it.
  case unknown
  /// It is known that there is none.
  case none
  /// Our own words, already in the language of the document.
  case words(String)
  /// A name from a log, the estate or a person: whatever is in it.
  case name(String)
  /// A sentence with such names in it.
  case prose(String)
  case number(Int64)
  case records(Volume)
  /// 0 … 1; `nil`: not known.
  case share(Double?)
  /// From one share to another, 0 … 1.
  case shares(Double, Double)
  case time(Timestamp)
  /// Days since 1970.
  case day(Int)
  case days(ClosedRange<Int>)
  /// A hash in hexadecimal.
  case digest(String)

  /// Whether it says something.
  var hasWord: Bool {
    switch self {
    case .words(let text), .name(let text), .prose(let text), .digest(let text): !text.isEmpty
    default: true
    }
  }

  static func time(_ time: Timestamp?) -> Cell { time.map { .time($0) } ?? .unknown }

  static func number(_ number: Int64?) -> Cell { number.map { .number($0) } ?? .unknown }
}

extension [Cell] {
  /// A person's texts, or that they are unknown.
  static func proses(_ texts: [String]?) -> [Cell] {
    let kept = (texts ?? []).filter { !$0.isEmpty }
    return kept.isEmpty ? [.unknown] : kept.map { .prose($0) }
  }

  static func names(_ names: [String], none: Cell = .unknown) -> [Cell] {
    names.isEmpty ? [none] : names.map { .name($0) }
  }
}

/// How a document speaks: its language, its zone, its calendar.
public struct DocumentStyle: Sendable {
  public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case japanese = "ja"
  }

  public var language: Language
  public var zone: ReportZone
  /// Whether years are told by era: 令和6年.
  public var usesEra = false

  /// Most scalars shown of a sentence.
  static let proseLimit = 4096

  public init(_ language: Language, zone: ReportZone = .utc) {
    self.language = language
    self.zone = zone
  }

  var isJapanese: Bool { language == .japanese }

  func pick(_ english: String, _ japanese: String) -> String { isJapanese ? japanese : english }

  var unknown: String { pick("unknown", "不明") }

  /// Of what only people can tell, and nobody has entered.
  var notFilledIn: String { pick("unknown (not filled in)", "不明(記入なし)") }

  /// A cell as a person reads it, hostile bytes made visible; each form escapes the rest.
  func text(_ cell: Cell) -> String {
    switch cell {
    case .unknown: unknown
    case .none: pick("none", "なし")
    case .words(let text): text
    case .name(let text): SafeText.escaped(text, limit: SafeText.nameLimit)
    case .prose(let text): SafeText.escaped(text, limit: Self.proseLimit)
    case .number(let number): NumberText.grouped(number)
    case .records(let volume): interval(volume)
    case .share(let share): TextNumbers(language: isJapanese ? .japanese : .english).share(share)
    case .shares(let low, let high): shares(low, high)
    case .time(let time): self.time(time)
    case .day(let day): date(day)
    case .days(let days):
      days.count == 1
        ? date(days.lowerBound)
        : NumberText.span(date(days.lowerBound), date(days.upperBound), tongue)
    case .digest(let digest): SafeText.escaped(digest, limit: 128)
    }
  }

  /// The lower end rounded down and the upper one up; of one share the latter.
  private func shares(_ low: Double, _ high: Double) -> String {
    let numbers = TextNumbers(language: isJapanese ? .japanese : .english)
    let most = numbers.share(high, upwards: true)
    let least = numbers.share(low)
    return low == high || least == most ? most : NumberText.span(least, most, tongue)
  }

  var tongue: NumberText.Language { isJapanese ? .japanese : .english }

  func interval(_ volume: Volume) -> String { NumberText.interval(volume, tongue) }

  // MARK: Time

  /// `2024-05-27 13:20:57`; in Japanese `2024年5月27日 13:20:57`; without decimals.
  func time(_ time: Timestamp) -> String {
    let shown = zone.text(
      Timestamp(
        nanoseconds: time.nanoseconds
          - ((time.nanoseconds % Timestamp.nanosecondsPerSecond)
            + Timestamp.nanosecondsPerSecond) % Timestamp.nanosecondsPerSecond
      )
    )
    guard isJapanese || usesEra else { return shown }
    let clock = shown.split(whereSeparator: { $0 == " " || $0 == "T" }).dropFirst().joined()
    return date(zone.dayNumber(of: time)) + " " + clock
  }

  /// `2024-05-27`, `2024年5月27日`, `令和6年5月27日`.
  func date(_ day: Int) -> String {
    guard isJapanese else {
      return CivilCalendar.text(ofDay: day) + (usesEra ? " (\(era(day)))" : "")
    }
    let date = CivilCalendar.date(ofDay: day)
    return (usesEra ? era(day) : "\(date.year)年") + "\(date.month)月\(date.day)日"
  }

  /// `2024`, `2024年`, `令和6年`; in English with an era `2024 (Reiwa 6)`.
  func year(_ day: Int) -> String {
    let year = CivilCalendar.date(ofDay: day).year
    guard isJapanese else { return "\(year)" + (usesEra ? " (\(era(day)))" : "") }
    return usesEra ? era(day) : "\(year)年"
  }

  /// `2024-05`, `2024年5月`, `令和6年5月`.
  func month(_ day: Int) -> String {
    guard isJapanese else { return String(CivilCalendar.text(ofDay: day).prefix(7)) }
    return year(day) + "\(CivilCalendar.date(ofDay: day).month)月"
  }

  /// The year by era: `令和6年`, `令和元年`; in English `Reiwa 6`.
  ///
  /// Source: era law of 1979 and its orders: Heisei from 1989-01-08, Reiwa from 2019-05-01.
  func era(_ day: Int) -> String {
    let year = CivilCalendar.date(ofDay: day).year
    let eras: [(start: Int, first: Int, english: String, japanese: String)] = [
      (18_017, 2019, "Reiwa", "令和"), (6_947, 1989, "Heisei", "平成"),
      (-15_713, 1926, "Showa", "昭和"),
    ]
    guard let era = eras.first(where: { day >= $0.start }) else { return "\(year)年" }
    let number = year - era.first + 1
    return isJapanese
      ? era.japanese + (number == 1 ? "元年" : "\(number)年") : "\(era.english) \(number)"
  }

  /// What a person has entered where a day or a time belongs: told as one where it is one, with its era on request.
  func told(_ text: String?) -> Cell {
    guard let text, !text.isEmpty else { return .unknown }
    if let day = ReportNotes.day(text) { return .day(day) }
    return ReportNotes.time(text, zone: zone.rule).map { .time($0) }
      ?? .prose(text)
  }

  // MARK: Words

  func severity(_ severity: Severity) -> String {
    TextNumbers(language: isJapanese ? .japanese : .english).severity(severity)
  }

  func confidence(_ confidence: Confidence) -> String {
    TextNumbers(language: isJapanese ? .japanese : .english).confidence(confidence)
  }

  func match(_ match: HandlingDay.Match) -> String {
    switch match {
    case .within: pick("within the instruction", "指示の範囲内")
    case .exceeded: pick("beyond the instruction", "指示の範囲超過")
    case .none: pick("no instruction", "指示なし")
    case .unknown: pick("number not stated", "件数の記録なし")
    }
  }

  /// With the number of messages, where they were lost.
  func state(_ gap: CoverageAccount.Stretch) -> String {
    gap.lost > 0 ? "\(state(gap.state)): \(TextNumbers.grouped(gap.lost))" : state(gap.state)
  }

  func state(_ state: CoverageAccount.State) -> String {
    switch state {
    case .seen: pick("seen", "記録あり")
    case .quiet: pick("quiet, as declared", "記録なし(申告どおり)")
    case .unknownVolume: pick("seen, some volumes unknown", "記録あり(件数不明を含む)")
    case .late: pick("seen, some too late to be judged", "記録あり(遅延を含む)")
    case .gap: pick("lines missing", "行の欠落")
    case .lost: pick("messages lost by its listener", "受信時の欠落")
    case .altered: pick("altered since it was sealed", "封印後の改変")
    case .silent: pick("no line between days with lines", "途中の無記録")
    case .unseen: pick("no line yet, or no more", "記録の範囲外")
    }
  }

  /// A conclusion without its share.
  func conclusion(_ conclusion: InquiryConclusion) -> String {
    switch conclusion {
    case .confirmed: pick("confirmed", "確認された")
    case .suspected: pick("suspected", "疑いあり")
    case .notFoundWithinRecords: pick("not found within the records", "記録の範囲では確認されない")
    case .undeterminable: pick("cannot be determined", "判断できない")
    }
  }

  func sector(_ sector: String?) -> Cell {
    switch sector {
    case "private": .words(pick("private company", "民間事業者"))
    case "agency": .words(pick("independent administrative agency", "独立行政法人等"))
    case "local-government": .words(pick("local government", "地方公共団体"))
    default: .unknown
    }
  }

  func organisationKind(_ kind: String) -> String {
    switch kind {
    case "owner": pick("data owner", "委託元")
    case "contractor": pick("contractor", "委託先")
    case "provider": pick("system provider", "再委託先")
    case "agency": pick("staffing agency", "派遣元")
    default: pick("other", "その他")
    }
  }

  /// Behind the word of a decision: that it holds no more.
  func outdated(_ openness: QuarterFacts.IncidentState.Openness) -> String {
    switch openness {
    case .expired: pick(", expired: to be decided again", "(期限切れ・要再判断)")
    case .changed: pick(", but it has changed since: to be decided again", "(判断後に変化あり・要再判断)")
    case .undecided, .settled: ""
    }
  }

  func act(_ kind: TriageAct.Kind) -> String {
    switch kind {
    case .confirmed: pick("confirmed", "確認")
    case .suspected: pick("suspected", "疑いあり")
    case .legitimate: pick("legitimate", "正当な取扱い")
    case .authorised: pick("by instruction", "指示に基づく取扱い")
    case .duplicate: pick("duplicate", "重複")
    case .falsePositive: pick("false positive", "誤検知")
    case .underReview: pick("under review", "調査中")
    case .assigned: pick("assigned", "担当の割当て")
    case .comment: pick("comment", "所見")
    case .complaint: pick("complaint linked", "申出・苦情の紐付け")
    }
  }
}
