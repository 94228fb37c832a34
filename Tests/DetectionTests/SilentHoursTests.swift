import Estate
import EventModel
import Testing

@testable import Detection

/// Hours in which a source that writes around the clock is silent.
struct SilentHoursTests {
  private static let monday = 19_814
  private static let zurich = TimeZoneRule(name: "Europe/Zurich")

  /// Days with a record in all hours but the given ones, `count` from Monday 2024-04-01 on.
  private static func days(
    _ count: Int,
    zone: TimeZoneRule = .utc,
    without: [Int: ClosedRange<Int>] = [:],
    usual: ClosedRange<Int> = 0...23
  ) -> [DayCoverage] {
    let clock = LocalClock(zone: zone)
    return (0..<count).map { place in
      let start = Timestamp(nanoseconds: clock.start(of: monday + place))
      var day = DayCoverage(day: monday + place, first: start, last: start)
      day.lines = 10
      for hour in usual where without[place]?.contains(hour) != true {
        day.hours |= 1 << UInt32(hour)
      }
      return day
    }
  }

  private static func holes(_ days: [DayCoverage], zone: TimeZoneRule = .utc) -> [SilentHours.Hole]
  {
    SilentHours(days, LocalClock(zone: zone)) { ($0 - monday) % 7 < 5 }.holes(in: days)
  }

  @Test func `twenty-one hours of one day are a hole`() throws {
    let hole = try #require(Self.holes(Self.days(30, without: [15: 2...22])).first)
    #expect(hole.hours == 21)
    #expect(hole.first.description == "2024-04-16T02:00:00Z")
    #expect(hole.end.description == "2024-04-16T23:00:00Z")
  }

  @Test func `a hole over midnight is one`() {
    let holes = Self.holes(Self.days(30, without: [15: 20...23, 16: 0...5]))
    #expect(holes.map(\.hours) == [10])
  }

  @Test func `two hours are none, nor are hours in which it often writes nothing`() {
    #expect(Self.holes(Self.days(30, without: [15: 9...10])).isEmpty)
    #expect(Self.holes(Self.days(30, without: [15: 9...12, 16: 9...12, 22: 9...12])).isEmpty)
    #expect(Self.holes(Self.days(30, usual: 9...17)).isEmpty)
  }

  @Test func `in a source that is often silent for hours only a hole three times as long is told`()
  {
    // Twelve runs of three hours in half a year, in hours that few days lack.
    var without: [Int: ClosedRange<Int>] = [:]
    for turn in 0..<12 { without[14 * turn + 8] = (turn % 4) * 3...(turn % 4) * 3 + 2 }
    #expect(Self.holes(Self.days(180, without: without)).isEmpty)
    without[173] = 1...9
    #expect(Self.holes(Self.days(180, without: without)).map(\.hours) == [9])
    // Once in 90 days is not often.
    let few = without.filter { $0.key < 75 }
    #expect(Self.holes(Self.days(540, without: few)).map(\.hours) == [3, 3, 3, 3, 3])
  }

  @Test func `a few days tell nothing, nor what follows the last record`() {
    #expect(Self.holes(Self.days(9, without: [4: 2...22])).isEmpty)
    #expect(Self.holes(Self.days(30, without: [29: 2...23])).isEmpty)
    #expect(Self.holes(Self.days(30, without: [0: 0...8])).isEmpty)
  }

  @Test func `hours are told as the clock on the wall shows them`() throws {
    guard let zone = Self.zurich else { return }
    let clock = LocalClock(zone: zone)
    #expect(clock.text(of: Timestamp(seconds: 1_712_000_000)) == "2024-04-01T21:33+02:00")
    #expect(
      LocalClock(zone: .utc).text(of: Timestamp(seconds: 1_712_000_000)) == "2024-04-01T19:33Z"
    )
  }

  @Test func `two times in a sentence share their day and their distance from UTC where they can`()
  {
    guard let zone = Self.zurich else { return }
    func told(_ first: Int64, _ second: Int64) -> String {
      LocalClock(zone: zone).japanese(
        from: Timestamp(seconds: first),
        to: Timestamp(seconds: second),
        "〜",
        toSecond: false
      )
    }
    #expect(told(1_712_000_000, 1_712_003_600) == "2024年4月1日 21:33〜22:33(+02:00)")
    #expect(told(1_712_000_000, 1_712_086_400) == "2024年4月1日 21:33〜2024年4月2日 21:33(+02:00)")
    // Summer time begins on 31 March 2024 at 01:00 UTC.
    #expect(told(1_711_843_200, 1_711_850_400) == "2024年3月31日 01:00(+01:00)〜04:00(+02:00)")
  }

  @Test func `days of which no hours are known tell nothing`() {
    var days = Self.days(30, without: [15: 2...22])
    days[15].hours = 0
    #expect(Self.holes(days).isEmpty)
  }

  @Test func `where summer time begins or ends no hour is missing`() throws {
    // Without the system's zone files there is no such zone.
    guard let zone = Self.zurich else { return }
    let clock = LocalClock(zone: zone)
    for start in [19_800, 20_010] {
      let days = (start..<start + 40).map { number in
        let begin = clock.start(of: number)
        var day = DayCoverage(
          day: number,
          first: Timestamp(nanoseconds: begin),
          last: Timestamp(nanoseconds: begin)
        )
        let hours = (clock.start(of: number + 1) - begin) / 3_600_000_000_000
        day.hours = (1 << UInt32(hours)) - 1
        return day
      }
      #expect(SilentHours(days, clock) { _ in true }.holes(in: days).isEmpty)
    }
  }

  @Test func `is told by audit-silence with its hours`() throws {
    var source = SourceCoverage(name: "web", format: "combined-access")
    source.days = Self.days(30, without: [15: 2...22])
    source.first = source.days.first?.first
    source.last = source.days.last?.last
    var coverage = Coverage()
    coverage.sources = [source]
    let incident = try #require(
      AuditSilence(estate: DeclaredEstate()).incidents(of: coverage).first
    )
    let finding = try #require(incident.findings.first)
    #expect(incident.severity == .low)
    #expect(finding.unit == "hours")
    #expect(finding.value == .exactly(21))
    #expect(finding.message.contains("2024-04-16T02:00Z – 2024-04-16T23:00Z"))
    #expect(finding.messageJapanese.contains("2024年4月16日 02:00〜23:00(UTC)"))
    #expect(incident.first.description == "2024-04-16T02:00:00Z")
    #expect(incident.last.description == "2024-04-16T23:00:00Z")
    var estate = DeclaredEstate()
    var declared = SourceDeclaration(name: "web")
    declared.mayBeSilent = true
    estate.sources = [declared]
    #expect(AuditSilence(estate: estate).incidents(of: coverage).isEmpty)
  }
}
