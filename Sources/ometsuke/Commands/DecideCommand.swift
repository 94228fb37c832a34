import ArgumentParser
import Pipeline
import Storage

/// `ometsuke state decide`.
struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Puts a decision about an incident into the chain: author, time, reason, for good.",
    discussion: "It hides nothing: the incident is counted and told as before."
  )
  @Argument(help: "Id of a finding or an incident.") var id: String
  @Option(
    name: .customLong("as"),
    help: "\(Decision.Kind.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var kind: String
  @Option(help: "Who decided.") var by: String
  @Option(help: "Why.") var reason: String
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage

  mutating func validate() throws {
    guard Decision.Kind(rawValue: kind) != nil else {
      let known = Decision.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--as \(kind): there are \(known)")
    }
    for (name, text) in [("--by", by), ("--reason", reason)] {
      guard (1...4096).contains(text.utf8.count), text.contains(where: { !$0.isWhitespace }) else {
        throw ValidationError("\(name): give a text of at most 4096 bytes")
      }
    }
  }

  func run() throws {
    guard let kind = Decision.Kind(rawValue: kind) else { return }
    try StateCommand.open(place, as: "decide", about: "incident \(id)", writes: true) { store in
      guard try store.evidence(of: id) != nil else {
        Terminal.complain("\(store.path): remembers no finding or incident \(id)")
        throw ExitCode(2)
      }
      let decision = Decision(
        id: id,
        kind: kind,
        by: by,
        reason: reason,
        author: Author.current,
        time: NotedStore.time
      )
      try decision.add(to: store, program: "ometsuke \(Ometsuke.version)")
      let head = ChainLink.hex(try store.head(of: Decision.source))
      try Terminal.say("decided; write down its head: ometsuke verify --expect \(head)\n")
    }
  }
}
