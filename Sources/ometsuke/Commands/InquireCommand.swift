import ArgumentParser
import Estate
import EventModel
import Glibc
import Pipeline
import Reporting
import Storage

struct InquireCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inquire",
    abstract: "Answers an owner who asks whether its records were taken, from the store alone.",
    discussion: """
      Tells who handled the owner's records, on what authorisation, what was found, and what the gaps \
      could hide. Ends in one of four conclusions: confirmed, suspected, not found within the records, \
      cannot be determined; always with the share that was covered. Only a person confirms, by ometsuke \
      triage decide or here: --confirm names the incident, --examiner who says so. Names no other owner but in the annex. Exit status: 0 \
      answered, whatever the answer; 2 could not.
      """
  )

  @OptionGroup var asking: AskingOptions

  @Option(help: "The owner that asks.")
  var owner: String

  @Option(help: "A file of subjects who complained, an id as the logs write it on each line.")
  var subjects: String?

  @Option(help: "Who examines, for the answer.")
  var examiner: String?

  @Option(help: "An incident that a person has confirmed to be a taking; may be repeated.")
  var confirm: [String] = []

  @Flag(help: "Add the internal annex: other owners of the same accounts and terminals.")
  var annex = false

  mutating func validate() throws {
    guard confirm.isEmpty || examiner != nil else {
      throw ValidationError("--confirm: name with --examiner the person who has confirmed it")
    }
  }

  func run() throws {
    let list = try subjects.map(Self.subjects)
    let text = try asking.ask("inquire", owner: owner) {
      store,
      estate,
      coverage,
      period,
      name in
      let name = name ?? owner
      if list != nil, estate.subjectKey == nil {
        Terminal.complain(
          "--subjects: the estate has no privacy key, so that no night kept whose records were opened"
        )
        throw ExitCode(2)
      }
      var study = InquiryStudy(store, estate, coverage)
      study.now = Timestamp(seconds: Int64(time(nil)))
      var answer = try study.answer(
        owner: name,
        period,
        subjects: list,
        confirmed: Set(confirm)
      )
      answer.examiner = examiner ?? ""
      for id in confirm where !answer.takings.contains(where: { $0.incident == id }) {
        Terminal.complain(
          "--confirm \(SafeText.escaped(id, limit: 64)): no incident of that id concerns this owner"
            + " within the period"
        )
        throw ExitCode(2)
      }
      var report = InquiryReport(answer, program: "ometsuke \(Ometsuke.version)")
      report.writesAnnex = annex
      report.otherNames = Set(
        estate.owners.filter { $0.name != name }.flatMap { [$0.name] + $0.aliases }
      )
      return asking.format == "jsonl" ? report.lines() : report.render(asking.reportOptions)
    }
    try Terminal.write(text, to: asking.output)
  }

  /// - Throws: `ExitCode(2)` after one clear line on standard error.
  static func subjects(in file: String) throws -> [String] {
    guard let bytes = bytes(of: file) else {
      Terminal.complain("\(SafeText.escaped(file, limit: 4096)): cannot be read")
      throw ExitCode(2)
    }
    let lines = bytes.split(separator: 0x0A).compactMap { line -> String? in
      let text = String(decoding: line, as: UTF8.self)
      let kept = text.drop { $0 == " " || $0 == "\u{FEFF}" }.prefix { $0 != "\r" && $0 != " " }
      return kept.isEmpty ? nil : String(kept)
    }
    guard !lines.isEmpty else {
      Terminal.complain("\(SafeText.escaped(file, limit: 4096)): holds no subject")
      throw ExitCode(2)
    }
    return lines
  }

  static func bytes(of file: String) -> [UInt8]? {
    guard let stream = PathText.withName(file, { fopen($0, "re") }) else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, stream)
      guard count > 0 else { return ferror(stream) == 0 ? bytes : nil }
      bytes += block[..<count]
    }
  }
}
