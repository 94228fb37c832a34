import ArgumentParser
import EventModel
import Ingest
import Reporting

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats",
    abstract: "Lists the formats, says which one a file has and why, or proposes a new one.",
    subcommands: [ListFormatsCommand.self, NewFormatCommand.self],
    defaultSubcommand: ListFormatsCommand.self
  )
}

struct ListFormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the formats, or says which one a file has and why."
  )

  @Argument(help: "Files to judge.")
  var files: [String] = []

  @OptionGroup var speech: SpokenLanguage

  func run() throws {
    guard !files.isEmpty else {
      let text = FormatRegistry.all.map { "\($0.name)\n    \($0.summary)\n" }
      return try Terminal.say(text.joined())
    }
    Terminal.tellWaiting(for: files)
    let found = InputDiscovery.files(at: files)
    for problem in found.problems { Terminal.complain("\(shown(problem.path)): \(problem.reason)") }
    var unjudged = found.problems.count
    for file in found.files {
      let answer = judge(file.path)
      if !answer.isJudged { unjudged += 1 }
      try Terminal.say(answer.text)
    }
    // Of an empty file, and of one that cannot be read, nothing is said: that is no answer.
    if unjudged > 0 { throw ExitCode(found.files.isEmpty ? 2 : 3) }
  }

  private func shown(_ text: String) -> String { SafeText.escaped(text, limit: 4096) }

  /// What is said of a file, and whether anything of it could be judged.
  private func judge(_ path: String) -> (text: String, isJudged: Bool) {
    let head: FileHead
    let reader: ChunkReader
    do {
      reader = try ChunkReader(path: path, encoding: nil)
      head = try reader.head()
    } catch {
      return ("\(shown(path)): \(shown(error.reason(of: path)))\n", false)
    }
    guard !head.isEmpty else { return ("\(shown(path)): empty\n", false) }
    if let packed = head.packed { return ("\(shown(path)): \(packed.refusal)\n", false) }
    var judged = FormatRegistry.judge(head.bytes.span)
    // A first record that is too long to be read tells nothing: what stands behind it does.
    for wanted in ChunkReader.Beyond.allCases
    where judged.first?.result.likelihood ?? .no < .likely {
      guard let beyond = reader.headBeyond(wanted) else { continue }
      let others = FormatRegistry.judge(beyond.span)
      if others.first?.result.likelihood ?? .no >= .likely { judged = others }
    }
    let results = judged.map { (name: $0.format.name, probe: $0.result) }
    let packing = head.compression == .none ? "not compressed" : head.compression.rawValue
    var text = "\(shown(path)): \(packing), \(head.encoding.rawValue)\n"
    for result in results where result.probe.likelihood >= .likely {
      text += "  \(result.name): \(result.probe.likelihood) — \(result.probe.reason)\n"
    }
    if results.first.map({ $0.probe.likelihood < .likely }) ?? true {
      text += "  no format claims it: a scan counts its lines as not understood\n"
    }
    for result in results where result.probe.likelihood == .possible {
      text += "  perhaps \(result.name) — \(result.probe.reason)\n"
    }
    if results.first?.probe.likelihood == .no {
      for result in results.prefix(3) { text += "  not \(result.name): \(result.probe.reason)\n" }
    }
    return (text, true)
  }
}
