import EventModel
import Testing

@Suite struct InquiryConclusionTests {
  /// Confirmed, suspicions, standing out, unattributed, altered days, known per mille; conclusion.
  static let table: [(Int, Int, Int, Int, Int, Int64?, InquiryConclusion)] = [
    (0, 0, 0, 0, 0, 1000, .notFoundWithinRecords),
    (0, 0, 0, 0, 0, 500, .notFoundWithinRecords),
    (0, 0, 0, 0, 0, 499, .undeterminable),
    (0, 0, 0, 0, 0, 0, .undeterminable),
    (0, 0, 0, 0, 0, nil, .undeterminable),
    (0, 0, 0, 1, 0, 1000, .undeterminable),
    (0, 0, 0, 0, 1, 999, .undeterminable),
    (0, 0, 0, 1, 1, 100, .undeterminable),
    (0, 1, 0, 0, 0, 1000, .suspected),
    (0, 1, 0, 1, 1, nil, .suspected),
    (0, 0, 1, 0, 0, 1000, .suspected),
    (0, 0, 1, 1, 0, 10, .suspected),
    (1, 0, 0, 0, 0, 1000, .confirmed),
    (1, 3, 1, 1, 1, nil, .confirmed),
  ]

  @Test(arguments: table.indices)
  func `follows from the facts alone`(row: Int) {
    let line = Self.table[row]
    var facts = InquiryConclusion.Facts()
    (facts.confirmed, facts.suspicions, facts.standingOut) = (line.0, line.1, line.2)
    (facts.unattributed, facts.alteredDays, facts.knownPermille) = (line.3, line.4, line.5)
    #expect(InquiryConclusion.of(facts) == line.6)
  }

  @Test func `never finds nothing where events came too late to be judged`() {
    var facts = InquiryConclusion.Facts()
    (facts.knownPermille, facts.lateDays) = (1000, 1)
    #expect(InquiryConclusion.of(facts) == .undeterminable)
    facts.suspicions = 1
    #expect(InquiryConclusion.of(facts) == .suspected)
  }

  @Test func `never finds nothing on less than half of the days`() {
    for permille in Int64(0)..<InquiryConclusion.leastPermille {
      var facts = InquiryConclusion.Facts()
      facts.knownPermille = permille
      #expect(InquiryConclusion.of(facts) != .notFoundWithinRecords)
    }
  }
}

@Suite struct CoverageAccountTests {
  private func day(_ state: CoverageAccount.State, events: Int64 = 10) -> CoverageAccount.Day {
    var day = CoverageAccount.Day(day: 0, state: state)
    day.events = events
    return day
  }

  @Test func `weighs each day by what is known of it`() {
    var source = CoverageAccount.Source(name: "a", format: "jsonl")
    #expect(source.share.permille == nil)
    for state in CoverageAccount.State.allCases {
      source.days = [day(state)]
      #expect(source.share.permille == (state.isGap ? 0 : 1000), "\(state)")
    }
    var partly = day(.unknownVolume)
    (partly.unknownVolume, partly.late) = (4, 1)
    source.days = [partly, day(.seen), day(.gap), day(.silent)]
    #expect(source.share.permille == 375)
    (source.lines, source.rejected) = (100, 10)
    #expect(source.share.permille == 337)
    partly.unknownVolume = 100
    source.days = [partly]
    #expect(source.share.permille == 0)
  }

  @Test func `is no greater for a source that showed none of the owner's records`() {
    var account = CoverageAccount(period: 0...3)
    func source(_ states: [CoverageAccount.State], isHolder: Bool) -> CoverageAccount.Source {
      var source = CoverageAccount.Source(name: isHolder ? "a" : "b", format: "jsonl")
      source.days = states.map { day($0) }
      source.isHolder = isHolder
      return source
    }
    account.sources = [source([.seen, .silent, .silent, .silent], isHolder: true)]
    #expect(account.share.permille == 250)
    account.sources.append(source([.seen, .seen, .seen, .silent], isHolder: false))
    #expect(account.share.permille == 250 && account.gaps.count == 4)
    account.sources[1].days = [day(.silent), day(.silent), day(.silent), day(.silent)]
    #expect(account.share.permille == 125)
  }

  @Test func `joins gaps of one kind that follow each other`() {
    var account = CoverageAccount(period: 0...5)
    var source = CoverageAccount.Source(name: "a", format: "jsonl")
    let states: [CoverageAccount.State] = [.unseen, .unseen, .seen, .silent, .gap, .gap]
    source.days = states.enumerated().map { CoverageAccount.Day(day: $0.offset, state: $0.element) }
    account.sources = [source]
    #expect(account.gaps.map(\.days) == [0...1, 3...3, 4...5])
    account.sources[0].isCounted = false
    #expect(account.gaps.isEmpty && account.share.permille == nil)
  }
}
