internal import Estate
internal import EventModel

/// Which organisation may handle which owner's records, and when: the register of delegations and
/// consents.
///
/// What was looked up once is remembered by id, at most `limit` pairs; derived, not part of a state.
struct DelegationRegister: Sendable {
  private struct Period: Sendable {
    var from: Int64
    var until: Int64
  }

  private let isDeclared: Bool
  private let entries: [String: [Period]]
  private var known: [UInt64: [Period]?] = [:]
  private static let limit = 1 << 16

  init(estate: DeclaredEstate) {
    isDeclared = estate.declaresDelegations
    entries = Dictionary(grouping: estate.delegations) {
      Self.key(owner: $0.owner, organisation: $0.organisation)
    }.mapValues { list in
      list.map {
        Period(from: $0.from?.nanoseconds ?? .min, until: $0.until?.nanoseconds ?? .max)
      }
    }
  }

  private static func key(owner: String, organisation: String) -> String {
    owner + "\u{0}" + organisation
  }

  /// An owner's own organisation needs no entry, nor does anybody while no register is declared.
  mutating func isRecognised(
    owner: NameID,
    organisation: NameID,
    at time: Int64,
    names: borrowing NameTable
  ) -> Bool {
    guard isDeclared, owner != .none, organisation != .none, owner != organisation else {
      return true
    }
    let pair = UInt64(owner.rawValue) << 32 | UInt64(organisation.rawValue)
    let periods: [Period]?
    if let held = known[pair] {
      periods = held
    } else {
      if known.count >= Self.limit { known = [:] }
      periods =
        entries[
          Self.key(owner: names.text(of: owner), organisation: names.text(of: organisation))
        ]
      known[pair] = .some(periods)
    }
    return (periods ?? []).contains { time >= $0.from && time <= $0.until }
  }
}
