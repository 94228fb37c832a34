internal import EventModel

/// Bulk reads of the last hour that another source may tell of once more.
///
/// Where two sources' clocks are apart, or a proxy hides the terminal, an application's export and the download in the access
/// log are not joined (`Act`). Whoever counts both would say that at least twice as many were taken. The later of the
/// two then may be the earlier one again: at least none, at most all of it. They must be of one account and owner,
/// from two sources, one with a stated number and one with bytes that come to the same number within a tenth by the
/// bytes declared for a record. Each read is the echo of one at most.
///
/// No account's reads change what is told of another's, so that shards of accounts together tell what one pass
/// does. Memory: 48 bytes for each of the last 32 of an account, of those accounts that had one lately.
struct Echoes: Sendable {
  struct Entry: Sendable, BitwiseCopyable {
    var source: UInt16
    var isStated: Bool
    var account: UInt32
    var owner: UInt32
    var time: Int64
    var low: Int64
    var high: Int64

    fileprivate var rank: (Int64, UInt16, UInt32, Int64, Int64) { (time, source, owner, low, high) }

    /// Whether two reads can be one.
    func fits(_ other: Entry) -> Bool {
      let (stated, sized) = isStated ? (self, other) : (other, self)
      return stated.isStated && !sized.isStated && source != other.source
        && account == other.account && owner == other.owner && sized.low > 0
        && stated.high >= sized.low - sized.low / 10 && stated.low <= sized.high + sized.high / 10
    }
  }

  static let span: Int64 = 3_600_000_000_000
  /// Of an account.
  static let limit = 32
  /// So many accounts are kept before those are looked for that had none lately.
  static let roomy = 64

  /// By account, in order of time.
  private var accounts: [UInt32: [Entry]] = [:]
  private var newest = Int64.min
  private var room = Self.roomy

  /// Notes a read; whether it may be one that was told before.
  mutating func note(_ entry: Entry) -> Bool {
    newest = max(newest, entry.time)
    if accounts.count >= room { leaveOut() }
    return Self.note(entry, in: &accounts[entry.account, default: []])
  }

  private static func note(_ entry: Entry, in entries: inout [Entry]) -> Bool {
    entries.removeAll { $0.time < entry.time &- Self.span }
    if let place = entries.firstIndex(where: { $0.fits(entry) }) {
      entries.remove(at: place)
      return true
    }
    if entries.count >= Self.limit { entries.removeFirst() }
    entries.append(entry)
    return false
  }

  /// Lets go of accounts without a read of the last hour.
  private mutating func leaveOut() {
    accounts = accounts.filter { ($0.value.last?.time ?? .min) >= newest &- Self.span }
    room = max(Self.roomy, 2 * accounts.count)
  }

  /// Adds what another shard noted: as one pass where the accounts are others; of one account in both, reads that can be
  /// one are paired in order of time.
  mutating func merge(_ other: Echoes) {
    newest = max(newest, other.newest)
    for (account, theirs) in other.accounts {
      guard let own = accounts[account] else {
        accounts[account] = theirs
        continue
      }
      var merged: [Entry] = []
      for entry in (own + theirs).sorted(by: { $0.rank < $1.rank }) {
        _ = Self.note(entry, in: &merged)
      }
      accounts[account] = merged
    }
  }

  func write(to writer: inout StateWriter) {
    let entries = accounts.sorted { $0.key < $1.key }.flatMap(\.value)
      .filter { $0.time >= newest &- Self.span }
    writer.write(UInt64(entries.count))
    for entry in entries {
      for number in [
        UInt64(entry.source), UInt64(entry.isStated ? 1 : 0), UInt64(entry.account),
        UInt64(entry.owner),
      ] { writer.write(number) }
      for number in [entry.time, entry.low, entry.high] { writer.write(number) }
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let source = UInt16(truncatingIfNeeded: try reader.unsigned())
      let isStated = try reader.unsigned() == 1
      let account = UInt32(truncatingIfNeeded: try reader.unsigned())
      let owner = try reader.owner()
      let entry = Entry(
        source: source,
        isStated: isStated,
        account: account,
        owner: owner,
        time: try reader.signed(),
        low: try reader.signed(),
        high: try reader.signed()
      )
      newest = max(newest, entry.time)
      accounts[account, default: []].append(entry)
    }
  }
}

extension DetectionEngine {
  /// Of a bulk read that may have been told before none may be new.
  @inline(never)
  mutating func noteEcho(_ handling: inout Handling) {
    guard handling.account != .none, handling.owner != .none else { return }
    let isStated = handling.row.quality == .exact
    // A number with bytes beside it is that of two rows that were joined, or of a source that states both.
    guard isStated ? handling.row.bytes < 0 : handling.row.bytes > 0 && handling.volume.low > 0
    else { return }
    let entry = Echoes.Entry(
      source: handling.row.source,
      isStated: isStated,
      account: handling.account.rawValue,
      owner: handling.owner.rawValue,
      time: handling.row.time,
      low: handling.volume.low,
      high: handling.volume.high
    )
    guard echoes.note(entry) else { return }
    handling.volume.low = 0
    handling.volume.quality = max(handling.volume.quality, .estimated)
    handling.unexplained = handling.volume
  }
}
