internal import EventModel

/// Downloads that two sources usually tell of, and those that one of them leaves out.
///
/// A route is a source that states bytes and the first part of the path (`/export`). An application tells of a route's
/// downloads when ten of them were told twice (`Act`), and nineteen of twenty; then one of which it tells
/// nothing within a quarter of an hour contradicts it. That is judged when the application has told of
/// something later, of whomever: a log that ends earlier, or is not there, contradicts nothing. Memory: 1,024
/// routes, 256 downloads that wait, 1,024 counted ones.
struct SourceTwins: Sendable {
  struct Route: Hashable, Sendable {
    var source: UInt16
    /// Hash of the first part of the path.
    var stem: UInt64
  }

  struct Tally: Sendable {
    var twin: UInt16
    var joined: Int64 = 0
    var alone: Int64 = 0

    var isRule: Bool { joined >= SourceTwins.fewest && alone * 20 <= joined }
  }

  /// A download of which bytes alone are known.
  struct Lone: Sendable {
    var route: Route
    var time: Int64
    var account: NameID
    var terminal: NameID
    var bytes: Int64
    /// Records that it can have been at most.
    var most: Int64
    var place: FindingState.Place
  }

  struct Counted: Sendable {
    var source: UInt16
    var time: Int64
    var account: NameID
    var terminal: NameID
    var records: Int64
  }

  /// Fewer bytes are a page.
  static let smallest: Int64 = 100_000
  static let fewest: Int64 = 10
  /// An application writes its line when a download begins, or when it has ended.
  static let span: Int64 = 900_000_000_000
  private static let mostRoutes = 1_024
  private static let mostLone = 256
  private static let mostCounted = 1_024

  private var routes: [Route: Tally] = [:]
  private var lone: [Lone] = []
  private var counted: [Counted] = []

  init() {}

  /// Two sources told of one download.
  mutating func noteJoined(_ route: Route, twin: UInt16) {
    if routes[route] == nil, routes.count >= Self.mostRoutes { return }
    routes[route, default: Tally(twin: twin)].joined &+= 1
  }

  /// Two sources told of one statement within `Act.span`: their clocks agree.
  mutating func noteClocks(_ source: UInt16, _ other: UInt16) {
    noteJoined(Self.clocks(source, other), twin: other)
  }

  /// Whether a statement has shown that the clocks of two sources agree.
  func haveOneClock(_ source: UInt16, _ other: UInt16) -> Bool {
    routes[Self.clocks(source, other)].map { $0.joined > 0 } ?? false
  }

  /// No path has this for a stem: a hash of eight bytes and a number.
  private static func clocks(_ source: UInt16, _ other: UInt16) -> Route {
    Route(source: source, stem: 0x636C_6F63_6B73_0000 | UInt64(other))
  }

  /// One alone told of it.
  mutating func note(_ download: Lone) {
    guard routes[download.route] != nil else { return }
    if lone.count >= Self.mostLone { lone.removeFirst() }
    lone.append(download)
  }

  /// Something that its source counted; gives the downloads of which that source should have told by now.
  mutating func note(_ act: Counted) -> [Lone] {
    if counted.count >= Self.mostCounted { counted.removeFirst() }
    counted.append(act)
    var found: [Lone] = []
    var index = 0
    while index < lone.count {
      let download = lone[index]
      guard let tally = routes[download.route], tally.twin == act.source,
        download.time &+ Self.span < act.time
      else {
        index += 1
        continue
      }
      lone.remove(at: index)
      if isTold(download, by: tally.twin) { continue }
      if tally.isRule { found.append(download) }
      routes[download.route]?.alone &+= 1
    }
    return found
  }

  private func isTold(_ download: Lone, by twin: UInt16) -> Bool {
    counted.contains { act in
      guard act.source == twin, abs(act.time &- download.time) <= Self.span,
        act.records >= download.bytes / 2_000
      else { return false }
      return act.account != .none && download.account != .none
        ? act.account == download.account : act.terminal == download.terminal
    }
  }

