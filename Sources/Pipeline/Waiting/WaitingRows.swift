internal import EventModel
internal import Storage

/// Rows that wait to be judged, in sorted runs that lie on disk.
///
/// Rows of a run that are settled by now stay in it until all of it is. Memory: 32 bytes a run.
struct WaitingRows: Sendable {
  let shelf: WaitingShelf
  /// In order of their first rows.
  private(set) var runs: [WaitingRun] = []
  /// Changes with every run that comes or goes.
  private(set) var stamp = 0
  private var next: Int64 = 1
  /// Runs of tonight, and those of the store that are to go.
  private var fresh: Set<Int64> = []
  private var gone: Set<Int64> = []

  /// Whether there are none.
  var isEmpty: Bool { runs.isEmpty }
  /// How many there are, with those of their runs that are settled.
  var count: Int { runs.reduce(0) { $0 + $1.count } }

  init(_ index: WaitingIndex, _ shelf: WaitingShelf) {
    (runs, next, self.shelf) = (index.runs, index.next, shelf)
  }

  /// Adds rows in order, with ids of `names`.
  mutating func add(_ rows: some Collection<EventRow>, _ names: NameTable) {
    var rest = rows[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(shelf.limits.run))
      rest = rest.dropFirst(part.count)
      guard let first = part.first, let last = part.last else { break }
      let run = WaitingRun(id: next, first: first.time, last: last.time, count: part.count)
      shelf.keep(part, as: run.id, names)
      let place = runs.firstIndex { $0.first > run.first } ?? runs.count
      runs.insert(run, at: place)
      fresh.insert(run.id)
      next += 1
      stamp += 1
    }
  }

  /// Takes out runs that are so many and so small that one is better; their rows in order, later than `bound`.
  mutating func takeSmall(after bound: Int64, _ names: inout NameTable) -> [EventRow] {
    let few = runs.filter { $0.count < shelf.limits.run / 8 }
    guard few.count >= shelf.limits.small else { return [] }
    var rows: [EventRow] = []
    for run in few { rows += shelf.rows(of: run, &names).lazy.filter { $0.time > bound } }
    RowOrder.sort(&rows, names)
    remove(Set(few.map(\.id)))
    return rows
  }

  /// Lets go the runs of which all rows are settled.
  mutating func settle(_ bound: Int64) {
    remove(Set(runs.lazy.filter { $0.last <= bound }.map(\.id)))
  }

  private mutating func remove(_ ids: Set<Int64>) {
    guard !ids.isEmpty else { return }
    runs.removeAll { ids.contains($0.id) }
    gone.formUnion(ids.subtracting(fresh))
    fresh.subtract(ids)
    stamp += 1
  }

  /// Puts what is new into the store, and takes out what has gone.
  func keep(in store: Store) throws(StoreError) {
    for id in gone.sorted() { try store.removeHeldRun(id) }
    for id in fresh.sorted() {
      do {
        try store.addHeldRun(id, try shelf.pack(id))
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError(.unusable, "\(error)")
      }
    }
    var index = WaitingIndex()
    (index.runs, index.next) = (runs, next)
    try store.setValue(NightMemory.heldValue, index.bytes)
  }
}
