internal import Estate
internal import EventModel

/// Whether an account's reads follow one another in the order of keys: pages of a list, ranges of
/// ids, one customer after the other.
///
/// Of a person or a terminal: whether one account goes on where another stopped.
///
/// Only marks of eight bits are compared (`EventRow.begins`): one read in 60 seems to follow one of the
/// last four by chance, so that numbers of steps are judged, never a single one. Reads that a call asks
/// for are left out where calls are stated: calling down a list is an agent's work. Memory: 40 bytes
/// for each of the last 30 days with a sequence, 64 bytes for each of 16 walks.
struct Stretches: Sendable, Equatable {
  struct Day: Sendable, Equatable, BitwiseCopyable {
    var day = Int32.min
    /// Reads that state where they begin, and those of them that follow another.
    var reads: Int32 = 0
    var steps: Int32 = 0
    /// Steps of one account that go on where another stopped.
    var handovers: Int32 = 0
    /// Records of the steps, and those of them that were read in bulk.
    var records: Int64 = 0
    var bulk: Int64 = 0

    /// Ten steps, and more than one read in eight, or of fewer half of the reads: chance makes one in 60.
    var isSequence: Bool {
      steps >= 10 && steps >= reads / 8 || steps >= 4 && steps >= reads / 2
    }
  }

  static let kept: Int32 = 30
  static let walkDays: Int32 = 120
  /// Of one that is most of what was read.
  static let denseWalkDays: Int32 = 400
  static let mostWalks = 16
  /// Reads below the bulk floor are slices from so many records on, as long as few of a day state
  /// where they begin: of many some lie side by side by chance.
  static let leastSlice: Int64 = 20
  static let fewReads: Int32 = 12
  /// Records of a page that does not state how many it shows.
  static let assumedPage: Int64 = 10

  private(set) var today = Day()
  private(set) var past: [Day] = []
  private(set) var walks: [Walk] = []
  /// Place of the walk that the newest read has made longer, -1 if none; not saved.
  private(set) var newestWalk = -1
  private var owner: UInt32 = 0
  private var start: UInt8 = 0
  private var ends: InlineArray<4, UInt8> = .init(repeating: 0)
  private var nextEnd: UInt8 = 0
  /// The accounts that made these.
  private var hands: InlineArray<4, UInt32> = .init(repeating: 0)
  private var lastHand: UInt32 = 0

  /// Counts a read that states no beginning, or is left out: it makes no walk longer.
  mutating func passOver() { newestWalk = -1 }

  /// Counts a read that states where it begins; whether it follows another.
  mutating func add(_ handling: borrowing Handling) -> Bool {
    newestWalk = -1
    if handling.day > today.day { turn(to: handling.day) }
    today.reads &+= 1
    let (begins, continues) = (handling.row.begins, handling.row.continues)
    let hand = handling.account.rawValue
    var follows = false
    var isOwn = true
    if handling.owner.rawValue == owner {
      follows = start != 0 && continues == start
      isOwn = !follows || lastHand == hand
      for place in 0..<4 where ends[place] == begins {
        isOwn = follows ? isOwn || hands[place] == hand : hands[place] == hand
        follows = true
      }
    } else {
      owner = handling.owner.rawValue
      ends = .init(repeating: 0)
    }
    start = begins
    lastHand = hand
    if continues != 0 {
      ends[Int(nextEnd & 3)] = continues
      hands[Int(nextEnd & 3)] = hand
      nextEnd &+= 1
    }
    for place in walks.indices where walks[place].owner == owner { walks[place].reads &+= 1 }
    if isSlice(handling) { walk(handling) }
    if continues == 0, handling.unexplainedCharge == 0, !handling.isBulk {
      return turnPage(begins) || newestWalk >= 0
    }
    guard follows else { return newestWalk >= 0 }
    today.steps &+= 1
    if !isOwn { today.handovers &+= 1 }
    today.records &+= handling.unexplainedCharge
    if handling.isBulk { today.bulk &+= handling.unexplainedCharge }
    return newestWalk >= 0 || today.isSequence
  }

  /// Whether a read may be a slice of a walk: of an administrator a single record, of others what has several.
  private func isSlice(_ handling: borrowing Handling) -> Bool {
    let records = handling.unexplainedCharge
    if handling.isBulk || records >= Self.leastSlice && today.reads <= Self.fewReads { return true }
    return records >= (handling.isPrivileged && !handling.hasOwnLists ? 1 : 2)
  }

