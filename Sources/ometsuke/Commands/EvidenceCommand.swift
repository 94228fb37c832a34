import ArgumentParser
import Detection
import Estate
import EventModel
import Pipeline
import Reporting
import Storage

struct EvidenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Writes the log lines of a finding into a folder that sha256sum can check.",
    discussion: """
      Give the id of a finding or an incident and the same paths and options as to scan; or no path, \
      and the store of the nights says where the lines stood: the logs are read again. The folder \
      holds the lines, a manifest, SHA256SUMS and a README. The lines are raw and hold personal \
      data: mode 0700, files 0600. Exit status: 0 all lines are there; 3 some are altered or gone: \
      each is named; 2 could not run.
      """
  )

  @Argument(help: "Id of a finding or an incident.") var id: String
  @Argument(help: "Files, folders or globs (default: what the store remembers).")
  var paths: [String] = []
  @Option(name: [.short, .long], help: "The folder, empty or not there.") var output: String
  @Option(
    name: [.short, .long],
    help: "The estate file (default: ./ometsuke.yml, if there is one)."
  )
  var config: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var speech: SpokenLanguage
  @Option(help: "Leave out events before this time (RFC 3339, or a date in the estate's zone).")
  var from: String?
  @Option(help: "Leave out events at or after this time.") var to: String?
  @Option(help: "Threads (default: one a processor).") var threads: Int?
  @Option(help: "Run only these detectors, separated by commas.") var detectors: String?
  @Option(
    name: .customLong("key-log"),
    help: "Read encrypted sessions of captures by the secrets in this file (SSLKEYLOGFILE)."
  )
  var keyLog: String?

  /// As given to scan.
  private var reading: ReadingOptions {
    var reading = ReadingOptions()
    reading.paths = paths
    reading.config = config
    reading.from = from
    reading.to = to
    reading.threads = threads
    reading.detectors = detectors
    reading.keyLog = keyLog
    reading.chunkSize = nil
    reading.digestInputs = false
    return reading
  }

  mutating func validate() throws {
    if paths.isEmpty {
      guard from == nil, to == nil, threads == nil, detectors == nil else {
        throw ValidationError("--from, --to, --threads and --detectors go with paths")
      }
    } else {
      guard place.store == nil else {
        throw ValidationError("give paths or --store, not both")
      }
      var reading = self.reading
      try reading.validate()
    }
  }

  func run() async throws {
    if let obstacle = EvidenceFolder.obstacle(at: output) {
      Terminal.complain("\(SafeText.escaped(output, limit: 4096)): \(obstacle)")
      throw ExitCode(2)
    }
    let loaded = try EstateSettings.load(config)
    let estate = loaded?.estate ?? DeclaredEstate()
    let (found, collector) = paths.isEmpty ? try remembered(estate) : try await scanned()
    var manifest = found
    manifest.digests = Run.digests(estate, detectors)
    manifest.digests.program = RunDigests.ownProgram()
    manifest.configuration = RunDigests.files(EstateSettings.registers(of: estate).sorted())
    let logs = Set(collector.lines.filter { $0.state != .unhashed }.map(\.path)).sorted()
    manifest.logs = RunDigests.files(logs)
    manifest.digests.inputs = manifest.logs
    var files = collector.files
    files["manifest.json"] = Array(manifest.json.utf8)
    files["README.txt"] = Array(manifest.readMe.utf8)
    do {
      let sum = try EvidenceFolder.write(files, to: output)
      try Terminal.say(text(collector.lines, sum))
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain(SafeText.escaped("\(error)", limit: 4096))
      throw ExitCode(2)
    }
    throw ExitCode(collector.missing == 0 ? 0 : 3)
  }

  private func text(_ lines: [EvidenceLine], _ sum: String) -> String {
    var text = ""
    for line in lines where line.name == nil {
      let place = SafeText.escaped(line.evidence.file, limit: 4096)
      text +=
        "MISSING   \(place) line \(line.evidence.line): \(EvidenceManifest.words(line.state).english)\n"
    }
    let whole = lines.count { $0.name != nil }
    text +=
      "\(whole) of \(NumberText.counted(Int64(lines.count), "line")) in \(SafeText.escaped(output, limit: 4096))\n"
    return text + "\(sum)  SHA256SUMS\n"
  }

  private func scanned() async throws -> (EvidenceManifest, EvidenceCollector) {
    let run = try await Run.scan(reading, showsProgress: true)
    for incident in run.result.incidents {
      let chosen = incident.findings.filter { $0.id == id || incident.id == id }
      guard !chosen.isEmpty else { continue }
      let collector = EvidenceCollector(chosen, notes: run.result.files)
      return (manifest(JSONLinesReport.line(of: incident), collector), collector)
    }
    Notes.print(run.result)
    if !Notes.tellNothingRead(run.result) {
      Terminal.complain("no finding or incident \(id) in these logs with this estate file")
    }
    throw ExitCode(2)
  }

  private func remembered(
    _ estate: DeclaredEstate
  ) throws -> (EvidenceManifest, EvidenceCollector) {
    do {
      let store = try NotedStore.reading(
        place.path(beside: estate.file),
        NotedStore.access("evidence", about: "incident \(id)")
      )
      guard let found = try store.evidence(of: id) else {
        Terminal.complain("\(store.path): remembers no finding or incident \(id)")
        throw ExitCode(2)
      }
      let collector = try EvidenceCollector(found, in: store)
      var manifest = manifest(found.incident.body, collector)
      if let night = try store.nights().first(where: { $0.id == found.incident.changedNight }) {
        manifest.night =
          "night \(night.id), \(Timestamp(seconds: night.started)), \(night.program), estate "
          + (night.estate.map(ChainLink.hex) ?? "unknown")
      }
      return (manifest, collector)
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(2)
    }
  }

  private func manifest(_ incident: String, _ collector: EvidenceCollector) -> EvidenceManifest {
    EvidenceManifest(
      asked: id,
      incident: incident,
      lines: collector.lines,
      program: "ometsuke \(Ometsuke.version)",
      digests: RunDigests(rules: "")
    )
  }
}
