internal import Estate
internal import EventModel

/// When what was taken of whom, on what authority.
extension CaseDocument {
  /// Days with a bulk verb, or without an instruction for as many records as make a bulk read.
  func timeline(_ days: [HandlingDay]) -> Document.Picture {
    let kept = days.filter {
      ($0.hasExport || $0.records.low >= estate.policy.bulkFloor
        || $0.unexplained >= estate.policy.bulkFloor) && ($0.match == .within || mayBeTaken($0))
    }
    var sizes: [String: Int64] = [:]
    for day in kept { sizes[day.owner, default: 0] &+= max(day.unexplained, 1) }
    let lanes = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(24).map(\.key)
    let places = Dictionary(uniqueKeysWithValues: lanes.enumerated().map { ($1, $0) })
    let most = kept.map { $0.records.knownHigh ?? $0.records.low }.max() ?? 1
    let period = span
    let isLong = period.count > Self.daysShown
    var table = style.table(
      "timeline",
      [
        ("day", "Day", "日", false), ("account", "Account", "アカウント", false),
        ("owner", "Owner", "委託元", false), ("records", "Records", "件数", true),
        ("unexplained", "Without instruction", "指示のない件数", true),
        ("match", "Instruction", "指示との照合", false),
      ],
      empty: style.pick("No bulk read by day in the ledger.", "日別の台帳に一括の読出しはない。")
    )
    table.note = others(in: kept)
    var marks: [TimelineChart.Mark] = []
    for day in kept {
      let open = uncovered(day)
      table.weights.append(Double(open.knownHigh ?? open.low))
      table.rows.append([
        .day(day.day), .name(day.account),
        day.owner.isEmpty ? .words(ownerName("")) : .name(day.owner), .records(day.records),
        .records(open), .words(standing(of: day)),
      ])
      guard let lane = places[day.owner], !isLong else { continue }
      let size = Double(day.records.knownHigh ?? day.records.low) / Double(max(1, most))
      marks.append(
        TimelineChart.Mark(
          lane: lane,
          day: day.day,
          match: mark(of: day),
          size: size,
          hint: "\(style.date(day.day)) \(day.account), \(ownerName(day.owner)): "
            + "\(style.interval(day.records)), \(standing(of: day))"
        )
      )
    }
    if isLong { marks = gathered(kept, places) }
    let used = Set(marks.map(\.match))
    var chart = TimelineChart(
      days: period,
      lanes: lanes.map(ownerName),
      marks: marks,
      ticks: ticks(period),
      legend: TimelineChart.HandlingMark.allCases.filter(used.contains).map { mark in
        (mark, HandlingDay.Match(rawValue: mark.rawValue).map(style.match) ?? "")
      }
    )
    if isLong { chart.mostRadius = 7 }
    return Document.Picture(
      "timeline",
      style.term("timeline"),
      summary: style.pick(
        isLong
          ? "Each mark gathers the days of a part of the period on which records of an owner were read in bulk; its shape and colour tell whether instructions covered that, its size how many records."
          : "Each mark is a day on which records of an owner were read in bulk; its shape and colour tell whether an instruction covered that, its size how many records.",
        isLong
          ? "印は、委託元の記録の一括の読出しがあった日を、期間ごとにまとめたもの。形と色は指示の有無、大きさは件数を示す。"
          : "印は、委託元の記録の一括の読出しがあった日。形と色は指示の有無、大きさは件数を示す。"
      ),
      chart: .timeline(chart),
      table: table
    )
  }

  /// Whether the day lies between the first and the last taking of its owner: what the accounts did before or after is
  /// of another incident, or of none.
  private func mayBeTaken(_ day: HandlingDay) -> Bool {
    owners.contains { item in
      let first = style.zone.dayNumber(of: item.first)
      return item.owner == day.owner && day.day >= first
        && day.day <= max(first, style.zone.dayNumber(of: item.last))
    }
  }

