import Estate
import EventModel
import Testing

@testable import Detection

/// A provider with a small and a large owner, a register, and every role that limits differ by.
private func estate() -> DeclaredEstate {
  var estate = DeclaredEstate()
  for (name, delivered) in [("Kitamachi", 900), ("Sakura", 45_000), ("Telecom West", 400_000)] {
    var owner = Owner(name: name)
    owner.delivered = Int64(delivered)
    estate.owners.append(owner)
  }
  estate.organisations = [
    Organisation(name: "ProCall", kind: .contractor), Organisation(name: "Hinode", kind: .provider),
  ]
  for role in Role.allCases {
    var account = Account(role: role)
    account.patterns = [Pattern("\(role.rawValue)*")]
    account.organisation = role == .operator ? "ProCall" : "Hinode"
    estate.accounts.append(account)
  }
  estate.declaresDelegations = true
  estate.delegations = [
    Delegation(owner: "Sakura", organisation: "ProCall"),
    Delegation(owner: "Telecom West", organisation: "Hinode"),
  ]
  return estate
}

/// Reads of all sizes by few accounts from few terminals over a year: many sums come near limits.
private func reads(_ count: Int, seed: UInt64) -> RowBuilder {
  var random = Seeded(state: seed)
  var logs = RowBuilder()
  var minute = 0
  let owners = ["Kitamachi", "Sakura", "Telecom West", "Nobody", ""]
  for _ in 0..<count {
    minute += Int.random(in: 0..<2_000, using: &random)
    let size = [3, 40, 400, 4_000, 40_000].randomElement(using: &random) ?? 1
    let isUnknown = Int.random(in: 0..<20, using: &random) == 0
    logs.add(
      at: minute,
      account: "\(Role.allCases.randomElement(using: &random)?.rawValue ?? "")1",
      terminal: "pc\(Int.random(in: 0..<4, using: &random))",
      owner: owners.randomElement(using: &random) ?? "",
      object: isUnknown ? "crm.customers" : "",
      records: isUnknown ? nil : Int64.random(in: 0...Int64(size), using: &random),
      operation: Bool.random(using: &random) ? .export : .read
    )
  }
  return logs
}

struct AttentionTests {
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `finds what asking every detector of every read would find`(seed: UInt64) {
    let logs = reads(600, seed: seed)
    var results: [[Incident]] = []
    for asksAlways in [false, true] {
      var engine = DetectionEngine(
        estate: estate(),
        sources: [],
        detectors: nil,
        asksAlways: asksAlways
      )
      engine.apply(logs.rows, names: logs.names)
      results.append(engine.finish(coverage: Coverage()))
    }
    #expect(results[0] == results[1])
    #expect(results[0].count > 3)
  }

  @Test func `what draws one of two detectors draws both together`() {
    var hours = Attention.never
    hours.hours = 10
    var bulk = Attention.never
    bulk.isDrawnByBulk = true
    let joined = hours.joined(with: bulk)
    #expect(joined.hours == 10)
    #expect(joined.isDrawnByBulk)
    #expect(!joined.isAlways)
    #expect(joined.joined(with: .always).isAlways)
  }

  @Test func `asks those whose bounds what there is passes, and no others`() {
    var hours = Attention.never
    hours.hours = 10
    var bulkAndHours = Attention.never
    bulkAndHours.isDrawnByBulk = true
    bulkAndHours.hours = 20
    let asked = Asked([hours, .never, bulkAndHours, .always])
    #expect(asked.detectors(for: []) == 0)
    #expect(asked.detectors(for: .bulk) == 0b0100)
    #expect(asked.detectors(for: [.hours, .always]) == 0b1101)
    #expect(asked.detectors(for: .sequence) == 0)
  }

  @Test func `an export is asked about by itself only where nothing bounds it`() {
    let exports = BulkExport(estate: estate()).attention(to: .user)
    let asked = Asked([exports, .never])
    #expect(asked.detectors(for: .unbounded) == 0b01)
    #expect(asked.detectors(for: .bulk) == 0)
    #expect(Attention.never.joined(with: exports).isDrawnByUnbounded)
  }

  @Test func `shares of a set are asked about of every role's single reads, too`() {
    let estate = estate()
    let shares = Role.allCases.map { OwnerShare(estate: estate).attention(to: $0) }
    for (role, attention) in zip(Role.allCases, shares) {
      #expect(!attention.isShareOfBulk && attention.permille <= 500, "\(role)")
    }
    let joined = shares.reduce(Attention.never) { $0.joined(with: $1) }
    #expect(!joined.isShareOfBulk)
  }
}