  /// A page that states where it begins and not how many it shows: another page is a step.
  private mutating func turnPage(_ begins: UInt8) -> Bool {
    for place in 0..<4 where ends[place] == begins { return false }
    ends[Int(nextEnd & 3)] = begins
    nextEnd &+= 1
    today.steps &+= 1
    today.records &+= Self.assumedPage
    return today.isSequence
  }

  private mutating func turn(to day: Int32) {
    if today.isSequence { past.append(today) }
    if let first = past.first, first.day <= day &- Self.kept {
      past.removeAll { $0.day <= day &- Self.kept }
    }
    today = Day(day: day)
  }

  private mutating func walk(_ handling: borrowing Handling) {
    let (begins, continues) = (handling.row.begins, handling.row.continues)
    guard continues != 0 else { return }
    let (owner, day) = (handling.owner.rawValue, handling.day)
    walks.removeAll { $0.last < day &- ($0.isDense ? Self.denseWalkDays : Self.walkDays) }
    guard let place = farthest(owner, from: begins, to: continues) else {
      // What has come least far makes room.
      if walks.count == Self.mostWalks,
        let least = walks.indices.min(by: {
          walks[$0].rank < walks[$1].rank
        })
      {
        walks.remove(at: least)
      }
      walks.append(
        Walk(
          owner: owner,
          begins: begins,
          continues: continues,
          first: day,
          last: day,
          records: handling.unexplainedCharge,
          bulk: handling.isBulk ? handling.unexplainedCharge : 0,
          hand: handling.account.rawValue
        )
      )
      return
    }
    if walks[place].continues == begins {
      walks[place].continues = continues
    } else {
      walks[place].begins = begins
    }
    walks[place].slices &+= 1
    if walks[place].last != day { walks[place].days &+= 1 }
    walks[place].last = day
    walks[place].records &+= handling.unexplainedCharge
    if handling.isBulk { walks[place].bulk &+= handling.unexplainedCharge }
    if walks[place].hand != handling.account.rawValue {
      walks[place].hand = handling.account.rawValue
      walks[place].handovers &+= 1
    }
    newestWalk = fuse(place)
  }

  /// The walk that a slice lies beside: of several, as chance has it, the one that has come farthest.
  private func farthest(_ owner: UInt32, from begins: UInt8, to continues: UInt8) -> Int? {
    var best: Int?
    for place in walks.indices where walks[place].owner == owner {
      guard walks[place].continues == begins || walks[place].begins == continues else { continue }
      if let held = best, walks[held].rank > walks[place].rank { continue }
      best = place
    }
    return best
  }

  /// A slice that fills the room between two walks makes them one; its place.
  ///
  /// With single records and what is past this would be chance: each has several on either side.
  private mutating func fuse(_ place: Int) -> Int {
    let walk = walks[place]
    let other = walks.indices.last {
      $0 != place && walks[$0].owner == walk.owner
        && (walks[$0].begins == walk.continues || walks[$0].continues == walk.begins)
        && walks[$0].records >= Self.leastSlice
        && (walks[$0].last == walk.last || walks[$0].slices >= 3 && walks[$0].isDense)
    }
    guard let other else { return place }
    walks[place].add(walks[other])
    walks.remove(at: other)
    return other < place ? place - 1 : place
  }

  /// Records of small reads in sequence today.
  var smallToday: Int64 { today.isSequence ? today.records &- today.bulk : 0 }

  /// Records read in sequence within so many days, today included, and on how many of them.
  func sequence(within days: Int32) -> LookUps.Sum {
    var sum = LookUps.Sum(records: 0, all: 0, days: 0, age: 0)
    func add(_ entry: Day) {
      sum.age = max(sum.age, today.day &- entry.day)
      sum.records += entry.records
      sum.bulk += entry.bulk
      sum.days += 1
    }
    if today.isSequence { add(today) }
    for entry in past where entry.day > today.day &- days { add(entry) }
    sum.all = sum.records
    return sum
  }

  /// On the same days, how often an account went on where another had stopped.
  func handovers(within days: Int32) -> Int64 {
    var count = today.isSequence ? Int64(today.handovers) : 0
    for entry in past where entry.day > today.day &- days { count += Int64(entry.handovers) }
    return count
  }

