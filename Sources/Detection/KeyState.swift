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
  private(set) var accountCount: Int16 = 0
  /// Whether the latest read is one that a detector of sequences may have to judge; not saved.
  var isSequenceNotable = false
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

  /// Days with an unexplained bulk read, with their shape.
  var episodes = Episodes()
  /// Order and rate of an account's reads; empty where no detector asks for them.
  var sequences: [ReadSequence] = []
  /// Lines of unexplained bulk reads.
  var exhibits = Exhibits()
  /// Of a person or a terminal with several accounts, how their reads follow one another; else empty.
  var relays: [Stretches] = []

  static let accountLimit = 64

  struct Needs: OptionSet, Sendable {
    var rawValue: UInt8
    static let days = Needs(rawValue: 1)
    static let owners = Needs(rawValue: 2)
    static let ledger = Needs(rawValue: 4)
    static let otherKeys = Needs(rawValue: 8)
    /// `Handling.signs` are looked for.
    static let profiles = Needs(rawValue: 16)
    static let sequences = Needs(rawValue: 32)
  }

  /// Counts a read, which is lent by address: copying it costs as much as counting it.
  @inline(__always)
  mutating func add(_ handling: UnsafePointer<Handling>, kind: KeyKind, needs: Needs) {
    let account = handling.pointee.row.account.rawValue
    if kind != .account, account != newestAccount { note(account: account) }
    var isCounted =
      handling.pointee.isUnexplained && (kind == .account || !handling.pointee.isTold(to: kind))
    // What a call asked for is the account's to answer for, not its terminal's.
    if kind == .terminal, handling.pointee.row.flags.contains(.call), handling.pointee.isLookUp {
      isCounted = false
    }
    let isPooled = handling.pointee.isPooled
    if needs.contains(.ledger) { ledger.add(handling, isCounted: isCounted && !isPooled) }
    guard isCounted else { return }
    // In the windows it stands with no records, as the read that a finding may be about.
    let low = isPooled ? 0 : handling.pointee.unexplained.low
    let charge = isPooled ? 0 : handling.pointee.unexplainedCharge
    let (time, owner) = (handling.pointee.row.time, handling.pointee.owner.rawValue)
    if low == 0, charge == 0, owner == 0 {
      // Nothing that a window could count; but what is too old leaves it.
      windows.pass(to: time)
    } else {
      let tag = Self.tag(of: handling, kind)
      let marks = Self.marks(of: handling)
      windows.add(low: low, charge: charge, value: owner, at: time, tag: tag, marks: marks)
    }
    if isPooled { return }
    if handling.pointee.isBulk, kind != .organisation { keepLine(handling, kind) }
    lifetimeLow &+= low
    lifetimeCharge &+= charge
    if needs.contains(.days) || needs.contains(.owners) {
      addLong(handling, needs, kind)
    }
  }

  /// Keeps where a bulk read stands: a sum may have to be shown by it.
  @inline(never)
  private mutating func keepLine(_ handling: UnsafePointer<Handling>, _ kind: KeyKind) {
    exhibits.note(
      Exhibits.Exhibit(
        place: FindingState.Place(handling.pointee.row, charge: handling.pointee.lineCharge),
        owner: handling.pointee.owner.rawValue,
        tag: Self.tag(of: handling, kind)
      )
    )
  }

  /// What outlives the windows.
  @inline(never)
  private mutating func addLong(
    _ handling: UnsafePointer<Handling>,
    _ needs: Needs,
    _ kind: KeyKind
  ) {
    let low = handling.pointee.unexplained.low
    let charge = handling.pointee.unexplainedCharge
    let (day, isBulk) = (handling.pointee.day, handling.pointee.isBulk)
    if needs.contains(.days) {
      days.add(low: low, charge: charge, value: 0, at: Int64(day))
      if isBulk, !handling.pointee.match.reason.isUncertain { episodes.add(handling) }
      if isBulk, bulkDays.last != day, !handling.pointee.match.reason.isUncertain {
        bulkDays.append(day)
        if bulkDays.count > 400 { bulkDays.removeFirst() }
      }
    }
    if needs.contains(.owners) {
      newestOwnerCharge = owners.add(
        handling.pointee.owner.rawValue,
        low: low,
        charge: charge,
        time: handling.pointee.row.time,
        day: day,
        isBulk: isBulk,
        tag: Self.tag(of: handling, kind)
      )
    }
  }

  /// What tells apart those who stand behind a key: terminals behind a shared account, accounts
  /// behind a terminal.
  @inline(__always)
  private static func tag(of handling: UnsafePointer<Handling>, _ kind: KeyKind) -> UInt32 {
    switch kind {
    case .account: handling.pointee.actorTag
    case .terminal: handling.pointee.row.account.rawValue & HorizonCounters.Entry.tagMask
    case .person, .organisation: 0
    }
  }

  @inline(__always)
  private static func marks(of handling: UnsafePointer<Handling>) -> UInt32 {
    (handling.pointee.isBulk ? HorizonCounters.Entry.bulk : 0)
      | (handling.pointee.match.status == .exceeded ? HorizonCounters.Entry.exceeded : 0)
      | (handling.pointee.row.flags.contains(.call) ? HorizonCounters.Entry.called : 0)
  }

  /// Whether a key is to be judged by itself: an account is, a person or a terminal when several
  /// accounts stand behind it, and a terminal from which somebody without a name reads.
  @inline(__always)
  func isJudged(_ handling: borrowing Handling, _ kind: KeyKind) -> Bool {
    kind == .account || accountCount > 1 || kind == .terminal && handling.account == .none
  }

  private mutating func note(account: UInt32) {
    newestAccount = account
    guard account != 0, accounts.count < Self.accountLimit, !accounts.contains(account) else {
      return
    }
    accounts.append(account)
    accountCount = Int16(truncatingIfNeeded: accounts.count)
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
    accountCount = Int16(truncatingIfNeeded: accounts.count)
    bulkDays = Array(Set(bulkDays + other.bulkDays).sorted().suffix(400))
    episodes.merge(other.episodes)
    if sequences.isEmpty {
      sequences = other.sequences
    } else if let other = other.sequences.first {
      sequences[0].merge(other)
    }
    exhibits.merge(other.exhibits)
    if relays.isEmpty {
      relays = other.relays
    } else if let other = other.relays.first {
      relays[0].merge(other)
    }
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
    episodes.write(to: &writer)
    writer.write(UInt64(sequences.count))
    for sequence in sequences { sequence.write(to: &writer) }
    writer.write(UInt64(exhibits.isEmpty ? 0 : 1))
    if !exhibits.isEmpty { exhibits.write(to: &writer) }
    writer.write(UInt64(relays.count))
    for relay in relays { relay.write(to: &writer) }
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
    accountCount = Int16(truncatingIfNeeded: accounts.count)
    for _ in 0..<(try reader.count()) {
      bulkDays.append(Int32(truncatingIfNeeded: try reader.signed()))
    }
    episodes = try Episodes(from: &reader)
    if try reader.unsigned() == 1 { sequences = [try ReadSequence(from: &reader)] }
    guard reader.version >= 5 else { return }
    if try reader.unsigned() == 1 { exhibits = try Exhibits(from: &reader) }
    guard reader.version >= 8 else { return }
    if try reader.unsigned() == 1 { relays = [try Stretches(from: &reader)] }
  }
}
