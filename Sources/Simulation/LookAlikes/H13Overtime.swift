/// The turn of the year, the fiscal year's end, a holiday worked through: three times the views, with
/// calls.
struct H13Overtime: Scenario {
  static let code: StaticString = "H13"
  static let title: StaticString = "overtime and holiday work"

  init(_ setup: inout Setup) {}

  mutating func act(_ desk: Desk) {
    let day = desk.day
    let isSeason =
      (day.month == 3 && day.day >= 27) || (day.month == 12 && (20...28).contains(day.day))
    guard isSeason || (day.isHoliday && day.day % 2 == 1) else { return }
    if day.isHoliday {
      desk.instruction(
        to: desk.estate.administrators[0],
        owner: nil,
        most: 0,
        opened: at(8) - SimulatedDay.milliseconds,
        closed: at(22),
        subject: "holiday work approved",
        desk: 2300
      )
    }
    for place in desk.estate.agents.indices where place % 3 == 0 {
      guard let shift = AgentShift(place, estate: desk.estate, day: day) else { continue }
      let account = desk.estate.agents[place]
      let count = shift.views * 2
      let start = shift.begin + 240_000
      let end = Agents.views(
        desk,
        account: account,
        place: place,
        main: shift.main,
        from: start,
        count: count,
        withoutCall: shift.withoutCall,
        serial: 400,
        hours: 10
      )
      desk.happened(
        Happening(
          time: start,
          until: desk.within(end),
          account: account,
          terminal: desk.terminal(of: account),
          owner: nil,
          records: RecordRange(first: 1, count: count),
          stated: count,
          shown: [.application]
        )
      )
    }
  }
}
