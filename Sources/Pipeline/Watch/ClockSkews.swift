internal import Detection
internal import EventModel
public import Storage

/// How far the clocks of sources and hosts are from ours, by what arrives while logs are followed.
///
/// The estimate is the least time by which lines came after the time that they state, over windows of at least ten
/// minutes and twenty lines, the current one and the one before: what waits on its way only makes it larger. Negative,
/// the clock is ahead of ours by at least so much. Where two windows have nearly the same, and it is large, the
/// clock is behind, or the lines are delivered so much later: nothing tells which. No answer depends on any of it.
///
/// Memory: 256 hosts, some 200 bytes each; lines of more are counted.
struct ClockSkews: Sendable {
  struct Key: Hashable, Comparable, Sendable {
    var source: Int
    /// Empty: the source as a whole.
    var host: String

    static func < (left: Self, right: Self) -> Bool {
      (left.source, left.host) < (right.source, right.host)
    }
  }

  private struct Window {
    var since: Int64
    var lines = 0
    /// Nanoseconds.
    var least = Int64.max
  }

  private struct Clock {
    var before: Window?
    var now: Window
    /// When a line came last.
    var last: Int64
    var isToldAhead = false
    var isToldBehind = false
  }

  private var clocks: [Key: Clock] = [:]
  private var hosts = 0
  /// Lines of hosts that had no room.
  private(set) var uncounted: Int64 = 0

  static let mostHosts = 256
  private static let second = Timestamp.nanosecondsPerSecond
  /// What a window has at least, and for how long a host that says nothing is shown and kept.
  private static let lines = 20
  private static let span = 600 * second
  private static let shown = 3600 * second
  private static let kept = 24 * shown
  /// From how far off it is told, and how far two windows of one clock are apart at most.
  private static let notable = 2 * second
  private static let steady = second

  /// Takes in that lines came, the newest of which states `time`; both by nanoseconds since 1970.
  mutating func note(_ key: Key, lines: Int, newest time: Int64, at arrival: Int64) {
    let (late, overflow) = arrival.subtractingReportingOverflow(time)
    guard !overflow, lines > 0 else { return }
    guard var clock = clocks[key] ?? begin(key, at: arrival) else {
      uncounted += Int64(lines)
      return
    }
    if clock.now.lines >= Self.lines, arrival - clock.now.since >= Self.span {
      clock.before = clock.now
      clock.now = Window(since: arrival)
    }
    clock.now.lines += lines
    clock.now.least = min(clock.now.least, late)
    clock.last = arrival
    clocks[key] = clock
  }

  private mutating func begin(_ key: Key, at arrival: Int64) -> Clock? {
    let fresh = Clock(now: Window(since: arrival), last: arrival)
    guard !key.host.isEmpty else { return fresh }
    if hosts >= Self.mostHosts {
      for (other, clock) in clocks where !other.host.isEmpty && arrival - clock.last > Self.kept {
        clocks[other] = nil
        hosts -= 1
      }
    }
    guard hosts < Self.mostHosts else { return nil }
    hosts += 1
    return fresh
  }

  /// Nanoseconds; `nil`: too few lines came for an estimate.
  func estimate(of key: Key) -> Int64? { clocks[key].flatMap(Self.estimate) }

  private static func estimate(_ clock: Clock) -> Int64? {
    guard clock.now.lines + (clock.before?.lines ?? 0) >= lines else { return nil }
    return min(clock.now.least, clock.before?.least ?? .max)
  }

  /// By how much it is off for two windows alike; `nil`: nothing that steady.
  private static func steadyDelay(_ clock: Clock) -> Int64? {
    guard let before = clock.before, clock.now.lines >= lines, before.least >= notable,
      clock.now.least >= notable, abs(clock.now.least - before.least) <= steady
    else { return nil }
    return min(clock.now.least, before.least)
  }

  /// Those that had lines in the last hour, in order.
  func all(at now: Int64) -> [(key: Key, skew: Int64)] {
    clocks.keys.sorted().compactMap { key in
      guard let clock = clocks[key], now - clock.last <= Self.shown,
        let skew = Self.estimate(clock)
      else { return nil }
      return (key, skew)
    }
  }

  private var tellable: [Key] {
    let named = Set(clocks.keys.lazy.filter { !$0.host.isEmpty }.map(\.source))
    return clocks.keys.filter { !$0.host.isEmpty || !named.contains($0.source) }.sorted()
  }