  /// That days tell of more than this incident, where they do; `nil`: nothing shows it.
  ///
  /// The ledger knows days of accounts, and no terminals: whoever else uses a shared account is in them.
  private func others(in days: [HandlingDay]) -> String? {
    let least = days.reduce(Int64(0)) { sum, day in
      let (next, overflow) = sum.addingReportingOverflow(day.match == .within ? 0 : day.unexplained)
      return overflow ? .max : next
    }
    guard let most = gross.knownHigh, least > most else { return nil }
    return style.pick(
      "These are days of the accounts from every terminal: \(NumberText.grouped(least)) records without an instruction at the least, of which this incident has \(NumberText.grouped(most)) at the most. The rest is of other incidents of the same accounts, which have reports of their own: the figures of these reports must not be added up from this table.",
      "アカウント単位の日別集計であり、すべての端末による読出しを含む。指示のない件数は少なくとも \(NumberText.grouped(least)) 件、うちこの事案は最大 \(NumberText.grouped(most)) 件。残りは同じアカウントの別の事案であり、別に報告される。この表の件数を各報告の件数として合算しないこと。"
    )
  }

  /// Of a longer period days are drawn together: one mark a day would hide the others.
  private static let daysShown = 200

  /// One mark for each owner, kind of instruction and part of the period.
  private func gathered(
    _ days: [HandlingDay],
    _ lanes: [String: Int]
  ) -> [TimelineChart.Mark] {
    struct Key: Hashable {
      var lane: Int
      var place: Int
      var match: TimelineChart.HandlingMark
    }
    let period = span
    let buckets = CoverageBlocks.Buckets(period, style, most: 48)
    var sums: [Key: (low: Int64, high: Int64, days: Set<Int>)] = [:]
    for day in days {
      guard let lane = lanes[day.owner] else { continue }
      let key = Key(lane: lane, place: buckets.place(of: day.day), match: mark(of: day))
      var sum = sums[key] ?? (0, 0, [])
      sum.low = sum.low.addingReportingOverflow(day.records.low).partialValue
      let high = sum.high.addingReportingOverflow(day.records.knownHigh ?? day.records.low)
      sum.high = high.overflow ? .max : high.partialValue
      sum.days.insert(day.day)
      sums[key] = sum
    }
    let most = sums.values.map(\.high).max() ?? 1
    let names = lanes.sorted { $0.value < $1.value }.map(\.key)
    return sums.sorted {
      ($0.key.lane, $0.key.place, $0.key.match.rawValue)
        < ($1.key.lane, $1.key.place, $1.key.match.rawValue)
    }.map { key, sum in
      let span = buckets.days(key.place, of: period)
      let records = Volume(
        low: sum.low,
        high: sum.high,
        quality: sum.low == sum.high ? .exact : .estimated
      )
      let match = HandlingDay.Match(rawValue: key.match.rawValue).map(style.match) ?? ""
      let days = style.pick(
        "\(sum.days.count) \(sum.days.count == 1 ? "day" : "days")",
        "\(sum.days.count) 日"
      )
      return TimelineChart.Mark(
        lane: key.lane,
        day: span.lowerBound + span.count / 2,
        match: key.match,
        size: Double(sum.high) / Double(max(1, most)),
        hint: "\(style.text(.days(span))), \(days), \(ownerName(names[key.lane])): "
          + "\(style.interval(records)), \(match)"
      )
    }
  }

  /// How a day stands to the instructions, in words.
  ///
  /// A day without a stated number may be within an instruction only where one could concern it; where none could,
  /// all of it, how many they were, is without one.
  private func standing(of day: HandlingDay) -> String {
    guard day.match == .unknown else { return style.match(day.match) }
    return isWithoutInstruction(day)
      ? style.pick("no instruction (number not stated)", "指示なし(件数の記録なし)")
      : style.pick(
        "cannot be told: number not stated (\(style.interval(day.records)))",
        "判断できない:件数の記録なし(\(style.interval(day.records)))"
      )
  }

  private func mark(of day: HandlingDay) -> TimelineChart.HandlingMark {
    isWithoutInstruction(day)
      ? .none : TimelineChart.HandlingMark(rawValue: day.match.rawValue) ?? .unknown
  }

  private func ticks(_ period: ClosedRange<Int>) -> [(day: Int, label: String)] {
    let years = period.count > 800
    let marks: [(day: Int, label: String)] = period.filter { day in
      let date = CivilCalendar.date(ofDay: day)
      return date.day == 1 && (!years || date.month == 1)
    }.map { day in
      (day, years ? style.year(day) : style.month(day))
    }
    // One or two say little of where the period begins and ends.
    guard marks.count < 3 else { return marks }
    return [(period.lowerBound, style.date(period.lowerBound))]
      + (period.count > 1 ? [(period.upperBound, style.date(period.upperBound))] : [])
  }
}
