internal import EventModel

/// One day of the estate's calendar, Asia/Tokyo.
///
/// Times of a day are its milliseconds. Japan has kept UTC+9 without summer time since 1951, so a
/// day has 86,400,000.
struct SimulatedDay: Sendable {
  static let milliseconds = 86_400_000
  static let zone = 9 * 3_600_000

  /// From 0, the first day of the span.
  let index: Int
  /// Days since 1970-01-01.
  let number: Int
  let year: Int
  let month: Int
  let day: Int
  /// 0 = Monday … 6 = Sunday.
  let weekday: Int
  let isHoliday: Bool
  /// No later day of this month is a working day, and this one is.
  let isMonthEnd: Bool

  /// The house works from Monday to Friday but for holidays and the turn of the year.
  var isWorking: Bool { weekday < 5 && !isHoliday }

  init(index: Int, number: Int) {
    self.index = index
    self.number = number
    let date = CivilCalendar.date(ofDay: number)
    (year, month, day) = date
    weekday = CivilCalendar.weekday(ofDay: number)
    isHoliday = JapaneseCalendar.isHoliday(number)
    var isLast = JapaneseCalendar.isWorking(number)
    var next = number + 1
    while isLast, CivilCalendar.date(ofDay: next).month == date.month {
      if JapaneseCalendar.isWorking(next) { isLast = false }
      next += 1
    }
    isMonthEnd = isLast
  }

  /// `2024-04-01`.
  var date: Text { Self.date(number) }

  static func date(_ number: Int) -> Text {
    let date = CivilCalendar.date(ofDay: number)
    return "\(date.year, digits: 4)-\(date.month, digits: 2)-\(date.day, digits: 2)"
  }

  /// RFC 3339 in local time, as tickets and the truth have it.
  static func stamp(day number: Int, _ milliseconds: Int) -> Text {
    let day = number + milliseconds / Self.milliseconds
    let second = milliseconds % Self.milliseconds / 1000
    return
      "\(date(day))T\(second / 3600, digits: 2):\(second / 60 % 60, digits: 2):\(second % 60, digits: 2)+09:00"
  }

  func stamp(_ milliseconds: Int) -> Text { Self.stamp(day: number, milliseconds) }

  /// Milliseconds since 1970 UTC.
  func epoch(_ milliseconds: Int) -> Int {
    number * Self.milliseconds + milliseconds - Self.zone
  }

  /// `Apr`.
  var monthName: StaticString {
    switch month {
    case 1: "Jan"
    case 2: "Feb"
    case 3: "Mar"
    case 4: "Apr"
    case 5: "May"
    case 6: "Jun"
    case 7: "Jul"
    case 8: "Aug"
    case 9: "Sep"
    case 10: "Oct"
    case 11: "Nov"
    default: "Dec"
    }
  }
}

/// A time of day in milliseconds.
func at(_ hour: Int, _ minute: Int = 0, _ second: Int = 0) -> Int {
  ((hour * 60 + minute) * 60 + second) * 1000
}
