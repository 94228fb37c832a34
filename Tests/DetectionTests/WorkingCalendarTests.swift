import Estate
import EventModel
import Testing

@testable import Detection

/// Declared holidays do not make usual what is less than usual.
struct WorkingCalendarTests {
  /// Two working days of each week's five are left.
  private static func estate(holidays weeks: Range<Int32>, left: Int) -> DeclaredEstate {
    var estate = DeclaredEstate()
    for week in weeks {
      let days = (Int(week) * 7..<Int(week) * 7 + 7).filter {
        estate.policy.workingDays.contains(CivilCalendar.weekday(ofDay: $0))
      }
      estate.policy.holidays.formUnion(days.dropFirst(left))
    }
    return estate
  }

  @Test func `a short week counts as a whole one, a very short one not at all`() {
    let three = WorkingCalendar(estate: Self.estate(holidays: 100..<101, left: 3))
    #expect(three.whole(3_000, week: 100) == 5_000)
    #expect(three.whole(3_000, week: 101) == 3_000)
    let two = WorkingCalendar(estate: Self.estate(holidays: 100..<101, left: 2))
    #expect(two.whole(3_000, week: 100) == nil)
    #expect(WorkingCalendar(estate: DeclaredEstate()).whole(7, week: 1) == 7)
    #expect(three.whole(.max, week: 100) == .max)
  }

  @Test func `a week after holidays is held against whole weeks`() {
    func isBeyond(_ estate: DeclaredEstate) -> Bool {
      let calendar = WorkingCalendar(estate: estate)
      var (sums, book) = (WeekSums(), PeerBook())
      for week in Int32(100)..<110 {
        sums.begin(week * 7, role: 0, &book, calendar)
        _ = sums.add(1_800)
      }
      sums.begin(110 * 7, role: 0, &book, calendar)
      return sums.add(4_000)
    }
    #expect(isBeyond(DeclaredEstate()))
    #expect(!isBeyond(Self.estate(holidays: 100..<110, left: 3)))
  }
}
