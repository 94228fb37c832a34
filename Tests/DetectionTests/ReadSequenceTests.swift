import EventModel
import Testing

@testable import Detection

struct ReadSequenceTests {
  /// Days of `accounts` accounts with 100 look-ups with a call, and so many without.
  private func peers(_ days: Range<Int32>, _ alone: [Int32]) -> PeerBook {
    var book = PeerBook()
    for day in days {
      for count in alone {
        let tally = LookUpDay(day: day, views: 100 + count, accompanied: 100, alone: count)
        book.close(role: 0, tally, on: day + 1)
      }
    }
    return book
  }

  @Test func `takes the share of the catalogue as long as few days of peers are known`() {
    var book = peers(100..<105, [4, 5, 6])
    #expect(book.reference(role: 0, on: 106) == .unknown)
    #expect(book.reference(role: 3, on: 106) == .unknown)
  }

  @Test func `learns what is usual from the role, and nothing from one thief among five`() {
    var honest = peers(100..<130, [4, 5, 6, 7, 5])
    var dirty = peers(100..<130, [4, 5, 6, 7, 90])
    let usual = honest.reference(role: 0, on: 131)
    let poisoned = dirty.reference(role: 0, on: 131)
    #expect(usual.alonePermille >= 80 && usual.alonePermille < 120)
    #expect(poisoned.alonePermille < 150)
  }

  @Test func `holds for a day what its first look-up was told`() {
    var book = peers(100..<130, [4, 5, 6, 7, 5])
    let before = book.reference(role: 0, on: 131)
    for _ in 0..<900 {
      book.close(
        role: 0,
        LookUpDay(day: 130, views: 200, accompanied: 100, alone: 100),
        on: 131
      )
    }
    #expect(book.reference(role: 0, on: 131) == before)
    #expect(book.reference(role: 0, on: 132) != before)
  }

  @Test func `forgets peers after six weeks`() {
    var book = peers(100..<130, [40, 50, 60])
    book.close(role: 0, LookUpDay(day: 300, views: 100, accompanied: 100, alone: 3), on: 301)
    #expect(book.reference(role: 0, on: 302) == .unknown)
  }

  @Test func `adds up the peers of two shards as one pass does`() throws {
    var left = peers(100..<120, [4, 5])
    let right = peers(100..<120, [6, 7])
    left.merge(right)
    var whole = peers(100..<120, [4, 5, 6, 7])
    #expect(left == whole)
    var writer = StateWriter()
    whole.write(to: &writer)
    var reader = StateReader(writer.bytes)
    var restored = try PeerBook(from: &reader)
    #expect(reader.isAtEnd)
    #expect(restored.reference(role: 0, on: 121) == whole.reference(role: 0, on: 121))
  }

  @Test(arguments: [1, 7, 8, 9, 100, 220, 1_000, 65_535] as [Int32])
  func `keeps numbers of look-ups within an eighth`(views: Int32) {
    let held = PeerScale.views(at: PeerScale.place(ofViews: views))
    #expect(held <= Int64(views))
    #expect(Int64(views) - held <= Int64(views) / 8)
  }

  @Test func `counts the days beyond those kept as long as others follow them`() throws {
    var book = PeerBook()
    var lookUps = LookUps()
    func read(_ day: Int32, _ count: Int) {
      for _ in 0..<count {
        var row = EventRow(time: Int64(day) * 86_400_000_000_000)
        row.operation = .read
        (row.quality, row.recordsLow) = (.exact, 1)
        row.flags.insert(.statesCalls)
        var handling = Handling(row: row)
        handling.day = day
        handling.volume = .exactly(1)
        _ = lookUps.add(handling, &book)
      }
    }
    for day in 0..<120 as Range<Int32> { read(100 + day, 30) }
    #expect(lookUps.wholeExcess.all == 120 * 30)
    var writer = StateWriter()
    lookUps.write(to: &writer)
    var reader = StateReader(writer.bytes)
    #expect(try LookUps(from: &reader) == lookUps)
    read(400, 1)
    #expect(lookUps.wholeExcess == lookUps.excess(within: 90))
  }

  @Test func `days of bulk reads are one account's own when it has more than all others`() {
    var book = PeerBook()
    for _ in 0..<7 { book.noteBareDay(role: 2) }
    #expect(!book.isAlone(role: 2, days: 2))
    #expect(!book.isAlone(role: 2, days: 3))
    #expect(book.isAlone(role: 2, days: 4))
    #expect(!book.isAlone(role: 5, days: 4))
  }

  // MARK: recurrence

  private func episodes(_ days: [Int32], _ records: [Int64], minute: [Int16]) -> [Episode] {
    days.indices.map {
      Episode(
        day: days[$0],
        minute: minute[$0 % minute.count],
        terminal: UInt32($0 % 3 + 1),
        records: records[$0 % records.count]
      )
    }
  }

  @Test func `sees a size, an hour and a cadence`() {
    let weekly = Likeness(episodes([7, 14, 21, 28], [10_000, 10_300, 9_800], minute: [600, 610]))
    #expect(weekly.isOfOneSize && weekly.isOfOneHour && weekly.isRegular)
    #expect(!weekly.isAtOneTerminal)
    #expect(weekly.traits == 3)
  }

  @Test func `sees nothing alike in single works of a year`() {
    let works = Likeness(episodes([7, 33, 190], [500, 90_000, 4_000], minute: [100, 600, 1_100]))
    #expect(works.count == 3)
    #expect(works.traits == 0)
  }

  @Test func `takes hours before and after midnight for near`() {
    let nights = Likeness(episodes([1, 9, 40], [500, 90_000, 4_000], minute: [1_430, 20, 60]))
    #expect(nights.isOfOneHour)
  }
}
