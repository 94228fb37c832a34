/// One pattern of the catalogue, an attack (A1 … A20) or a look-alike (H1 … H20).
///
/// It draws its parameters once, then acts day by day, in order. One file and one registry line each.
protocol Scenario: Sendable {
  /// `A7`.
  static var code: StaticString { get }
  static var title: StaticString { get }
  init(_ setup: inout Setup)
  mutating func act(_ desk: Desk)
  /// Sources whose whole day is taken away; asked before anybody acts.
  func losses(on index: Int) -> [LogSource]
}

extension Scenario {
  func losses(on index: Int) -> [LogSource] { [] }
}

/// What a scenario finds when it is set up: the estate, the span, its own random numbers.
struct Setup {
  let estate: SimulatedEstate
  /// Day number of the span's first day.
  let first: Int
  /// Length of the span.
  let days: Int
  /// 7 of A7 or H7.
  let number: Int
  var random: RandomStream
  private(set) var parameters: [Parameter] = []

  init(estate: SimulatedEstate, first: Int, days: Int, isAttack: Bool, number: Int) {
    self.estate = estate
    self.first = first
    self.days = days
    self.number = number
    random = RandomStream(
      seed: estate.seed,
      actor: isAttack ? "attack-plan" : "lookalike-plan",
      number: number,
      day: 0
    )
  }

  mutating func note(_ name: StaticString, _ value: Int) {
    parameters.append(Parameter(name: name, json: "\(value)"))
  }

  mutating func note(_ name: StaticString, _ value: Text) {
    parameters.append(Parameter(name: name, json: "\"\(value)\""))
  }

  func isWorking(_ index: Int) -> Bool { JapaneseCalendar.isWorking(first + index) }

  /// Days of the span on which it goes on, so many long, fitted into the span: the begin of the span
  /// stays free of it, so that there is a before.
  mutating func stretch(_ low: Int, _ high: Int) -> Range<Int> {
    let most = max(1, days * 3 / 4)
    let length = min(random.between(min(low, most), max(low, high)), most)
    let start = random.between(min(days / 8, days - length), days - length)
    note("from", SimulatedDay.date(first + start))
    note("to", SimulatedDay.date(first + start + length - 1))
    return start..<start + length
  }

  /// Working days with gaps between two numbers of days; at least one day.
  mutating func workingDays(in range: Range<Int>, gap low: Int, _ high: Int) -> [Int] {
    var result: [Int] = []
    var day = range.lowerBound + random.below(max(1, min(low, range.count)))
    while day < range.upperBound {
      while day < range.upperBound, !isWorking(day) { day += 1 }
      guard day < range.upperBound else { break }
      result.append(day)
      day += max(1, random.between(low, high))
    }
    if result.isEmpty { result.append(range.lowerBound) }
    return result
  }
}

/// Days on which something is due, walked through in order.
struct Plan: Sendable {
  let days: [Int]
  private var next = 0

  init(_ days: [Int]) { self.days = days }

  /// The turn of this day, from 0; `nil`: nothing is due.
  mutating func turn(on index: Int) -> Int? {
    while next < days.count, days[next] < index { next += 1 }
    return next < days.count && days[next] == index ? next : nil
  }
}
