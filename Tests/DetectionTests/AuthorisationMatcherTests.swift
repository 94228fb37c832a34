import Estate
import EventModel
import Testing

@testable import Detection

/// A register, the reads held against it, and what was explained.
struct Desk {
  var estate = DeclaredEstate()
  var names = NameTable()
  var matcher: AuthorisationMatcher

  static let hour: Int64 = 3_600_000_000_000

  init(_ tickets: [Ticket], tolerance: Int64 = 5) {
    var prov = Organisation(name: "Hinode", kind: .provider)
    prov.worksFor = ["ProCall"]
    estate.organisations = [prov, Organisation(name: "ProCall", kind: .contractor)]
    estate.owners = [Owner(name: "Kita"), Owner(name: "Minami")]
    func account(_ name: String, _ organisation: String, _ persons: [String]) -> Account {
      var account = Account(role: .admin)
      account.patterns = [Pattern(name)]
      account.organisation = organisation
      account.persons = persons
      return account
    }
    estate.accounts = [
      account("aoki", "Hinode", ["Aoki Jun"]), account("aoki-adm", "Hinode", ["Aoki Jun"]),
      account("mori", "Hinode", ["Mori Rei"]), account("ueda", "ProCall", ["Ueda Ken"]),
      account("shared", "Hinode", ["Aoki Jun", "Mori Rei"]),
      account("a-aoki-*", "Hinode", ["Aoki Jun"]), account("p*", "Hinode", []),
    ]
    estate.tickets = tickets
    estate.declaresTickets = true
    estate.policy.ticketTolerance = tolerance
    matcher = Self.matcher(estate)
  }

  static func matcher(_ estate: DeclaredEstate) -> AuthorisationMatcher {
    AuthorisationMatcher(
      estate: estate,
      lookup: EstateLookup(estate),
      clock: LocalClock(zone: .utc)
    )
  }

  static func ticket(
    _ id: String,
    executor: String? = "aoki",
    owner: String? = "Kita",
    most: Int64? = 1_000,
    opened: Int64 = 0,
    closed: Int64 = 10
  ) -> Ticket {
    var ticket = Ticket(id: id, opened: Timestamp(nanoseconds: opened * hour))
    ticket.closed = Timestamp(nanoseconds: closed * hour)
    ticket.executor = executor
    ticket.owner = owner
    ticket.mostRecords = most
    ticket.requestedBy = "ProCall"
    ticket.approver = "Ueda Ken"
    return ticket
  }

  mutating func request(
    _ charge: Int64,
    at time: Int64,
    account: String = "aoki",
    owner: String = "Kita",
    object: String = "crm.kita",
    terminal: String = "mnt-01",
    ticket: String = ""
  ) -> AuthorisationMatcher.Request {
    let declared = estate.accounts.first { $0.patterns[0].text == account }
    var request = AuthorisationMatcher.Request()
    request.account = names.intern(account)
    request.person = names.intern(
      declared?.persons.count == 1 ? declared?.persons.first ?? "" : ""
    )
    request.organisation = names.intern(declared?.organisation ?? "")
    request.owner = names.intern(owner)
    request.object = names.intern(object)
    request.terminal = names.intern(terminal)
    request.ticket = names.intern(ticket)
    request.charge = charge
    request.time = time
    return request
  }

  mutating func match(_ request: AuthorisationMatcher.Request) -> AuthorisationMatch {
    let mayConcern = matcher.mayConcern(request, names: names)
    let match = matcher.match(request, names: &names)
    // A ticket of another owner is told of reads in bulk, and covers nothing of any.
    #expect(mayConcern || match.reason == .noInstruction || match.reason == .wrongOwner)
    return match
  }

  static func explained(
    _ request: AuthorisationMatcher.Request,
    _ match: AuthorisationMatch
  )
    -> Int64
  {
    switch match.status {
    case .within, .late: request.charge
    case .exceeded: min(request.charge, match.allowed ?? 0)
    case .none: 0
    }
  }
}

