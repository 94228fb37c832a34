internal import Estate
internal import EventModel

/// What each account has read in the latest run of each job, and how often its job ran in the nights before.
///
/// A job reads a table at a time; its number holds for all of them together, or whoever rides along
/// in its window could take as much again with every read. A table that is read in bulk once more after a pause is
/// read by a further run. Memory: 64 bytes for each account of a job, 16 for each of 15 nights, 24 for each of 64
/// tables of the latest.
struct JobRuns: Sendable {
  private struct Key: Hashable {
    var job: Int
    var account: NameID
  }

  /// One occurrence of the job's window: a night.
  private struct Night: Sendable, BitwiseCopyable {
    /// The local day on which it began.
    var day: Int
    /// How often what was read most often was read anew.
    var runs: Int32
  }

  private struct Table: Sendable, BitwiseCopyable {
    var object: NameID
    var last: Int64
    var runs: Int32 = 1

    /// How many runs a further read makes.
    func runs(at time: Int64) -> Int32 { time &- last > JobRuns.pause ? runs &+ 1 : runs }
  }

  private struct Run {
    /// The local day on which it began.
    var day: Int
    var records: Int64
    var tables: [Table] = []
    /// Those before, the oldest first.
    var nights: [Night] = []

    init(day: Int, records: Int64 = 0) { (self.day, self.records) = (day, records) }

    var all: [Night] {
      guard let runs = tables.map(\.runs).max() else { return nights }
      return (nights + [Night(day: day, runs: runs)]).suffix(JobRuns.mostNights)
    }

    /// What a night after it begins with.
    func next(on day: Int) -> Run {
      var next = Run(day: day)
      next.nights = all
      return next
    }
  }

  static let mostNights = 15
  static let mostTables = 64
  /// Fewer nights tell nothing of what is usual.
  static let fewestNights = 7
  /// What a run reads in pieces comes in shorter ones.
  static let pause: Int64 = 600_000_000_000
  /// A job that runs more often has no rhythm of long pauses.
  static let leastRhythm = 7

  private var runs: [Key: Run] = [:]

  /// What the run of that day has read so far.
  func records(job: Int, account: NameID, day: Int) -> Int64 {
    guard let run = runs[Key(job: job, account: account)], run.day == day else { return 0 }
    return run.records
  }

  mutating func add(_ records: Int64, job: Int, account: NameID, day: Int) {
    update(job, account, day) { run in
      let (sum, over) = run.records.addingReportingOverflow(records)
      run.records = over ? .max : sum
    }
  }

  private mutating func update(
    _ job: Int,
    _ account: NameID,
    _ day: Int,
    _ change: (inout Run) -> Void
  ) {
    let key = Key(job: job, account: account)
    var run = runs[key] ?? Run(day: day)
    if run.day != day { run = run.next(on: day) }
    change(&run)
    runs[key] = run
  }

  /// Notes a bulk read of the run of that day.
  mutating func note(_ object: NameID, at time: Int64, job: Int, account: NameID, day: Int) {
    update(job, account, day) { run in
      if let place = run.tables.firstIndex(where: { $0.object == object }) {
        run.tables[place].runs = run.tables[place].runs(at: time)
        run.tables[place].last = time
      } else if run.tables.count < Self.mostTables {
        run.tables.append(Table(object: object, last: time))
      }
    }
  }

  /// Whether a bulk read belongs to more runs than there may be of a night, or, where no number is declared, than
  /// there were in all but one of the nights before; or to a night long before the job's time has come again.
  ///
  /// What is unusual is told of a job that is regular: half of its nights at least had just that number of runs, and
  /// its pauses, but for one, were not that short themselves. Where people start the runs, no number is usual.
  func isExtra(
    _ object: NameID,
    at time: Int64,
    job: Int,
    account: NameID,
    day: Int,
    most: Int64?
  ) -> Bool {
    let run = runs[Key(job: job, account: account)]
    let table = run?.day == day ? run?.tables.first { $0.object == object } : nil
    let count = table?.runs(at: time) ?? 1
    if let most { return Int64(count) > most }
    guard let run else { return false }
    let nights = run.day == day ? run.nights : run.all
    guard nights.count >= Self.fewestNights, let last = nights.last else { return false }
    let counts = nights.map(\.runs).sorted()
    let usual = counts[counts.count - 2]
    if count > usual, counts[counts.count / 2] == usual { return true }
    let gaps = zip(nights.dropFirst(), nights).map { $0.day - $1.day }.sorted()
    let rhythm = gaps[gaps.count / 2]
    return rhythm >= Self.leastRhythm && gaps[1] * 2 >= rhythm && (day - last.day) * 2 < rhythm
  }

  func write(to writer: inout StateWriter, jobs: [ScheduledJob]) {
    writer.write(UInt64(runs.count))
    let sorted = runs.sorted {
      ($0.key.job, $0.key.account.rawValue) < ($1.key.job, $1.key.account.rawValue)
    }
    for (key, run) in sorted {
      let name = jobs[key.job].name
      writer.write(Array(name.utf8))
      writer.write(UInt64(jobs[..<key.job].reduce(0) { $0 + ($1.name == name ? 1 : 0) }))
      writer.write(UInt64(key.account.rawValue))
      writer.write(Int64(run.day))
      writer.write(run.records)
      writer.write(UInt64(run.tables.count))
      for table in run.tables {
        writer.write(UInt64(table.object.rawValue))
        writer.write(table.last)
        writer.write(Int64(table.runs))
      }
      writer.write(UInt64(run.nights.count))
      for night in run.nights {
        writer.write(Int64(night.day))
        writer.write(Int64(night.runs))
      }
    }
  }

  mutating func read(
    from reader: inout StateReader,
    jobs: [ScheduledJob],
    nameCount: Int
  ) throws(StateError) {
    for _ in 0..<(try reader.count()) {
      let name = String(decoding: try reader.name(), as: UTF8.self)
      let turn = try reader.unsigned()
      let account = try TicketUses.name(from: &reader, nameCount)
      var run = Run(day: try Self.day(from: &reader), records: try reader.signed())
      guard run.records >= 0 else { throw StateError(offset: 0) }
      if reader.version >= 7 {
        for _ in 0..<(try reader.count()) {
          var table = Table(
            object: try TicketUses.name(from: &reader, nameCount),
            last: try reader.signed()
          )
          table.runs = Int32(clamping: try reader.signed())
          run.tables.append(table)
        }
        for _ in 0..<(try reader.count()) {
          run.nights.append(
            Night(day: try Self.day(from: &reader), runs: Int32(clamping: try reader.signed()))
          )
        }
      }
      // A job that is no longer declared takes its run with it.
      let equal = jobs.indices.filter { jobs[$0].name == name }
      guard turn < UInt64(equal.count) else { continue }
      runs[Key(job: equal[Int(turn)], account: account)] = run
    }
  }

  private static func day(from reader: inout StateReader) throws(StateError) -> Int {
    Int(Int32(clamping: try reader.signed()))
  }
}
