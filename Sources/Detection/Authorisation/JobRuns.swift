internal import Estate
internal import EventModel

/// How much each account has read in the latest run of each job that states a number.
///
/// A job reads a table at a time; its number holds for all of them together, or whoever rides along
/// in its window could take as much again with every read. Memory: 48 bytes for each account of a job
/// with `most-records`.
struct JobRuns: Sendable {
  private struct Key: Hashable {
    var job: Int
    var account: NameID
  }

  private struct Run {
    /// The local day on which it began.
    var day: Int
    var records: Int64
  }

  private var runs: [Key: Run] = [:]

  /// What the run of that day has read so far.
  func records(job: Int, account: NameID, day: Int) -> Int64 {
    guard let run = runs[Key(job: job, account: account)], run.day == day else { return 0 }
    return run.records
  }

  mutating func add(_ records: Int64, job: Int, account: NameID, day: Int) {
    let held = self.records(job: job, account: account, day: day)
    let (sum, over) = held.addingReportingOverflow(records)
    runs[Key(job: job, account: account)] = Run(day: day, records: over ? .max : sum)
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
      let day = Int(try reader.signed())
      let records = try reader.signed()
      guard records >= 0 else { throw StateError(offset: 0) }
      // A job that is no longer declared takes its run with it.
      let equal = jobs.indices.filter { jobs[$0].name == name }
      guard turn < UInt64(equal.count) else { continue }
      runs[Key(job: equal[Int(turn)], account: account)] = Run(day: day, records: records)
    }
  }
}