  func write(to writer: inout StateWriter) {
    writer.write(UInt64(routes.count))
    let ordered = routes.sorted { ($0.key.source, $0.key.stem) < ($1.key.source, $1.key.stem) }
    for (route, tally) in ordered {
      for number in [UInt64(route.source), route.stem, UInt64(tally.twin)] { writer.write(number) }
      for number in [tally.joined, tally.alone] { writer.write(number) }
    }
    writer.write(UInt64(lone.count))
    for entry in lone {
      for number in [
        UInt64(entry.route.source), entry.route.stem, UInt64(entry.account.rawValue),
        UInt64(entry.terminal.rawValue),
      ] { writer.write(number) }
      for number in [entry.time, entry.bytes, entry.most] { writer.write(number) }
      entry.place.write(to: &writer)
    }
    writer.write(UInt64(counted.count))
    for entry in counted {
      for number in [
        UInt64(entry.source), UInt64(entry.account.rawValue), UInt64(entry.terminal.rawValue),
      ] { writer.write(number) }
      for number in [entry.time, entry.records] { writer.write(number) }
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    func source() throws(StateError) -> UInt16 {
      UInt16(truncatingIfNeeded: try reader.unsigned())
    }
    func name() throws(StateError) -> NameID {
      NameID(rawValue: UInt32(truncatingIfNeeded: try reader.unsigned()))
    }
    for _ in 0..<(try reader.count()) {
      let route = Route(source: try source(), stem: try reader.unsigned())
      var tally = Tally(twin: try source())
      (tally.joined, tally.alone) = (try reader.signed(), try reader.signed())
      routes[route] = tally
    }
    for _ in 0..<(try reader.count()) {
      let route = Route(source: try source(), stem: try reader.unsigned())
      let (account, terminal) = (try name(), try name())
      let (time, bytes, most) = (
        try reader.signed(), try reader.signed(), try reader.signed()
      )
      lone.append(
        Lone(
          route: route,
          time: time,
          account: account,
          terminal: terminal,
          bytes: bytes,
          most: most,
          place: try FindingState.Place(from: &reader)
        )
      )
    }
    for _ in 0..<(try reader.count()) {
      let source = try source()
      let (account, terminal) = (try name(), try name())
      counted.append(
        Counted(
          source: source,
          time: try reader.signed(),
          account: account,
          terminal: terminal,
          records: try reader.signed()
        )
      )
    }
  }
}

extension DetectionEngine {
  /// Of two acts that are one download, which source should tell of such.
  mutating func noteTwins(_ one: Act, _ other: Act) {
    let (counted, sized) = one.isCounted ? (one, other) : (other, one)
    guard watchesHosts, sized.bytes >= SourceTwins.smallest else { return }
    twins.noteJoined(route(of: sized), twin: counted.source)
  }

  /// A download that no other source has told of by now.
  mutating func noteLone(_ act: Act) {
    guard watchesHosts, !act.isCounted, !act.isStatement, act.bytes >= SourceTwins.smallest,
      act.account != .none || act.terminal != .none
    else { return }
    let row = assembly.pending[act.place]
    let object = resolver.object(at: act.object, names: &names)
    let owner = resolver.owner(at: act.owner, names: &names)
    let each =
      resolver.owners[owner].bytesPerRecord ?? resolver.objects[object].bytesPerRecord
    guard row.operation.returnsRecords, !resolver.objects[object].isIrrelevant else { return }
    twins.note(
      SourceTwins.Lone(
        route: route(of: act),
        time: act.time,
        account: act.account,
        terminal: act.terminal,
        bytes: act.bytes,
        most: act.bytes / max(1, each?.lowerBound ?? VolumeBounds.fewestBytesPerRecord) + 1,
        place: FindingState.Place(row, charge: act.bytes)
      )
    )
  }

  /// What an application has counted; tells of downloads of which it should have told before.
  mutating func noteCounted(_ act: Act) {
    guard watchesHosts, act.isCounted, !act.isStatement,
      let detector = hostDetectorPlaces.firstIndex(where: {
        DetectorRegistry.all[$0] == SourceContradiction.self
      })
    else { return }
    let found = twins.note(
      SourceTwins.Counted(
        source: act.source,
        time: act.time,
        account: act.account,
        terminal: act.terminal,
        records: act.records
      )
    )
    guard !found.isEmpty else { return }
    if !ready.isEmpty { handleReady() }
    for download in found {
      tell(SourceContradiction.hit(download), detector, terminal: download.terminal)
    }
  }

  private func route(of act: Act) -> SourceTwins.Route {
    var stem: UInt64 = 0xCBF2_9CE4_8422_2325
    names.withBytes(of: act.object) { path in
      for (place, byte) in path.enumerated() {
        if place > 0, byte == 0x2F || byte == 0x5C || byte == 0x3F { break }
        stem = (stem ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      }
    }
    return SourceTwins.Route(source: act.source, stem: stem)
  }
}
