public import Detection
public import EventModel

/// Several engines fed in one pass over the logs: what each would have found.
///
/// Memory: that of its engines together.
public struct PolicyTrial: EventConsumer {
  private var engines: [DetectionEngine]
  /// What each engine found, in their order; filled by `finish`.
  public private(set) var outcomes: [IncidentList] = []

  /// The first engine's findings are those of the scan.
  public init(_ engines: [DetectionEngine]) { self.engines = engines }

  public mutating func apply(_ rows: [EventRow], names: NameTable) {
    for index in engines.indices { engines[index].apply(rows, names: names) }
  }

  public mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    outcomes = []
    for index in engines.indices {
      outcomes.append(engines[index].finish(coverage: coverage, names: names))
    }
    return outcomes.first ?? IncidentList([])
  }
}
