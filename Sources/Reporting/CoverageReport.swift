public import EventModel

/// The coverage of a period, by source and day.
///
/// As text a calendar: a line a month with a mark a day, and of more than 400 days a line a year
/// with what is known of each month.
public struct CoverageReport: Sendable {
  public var account: CoverageAccount
  public var program: String
  /// A line for each source and day as well.
  public var listsDays = false
  public var clocks: [ClockRemark] = []

  static let monthsOnly = 400

  public init(_ account: CoverageAccount, program: String) {
    self.account = account
    self.program = program
  }

  // MARK: JSON Lines

  public func lines() -> String {
    var writer = JSONWriter()
    writer.object { line in
      line.field("kind", "coverage-period")
      line.field("from", CivilCalendar.text(ofDay: account.period.lowerBound))
      line.field("until", CivilCalendar.text(ofDay: account.period.upperBound))
      line.write(account.basis)
      line.field("owner", account.owner)
      line.field("read_until", account.lastDay.map { CivilCalendar.text(ofDay: $0) })
      line.key("holders_known")
      line.bool(account.knowsHolders)
      line.write(account.share)
      line.field("program", program)
    }
    writer.lineFeed()
    for source in account.sources {
      writer.object { write(source, to: &$0) }
      writer.lineFeed()
      guard listsDays else { continue }
      for day in source.days {
        writer.object { write(day, of: source, to: &$0) }
        writer.lineFeed()
      }
    }
    return writer.text
  }

  private func write(_ source: CoverageAccount.Source, to line: inout JSONWriter) {
    line.field("kind", "coverage-source")
    line.field("source", source.name)
    line.field("format", source.format)
    line.key("counted")
    line.bool(source.isCounted)
    line.write(source.share)
    line.field("first", source.first)
    line.field("last", source.last)
    line.field("ended", source.endedOn.map { CivilCalendar.text(ofDay: $0) })
    line.field("days") { object in
      for state in CoverageAccount.State.allCases {
        object.field(state.rawValue, Int64(source.days.count { $0.state == state }))
      }
    }
    line.field("lines", source.lines)
    line.field("rejected", source.rejected)
    line.field("rejected_of_no_day", source.rejectedOfNoDay)
    line.field("undated_lines", source.undatedLines)
    line.field("unknown_volume", source.days.reduce(0) { $0 + $1.unknownVolume })
    line.field("late", source.days.reduce(0) { $0 + $1.late })
    line.field("missing_numbers", source.missingNumbers)
    line.field("lost_messages", source.days.reduce(0) { $0 &+ $1.lost })
    line.field("sealed_pieces", Int64(source.pieces))
    line.field("sealed_bytes", source.sealedBytes)
    line.field("breaches", source.breaches) { item, breach in
      item.field("path", breach.path, limit: JSONWriter.pathLimit)
      item.field("kind", breach.kind)
    }
    line.field("unread", source.unread) { item, part in
      item.field("path", part.path, limit: JSONWriter.pathLimit)
      item.field("kind", part.kind.rawValue)
      item.field("offset", part.offset)
      item.field("from", part.from)
      item.field("until", part.until)
    }
    let clocks = clocks.filter { $0.source == source.name }
    guard !clocks.isEmpty else { return }
    line.field("clocks", clocks) { item, clock in
      item.field("host", clock.host)
      item.field("seconds", clock.seconds)
    }
  }

  private func write(
    _ day: CoverageAccount.Day,
    of source: CoverageAccount.Source,
    to line: inout JSONWriter
  ) {
    line.field("kind", "coverage-day")
    line.field("source", source.name)
    line.field("day", CivilCalendar.text(ofDay: day.day))
    line.field("state", day.state.rawValue)
    line.field("known_millionths", day.weight * source.readable / 1_000_000)
    line.field("lines", day.lines)
    line.field("bytes", day.bytes)
    line.field("events", day.events)
    line.field("unknown_volume", day.unknownVolume)
    line.field("rejected", day.rejected.records)
    line.field("late", day.late)
    line.field("lost_messages", day.lost)
    line.key("sealed")
    line.bool(day.isSealed)
  }

  // MARK: Text

