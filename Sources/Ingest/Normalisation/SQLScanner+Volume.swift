internal import EventModel

extension SQLScanner {
  /// How many records so many rows of the statement's answer are.
  ///
  /// `string_agg` and the like over a whole table return it all in one row, or a row a group; few
  /// rows say nothing of it then. Else each has one record within, or more: as many at most as keys lie between
  /// two numbers.
  func records(inRows rows: Int64) -> Volume {
    let stated = Volume.stated(rows)
    guard gathers, rows > 0, stated.quality == .exact else { return stated }
    if let limit, !isWhole, limit > Int64(SQLComparison.mostListed) {
      return Volume(low: rows, high: max(rows, limit), quality: .estimated)
    }
    let isUnknown = isWhole && rows <= Int64(SQLComparison.mostListed)
    return Volume(low: rows, high: Volume.unbounded, quality: isUnknown ? .unknown : .atLeast)
  }
}
