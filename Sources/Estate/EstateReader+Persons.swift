internal import EventModel

/// The roster: when persons are there.
extension EstateReader {
  mutating func readPerson(_ node: YAMLNode) {
    let keys = ["name", "valid-from", "valid-until", "shift", "days"]
    guard let fields = named(node, "a person", keys), let name = name(fields),
      isNew(name, "person", at: fields.line)
    else { return }
    var person = Person(name: name)
    person.validFrom = time(fields, "valid-from")
    person.validUntil = time(fields, "valid-until", end: true)
    if let shift = window(fields, "shift") {
      (person.shiftStart, person.shiftEnd) = (shift.start, shift.end)
    }
    person.weekdays = weekdays(fields, "days") ?? []
    person.line = fields.line
    checkOrder(fields, person.validFrom, person.validUntil, "valid-from", "valid-until")
    estate.persons.append(person)
  }
}
