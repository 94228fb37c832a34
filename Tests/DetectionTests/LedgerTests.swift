import EventModel
import Testing

@testable import Detection

/// One event as a ledger is to keep it.
private struct Deed {
  var day: Int32
  var owner: UInt32
  var dataset: UInt32
  var records: Int64
  var subject: UInt64

  func count(in ledger: inout Ledger) {
    var row = EventRow(time: Int64(day) * 86_400_000_000_000 + Int64(records))
    row.operation = .read
    row.subject = subject
    var handling = Handling(row: row)
    handling.owner = NameID(rawValue: owner)
    handling.dataset = NameID(rawValue: dataset)
    handling.day = day
    handling.volume = .exactly(records)
    handling.unexplained = .exactly(records)
    handling.unexplainedCharge = records
    withUnsafePointer(to: handling) { ledger.add($0, isCounted: true) }
  }
}

private func deeds(_ count: Int, days: Int, seed: UInt64) -> [Deed] {
  var random = Seeded(state: seed)
  var list = (0..<count).map { _ in
    Deed(
      day: 19_000 + Int32.random(in: 0..<Int32(days), using: &random),
      owner: UInt32.random(in: 0..<5, using: &random),
      dataset: UInt32.random(in: 0..<6, using: &random),
      records: Int64.random(in: 0..<1_000, using: &random),
      subject: UInt64.random(in: 0..<40, using: &random)
    )
  }
  list.sort { $0.day < $1.day }
  return list
}

private func ledger(_ deeds: some Sequence<Deed>) -> Ledger {
  var ledger = Ledger()
  for deed in deeds { deed.count(in: &ledger) }
  return ledger
}

private func bytes(_ ledger: Ledger) -> [UInt8] {
  var writer = StateWriter()
  ledger.write(to: &writer)
  return writer.bytes
}

struct LedgerTests {
  /// Some with many lines a day, some with more days than are kept apart.
  @Test(arguments: [(2_000, 30), (3_000, 900), (40, 2_000)])
  func `holds what a sum over all its events gives`(count: Int, days: Int) {
    let all = deeds(count, days: days, seed: UInt64(days))
    let ledger = ledger(all)
    for owner in UInt32(0)..<5 {
      let mine = all.filter { $0.owner == owner }
      let trace = ledger.trace(of: owner, from: nil)
      #expect(trace.records == .exactly(mine.reduce(0) { $0 + $1.records }))
      #expect(trace.first == mine.map { Int64($0.day) * 86_400_000_000_000 + $0.records }.min())
      #expect(trace.subjects.count == Int64(Set(mine.map(\.subject)).subtracting([0]).count))
      let last = all.last?.day ?? 0
      let month = mine.filter { last - $0.day < 30 }.reduce(0) { $0 + $1.records }
      #expect(ledger.volume(owner: owner, days: 30, until: last) == .exactly(month))
      var counters = ledger.days(of: owner)
      counters.settle()
      let newest = mine.last?.day ?? 0
      let year = mine.filter { newest - $0.day <= 364 }.reduce(0) { $0 + $1.records }
      #expect(counters.sum(3).charge == year)
    }
  }

  @Test(arguments: [(2_000, 30), (3_000, 900), (40, 2_000)])
  func `merged parts give what one pass gives`(count: Int, days: Int) {
    let all = deeds(count, days: days, seed: UInt64(days) + 1)
    var random = Seeded(state: 7)
    let isLeft = all.map { _ in Bool.random(using: &random) }
    var left = ledger(zip(all, isLeft).filter(\.1).map(\.0))
    let right = ledger(zip(all, isLeft).filter { !$0.1 }.map(\.0))
    left.merge(right)
    #expect(bytes(left) == bytes(ledger(all)))
  }

  @Test func `goes on after a restore as if there had been none`() throws {
    let all = deeds(3_000, days: 900, seed: 9)
    let half = ledger(all[..<1_500])
    var reader = StateReader(bytes(half))
    var restored = try Ledger(from: &reader)
    #expect(bytes(restored) == bytes(half))
    for deed in all[1_500...] { deed.count(in: &restored) }
    #expect(bytes(restored) == bytes(ledger(all)))
  }
}
