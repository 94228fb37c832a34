import ArgumentParser

/// The analyst's side: what is open, and what is decided about it.
struct TriageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "triage",
    abstract: "Lists incidents and records what people decide about them, for good.",
    discussion: """
      Every act is a link of the chain of decisions: who, why, when, by whom it was entered. It hides \
      nothing: an incident is counted and told as before. Exit status: 0 done, 2 could not.
      """,
    subcommands: [
      TriageListCommand.self, TriageShowCommand.self, TriageDecideCommand.self,
      TriageAssignCommand.self, TriageCommentCommand.self, TriageLinkCommand.self,
    ],
    defaultSubcommand: TriageListCommand.self
  )
}
