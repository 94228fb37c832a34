internal import Estate
internal import EventModel

/// When what was taken of whom, on what authority.
extension CaseDocument {
  /// Days with a bulk verb, or without an instruction for as many records as make a bulk read.
  func timeline(_ taken: TakenDays) -> Document.Picture {
    let kept = taken.days.filter {
      $0.hasExport || $0.records.low >= estate.policy.bulkFloor
        || $0.unexplained >= estate.policy.bulkFloor
    }
    var sizes: [String: Int64] = [:]
    for day in kept { sizes[day.owner, default: 0] &+= max(day.unexplained, 1) }
    for item in taken.whole { sizes[item.owner, default: 0] &+= max(item.records.low, 1) }
    let lanes = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(24).map(\.key)
    let places = Dictionary(uniqueKeysWithValues: lanes.enumerated().map { ($1, $0) })
    let most = max(
      1,
      (kept.map(\.records) + taken.whole.map(\.records)).map { $0.knownHigh ?? $0.low }.max() ?? 1
    )
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
    var marks: [TimelineChart.Mark] = []
    for day in kept {
      let open = taken.limited(uncovered(day), of: day)
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
    for item in taken.whole {
      let row = wholeRow(item)
      table.weights.append(Double(item.records.knownHigh ?? item.records.low))
      table.rows.append(row)
      guard let lane = places[item.owner] else { continue }
      marks.append(
        TimelineChart.Mark(
          lane: lane,
          day: style.zone.dayNumber(of: item.last),
          match: .none,
          size: Double(item.records.knownHigh ?? item.records.low) / Double(most),
          hint: "\(style.text(row[0])), \(ownerName(item.owner)): \(style.interval(item.records)), "
            + style.text(row[5])
        )
      )
    }
    table.note = leftOutNote(taken)
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
    let between = style.interval(day.records)
    if isBeyond(day) {
      return style.pick(
        "beyond the instruction as far as more was read (\(between) in all)",
        "指示の範囲超過(読出しは計 \(between) 件)"
      )
    }
    // A lower end that a log states is not a number that none states.
    if day.records.low > 0, !isWithoutInstruction(day) {
      return style.pick(
        "cannot be told: how many is known only as \(between)",
        "判断できない:件数は \(between) の範囲でのみ判明"
      )
    }
    return isWithoutInstruction(day)
      ? style.pick("no instruction (number not stated)", "指示なし(件数の記録なし)")
      : style.pick(
        "cannot be told: number not stated (\(style.interval(day.records)))",
        "判断できない:件数の記録なし(\(style.interval(day.records)))"
      )
  }

  private func mark(of day: HandlingDay) -> TimelineChart.HandlingMark {
    if isBeyond(day) { return .exceeded }
    return isWithoutInstruction(day)
      ? .none : TimelineChart.HandlingMark(rawValue: day.match.rawValue) ?? .unknown
  }

  /// Whether a day of which only bounds are known is one on which an instruction was exceeded: nothing that the incident
  /// holds is without one, and some of it goes beyond.
  func isBeyond(_ day: HandlingDay) -> Bool {
    let counts = incident.takenAuthorisation
    return day.match == .unknown && day.records.low > 0 && !isWithoutInstruction(day)
      && counts.exceeded.high > 0 && counts.none.high == 0
      && owners.contains { item in
        item.owner == day.owner
          && (style.zone.dayNumber(
            of: item.first
          )...max(
            style.zone.dayNumber(of: item.first),
            style.zone.dayNumber(of: item.last)
          )).contains(day.day)
      }
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
