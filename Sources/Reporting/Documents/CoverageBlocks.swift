internal import EventModel

/// What every report says of the records it rests on.
enum CoverageBlocks {
  static func share(_ account: CoverageAccount, _ style: DocumentStyle) -> Cell {
    guard let permille = account.share.permille else { return .unknown }
    let days = NumberText.grouped(Int64(account.share.expected))
    let percent = TextNumbers.percent(permille: permille)
    return .words(
      style.pick("\(percent) of \(days) source-days are known", "記録元×日 \(days) のうち \(percent)")
    )
  }

  static func tamper(_ account: CoverageAccount, _ style: DocumentStyle) -> [Cell] {
    var found: [Cell] = []
    for source in account.sources where source.isCounted {
      for breach in source.breaches {
        let word =
          switch breach.kind {
          case "gone": style.pick("gone", "消失")
          case "cut": style.pick("cut short", "切詰め")
          default: style.pick("altered", "改変")
          }
        found.append(.prose("\(source.name): \(word): \(breach.path)"))
      }
      for part in source.unread.suffix(8) {
        let words = style.pick(part.words.english, part.words.japanese)
        found.append(.prose("\(source.name): \(words): \(part.path)"))
      }
    }
    if !found.isEmpty { return found }
    let pieces = account.sources.reduce(0) { $0 + $1.pieces }
    guard pieces > 0 else { return [.unknown] }
    let count = NumberText.grouped(Int64(pieces))
    return [
      .words(
        style.pick(
          "\(count) sealed pieces; nights noticed no alteration (`ometsuke verify` reads all of them again)",
          "封印 \(count) 件。夜間処理では改変を認めない(全件の再検査は `ometsuke verify`)"
        )
      )
    ]
  }

  static func digests(
    _ digests: [InquiryAnswer.Digest],
    _ style: DocumentStyle
  ) -> Document.Table {
    var table = style.table(
      "digests",
      [
        ("of", "Head of the chain of seals of", "封印の連鎖", false),
        ("sha256", "SHA-256", "SHA-256", false),
      ],
      empty: style.pick("Unknown: nothing was sealed.", "不明:封印されたものがない。")
    )
    // The chain of what was declared goes by a name of the store's own.
    let declared = style.pick("(declarations)", "(環境定義・規則)")
    table.rows = digests.map {
      [$0.name == "(declarations)" ? .words(declared) : .name($0.name), .digest($0.sha256)]
    }
    return table
  }

  /// The owner's whole set is what any gap could hide.
  static func gaps(
    _ account: CoverageAccount,
    most: Int64? = nil,
    _ style: DocumentStyle
  ) -> Document.Table {
    var table = style.table(
      "gaps",
      [
        ("source", "Source", "記録元", false), ("state", "State", "状態", false),
        ("days", "Days", "期間", false), ("count", "Number of days", "日数", true),
      ],
      empty: style.pick("None: no day without a line that can be relied on.", "なし:依拠できる記録のない日はない。")
    )
    if most != nil {
      table.columns.append(
        Document.Table.Column(
          "max_rows",
          style.pick("Could hide, at most", "見逃し得る最大件数"),
          isNumeric: true
        )
      )
    }
    for gap in account.gaps {
      var row: [Cell] = [
        .name(gap.source), .words(style.state(gap)), .days(gap.days),
        .number(Int64(gap.days.count)),
      ]
      if let most { row.append(.number(most)) }
      table.rows.append(row)
    }
    return table
  }

  // MARK: The calendar

  /// Days, weeks, months or quarters, so that sixty columns are enough.
  struct Buckets {
    var starts: [Int] = []
    var labels: [String] = []

    init(_ period: ClosedRange<Int>, _ style: DocumentStyle, most: Int = 62) {
      let count = period.count
      if count <= most {
        for day in period {
          let date = CivilCalendar.date(ofDay: day)
          starts.append(day)
          let isMarked = day == period.lowerBound || [1, 10, 20].contains(date.day)
          labels.append(isMarked ? style.dayOfYear(day) : "")
        }
      } else if count <= 7 * most {
        var day = period.lowerBound - CivilCalendar.weekday(ofDay: period.lowerBound)
        var month = 0
        while day <= period.upperBound {
          let date = CivilCalendar.date(ofDay: day)
          starts.append(day)
          labels.append(date.month != month ? style.monthLabel(date) : "")
          month = date.month
          day += 7
        }
      } else {
        let months = count <= 31 * most ? 1 : 3
        let first = CivilCalendar.date(ofDay: period.lowerBound)
        var (year, month) = (first.year, (first.month - 1) / months * months + 1)
        while true {
          let day = CivilCalendar.dayNumber(year: year, month: month, day: 1)
          guard day <= period.upperBound, starts.count < 400 else { break }
          starts.append(day)
          labels.append(month <= months || starts.count == 1 ? style.year(day) : "")
          month += months
          if month > 12 { (year, month) = (year + 1, month - 12) }
        }
      }
    }

