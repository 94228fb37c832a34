internal import EventModel

/// What is kept of one host: what was gathered there, what waits to be judged.
///
/// Memory: at most 256 exports, 256 flows, 1,024 reads and 31 days, about 100 KB; of most hosts nothing.
struct HostState: Sendable {
  /// An event that may matter later.
  struct Mark: Sendable, Hashable {
    var time: Int64
    var account: NameID
    var place: FindingState.Place
    var isSpecial = false
  }

  /// Unexplained exports of an account on a day.
  struct Gathered: Sendable, Hashable {
    var day: Int32
    var account: NameID
    var time: Int64
    var low: Int64
    var charge: Int64
    var reads: Int64
    var place: FindingState.Place
  }

  struct Flow: Sendable, Hashable {
    var time: Int64
    var bytes: Int64
    var place: FindingState.Place
  }

  struct Read: Sendable, Hashable {
    var time: Int64
    /// What is left of it to explain bytes with.
    var bytes: Int64
  }

  struct Excess: Sendable, Hashable {
    var day: Int64
    var bytes: Int64
  }

  static let mostGathered = 256
  static let mostFlows = 256
  static let mostReads = 1_024

  /// The audit was stopped here by nobody named, and has not begun again; `isSpecial`: the host has told
  /// of itself since, first at the time that its place's charge holds.
  var stop: Mark?
  /// Files packed last; `isSpecial`: a database dumped last.
  var packed: Mark?
  /// A storage device that waits for its other lines; `isSpecial`: one of them is of a registered one.
  var device: Mark?
  /// The last unregistered one that was judged, or (`isSpecial`) the last copy away.
  var removal: Mark?
  var gathered: [Gathered] = []
  var flows: [Flow] = []
  var reads: [Read] = []
  var excess: [Excess] = []
  /// When something that waits can be judged.
  var due = Int64.max

  /// Adds a state of the same host from another shard.
  mutating func merge(_ other: HostState) {
    stop = Self.later(stop, other.stop)
    packed = Self.later(packed, other.packed)
    device = Self.later(device, other.device)
    removal = Self.later(removal, other.removal)
    gathered = (gathered + other.gathered).sorted { $0.time < $1.time }.suffix(Self.mostGathered)
    flows = (flows + other.flows).sorted { $0.time < $1.time }.suffix(Self.mostFlows)
    reads = (reads + other.reads).sorted { $0.time < $1.time }.suffix(Self.mostReads)
    for entry in other.excess {
      if let place = excess.firstIndex(where: { $0.day == entry.day }) {
        excess[place].bytes += entry.bytes
      } else {
        excess.append(entry)
      }
    }
    excess.sort { $0.day < $1.day }
    due = min(due, other.due)
  }

  private static func later(_ left: Mark?, _ right: Mark?) -> Mark? {
    guard let left, let right else { return left ?? right }
    return left.time >= right.time ? left : right
  }

  func write(to writer: inout StateWriter) {
    for mark in [stop, packed, device, removal] {
      writer.write(UInt64(mark == nil ? 0 : 1))
      guard let mark else { continue }
      writer.write(mark.time)
      writer.write(UInt64(mark.account.rawValue))
      mark.place.write(to: &writer)
      writer.write(UInt64(mark.isSpecial ? 1 : 0))
    }
    writer.write(UInt64(gathered.count))
    for entry in gathered {
      writer.write(Int64(entry.day))
      writer.write(UInt64(entry.account.rawValue))
      for number in [entry.time, entry.low, entry.charge, entry.reads] { writer.write(number) }
      entry.place.write(to: &writer)
    }
    writer.write(UInt64(flows.count))
    for flow in flows {
      writer.write(flow.time)
      writer.write(flow.bytes)
      flow.place.write(to: &writer)
    }
    writer.write(UInt64(reads.count))
    for read in reads {
      writer.write(read.time)
      writer.write(read.bytes)
    }
    writer.write(UInt64(excess.count))
    for entry in excess {
      writer.write(entry.day)
      writer.write(entry.bytes)
    }
    writer.write(due)
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    var marks: [Mark?] = []
    for _ in 0..<4 {
      guard try reader.unsigned() == 1 else {
        marks.append(nil)
        continue
      }
      let time = try reader.signed()
      let account = NameID(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
      let place = try FindingState.Place(from: &reader)
      let isSpecial = try reader.unsigned() == 1
      marks.append(Mark(time: time, account: account, place: place, isSpecial: isSpecial))
    }
    (stop, packed, device, removal) = (marks[0], marks[1], marks[2], marks[3])
    for _ in 0..<(try reader.count()) {
      let day = Int32(truncatingIfNeeded: try reader.signed())
      let account = NameID(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
      let (time, low) = (try reader.signed(), try reader.signed())
      let (charge, reads) = (try reader.signed(), try reader.signed())
      gathered.append(
        Gathered(
          day: day,
          account: account,
          time: time,
          low: low,
          charge: charge,
          reads: reads,
          place: try FindingState.Place(from: &reader)
        )
      )
    }
    for _ in 0..<(try reader.count()) {
      let (time, bytes) = (try reader.signed(), try reader.signed())
      flows.append(Flow(time: time, bytes: bytes, place: try FindingState.Place(from: &reader)))
    }
    for _ in 0..<(try reader.count()) {
      reads.append(Read(time: try reader.signed(), bytes: try reader.signed()))
    }
    for _ in 0..<(try reader.count()) {
      excess.append(Excess(day: try reader.signed(), bytes: try reader.signed()))
    }
    due = try reader.signed()
  }
}

extension FindingState.Place {
  func write(to writer: inout StateWriter) {
    writer.write(charge)
    writer.write(time)
    writer.write(digest)
    writer.write(offset)
    writer.write(UInt64(line))
    writer.write(UInt64(length))
    writer.write(UInt64(file))
  }

  init(from reader: inout StateReader) throws(StateError) {
    charge = try reader.signed()
    time = try reader.signed()
    digest = try reader.unsigned()
    offset = try reader.signed()
    line = UInt32(truncatingIfNeeded: try reader.unsigned())
    length = UInt32(truncatingIfNeeded: try reader.unsigned())
    file = UInt32(truncatingIfNeeded: try reader.unsigned())
  }
}

/// The hosts of which something is kept, by the name of their terminal.
struct HostBook: Sendable {
  /// Hosts at most; of others nothing is kept.
  static let mostHosts = 1 << 16

  private(set) var names: [UInt32] = []
  var states: [HostState] = []
  private var places: [UInt32: Int] = [:]
  /// When the first of them has something to judge.
  var due = Int64.max

  /// The place of a host; `nil`: there are too many.
  mutating func place(of terminal: NameID) -> Int? {
    if let known = places[terminal.rawValue] { return known }
    guard terminal != .none, states.count < Self.mostHosts else { return nil }
    places[terminal.rawValue] = states.count
    names.append(terminal.rawValue)
    states.append(HostState())
    return states.count - 1
  }

  mutating func merge(_ other: HostBook) {
    for (index, name) in other.names.enumerated() {
      if let place = place(of: NameID(rawValue: name)) { states[place].merge(other.states[index]) }
    }
    due = min(due, other.due)
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(states.count))
    for (name, state) in zip(names, states) {
      writer.write(UInt64(name))
      state.write(to: &writer)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let name = UInt32(truncatingIfNeeded: try reader.unsigned())
      places[name] = states.count
      names.append(name)
      states.append(try HostState(from: &reader))
    }
    due = states.map(\.due).min() ?? .max
  }
}
