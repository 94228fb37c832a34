internal import Detection
internal import Estate
internal import EventModel
internal import Ingest
internal import Storage

/// Who asks, where it matters whether it is the program and the estate of the last night.
public struct ExtractBasis: Sendable {
  /// Name and version of the program.
  public var program: String
  /// SHA-256 of the estate file and its registers.
  public var estateDigest: [UInt8]

  public init(program: String, estateDigest: [UInt8]) {
    self.program = program
    self.estateDigest = estateDigest
  }
}

/// The engine as the last night left it, restored when it is first asked for, and once.
final class StoredEngine {
  private let store: Store
  private let estate: DeclaredEstate
  private let basis: ExtractBasis?
  private var found: Found?
  private var extracted: EngineExtract??

  enum Found {
    /// No night has left a state.
    case none
    case engine(DetectionEngine)
    /// The state is of a version that this one cannot read.
    case unreadable
  }

  init(_ store: Store, _ estate: DeclaredEstate, basis: ExtractBasis? = nil) {
    self.store = store
    self.estate = estate
    self.basis = basis
  }

  /// What the last night laid beside the state; `nil`: it has to be asked itself.
  func extract() throws(StoreError) -> EngineExtract? {
    guard let basis else { return nil }
    if let extracted { return extracted }
    let found = try EngineExtract(store, estate: basis.estateDigest, program: basis.program)
    extracted = .some(found)
    return found
  }

  func restored() throws -> Found {
    if let found { return found }
    let result = try restore()
    found = result
    return result
  }

  /// All that is settled, and what waits.
  private func restore() throws -> Found {
    guard let state = try store.storedValue(NightMemory.engineValue) else { return .none }
    let scan = BatchScan(estate: estate, options: ScanOptions(paths: []))
    let detectors = try KeptDetectors(store)?.all
    var engine: DetectionEngine
    do throws(StateError) {
      engine = try DetectionEngine(
        restoring: StateReader(length: state.length, next: state.nextOrNone),
        estate: BatchScan.hashingCanaries(of: estate),
        sources: scan.sources,
        detectors: nil,
        keptBy: detectors
      )
    } catch {
      if let problem = state.problem { throw problem }
      return .unreadable
    }
    try applyWaiting(to: &engine, scan.sourceKeys)
    // What waits for other lines of the same statement or act is counted, too.
    _ = engine.finishList(coverage: Coverage())
    return .engine(engine)
  }

  /// A block at a time: there may be more of them than memory holds.
  private func applyWaiting(to engine: inout DetectionEngine, _ sources: [String]) throws {
    guard let held = try store.value(NightMemory.heldValue) else { return }
    var names = NameTable()
    guard !WaitingIndex.isPack(held) else {
      let rows = try RowPack.unpack(held, names: &names, sources: sources)
      return engine.apply(rows, names: names)
    }
    let waiting = WaitingRows(try WaitingIndex(held), WaitingShelf(store, sources: sources))
    var cursor = WaitingCursor(after: try store.lastNight()?.settled ?? .min)
    while let rows = cursor.next(upTo: .max, of: waiting, &names) {
      engine.apply(rows, names: names)
    }
    if let problem = waiting.shelf.problem { throw problem }
  }

  /// The first day that is in no ledger yet.
  func firstOpenDay() throws -> Int? { try store.setting("ledger-day").flatMap { Int($0) } }

  /// Which detectors judged a store that are no more, and which did not; `nil`: those of this version judged.
  static func difference(of store: Store) throws(StoreError) -> StoreDifference? {
    try KeptDetectors(store)?.difference(now: KeptDetectors(chosen: nil))
  }
}
