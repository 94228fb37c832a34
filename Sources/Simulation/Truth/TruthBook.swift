/// What really happened, as JSON Lines: each taking, each occurrence of a look-alike, and the sums.
///
/// Lines of takings and occurrences come as they happen; those of the sums at the end. It lies beside
/// the logs, never among them.
final class TruthBook {
  /// Sums of one scenario for one owner.
  private struct OwnerSum {
    var gross = 0
    var ranges: [RecordRange] = []
    var first: Text
    var last: Text
  }

  private struct Ledger {
    var code: StaticString
    var title: StaticString
    var isAttack: Bool
    var parameters: [Parameter]
    var number = 0
    var records = 0
    var stated = 0
    var withoutCount = 0
    var first: Text = ""
    var last: Text = ""
    var owners: [Int: OwnerSum] = [:]
  }

  var out = ByteBuffer()
  private let estate: SimulatedEstate
  /// `.zst` or the like: what the names of log files end in.
  private let ending: StaticString
  private var ledgers: [Ledger] = []

  init(estate: SimulatedEstate, ending: StaticString) {
    self.estate = estate
    self.ending = ending
  }

  /// Opens the sums of a scenario; returns its place.
  func open(_ scenario: any Scenario.Type, isAttack: Bool, _ parameters: [Parameter]) -> Int {
    ledgers.append(
      Ledger(
        code: scenario.code,
        title: scenario.title,
        isAttack: isAttack,
        parameters: parameters
      )
    )
    return ledgers.count - 1
  }

  func note(_ happening: Happening, of place: Int, day: SimulatedDay, lost: [LogSource]) {
    ledgers[place].number += 1
    let time = day.stamp(happening.time)
    let until = day.stamp(happening.until ?? happening.time)
    if ledgers[place].first.isEmpty { ledgers[place].first = time }
    ledgers[place].last = until
    let count = happening.records.count
    ledgers[place].records += count
    if let stated = happening.stated {
      ledgers[place].stated += stated
    } else {
      ledgers[place].withoutCount += 1
    }
    if let owner = happening.owner {
      var sum = ledgers[place].owners[owner] ?? OwnerSum(first: time, last: until)
      sum.gross += count
      sum.last = until
      if ledgers[place].isAttack { sum.ranges.append(happening.records) }
      ledgers[place].owners[owner] = sum
    }
    line(happening, of: place, time, until, day: day, lost)
  }

  private func line(
    _ happening: Happening,
    of place: Int,
    _ time: Text,
    _ until: Text,
    day: SimulatedDay,
    _ lost: [LogSource]
  ) {
    let ledger = ledgers[place]
    let account = estate.accounts[happening.account]
    let person = happening.person.isEmpty ? account.person : happening.person
    let kind: StaticString = ledger.isAttack ? "taking" : "occurrence"
    out.add("{\"kind\":\"\(kind)\",\"id\":\"\(ledger.code)\",")
    out.add("\"n\":\(ledger.number),\"time\":\"\(time)\",\"until\":\"\(until)\",\"account\":")
    out.add(json: account.name)
    out.put(",\"person\":")
    if person.isEmpty { out.put("null") } else { out.add(json: person) }
    out.put(",\"terminal\":")
    out.add(json: estate.terminals[happening.terminal].name)
    out.put(",\"address\":")
    out.add(json: estate.terminals[happening.terminal].address)
    out.put(",\"owner\":")
    if let owner = happening.owner {
      out.add(json: estate.owners[owner].name)
    } else {
      out.put("null")
    }
    out.add(",\"records\":\(happening.records.count),\"first\":\(happening.records.first),")
    out.add("\"last\":\(happening.records.last),\"stated\":")
    if let stated = happening.stated { out.put(stated) } else { out.put("null") }
    out.add(",\"covered\":\(happening.covered),\"logs\":[")
    let shown = happening.shown.filter { !lost.contains($0) }
    for (index, source) in shown.enumerated() {
      if index > 0 { out.put(byte: 0x2C) }
      out.add("\"\(source.path(day: day.number))\(ending)\"")
    }
    out.put("],\"hidden\":")
    let why: StaticString =
      shown.count < happening.shown.count && happening.hidden.utf8CodeUnitCount == 0
      ? "the day's log was removed" : happening.hidden
    if why.utf8CodeUnitCount == 0 { out.put("null") } else { out.add("\"\(why)\"") }
    out.put("}\n")
  }

  /// The sums: a line each scenario, in the order of opening.
  func close() {
    for ledger in ledgers { summary(ledger) }
  }

  private func summary(_ ledger: Ledger) {
    let kind: StaticString = ledger.isAttack ? "attack" : "lookalike"
    let happenings: StaticString = ledger.isAttack ? "takings" : "occurrences"
    out.add("{\"kind\":\"\(kind)\",\"id\":\"\(ledger.code)\",")
    out.add("\"title\":\"\(ledger.title)\",\"parameters\":{")
    for (index, parameter) in ledger.parameters.enumerated() {
      if index > 0 { out.put(byte: 0x2C) }
      out.add("\"\(parameter.name)\":\(parameter.json)")
    }
    out.add("},\"\(happenings)\":\(ledger.number),")
    out.add("\"records\":\(ledger.records),\"stated\":\(ledger.stated),")
    out.add("\"without_count\":\(ledger.withoutCount),")
    out.add("\"first\":\"\(ledger.first)\",\"last\":\"\(ledger.last)\",\"owners\":[")
    for (index, owner) in ledger.owners.keys.sorted().enumerated() {
      guard let sum = ledger.owners[owner] else { continue }
      if index > 0 { out.put(byte: 0x2C) }
      out.put("{\"owner\":")
      out.add(json: estate.owners[owner].name)
      out.add(",\"delivered\":\(estate.owners[owner].delivered),\"gross\":\(sum.gross),")
      if ledger.isAttack { out.add("\"distinct\":\(Self.distinct(sum.ranges)),") }
      out.add("\"first\":\"\(sum.first)\",\"last\":\"\(sum.last)\"}")
    }
    out.put("]}\n")
  }

  /// How many records the stretches cover together.
  static func distinct(_ ranges: [RecordRange]) -> Int {
    var count = 0
    var end = 0
    for range in ranges.sorted(by: { ($0.first, $0.count) < ($1.first, $1.count) }) {
      let from = max(range.first, end + 1)
      if range.last >= from { count += range.last - from + 1 }
      end = max(end, range.last)
    }
    return count
  }
}

/// One drawn number or word of a scenario, for the truth.
struct Parameter {
  var name: StaticString
  var json: Text
}
