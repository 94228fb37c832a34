internal import EventModel

/// Hours without a record in a source that has one in that hour of nearly every day.
///
/// Working days and others are asked by themselves, each where there are ten at least: an hour is expected
/// that one of them in twenty lacks at most (of fewer than twenty, one). A hole is a run of hours without a record
/// with three expected ones among them, and with three times as many as the runs this source has more often than
/// once in 90 days: quiet hours of a night come together, so one with few lines a night lacks two or three of them by
/// chance now and then. Days without any record are told by `AuditSilence.missingDays`, days of which no hours are
/// known tell nothing.
struct SilentHours {
  struct Hole: Hashable, Sendable {
    /// When its first expected hour begins and its last one ends.
    var first: Timestamp
    var end: Timestamp
    /// Expected hours within.
    var hours: Int
  }

  static let fewestDays = 10
  static let fewestHours = 3
  /// A source may have one run of expected hours without a record in so many days by chance.
  static let daysOfRun = 90

  private let clock: LocalClock
  private let isWorkday: (Int) -> Bool
  /// For working days and others: on how many days each hour of the wall's clock had a record, and of how many.
  private var busy = [[Int]](repeating: [Int](repeating: 0, count: 24), count: 2)
  private var days = [0, 0]

  init(_ seen: [DayCoverage], _ clock: LocalClock, isWorkday: @escaping (Int) -> Bool) {
    (self.clock, self.isWorkday) = (clock, isWorkday)
    for day in seen where day.hours != 0 {
      let kind = kind(of: day.day)
      days[kind] += 1
      var hours = Set<Int>()
      for slot in slots(of: day) where slot.isBusy { hours.insert(slot.hour) }
      for hour in hours { busy[kind][hour] += 1 }
    }
  }

  /// In order of time; `seen` in order of day, as the initialiser was given it.
  func holes(in seen: [DayCoverage]) -> [Hole] {
    let runs = runs(in: seen)
    let rare = max(1, (days[0] + days[1]) / Self.daysOfRun)
    let usual = runs.map(\.hours).sorted(by: >).dropFirst(rare)
    let fewest = max(Self.fewestHours, 3 * (usual.first ?? 0))
    return runs.filter { $0.hours >= fewest }
  }

  /// Every run of hours without a record that has an expected one.
  private func runs(in seen: [DayCoverage]) -> [Hole] {
    var found: [Hole] = []
    var open: Hole?
    var previous: Int?
    var hasBegun = false
    func close() {
      if let hole = open { found.append(hole) }
      open = nil
    }
    for day in seen {
      if previous != day.day - 1 || day.hours == 0 { close() }
      previous = day.day
      guard day.hours != 0 else { continue }
      let kind = kind(of: day.day)
      for slot in slots(of: day) {
        if slot.isBusy {
          close()
          hasBegun = true
        } else if hasBegun, isExpected(slot.hour, kind) {
          let end = Timestamp(nanoseconds: slot.start &+ Self.hour)
          open = Hole(
            first: open?.first ?? Timestamp(nanoseconds: slot.start),
            end: end,
            hours: (open?.hours ?? 0) + 1
          )
        }
      }
    }
    // What follows the last record is no hole.
    return found
  }

  private static let hour: Int64 = 3_600_000_000_000

  private func kind(of day: Int) -> Int { isWorkday(day) ? 0 : 1 }

  private func isExpected(_ hour: Int, _ kind: Int) -> Bool {
    let all = days[kind]
    return all >= Self.fewestDays && all - busy[kind][hour] <= max(1, all / 20)
  }

  /// The hours of a day: when each begins, what the clock on the wall shows then, and whether it has a record.
  private func slots(of day: DayCoverage) -> [(start: Int64, hour: Int, isBusy: Bool)] {
    let (start, end) = (clock.start(of: day.day), clock.start(of: day.day + 1))
    guard start > .min, end < .max else { return [] }
    return (0..<Int((end - start) / Self.hour)).map { place in
      let time = start + Int64(place) * Self.hour
      return (time, clock.reading(at: time).minute / 60, day.hours & 1 << UInt32(place) != 0)
    }
  }
}
