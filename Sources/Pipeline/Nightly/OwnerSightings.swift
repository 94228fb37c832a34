internal import Estate
internal import EventModel
internal import Storage

/// Which sources show whose records, and whose records each account opened: what a night adds to the
/// store for `coverage` and `inquire`.
///
/// Sets and spans alone, so that rows which wait over several nights may be seen again. Subjects are
/// kept only where the estate has a privacy key of its own. Memory: 24 bytes a source and owner, 64 KiB at
/// most for each account, owner and year that the night touches; an answer for each distinct object.
struct OwnerSightings: Sendable {
  private struct Reader: Hashable, Sendable {
    var account: UInt32
    var owner: Int32
    var year: Int32
  }

  private struct Draw: Sendable {
    var sample = SubjectSample()
    var fresh: [UInt32] = []

    mutating func settle() {
      sample.merge(fresh)
      fresh.removeAll(keepingCapacity: true)
    }
  }

  private let estate: DeclaredEstate
  private let lookup: EstateLookup
  private let keepsSubjects: Bool
  private var owners: [String] = []
  private var places: [String: Int32] = [:]
  /// Owners by object and stated owner.
  private var known: [UInt64: [Int32]] = [:]
  private static let knownLimit = 1 << 18
  private var spans: [UInt64: ClosedRange<Int64>] = [:]
  private var readers: [Reader: Int] = [:]
  private var draws: [Draw] = []
  /// The calendar year of the row before.
  private var year: (start: Int64, end: Int64, number: Int32) = (0, 0, 0)

  init(_ estate: DeclaredEstate) {
    self.estate = estate
    lookup = EstateLookup(estate)
    keepsSubjects = estate.subjectKey != nil
  }

  mutating func add(_ rows: [EventRow], _ names: NameTable) {
    for row in rows where row.operation.returnsRecords && !row.flags.contains(.catalogue) {
      let owners = owners(of: row, names)
      for owner in owners {
        let key = UInt64(row.source) << 32 | UInt64(UInt32(bitPattern: owner))
        let span = spans[key] ?? row.time...row.time
        if span.contains(row.time), spans[key] != nil { continue }
        spans[key] = min(span.lowerBound, row.time)...max(span.upperBound, row.time)
      }
      guard keepsSubjects, row.subject != 0, row.account != .none, let owner = owners.first
      else { continue }
      note(row, owner)
    }
  }

  private mutating func note(_ row: EventRow, _ owner: Int32) {
    if row.time < year.start || row.time >= year.end { turn(to: row.time) }
    let reader = Reader(account: row.account.rawValue, owner: owner, year: year.number)
    let place = readers[reader] ?? draws.count
    if place == draws.count {
      readers[reader] = place
      draws.append(Draw())
    }
    draws[place].fresh.append(SubjectSample.value(of: row.subject))
    if draws[place].fresh.count >= 4_096 { draws[place].settle() }
  }

  private mutating func turn(to time: Int64) {
    let number = CivilCalendar.date(ofDay: Timestamp(nanoseconds: time).dayNumber()).year
    func start(_ year: Int) -> Int64 {
      Timestamp(
        seconds: Int64(CivilCalendar.dayNumber(year: year, month: 1, day: 1)) * 86_400
      ).nanoseconds
    }
    year = (start(number), start(number + 1), Int32(number))
  }

  /// Whose records an event touches, as the engine resolves it.
  private mutating func owners(of row: EventRow, _ names: NameTable) -> [Int32] {
    let isStated = row.owner != .none
    let key = isStated ? UInt64(row.owner.rawValue) << 32 : UInt64(row.object.rawValue)
    if let found = known[key] { return found }
    var found: [String] = []
    if isStated {
      let name = names.text(of: row.owner)
      found = [lookup.owner(named: name).map { estate.owners[$0].name } ?? name]
    } else if row.object != .none {
      for part in names.bytes(of: row.object).split(separator: EventRow.objectSeparator) {
        guard let place = lookup.dataset(for: String(decoding: part, as: UTF8.self)),
          estate.datasets[place].holdsCustomerRecords, let owner = estate.datasets[place].owner
        else { continue }
        found.append(owner)
      }
      found = Set(found).sorted()
    }
    if known.count >= Self.knownLimit { known = [:] }
    let list = found.map { place(of: $0) }
    known[key] = list
    return list
  }

  private mutating func place(of owner: String) -> Int32 {
    if let place = places[owner] { return place }
    let place = Int32(clamping: owners.count)
    owners.append(owner)
    places[owner] = place
    return place
  }

  /// Adds all to the store.
  func keep(in store: Store, sources: [String], _ names: NameTable) throws(StoreError) {
    for (key, span) in spans.sorted(by: { $0.key < $1.key }) {
      let (source, owner) = (Int(key >> 32), Int(key & 0xFFFF_FFFF))
      guard source < sources.count else { continue }
      try store.widen(source: sources[source], owner: Array(owners[owner].utf8), span)
    }
    let ordered = readers.sorted {
      ($0.key.owner, $0.key.account, $0.key.year) < ($1.key.owner, $1.key.account, $1.key.year)
    }
    for (reader, place) in ordered {
      var draw = draws[place]
      draw.settle()
      try store.add(
        draw.sample.values,
        owner: Array(owners[Int(reader.owner)].utf8),
        account: names.bytes(of: NameID(rawValue: reader.account)),
        year: Int(reader.year)
      )
    }
  }
}
