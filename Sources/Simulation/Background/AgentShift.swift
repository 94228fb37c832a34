/// An agent's day, the same to whoever asks: whether it is one, from when, how many records.
struct AgentShift {
  var begin: Int
  /// Records looked at: 60 … 220.
  var views: Int
  /// Of a thousand views so many without a call: 30 … 80.
  var withoutCall: Int
  /// The owner whose customers this agent calls most.
  var main: Int

  /// The day of the agent with this place among the agents; `nil`: it is off.
  init?(_ place: Int, estate: SimulatedEstate, day: SimulatedDay) {
    var random = RandomStream(seed: estate.seed, actor: "shift", number: place, day: day.number)
    guard random.chance(day.isWorking ? 720 : 160) else { return nil }
    begin = at(random.pick([9, 9, 10, 11, 12])) + random.below(900_000)
    views = min(220, max(60, random.bell(50, 200)))
    withoutCall = random.between(30, 80)
    main = Self.mainOwner(place, estate: estate)
  }

  static func mainOwner(_ place: Int, estate: SimulatedEstate) -> Int {
    var random = RandomStream(seed: estate.seed, actor: "agent", number: place, day: 0)
    // The larger the set the more agents call for it, but not in proportion.
    return estate.owners.count - 1 - min(random.below(10), random.below(10))
  }
}
