internal import EventModel

/// One simulation on its way: every actor day by day, then the day's files.
struct SimulationRun: ~Copyable {
  private struct Actor {
    var scenario: any Scenario
    var place: Int
    var number: Int
    var isAttack: Bool
  }

  private let options: SimulationOptions
  private let estate: SimulatedEstate
  private let desk: Desk
  private let folder: Text
  private var actors: [Actor] = []
  private var serials: AuditSerials
  private var page = ByteBuffer(capacity: 1 << 20)
  private var file: DayFile
  private var truth: GrowingFile
  private var tickets: GrowingFile
  private var result = SimulationResult()

  init(_ options: SimulationOptions) throws(SimulationError) {
    self.options = options
    folder = Text(bytes: PathText.bytes(of: options.folder))
    estate = SimulatedEstate(seed: options.seed, accounts: options.accounts)
    let book = TruthBook(estate: estate, ending: options.compression.ending)
    desk = Desk(
      estate: estate,
      truth: book,
      day: SimulatedDay(index: 0, number: options.firstDay)
    )
    file = DayFile(compression: options.compression)
    truth = GrowingFile("\(folder)/truth.jsonl")
    tickets = GrowingFile("\(folder)/tickets.csv")
    var random = RandomStream(seed: options.seed, actor: "serials", number: 0, day: 0)
    serials = AuditSerials(hosts: 0, &random)
    // Look-alikes first: they are part of the house, whatever attack is added.
    try add(LookAlikeRegistry.all, options.lookAlikes, isAttack: false)
    try add(AttackRegistry.all, options.attacks, isAttack: true)
    serials = AuditSerials(hosts: estate.terminals.count, &random)
    try OutputFolder.prepare(options.folder)
  }

  private mutating func add(
    _ registry: [any Scenario.Type],
    _ wanted: [String]?,
    isAttack: Bool
  ) throws(SimulationError) {
    for code in wanted ?? [] where !registry.contains(where: { "\($0.code)" == code }) {
      throw SimulationError(description: "\(code) is not in the catalogue")
    }
    for (index, type) in registry.enumerated() {
      if let wanted, !wanted.contains("\(type.code)") { continue }
      var setup = Setup(
        estate: estate,
        first: options.firstDay,
        days: options.days,
        isAttack: isAttack,
        number: index + 1
      )
      let scenario = type.init(&setup)
      let place = desk.truth.open(type, isAttack: isAttack, setup.parameters)
      actors.append(
        Actor(scenario: scenario, place: place, number: index + 1, isAttack: isAttack)
      )
    }
  }

  mutating func all() throws(SimulationError) -> SimulationResult {
    header()
    for index in 0..<options.days {
      act(on: SimulatedDay(index: index, number: options.firstDay + index))
      try write()
      try truth.take(from: &desk.truth.out, atLeast: 1 << 18)
      try tickets.take(from: &desk.tickets.out, atLeast: 1 << 18)
    }
    result.days = options.days
    desk.truth.close()
    try truth.finish(&desk.truth.out)
    try tickets.finish(&desk.tickets.out)
    let first = CivilCalendar.date(ofDay: options.firstDay).year
    let last = CivilCalendar.date(ofDay: options.firstDay + options.days).year
    page.removeAll()
    page.add(EstateFileText.write(estate, from: options.firstDay, years: first...last))
    try Self.store(page, "\(folder)/ometsuke.yml")
    return result
  }

  private static func store(
    _ bytes: borrowing ByteBuffer,
    _ path: Text
  ) throws(SimulationError) {
    try DayFile.store(bytes.base, bytes.count, path)
  }

  private mutating func act(on day: SimulatedDay) {
    desk.turn(to: day)
    for actor in actors { desk.lost += actor.scenario.losses(on: day.index) }
    Agents().act(desk)
    Supervisors().act(desk)
    Maintenance().act(desk)
    Services().act(desk)
    for index in actors.indices {
      desk.seat(actors[index].isAttack ? "attack" : "lookalike", actors[index].number)
      desk.scenario = actors[index].place
      actors[index].scenario.act(desk)
    }
  }

  /// The begin of the truth: the simulation's own line, and one for each owner.
  private func header() {
    let truth = desk.truth
    truth.out.add(
      "{\"kind\":\"simulation\",\"seed\":\"\(Text(bytes: Array("\(options.seed)".utf8)))\","
    )
    truth.out.add("\"from\":\"\(SimulatedDay.date(options.firstDay))\",\"days\":\(options.days),")
    truth.out.add("\"accounts\":\(options.accounts),\"zone\":\"Asia/Tokyo\"}\n")
    for owner in estate.owners {
      truth.out.add(
        "{\"kind\":\"owner\",\"owner\":\"\(owner.name)\",\"delivered\":\(owner.delivered),"
      )
      truth.out.put(owner.isConsented ? "\"consented\":true}\n" : "\"consented\":false}\n")
    }
  }

  /// The files of the day; a source that lost its day has none.
  private mutating func write() throws(SimulationError) {
    for source in LogSource.allCases where !desk.lost.contains(source) {
      let store = desk.store(source)
      guard !store.isEmpty else { continue }
      page.removeAll()
      if source == .audit {
        serials.write(store, into: &page)
      } else {
        store.copy(into: &page)
      }
      result.events += store.count
      result.bytes += page.count
      result.files += 1
      let path = source.path(day: desk.day.number)
      try file.write(page, to: "\(folder)/\(path)\(options.compression.ending)")
    }
  }
}