  /// Those that are off and were not told of, once for each direction; of a source whose hosts are known, its hosts.
  mutating func takeNotable() -> [(key: Key, skew: Int64)] {
    var found: [(key: Key, skew: Int64)] = []
    for key in tellable {
      guard var clock = clocks[key], let skew = Self.estimate(clock) else { continue }
      if skew <= -Self.notable, !clock.isToldAhead {
        clock.isToldAhead = true
        found.append((key, skew))
      } else if !clock.isToldBehind, let delay = Self.steadyDelay(clock) {
        clock.isToldBehind = true
        found.append((key, delay))
      }
      clocks[key] = clock
    }
    return found
  }

  /// Those that are off by more than a minute, for certain or steadily; of a source whose hosts are known, its hosts.
  var grave: [(key: Key, skew: Int64)] {
    tellable.compactMap { key in
      guard let clock = clocks[key], let skew = Self.estimate(clock) else { return nil }
      let found = skew < 0 ? skew : Self.steadyDelay(clock) ?? 0
      return abs(found) > 60 * Self.second ? (key, found) : nil
    }
  }
}

/// The hosts whose clocks were off by more than a minute, as the store keeps them.
struct StoredSkews: Equatable {
  struct Item: Equatable {
    /// As the store calls it.
    var source: String
    /// Empty: the source as a whole.
    var host: String
    /// The most it was off, nanoseconds: negative, ahead.
    var skew: Int64
  }

  private(set) var items: [Item] = []

  private static let name = "skews"
  private static let version: UInt64 = 1

  init() {}

  init(_ store: Store) throws(StoreError) {
    guard let bytes = try store.value(Self.name) else { return }
    items = (try? Self.read(bytes)) ?? []
  }

  private static func read(_ bytes: [UInt8]) throws(StateError) -> [Item] {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == version else { throw StateError(offset: 0) }
    var items: [Item] = []
    for _ in 0..<(try reader.count()) {
      let source = String(decoding: try reader.name(), as: UTF8.self)
      let host = String(decoding: try reader.name(), as: UTF8.self)
      items.append(Item(source: source, host: host, skew: try reader.signed()))
    }
    return items
  }

  func keep(in store: Store) throws(StoreError) {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(UInt64(items.count))
    for item in items {
      writer.write(Array(item.source.utf8))
      writer.write(Array(item.host.utf8))
      writer.write(item.skew)
    }
    try store.setValue(Self.name, writer.bytes)
  }

  /// Whether it is new, or off by a minute more than what is known.
  mutating func add(_ item: Item) -> Bool {
    let place = items.firstIndex { known in
      known.source == item.source && known.host == item.host && (known.skew < 0) == (item.skew < 0)
    }
    guard let place else {
      guard items.count < 2 * ClockSkews.mostHosts else { return false }
      items.append(item)
      return true
    }
    guard abs(item.skew) - abs(items[place].skew) >= 60 * Timestamp.nanosecondsPerSecond else {
      return false
    }
    items[place] = item
    return true
  }
}

/// A clock that was off by more than a minute.
public struct OffClock: Sendable {
  public let source: String
  /// `nil`: of the source as a whole.
  public let host: String?
  /// Negative: ahead of ours.
  public let seconds: Int64
  /// As a night tells it.
  public let notice: Notice

  init(_ item: StoredSkews.Item, source: String) {
    (self.source, host) = (source, item.host.isEmpty ? nil : item.host)
    seconds = item.skew / Timestamp.nanosecondsPerSecond
    notice = .skew(item.host, of: source, item.skew)
  }
}

extension Notice {
  /// That a clock is off, ours or the other: nanoseconds, negative where lines came before their time.
  static func skew(_ host: String, of source: String, _ skew: Int64) -> Self {
    let english = host.isEmpty ? "source \(source)" : "host \(host) (source \(source))"
    let japanese = host.isEmpty ? "情報源 \(source)" : "ホスト \(host)(情報源 \(source))"
    let seconds = abs(skew) / Timestamp.nanosecondsPerSecond
    guard skew < 0 else {
      return Self(
        .clock,
        english:
          "\(english): its lines come \(seconds) s after the times that they state, steadily: its clock is"
          + " behind by so much, or they are delivered so late. What is found has the stated times.",
        japanese: "\(japanese):行が記載時刻より常に \(seconds) 秒遅れて届く。"
          + "時計がその分遅れているか、配信が遅れている。検出には記載時刻を用いる。"
      )
    }
    return Self(
      .clock,
      english:
        "\(english): its lines come before the times that they state: its clock is ahead of this one by at"
        + " least \(seconds) s. What is found has the stated times.",
      japanese: "\(japanese):行が記載時刻より前に届く。時計がこの計算機より少なくとも \(seconds) 秒進んでいる。"
        + "検出には記載時刻を用いる。"
    )
  }
}
