import Detection
import EventModel
import Testing

@testable import Storage

@Suite struct `A day of the ledger` {
  private static let accounts = 40

  /// Lines with small and large numbers, some accounts without any.
  private func lines(_ seed: UInt64) -> [StoredLedgerLine] {
    var state = seed
    func next(_ most: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % most
    }
    return (0..<500).map { _ in
      let low = Int64(next(2) == 0 ? next(90) : next(1 << 31))
      let isExact = next(3) > 0
      return StoredLedgerLine(
        account: Array("op\(next(UInt64(Self.accounts)) / 3 * 3)".utf8),
        owner: Array("owner \(next(300))".utf8),
        dataset: next(4) == 0 ? [] : Array("set \(next(200))".utf8),
        operation: next(2) == 0 ? .read : .export,
        operations: Int64(1 + next(1_000)),
        low: low,
        high: isExact ? low : low + Int64(next(1 << 30)),
        quality: isExact ? .exact : .estimated,
        bytes: Int64(next(1 << 40)),
        unexplained: Int64(next(UInt64(low + 1)))
      )
    }
  }

  private func store() throws -> Store {
    let store = try Store(path: "test", .memory)
    for day in 0..<8 { try store.putLedger(lines(UInt64(day)), day: day) }
    try store.putLedger([], day: 8)
    return store
  }

  @Test(arguments: 0..<8)
  func `gives of some accounts what all of it gives of them`(turn: Int) throws {
    let store = try store()
    let wanted = Set(
      try store.ledgerNames().filter {
        String(decoding: $0.value, as: UTF8.self).hasPrefix("op\(turn)")
      }.map(\.key)
    )
    var expected: [Int: [[Int64]]] = [:]
    try store.ledgerColumns(0...9) { day, columns in
      guard !columns.isEmpty else { return }
      let rows = columns[0].indices.filter { wanted.contains(columns[0][$0]) }
      if !rows.isEmpty { expected[day] = columns.map { column in rows.map { column[$0] } } }
    }
    var found: [Int: [[Int64]]] = [:]
    try store.ledgerColumns(0...9, of: wanted) { found[$0] = $1 }
    #expect(found == expected)
    var two: [Int: [[Int64]]] = [:]
    try store.ledgerColumns(0...9, of: wanted, columns: 1..<3) { two[$0] = $1 }
    #expect(
      two
        == expected.mapValues { columns in
          columns.enumerated().map { (1..<3).contains($0) ? $1 : [] }
        }
    )
  }

  @Test func `gives its lines as they were put`() throws {
    let store = try store()
    var found: [[StoredLedgerLine]] = []
    try store.ledger(0...8) { found.append($1) }
    #expect(found.count == 9)
    #expect(found[8].isEmpty)
    for day in 0..<8 { #expect(Set(found[day]) == Set(lines(UInt64(day)))) }
  }

  @Test func `is refused where it is cut, whatever is asked of it`() throws {
    var writer = StateWriter()
    for number: UInt64 in [1, 20] { writer.write(number) }
    for number in 0..<200 { writer.write(Int64(number * number)) }
    #expect(throws: Never.self) { try LedgerDay(writer.bytes) }
    for count in 0..<writer.bytes.count {
      #expect(throws: StateError.self) { try LedgerDay(Array(writer.bytes[..<count])) }
    }
    var other = writer.bytes
    other[0] = 2
    #expect(throws: StateError.self) { try LedgerDay(other) }
    // A number longer than any.
    let long = [1, 1] + [UInt8](repeating: 0xFF, count: 11) + [UInt8](repeating: 0, count: 10)
    #expect(throws: StateError.self) { try LedgerDay(long).column(0, rows: [0..<1]) }
  }
}
