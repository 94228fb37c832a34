internal import Estate
internal import EventModel

/// When persons are there, as the estate declares it: terms of the roster and of their own accounts,
/// shifts.
///
/// Derived from the estate; looked at for unexplained reads of shared accounts alone.
struct PersonRoster: Sendable {
  private struct Term: Sendable {
    var from: Int64
    var until: Int64

    func holds(_ time: Int64) -> Bool { time >= from && time <= until }
  }

  private struct Shift: Sendable {
    var start: Int?
    var end: Int?
    var weekdays: [Int]
  }

  /// By folded name.
  private var terms: [String: Term] = [:]
  private var shifts: [String: Shift] = [:]
  /// Of accounts that are one person's alone.
  private var accountTerms: [String: [Term]] = [:]
  private let clock: LocalClock

  init(estate: DeclaredEstate, clock: LocalClock) {
    self.clock = clock
    func term(_ from: Timestamp?, _ until: Timestamp?) -> Term {
      Term(from: from?.nanoseconds ?? .min, until: until?.nanoseconds ?? .max)
    }
    for person in estate.persons {
      let name = Folded.text(person.name)
      terms[name] = term(person.validFrom, person.validUntil)
      if person.shiftStart != nil || !person.weekdays.isEmpty {
        shifts[name] = Shift(
          start: person.shiftStart,
          end: person.shiftEnd,
          weekdays: person.weekdays
        )
      }
    }
    for account in estate.accounts where account.persons.count == 1 && !account.shared {
      accountTerms[Folded.text(account.persons[0]), default: []]
        .append(term(account.validFrom, account.validUntil))
    }
  }

  /// Whether a person can be there at all: within the own term, and with an account of the person's
  /// own that is valid, if there is any.
  func isOnRoster(_ person: String, at time: Int64) -> Bool {
    let name = Folded.text(person)
    if let term = terms[name], !term.holds(time) { return false }
    guard let accounts = accountTerms[name] else { return true }
    return accounts.contains { $0.holds(time) }
  }

  /// Whether the time lies within the person's shift; `nil`: none is declared.
  func isOnShift(_ person: String, at time: Int64) -> Bool? {
    guard let shift = shifts[Folded.text(person)] else { return nil }
    let reading = clock.reading(at: time)
    let (day, minute) = (reading.day, reading.minute)
    func isDay(_ day: Int) -> Bool {
      shift.weekdays.isEmpty || shift.weekdays.contains(CivilCalendar.weekday(ofDay: day))
    }
    guard let start = shift.start, let end = shift.end else { return isDay(day) }
    if start < end { return isDay(day) && minute >= start && minute < end }
    // What is past midnight belongs to the shift of the day before.
    return minute >= start ? isDay(day) : minute < end && isDay(day - 1)
  }
}
