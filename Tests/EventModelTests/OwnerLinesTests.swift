import EventModel
import Testing

/// Whose a finding's lines are: the same for a report to the owner and for the answer to its inquiry.
@Suite struct OwnerLinesTests {
  private static func line(_ day: Int, _ offset: Int64) -> Evidence {
    var line = Evidence(
      time: Timestamp(seconds: Int64(day) * 86_400),
      offset: offset,
      line: offset,
      length: 1,
      digest: 1,
      fileIndex: 0
    )
    line.file = "crm.log"
    return line
  }

  private static func handled(_ day: Int, _ owner: String) -> HandlingDay {
    var handled = HandlingDay(day: day, account: "sysadmin", owner: owner)
    handled.records = .exactly(2_000)
    return handled
  }

  private static func incident(_ owners: [String]) -> Incident {
    let time = Timestamp(seconds: 86_400)
    var incident = Incident(
      id: "22ba6273c7ef6d08",
      severity: .high,
      actor: "account:sysadmin",
      first: time,
      last: Timestamp(seconds: 5 * 86_400)
    )
    incident.owners = owners.map {
      Incident.OwnerCount(
        owner: $0,
        records: .exactly(2_000),
        subjects: .exactly(2_000),
        share: nil,
        first: time,
        last: time
      )
    }
    return incident
  }

  private static func lines(
    _ owner: String,
    _ owners: [String],
    _ days: [HandlingDay]
  ) -> OwnerLines {
    OwnerLines(owner, of: incident(owners), days: days, floor: 1_000) { $0.dayNumber() }
  }

  private static let days = [
    handled(1, "Kita"), handled(2, "Minato"), handled(3, "Kita"), handled(3, "Minato"),
  ]

  private static func finding(_ counter: String) -> Finding {
    var finding = Finding(
      id: "f",
      detector: "bulk-export",
      severity: .high,
      time: Timestamp(seconds: 86_400)
    )
    finding.counter = counter
    finding.evidence = (1...3).map { line($0, Int64($0)) }
    return finding
  }

  @Test func `of a finding over several owners the lines of days of this owner alone are its own`()
  {
    let lines = Self.lines("Kita", ["Kita", "Minato"], Self.days)
    let finding = Self.finding("account sysadmin")
    #expect(lines.lines(of: finding).map(\.line) == [1])
    #expect(lines.concerns(finding))
    #expect(lines.undecided(in: [finding]) == 1)
  }

  @Test func `all lines of a finding whose counter is of the owner are its own`() {
    let lines = Self.lines("Kita", ["Kita", "Minato"], Self.days)
    #expect(lines.lines(of: Self.finding("account sysadmin × owner Kita")).count == 3)
    #expect(
      Self.lines("Minato", ["Kita", "Minato"], []).lines(of: Self.finding("account a × owner Kita"))
        .isEmpty
    )
    // A name that ends like another is another.
    #expect(
      Self.lines("Kita", ["Kita", "Nishi owner Kita"], []).lines(
        of: Self.finding("account a × owner Nishi owner Kita")
      ).isEmpty
    )
  }

  @Test func `of an incident that concerns nobody else every line is the owner's`() {
    let lines = Self.lines("Kita", ["Kita"], [])
    #expect(lines.lines(of: Self.finding("account sysadmin")).count == 3)
    #expect(lines.undecided(in: [Self.finding("account sysadmin")]) == 0)
  }

  @Test func `a device belongs to the takings of thirty days before`() {
    let lines = Self.lines("Kita", ["Kita", "Minato"], [Self.handled(1, "Kita")])
    var finding = Self.finding("account sysadmin")
    finding.signal = .removal
    finding.evidence = [Self.line(31, 1), Self.line(32, 2)]
    #expect(lines.lines(of: finding).map(\.line) == [1])
    finding.technique = "T1074"
    #expect(lines.lines(of: finding).isEmpty)
  }
}
