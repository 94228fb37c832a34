internal import EventModel

/// Japan's holidays as the law of 2007 and after has them, and the house's turn of the year.
///
/// Mountain Day since 2016, the Emperor's birthday by reign. The single moves of 2019 to 2021 are not
/// followed: this is the calendar of an invented house. Equinoxes by the usual approximation, good
/// from 1980 to 2099. Source: Act on National Holidays (Act No. 178 of 1948).
enum JapaneseCalendar {
  static func isWorking(_ number: Int) -> Bool {
    CivilCalendar.weekday(ofDay: number) < 5 && !isHoliday(number)
  }

  static func isHoliday(_ number: Int) -> Bool {
    let date = CivilCalendar.date(ofDay: number)
    if (date.month == 12 && date.day >= 29) || (date.month == 1 && date.day <= 3) { return true }
    if isNamed(number) { return true }
    // One that falls on a Sunday is made up for on the next day that is none itself.
    var before = number - 1
    while isNamed(before) {
      if CivilCalendar.weekday(ofDay: before) == 6 { return true }
      before -= 1
    }
    return isNamed(number - 1) && isNamed(number + 1)
  }

  private static func isNamed(_ number: Int) -> Bool {
    let date = CivilCalendar.date(ofDay: number)
    let isMonday = CivilCalendar.weekday(ofDay: number) == 0
    let week = (date.day - 1) / 7 + 1
    switch (date.month, date.day) {
    case (1, 1), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23): return true
    case (2, 23): return date.year >= 2020
    case (12, 23): return date.year <= 2018
    case (8, 11): return date.year >= 2016
    case (3, equinox(date.year, from: 208_431)): return true
    case (9, equinox(date.year, from: 232_488)): return true
    case (1, _): return isMonday && week == 2
    case (7, _), (9, _): return isMonday && week == 3
    case (10, _): return isMonday && week == 2
    default: return false
    }
  }

  /// Day of the month, from ten-thousandths of a day in 1980.
  private static func equinox(_ year: Int, from base: Int) -> Int {
    let years = year - 1980
    return (base + years * 242_194 / 100) / 10_000 - (years >= 0 ? years / 4 : (years - 3) / 4)
  }
}
