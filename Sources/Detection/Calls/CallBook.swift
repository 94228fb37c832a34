internal import Estate
internal import EventModel

/// Who was in which telephone call, and the look-ups of which it is not known yet.
///
/// Fed in order of time by records of calls, whose time is the beginning of the call. So whoever looks a
/// record up during a call, or shortly after it, is known to have been in one. Of another look-up nothing is
/// known until the next call of that source begins, anybody's: before it the records may have ended. It waits
/// until then; it had no call where that one begins within `quiet` of the last, so that the source was at
/// work all the time, and where no call of its own account begins within `before`.
///
/// Memory: 40 bytes for each of 65,536 parties, 140 for each of 16,384 look-ups that wait.
struct CallBook: Sendable {
  /// The latest calls of one party.
  struct Line: Sendable, Equatable, BitwiseCopyable {
    /// When its latest call began, and when the last of its calls ended.
    var begin: Int64
    var end: Int64
    /// The source that told the latest one.
    var source: Int32
    /// Look-ups that the latest call explains.
    var lookUps: Int64
  }

  /// An account, a person or a terminal.
  struct Party: Sendable, Hashable, BitwiseCopyable, Comparable {
    enum Kind: UInt8, Sendable { case account, person, terminal }
    var kind: Kind
    var name: UInt32

    static func < (left: Self, right: Self) -> Bool {
      (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
    }
  }

  struct Waiting: Sendable {
    var row: EventRow
    /// Whose call it may have been for.
    var parties: [Party]
  }

  /// What records of calls say of a look-up.
  enum Verdict: Equatable {
    /// No source of calls tells of this account at this time.
    case unknown
    case accompanied
    /// In no call so far; the source that will tell.
    case waits(Int32)
  }

  /// The look-ups that a call decides.
  struct Decided {
    var accompanied: [EventRow] = []
    var alone: [EventRow] = []
  }

  /// A night, a long weekend: a source without a call for longer was not at work.
  static let quiet: Int64 = 4 * 86_400_000_000_000
  /// A party of which the estate declares no extension is known for so long after its latest call: a
  /// fortnight's leave.
  static let familiar: Int64 = 14 * 86_400_000_000_000
  /// A record that tells of a longer call is not believed.
  static let longest: Int64 = 4 * 3_600_000_000_000
  static let mostParties = 1 << 16
  static let mostWaiting = 1 << 14

  private var lines: [Party: Line] = [:]
  /// When the latest call of each source began.
  private var sources: [Int32: Int64] = [:]
  /// By source, in order of time.
  private var waiting: [Int32: [Waiting]] = [:]

  var isEmpty: Bool { sources.isEmpty }

  /// Notes a call of some parties and gives the look-ups that it decides.
  mutating func note(
    _ parties: [Party],
    from begin: Int64,
    length: Int64,
    source: Int32,
    _ policy: CallPolicy
  ) -> Decided {
    var decided = Decided()
    let end = begin &+ min(max(0, length), Self.longest)
    for party in parties {
      var line = lines[party] ?? Line(begin: .min, end: .min, source: source, lookUps: 0)
      guard lines[party] != nil || lines.count < Self.mostParties else { continue }
      // Two records of one call give it no second measure.
      if begin > line.begin { (line.begin, line.lookUps) = (begin, 0) }
      (line.end, line.source) = (max(line.end, end), source)
      lines[party] = line
    }
    let earliest = begin &- policy.before &* Timestamp.nanosecondsPerSecond
    let bounds = begin.subtractingReportingOverflow(sources[source] ?? begin)
    let wasAtWork = !bounds.overflow && bounds.partialValue <= Self.quiet
    sources[source] = max(sources[source] ?? begin, begin)
    for place in waiting.keys.sorted() {
      takeOwn(of: parties, since: earliest, place, policy, &decided)
    }
    guard var queue = waiting[source] else { return decided }
    let ripe = queue.prefix { $0.row.time < earliest }.count
    if wasAtWork { decided.alone += queue.prefix(ripe).map(\.row) }
    queue.removeFirst(ripe)
    waiting[source] = queue.isEmpty ? nil : queue
    return decided
  }

  /// Who opens a record and then dials has looked it up for that call.
  private mutating func takeOwn(
    of parties: [Party],
    since earliest: Int64,
    _ source: Int32,
    _ policy: CallPolicy,
    _ decided: inout Decided
  ) {
    guard var queue = waiting[source] else { return }
    var place = queue.count
    while place > 0, queue[place - 1].row.time >= earliest {
      place -= 1
      guard let party = queue[place].parties.first(where: parties.contains),
        lines[party]?.lookUps ?? .max < policy.records
      else { continue }
      for party in queue[place].parties { lines[party]?.lookUps += 1 }
      decided.accompanied.append(queue.remove(at: place).row)
    }
    waiting[source] = queue.isEmpty ? nil : queue
  }

