internal import Estate
internal import EventModel

/// Tells from four sums that `BulkExport` has nothing to say: true of nearly every event, and
/// cheaper than handing it the whole state of a key.
///
/// It may only be quiet where `BulkExport.observe` gives `nil`; debug builds assert that.
struct BulkExportScreen: Sendable {
  private let limits: [InlineArray<4, Int64>]

  init(estate: DeclaredEstate) {
    let table = RoleLimits(estate: estate).limits(HorizonCounters.shortNames)
    limits = Role.allCases.map { role in
      var row: InlineArray<4, Int64> = .init(repeating: .max)
      for (horizon, limit) in (table[role] ?? []).prefix(4).enumerated() { row[horizon] = limit }
      return row
    }
  }

  @inline(__always)
  func isQuiet(_ handling: borrowing Handling, _ windows: borrowing HorizonCounters) -> Bool {
    guard handling.row.operation != .export, handling.roleIndex < limits.count else { return false }
    for horizon in 0..<4
    where windows.sums[horizon].charge > limits[handling.roleIndex][horizon] { return false }
    return true
  }
}
