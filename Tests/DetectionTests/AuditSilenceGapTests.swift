import Estate
import EventModel
import Testing

@testable import Detection

@Suite struct `Days without a line` {
  /// Seen on these days; silent on all between.
  private func source(_ days: [Int]) -> SourceCoverage {
    var source = SourceCoverage(name: "app", format: "jsonl")
    source.days = days.map { day in
      let noon = Timestamp(seconds: Int64(day) * 86_400 + 43_200)
      var seen = DayCoverage(day: day, first: noon, last: noon)
      (seen.events, seen.lines) = (1, 1)
      return seen
    }
    let seen = Set(days)
    source.silentDays = ((days.min() ?? 0)...(days.max() ?? 0)).filter { !seen.contains($0) }
    return source
  }

  /// As it is written: every day asks the four nearest same weekdays beyond its gap, on both sides.
  private func plainly(_ source: SourceCoverage, _ estate: DeclaredEstate) -> [Int] {
    let seen = Set(source.days.map(\.day))
    guard let first = seen.min(), let last = seen.max() else { return [] }
    return source.silentDays.filter { day in
      let start = (first...day).last { seen.contains($0) } ?? first
      let end = (day...last).first { seen.contains($0) } ?? last
      let before = stride(from: day - 7, through: first, by: -7).filter { $0 <= start }.prefix(4)
      let after = stride(from: day + 7, through: last, by: 7).filter { $0 >= end }.prefix(4)
      let asked = Array(before) + after
      guard asked.count >= 2 else {
        return seen.count >= 5
          && estate.policy.workingDays.contains(CivilCalendar.weekday(ofDay: day))
      }
      return asked.filter { seen.contains($0) }.count * 4 >= asked.count * 3
    }
  }

  @Test func `are those whose weekday has lines on both sides of the gap, however long it is`() {
    let estate = DeclaredEstate()
    let judge = AuditSilence(estate: estate)
    var state: UInt64 = 5
    func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    for _ in 0..<200 {
      let share = 1 + next(10)
      let days = (19_000..<19_000 + 5 + next(90)).filter { _ in next(10) < share }
      guard !days.isEmpty else { continue }
      let source = source(days)
      #expect(judge.missingDays(of: source) == plainly(source, estate), "\(days)")
    }
  }

  /// What is told of a source, in the zone of Japan.
  private func told(_ source: SourceCoverage) throws -> Incident {
    var estate = DeclaredEstate()
    estate.policy.timeZone = "+09:00"
    var (source, coverage) = (source, Coverage())
    (source.first, source.last) = (source.days.first?.first, source.days.last?.last)
    coverage.sources = [source]
    return try #require(AuditSilence(estate: estate).incidents(of: coverage).first)
  }

  @Test func `are told as lasting from the first of them to the end of the last`() throws {
    // Two years of lines at noon; 1 and 2 March 2024 are not there.
    let gap = [19_783, 19_784]
    let incident = try told(source((19_500..<20_230).filter { !gap.contains($0) }))
    let finding = try #require(incident.findings.first)
    #expect(finding.first.description == "2024-02-29T15:00:00Z")
    #expect(finding.last.description == "2024-03-02T14:59:59Z")
    #expect(incident.first == finding.first && incident.last == finding.last)
    // The day begins by the clock of the estate.
    #expect(finding.time.description == "2024-02-29T15:00:00Z")
    #expect(finding.message.hasSuffix(": 2024-03-01, 2024-03-02"), "\(finding.message)")
    #expect(
      finding.messageJapanese == "記録元 app: 記録のない日 2 日: 2024年3月1日、2024年3月2日"
    )
    // What it is known by is what it was.
    #expect(finding.id == StableID.text(["finding", "audit-silence", "app"]))
    #expect(incident.id == StableID.text(["incident", "source", "app"]))
  }

  @Test func `steps of the clock last from the one end to the other, in words of the language`()
    throws
  {
    var source = source(Array(19_500..<19_600))
    source.backwardSteps = 1
    let from = Timestamp(seconds: 19_550 * 86_400 + 3_600)
    let back = Timestamp(nanoseconds: from.nanoseconds - 90_500_000_000)
    source.clockSteps = [ClockStep(from: from, back: back)]
    let incident = try told(source)
    #expect(incident.first == back && incident.last == from)
    let words = incident.findings[0].messageJapanese
    #expect(
      words.hasSuffix("時刻が 1 回逆行: 2023年7月12日 10:00:00 → 09:58:29.500(+09:00)"),
      "\(words)"
    )
    // Of the others nobody knows where they are.
    source.backwardSteps = 2
    #expect(try told(source).last == source.days.last?.last)
  }

  @Test func `of a century take no time`() {
    // What one line of 2099 makes of a log that began in 1990.
    let source = source(Array(7_305..<7_335) + [47_400])
    let clock = ContinuousClock()
    let time = clock.measure {
      // Its own weekday is asked four times before and at most once after.
      #expect(AuditSilence(estate: DeclaredEstate()).missingDays(of: source).count > 30_000)
    }
    // By days times days it would be minutes.
    #expect(time < .seconds(10))
  }
}