  public func render(_ options: ReportOptions) -> String {
    var page = TextLayout(options: options)
    let numbers = TextNumbers(language: options.language)
    let share = account.share
    let percent = share.permille.map { TextNumbers.percent(permille: $0) } ?? numbers.unknown
    page.paragraph(
      "\(page.label("Coverage", "記録の範囲")) "
        + numbers.days(account.period) + ": \(percent)",
      colour: .bold
    )
    if let owner = account.owner {
      page.paragraph("\(page.label("Owner", "委託元")): \(SafeText.name(owner))", indent: 2)
    }
    if let words = PeriodWords.unlessAsked(account) {
      page.both(japanese: words.japanese, english: words.english, indent: 2)
    }
    page.both(
      japanese: "「見つからない」と言えるのは、この範囲に限る:記録元×日 \(TextNumbers.grouped(share.expected)) のうち、"
        + "欠落・改変がなく、件数の分かる割合。",
      english: "A \"nothing found\" would rest on this: of \(TextNumbers.grouped(share.expected))"
        + " source-days, the part without gap or alteration and of known volume.",
      indent: 2
    )
    if !account.knowsHolders {
      page.both(
        japanese: "この委託元の記録がどの記録元にあるか不明なため、すべての記録元を数えた。",
        english: "It is not known which sources hold this owner's records: all are counted.",
        indent: 2
      )
    }
    if let last = account.lastDay, last < account.period.upperBound,
      account.basis?.until != .records
    {
      let day = CivilCalendar.text(ofDay: last)
      page.both(
        japanese: "\(day) より後はまだ読んでいない。",
        english: "Nothing after \(day) has been read yet.",
        indent: 2
      )
    }
    for source in account.sources {
      page.blank()
      write(source, numbers, to: &page)
    }
    page.blank()
    legend(to: &page)
    return page.text
  }

  private func write(
    _ source: CoverageAccount.Source,
    _ numbers: TextNumbers,
    to page: inout TextLayout
  ) {
    let percent = source.share.permille.map { TextNumbers.percent(permille: $0) }
    var title = "\(SafeText.name(source.name)) (\(SafeText.name(source.format))): "
    title += percent ?? page.label("not expected", "対象外の期間")
    if let day = source.endedOn {
      let text = CivilCalendar.text(ofDay: day)
      title += ", " + page.phrase("ended \(text)", "\(text) に終了")
    }
    if !source.isCounted {
      title += ", " + page.phrase("shows none of this owner's: not counted", "この委託元の記録なし・算入せず")
    } else if !source.isHolder {
      title +=
        ", " + page.phrase("could hold this owner's, shows none: counted", "この委託元の記録があり得る・算入")
    }
    page.paragraph(title, hanging: 2, colour: .cyan)
    let states = CoverageAccount.State.allCases.compactMap { state -> String? in
      let count = source.days.count { $0.state == state }
      return count > 0 ? "\(word(state, page)) \(TextNumbers.grouped(count))" : nil
    }
    if !states.isEmpty {
      page.paragraph(
        page.label("days", "日数") + ": " + states.joined(separator: ", "),
        indent: 2,
        hanging: 2
      )
    }
    page.paragraph(
      "\(page.label("lines", "行")) \(TextNumbers.grouped(source.lines)), "
        + "\(page.label("rejected", "読めない行")) \(TextNumbers.grouped(source.rejected)), "
        + "\(page.label("undated", "日時なし")) \(TextNumbers.grouped(source.undatedLines)), "
        + "\(page.label("unknown volume", "件数不明")) "
        + TextNumbers.grouped(source.days.reduce(0) { $0 + $1.unknownVolume })
        + ", \(page.label("sealed pieces", "封印")) \(TextNumbers.grouped(source.pieces))",
      indent: 2,
      hanging: 2
    )
    let lost = source.days.reduce(0) { $0 &+ $1.lost }
    if lost > 0 {
      page.both(
        japanese: "受信時に失われたメッセージ \(TextNumbers.grouped(lost)) 件。"
          + "どこにも残っておらず、判定していない。",
        english: "Its listener lost \(TextNumbers.grouped(lost)) message\(lost == 1 ? "" : "s"):"
          + " in no log, and not judged.",
        indent: 2
      )
    }
    writeFaults(of: source, to: &page)
    writeClocks(of: source, to: &page)
    if source.days.contains(where: { $0.state != .unseen }) {
      if account.period.count > Self.monthsOnly {
        writeYears(source, to: &page)
      } else {
        writeMonths(source, to: &page)
      }
    }
    if listsDays { for day in source.days { write(day, to: &page) } }
  }

  /// Of `2024-04` and two blanks.
  private static let monthWidth = 9

  /// A line a month, a mark a day.
  private func writeMonths(_ source: CoverageAccount.Source, to page: inout TextLayout) {
    var line = ""
    var month = (year: 0, month: 0)
    for day in source.days {
      let date = CivilCalendar.date(ofDay: day.day)
      if (date.year, date.month) != month {
        if !line.isEmpty { page.pointer(line, indent: 2) }
        month = (date.year, date.month)
        line = String(CivilCalendar.text(ofDay: day.day).prefix(7)) + "  "
      }
      // Days before the first and between those that are expected.
      let blanks = max(0, Self.monthWidth + date.day - 1 - line.utf8.count)
      line += String(repeating: " ", count: blanks) + Self.mark(day.state)
    }
    if !line.isEmpty { page.pointer(line, indent: 2) }
  }

