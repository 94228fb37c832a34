import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

struct ReportIncidentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident",
    abstract: "The report on an incident: overall, or for one owner, naming no other.",
    discussion:
      "Without an id: the gravest incident. --each-owner writes a report for each owner into a folder."
  )

  @Argument(help: "Id of a finding or an incident (default: the gravest).") var id: String?
  @OptionGroup var options: DocumentOptions
  @OptionGroup var issuing: IssueOptions

  @Option(help: "For this owner alone.")
  var owner: String?

  @Option(help: "Read this instead of the store: what a scan wrote with --format jsonl.")
  var scan: String?

  @Flag(help: "A report for each owner; --output names the folder.")
  var eachOwner = false

  mutating func validate() throws {
    guard owner == nil || !eachOwner else {
      throw ValidationError("--owner and --each-owner: give one of them")
    }
    guard scan == nil || !(issuing.issue || eachOwner) else {
      throw ValidationError("--scan: only the store keeps versions, and writes for each owner")
    }
    guard !eachOwner || options.output != nil else {
      throw ValidationError("--each-owner: name the folder with --output")
    }
  }

  func run() throws {
    if let scan { return try runOnScan(scan) }
    var asked = options
    if eachOwner { asked.output = nil }
    try asked.ask(writing: issuing.issue) { desk in
      guard let found = try id ?? desk.study.incidents().first?.id,
        let story = try desk.study.incidentCase(found)
      else {
        let name = id.map { "finding or incident " + SafeText.escaped($0, limit: 64) } ?? "incident"
        Terminal.complain("\(desk.store.path): remembers no \(name)")
        throw ExitCode(2)
      }
      guard eachOwner else {
        let name = try owner.map { try AskingOptions.owner($0, desk.estate, desk.store) }
        try write(story, for: name, to: options.output, desk)
        return
      }
      let folder = options.output ?? "."
      mkdir(folder, 0o700)
      let names = story.incident.owners.map(\.owner).filter { !$0.isEmpty }
      for (place, name) in names.enumerated() {
        let number = place < 9 ? "0\(place + 1)" : "\(place + 1)"
        let slug = FileNames.readable(name)
        let suffix = options.form?.suffix ?? options.format
        try write(
          story,
          for: name,
          to: "\(folder)/\(story.incident.id)-\(number)-\(slug).\(suffix)",
          desk
        )
      }
    }
  }

  private func runOnScan(_ file: String) throws {
    let ground = try options.ground(inputs: [file])
    guard let bytes = InquireCommand.bytes(of: file) else {
      Terminal.complain("\(SafeText.escaped(file, limit: 4096)): cannot be read")
      throw ExitCode(2)
    }
    let told = ScanStory(lines: String(decoding: bytes, as: UTF8.self))
    guard let story = told.incidentCase(id) else {
      Terminal.complain("\(SafeText.escaped(file, limit: 4096)): tells of no such incident")
      throw ExitCode(2)
    }
    let lookup = EstateLookup(ground.estate)
    let name = owner.map { name in
      lookup.owner(named: name).map { ground.estate.owners[$0].name } ?? name
    }
    try check(name, story)
    var maker = CaseDocument(story, ground.estate, ground.notes, style: ground.style, owner: name)
    maker.complete(program: options.program, now: options.time, issue: nil)
    try options.write(maker.document(), to: options.output)
  }

  private func check(_ owner: String?, _ story: IncidentCase) throws {
    if let owner, !story.incident.owners.contains(where: { $0.owner == owner }) {
      Terminal.complain(
        "\(SafeText.escaped(owner, limit: 256)): incident \(story.incident.id) does not concern this owner"
      )
      throw ExitCode(2)
    }
  }

  private func write(
    _ story: IncidentCase,
    for owner: String?,
    to path: String?,
    _ desk: DocumentOptions.Desk
  ) throws {
    try check(owner, story)
    var story = story
    // For an owner only the sources count that hold its records.
    if let owner {
      story.coverage = try desk.coverage.account(story.coverage.period, owner: owner)
      story.digests = try desk.study.digests(story.coverage)
      story.terminalsOfOwner = try desk.study.terminals(of: owner, in: story.incident)
    }
    var maker = CaseDocument(story, desk.estate, desk.notes, style: desk.style, owner: owner)
    let report = try issuing.next(
      owner == nil ? "incident" : "owner",
      story.incident.id,
      owner ?? "",
      of: story.issued,
      at: options.time
    )
    let subjects = try owner.flatMap {
      try desk.study.subjects(of: $0, opened: story.incident.accounts)
    }
    maker.complete(
      program: options.program,
      now: options.time,
      issue: report,
      subjects: subjects.map {
        CaseDocument.SubjectReferences(values: $0.values, isComplete: $0.isComplete)
      }
    )
    let document = maker.document()
    try DocumentOptions.check(document)
    try options.write(document, to: path)
    try issuing.record(report, document, figures: maker.figures, desk, options)
  }
}
