public import EventModel

/// What people have entered and cannot mean.
extension ReportNotes {
  /// What cannot be meant as it stands: ids, quarters and owners that nobody knows, days that are none, acts after
  /// `now` or before what they follow, more confirmed than delivered or than the logs leave possible, a final report of
  /// which the most is not entered.
  public func doubts(
    _ estate: DeclaredEstate,
    incidents known: [Incident],
    now: Timestamp
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let zone = estate.policy.zone
    for (id, section) in incidents.sorted(by: { $0.key < $1.key }) {
      let shown = "incident " + Diagnostic.quoted(id)
      let incident = known.first { $0.id == id }
      func doubt(_ message: String) {
        let line = lines[id] ?? 0
        found.append(
          Diagnostic(.warning, file: file, line: line, message: "\(shown): \(message)")
        )
      }
      if incident == nil { doubt("the store remembers none of that id; correct it") }
      doubtCounts(section, estate, incident, doubt)
      doubtKind(section, doubt)
      doubtDays(section, now, zone, doubt)
      doubtOrder(section, incident, zone, doubt)
    }
    for (name, section) in quarters.sorted(by: { $0.key < $1.key }) {
      let shown = Diagnostic.quoted(name)
      func doubt(_ message: String) {
        found.append(
          Diagnostic(.warning, file: file, line: lines[name] ?? 0, message: message)
        )
      }
      if QuarterFacts.period(of: name) == nil { doubt("\(shown): no quarter; write 2024-Q2") }
      doubtDays(section, now, zone) { doubt("quarter \(shown): \($0)") }
    }
    return found
  }

  /// Owners that nobody knows, and more confirmed of one than can be.
  private func doubtCounts(
    _ section: Section,
    _ estate: DeclaredEstate,
    _ incident: Incident?,
    _ doubt: (String) -> Void
  ) {
    let lookup = EstateLookup(estate)
    var seen: Set<String> = []
    for record in section.records["owners"] ?? [] {
      let name = record["owner"] ?? ""
      guard let owner = lookup.owner(named: name).map({ estate.owners[$0] }) else {
        doubt("no owner is called \(Diagnostic.quoted(name)); correct it")
        continue
      }
      if !seen.insert(owner.name).inserted {
        doubt(
          "\(Diagnostic.quoted(owner.name)) is entered twice under owners; the first entry counts, correct it"
        )
        continue
      }
      if let incident, !incident.owners.contains(where: { $0.owner == owner.name }) {
        doubt(
          "the logs do not show \(Diagnostic.quoted(owner.name)) in it: what is entered of that owner is in no sum; correct it"
        )
      }
      guard let count = record["confirmed"].flatMap({ Self.count($0) }) else { continue }
      let counted = incident?.owners.first { $0.owner == owner.name }.flatMap {
        $0.subjects.isUnbounded ? nil : $0.subjects.high
      }
      let told =
        "\(NumberText.grouped(count)) confirmed of \(Diagnostic.quoted(owner.name))"
      if let most = owner.delivered, count > most {
        doubt(
          "\(told), which has delivered \(NumberText.grouped(most)); correct one of them"
        )
      } else if let most = counted, count > most {
        doubt(
          "\(told), where the logs leave \(NumberText.grouped(most)) possible; correct it, or say in limitations"
            + " by which way the others went"
        )
      }
    }
  }

  private static let kinds = ["preliminary", "final", "follow-up", "periodic"]

  /// What a final report has to tell and only people know.
  private static let final = [
    "causes", "secondary-damage", "notification", "publication", "containment", "measures",
  ]

  private func doubtKind(_ section: Section, _ doubt: (String) -> Void) {
    guard let kind = section.texts["kind"]?.first else { return }
    if !Self.kinds.contains(kind) {
      doubt("kind \(Diagnostic.quoted(kind)); write \(Self.kinds.joined(separator: ", "))")
    }
    guard kind == "final" else { return }
    let missing = Self.final.filter { key in
      let isTold = section.texts[key]?.contains { !$0.isEmpty } ?? false
      let isNotified =
        key == "notification"
        && section.records["owners"]?.contains { $0["notified-at"] != nil } ?? false
      return !isTold && !isNotified && section.records[key]?.isEmpty ?? true
    }
    guard !missing.isEmpty else { return }
    doubt(
      "kind final, but nothing is entered under \(missing.joined(separator: ", ")): the report says unknown"
    )
  }

  /// Days that are none, and acts that lie ahead.
  private func doubtDays(
    _ section: Section,
    _ now: Timestamp,
    _ zone: TimeZoneRule,
    _ doubt: (String) -> Void
  ) {
    func checkPast(_ key: String, _ time: Timestamp) {
      guard time > now else { return }
      doubt("\(key) \(Self.day(time, zone)) lies ahead; correct it")
    }
    for (key, time) in section.times.sorted(by: { $0.key < $1.key }) { checkPast(key, time) }
    for record in section.records.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
      for key in ["due", "date", "notified-at"] {
        guard let text = record[key] else { continue }
        guard let time = Scalars.time(text, zone: zone, end: false) else {
          doubt("\(key) \(Diagnostic.quoted(text)) is no day; write 2024-06-30")
          continue
        }
        if key != "due" { checkPast(key, time) }
      }
    }
  }

  /// Acts before what they follow: nobody knows of a taking, is told of it or complains of it before it was.
  private func doubtOrder(
    _ section: Section,
    _ incident: Incident?,
    _ zone: TimeZoneRule,
    _ doubt: (String) -> Void
  ) {
    let times = section.times
    func shown(_ key: String, _ time: Timestamp) -> String { "\(key) \(Self.day(time, zone))" }
    func check(_ key: String, _ earlier: String) {
      guard let time = times[key], let other = times[earlier], time < other else { return }
      doubt("\(shown(key, time)) lies before \(shown(earlier, other)); correct one of them")
    }
    check("acknowledged-at", "detected-at")
    check("sign-off-at", times["acknowledged-at"] == nil ? "detected-at" : "acknowledged-at")
    guard let first = incident?.first else { return }
    let begin = Self.dayNumber(first, zone)
    func checkTaking(_ key: String, _ time: Timestamp) {
      // Of one who has entered a day alone the hour is not known.
      guard Self.dayNumber(time, zone) < begin else { return }
      doubt(
        "\(shown(key, time)) lies before the first taking, \(Self.day(first, zone)); correct it"
      )
    }
    for (key, time) in times.sorted(by: { $0.key < $1.key }) { checkTaking(key, time) }
    for (list, key) in [("owners", "notified-at"), ("complaints", "date")] {
      for text in (section.records[list] ?? []).compactMap({ $0[key] }) {
        guard let time = Scalars.time(text, zone: zone, end: false) else { continue }
        checkTaking(list == "complaints" ? "complaint of" : key, time)
      }
    }
  }

  private static func dayNumber(_ time: Timestamp, _ zone: TimeZoneRule) -> Int {
    let second = Timestamp.nanosecondsPerSecond
    let seconds = time.nanoseconds / second - (time.nanoseconds % second < 0 ? 1 : 0)
    return time.dayNumber(offset: zone.offset(atUTC: seconds))
  }

  /// The day in the zone of the estate.
  private static func day(_ time: Timestamp, _ zone: TimeZoneRule) -> String {
    CivilCalendar.text(ofDay: dayNumber(time, zone))
  }
}
