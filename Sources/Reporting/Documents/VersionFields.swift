internal import EventModel

/// Which version of a report it is, when and by whom it was issued, what it replaces, and why its figures changed.
struct VersionFields {
  /// The version that is being issued; `nil`: a draft.
  let issue: IssuedReport?
  let previous: IssuedReport?
  let figures: [IssuedReport.Figure]
  let now: Timestamp?
  let style: DocumentStyle
  /// The words for a figure's name, and for its value.
  let words: FigureWords
  /// Further reasons, such as the nights that changed it.
  var further: [Cell] = []

  init(
    issue: IssuedReport?,
    previous: IssuedReport?,
    figures: [IssuedReport.Figure],
    now: Timestamp?,
    style: DocumentStyle,
    words: FigureWords
  ) {
    self.issue = issue
    self.previous = previous
    self.figures = figures
    self.now = now
    self.style = style
    self.words = words
  }

  static func interval(_ figure: IssuedReport.Figure, _ style: DocumentStyle) -> String {
    style.interval(
      Volume(
        low: figure.low,
        high: figure.high ?? Volume.unbounded,
        quality: figure.high == figure.low ? .exact : figure.high == nil ? .unknown : .estimated
      )
    )
  }

  static let keys = ["version", "reported_at", "issued_by", "supersedes", "reason"]

  var fields: [Document.Field] {
    [
      style.field("version", version), style.field("reported_at", .time(now)),
      style.field(
        "issued_by",
        issue.map { .name($0.by) } ?? .words(style.pick("not issued: a draft", "未発行(案)"))
      ), style.field("supersedes", supersedes), style.field("reason", reasons),
    ]
  }

  var section: Document.Section {
    var part = Document.Section("report", style.pick("About this report", "報告について"))
    part.blocks = [.fields(fields)]
    return part
  }

  private var version: Cell {
    let number = issue?.version ?? (previous?.version ?? 0) + 1
    return .words(
      issue == nil
        ? style.pick("\(number), draft", "第\(number)版(案)") : style.pick("\(number)", "第\(number)版")
    )
  }

  private var supersedes: Cell {
    guard let previous else { return .words(style.pick("none: the first version", "なし(初版)")) }
    let time = previous.time.map { style.time($0) } ?? style.unknown
    return .words(
      style.pick("version \(previous.version) of \(time)", "第\(previous.version)版(\(time) 発行)")
    )
  }

  /// The word of who issues it, then figure by figure.
  var reasons: [Cell] {
    guard let previous else { return [.words(style.pick("first version", "初版のため、なし"))] }
    var found: [Cell] = []
    if let reason = issue?.reason, !reason.isEmpty { found.append(.prose(reason)) }
    let before = Dictionary(previous.figures.map { (MeasureFigures.key($0), $0) }) { _, last in last
    }
    // What a version before kept nothing of has not changed for that.
    let keepsMeasures = before[MeasureFigures.count] != nil
    for figure in figures {
      let name = words.name(figure)
      guard let old = before[MeasureFigures.key(figure)] else {
        if words.isBeside(figure) { continue }
        if !keepsMeasures, figure.name == MeasureFigures.count || MeasureFigures.isMeasure(figure) {
          continue
        }
        found.append(
          .prose(
            style.pick("\(name): new, \(words.value(figure))", "\(name):新規 \(words.value(figure))")
          )
        )
        continue
      }
      guard old != figure else { continue }
      found.append(.prose("\(name): \(words.value(old)) → \(words.value(figure))"))
    }
    let names = Set(figures.map(MeasureFigures.key))
    for old in previous.figures
    where !words.isBeside(old) && !names.contains(MeasureFigures.key(old)) {
      let name = words.name(old)
      found.append(
        .prose(
          style.pick("\(name): withdrawn (\(words.value(old)))", "\(name):取下げ(\(words.value(old)))")
        )
      )
    }
    found += further
    return found.isEmpty
      ? [.words(style.pick("the figures are unchanged", "件数に変更なし"))] : found
  }
}
