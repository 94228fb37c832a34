import Foundation
import Testing

@testable import Storage

@Suite struct `A part of a table` {
  @Test(arguments: PartedTable.all.map(\.name))
  func `is found by all columns of its key`(name: String) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try Store(path: folder + "/store", .night)
    let connection = try Connection(path: folder + "/store", isReadOnly: true)
    let table = try #require(PartedTable.places[name].map { PartedTable.all[$0] })
    let part = table.keys.map { _ in "7" }.joined(separator: "\t")
    let (condition, values) = table.condition(of: part)
    let plan = try connection.rows(
      "EXPLAIN QUERY PLAN SELECT \(table.columns) FROM \(table.name) WHERE \(condition)"
        + " ORDER BY \(table.order)",
      values
    ) { $0.text(3) }.joined(separator: "; ")
    func holds(_ column: String, _ relation: String) -> Bool {
      // A key of one whole number is the row's own.
      ["\(column)\(relation)", "rowid\(relation)"].contains { plan.contains($0) }
    }
    for key in table.keys {
      switch key {
      case .text(_, let column), .number(_, let column, 1):
        #expect(holds(column, "=?"), "\(plan)")
      case .number(_, let column, _), .byte(_, let column):
        #expect(holds(column, ">?"), "\(plan)")
      }
    }
  }
}
