import Estate
import EventModel
import Testing

@testable import Detection

/// A read that names its ticket goes before one that merely fits.
struct TicketMovingTests {
  private static let hour = Desk.hour

  @Test func `a read that names no ticket gives way to the one that names it`() {
    var desk = Desk([Desk.ticket("T-1"), Desk.ticket("T-2", most: 1_200)])
    let loose = desk.request(900, at: Self.hour)
    let named = desk.request(950, at: 2 * Self.hour, object: "crm.other", ticket: "T-1")
    #expect(desk.match(loose).status == .within)
    #expect(desk.match(named).status == .within)
    // Both are used now: nothing is left for a third.
    let third = desk.request(900, at: 3 * Self.hour, object: "crm.third")
    #expect(desk.match(third).status == .exceeded)
  }

  @Test func `a read that fits no ticket as they are used takes the one another can leave`() {
    var desk = Desk(
      [
        Desk.ticket("T-1", most: 1_400), Desk.ticket("T-2", most: 1_800),
        Desk.ticket("T-3", most: 5_000),
      ],
      tolerance: 0
    )
    for (turn, charge) in ([1_300, 1_700, 1_350] as [Int64]).enumerated() {
      let read = desk.request(charge, at: Int64(turn + 1) * Self.hour, object: "crm.t\(turn)")
      #expect(desk.match(read).status == .within)
    }
    // 1,350 were put on the widest, which has 3,650 left; nothing else can move.
    let more = desk.request(4_500, at: 5 * Self.hour, object: "crm.wide")
    #expect(desk.match(more).status == .exceeded)
    var other = Desk(
      [Desk.ticket("T-1", most: 2_000), Desk.ticket("T-2", most: 2_700)],
      tolerance: 0
    )
    #expect(other.match(other.request(1_900, at: Self.hour)).status == .within)
    // The narrow one is used; the first read moves to no other, the second has the wide one.
    let second = other.request(2_600, at: 2 * Self.hour, object: "crm.b")
    #expect(other.match(second).status == .within)
  }

  @Test func `two equal tickets cover two reads, whichever the first was put on`() {
    // The first read may rest on either; the second is before the other's begin, and late at most.
    var desk = Desk(
      [Desk.ticket("T-1", most: 4_100, opened: 6, closed: 20), Desk.ticket("T-2", most: 4_100)],
      tolerance: 0
    )
    let first = desk.request(2_154, at: 7 * Self.hour, object: "crm.a")
    #expect(desk.match(first).status == .within)
    let second = desk.request(2_674, at: 8 * Self.hour, object: "crm.b")
    #expect(desk.match(second).status == .within)
  }

  @Test func `a read of unstated number may be within its ticket, one of the whole set is not`() {
    var desk = Desk([Desk.ticket("T-1")])
    var read = desk.request(40_000, at: Self.hour)
    read.slack = 40_000
    let match = desk.match(read)
    #expect(match.status == .exceeded)
    #expect(match.reason == .unstated)
    #expect(match.reason.isUncertain)
    #expect(match.allowed == 1_000)
    // It uses nothing up.
    #expect(desk.match(desk.request(900, at: 2 * Self.hour)).status == .within)
    read.slack = 30_000
    read.time = 3 * Self.hour
    #expect(desk.match(read).reason == .reused)
  }

  @Test func `a ticket for another owner is told where it would fit and is not used`() {
    var desk = Desk([Desk.ticket("T-1")])
    let taken = desk.request(900, at: Self.hour, owner: "Minami", object: "crm.minami")
    let match = desk.match(taken)
    #expect(match.status == .exceeded)
    #expect(match.reason == .wrongOwner)
    #expect(desk.names.text(of: match.instruction) == "T-1")
    let more = desk.request(9_000, at: Self.hour, owner: "Minami", object: "crm.minami")
    let fewer = desk.request(90, at: Self.hour, owner: "Minami", object: "crm.minami")
    let ofNobody = desk.request(900, at: Self.hour, owner: "", object: "crm.other")
    #expect(
      [more, fewer, ofNobody].map { desk.match($0).reason } == [
        .noInstruction, .noInstruction, .noInstruction,
      ]
    )
    #expect(desk.match(desk.request(900, at: 2 * Self.hour)).status == .within)
    #expect(desk.match(taken).reason == .noInstruction)
  }

  @Test func `one read moves for another's sake`() {
    var desk = Desk(
      [Desk.ticket("T-1"), Desk.ticket("T-2"), Desk.ticket("T-3", most: 1_500)],
      tolerance: 0
    )
    let first = desk.request(1_000, at: Self.hour, object: "a")
    let second = desk.request(1_000, at: 2 * Self.hour, object: "b")
    #expect([first, second].map { desk.match($0).status } == [.within, .within])
    let named = desk.request(1_000, at: 3 * Self.hour, object: "c", ticket: "T-1")
    let other = desk.request(1_000, at: 4 * Self.hour, object: "d", ticket: "T-2")
    #expect(desk.match(named).status == .within)
    // Two reads that name nothing, one ticket left for them.
    #expect(desk.match(other).status == .exceeded)
  }

  @Test func `a read that names its ticket does not give way`() {
    var desk = Desk([Desk.ticket("T-1"), Desk.ticket("T-2", most: 1_200)])
    let first = desk.request(900, at: Self.hour, ticket: "T-1")
    let second = desk.request(950, at: 2 * Self.hour, object: "crm.other", ticket: "T-1")
    #expect(desk.match(first).status == .within)
    #expect(desk.match(second).reason == .reused)
  }

  @Test func `what may move is in the state`() throws {
    var desk = Desk([Desk.ticket("T-1"), Desk.ticket("T-2", most: 1_200)])
    let loose = desk.request(900, at: Self.hour)
    let named = desk.request(950, at: 2 * Self.hour, object: "crm.other", ticket: "T-1")
    _ = desk.match(loose)
    var writer = StateWriter()
    desk.matcher.write(to: &writer)
    desk.matcher.writeLoose(to: &writer)
    desk.matcher = Desk.matcher(desk.estate)
    var reader = StateReader(writer.bytes)
    try desk.matcher.read(from: &reader, nameCount: desk.names.count)
    try desk.matcher.readLoose(from: &reader, nameCount: desk.names.count)
    #expect(reader.isAtEnd)
    #expect(desk.match(named).status == .within)
  }

  @Test func `a ticket that its executor made is named even if no log does`() {
    var own = Desk.ticket("T-1")
    own.requestedBy = "Aoki Jun"
    own.approver = nil
    var desk = Desk([own])
    let read = desk.request(900, at: Self.hour)
    let match = desk.match(read)
    #expect(match.status == .none)
    #expect(match.reason == .selfRequested)
    #expect(desk.names.text(of: match.instruction) == "T-1")
    // Not where it would not cover the read anyway.
    let more = desk.request(5_000, at: Self.hour)
    #expect(desk.match(more).reason == .noInstruction)
    let later = desk.request(900, at: 50 * Self.hour)
    #expect(desk.match(later).reason == .noInstruction)
  }
}
