internal import Estate
internal import EventModel

/// The pictures of an incident, each with its numbers.
extension CaseDocument {
  var views: Document.Section {
    var part = Document.Section("views", style.pick("Pictures", "図表"))
    let days = self.days
    guard !days.isEmpty else {
      part.blocks = [
        .sentences([
          .words(
            story.knowsDays
              ? style.pick(
                "Unknown: the ledger tells of no day of these accounts.",
                "不明:日別の台帳に、これらのアカウントの記録がない。"
              )
              : style.pick(
                "Unknown: the results of a scan tell of no single day.",
                "不明:スキャンの結果には、日別の取扱いが含まれない。"
              )
          )
        ])
      ]
      return part
    }
    let taken = takenDays
    part.blocks = [
      .picture(timeline(taken)), .picture(cumulative(taken)),
      .picture(heatMap(taken)), .picture(hours),
    ]
    return part
  }

  var span: ClosedRange<Int> {
    let low = style.zone.dayNumber(of: first)
    let high = max(low, style.zone.dayNumber(of: last))
    let found = days.map(\.day)
    return min(low, found.min() ?? low)...max(high, found.max() ?? high)
  }

  /// The person where one is declared, else the account.
  private func actorName(_ account: String) -> String {
    let declared = estate.accounts.first { $0.patterns.contains { $0.matches(account) } }
    guard let declared, declared.persons.count == 1, !declared.shared else { return account }
    return "\(declared.persons[0]) (\(account))"
  }

  /// The part of a day that no instruction covers.
  ///
  /// The ledger tells its lower end; what no log counts may all be without one, unless a job of the account is
  /// declared, whose reads state no number either.
  func uncovered(_ day: HandlingDay) -> Volume {
    let open = day.records.knownHigh.map { max(0, $0 - day.records.low) }
    if day.match == .within || (day.match == .unknown && hasJob(day)) { return .none }
    guard let open else { return Volume(low: day.unexplained, high: .max, quality: .unknown) }
    return Volume(
      low: day.unexplained,
      high: day.unexplained &+ open,
      quality: open == 0 ? .exact : .estimated
    )
  }

  private func hasJob(_ day: HandlingDay) -> Bool {
    estate.jobs.contains { $0.account?.matches(day.account) ?? false }
  }

  /// Whether no instruction and no job that is declared can cover any of what the account read of the owner that day.
  ///
  /// Of a register that is not declared nothing is known.
  func isWithoutInstruction(_ day: HandlingDay) -> Bool {
    if day.match != .unknown { return day.match == .none }
    guard estate.declaresTickets, !day.owner.isEmpty, !hasJob(day) else { return false }
    let names = [day.owner] + (declared(day.owner)?.aliases ?? [])
    let actors = self.actors.union([day.account])
    // What was read before its instruction was entered may still be covered by it, for so many days.
    let late = Int(clamping: max(0, estate.policy.lateApproval) / 86_400) + 1
    return !estate.tickets.contains { ticket in
      let isOfOwner =
        ticket.isForAllOwners || (ticket.owner == nil && ticket.furtherOwners.isEmpty)
        || ([ticket.owner].compactMap { $0 } + ticket.furtherOwners).contains(where: names.contains)
      return isOfOwner && ticket.executor.map(actors.contains) ?? true
        && style.zone.dayNumber(of: ticket.opened) - late <= day.day
        && day.day <= ticket.closed.map { style.zone.dayNumber(of: $0) } ?? .max
    }
  }

  func ownerName(_ name: String) -> String {
    name.isEmpty ? style.term("owner_unknown") : name
  }

  // MARK: Heat map

