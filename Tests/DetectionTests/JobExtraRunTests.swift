import Estate
import EventModel
import Testing

@testable import Detection

/// A scheduled job that runs more often than it should, or used to.
struct JobExtraRunTests {
  private static let minute: Int64 = 60_000_000_000

  private func desk(_ change: (inout ScheduledJob) -> Void = { _ in }) -> Desk {
    var desk = Desk([])
    desk.estate.accounts[6].role = .service
    var job = ScheduledJob(name: "nightly export")
    job.account = Pattern("p*")
    job.startMinute = 1 * 60
    job.endMinute = 5 * 60
    change(&job)
    desk.estate.jobs = [job]
    desk.matcher = Desk.matcher(desk.estate)
    return desk
  }

  private func read(
    _ desk: inout Desk,
    day: Int64,
    _ minute: Int64,
    object: String = "crm.kita",
    charge: Int64 = 5_000
  ) -> AuthorisationMatch {
    var request = desk.request(
      charge,
      at: (day * 1_440 + 60 + minute) * Self.minute,
      account: "p1",
      object: object
    )
    request.isRun = true
    return desk.match(request)
  }

  @Test func `one run more than declared is beyond the job`() {
    var desk = desk { $0.mostRuns = 1 }
    for day in 0..<3 as Range<Int64> {
      #expect(read(&desk, day: day, 5).status == .within)
      // Another table, and the next piece of the first.
      #expect(read(&desk, day: day, 7, object: "crm.minami").status == .within)
      #expect(read(&desk, day: day, 9).status == .within)
    }
    let second = read(&desk, day: 3, 5)
    #expect(second.status == .within)
    let extra = read(&desk, day: 3, 60)
    #expect(extra.status == .exceeded && extra.reason == .extraRun && extra.allowed == 0)
    #expect(read(&desk, day: 4, 5).status == .within)
  }

  @Test func `a second and a third run of a night are told once seven nights are known`() {
    var desk = desk()
    for day in 0..<6 as Range<Int64> { #expect(read(&desk, day: day, 5).status == .within) }
    #expect(read(&desk, day: 5, 60).status == .within)
    for day in 6..<9 as Range<Int64> { #expect(read(&desk, day: day, 5).status == .within) }
    for minute in [60, 120] as [Int64] {
      let extra = read(&desk, day: 8, minute)
      #expect(extra.status == .exceeded && extra.reason == .unusualRun)
    }
    #expect(read(&desk, day: 9, 5).status == .within)
  }

  @Test func `a job that always runs twice, or in pieces, runs as usual`() {
    var desk = desk()
    for day in 0..<20 as Range<Int64> {
      for minute in [5, 65, 70, 75] as [Int64] {
        #expect(read(&desk, day: day, minute).status == .within)
      }
    }
  }

  @Test func `a monthly job in the middle of the month is off its rhythm`() {
    var desk = desk()
    for month in 0..<8 as Range<Int64> {
      #expect(read(&desk, day: month * 30 + month % 2, 5).status == .within)
    }
    #expect(read(&desk, day: 7 * 30 + 11, 5).reason == .unusualRun)
    #expect(read(&desk, day: 8 * 30, 5).status == .within)
  }

  @Test func `runs that people start, and days that nobody plans, have no usual number`() {
    var desk = desk()
    for day in 0..<15 as Range<Int64> {
      for run in 0...(day * 7 % 4) {
        #expect(read(&desk, day: day, 5 + run * 20).status == .within)
      }
    }
    for run in 0...6 as ClosedRange<Int64> {
      #expect(read(&desk, day: 15, 5 + run * 20).status == .within)
    }
    desk = self.desk()
    for day in [0, 9, 12, 21, 24, 33, 42, 51, 53] as [Int64] {
      #expect(read(&desk, day: day, 5).status == .within)
    }
  }

  @Test func `its number holds beside its runs, and the state goes on where it was`() throws {
    var desk = desk { $0.mostRecords = 6_000 }
    for day in 0..<9 as Range<Int64> { #expect(read(&desk, day: day, 5).status == .within) }
    var writer = StateWriter()
    desk.matcher.write(to: &writer)
    var restored = Desk.matcher(desk.estate)
    var reader = StateReader(writer.bytes)
    try restored.read(from: &reader, nameCount: desk.names.count)
    #expect(reader.isAtEnd)
    desk.matcher = restored
    #expect(read(&desk, day: 9, 5).status == .within)
    #expect(read(&desk, day: 9, 60, charge: 500).reason == .unusualRun)
    #expect(read(&desk, day: 9, 120).reason == .reused)
  }
}
