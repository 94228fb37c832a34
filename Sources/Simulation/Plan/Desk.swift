/// What an actor has before it on one day: the calendar, the estate, its random numbers, the logs.
///
/// The gestures of the extensions write what the real systems would: an export, a session, a stick.
/// Times are milliseconds of the day.
final class Desk {
  let estate: SimulatedEstate
  let truth: TruthBook
  var day: SimulatedDay
  /// Of the actor whose turn it is.
  var random: RandomStream
  var tickets = TicketRegister()
  /// The truth's place of the scenario whose turn it is.
  var scenario = 0

  private(set) var stores = LogSource.allCases.map { _ in LineStore() }
  /// Sources whose day is lost, by whoever took it away.
  var lost: [LogSource] = []
  // Begin of times in UTC: a local morning lies on the day before.
  private(set) var dateText: Text
  private(set) var dateTextBefore: Text
  private(set) var compactDate: Int

  init(estate: SimulatedEstate, truth: TruthBook, day: SimulatedDay) {
    self.estate = estate
    self.truth = truth
    self.day = day
    random = RandomStream(seed: estate.seed, actor: "desk", number: 0, day: 0)
    dateText = day.date
    dateTextBefore = SimulatedDay.date(day.number - 1)
    compactDate = 0
    turn(to: day)
  }

  func turn(to day: SimulatedDay) {
    self.day = day
    dateText = day.date
    dateTextBefore = SimulatedDay.date(day.number - 1)
    compactDate = (day.year % 100) * 10_000 + day.month * 100 + day.day
    lost.removeAll()
    for store in stores { store.removeAll() }
  }

  /// Gives the desk to an actor: its numbers of this day.
  func seat(_ actor: StaticString, _ number: Int) {
    random = RandomStream(seed: estate.seed, actor: actor, number: number, day: day.number)
  }

  func store(_ source: LogSource) -> LineStore { stores[source.rawValue] }

  func terminal(of account: Int) -> Int { estate.accounts[account].terminal }
  func name(_ account: Int) -> Text { estate.accounts[account].name }
  func address(_ terminal: Int) -> Text { estate.terminals[terminal].address }
  func host(_ terminal: Int) -> Text { estate.terminals[terminal].name }
  func owner(_ index: Int) -> SimulatedOwner { estate.owners[index] }

  /// A time between two hours, never beyond the day.
  func moment(_ low: Int, _ high: Int) -> Int {
    random.between(at(low), min(at(high), SimulatedDay.milliseconds) - 1)
  }

  /// A little later the same day.
  func later(_ time: Int, _ low: Int, _ high: Int) -> Int {
    within(time + random.between(low * 1000, high * 1000 + 999))
  }

  func within(_ time: Int) -> Int { min(max(0, time), SimulatedDay.milliseconds - 1) }

  /// A stretch of an owner's set, wherever it lies.
  func records(of index: Int, _ count: Int) -> RecordRange {
    let size = owner(index).delivered
    let number = min(max(1, count), size)
    return RecordRange(first: 1 + random.below(size - number + 1), count: number)
  }
}
