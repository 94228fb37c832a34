public import Detection
public import EventModel

/// The engine is what a scan usually feeds.
extension DetectionEngine: EventConsumer {
  public mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    finishList(coverage: coverage)
  }
}