    func place(of day: Int) -> Int {
      var (low, high) = (0, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if starts[middle] <= day { low = middle + 1 } else { high = middle }
      }
      return max(0, low - 1)
    }

    /// The days of a bucket, within the period.
    func days(_ place: Int, of period: ClosedRange<Int>) -> ClosedRange<Int> {
      let first = max(period.lowerBound, starts[place])
      let next = place + 1 < starts.count ? starts[place + 1] - 1 : period.upperBound
      return first...max(first, min(next, period.upperBound))
    }
  }

  static func calendar(_ account: CoverageAccount, _ style: DocumentStyle) -> Document.Picture {
    let buckets = Buckets(account.period, style)
    let sources = account.sources.filter(\.isCounted)
    var values: [[Double?]] = []
    var hints: [[String]] = []
    for source in sources {
      var known = [Double](repeating: 0, count: buckets.starts.count)
      var expected = known
      for day in source.days {
        let place = buckets.place(of: day.day)
        expected[place] += 1
        known[place] += Double(source.known(day)) / 1_000_000
      }
      let row = buckets.starts.indices.map { place in
        expected[place] > 0 ? known[place] / expected[place] : nil
      }
      values.append(row)
      hints.append(
        buckets.starts.indices.map { place in
          let days = style.text(.days(buckets.days(place, of: account.period)))
          let share = row[place].map { TextNumbers.percent(permille: Int64($0 * 1000)) }
          return "\(source.name), \(days): \(share ?? style.pick("not expected", "対象外"))"
        }
      )
    }
    return Document.Picture(
      "coverage_calendar",
      style.term("coverage_calendar"),
      summary: style.pick(
        "Each row is a source, each cell a stretch of days: green is known, red is not.",
        "行は記録元、列は期間。緑は記録があり、赤は依拠できる記録がない。"
      ),
      chart: .grid(
        GridChart(
          .coverage,
          rows: sources.map(\.name),
          columns: buckets.labels,
          values: values,
          hints: hints,
          legend: [style.pick("not expected", "対象外"), style.pick("0–100 % known", "既知 0〜100 %")]
        )
      ),
      table: sourceTable(account, style)
    )
  }

  static func sourceTable(_ account: CoverageAccount, _ style: DocumentStyle) -> Document.Table {
    var table = style.table(
      "sources",
      [
        ("source", "Source", "記録元", false), ("format", "Format", "形式", false),
        ("first", "First line", "最初の行", false), ("last", "Last line", "最後の行", false),
        ("days", "Days expected", "対象日数", true), ("known", "Known", "既知の割合", true),
        ("unknown_volume", "Unknown volume", "件数不明", true), ("rejected", "Rejected", "解読不能", true),
        ("sealed", "Sealed pieces", "封印", true), ("counted", "Counted", "算入", false),
      ],
      empty: style.pick("Unknown: no source has told anything.", "不明:記録がない。")
    )
    for source in account.sources {
      table.rows.append([
        .name(source.name), .name(source.format), .time(source.first), .time(source.last),
        .number(Int64(source.days.count)),
        .share(source.share.permille.map { Double($0) / 1000 }),
        .number(source.days.reduce(0) { $0 &+ $1.unknownVolume }), .number(source.rejected),
        .number(Int64(source.pieces)),
        .words(counted(source, account, style)),
      ])
    }
    return table
  }

  private static func counted(
    _ source: CoverageAccount.Source,
    _ account: CoverageAccount,
    _ style: DocumentStyle
  ) -> String {
    // The day stands beside it: of the last line.
    if source.endedOn != nil { return style.pick("ended", "終了") }
    guard source.isCounted else { return style.pick("no", "対象外") }
    if source.isHolder || !account.isShareOfHolders { return style.pick("yes", "算入") }
    return style.pick("not in the share: shows none of them", "割合に算入せず(当該委託元の記録なし)")
  }

  // MARK: Limits

