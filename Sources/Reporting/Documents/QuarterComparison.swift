internal import Estate
internal import EventModel

/// A quarter or the one before, as its headings are held against each other.
struct QuarterSide {
  let name: String
  /// `nil`: nothing was read of it.
  let facts: QuarterFacts?
  /// What people have entered for it; `nil`: nothing.
  let section: ReportNotes.Section?
}

/// Figures of a heading beside those of the quarter before: a value, the value before, what became of it, or why
/// it is not known.
struct QuarterComparison {
  /// What a figure is made from: where it is missing, that is why.
  enum Ground {
    /// What was read of the quarter.
    case logs
    /// What people enter under the quarter.
    case notes
    /// What the quarter's report told when it was issued.
    case issued
  }

  let now: QuarterSide
  let before: QuarterSide
  let style: DocumentStyle
  /// Name of a quarter as people read it.
  let title: (String) -> String
  private(set) var rows: [[Cell]] = []

  /// Names of a list that a remark holds.
  private static let namesShown = 8

  init(
    now: QuarterSide,
    before: QuarterSide,
    style: DocumentStyle,
    title: @escaping (String) -> String
  ) {
    self.now = now
    self.before = before
    self.style = style
    self.title = title
  }

  // MARK: Rows

  /// A figure of what was read.
  mutating func logs(_ english: String, _ japanese: String, _ value: (QuarterFacts) -> Cell) {
    add(style.pick(english, japanese), .logs) { $0.facts.map(value) ?? .unknown }
  }

  /// A list of what was read: how many, which are new, which are no more.
  mutating func names(
    _ english: String,
    _ japanese: String,
    _ names: (QuarterFacts) -> [String]
  ) {
    list(style.pick(english, japanese), .logs) { $0.facts.map(names) }
  }

  /// The same, of what not every quarter that was read tells.
  mutating func logNames(
    _ english: String,
    _ japanese: String,
    _ names: (QuarterFacts) -> [String]?
  ) {
    list(style.pick(english, japanese), .logs) { $0.facts.flatMap(names) }
  }

  /// A list of what the store knows, in which this quarter differs from the one before.
  mutating func names(
    _ english: String,
    _ japanese: String,
    ofSide names: (_ isNow: Bool) -> [String]?
  ) {
    let current = now.name
    list(style.pick(english, japanese), .logs) { names($0.name == current) }
  }

  /// A figure of what people enter.
  mutating func notes(
    _ english: String,
    _ japanese: String,
    _ value: (ReportNotes.Section) -> Cell
  ) {
    add(style.pick(english, japanese), .notes) { $0.section.map(value) ?? .unknown }
  }

  /// What people have written under a key; `today`: what holds on the day of the report, where the quarter tells
  /// nothing: of the quarter before that is not known.
  mutating func texts(
    _ english: String,
    _ japanese: String,
    _ key: String,
    today: ReportNotes.Section? = nil
  ) {
    let between = style.pick("; ", "、")
    let current = now.name
    add(style.pick(english, japanese), .notes) { side in
      let told = side.section?.texts[key] ?? (side.name == current ? today?.texts[key] : nil)
      guard let texts = told, texts.contains(where: { !$0.isEmpty }) else {
        return .unknown
      }
      return .prose(texts.joined(separator: between))
    }
  }

  /// The entries of a list that people keep; `member`: what names an entry.
  mutating func entries(_ english: String, _ japanese: String, _ key: String, _ member: String) {
    list(style.pick(english, japanese), .notes) { side in
      side.section?.records[key]?.compactMap { $0[member] }
    }
  }

  /// One row for each entry, with what is said of it.
  mutating func eachEntry(_ key: String, _ member: String, _ told: String) {
    let all = [now, before].flatMap { $0.section?.records[key] ?? [] }.compactMap { $0[member] }
    var done: Set<String> = []
    for name in all where done.insert(name).inserted {
      add(SafeText.escaped(name, limit: 200), .notes) { side in
        guard let records = side.section?.records[key] else { return .unknown }
        guard let entry = records.first(where: { $0[member] == name }) else { return .none }
        return entry[told].map { .prose($0) } ?? .unknown
      }
    }
  }

