internal import Detection
internal import EventModel

/// The days that are over, as they go into the store: what the engine forgets after a year.
///
/// A day is over when the settled time has left it, and the minute in which statements wait for
/// their lines.
struct LedgerDays: Sendable {
  /// The first day that is not in the store.
  private(set) var next: Int32
  /// By day, in order of account; names are ids of the engine's table, which only grows.
  private(set) var days: [Int32: [LedgerLine]] = [:]

  init(from day: Int32?) { next = day ?? .min }

  mutating func take(_ engine: DetectionEngine, upTo time: Int64) {
    let hold = 2 * 60 * Timestamp.nanosecondsPerSecond
    guard time > .min + hold else { return }
    let today = engine.day(of: time - hold)
    guard today > next else { return }
    for line in engine.ledger(from: next, before: today) {
      days[line.day, default: []].append(line)
    }
    next = today
  }
}
