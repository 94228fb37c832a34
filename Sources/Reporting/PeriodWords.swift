internal import EventModel

/// How the period of an answer came about, in words and as JSON (decision 0053).
enum PeriodWords {
  /// One or two sentences; `nil`: it is the report's own.
  static func words(_ account: CoverageAccount) -> (english: String, japanese: String)? {
    guard let basis = account.basis else { return nil }
    if basis.isAsked { return ("As asked.", "指定のとおり。") }
    let from = end(basis.from, hasOwner: account.owner != nil)
    let until = end(basis.until, hasOwner: account.owner != nil)
    var english = "From "
    english += from.map { "the first day of \($0.english)" } ?? "the day asked for"
    english += " to " + (until.map { "the last day of \($0.english)" } ?? "the day asked for")
    var japanese = "初日は" + (from.map { $0.japanese + "の最初の日" } ?? "指定の日")
    japanese += "、末日は" + (until.map { $0.japanese + "の最後の日" } ?? "指定の日") + "。"
    guard basis.sourcesBeyond > 0 else { return (english + ".", japanese) }
    let count = Int64(basis.sourcesBeyond)
    english += "; \(NumberText.counted(count, "source")) with lines of days outside "
    english += count == 1 ? "does not stretch it." : "do not stretch it."
    japanese += "その外の日にも行のある記録元が \(NumberText.grouped(count)) あるが、期間は広げない。"
    return (english, japanese)
  }

  /// As above; `nil` where both ends were asked for, too: whoever asked knows.
  static func unlessAsked(_ account: CoverageAccount) -> (english: String, japanese: String)? {
    account.basis?.isAsked ?? true ? nil : words(account)
  }

  static func cell(_ account: CoverageAccount, _ style: DocumentStyle) -> Cell {
    words(account).map { .words(style.pick($0.english, $0.japanese)) } ?? .unknown
  }

  private static func end(
    _ origin: StudyPeriod.Origin,
    hasOwner: Bool
  ) -> (english: String, japanese: String)? {
    switch origin {
    case .asked: nil
    case .holders: ("the sources that hold the owner's records", "この委託元の記録を持つ記録元")
    case .declared: ("the declared sources", "環境定義にある記録元")
    case .records:
      hasOwner
        ? ("the owner's records", "この委託元の記録") : ("the owners' records", "委託元の記録")
    case .all: ("all sources", "すべての記録元")
    }
  }
}

extension JSONWriter {
  /// `basis`: what each end of the period is the first or last day of; absent where the period is the report's own.
  mutating func write(_ basis: StudyPeriod?) {
    guard let basis else { return }
    field("basis") { object in
      object.field("from", basis.from.rawValue)
      object.field("until", basis.until.rawValue)
      object.field("sources_beyond", Int64(basis.sourcesBeyond))
    }
  }
}
