/// Agents open one record after the other, nearly all with a call: most of all lines.
struct Agents {
  func act(_ desk: Desk) {
    for place in desk.estate.agents.indices {
      guard let shift = AgentShift(place, estate: desk.estate, day: desk.day) else { continue }
      desk.seat("agent", place)
      work(desk, place, shift)
    }
  }

  private func work(_ desk: Desk, _ place: Int, _ shift: AgentShift) {
    let account = desk.estate.agents[place]
    let terminal = desk.terminal(of: account)
    if desk.random.chance(40) {
      desk.applicationAct(
        shift.begin - 41_000,
        account: account,
        terminal: terminal,
        "login_failed",
        fails: true
      )
    }
    desk.applicationAct(shift.begin, account: account, terminal: terminal, "login")
    desk.web(shift.begin + 2_000, account: account, terminal: terminal, "/menu", bytes: 5120)
    desk.web(
      shift.begin + 31_000,
      account: account,
      terminal: terminal,
      "/progress?owner=\(desk.owner(shift.main).slug)",
      bytes: 18_400
    )
    let end = Self.views(
      desk,
      account: account,
      place: place,
      main: shift.main,
      from: shift.begin + 180_000,
      count: shift.views,
      withoutCall: shift.withoutCall,
      serial: 0
    )
    desk.applicationAct(desk.within(end + 60_000), account: account, terminal: terminal, "logout")
  }

  /// Views one after the other through so many hours; returns the time of the last.
  ///
  /// `serial` is that of the first call: calls of one agent and day have numbers of their own.
  @discardableResult
  static func views(
    _ desk: Desk,
    account: Int,
    place: Int,
    main: Int,
    from start: Int,
    count: Int,
    withoutCall: Int,
    serial: Int,
    hours: Int = 8
  ) -> Int {
    let terminal = desk.terminal(of: account)
    let step = hours * 3_600_000 / max(1, count)
    let owners = desk.estate.owners.count
    let calls = (desk.compactDate * 10_000 + place % 10_000) * 1000 + serial
    var clock = start
    for index in 0..<count {
      clock += step / 2 + desk.random.below(step)
      let draw = desk.random.next()
      // One draw for three choices: the owner, whether there is a call, the size of the page.
      let other = Int(truncatingIfNeeded: draw & 0x3FF)
      let owner = other < 860 ? main : other % owners
      let hasCall = Int(truncatingIfNeeded: draw >> 10 & 0xFFFF) % 1000 >= withoutCall
      let size = 1400 + Int(truncatingIfNeeded: draw >> 26 & 0x3FF)
      desk.view(
        desk.within(clock),
        account: account,
        terminal: terminal,
        owner: owner,
        customer: 1 + desk.random.below(desk.estate.owners[owner].delivered),
        call: hasCall ? calls + index : 0,
        size: size
      )
    }
    return clock
  }
}
