internal import EventModel

/// What each ticket and job explained: the explained part of bulk reads is kept and shown.
///
/// What was approved late is kept apart, for whoever reads first and approves afterwards must be seen.
/// Memory: 1,024 instructions by name, and as many late ones, about 250 bytes each; reads by others
/// are added up.
struct ExplainedBook: Sendable {
  static let limit = 1_024
  static let nameLimit = 16

  struct Entry: Sendable {
    var instruction: UInt32
    var isLate: Bool
    var reads: Int64 = 0
    var records = Volume.none
    var accounts: [UInt32] = []
    var owners: [UInt32] = []
    /// Whether there were more of one of these than have a place.
    var hasMore = false
    var first = Int64.max
    var last = Int64.min

    mutating func add(account: UInt32, owner: UInt32) {
      insert(account, into: \.accounts)
      insert(owner, into: \.owners)
    }

    private mutating func insert(_ name: UInt32, into names: WritableKeyPath<Self, [UInt32]>) {
      guard name != 0, !self[keyPath: names].contains(name) else { return }
      if self[keyPath: names].count == ExplainedBook.nameLimit {
        hasMore = true
      } else {
        self[keyPath: names].append(name)
      }
    }

    mutating func merge(_ other: Self) {
      reads &+= other.reads
      records.add(other.records)
      for name in other.accounts { insert(name, into: \.accounts) }
      for name in other.owners { insert(name, into: \.owners) }
      hasMore = hasMore || other.hasMore
      first = min(first, other.first)
      last = max(last, other.last)
    }
  }

  /// In order of the first read.
  private(set) var entries: [Entry] = []
  /// What had no place, in time and late.
  private(set) var others = [false, true].map { Entry(instruction: 0, isLate: $0) }
  private var places: [[UInt32: Int]] = [[:], [:]]
  private var counts = [0, 0]

  init() {}

  /// Counts the explained part of a read.
  mutating func note(_ handling: borrowing Handling, explained: Volume) {
    let match = handling.match
    switch match.status {
    case .within, .late: break
    case .exceeded where explained.high > 0: break
    default: return
    }
    let isLate = match.status == .late || (match.status == .exceeded && match.isLate)
    var entry = Entry(instruction: match.instruction.rawValue, isLate: isLate)
    (entry.reads, entry.records) = (1, explained)
    (entry.first, entry.last) = (handling.row.time, handling.row.time)
    let (account, owner) = (handling.account.rawValue, handling.owner.rawValue)
    let shelf = isLate ? 1 : 0
    guard let place = places[shelf][entry.instruction] else {
      entry.add(account: account, owner: owner)
      return append(entry)
    }
    entries[place].merge(entry)
    entries[place].add(account: account, owner: owner)
  }

  private mutating func append(_ entry: Entry) {
    let shelf = entry.isLate ? 1 : 0
    guard counts[shelf] < Self.limit else {
      others[shelf].merge(entry)
      (others[shelf].accounts, others[shelf].owners) = ([], [])
      return
    }
    counts[shelf] += 1
    places[shelf][entry.instruction] = entries.count
    entries.append(entry)
  }

  /// Adds another part's; names are those of the same table.
  mutating func merge(_ other: Self) {
    var whole = Self()
    var all = entries
    for entry in other.entries {
      if let place = places[entry.isLate ? 1 : 0][entry.instruction] {
        all[place].merge(entry)
      } else {
        all.append(entry)
      }
    }
    all.sort { ($0.first, $0.instruction) < ($1.first, $1.instruction) }
    for entry in all { whole.append(entry) }
    for shelf in 0..<2 {
      whole.others[shelf].merge(others[shelf])
      whole.others[shelf].merge(other.others[shelf])
    }
    self = whole
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(entries.count))
    for entry in entries { entry.write(to: &writer) }
    for entry in others { entry.write(to: &writer) }
  }

  /// `nameCount`: of the names restored before.
  init(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let entry = try Entry(from: &reader, nameCount: nameCount)
      guard places[entry.isLate ? 1 : 0][entry.instruction] == nil else {
        throw StateError(offset: 0)
      }
      append(entry)
    }
    for shelf in 0..<2 { others[shelf].merge(try Entry(from: &reader, nameCount: nameCount)) }
  }
}

extension ExplainedBook.Entry {
  func write(to writer: inout StateWriter) {
    writer.write(UInt64(instruction))
    writer.write(UInt64((isLate ? 1 : 0) + (hasMore ? 2 : 0)))
    writer.write(reads)
    records.write(to: &writer)
    for names in [accounts, owners] {
      writer.write(UInt64(names.count))
      for name in names { writer.write(UInt64(name)) }
    }
    writer.write(first)
    writer.write(last)
  }

  init(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    instruction = try TicketUses.name(from: &reader, nameCount).rawValue
    let marks = try reader.unsigned()
    (isLate, hasMore) = (marks & 1 != 0, marks & 2 != 0)
    reads = try reader.signed()
    records = try Volume(from: &reader)
    for _ in 0..<(try reader.count()) {
      accounts.append(try TicketUses.name(from: &reader, nameCount).rawValue)
    }
    for _ in 0..<(try reader.count()) {
      let owner = reader.present(try TicketUses.name(from: &reader, nameCount).rawValue)
      if !owners.contains(owner) { owners.append(owner) }
    }
    first = try reader.signed()
    last = try reader.signed()
  }
}
