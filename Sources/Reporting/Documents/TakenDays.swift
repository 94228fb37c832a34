internal import Estate
internal import EventModel

/// The days that tables and pictures of an incident are made of: what an instruction covered, and of the rest only what
/// is of the incident, so that they agree with its figures.
///
/// The ledger tells of accounts, from every terminal; an incident may be of one terminal, of one owner, of one stretch
/// of time. A day is the incident's where its owner, the time of the owner's takings and the number of records fit, or
/// a line of evidence lies on it.
struct TakenDays {
  /// In order of day, account and owner.
  var days: [HandlingDay] = []
  /// Look-ups of daily work beside the takings.
  var lookUps: [HandlingDay] = []
  /// Owners of whom the ledger does not tell the incident's days from others': told as a whole.
  var whole: [Incident.OwnerCount] = []
  /// Their days as the ledger tells them, from every terminal.
  var mixed: [HandlingDay] = []
  /// Days with takings of the same accounts that are not of the incident.
  var leftOut = 0
  /// Of an owner's days: what they come to at least, and at most.
  fileprivate var bounds: [String: (least: Int64, most: Int64)] = [:]

  /// What of a day no instruction covers, never more than the owner's figure leaves beside its other days.
  func limited(_ open: Volume, of day: HandlingDay) -> Volume {
    guard let bound = bounds[day.owner] else { return open }
    let high = max(open.low, bound.most &- (bound.least &- open.low))
    guard open.high > high else { return open }
    return Volume(low: open.low, high: high, quality: open.low == high ? .exact : .estimated)
  }
}

extension CaseDocument {
  var takenDays: TakenDays {
    var found = TakenDays()
    guard !incident.owners.isEmpty else {
      found.days = days
      return found
    }
    let shown = Set(lines.map { style.zone.dayNumber(of: $0.evidence.time) })
    for (owner, days) in Dictionary(grouping: days, by: \.owner) {
      add(days, owners.first { $0.owner == owner }, shown, to: &found)
    }
    found.days.sort { ($0.day, $0.account, $0.owner) < ($1.day, $1.account, $1.owner) }
    found.lookUps.sort { ($0.day, $0.account, $0.owner) < ($1.day, $1.account, $1.owner) }
    found.mixed.sort { ($0.day, $0.account, $0.owner) < ($1.day, $1.account, $1.owner) }
    found.whole.sort { ($1.records.low, $0.owner) < ($0.records.low, $1.owner) }
    return found
  }

  /// `item`: what the incident tells of the owner; `shown`: days with a line of evidence.
  private func add(
    _ days: [HandlingDay],
    _ item: Incident.OwnerCount?,
    _ shown: Set<Int>,
    to found: inout TakenDays
  ) {
    let floor = estate.policy.bulkFloor
    func isOpen(_ day: HandlingDay) -> Bool {
      // A bulk read that an instruction covers, with some look-ups beside it, is covered.
      let isCovered =
        day.unexplained < floor && day.records.low >= floor && day.records.low == day.records.high
        && day.unexplained < day.records.low
      return !isCovered && uncovered(day).high > 0
    }
    func isTaking(_ day: HandlingDay) -> Bool { day.hasExport || day.unexplained >= floor }
    found.days += days.filter { !isOpen($0) }
    let open = days.filter(isOpen)
    guard let item else {
      found.lookUps += open.filter { !isTaking($0) }
      found.leftOut += open.count(where: isTaking)
      return
    }
    let first = style.zone.dayNumber(of: item.first)
    let range = first...max(first, style.zone.dayNumber(of: item.last))
    let hasLookUps = incident.lookUps != nil
    var own: [HandlingDay] = []
    for day in open {
      if range.contains(day.day), isTaking(day) || !hasLookUps {
        own.append(day)
      } else if isTaking(day) {
        found.leftOut += 1
      } else {
        found.lookUps.append(day)
      }
    }
    guard let high = item.records.knownHigh else {
      found.days += own
      return
    }
    func least(_ days: [HandlingDay]) -> Int64 {
      days.reduce(0) { sum, day in
        let more = sum.addingReportingOverflow(day.unexplained)
        return more.overflow ? .max : more.partialValue
      }
    }
    // What the ledger counts on a day holds the look-ups of that day.
    let lookUps = incident.lookUps?.owners.first { $0.owner == item.owner }?.records.knownHigh ?? 0
    func most(_ days: [HandlingDay]) -> Int64 {
      let beside = lookUps.addingReportingOverflow(floor &* Int64(days.count(where: isTaking)))
      let sum = high.addingReportingOverflow(beside.partialValue)
      return beside.overflow || sum.overflow ? .max : sum.partialValue
    }
    if least(own) > most(own) {
      let evident = own.filter { shown.contains($0.day) }
      guard !evident.isEmpty, least(evident) <= most(evident) else {
        found.whole.append(item)
        found.mixed += own
        return
      }
      found.leftOut += own.count { isTaking($0) && !shown.contains($0.day) }
      own = evident
    }
    let sum = least(own)
    found.bounds[item.owner] = (sum, max(sum, high))
    found.days += own
  }

  /// What of the accounts' days is not among those of a table; `nil`: nothing.
  func leftOutNote(_ taken: TakenDays) -> String? {
    var notes: [String] = []
    if taken.leftOut > 0 {
      let days = NumberText.counted(Int64(taken.leftOut), "further day")
      notes.append(
        style.pick(
          "\(days) with takings by the same accounts are not of this incident (another terminal, another time or owner) and are left out.",
          "同じアカウントによる他の \(NumberText.grouped(Int64(taken.leftOut))) 日分の持出しは、本事案のもの(端末・時期・委託元)ではないため含まない。"
        )
      )
    }
    if !taken.whole.isEmpty {
      notes.append(
        style.pick(
          "Where the ledger does not tell the days of this incident's terminals from those of others, one row holds the whole.",
          "日別の台帳では本事案の端末による日を他の端末と区別できない委託元は、全体を1行で示す。"
        )
      )
    }
    return notes.isEmpty ? nil : notes.joined(separator: style.pick(" ", ""))
  }

  /// The row of an owner that is told as a whole.
  func wholeRow(_ item: Incident.OwnerCount) -> [Cell] {
    let first = style.zone.dayNumber(of: item.first)
    return [
      .days(first...max(first, style.zone.dayNumber(of: item.last))),
      .prose(readingAccounts.names.joined(separator: style.pick(", ", "、"))),
      item.owner.isEmpty ? .words(ownerName("")) : .name(item.owner), .records(item.records),
      .records(item.records),
      .words(style.pick("the whole incident: not told by day", "事案全体(日別には区別できない)")),
    ]
  }
}