struct AuthorisationMatcherTests {
  @Test func `explains no more by a ticket than its number, the tolerance and one repetition`() {
    var random = Seeded(state: 4)
    for round in 0..<150 {
      let tolerance = Int64([0, 5, 20][round % 3])
      let tickets = (0..<6).map { index in
        let opened = Int64.random(in: 0..<30, using: &random)
        return Desk.ticket(
          "T\(index)",
          executor: ["aoki", "Aoki Jun", "Hinode", nil][index % 4],
          owner: index == 5 ? "Minami" : "Kita",
          most: Int64.random(in: 1...2_000, using: &random),
          opened: opened,
          closed: opened + Int64.random(in: 1..<20, using: &random)
        )
      }
      var desk = Desk(tickets, tolerance: tolerance)
      var requests: [AuthorisationMatcher.Request] = []
      for _ in 0..<80 {
        requests.append(
          desk.request(
            [40, 500, 1_000, Int64.random(in: 1..<3_000, using: &random)]
              .randomElement(using: &random) ?? 1,
            at: Int64.random(in: 0..<200, using: &random) * Desk.hour / 4,
            account: ["aoki", "aoki-adm", "mori", "shared"].randomElement(using: &random) ?? "",
            owner: ["Kita", "Minami"].randomElement(using: &random) ?? "",
            object: ["crm.a", "crm.b"].randomElement(using: &random) ?? "",
            ticket: ["", "", "T0", "T1", "T9"].randomElement(using: &random) ?? ""
          )
        )
      }
      requests.sort { $0.time < $1.time }
      var sums: [String: Int64] = [:]
      var largest: [String: Int64] = [:]
      for request in requests {
        let match = desk.match(request)
        let part = Desk.explained(request, match)
        sums[desk.names.text(of: match.instruction), default: 0] += part
        largest[desk.names.text(of: match.instruction), default: 0] = max(
          largest[desk.names.text(of: match.instruction)] ?? 0,
          part
        )
      }
      for ticket in tickets {
        let cap = TicketRegister.cap(ticket.mostRecords ?? 0, percent: tolerance)
        #expect(sums[ticket.id] ?? 0 <= cap + (largest[ticket.id] ?? 0), "\(ticket.id) of \(round)")
      }
      #expect(sums["T9"] ?? 0 == 0)
    }
  }

  @Test func `explains the same whatever the order of reads at the same time`() {
    var random = Seeded(state: 5)
    for _ in 0..<100 {
      let most = Int64.random(in: 1...2_000, using: &random)
      var desk = Desk([Desk.ticket("T1", most: most)], tolerance: 0)
      var requests = (0..<8).map { index in
        desk.request(
          Int64.random(in: 1..<700, using: &random),
          at: Desk.hour,
          object: "crm.\(index)"
        )
      }
      let whole = requests.reduce(0) { $0 + $1.charge }
      for _ in 0..<3 {
        requests.shuffle(using: &random)
        desk.matcher = Desk.matcher(desk.estate)
        let sum = requests.reduce(0) { $0 + Desk.explained($1, desk.match($1)) }
        #expect(sum == min(most, whole))
      }
    }
  }

  @Test func `forgives one repetition, of the same read alone`() {
    let changes: [(String, (inout AuthorisationMatcher.Request, inout Desk) -> Void)] = [
      ("account", { $0.account = $1.names.intern("aoki-adm") }),
      ("terminal", { $0.terminal = $1.names.intern("mnt-02") }),
      ("object", { $0.object = $1.names.intern("crm.other") }),
      ("number", { request, _ in request.charge = 999 }),
      ("hour", { request, _ in request.time += Desk.hour }),
    ]
    for (what, change) in changes {
      var desk = Desk([Desk.ticket("T1")])
      var request = desk.request(1_000, at: Desk.hour)
      #expect(desk.match(request).status == .within)
      request.time += 1
      change(&request, &desk)
      // Of a privileged account an hour later is another read.
      let isAlike = what == "number"
      #expect(desk.match(request).reason == (isAlike ? .repeated : .reused), "another \(what)")
    }
    var desk = Desk([Desk.ticket("T1")])
    let statuses = (0..<4).map { turn in
      desk.match(desk.request(1_000, at: Desk.hour + Int64(turn))).status
    }
    #expect(statuses == [.within, .within, .exceeded, .exceeded])
  }

  @Test func `never takes what a ticket did not cover for repeated`() {
    var desk = Desk([Desk.ticket("T1")])
    let matches = (0..<2).map { desk.match(desk.request(3_000, at: Desk.hour + $0)) }
    #expect(matches.map(\.status) == [.exceeded, .exceeded])
    #expect(matches.map(\.allowed) == [1_000, 0])
  }

