internal import EventModel

extension TextReport {
  /// What the logs show, per source, and what they could not show.
  func write(_ coverage: Coverage, to page: inout TextLayout) {
    let percent = CoverageShare(coverage).percent.map { "\($0) %" } ?? numbers.unknown
    page.paragraph(
      "\(page.label("Coverage", "記録の範囲")): \(percent) "
        + page.label("of source-days", "(記録元×日)") + periodText(coverage.period, page),
      colour: .bold
    )
    if coverage.sources.isEmpty {
      page.both(japanese: "記録元なし。", english: "No source was read.", indent: 2)
    }
    for source in coverage.sources { write(source, of: coverage.period, to: &page) }
    write(coverage.explained, title: page.label("Explained reads", "説明のつく取扱い"), to: &page)
    write(coverage.explainedReads, to: &page)
    write(coverage.routine, to: &page)
    writeUnseen(coverage, to: &page)
    if options.language != .english {
      list("仮定", coverage.assumptionsJapanese, to: &page)
    }
    if options.language != .japanese {
      list("Assumptions", coverage.assumptions, to: &page)
    }
  }

  /// What was too small to be matched one by one; of unknown volume is not of none.
  private func write(_ routine: Coverage.RoutineReads, to page: inout TextLayout) {
    guard routine.reads > 0 else { return }
    var line = page.label("Small reads", "少量の読出し") + ": " + TextNumbers.grouped(routine.reads)
    var records = routine.records
    if routine.unbounded > 0 { records.high = Volume.unbounded }
    line += ", " + numbers.quantity(records, unit: "records")
    if routine.unknown > 0 {
      line += ", " + page.label("of unknown volume", "件数不明") + " "
      line += TextNumbers.grouped(routine.unknown)
    }
    if routine.unbounded > 0 {
      line += ", " + page.label("without any bound", "上限なし") + " "
      line += TextNumbers.grouped(routine.unbounded)
    }
    page.paragraph(line, indent: 2, hanging: 2)
  }

  private func list(_ title: String, _ items: [String], to page: inout TextLayout) {
    guard !items.isEmpty else { return }
    page.paragraph("\(title):", indent: 2)
    for item in items {
      page.paragraph(
        "- " + SafeText.name(item, limit: JSONWriter.pathLimit),
        indent: 4,
        hanging: 2
      )
    }
  }

  /// The days asked for, where any were.
  private func periodText(_ period: Coverage.Period?, _ page: TextLayout) -> String {
    guard let period else { return "" }
    let first = period.first.map { CivilCalendar.text(ofDay: $0) } ?? ""
    let last = period.last.map { CivilCalendar.text(ofDay: $0) } ?? ""
    return ", " + page.label("of the days asked for", "対象期間") + " " + numbers.span(first, last)
  }

  private func write(
    _ source: SourceCoverage,
    of period: Coverage.Period?,
    to page: inout TextLayout
  ) {
    let first = source.first.map(options.zone.text) ?? numbers.unknown
    let last = source.last.map(options.zone.text) ?? numbers.unknown
    let system = source.system.map { ", " + SafeText.name($0) } ?? ""
    page.paragraph(
      "\(SafeText.name(source.name)) (\(SafeText.name(source.format))\(system))",
      indent: 2,
      hanging: 2,
      colour: .cyan
    )
    page.paragraph(numbers.span(first, last), indent: 4, hanging: 2)
    let share = CoverageShare(source, of: period).percent.map { "\($0) %" } ?? numbers.unknown
    page.paragraph(
      "\(page.label("days covered", "日の範囲")) \(share), "
        + "\(page.label("events", "事象")) \(TextNumbers.grouped(source.events)), "
        + "\(page.label("rejected", "読めない行")) \(TextNumbers.grouped(source.rejected)), "
        + "\(page.label("undated", "日時なし")) \(TextNumbers.grouped(source.undatedLines)), "
        + "\(page.label("unknown volume", "件数不明")) \(TextNumbers.grouped(source.unknownVolume)), "
        + "\(page.label("clock went back", "時刻の逆行")) \(source.backwardSteps.map { TextNumbers.grouped($0) } ?? page.label("not measured", "未測定"))",
      indent: 4,
      hanging: 2
    )
    guard !source.silentDays.isEmpty else { return }
    let ranges = Self.ranges(of: source.silentDays)
    let kept = max(1, options.maximumDays)
    var shown = ranges.prefix(kept).map(numbers.days)
    if ranges.count > kept {
      shown.append(
        "\(page.label("further ranges", "ほか")) \(TextNumbers.grouped(ranges.count - kept))"
      )
    }
    page.paragraph(
      "\(page.label("silent days", "記録のない日")) "
        + "\(TextNumbers.grouped(source.silentDays.count)): " + shown.joined(separator: ", "),
      indent: 4,
      hanging: 2
    )
  }