  /// A figure of what people enter, in which this quarter differs from the one before.
  mutating func sides(
    _ english: String,
    _ japanese: String,
    ground: Ground = .notes,
    _ value: (_ isNow: Bool, ReportNotes.Section?) -> Cell
  ) {
    let (new, old) = (value(true, now.section), value(false, before.section))
    let what = style.pick(english, japanese)
    rows.append([.prose(what), new, old, remark(new, old, ground)])
  }

  private mutating func add(_ what: String, _ ground: Ground, _ value: (QuarterSide) -> Cell) {
    let (new, old) = (value(now), value(before))
    rows.append([.prose(what), new, old, remark(new, old, ground)])
  }

  private mutating func list(
    _ what: String,
    _ ground: Ground,
    _ names: (QuarterSide) -> [String]?
  ) {
    let (new, old) = (names(now), names(before))
    let cells = [new, old].map { list in
      list.map { Cell.number(Int64(Set($0).count)) } ?? .unknown
    }
    guard let new, let old else {
      rows.append([.prose(what)] + cells + [remark(cells[0], cells[1], ground)])
      return
    }
    let (added, gone) = (Set(new).subtracting(old).sorted(), Set(old).subtracting(new).sorted())
    var told: [String] = []
    if !added.isEmpty { told.append(style.pick("new: ", "新規:") + shown(added)) }
    if !gone.isEmpty { told.append(style.pick("no more: ", "今期なし:") + shown(gone)) }
    rows.append(
      [.prose(what)] + cells
        + [
          told.isEmpty
            ? .words(style.pick("the same", "変更なし"))
            : .prose(told.joined(separator: style.pick("; ", "。")))
        ]
    )
  }

  private func shown(_ names: [String]) -> String {
    let text = names.prefix(Self.namesShown).joined(separator: style.pick(", ", "、"))
    let more = names.count - Self.namesShown
    return more > 0 ? text + style.pick(" and \(more) more", " ほか \(more) 件") : text
  }

  // MARK: What became of it

  private func remark(_ new: Cell, _ old: Cell, _ ground: Ground) -> Cell {
    var reasons: [String] = []
    if case .unknown = new { reasons.append(reason(now, ground)) }
    if case .unknown = old { reasons.append(reason(before, ground)) }
    if !reasons.isEmpty { return .words(reasons.joined(separator: style.pick("; ", "、"))) }
    switch (new, old) {
    case (.number(let new), .number(let old)): return .words(change(new, old))
    case (.records(let new), .records(let old)):
      let low = change(new.low, old.low)
      if new.low == new.high, old.low == old.high { return .words(low) }
      return .words(style.pick("lower end ", "下端 ") + low)
    default:
      return .words(
        new == old ? style.pick("the same", "変更なし") : style.pick("changed", "変更あり")
      )
    }
  }

  private func change(_ new: Int64, _ old: Int64) -> String {
    if new == old { return style.pick("the same", "変更なし") }
    return (new > old ? "+" : "−") + NumberText.grouped(new > old ? new &- old : old &- new)
  }

  private func reason(_ side: QuarterSide, _ ground: Ground) -> String {
    let name = title(side.name)
    switch ground {
    case .logs where side.facts == nil:
      return style.pick("no records of \(name)", "\(name)の記録なし")
    case .logs: return style.pick("the records of \(name) do not tell", "\(name)の記録からは分からない")
    case .issued where side.name == before.name:
      return style.pick(
        "no report of \(name) was issued that tells it",
        "\(name)の発行済みの報告に記載がない"
      )
    case .notes, .issued: return style.pick("not entered for \(name)", "\(name)分の記入なし")
    }
  }

  // MARK: The table

  func table(_ key: String) -> Document.Table {
    var table = Document.Table(
      key + QuarterComparison.suffix,
      style.pick("Beside the quarter before", "前四半期との比較"),
      [
        Document.Table.Column("what", style.pick("Figure", "区分")),
        Document.Table.Column("now", style.pick("Quarter", "本四半期")),
        Document.Table.Column("before", style.pick("Quarter before", "前四半期")),
        Document.Table.Column("remark", style.pick("Change, or why unknown", "増減、または不明の理由")),
      ],
      empty: style.unknown
    )
    table.rows = rows
    return table
  }

  static let suffix = "_compared"
}