  private func heatMap(_ taken: TakenDays) -> Document.Picture {
    struct Row: Hashable {
      var actor: String
      var owner: String
    }
    let period = span
    let buckets = CoverageBlocks.Buckets(period, style, most: 48)
    var sums: [Row: [Int64]] = [:]
    for day in taken.days + taken.lookUps + taken.mixed {
      let row = Row(actor: actorName(day.account), owner: day.owner)
      var line = sums[row] ?? [Int64](repeating: 0, count: buckets.starts.count)
      let place = buckets.place(of: day.day)
      let most = uncovered(day)
      line[place] = line[place].addingReportingOverflow(most.knownHigh ?? most.low).partialValue
      sums[row] = line
    }
    let ranked = sums.sorted {
      ($1.value.reduce(0, &+), $0.key.actor, $0.key.owner)
        < ($0.value.reduce(0, &+), $1.key.actor, $1.key.owner)
    }
    let most = ranked.flatMap(\.value).max() ?? 0
    var table = style.table(
      "heat_map",
      [
        ("actor", "Person or account", "人物・アカウント", false), ("owner", "Owner", "委託元", false),
        ("period", "Days", "期間", false),
        ("records", "Without instruction, at most", "指示のない件数(最大)", true),
      ],
      empty: style.unknown
    )
    for (row, line) in ranked {
      for place in line.indices where line[place] > 0 {
        table.weights.append(Double(line[place]))
        table.rows.append([
          .name(row.actor), row.owner.isEmpty ? .words(ownerName("")) : .name(row.owner),
          .days(buckets.days(place, of: period)), .number(line[place]),
        ])
      }
    }
    // Rows of one person stand together, those with most first.
    var order: [String: Int] = [:]
    for row in ranked.prefix(30) where order[row.key.actor] == nil {
      order[row.key.actor] = order.count
    }
    let shown = ranked.prefix(30).enumerated().sorted {
      (order[$0.element.key.actor] ?? 0, $0.offset)
        < (order[$1.element.key.actor] ?? 0, $1.offset)
    }.map(\.element)
    let chart = GridChart(
      .volume,
      rows: shown.map { ownerName($0.key.owner) },
      columns: buckets.labels,
      values: shown.map { row in
        row.value.map { $0 > 0 ? Double($0).squareRoot() / Double(most).squareRoot() : nil }
      },
      hints: shown.map { row in
        row.value.indices.map { place in
          let days = style.text(.days(buckets.days(place, of: period)))
          return "\(row.key.actor) × \(ownerName(row.key.owner)), \(days): "
            + NumberText.grouped(row.value[place])
        }
      },
      legend: [
        style.pick("none", "なし"),
        style.pick("up to \(NumberText.grouped(most)) records", "最大 \(NumberText.grouped(most)) 件"),
      ]
    )
    var left = ""
    if ranked.count > shown.count {
      left = style.pick(
        " The \(ranked.count - shown.count) smaller rows are in the table alone.",
        "小さい \(ranked.count - shown.count) 行は表のみに示す。"
      )
    }
    if !taken.whole.isEmpty {
      let names = taken.whole.map { ownerName($0.owner) }.joined(separator: style.pick(", ", "、"))
      left += style.pick(
        " Of these owners it holds what the accounts read from other terminals as well: \(names).",
        "次の委託元については、同じアカウントによる他の端末での読出しを含む:\(names)。"
      )
    }
    var wide = chart
    wide.labelWidth = 220
    for row in shown {
      if wide.groups.last?.label == row.key.actor {
        wide.groups[wide.groups.count - 1].count += 1
      } else {
        wide.groups.append((row.key.actor, 1))
      }
    }
    return Document.Picture(
      "heat_map",
      style.term("heat_map"),
      summary: style.pick(
        "Records read without an instruction, by who and whose: at most, as far as logs bound them, look-ups of daily work among them; the further right its colour stands in the legend, the more.",
        "指示のない読出し件数(記録から見込まれる最大。日常の少量の閲覧を含む)。凡例で右にある色ほど多い。"
      ) + left,
      chart: .grid(wide),
      table: table
    )
  }

  // MARK: Sums

