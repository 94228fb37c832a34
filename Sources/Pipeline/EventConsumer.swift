public import EventModel

/// What the rows are for.
///
/// A scan gives a consumer every row in order and asks for its findings.
public protocol EventConsumer: Sendable {
  /// Takes the next rows. Times never go back from row to row or call to call, and equal times stand
  /// in an order made from content alone. All ids are of `names`, which only grows. Where one call
  /// ends and the next begins means nothing.
  mutating func apply(_ rows: [EventRow], names: NameTable)
  /// Takes rows of last records that are not yet whole, in order, once every other row is applied.
  mutating func applyOpenEnds(_ rows: [EventRow], names: NameTable)
  /// Gives what was found once every row is applied. Evidence needs place and digest only.
  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList
  /// Lines that evidence came to point to in the last call; an evidence whose line is not told here
  /// is read again at the end.
  var notedPlaces: [LinePlace] { get }
  /// Lines that evidence points to.
  var evidencePlaces: Set<LinePlace> { get }
}

extension EventConsumer {
  public mutating func applyOpenEnds(_ rows: [EventRow], names: NameTable) {}
  public var notedPlaces: [LinePlace] { [] }
  public var evidencePlaces: Set<LinePlace> { [] }
}