  /// A line a year, the per cent known of each month.
  private func writeYears(_ source: CoverageAccount.Source, to page: inout TextLayout) {
    func cell(_ share: CoverageAccount.Share) -> String {
      let text = share.percent.map { $0 == 0 && share.known == 0 ? "-" : "\($0)" } ?? ""
      return DisplayWidth.fitted(text, columns: 5, right: true)
    }
    let months = (1...12).map { DisplayWidth.fitted("\($0)", columns: 5, right: true) }
    page.pointer(
      "    " + months.joined()
        + DisplayWidth.fitted(
          page.options.language == .japanese ? "年" : "year",
          columns: 6,
          right: true
        ),
      indent: 2
    )
    var shares = [CoverageAccount.Share](repeating: .init(), count: 13)
    var year: Int?
    var empty: ClosedRange<Int>?
    func flushEmpty() {
      guard let years = empty else { return }
      let name =
        years.count == 1
        ? "\(years.lowerBound)"
        : TextNumbers(language: page.options.language).range(
          "\(years.lowerBound)",
          "\(years.upperBound)"
        )
      page.pointer(name + "  " + page.label("nothing", "記録なし"), indent: 2)
      empty = nil
    }
    func flush() {
      guard let year else { return }
      if shares[0].known == 0 {
        empty = (empty?.lowerBound ?? year)...year
        return
      }
      flushEmpty()
      page.pointer("\(year)" + shares[1...].map(cell).joined() + " " + cell(shares[0]), indent: 2)
    }
    for day in source.days {
      let date = CivilCalendar.date(ofDay: day.day)
      if date.year != year {
        flush()
        year = date.year
        shares = [CoverageAccount.Share](repeating: .init(), count: 13)
      }
      for place in [0, date.month] {
        shares[place].expected += 1
        shares[place].known += day.weight * source.readable / 1_000_000
      }
    }
    flush()
    flushEmpty()
  }

  private func write(_ day: CoverageAccount.Day, to page: inout TextLayout) {
    page.paragraph(
      "\(CivilCalendar.text(ofDay: day.day)) \(word(day.state, page)): "
        + "\(page.label("lines", "行")) \(TextNumbers.grouped(day.lines)), "
        + "\(page.label("events", "事象")) \(TextNumbers.grouped(day.events)), "
        + "\(page.label("unknown volume", "件数不明")) \(TextNumbers.grouped(day.unknownVolume)), "
        + "\(page.label("rejected", "読めない行")) \(TextNumbers.grouped(day.rejected.records)), "
        + "\(page.label("late", "遅延")) \(TextNumbers.grouped(day.late))",
      indent: 4,
      hanging: 2
    )
  }

  private func legend(to page: inout TextLayout) {
    let marks =
      account.period.count > Self.monthsOnly
      ? page.label("per cent known of each month; - nothing", "各月の判明割合(%)。- は記録なし")
      : CoverageAccount.State.allCases.map { "\(Self.mark($0)) \(word($0, page))" }
        .joined(separator: ", ")
    page.paragraph(marks, hanging: 2)
    page.both(
      japanese: "読めない行は、そのログで直前の記録の日に数える。日の分からないものは、その記録元の全日を同じ割合で減らす。"
        + "改変は夜間実行が気づいたもの。全文の照合は ometsuke verify。",
      english:
        "Lines that could not be read count to the day of the record before them in their log; those of which no day is"
        + " known lessen every day of their source alike."
        + " Alterations are those that a night noticed; `ometsuke verify` reads all again."
    )
  }

  static func mark(_ state: CoverageAccount.State) -> String {
    switch state {
    case .seen: "#"
    case .quiet: "o"
    case .unknownVolume: "?"
    case .late: "l"
    case .gap: "g"
    case .lost: "m"
    case .altered: "x"
    case .silent: "."
    case .unseen: "-"
    }
  }

  private func word(_ state: CoverageAccount.State, _ page: TextLayout) -> String {
    page.label(state.words.english, state.words.japanese)
  }
}

extension CoverageAccount.State {
  var words: (english: String, japanese: String) {
    switch self {
    case .seen: ("seen", "記録あり")
    case .quiet: ("quiet as declared", "無記録(宣言どおり)")
    case .unknownVolume: ("of unknown volume", "件数不明あり")
    case .late: ("late lines", "遅延行あり")
    case .gap: ("lines missing", "行の欠落")
    case .lost: ("messages lost", "受信時の欠落")
    case .altered: ("altered", "改変")
    case .silent: ("silent", "無記録")
    case .unseen: ("not seen", "範囲外")
    }
  }
}

extension JSONWriter {
  mutating func write(_ share: CoverageAccount.Share) {
    field("source_days", Int64(share.expected))
    field("known_permille", share.permille)
  }
}
