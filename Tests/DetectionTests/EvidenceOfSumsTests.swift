import Estate
import EventModel
import Testing

@testable import Detection

/// A person's own account, and one that two use from terminals of nobody.
private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  var owner = Owner(name: "Telecom West")
  owner.delivered = 400_000
  var small = Owner(name: "Kitamachi")
  small.delivered = 20_000
  estate.owners = [owner, small]
  var own = Account(role: .admin)
  own.patterns = [Pattern("mori")]
  own.persons = ["Mori Rei"]
  var shared = Account(role: .admin)
  shared.patterns = [Pattern("sysadmin")]
  shared.persons = ["Aoki Jun", "Mori Rei"]
  estate.accounts = [own, shared]
  estate.terminals = [Terminal(name: "mnt-03"), Terminal(name: "mnt-04")]
  return estate
}

private let day = 24 * 60

struct EvidenceOfSumsTests {
  private func finding(
    _ detector: String,
    in incidents: [Incident],
    window: String? = nil
  ) throws -> Finding {
    try #require(
      incidents.flatMap(\.findings).first {
        $0.detector == detector && (window == nil || $0.window == window)
      }
    )
  }

  @Test func `a long sum points to the lines that make it, not only to the last`() throws {
    var logs = RowBuilder()
    // Each below what an hour or a day allows; the fifth passes 10,000 of 30 days.
    for turn in 0..<5 {
      logs.add(at: turn * 5 * day, account: "mori", owner: "Telecom West", records: 2_200 + 10)
    }
    let sum = try finding("low-and-slow", in: logs.incidents(estate()), window: "30d")
    #expect(sum.value == .exactly(11_050))
    #expect(sum.evidence.map(\.line).sorted() == [1, 2, 3, 4, 5])
    #expect(sum.evidenceLeftOut == 0)
  }

  @Test func `a line older than the window is no evidence of its sum`() throws {
    var logs = RowBuilder()
    logs.add(at: 0, account: "mori", owner: "Telecom West", records: 990)
    for turn in 0..<5 {
      logs.add(at: (40 + turn * 5) * day, account: "mori", owner: "Telecom West", records: 2_210)
    }
    let sum = try finding("low-and-slow", in: logs.incidents(estate()), window: "30d")
    #expect(!sum.evidence.map(\.line).contains(1))
  }

  @Test func `an owner's share is shown by that owner's lines`() throws {
    var logs = RowBuilder()
    logs.add(at: 0, account: "mori", owner: "Kitamachi", records: 800)
    logs.add(at: 100, account: "mori", owner: "Telecom West", records: 900)
    for turn in 1..<6 {
      logs.add(at: turn * 200, account: "mori", owner: "Kitamachi", records: 800)
    }
    let share = try finding("owner-share", in: logs.incidents(estate()), window: "24h")
    #expect(share.value == .exactly(240))
    #expect(share.evidence.map(\.line).sorted() == [1, 3, 4, 5, 6, 7])
    #expect(share.events == 6)
    #expect(share.evidenceLeftOut == 0)
  }

  @Test func `reads that led to a sum are counted among its events where no line of theirs stands`()
    throws
  {
    var logs = RowBuilder()
    for turn in 0..<12 {
      logs.add(at: turn * 60, account: "mori", owner: "Kitamachi", records: 400)
    }
    let share = try finding("owner-share", in: logs.incidents(estate()), window: "24h")
    #expect(share.value == .exactly(240))
    #expect((share.events, share.evidence.count, share.evidenceLeftOut) == (12, 8, 4))
  }

  @Test func `which lines are kept does not depend on how the reads were merged`() throws {
    var (whole, first, second) = (Exhibits(), Exhibits(), Exhibits())
    var random = Seeded(state: 21)
    var all: [FindingState.Place] = []
    for number in 0..<200 {
      var row = EventRow(time: Int64(number / 2))
      row.digest = random.next()
      let exhibit = Exhibits.Exhibit(
        place: FindingState.Place(row, charge: Int64(random.next() % 50)),
        owner: 1,
        tag: UInt32(number % 3)
      )
      whole.note(exhibit)
      all.append(exhibit.place)
      if random.next() % 2 == 0 { first.note(exhibit) } else { second.note(exhibit) }
    }
    second.merge(first)
    var (one, merged) = (StateWriter(), StateWriter())
    whole.write(to: &one)
    second.write(to: &merged)
    #expect(one.bytes == merged.bytes)
    var reader = StateReader(one.bytes)
    var again = StateWriter()
    try Exhibits(from: &reader).write(to: &again)
    #expect(again.bytes == one.bytes)
    let newest = all.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }.suffix(16)
    let largest = all.sorted(by: FindingState.isStronger).prefix(8)
    #expect(Set(whole.lines(Exhibits.Wanted(first: .min))) == Set(newest + largest))
  }

  @Test func `of two at one account each is told for what he read in the window himself`() throws {
    var logs = RowBuilder()
    for turn in 0..<2 {
      let start = 600 + turn * (day + 10)
      logs.add(
        at: start,
        account: "sysadmin",
        terminal: "mnt-03",
        owner: "Telecom West",
        records: 5_000
      )
      logs.add(
        at: start + 1,
        account: "sysadmin",
        terminal: "mnt-04",
        owner: "Kitamachi",
        records: 2_600
      )
      logs.add(
        at: start + 1,
        account: "sysadmin",
        terminal: "mnt-04",
        owner: "Kitamachi",
        records: 1_500
      )
    }
    let incidents = logs.incidents(estate())
    let other = try #require(
      incidents.first { $0.actor == "account:sysadmin terminal:mnt-04" }
    )
    let first = try #require(
      incidents.first { $0.actor == "account:sysadmin terminal:mnt-03" }
    )
    #expect(try finding("bulk-export", in: [first]).value == .exactly(5_000))
    let read = try finding("bulk-export", in: [other])
    #expect(read.value == .exactly(4_100))
    #expect(read.window == "1m")
    #expect(!read.message.contains("all who use the account together"))
    // Its evidence is its own lines.
    #expect(read.evidence.map(\.line).sorted() == [2, 3, 5, 6])
    // 20.5 % of Kitamachi's set on a day are this actor's.
    #expect(try finding("owner-share", in: [other], window: "24h").value == .exactly(205))
  }
}
