public import EventModel

/// One line of the ledger of an account: what it did on one day with one dataset of one owner.
///
/// Names are ids of the engine's table.
public struct LedgerLine: Sendable, Hashable {
  /// Days since 1970, by the engine's day.
  public var day: Int32
  public var account: NameID
  public var owner: NameID
  public var dataset: NameID
  public var operation: Operation
  public var operations: UInt32
  public var records: Volume
  public var bytes: Int64
  /// What no instruction covers.
  public var unexplained: Int64
  public var first: Int64
  public var last: Int64
}

extension DetectionEngine {
  /// What accounts did on these days, in order of day, then of account and line; the daily roll-ups of
  /// 366 days with an event are at hand.
  public func ledger(from first: Int32, before end: Int32) -> [LedgerLine] {
    var lines: [LedgerLine] = []
    let shelf = Int(KeyKind.account.rawValue)
    for (name, place) in keyPlaces[shelf].entries {
      for rollup in keys[shelf][place].ledger.rollups.reversed() {
        if rollup.day < first { break }
        if rollup.day >= end { continue }
        lines.append(
          LedgerLine(
            day: rollup.day,
            account: NameID(rawValue: name),
            owner: NameID(rawValue: rollup.key.owner),
            dataset: NameID(rawValue: rollup.key.dataset),
            operation: Operation(rawValue: rollup.key.operation) ?? .other,
            operations: rollup.operations,
            records: rollup.records,
            bytes: rollup.bytes,
            unexplained: rollup.unexplainedLow,
            first: rollup.first,
            last: rollup.last
          )
        )
      }
    }
    return lines.sorted { left, right in
      (left.day, left.account, left.owner, left.dataset, left.operation.rawValue)
        < (right.day, right.account, right.owner, right.dataset, right.operation.rawValue)
    }
  }

  /// The bytes of a name of the engine's own table.
  public func name(_ id: NameID) -> [UInt8] { names.bytes(of: id) }

  /// The day of a time, as ledger and windows count it.
  public func day(of time: Int64) -> Int32 {
    Int32(truncatingIfNeeded: clock.reading(at: time).day)
  }
}
