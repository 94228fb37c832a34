internal import Estate
internal import EventModel

/// Tells from one sum, or else from four, that `BulkExport` has nothing to say: true of nearly every
/// event, and cheaper than handing it the whole state of a key.
///
/// It may only be quiet where `BulkExport.observe` gives `nil`; debug builds assert that.
struct BulkExportScreen: Sendable {
  private let limits: [InlineArray<4, Int64>]
  /// The smallest limit of each role.
  private let smallest: [Int64]

  init(estate: DeclaredEstate) {
    let table = RoleLimits(estate: estate).limits(HorizonCounters.shortNames)
    limits = Role.allCases.map { role in
      var row: InlineArray<4, Int64> = .init(repeating: .max)
      for (horizon, limit) in (table[role] ?? []).prefix(4).enumerated() { row[horizon] = limit }
      return row
    }
    smallest = limits.map { row in row.span.withUnsafeBufferPointer { $0.min() ?? .max } }
  }

  /// Settles the windows only when their longest sum passes a limit of a shorter one.
  @inline(__always)
  func isQuiet(_ handling: Handling, _ windows: inout HorizonCounters) -> Bool {
    let role = handling.roleIndex
    guard handling.row.operation != .export, role < limits.count else {
      windows.settle()
      return false
    }
    if windows.longest.charge <= smallest[role] { return true }
    windows.settle()
    for horizon in 0..<4 where windows.sum(horizon).charge > limits[role][horizon] { return false }
    return true
  }
}