  /// Whether a look-up is for a call.
  ///
  /// `isDeclared`: the estate says by which extension one of the parties telephones.
  mutating func verdict(
    on parties: [Party],
    isDeclared: Bool,
    at time: Int64,
    _ policy: CallPolicy
  ) -> Verdict {
    var newest: Line?
    var isAccompanied = false
    for party in parties {
      guard let line = lines[party] else { continue }
      if line.begin > newest?.begin ?? .min { newest = line }
      let end = line.end &+ policy.after &* Timestamp.nanosecondsPerSecond
      guard time <= end, line.lookUps < policy.records else { continue }
      lines[party]?.lookUps += 1
      isAccompanied = true
    }
    if isAccompanied { return .accompanied }
    var source = newest?.source
    if let newest, !isDeclared, time &- newest.begin > Self.familiar { return .unknown }
    // Which of several exchanges somebody telephones by only a call tells.
    if source == nil, isDeclared, sources.count == 1 { source = sources.keys.first }
    guard let source, let latest = sources[source], time &- latest <= Self.quiet else {
      return .unknown
    }
    return .waits(source)
  }

  /// Keeps a look-up until the source tells; of too many the oldest stay unknown.
  mutating func wait(_ row: EventRow, _ parties: [Party], for source: Int32) {
    var queue = waiting[source] ?? []
    if queue.count >= Self.mostWaiting { queue.removeFirst() }
    let place = queue.lastIndex { ($0.row.time, $0.row.digest) <= (row.time, row.digest) } ?? -1
    queue.insert(Waiting(row: row, parties: parties), at: place + 1)
    waiting[source] = queue
  }

  /// Adds what another shard noted, in the same names.
  mutating func merge(_ other: Self) {
    for (party, line) in other.lines.sorted(by: { $0.key < $1.key }) {
      guard let own = lines[party] else {
        if lines.count < Self.mostParties { lines[party] = line }
        continue
      }
      let isNewer = (own.begin, own.source) < (line.begin, line.source)
      var merged = isNewer ? line : own
      merged.end = max(own.end, line.end)
      if own.begin == line.begin { merged.lookUps = own.lookUps + line.lookUps }
      lines[party] = merged
    }
    sources.merge(other.sources) { max($0, $1) }
    for (source, entries) in other.waiting.sorted(by: { $0.key < $1.key }) {
      for entry in entries { wait(entry.row, entry.parties, for: source) }
    }
  }

  // MARK: State

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(lines.count))
    for (party, line) in lines.sorted(by: { $0.key < $1.key }) {
      Self.write(party, to: &writer)
      for number in [line.begin, line.end, Int64(line.source), line.lookUps] {
        writer.write(number)
      }
    }
    writer.write(UInt64(sources.count))
    for (source, latest) in sources.sorted(by: { $0.key < $1.key }) {
      writer.write(Int64(source))
      writer.write(latest)
    }
    writer.write(UInt64(waiting.count))
    for (source, entries) in waiting.sorted(by: { $0.key < $1.key }) {
      writer.write(Int64(source))
      writer.write(UInt64(entries.count))
      for entry in entries {
        entry.row.write(to: &writer)
        writer.write(UInt64(entry.parties.count))
        for party in entry.parties { Self.write(party, to: &writer) }
      }
    }
  }

  private static func write(_ party: Party, to writer: inout StateWriter) {
    writer.write(UInt64(party.kind.rawValue))
    writer.write(UInt64(party.name))
  }

  init() {}

  init(from reader: inout StateReader, nameCount: Int) throws(StateError) {
    func party() throws(StateError) -> Party {
      let kind = Party.Kind(rawValue: UInt8(truncatingIfNeeded: try reader.unsigned()))
      let name = try reader.unsigned()
      guard let kind, name < UInt64(nameCount) else { throw StateError(offset: 0) }
      return Party(kind: kind, name: UInt32(truncatingIfNeeded: name))
    }
    func source() throws(StateError) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    for _ in 0..<(try reader.count()) {
      lines[try party()] = Line(
        begin: try reader.signed(),
        end: try reader.signed(),
        source: try source(),
        lookUps: try reader.signed()
      )
    }
    for _ in 0..<(try reader.count()) {
      let source = try source()
      sources[source] = try reader.signed()
    }
    for _ in 0..<(try reader.count()) {
      let source = try source()
      var entries: [Waiting] = []
      for _ in 0..<(try reader.count()) {
        let row = try EventRow(from: &reader)
        guard row.account.rawValue < UInt32(nameCount), row.object.rawValue < UInt32(nameCount),
          row.terminal.rawValue < UInt32(nameCount), row.owner.rawValue < UInt32(nameCount)
        else { throw StateError(offset: 0) }
        var parties: [Party] = []
        for _ in 0..<(try reader.count()) { parties.append(try party()) }
        entries.append(Waiting(row: row, parties: parties))
      }
      waiting[source] = entries
    }
  }
}
