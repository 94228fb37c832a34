/// A taking, or an occurrence of a look-alike, as the truth tells it.
struct Happening {
  /// Milliseconds of the day.
  var time: Int
  var until: Int?
  var account: Int
  /// Empty: the account's own, if it has one.
  var person: Text = ""
  var terminal: Int
  /// `nil`: of no one owner.
  var owner: Int?
  var records: RecordRange
  /// How many records the logs state for it; `nil`: none of them states a number.
  var stated: Int?
  /// How many of them an instruction covered.
  var covered = 0
  /// Sources that hold a line of it.
  var shown: [LogSource]
  /// Why the logs show nothing, or not all; empty: they do.
  var hidden: StaticString = ""
}

extension Desk {
  /// Tells the truth of what the scenario has just done.
  func happened(_ happening: Happening) {
    truth.note(happening, of: scenario, day: day, lost: lost)
  }
}
