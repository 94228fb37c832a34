/// What every actor has handled, by key.
///
/// Every bulk read asks it two or three times: keys are hashed by two multiplications, and states
/// are changed where they lie. Nobody is ever let go.
struct ActorBook: Sendable {
  private var index = HashIndex()
  private var keys: [ActorKey] = []
  private var states: [ActorState] = []

  var count: Int { keys.count }

  /// The state of an actor; one not met yet starts empty once it is changed.
  subscript(key: ActorKey) -> ActorState {
    get { place(of: key).map { states[$0] } ?? ActorState() }
    _modify {
      let place = place(of: key) ?? add(key)
      yield &states[place]
    }
  }

  /// In order of key.
  var entries: [(key: ActorKey, value: ActorState)] {
    keys.indices.sorted { keys[$0] < keys[$1] }.map { (keys[$0], states[$0]) }
  }

  func entries(
    where isWanted: (ActorKey, ActorState) -> Bool
  ) -> [(key: ActorKey, value: ActorState)] {
    keys.indices.filter { isWanted(keys[$0], states[$0]) }.map { (keys[$0], states[$0]) }
  }

  @inline(__always)
  private static func hash(_ key: ActorKey) -> UInt64 {
    HashIndex.hash(UInt64(key.kind.rawValue) << 32 | UInt64(key.name), UInt64(key.terminal))
  }

  @inline(__always)
  private func place(of key: ActorKey) -> Int? {
    index.place(Self.hash(key)) { keys[$0] == key }
  }

  /// What is asked of memory for an actor, one after the other: each needs what the one before has brought.
  enum Step { case slot, state, owners }

  /// Asks memory ahead for what booking a read for an actor will touch.
  @inline(__always)
  func prefetch(_ key: ActorKey, _ step: Step) {
    if step == .slot { return index.prefetch(Self.hash(key)) }
    // Half a hash is enough to ask: the key itself would have to be waited for.
    guard let place = index.place(Self.hash(key), where: { _ in true }) else { return }
    if step == .state {
      keys.withUnsafeBufferPointer { keys in
        if let first = keys.baseAddress { prefetchLine(first + place) }
      }
    }
    states.withUnsafeBufferPointer { states in
      guard let first = states.baseAddress else { return }
      let state = first + place
      switch step {
      case .slot: return
      case .state: ActorState.prefetch(state)
      case .owners: ActorState.prefetchOwners(state)
      }
    }
  }

  @inline(never)
  private mutating func add(_ key: ActorKey) -> Int {
    let place = keys.count
    keys.append(key)
    states.append(ActorState())
    index.add(place, hash: Self.hash(key)) { Self.hash(keys[$0]) }
    return place
  }
}