  /// Runs of days that follow one another.
  static func ranges(of days: [Int]) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for day in days.sorted() {
      if let last = ranges.last, last.upperBound == day || last.upperBound &+ 1 == day {
        ranges[ranges.count - 1] = last.lowerBound...day
      } else {
        ranges.append(day...day)
      }
    }
    return ranges
  }

  /// The limits of the examination; said to be none only of what can be counted.
  private func writeUnseen(_ coverage: Coverage, to page: inout TextLayout) {
    var japanese: [String] = []
    var english: [String] = []
    func add(_ count: Int64, _ inJapanese: String, _ inEnglish: String) {
      guard count > 0 else { return }
      japanese.append("\(inJapanese):\(TextNumbers.grouped(count))")
      english.append("\(inEnglish): \(TextNumbers.grouped(count))")
    }
    let sources = coverage.sources
    add(
      sources.reduce(0) { $0 &+ $1.unknownVolume },
      "件数を記さない読出し",
      "reads that state no number of records"
    )
    add(sources.reduce(0) { $0 &+ $1.rejected }, "読めなかった行", "lines that could not be read")
    add(
      // Those that could not be read at all are counted above.
      sources.reduce(0) { $0 &+ max(0, $1.undatedLines &- $1.rejected) },
      "日時の分からない行",
      "lines without a readable time"
    )
    add(
      sources.reduce(0) { $0 &+ Int64($1.holeCount) },
      "番号の続かない箇所(その間の行は失われたか、渡されていない)",
      "places where the numbers of lines do not go on (what stood there is lost or was not given)"
    )
    add(
      sources.reduce(0) { $0 &+ $1.lostMessages },
      "受信時に失われたメッセージ",
      "messages that listeners lost"
    )
    add(
      sources.reduce(0) { $0 &+ Int64($1.silentDays.count) },
      "記録のない日",
      "days without a line"
    )
    add(
      sources.reduce(0) { $0 &+ CoverageShare($1, of: coverage.period).beyond },
      "対象期間のうち記録元の最初より前と最後より後の日",
      "days asked for before a source's first line or after its last"
    )
    add(
      coverage.overflowedNames,
      "まとめて数えた名前",
      "names counted together for want of memory"
    )
    let left = coverage.filesLeftOutNamed
      .map { SafeText.name($0, limit: 64) }.joined(separator: ", ")
    let leftMore = coverage.filesLeftOut > Int64(coverage.filesLeftOutNamed.count)
    add(
      coverage.filesLeftOut,
      "名前から記録でないとみなし読まなかったファイル(\(left)\(leftMore ? " ほか" : ""))",
      "files not read, by their names no logs; name them to read them (\(left)\(leftMore ? ", …" : ""))"
    )
    let tickets = coverage.ticketsWithoutReadNamed
      .map { SafeText.name($0, limit: 64) }.joined(separator: ", ")
    let more = coverage.ticketsWithoutRead > Int64(coverage.ticketsWithoutReadNamed.count)
    add(
      coverage.ticketsWithoutRead,
      "読出しの記録がない多件数のチケット(\(tickets)\(more ? " ほか" : ""))",
      "tickets for many records without a read in these logs (\(tickets)\(more ? ", …" : ""))"
    )
    japanese.append("ここに挙げた記録元に残らない取扱い")
    english.append("whatever leaves no trace in the sources named here")
    if options.language != .english { list("見えなかったもの", japanese, to: &page) }
    if options.language != .japanese { list("Not seen", english, to: &page) }
    writeRejections(coverage, to: &page)
    guard !coverage.unreadable.isEmpty else { return }
    page.paragraph("\(page.label("Unreadable", "読めない入力")):", indent: 2)
    for input in coverage.unreadable {
      page.paragraph(
        "- " + SafeText.name(input.path, limit: JSONWriter.pathLimit),
        indent: 4,
        hanging: 2
      )
      page.paragraph(SafeText.name(told(input.reason), limit: JSONWriter.pathLimit), indent: 6)
    }
  }

  /// Why something could not be read, in the language of who reads alone.
  private func told(_ reason: String) -> String {
    options.language == .japanese ? CommandWords.japanese(ofReason: reason) : reason
  }

  /// Where the first records stand that could not be read.
  private func writeRejections(_ coverage: Coverage, to page: inout TextLayout) {
    guard !coverage.rejections.isEmpty else { return }
    page.paragraph(
      "\(page.label("Could not be read, the first", "読めなかった記録(先頭のみ)")):",
      indent: 2
    )
    for record in coverage.rejections.prefix(8) {
      page.paragraph(
        "- \(SafeText.name(record.path, limit: JSONWriter.pathLimit)):\(record.rejection.line) "
          + "@\(record.rejection.offset) \(told(record.rejection.error.text))",
        indent: 4,
        hanging: 2
      )
    }
    let left = coverage.rejections.count - 8
    guard left > 0 else { return }
    page.paragraph(
      "- " + page.phrase("\(left) more (--format jsonl)", "ほか \(left) 件(--format jsonl)"),
      indent: 4
    )
  }
}
