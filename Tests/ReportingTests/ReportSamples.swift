import EventModel

@testable import Reporting

/// Reports made by hand for the tests.
enum ReportSamples {
  static let noon = Timestamp(seconds: 1_775_044_800)

  static func report(name: String = "suzuki") -> ScanReport {
    let later = Timestamp(seconds: 1_775_044_800 + 3 * 86_400)
    var finding = Finding(id: "9f2c000000000001", detector: name, severity: .high, time: noon)
    finding.last = later
    finding.window = "24h"
    finding.value = Volume(low: 12_000, high: 64_000, quality: .estimated)
    finding.limit = 10_000
    finding.counter = name
    finding.message = name
    finding.messageJapanese = name
    finding.explanations = [name]
    finding.explanationsJapanese = [name]
    finding.technique = "T1213"
    finding.counters = [Finding.NamedCount(name: name, value: 12_000)]
    finding.events = 12
    var evidence = Evidence(
      time: noon,
      offset: 4096,
      line: 17,
      length: 120,
      digest: 1,
      fileIndex: 0
    )
    evidence.file = name
    evidence.member = name
    evidence.sha256 = String(repeating: "ab", count: 32)
    finding.evidence = [evidence]
    var incident = Incident(
      id: "00000000000000aa",
      severity: .high,
      actor: name,
      first: noon,
      last: later
    )
    incident.accounts = [name]
    incident.terminals = [name]
    incident.persons = name == "suzuki" ? [] : [name]
    incident.organisations = [name]
    incident.records = .unknown
    incident.owners = [
      Incident.OwnerCount(
        owner: name,
        records: Volume(low: 12_000, high: 64_000, quality: .estimated),
        subjects: .unknown,
        share: 0.125,
        first: noon,
        last: later
      ),
      Incident.OwnerCount(
        owner: "",
        records: .unknown,
        subjects: .unknown,
        share: nil,
        first: noon,
        last: later
      ),
    ]
    incident.authorisation.none = .unknown
    incident.authorisation.within = .exactly(7)
    incident.episodes = 2
    incident.findings = [finding]
    return ScanReport(
      incidents: [incident],
      coverage: coverage(name: name),
      program: "ometsuke 0.1.0"
    )
  }

  static func coverage(name: String = "db") -> Coverage {
    let day = noon.dayNumber()
    var source = SourceCoverage(name: name, format: name)
    source.system = name
    source.first = noon
    source.last = Timestamp(seconds: 1_775_044_800 + 3 * 86_400)
    source.days = [0, 3].map {
      var seen = DayCoverage(day: day + $0, first: noon, last: noon)
      seen.events = 1500
      seen.lines = 1501
      seen.unknownVolume = 3
      return seen
    }
    source.silentDays = [day + 1, day + 2]
    source.rejected = 2
    var coverage = Coverage()
    coverage.sources = [source]
    coverage.assumptions = [name]
    coverage.assumptionsJapanese = [name]
    coverage.unreadable = [Coverage.Unreadable(path: name, reason: name)]
    return coverage
  }
}