  @Test func `takes the executor by person, not by spelling`() {
    for (executor, account, fits) in [
      ("aoki", "aoki-adm", true), ("Aoki Jun", "aoki-adm", true), ("AOKI", "aoki", true),
      ("aoki", "mori", false), ("aoki", "shared", false), ("Aoki Jun", "shared", true),
      ("Hinode", "mori", true), ("Hinode", "ueda", false),
    ] {
      for number in ["T1", "t1", ""] {
        var ticket = Desk.ticket("T1", executor: executor)
        ticket.approver = "Tani Mio"
        var desk = Desk([ticket])
        let match = desk.match(
          desk.request(900, at: Desk.hour, account: account, ticket: number)
        )
        #expect((match.status == .within) == fits, "\(executor), \(account), \(number)")
        if !fits { #expect(match.reason == (number.isEmpty ? .noInstruction : .wrongExecutor)) }
      }
    }
  }

  @Test func `takes no instruction from the executor or the executor's own organisation`() {
    for (approver, requester, reason) in [
      ("aoki", "ProCall", AuthorisationMatch.Reason.selfApproved),
      ("AOKI JUN", "ProCall", .selfApproved), ("aoki-adm", "ProCall", .selfApproved),
      ("a-aoki-7", "ProCall", .selfApproved), ("Ueda Ken", "Planning", .matched),
      ("Ueda Ken", "aoki-adm", .selfRequested), ("Ueda Ken", "Hinode", .ownOrganisation),
      ("Ueda Ken", "mori", .ownOrganisation), ("Hinode", "ProCall", .ownOrganisation),
      ("Mori Rei", nil, .ownOrganisation), ("Mori Rei", "ProCall", .matched),
      ("Ueda Ken", nil, .matched), ("Ueda Ken", "Kita", .matched),
    ] {
      var ticket = Desk.ticket("T1")
      ticket.approver = approver
      ticket.requestedBy = requester
      var desk = Desk([ticket])
      let match = desk.match(desk.request(900, at: Desk.hour, ticket: "T1"))
      #expect(match.reason == reason, "\(approver), \(requester ?? "nobody")")
    }
    // A contractor instructs itself.
    var ticket = Desk.ticket("T2", executor: "ProCall")
    ticket.approver = nil
    var desk = Desk([ticket])
    #expect(desk.match(desk.request(9, at: Desk.hour, account: "ueda")).reason == .matched)
  }

  @Test func `is late at best before a ticket was opened or approved`() {
    var early = Desk.ticket("T1", opened: 100, closed: 110)
    early.approved = Timestamp(nanoseconds: 90 * Desk.hour)
    var late = early
    late.approved = Timestamp(nanoseconds: 104 * Desk.hour)
    for (ticket, hour, status) in [
      (early, 75, AuthorisationMatch.Status.exceeded), (early, 76, .late), (early, 99, .late),
      (early, 100, .within), (early, 111, .exceeded), (late, 79, .exceeded), (late, 80, .late),
      (late, 103, .late), (late, 104, .within),
    ] {
      var desk = Desk([ticket])
      let time = Int64(hour) * Desk.hour
      #expect(desk.match(desk.request(900, at: time, ticket: "T1")).status == status, "\(hour)")
      let whole = desk.match(desk.request(3_000, at: time, object: "crm.b", ticket: "T1"))
      #expect(whole.status == .exceeded)
      #expect(whole.isLate == (status == .late), "\(hour)")
    }
  }

  @Test func `finds by its index what asking every ticket finds`() {
    var random = Seeded(state: 6)
    for round in 0..<60 {
      let tickets = (0..<40).map { index in
        let opened = Int64.random(in: 0..<400, using: &random)
        return Desk.ticket(
          "T\(index)",
          executor: ["aoki", "Mori Rei", "Hinode", "ueda", nil].randomElement(using: &random)
            ?? nil,
          owner: ["Kita", "Minami", nil].randomElement(using: &random) ?? nil,
          opened: opened,
          closed: opened + Int64.random(in: 1..<(index % 9 == 0 ? 400 : 20), using: &random)
        )
      }
      var desk = Desk(tickets)
      let request = desk.request(
        Int64.random(in: 1..<1_500, using: &random),
        at: Int64.random(in: 0..<450, using: &random) * Desk.hour,
        account: ["aoki", "mori", "ueda", "shared", "guest"].randomElement(using: &random) ?? "",
        owner: ["Kita", "Minami", "K1"].randomElement(using: &random) ?? ""
      )
      let order: [AuthorisationMatch.Status] = [.within, .late, .exceeded, .none]
      let single = tickets.filter { $0.owner != nil || $0.executor != nil }.map { ticket in
        var cited = request
        cited.ticket = desk.names.intern(ticket.id)
        desk.matcher = Desk.matcher(desk.estate)
        let match = desk.match(cited)
        let isOther: Set<AuthorisationMatch.Reason> = [.wrongOwner, .wrongExecutor, .outsideTime]
        return isOther.contains(match.reason) ? .none : match.status
      }
      desk.matcher = Desk.matcher(desk.estate)
      let best = order.first { single.contains($0) } ?? .none
      let match = desk.match(request)
      #expect((match.reason == .wrongOwner ? .none : match.status) == best, "\(round)")
    }
  }

  @Test func `remembers across a restart what a ticket was used for`() throws {
    for turn in 0..<3 {
      var desk = Desk([Desk.ticket("T0"), Desk.ticket("T1")])
      var statuses: [AuthorisationMatch.Status] = []
      for index in 0..<4 {
        if index == turn {
          var writer = StateWriter()
          desk.matcher.write(to: &writer)
          desk.matcher = Desk.matcher(desk.estate)
          var reader = StateReader(writer.bytes)
          try desk.matcher.read(from: &reader, nameCount: desk.names.count)
          #expect(reader.isAtEnd)
        }
        let request = desk.request(700, at: Desk.hour + Int64(index), ticket: "T1")
        statuses.append(desk.match(request).status)
      }
      #expect(statuses == [.within, .within, .exceeded, .exceeded])
    }
  }
}
