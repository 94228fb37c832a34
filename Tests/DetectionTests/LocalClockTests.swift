import Estate
import EventModel
import Testing

@testable import Detection

/// Windows of jobs and shifts are meant by the clock on the wall, in summer too.
struct LocalClockTests {
  private static func clock(_ zone: String?) -> LocalClock {
    LocalClock(zone: zone.flatMap { TimeZoneRule(name: $0) } ?? TimeZoneRule(fixedOffset: 3_600))
  }

  /// 2024-01-10T02:05:00Z, 2024-07-10T01:05:00Z.
  private static let winter: Int64 = 1_704_852_300_000_000_000
  private static let summer: Int64 = 1_720_573_500_000_000_000

  @Test func `five past three is five past three in summer as in winter`() {
    let clock = Self.clock("Europe/Zurich")
    // Without the system's zone files there is no such zone.
    guard TimeZoneRule(name: "Europe/Zurich") != nil else { return }
    #expect(clock.reading(at: Self.winter).minute == 3 * 60 + 5)
    #expect(clock.reading(at: Self.summer).minute == 3 * 60 + 5)
    #expect(clock.reading(at: Self.summer).day == 19_914)
  }

  @Test func `a day begins at midnight on the wall, and the longest and the shortest are whole`() {
    var clock = Self.clock("Europe/Zurich")
    guard TimeZoneRule(name: "Europe/Zurich") != nil else { return }
    let hour: Int64 = 3_600_000_000_000
    // 2024-03-31 and 2024-10-27, when summer time begins and ends.
    for (day, hours) in [(19_813, 23), (20_023, 25), (19_914, 24)] as [(Int, Int64)] {
      let start = clock.start(of: day)
      #expect(clock.start(of: day + 1) - start == hours * hour)
      for time in [start, start + 12 * hour, start + hours * hour - 1] {
        #expect(clock.day(of: time) == day)
        #expect(clock.reading(at: time).day == day)
      }
      #expect(clock.day(of: start - 1) == day - 1)
    }
  }

  @Test func `reads half an hour after midnight in summer are of the new day`() {
    guard TimeZoneRule(name: "Europe/Zurich") != nil else { return }
    var estate = DeclaredEstate()
    estate.policy.timeZone = "Europe/Zurich"
    var logs = RowBuilder()
    // 2024-07-09T22:30:00Z
    let minute = (1_720_564_200 - 1_711_929_600) / 60
    logs.add(at: minute, account: "ines", terminal: "pc1", owner: "Kita", records: 5)
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    engine.apply(logs.rows, names: logs.names)
    #expect(engine.day(of: logs.rows[0].time) == 19_914)
    #expect(engine.ledger(from: 0, before: 30_000).map(\.day) == [19_914])
  }

  @Test func `a fixed offset and times before 1970 are read by the same rule`() {
    let clock = Self.clock(nil)
    #expect(clock.reading(at: Self.winter).minute == 3 * 60 + 5)
    #expect(clock.reading(at: Self.summer).minute == 2 * 60 + 5)
    let before = clock.reading(at: -3_601_000_000_000)
    #expect(before == LocalClock.Reading(day: -1, minute: 1_439))
  }

  @Test func `a job that begins at the same hour all year is within its window all year`() {
    guard TimeZoneRule(name: "Europe/Zurich") != nil else { return }
    var desk = Desk([])
    desk.estate.accounts[6].role = .service
    desk.estate.policy.timeZone = "Europe/Zurich"
    var job = ScheduledJob(name: "nightly")
    job.account = Pattern("p*")
    (job.startMinute, job.endMinute) = (3 * 60, 4 * 60)
    desk.estate.jobs = [job]
    desk.matcher = AuthorisationMatcher(
      estate: desk.estate,
      lookup: EstateLookup(desk.estate),
      clock: LocalClock(zone: desk.estate.policy.zone)
    )
    for time in [Self.winter, Self.summer] {
      #expect(desk.match(desk.request(500, at: time, account: "p1")).status == .within)
      let late = desk.request(500, at: time + 3_600_000_000_000, account: "p1")
      #expect(desk.match(late).reason == .outsideWindow)
    }
  }

  @Test func `a job of the hour that spring leaves out is within its window an hour later`() {
    guard TimeZoneRule(name: "Europe/Zurich") != nil else { return }
    // 2024-03-31T01:30:00Z: half past three, half an hour after two.
    let time: Int64 = 1_711_848_600_000_000_000
    for (start, end, isWithin) in [(120, 180, true), (90, 165, true), (60, 120, false)] {
      var desk = Desk([])
      desk.estate.accounts[6].role = .service
      desk.estate.policy.timeZone = "Europe/Zurich"
      var job = ScheduledJob(name: "nightly")
      job.account = Pattern("p*")
      (job.startMinute, job.endMinute) = (start, end)
      desk.estate.jobs = [job]
      desk.matcher = AuthorisationMatcher(
        estate: desk.estate,
        lookup: EstateLookup(desk.estate),
        clock: LocalClock(zone: desk.estate.policy.zone)
      )
      let match = desk.match(desk.request(500, at: time, account: "p1"))
      #expect((match.status == .within) == isWithin, "\(start)")
      let late = desk.request(500, at: time + 3_600_000_000_000, account: "p1")
      #expect(desk.match(late).reason == .outsideWindow)
      let before = desk.request(500, at: time - 7 * 86_400_000_000_000, account: "p1")
      #expect((desk.match(before).status == .within) == (start == 120 || start == 90))
    }
  }
}
