import ArgumentParser
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct ReportNotificationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notification",
    abstract: "The list of opaque references of persons whom an owner may have to notify.",
    discussion: """
      References are the upper halves of keyed hashes, of records that the accounts of the incident \
      opened one by one; exports in bulk name nobody. --format csv --table subject_refs for the list.
      """
  )

  @Argument(help: "Id of a finding or an incident.") var id: String
  @OptionGroup var options: DocumentOptions
  @OptionGroup var issuing: IssueOptions

  @Option(help: "The owner.")
  var owner: String

  func run() throws {
    try options.ask(writing: issuing.issue) { desk in
      let name = try AskingOptions.owner(owner, desk.estate, desk.store)
      guard let story = try desk.study.incidentCase(id) else {
        Terminal.complain(
          "\(desk.store.path): remembers no finding or incident \(SafeText.escaped(id, limit: 64))"
        )
        throw ExitCode(2)
      }
      guard story.incident.owners.contains(where: { $0.owner == name }) else {
        Terminal.complain(
          "\(SafeText.escaped(name, limit: 256)): incident \(story.incident.id) does not concern this owner"
        )
        throw ExitCode(2)
      }
      let subjects = try desk.study.subjects(of: name, opened: story.incident.accounts)
      var maker = NotificationDocument(
        owner: name,
        incident: story.incident,
        subjects: subjects.map {
          CaseDocument.SubjectReferences(values: $0.values, isComplete: $0.isComplete)
        },
        delivered: desk.estate.owners.first { $0.name == name }?.delivered,
        style: desk.style
      )
      maker.program = options.program
      maker.now = options.time
      let issued = try desk.issued()
      let incident = story.incident.id
      maker.previous = IssueOptions.previous("notification", incident, name, of: issued)
      maker.issue = try issuing.next("notification", incident, name, of: issued, at: options.time)
      try issuing.issue(maker.document(), as: maker.issue, figures: maker.figures, desk, options)
    }
  }
}
