internal import EventModel

/// What a key is.
///
/// An account is never a person, a person never a terminal.
enum KeyKind: UInt8, Sendable, CaseIterable {
  case account, person, terminal, organisation

  var word: String {
    switch self {
    case .account: "account"
    case .person: "person"
    case .terminal: "terminal"
    case .organisation: "organisation"
    }
  }

  var japanese: String {
    switch self {
    case .account: "アカウント"
    case .person: "人物"
    case .terminal: "端末"
    case .organisation: "組織"
    }
  }
}

/// The whole state of one key as one value: windows, long counters, ledger.
///
/// It knows no global: it serialises, restores and merges by itself.
struct KeyState: Sendable {
  // What every event touches comes first and lies together.
  var lifetimeLow: Int64 = 0
  var lifetimeCharge: Int64 = 0
  /// The account of the latest event: nearly always that of the one before; not saved.
  private var newestAccount: UInt32 = 0
  /// How many `accounts` there are; not saved.
  private(set) var accountCount: Int32 = 0
  /// What the latest event's owner has been charged with for life; not saved.
  private(set) var newestOwnerCharge: Int64 = 0
  /// Unexplained records of the last 24 hours; distinct owners.
  var windows = HorizonCounters.short
  /// Unexplained records of the last 365 days.
  var days = HorizonCounters.long
  var owners = OwnerTable()
  var ledger = Ledger()
  /// Accounts behind the key, at most `accountLimit`, in order of first sight.
  private(set) var accounts: [UInt32] = []
  /// Days with an unexplained bulk read, the last 400.
  var bulkDays: [Int32] = []

  static let accountLimit = 64

  struct Needs: OptionSet, Sendable {
    var rawValue: UInt8
    static let days = Needs(rawValue: 1)
    static let owners = Needs(rawValue: 2)
    static let ledger = Needs(rawValue: 4)
    static let otherKeys = Needs(rawValue: 8)
  }

  /// Asks memory for a state that an event is about to reach: all of it where more than the windows
  /// is counted.
  @inline(__always)
  static func prefetch(_ state: UnsafePointer<KeyState>, _ needs: Needs) {
    let start = UnsafeRawPointer(state)
    prefetchLine(start)
    prefetchLine(start + 64)
    prefetchLine(start + 128)
    guard needs.contains(.ledger) else { return }
    var offset = 192
    while offset < MemoryLayout<KeyState>.size {
      prefetchLine(start + offset)
      offset &+= 64
    }
  }

  /// Asks memory for what counting for an owner will touch next; the state itself is at hand.
  @inline(__always)
  func prefetchLedger(owner: UInt32) {
    owners.prefetchPlace(of: owner)
    ledger.prefetchEnd()
  }

  @inline(__always)
  mutating func add(
    _ handling: UnsafePointer<Handling>,
    kind: KeyKind,
    needs: Needs
  ) {
    add(handling.pointee, kind, needs)
  }

  private mutating func add(_ handling: borrowing Handling, _ kind: KeyKind, _ needs: Needs) {
    let (low, charge) = (handling.unexplained.low, handling.unexplainedCharge)
    let (time, day) = (handling.row.time, Int64(handling.day))
    if kind != .account, handling.account.rawValue != newestAccount {
      note(account: handling.account.rawValue)
    }
    let isCounted = handling.isUnexplained && (kind == .account || !handling.isTold)
    if needs.contains(.ledger) {
      ledger.add(handling, low: isCounted ? low : 0, charge: isCounted ? charge : 0)
    }
    guard isCounted else { return }
    if low == 0, charge == 0, handling.owner == .none {
      // Nothing that a window could count; but what is too old leaves it.
      windows.pass(to: time)
    } else {
      windows.add(
        low: low,
        charge: charge,
        value: handling.owner.rawValue,
        at: time,
        tag: Self.tag(of: handling, kind)
      )
    }
    lifetimeLow &+= low
    lifetimeCharge &+= charge
    if needs.contains(.days) {
      days.add(low: low, charge: charge, value: 0, at: day)
      if handling.isBulk, bulkDays.last != handling.day {
        bulkDays.append(handling.day)
        if bulkDays.count > 400 { bulkDays.removeFirst() }
      }
    }
    if needs.contains(.owners) {
      newestOwnerCharge = owners.add(
        handling.owner.rawValue,
        low: low,
        charge: charge,
        time: time,
        day: handling.day,
        isBulk: handling.isBulk
      )
    }
  }

  /// What tells apart those who stand behind a key: terminals behind a shared account, accounts
  /// behind a terminal.
  private static func tag(of handling: borrowing Handling, _ kind: KeyKind) -> UInt32 {
    switch kind {
    case .account: handling.actorTag
    case .terminal: handling.account.rawValue & 0x3FFF_FFFF
    case .person, .organisation: 0
    }
  }

  private mutating func note(account: UInt32) {
    newestAccount = account
    guard account != 0, accounts.count < Self.accountLimit, !accounts.contains(account) else {
      return
    }
    accounts.append(account)
    accountCount = Int32(truncatingIfNeeded: accounts.count)
  }

  /// Adds a state of the same key from another shard: as one pass over both in order of time.
  mutating func merge(_ other: KeyState) {
    windows.merge(other.windows)
    days.merge(other.days)
    lifetimeLow += other.lifetimeLow
    lifetimeCharge += other.lifetimeCharge
    owners.merge(other.owners)
    ledger.merge(other.ledger)
    for account in other.accounts where !accounts.contains(account) { accounts.append(account) }
    accountCount = Int32(truncatingIfNeeded: accounts.count)
    bulkDays = Array(Set(bulkDays + other.bulkDays).sorted().suffix(400))
  }

  func write(to writer: inout StateWriter) {
    windows.write(to: &writer)
    days.write(to: &writer)
    writer.write(lifetimeLow)
    writer.write(lifetimeCharge)
    owners.write(to: &writer)
    ledger.write(to: &writer)
    writer.write(UInt64(accounts.count))
    for account in accounts { writer.write(UInt64(account)) }
    writer.write(UInt64(bulkDays.count))
    for day in bulkDays { writer.write(Int64(day)) }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    windows = try HorizonCounters(isLong: false, from: &reader)
    days = try HorizonCounters(isLong: true, from: &reader)
    lifetimeLow = try reader.signed()
    lifetimeCharge = try reader.signed()
    owners = try OwnerTable(from: &reader)
    ledger = try Ledger(from: &reader)
    for _ in 0..<(try reader.count()) {
      accounts.append(UInt32(truncatingIfNeeded: try reader.unsigned()))
    }
    accountCount = Int32(truncatingIfNeeded: accounts.count)
    for _ in 0..<(try reader.count()) {
      bulkDays.append(Int32(truncatingIfNeeded: try reader.signed()))
    }
  }
}
