import Estate
import EventModel
import Testing

@testable import Detection

/// What a scheduled job covers.
struct JobRunTests {
  private static let minute: Int64 = 60_000_000_000

  private func desk(_ change: (inout ScheduledJob) -> Void = { _ in }) -> Desk {
    var desk = Desk([])
    desk.estate.accounts[6].role = .service
    var job = ScheduledJob(name: "nightly export")
    job.account = Pattern("p*")
    job.mostRecords = 10_000
    job.startMinute = 23 * 60
    job.endMinute = 2 * 60
    change(&job)
    desk.estate.jobs = [job]
    desk.matcher = Desk.matcher(desk.estate)
    return desk
  }

  private func read(
    _ desk: inout Desk,
    _ charge: Int64,
    at minute: Int64,
    account: String = "p1"
  ) -> AuthorisationMatch {
    desk.match(desk.request(charge, at: minute * Self.minute, account: account))
  }

  @Test func `holds its number over all reads of a run, past midnight`() {
    var desk = desk()
    let night: Int64 = 23 * 60
    for turn in 0..<5 {
      #expect(read(&desk, 1_800, at: night + Int64(turn) * 30).status == .within)
    }
    let rider = read(&desk, 5_000, at: night + 170)
    #expect(rider.status == .exceeded && rider.reason == .reused)
    #expect(rider.allowed == 1_000)
    // Used up by now.
    #expect(read(&desk, 500, at: night + 175).allowed == 0)
  }

  @Test func `begins anew with each occurrence of its window, and for each account`() {
    var desk = desk()
    let night: Int64 = 23 * 60
    #expect(read(&desk, 10_000, at: night).status == .within)
    #expect(read(&desk, 10_000, at: night + 1, account: "p2").status == .within)
    #expect(read(&desk, 2_000, at: night + 2).status == .exceeded)
    #expect(read(&desk, 10_000, at: night + 1_440).status == .within)
    #expect(read(&desk, 2_000, at: night + 1_440 + 100).status == .exceeded)
  }

  @Test func `is a local day where no window is declared`() {
    var desk = desk { ($0.startMinute, $0.endMinute) = (nil, nil) }
    #expect(read(&desk, 6_000, at: 60).status == .within)
    #expect(read(&desk, 6_000, at: 1_439).status == .exceeded)
    #expect(read(&desk, 6_000, at: 1_441).status == .within)
  }

  @Test func `keeps what a run has read when the state is written and read`() throws {
    var desk = desk()
    let night: Int64 = 23 * 60
    #expect(read(&desk, 9_000, at: night).status == .within)
    var writer = StateWriter()
    desk.matcher.write(to: &writer)
    desk.matcher = Desk.matcher(desk.estate)
    var reader = StateReader(writer.bytes)
    try desk.matcher.read(from: &reader, nameCount: desk.names.count)
    #expect(reader.isAtEnd)
    #expect(read(&desk, 9_000, at: night + 10).allowed == 1_000)
  }

  @Test func `leaves a job without a number as it is`() {
    var desk = desk { $0.mostRecords = nil }
    for turn in 0..<Int64(9) {
      #expect(read(&desk, 1_000_000, at: 23 * 60 + turn).status == .within)
    }
  }
}

/// A download that failed is repeated under its ticket.
struct RepetitionTests {
  private func storm(
    _ charges: [Int64],
    every minutes: Int64 = 5,
    account: String = "aoki"
  ) -> [AuthorisationMatch] {
    var desk = Desk([Desk.ticket("T-1", executor: account, closed: 100)])
    return charges.enumerated().map { index, charge in
      let time = Int64(index) * minutes * Desk.hour / 60
      return desk.match(desk.request(charge, at: time, account: account))
    }
  }

  @Test func `the same read again is told as repeated, up to a ceiling`() {
    for (account, ceiling) in [("aoki", 2), ("op1", 8)] {
      var desk = Desk([Desk.ticket("T-1", executor: account, closed: 100)])
      let matches = (0..<14).map { turn in
        desk.match(desk.request(900, at: Int64(turn) * Desk.hour / 12, account: account))
      }
      let reasons = matches.map(\.reason)
      #expect(reasons[..<2] == [.matched, .matched])
      #expect(reasons[2..<2 + ceiling].allSatisfy { $0 == .repeated }, "\(account)")
      #expect(reasons[(2 + ceiling)...].allSatisfy { $0 == .reused }, "\(account)")
      #expect(matches[2...].allSatisfy { $0.status == .exceeded })
    }
  }

  @Test func `a read that begins at another key is no repetition`() {
    var desk = Desk([Desk.ticket("T-1", closed: 100)])
    let matches = (UInt8(1)...5).map { turn in
      var request = desk.request(900, at: Int64(turn) * Desk.hour / 12)
      request.begins = turn * 7
      return desk.match(request)
    }
    #expect(matches[0].reason == .matched)
    #expect(matches[1...].allSatisfy { $0.reason == .reused && $0.status == .exceeded })
    #expect(matches[1].allowed == 100)
  }

  @Test func `more records, another day or another place are no repetition`() {
    #expect(storm([900, 900, 901]).map(\.reason) == [.matched, .matched, .reused])
    let slow = storm([900, 900, 900], every: 200, account: "op1")
    #expect(slow.map(\.reason) == [.matched, .repeated, .reused])
    // Who reaches the database has no download to wait for: an hour, not six.
    #expect(storm([900, 900], every: 90).map(\.reason) == [.matched, .reused])
    var desk = Desk([Desk.ticket("T-1", closed: 100)])
    #expect(desk.match(desk.request(900, at: 0)).reason == .matched)
    let elsewhere = desk.request(900, at: Desk.hour, terminal: "mnt-02")
    #expect(desk.match(elsewhere).reason == .reused)
    let other = desk.request(900, at: Desk.hour, object: "crm.kita2")
    #expect(desk.match(other).reason == .reused)
  }

  @Test func `a read that was never covered has no repetition`() {
    #expect(storm([5_000, 5_000, 5_000]).map(\.reason) == [.tooManyRecords, .reused, .reused])
  }
}
