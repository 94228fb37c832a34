import Testing

@testable import Pipeline

@Suite struct LimitsSearchTests {
  private func search(_ alerts: (Int64) -> Double, budget: Double) -> LimitsSearch {
    var search = LimitsSearch(budget: budget)
    for scale in LimitsSearch.coarse { search.note(scale: scale, alertsPerDay: alerts(scale)) }
    for scale in search.finer { search.note(scale: scale, alertsPerDay: alerts(scale)) }
    return search
  }

  @Test func `the answer is the smallest scale tried that keeps the budget`() {
    let found = search({ 40 / Double($0) }, budget: 0.1)
    #expect(found.answer == 400)
    #expect(found.trials.count == LimitsSearch.coarse.count + 7)
  }

  @Test func `the second round finds what lies between two of the first`() {
    #expect(search({ $0 >= 330 ? 0 : 1 }, budget: 0.5).answer == 336)
  }

  @Test func `a rate that comes back above the budget takes the answer with it`() {
    #expect(search({ $0 == 800 || $0 < 300 ? 1 : 0 }, budget: 0.5).answer.map { $0 > 800 } ?? false)
  }

  @Test func `no scale is the answer where none keeps the budget`() {
    #expect(search({ _ in 1 }, budget: 0.5).answer == nil)
    #expect(search({ _ in 1 }, budget: 0.5).finer.isEmpty)
  }
}
