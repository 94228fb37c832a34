internal import Estate
internal import EventModel

/// How much of a week is worked: declared working days without declared holidays.
///
/// Derived from the estate. A short week says less of what is usual: its records count as those of a whole
/// week would, and one with less than half of its days says nothing.
struct WorkingCalendar: Sendable {
  private let workingDays: Set<Int>
  private let holidays: Set<Int>

  init(estate: DeclaredEstate) {
    workingDays = estate.policy.workingDays
    holidays = estate.policy.holidays
  }

  /// The records of a week as a whole one would have them; `nil`: it is too short to say.
  ///
  /// Weeks are those of `PeerBook.week`.
  func whole(_ records: Int64, week: Int32) -> Int64? {
    guard !holidays.isEmpty, !workingDays.isEmpty else { return records }
    let first = Int(week) * 7
    let days = (first..<first + 7).count {
      workingDays.contains(CivilCalendar.weekday(ofDay: $0)) && !holidays.contains($0)
    }
    guard days < workingDays.count else { return records }
    guard days * 2 >= workingDays.count else { return nil }
    let (product, overflow) = records.multipliedReportingOverflow(by: Int64(workingDays.count))
    return overflow ? records : product / Int64(days)
  }
}