  static func words(_ difference: StoreDifference, _ style: DocumentStyle) -> String {
    switch difference {
    case .detectors(let gone, let added):
      var parts: [String] = []
      if !gone.isEmpty {
        let names = gone.map { style.detector($0) }.joined(separator: style.pick(", ", "、"))
        parts.append(style.pick("no more there: \(names)", "現在はない規則:\(names)"))
      }
      if !added.isEmpty {
        let names = added.map { style.detector($0) }.joined(separator: style.pick(", ", "、"))
        parts.append(style.pick("not yet judging then: \(names)", "当時は判定していない規則:\(names)"))
      }
      let list = parts.joined(separator: style.pick("; ", "、"))
      return style.pick(
        "The store was kept by a version with other rules (\(list)): incidents are told as that version told them.",
        "保存データは規則の異なる版で作られた(\(list))。事案は当時の版の判定による。"
      )
    case .state(let day):
      let from = day.map { style.date($0) } ?? style.unknown
      return style.pick(
        "The store's newest state is of a version that this one cannot read: what was handled from \(from) on, and the devices seen, are unknown.",
        "保存データの最新の状態は、この版では読めない版のものである。\(from)以降の取扱いと接続された媒体は不明である。"
      )
    case .pruned(let day):
      let date = style.date(day)
      return style.pick(
        "The ledger before \(date) was dropped by policy: who handled what then is unknown; what was found then stands.",
        "\(date)より前の台帳は保存方針により削除されている。当時の取扱者は不明であり、当時の検出結果は残っている。"
      )
    }
  }

  /// What was not seen; never empty.
  static func limits(_ account: CoverageAccount, _ style: DocumentStyle) -> [Cell] {
    var found: [String] = []
    let gapDays = account.gaps.reduce(0) { $0 + $1.days.count }
    if gapDays > 0 {
      let count = NumberText.grouped(Int64(gapDays))
      found.append(
        style.pick(
          NumberText.counted(Int64(gapDays), "source-day")
            + (gapDays == 1
              ? " has no line that can be relied on: it may"
              : " have no line that can be relied on: any of them may")
            + " hide a taking.",
          "依拠できる記録のない記録元×日が \(count) ある。その間の持出しは見えない。"
        )
      )
    }
    let counted = account.sources.filter(\.isCounted)
    let unknown = counted.filter(\.isHolder).reduce(0) {
      $0 + $1.days.reduce(0) { $0 + $1.unknownVolume }
    }
    if unknown > 0 {
      let count = NumberText.grouped(unknown)
      found.append(
        style.pick(
          NumberText.counted(unknown, "read") + (unknown == 1 ? " states" : " state")
            + " no number of records.",
          "件数を記さない読出しが \(count) 回ある。"
        )
      )
    }
    let rejected = counted.reduce(0) { $0 + $1.rejected }
    if rejected > 0 {
      let count = NumberText.grouped(rejected)
      found.append(
        style.pick(
          "\(NumberText.counted(rejected, "line")) could not be decoded.",
          "解読できない行が \(count) 行ある。"
        )
      )
    }
    let ended = counted.filter { $0.endedOn != nil }.map(\.name)
    if !ended.isEmpty {
      let names = SafeText.escaped(ended.joined(separator: style.pick(", ", "、")), limit: 400)
      found.append(
        style.pick(
          "These logs ended more than a year before, and are not expected to tell of the days after: \(names).",
          "次の記録元は1年以上前に記録が終了しており、以後の日は対象に含めない:\(names)。"
        )
      )
    }
    found += account.differences.map { words($0, style) }
    if !account.knowsHolders {
      found.append(
        style.pick(
          "It is not known which sources hold this owner's records: all are counted.",
          "この委託元の記録がどの記録元にあるか不明なため、すべて算入した。"
        )
      )
    }
    found.append(
      style.pick(
        "Whatever leaves no trace in the sources named here was not seen.",
        "ここに挙げた記録元に残らない取扱いは見えない。"
      )
    )
    return found.map { .words($0) }
  }
}

extension DocumentStyle {
  /// `05-27`, `5月27日`.
  func dayOfYear(_ day: Int) -> String {
    let date = CivilCalendar.date(ofDay: day)
    return isJapanese
      ? "\(date.month)月\(date.day)日" : String(CivilCalendar.text(ofDay: day).suffix(5))
  }

  func monthLabel(_ date: (year: Int, month: Int, day: Int)) -> String {
    isJapanese
      ? "\(date.month)月"
      : [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ][max(0, min(11, date.month - 1))]
  }
}
