/// The numbered lines of all files of a source: whether its clock went back, and which lines are not
/// there.
///
/// What it tells depends on which lines there are, not on their order or files: a number and the
/// next one there is, of one session, with an earlier time; numbers between the first and the last that
/// no line has. A number with two times says nothing of the clock. Only where a restart gives numbers
/// again (`SerialRuns.Counter.restarting`) the order of the lines within a file counts.
///
/// Memory: some 100 bytes a session, and some ten for each run beside its latest. Of a source with more
/// than half a million sessions or two million such runs nothing is told, and of more than 65,536 gaps
/// neither how many nor where; that is told.
public struct SerialBook: Sendable {
  static let mostSessions = 1 << 19
  public static let mostRuns = 1 << 21
  /// Gaps that are told.
  public static let mostGaps = 1 << 16
  /// A number that falls by more is that of a counter begun anew, not of a line out of order.
  static let disorder: Int64 = 4_096
  /// Runs that are looked up at once: one after the other, each would wait for memory.
  private static let stretch = 32

  /// Nearly every session is one run; a line of the cache.
  struct Known: Sendable, BitwiseCopyable {
    var run: SerialRuns.Run
    /// Place of its further runs; -1: none.
    var rest: Int32 = -1
    /// Whence the run is, where that counts.
    var file: Int32
  }

  /// In the order in which they came.
  private(set) var sessions: [Known] = []
  private var places = PlaceTable()
  private var rests: [PackedRuns] = []
  /// Runs beside the latest of each session.
  private var count = 0
  private(set) var stepsWithinFiles: Int64 = 0
  /// Whether there were too many to follow.
  public private(set) var isOverfull = false

  private let mostRuns: Int

  /// `mostRuns`: runs beside the latest of each session that are followed.
  public init(mostRuns: Int = Self.mostRuns) { self.mostRuns = mostRuns }

  /// A book that was kept.
  init(steps: Int64, isOverfull: Bool) {
    mostRuns = Self.mostRuns
    stepsWithinFiles = steps
    self.isOverfull = isOverfull
  }

  /// Adds the runs of the next chunk of a file, in the order of the file.
  public mutating func add(_ runs: [SerialRuns.Run], file: Int) {
    runs.withUnsafeBufferPointer { runs in
      guard let first = runs.baseAddress else { return }
      var start = 0
      while start < runs.count, !isOverfull {
        let count = min(Self.stretch, runs.count - start)
        add(first + start, count, file: Int32(truncatingIfNeeded: file))
        start += count
      }
    }
  }

  private mutating func add(
    _ runs: UnsafePointer<SerialRuns.Run>,
    _ count: Int,
    file: Int32
  ) {
    var found = InlineArray<32, Int>(repeating: -1)
    for index in 0..<count { found[index] = places[Self.key(runs[index].session)] ?? -1 }
    var index = 0
    while index < count, !isOverfull {
      index = sessions.withUnsafeMutableBufferPointer { sessions in
        guard let sessions = sessions.baseAddress else { return index }
        var index = index
        while index < count, found[index] >= 0 {
          guard runs[index].counter != .restarting else { break }
          let goesOn = withUnsafeMutablePointer(to: &sessions[found[index]].run) {
            SerialRuns.Run.extend($0, by: runs + index)
          }
          if !goesOn { break }
          index &+= 1
        }
        return index
      }
      if index < count {
        add(runs[index], file: file)
        index += 1
      }
    }
  }

  private static func key(_ session: UInt64) -> UInt64 { max(1, session) }

  /// One that may begin a session or go on with none.
  private mutating func add(_ run: SerialRuns.Run, file: Int32) {
    guard let place = places[Self.key(run.session)] else {
      guard sessions.count < Self.mostSessions else { return giveUp() }
      places.set(Self.key(run.session), to: sessions.count)
      sessions.append(Known(run: run, file: file))
      return
    }
    guard run.counter == sessions[place].run.counter else { return setAside(run, place) }
    if run.counter == .restarting { return addRestarting(run, place, file: file) }
    if sessions[place].run.extend(by: run) { return }
    let previous = sessions[place].run
    sessions[place].run = run
    setAside(previous, place)
  }

  private mutating func addRestarting(_ run: SerialRuns.Run, _ place: Int, file: Int32) {
    if sessions[place].file == file {
      if sessions[place].run.extend(by: run) { return }
      if run.firstNumber > sessions[place].run.lastNumber { stepsWithinFiles += 1 }
    }
    (sessions[place].run, sessions[place].file) = (run, file)
  }

  private mutating func setAside(_ run: SerialRuns.Run, _ place: Int) {
    if sessions[place].rest < 0 {
      sessions[place].rest = Int32(truncatingIfNeeded: rests.count)
      rests.append(PackedRuns(session: run.session))
    }
    let rest = Int(sessions[place].rest)
    rests[rest].append(run)
    count += 1
    if !rests[rest].isInOrder, rests[rest].count >= rests[rest].most { gather(place) }
    guard count > mostRuns else { return }
    // Lines out of order make runs that are none once all of them are there.
    for place in sessions.indices where sessions[place].rest >= 0 { gather(place) }
    if count > mostRuns / 2 { giveUp() }
  }

  private mutating func giveUp() {
    isOverfull = true
    (sessions, rests, places, count) = ([], [], PlaceTable(), 0)
  }

  /// All runs of a session.
  func runs(of known: Known) -> [SerialRuns.Run] {
    (known.rest < 0 ? [] : rests[Int(known.rest)].runs) + [known.run]
  }

  /// Puts the runs of a session together whose lines came out of order.
  private mutating func gather(_ place: Int) {
    let all = Self.gathered(runs(of: sessions[place]))
    guard let last = all.last else { return }
    let rest = Int(sessions[place].rest)
    count -= rests[rest].count
    rests[rest] = PackedRuns(session: last.session, all.dropLast())
    count += rests[rest].count
    sessions[place].run = last
  }

  /// Runs that say the same: what goes on without a gap is one.
  private static func gathered(_ runs: [SerialRuns.Run]) -> [SerialRuns.Run] {
    var result: [SerialRuns.Run] = []
    for run in runs.sorted(by: PackedRuns.precedes) {
      if let last = result.last, last == run { continue }
      if result.isEmpty || !result[result.count - 1].extend(by: run) { result.append(run) }
    }
    return result
  }

  /// Adds what another book has of further chunks.
  public mutating func merge(_ other: Self) {
    if other.isOverfull { giveUp() }
    stepsWithinFiles += other.stepsWithinFiles
    for known in other.sessions { add(other.runs(of: known), file: Int(known.file)) }
  }

  /// Adds a run that was kept, as it stands.
  mutating func restore(_ run: SerialRuns.Run, file: Int32) {
    guard !isOverfull else { return }
    guard let place = places[Self.key(run.session)] else { return add(run, file: file) }
    let previous = sessions[place].run
    (sessions[place].run, sessions[place].file) = (run, file)
    setAside(previous, place)
  }

  /// All that is known of a session; nothing of an unknown one.
  func runs(of session: UInt64) -> [SerialRuns.Run] {
    places[Self.key(session)].map { runs(of: sessions[$0]) } ?? []
  }
}
