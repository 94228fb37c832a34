internal import EventModel
internal import Storage

/// How far each source has told, and up to which time no line may come any more.
///
/// A source's *mark* is its newest event, less how late its lines may come: `lateness` of the source, or of the
/// policy. It is *idle* when that event lies further behind the newest of all than its lines may be late. Settled is
/// the least mark of those that are not idle, and never later than the newest event of all less the greatest
/// lateness: the lines of a source that was idle or is new have that promise, too. So settled lies no further behind
/// than twice the greatest lateness. All of it by the times of events: the clock only keeps out what it has not reached.
struct SourceMarks: Sendable {
  /// Nanoseconds, by source.
  private let latenesses: [Int64]
  /// The greatest of all sources and of the policy, nanoseconds.
  let greatest: Int64
  /// The newest event that the clock has reached, by source; `.min`: none yet.
  private var newest: [Int64]
  /// That of all: what a line says of the year 2099 is no time that others come after; `.min`: none yet.
  private(set) var reached = Int64.min

  /// Of sources as rows count them; `general`: how late a line may come where its source declares nothing, nanoseconds.
  init(_ sources: [SourceDeclaration], general: Int64) {
    latenesses = sources.map { $0.lateness.map { $0 * Timestamp.nanosecondsPerSecond } ?? general }
    greatest = latenesses.reduce(general, max)
    newest = Array(repeating: .min, count: sources.count)
  }

  /// Takes in what is known; times that the clock has not reached are left out.
  mutating func note(_ known: [Int: Int64], upTo clock: Int64) {
    for (source, time) in known where time <= clock && newest.indices.contains(source) {
      newest[source] = max(newest[source], time)
      reached = max(reached, time)
    }
  }

  mutating func note(_ rows: some Sequence<EventRow>, upTo clock: Int64) {
    for row in rows where row.time <= clock {
      let source = Int(row.source)
      if source < newest.count, row.time > newest[source] { newest[source] = row.time }
      if row.time > reached { reached = row.time }
    }
  }

  /// Up to where all is settled; `nil`: nothing is.
  var bound: Int64? {
    guard var bound = Self.before(reached, by: greatest) else { return nil }
    for (source, time) in newest.enumerated() where time > .min && !isIdle(source) {
      guard let mark = mark(of: source) else { return nil }
      bound = min(bound, mark)
    }
    return bound
  }

  /// Up to where all is settled while rows still come in order; `passed`: up to where they have.
  func bound(passed: Int64) -> Int64? {
    guard let bound, let most = Self.before(passed, by: greatest) else { return nil }
    return min(bound, most)
  }

  /// Up to where a source has told all; `nil`: nothing of it is known.
  func mark(of source: Int) -> Int64? { Self.before(newest[source], by: latenesses[source]) }

  /// Whether others do not wait for a source.
  func isIdle(_ source: Int) -> Bool {
    Self.before(reached, by: latenesses[source]).map { newest[source] < $0 } ?? false
  }

  /// How late the lines of a source may come, nanoseconds.
  func lateness(of source: Int) -> Int64 {
    latenesses.indices.contains(source) ? latenesses[source] : greatest
  }

  /// A time so much earlier.
  private static func before(_ time: Int64, by lateness: Int64) -> Int64? {
    let (result, overflow) = time.subtractingReportingOverflow(lateness)
    return time == .min || overflow ? nil : result
  }

  // MARK: In the store

  /// A setting: it also lies open in a store that is kept under a key.
  ///
  /// Its first line is the version; each other one the newest event of a source, the lateness that held (nanoseconds)
  /// and the name. No subject is in it.
  static let settingName = "source-marks"
  private static let version = "1"

  struct Stored: Sendable, Equatable {
    var source: String
    var newest: Int64
    var lateness: Int64
  }

  /// Of those that have told something; `sources`: as they are called in the store.
  func text(sources: [String]) -> String {
    let used = newest.indices.filter { newest[$0] > .min && $0 < sources.count }
    let lines = used.map { "\(newest[$0]) \(latenesses[$0]) \(Self.escaped(sources[$0]))" }
    return ([Self.version] + lines).joined(separator: "\n")
  }

  /// What the last night left; `nil`: it was one of a version that kept no marks, or of a later one.
  static func stored(in store: Store) throws(StoreError) -> [Stored]? {
    let lines = try store.setting(settingName)?.split(separator: "\n")
    guard let lines, lines.first == version[...] else { return nil }
    var stored: [Stored] = []
    for line in lines.dropFirst() {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let newest = Int64(parts[0]), let lateness = Int64(parts[1]) else {
        return nil
      }
      stored.append(Stored(source: unescaped(parts[2]), newest: newest, lateness: lateness))
    }
    return stored
  }

  /// A name on one line.
  private static func escaped(_ name: String) -> String {
    name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  private static func unescaped(_ text: Substring) -> String {
    var name = ""
    var isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        name.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
      } else if scalar != "\\" {
        name.unicodeScalars.append(scalar)
      }
      isEscape = !isEscape && scalar == "\\"
    }
    return name
  }

  /// What is shown of a store: how far each source has told.
  struct Shown: Sendable {
    var source: String
    var newest: Int64
    var mark: Int64
    var isIdle: Bool
  }

  static func shown(of store: Store) throws(StoreError) -> [Shown] {
    let stored = try stored(in: store) ?? []
    let reached = stored.map(\.newest).max() ?? .min
    return stored.sorted { $0.source < $1.source }.map { item in
      Shown(
        source: item.source,
        newest: item.newest,
        mark: before(item.newest, by: item.lateness) ?? .min,
        isIdle: before(reached, by: item.lateness).map { item.newest < $0 } ?? false
      )
    }
  }
}
