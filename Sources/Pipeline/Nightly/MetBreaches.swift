internal import EventModel
internal import Storage

/// Sealed logs that a night has met cut short or altered, by their number.
///
/// The chains tell of them (docs/formats/seals.md, `breach`); of nights of an earlier version the incident
/// does. Nothing that lies there later makes a log whole again.
struct MetBreaches {
  struct Breach {
    var kind: SealBreach.Kind
    var night: Int
    /// The log that goes on in its place; `nil`: not known.
    var next: Int?
    var path: String
    /// The id of the incident that tells of it.
    var incident: String
    /// The word of the decision by which it is no longer open, and who decided.
    var decision: String?
  }

  private var breaches: [Int: Breach] = [:]
  private let streams: [Int: StoredStream]

  init(_ store: Store, _ streams: [StoredStream]) throws(StoreError) {
    self.streams = Dictionary(uniqueKeysWithValues: streams.map { ($0.id, $0) })
    for link in try store.chain() where link.has("breach") {
      for line in link.lines where line.hasPrefix("breach ") {
        let words = line.split(separator: " ", maxSplits: 4)
        guard words.count == 5, let id = Int(words[1]),
          let kind = SealBreach.Kind(rawValue: String(words[2])), kind != .gone
        else { continue }
        breaches[id] = Breach(
          kind: kind,
          night: link.night,
          next: Int(words[3]),
          path: String(words[4]),
          incident: SealBreach.id(of: kind, id)
        )
      }
    }
    let incidents = Set(try store.incidents().map(\.id))
    for stream in streams where breaches[stream.id] == nil {
      for kind in [SealBreach.Kind.cut, .altered] {
        let id = SealBreach.id(of: kind, stream.id)
        guard incidents.contains(id) else { continue }
        breaches[stream.id] = Breach(
          kind: kind,
          night: stream.missingSince ?? stream.lastNight,
          path: stream.path,
          incident: id
        )
      }
    }
    guard !breaches.isEmpty else { return }
    var standing: [String: TriageAct] = [:]
    for act in try TriageLog.all(in: store) where act.kind.isDecision { standing[act.id] = act }
    for (id, breach) in breaches {
      // One that holds until a day is none for ever.
      guard let act = standing[breach.incident], act.kind.isClearing, act.until == nil else {
        continue
      }
      breaches[id]?.decision = "\(act.kind.rawValue) by \(act.by)"
    }
  }

  subscript(log: Int) -> Breach? { breaches[log] }

  /// The log that lies in its place today, through all that it has become since.
  func successor(of log: Int) -> StoredStream? {
    var id = breaches[log]?.next
    for _ in 0..<breaches.count {
      guard let now = id, let next = breaches[now]?.next else { break }
      id = next
    }
    return id.flatMap { streams[$0] }
  }
}
