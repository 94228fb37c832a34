import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

/// Who acts, and where it is kept.
struct TriageOptions: ParsableArguments {
  @Option(help: "Who decides or speaks.") var by: String
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage
  @Option(help: ArgumentHelp("The time by the clock (RFC 3339).", visibility: .hidden))
  var now: String?

  mutating func validate() throws {
    try TriageOptions.check("--by", by)
    if let now, ReadingOptions.time(now) == nil {
      throw ValidationError("--now \(now): not a time; write 2024-04-01T09:00:00Z")
    }
  }

  /// Days since 1970, UTC.
  var today: Int {
    let time = now.flatMap { ReadingOptions.time($0) } ?? Timestamp(seconds: Int64(Glibc.time(nil)))
    return time.dayNumber()
  }

  static func check(_ name: String, _ text: String) throws {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("\(name): is empty; give a text")
    }
    guard text.utf8.count <= 4096 else {
      throw ValidationError("\(name): give a text of at most 4096 bytes")
    }
  }

  /// Adds an act about a finding or an incident that the store remembers.
  ///
  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func record(
    _ kind: TriageAct.Kind,
    of id: String,
    text: String,
    refersTo: String? = nil,
    until: String? = nil,
    owner: String? = nil
  ) throws {
    try StateCommand.open(place, as: "triage", about: "incident \(id)", writes: true) { store in
      for known in [id] + (kind == .duplicate ? [refersTo ?? ""] : []) {
        guard try store.evidence(of: known) != nil else {
          Terminal.complain(
            "\(store.path): remembers no finding or incident \(SafeText.escaped(known, limit: 64))"
          )
          throw ExitCode(2)
        }
      }
      if let owner { try Self.check(owner, of: id, store) }
      if kind.isJudgement { try Self.checkWhole(id, store) }
      if kind == .duplicate, let refersTo { try Self.checkOriginal(refersTo, store) }
      var act = TriageAct(
        id: id,
        kind: kind,
        by: by,
        text: text,
        author: Author.current,
        time: nil
      )
      act.refersTo = refersTo
      act.until = until
      act.owner = owner
      let time = now.flatMap { ReadingOptions.time($0) } ?? Timestamp(seconds: Int64(time(nil)))
      try TriageLog.add(
        act,
        time: "\(time)",
        to: store,
        program: "ometsuke \(Ometsuke.version)"
      )
      let words = Terminal.language == .japanese ? "記録しました" : "recorded"
      let head = ChainLink.hex(try store.head(of: Decision.source))
      try Terminal.write("\(words): \(id) \(kind.rawValue) (verify --expect \(head))\n", to: nil)
    }
  }
}

extension TriageOptions {
  /// An incident that repeats one which itself repeats another would leave nobody to look at.
  private static func checkOriginal(_ id: String, _ store: Store) throws {
    let standing = try TriageLog.all(in: store).last { $0.id == id && $0.kind.isJudgement }
    guard let standing, standing.kind == .duplicate else { return }
    let shown = SafeText.escaped(id, limit: 64)
    let other = SafeText.escaped(standing.refersTo ?? "", limit: 64)
    Terminal.complain(
      "--of \(shown): is itself decided to be a duplicate of \(other); name the one that is not"
    )
    throw ExitCode(2)
  }

  /// A decision settles an incident: under the id of one of its findings it would settle the others unseen.
  private static func checkWhole(_ id: String, _ store: Store) throws {
    let incident = try store.evidence(of: id).flatMap { store.incident(in: $0.incident) }
    guard let incident, incident.id != id, incident.findings.count > 1 else { return }
    Terminal.complain(
      "\(SafeText.escaped(id, limit: 64)): is one finding of \(incident.findings.count); a decision is about the "
        + "whole incident: name \(incident.id)"
    )
    throw ExitCode(2)
  }

  /// Whether the incident concerns the owner: only then there is a report for the complaint to stand in.
  private static func check(_ owner: String, of id: String, _ store: Store) throws {
    let incident = try store.evidence(of: id).flatMap { store.incident(in: $0.incident) }
    let owner = store.presentOwner?(owner) ?? owner
    guard let incident, !incident.owners.contains(where: { $0.owner == owner }) else { return }
    Terminal.complain(
      "--owner \(SafeText.escaped(owner, limit: 256)): incident \(incident.id) does not concern this owner"
    )
    throw ExitCode(2)
  }
}

/// What triage shows, from the store.
struct TriageReading: ParsableArguments {
  @OptionGroup var asking: DocumentPlace
  @Option(
    name: [.customLong("lang"), .customLong("language")],
    help: "ja or en (default: by the locale)."
  )
  var language: String?
  @Option(help: ArgumentHelp("The time by the clock (RFC 3339).", visibility: .hidden))
  var now: String?

  mutating func validate() throws {
    if let language, DocumentOptions.documentLanguage(language) == nil {
      throw ValidationError("--lang \(language): there are ja and en")
    }
    if let now, ReadingOptions.time(now) == nil {
      throw ValidationError("--now \(now): not a time; write 2024-04-01T09:00:00Z")
    }
  }

  var time: Timestamp {
    now.flatMap { ReadingOptions.time($0) } ?? Timestamp(seconds: Int64(Glibc.time(nil)))
  }

  /// The states of all incidents, and how to speak of them.
  func ask(_ body: (CaseStudy, TriageText) throws -> String) throws {
    let text = try asking.open { store, estate in
      let study = try CaseStudy(store, estate, try CoverageStudy(store, estate))
      var words = TriageText(DocumentOptions.style(language, estate))
      words.now = time
      return try body(study, words)
    }
    try Terminal.write(text, to: nil)
  }
}

/// Estate and store, where nothing is written.
struct DocumentPlace: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?
  @OptionGroup var place: StoreOption

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  func open<Answer>(_ body: (Store, DeclaredEstate) throws -> Answer) throws -> Answer {
    let estate = try EstateSettings.load(config)?.estate ?? DeclaredEstate()
    do {
      let store = try NotedStore.reading(
        place.path(beside: estate.file),
        NotedStore.access("triage")
      )
      return try body(store, estate)
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }
}
