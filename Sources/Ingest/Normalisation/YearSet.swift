internal import EventModel

/// Files of one source whose years are found together.
struct YearSet {
  /// Days since 1970 of 1 January 2000, the year of times without one.
  static let leapYearStart = 10_957

  enum Rule {
    case season(start: Int, year: Int)
    case turns(first: Int, [YearMarks.Turn])
  }

  private let files: [YearInference.File]
  /// Files of one log each, in order of time.
  private let chains: [[Int]]
  private let orderDoubt: YearInference.Doubt?
  private var all = YearMarks()
  /// Years from the first line of a file's chain to the first of the file.
  private var ahead: [Int]
  private let season: Int?

  init(_ files: [YearInference.File]) {
    self.files = files
    let order = FileOrder(files)
    chains = order.chains
    ahead = files.map { _ in 0 }
    for chain in chains {
      var marks = YearMarks()
      var years = 0
      for index in chain {
        years += marks.join(files[index].marks, follows: true)
        ahead[index] = years
        years += files[index].marks.turns.reduce(0) { $0 + $1.change }
      }
      all.join(marks, follows: false)
    }
    season = all.seasonStart
    orderDoubt = season == nil ? order.doubt : nil
  }

  func doubts(_ evidence: YearInference.Evidence?) -> Set<YearInference.Doubt> {
    var doubts: Set<YearInference.Doubt> = []
    if let orderDoubt { doubts.insert(orderDoubt) }
    guard evidence != nil, !all.isEmpty else { return doubts }
    let fits =
      if let season {
        fitsLeapDay(season: season, year: seasonYear(season, evidence))
      } else {
        chains.allSatisfy { fitsLeapDays(of: $0, year: firstYear(of: $0, evidence)) }
      }
    if !fits { doubts.insert(.leapDay) }
    return doubts
  }

  private func fitsLeapDay(season: Int, year: Int) -> Bool {
    !all.hasLeapDay || Self.isLeap(year + (YearMarks.leapDay < season ? 1 : 0))
  }

  /// Whether every 29 February of a log that begins in the year lies in a leap year.
  private func fitsLeapDays(of chain: [Int], year: Int) -> Bool {
    chain.allSatisfy { index in
      files[index].marks.leapYears.allSatisfy { Self.isLeap(year + ahead[index] + $0) }
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    CivilCalendar.isValid(year: year, month: 2, day: 29)
  }

  /// The first year that fits, from one year on by steps; the year itself when none does: leap years
  /// are at most eight years apart.
  private static func fitting(_ year: Int, step: Int, _ fits: (Int) -> Bool) -> Int {
    (0...8).lazy.map { year + $0 * step }.first(where: fits) ?? year
  }

  func rules(_ evidence: YearInference.Evidence?) -> [Rule] {
    if all.isEmpty { return files.map { _ in .season(start: 0, year: 2000) } }
    if let season {
      let year = seasonYear(season, evidence)
      return files.map { _ in .season(start: season, year: year) }
    }
    var result = files.map { _ in Rule.turns(first: 2000, []) }
    for chain in chains {
      let first = firstYear(of: chain, evidence)
      for index in chain {
        var sum = 0
        let turns = files[index].marks.turns.map { turn in
          sum += turn.change
          return YearMarks.Turn(line: turn.line, change: sum)
        }
        result[index] = .turns(first: first + ahead[index], turns)
      }
    }
    return result
  }

  /// The last day of all, days since 1970; `nil` without evidence or lines.
  func lastDay(_ evidence: YearInference.Evidence?) -> Int? {
    guard evidence != nil, !all.isEmpty else { return nil }
    if let season {
      let last = all.lastDay(fromSeason: season)
      return Self.date(last, seasonYear(season, evidence) + (last < season ? 1 : 0))
    }
    return chains.compactMap { chain -> Int? in
      guard let end = chain.last, let last = files[end].marks.last else { return nil }
      return Self.date(last, firstYear(of: chain, evidence) + yearsAtEnd(of: end))
    }.max()
  }

  private func seasonYear(_ season: Int, _ evidence: YearInference.Evidence?) -> Int {
    let last = all.lastDay(fromSeason: season)
    let turn = last < season ? 1 : 0
    switch evidence {
    case nil: return 2000
    case .year(let year): return beginsWithLateLines(season) ? year - 1 : year
    case .before(let day):
      return Self.fitting(Self.latest(last, before: day) - turn, step: -1) {
        fitsLeapDay(season: season, year: $0)
      }
    case .after(let day):
      var year = CivilCalendar.date(ofDay: day).year
      if Self.date(season, year) < day { year += 1 }
      return Self.fitting(year, step: 1) { fitsLeapDay(season: season, year: $0) }
    }
  }

  /// Whether the first line lies in January and the season begins in December with late lines: then a
  /// declared year, that of the first line, is the season's second.
  private func beginsWithLateLines(_ season: Int) -> Bool {
    let firsts = chains.compactMap { chain in
      chain.lazy.compactMap { files[$0].marks.first }.first
    }
    let ways = firsts.map { YearMarks.ahead(from: season, to: $0) }
    guard let way = ways.min(), way <= YearMarks.mostLate else { return false }
    return season + way >= YearMarks.days
  }

  private func firstYear(of chain: [Int], _ evidence: YearInference.Evidence?) -> Int {
    guard let end = chain.last, let last = files[end].marks.last,
      let start = chain.lazy.compactMap({ files[$0].marks.first }).first
    else { return 2000 }
    switch evidence {
    case nil: return 2000
    case .year(let year): return year
    case .before(let day):
      let year = Self.latest(last, before: day) - yearsAtEnd(of: end)
      return Self.fitting(year, step: -1) { fitsLeapDays(of: chain, year: $0) }
    case .after(let day):
      let year = CivilCalendar.date(ofDay: day).year
      return Self.fitting(Self.date(start, year) < day ? year + 1 : year, step: 1) {
        fitsLeapDays(of: chain, year: $0)
      }
    }
  }

  private func yearsAtEnd(of file: Int) -> Int {
    files[file].marks.turns.reduce(ahead[file]) { $0 + $1.change }
  }

  /// The latest year in which the day of the year lies before the day.
  private static func latest(_ dayOfYear: Int, before day: Int) -> Int {
    var year = min(max(CivilCalendar.date(ofDay: day).year, 1680), 2261)
    while year > 1680, date(dayOfYear, year) >= day { year -= 1 }
    return year
  }

  /// Days since 1970 of a day of the leap year 2000 in another year.
  private static func date(_ dayOfYear: Int, _ year: Int) -> Int {
    let date = CivilCalendar.date(ofDay: leapYearStart + dayOfYear)
    let isLeapDay = date.month == 2 && date.day == 29
    let isValid = CivilCalendar.isValid(year: year, month: date.month, day: date.day)
    return CivilCalendar.dayNumber(
      year: year,
      month: date.month,
      day: isLeapDay && !isValid ? 28 : date.day
    )
  }
}