  /// Adds the same account's from another shard: days are added, of two walks both stay.
  mutating func merge(_ other: Stretches) {
    if other.today.day > today.day {
      var whole = other
      whole.merge(self)
      self = whole
      return
    }
    for entry in other.past + [other.today] where entry.day > .min {
      if entry.day == today.day {
        today.reads &+= entry.reads
        today.steps &+= entry.steps
        today.handovers &+= entry.handovers
        today.records &+= entry.records
        today.bulk &+= entry.bulk
      } else if let place = past.firstIndex(where: { $0.day == entry.day }) {
        past[place].reads &+= entry.reads
        past[place].steps &+= entry.steps
        past[place].handovers &+= entry.handovers
        past[place].records &+= entry.records
        past[place].bulk &+= entry.bulk
      } else if entry.isSequence {
        past.insert(entry, at: past.firstIndex { $0.day > entry.day } ?? past.count)
      }
    }
    past.removeAll { $0.day <= today.day &- Self.kept }
    walks += other.walks
    walks.sort { ($1.slices, $1.last, $0.owner) < ($0.slices, $0.last, $1.owner) }
    walks = Array(walks.prefix(Self.mostWalks))
  }

  static func == (left: Stretches, right: Stretches) -> Bool {
    var (first, second) = (StateWriter(), StateWriter())
    left.write(to: &first)
    right.write(to: &second)
    return first.bytes == second.bytes
  }

  func write(to writer: inout StateWriter) {
    Self.write(today, to: &writer)
    writer.write(UInt64(past.count))
    for entry in past { Self.write(entry, to: &writer) }
    writer.write(UInt64(walks.count))
    for walk in walks {
      for number in [walk.owner, UInt32(walk.begins), UInt32(walk.continues)] {
        writer.write(UInt64(number))
      }
      for number in [walk.slices, walk.days, walk.first, walk.last] {
        writer.write(Int64(number))
      }
      for number in [walk.records, walk.bulk] { writer.write(number) }
      writer.write(UInt64(walk.hand))
      writer.write(Int64(walk.handovers))
      writer.write(Int64(walk.reads))
    }
    writer.write(UInt64(owner))
    for number in [start, ends[0], ends[1], ends[2], ends[3], nextEnd & 3] {
      writer.write(UInt64(number))
    }
    for number in [lastHand, hands[0], hands[1], hands[2], hands[3]] {
      writer.write(UInt64(number))
    }
  }

  private static func write(_ day: Day, to writer: inout StateWriter) {
    for number in [day.day, day.reads, day.steps, day.handovers] { writer.write(Int64(number)) }
    for number in [day.records, day.bulk] { writer.write(number) }
  }

  init() {}

  /// What another kept of that day.
  init(of day: Int32, _ other: Stretches?) {
    guard let other, other.today.day == day else { return }
    self = other
    past = []
    walks.removeAll { $0.last != day }
    newestWalk = -1
  }

  init(from reader: inout StateReader) throws(StateError) {
    func number() throws(StateError) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    let hasHands = reader.version >= 8
    // What was not told apart was held to be small.
    func bulk() throws(StateError) -> Int64 { reader.version >= 10 ? try reader.signed() : 0 }
    func name() throws(StateError) -> UInt32 { UInt32(truncatingIfNeeded: try reader.unsigned()) }
    func mark() throws(StateError) -> UInt8 { UInt8(truncatingIfNeeded: try reader.unsigned()) }
    func day() throws(StateError) -> Day {
      var day = Day(day: try number())
      day.reads = try number()
      day.steps = try number()
      if hasHands { day.handovers = try number() }
      day.records = try reader.signed()
      day.bulk = try bulk()
      return day
    }
    today = try day()
    for _ in 0..<(try reader.count()) { past.append(try day()) }
    for _ in 0..<(try reader.count()) {
      walks.append(
        Walk(
          owner: try reader.owner(),
          begins: try mark(),
          continues: try mark(),
          slices: try number(),
          days: try number(),
          first: try number(),
          last: try number(),
          records: try reader.signed(),
          bulk: try bulk(),
          hand: hasHands ? try name() : 0,
          handovers: hasHands ? try number() : 0,
          // What was not counted is not dense.
          reads: reader.version >= 11 ? try number() : .max / 2
        )
      )
    }
    owner = try reader.owner()
    start = try mark()
    for place in 0..<4 { ends[place] = try mark() }
    nextEnd = try mark()
    guard hasHands else { return }
    lastHand = try name()
    for place in 0..<4 { hands[place] = try name() }
  }
}
