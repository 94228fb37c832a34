internal import EventModel

/// When an invented house works: not on Japan's holidays, and not at the turn of the year.
enum JapaneseCalendar {
  static func isWorking(_ number: Int) -> Bool {
    CivilCalendar.weekday(ofDay: number) < 5 && !isHoliday(number)
  }

  static func isHoliday(_ number: Int) -> Bool {
    let date = CivilCalendar.date(ofDay: number)
    if (date.month == 12 && date.day >= 29) || (date.month == 1 && date.day <= 3) { return true }
    return JapaneseHolidays.contains(number)
  }
}
