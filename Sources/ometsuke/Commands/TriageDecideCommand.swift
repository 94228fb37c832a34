import ArgumentParser
import EventModel

struct TriageDecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Decides: confirmed, suspected, legitimate (until a day) or duplicate (of another).",
    discussion: "Suspected leaves it open; the others settle it. Nothing is hidden by it."
  )
  private static let kinds: [TriageAct.Kind] = [.confirmed, .suspected, .legitimate, .duplicate]

  @Argument(help: "Id of a finding or an incident.") var id: String
  @Option(name: .customLong("as"), help: "confirmed, suspected, legitimate or duplicate.")
  var kind: String
  @Option(help: "Why.") var reason: String
  @Option(help: "Of a legitimate one: the last day on which that holds.") var until: String?
  @Option(help: "Of a duplicate: the incident that it repeats.") var of: String?
  @OptionGroup var options: TriageOptions

  mutating func validate() throws {
    guard let kind = TriageAct.Kind(rawValue: kind), Self.kinds.contains(kind) else {
      throw ValidationError(
        "--as \(kind): there are \(Self.kinds.map(\.rawValue).joined(separator: ", "))"
      )
    }
    try TriageOptions.check("--reason", reason)
    guard kind != .legitimate || until != nil else {
      throw ValidationError(
        "--as legitimate: name with --until the last day on which that holds: nothing is for ever"
      )
    }
    guard kind == .legitimate || until == nil else {
      throw ValidationError(
        "--until goes with --as legitimate, and with nothing else"
      )
    }
    if let until, AskingOptions.day(until) == nil {
      throw ValidationError("--until \(until): not a day; write 2024-04-01")
    }
    if let until = until.flatMap(AskingOptions.day), until < options.today {
      throw ValidationError("--until \(self.until ?? ""): that day is over; name one to come")
    }
    guard kind != .duplicate || of != nil else {
      throw ValidationError("--as duplicate: name with --of the incident that it repeats")
    }
    guard kind == .duplicate || of == nil else {
      throw ValidationError("--of goes with --as duplicate, and with nothing else")
    }
    if let of, of == id { throw ValidationError("--of: an incident is no duplicate of itself") }
  }

  func run() throws {
    guard let kind = TriageAct.Kind(rawValue: kind) else { return }
    try options.record(kind, of: id, text: reason, refersTo: of, until: until)
  }
}
