/// Japan's national holidays, as the law has had them since 2007.
///
/// With those that are made up for on the next working day, days between two holidays, and the single moves of
/// 2019 to 2021. Equinoxes are computed, good from 1980 to 2099; the law leaves each year's to an announcement of
/// the February before. Source: Act on National Holidays (Act No. 178 of 1948); Act No. 99 of 2018 (accession);
/// Acts No. 55 of 2018 and No. 68 of 2020 (Olympic years).
public enum JapaneseHolidays {
  /// Whether a day, in days since 1970, is a holiday.
  public static func contains(_ day: Int) -> Bool {
    if isNamed(day) { return true }
    // One that falls on a Sunday is made up for on the next day that is none itself.
    var before = day - 1
    while isNamed(before) {
      if CivilCalendar.weekday(ofDay: before) == 6 { return true }
      before -= 1
    }
    return isNamed(day - 1) && isNamed(day + 1)
  }

  private static func isNamed(_ day: Int) -> Bool {
    let date = CivilCalendar.date(ofDay: day)
    let isMonday = CivilCalendar.weekday(ofDay: day) == 0
    let week = (date.day - 1) / 7 + 1
    let isOlympic = date.year == 2020 || date.year == 2021
    switch (date.month, date.day) {
    case (1, 1), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23): return true
    case (2, 23): return date.year >= 2020
    case (12, 23): return date.year <= 2018
    case (5, 1) where date.year == 2019, (10, 22) where date.year == 2019: return true
    case (3, equinox(date.year, from: 208_431)): return true
    case (9, equinox(date.year, from: 232_488)): return true
    case (7, 23) where isOlympic: return true
    case (7, 24) where date.year == 2020, (7, 22) where date.year == 2021: return true
    case (8, 10) where date.year == 2020, (8, 8) where date.year == 2021: return true
    case (8, 11): return date.year >= 2016 && !isOlympic
    case (1, _): return isMonday && week == 2
    case (7, _) where isOlympic, (10, _) where isOlympic: return false
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
