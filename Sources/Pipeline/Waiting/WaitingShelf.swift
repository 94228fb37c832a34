internal import EventModel
internal import Storage

/// Where runs of rows that wait lie: in the store, or, until the night that made them is whole, in a file without a name.
///
/// One user at a time: a night, or the scan that it waits for; a watch between its rounds. Memory: 16 bytes a run of
/// tonight.
final class WaitingShelf: @unchecked Sendable {
  /// How much goes where.
  struct Limits: Sendable {
    /// Rows of a run.
    var run = 1 << 16
    /// Rows that wait in memory while a night reads.
    var inMemory = 1 << 20
    /// Runs with fewer rows than an eighth are put together again when there are so many of them.
    var small = 64
    /// The folder of the file without a name; `nil`: the system's.
    var folder: String?
  }

  /// How many rows were written and read, for tests.
  struct Work: Equatable, Sendable {
    var packed = 0
    var unpacked = 0
  }

  let limits: Limits
  let sources: [String]
  private let store: Store?
  private var file: TemporaryFile?
  private var size: Int64 = 0
  private var places: [Int64: (offset: Int64, count: Int)] = [:]
  /// What could not be read or written: nothing that was judged since counts.
  private(set) var problem: (any Error)?
  private(set) var work = Work()

  /// `sources` are what `EventRow.source` counts.
  init(_ store: Store?, sources: [String], limits: Limits = Limits()) {
    (self.store, self.sources, self.limits) = (store, sources, limits)
  }

  /// Keeps a run of tonight.
  func keep(_ rows: [EventRow], as id: Int64, _ names: NameTable) {
    guard problem == nil else { return }
    let pack = RowPack.pack(rows, names: names, sources: sources)
    work.packed += rows.count
    do throws(ScanError) {
      let file = try made()
      var failure: ScanError?
      pack.withUnsafeBytes { bytes in
        do throws(ScanError) { try file.write(bytes, at: size) } catch { failure = error }
      }
      if let failure { throw failure }
      places[id] = (size, pack.count)
      size += Int64(pack.count)
    } catch {
      problem = error
    }
  }

  private func made() throws(ScanError) -> TemporaryFile {
    if let file { return file }
    let made = try TemporaryFile(in: limits.folder)
    file = made
    return made
  }

  /// A run as it is packed.
  func pack(_ id: Int64) throws -> [UInt8] {
    guard let place = places[id], let file else {
      guard let pack = try store?.heldRun(id) else { throw missing(id) }
      return pack
    }
    var failure: ScanError?
    let pack = [UInt8](unsafeUninitializedCapacity: place.count) { bytes, count in
      do throws(ScanError) {
        try file.read(UnsafeMutableRawBufferPointer(bytes), at: place.offset)
        count = place.count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return pack
  }

  /// The rows of a run, in order, with ids of `names`, which gains theirs; none where it cannot be read.
  func rows(of run: WaitingRun, _ names: inout NameTable) -> [EventRow] {
    guard problem == nil else { return [] }
    do {
      var rows = try RowPack.unpack(try pack(run.id), names: &names, sources: sources)
      work.unpacked += rows.count
      // Of one time and text, the order of the sources counts, which may be declared in another one by now.
      RowOrder.sort(&rows, names)
      guard rows.count == run.count, rows.first?.time == run.first, rows.last?.time == run.last
      else { throw missing(run.id) }
      return rows
    } catch {
      problem = error
      return []
    }
  }

  private func missing(_ id: Int64) -> StoreError {
    StoreError(
      .notAStore,
      "\(store?.path ?? ""): rows that wait (run \(id)) are gone or damaged; bring back a copy"
    )
  }
}