  private func cumulative(_ taken: TakenDays) -> Document.Picture {
    var handled: [Int: Int64] = [:]
    var authorised: [Int: Int64] = [:]
    var possible: [Int: Int64] = [:]
    for day in taken.days {
      let covered = max(0, day.records.low &- day.unexplained)
      let open = taken.limited(uncovered(day), of: day)
      handled[day.day, default: 0] &+= day.records.low
      authorised[day.day, default: 0] &+= covered
      possible[day.day, default: 0] &+= max(
        day.records.low,
        covered &+ min(open.knownHigh ?? open.low, day.records.knownHigh ?? day.records.low)
      )
    }
    for item in taken.whole {
      let day = style.zone.dayNumber(of: item.last)
      handled[day, default: 0] &+= item.records.low
      authorised[day, default: 0] &+= 0
      possible[day, default: 0] &+= item.records.knownHigh ?? item.records.low
    }
    func sums(_ values: [Int: Int64]) -> [(day: Int, sum: Int64)] {
      var sum: Int64 = 0
      return values.keys.sorted().map { day in
        let next = sum.addingReportingOverflow(values[day] ?? 0)
        sum = next.overflow ? .max : next.partialValue
        return (day, sum)
      }
    }
    let lines = (sums(handled), sums(authorised), sums(possible))
    var table = style.table(
      "cumulative",
      [
        ("day", "Day", "日", false), ("handled", "Handled so far", "累計件数", true),
        ("possible", "At most", "最大", true),
        ("authorised", "Covered by instructions", "うち指示された件数", true),
      ],
      empty: style.unknown
    )
    for place in lines.0.indices {
      let before = place > 0 ? lines.2[place - 1].sum : 0
      table.weights.append(Double(lines.2[place].sum) - Double(before))
      table.rows.append([
        .day(lines.0[place].day), .number(lines.0[place].sum), .number(lines.2[place].sum),
        .number(lines.1[place].sum),
      ])
    }
    var series = [
      StepChart.Series(
        style.pick("handled", "取扱件数(累計)"),
        style: "s-handled",
        points: lines.0
      ),
      StepChart.Series(
        style.pick("covered by instructions", "うち指示された件数"),
        style: "s-authorised",
        points: lines.1
      ),
    ]
    if lines.2.last?.sum != lines.0.last?.sum {
      series.insert(
        StepChart.Series(
          style.pick("at most", "最大(件数の記録がないもの)"),
          style: "s-possible",
          points: lines.2
        ),
        at: 1
      )
    }
    let period = span
    table.note = leftOutNote(taken)
    return Document.Picture(
      "cumulative",
      style.term("cumulative"),
      summary: style.pick(
        "Records handled by the accounts, added up, beside what instructions covered of them. The gap between the lines is what nobody asked for.",
        "関係アカウントの取扱件数の累計と、そのうち指示された件数。差が、指示のない取扱い。"
      ),
      chart: .steps(
        StepChart(
          days: period,
          series: series,
          ends: (style.date(period.lowerBound), style.date(period.upperBound))
        )
      ),
      table: table
    )
  }

  // MARK: Hours

  private var hours: Document.Picture {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 24), count: 7)
    for line in lines {
      let (weekday, hour) = style.hour(line.evidence.time)
      counts[weekday][hour] += 1
    }
    let names =
      style.isJapanese
      ? ["月", "火", "水", "木", "金", "土", "日"] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let most = counts.joined().max() ?? 0
    var table = style.table(
      "hour_of_week",
      [
        ("weekday", "Day of the week", "曜日", false), ("hour", "Hour", "時", true),
        ("lines", "Lines of evidence", "証拠の行数", true),
      ],
      empty: style.pick("No line of evidence.", "証拠の行がない。")
    )
    for weekday in 0..<7 {
      for hour in 0..<24 where counts[weekday][hour] > 0 {
        table.rows.append([
          .words(names[weekday]), .number(Int64(hour)), .number(Int64(counts[weekday][hour])),
        ])
      }
    }
    var chart = GridChart(
      .volume,
      rows: names,
      columns: (0..<24).map { "\($0)" },
      values: counts.map { $0.map { $0 > 0 ? Double($0) / Double(most) : nil } },
      hints: counts.enumerated().map { weekday, line in
        line.enumerated().map { "\(names[weekday]) \($0):00: \($1)" }
      },
      legend: [style.pick("none", "なし"), style.pick("up to \(most) lines", "最大 \(most) 行")]
    )
    chart.labelWidth = 48
    let more =
      leftOut > 0
      ? style.pick(
        " \(NumberText.grouped(leftOut)) smaller events are not among them.",
        "小さい \(NumberText.grouped(leftOut)) 件の操作は含まない。"
      ) : ""
    return Document.Picture(
      "hour_of_week",
      style.term("hour_of_week"),
      summary: style.pick(
        "When the lines of evidence were written. Office hours are no sign of innocence.",
        "証拠の行が書かれた曜日と時刻。勤務時間内であることは、正当な取扱いの証明にはならない。"
      ) + more,
      chart: .grid(chart),
      table: table
    )
  }
}

extension DocumentStyle {
  /// 0 = Monday, and the hour, in the zone.
  func hour(_ time: Timestamp) -> (weekday: Int, hour: Int) {
    let shown = zone.text(Timestamp(nanoseconds: time.nanoseconds))
    let clock = shown.split(whereSeparator: { $0 == " " || $0 == "T" }).dropFirst().first ?? "0"
    let hour = Int(clock.prefix(2)) ?? 0
    return (CivilCalendar.weekday(ofDay: zone.dayNumber(of: time)), max(0, min(23, hour)))
  }
}
