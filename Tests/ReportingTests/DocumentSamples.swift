import Estate
import EventModel

@testable import Reporting

/// Documents made by hand for the tests.
enum DocumentSamples {
  static let noon = Timestamp(seconds: 1_712_620_937)

  /// An incident of two owners and one that is unknown; `name` stands wherever a log or a person writes.
  static func story(_ name: String = "sysadmin", owner: String = "Kita") -> IncidentCase {
    let later = Timestamp(seconds: 1_716_783_657)
    var incident = Incident(
      id: "22ba6273c7ef6d08",
      severity: .critical,
      actor: "account:" + name,
      first: noon,
      last: later
    )
    incident.accounts = [name]
    incident.terminals = [name]
    incident.organisations = ["Hinode"]
    incident.records = Volume(low: 138_401, high: 183_401, quality: .estimated)
    for item in [owner, "Minato", ""] {
      incident.owners.append(
        Incident.OwnerCount(
          owner: item,
          records: .exactly(1_200),
          subjects: Volume(low: 100, high: 1_200, quality: .estimated),
          share: 0.6,
          first: noon,
          last: later
        )
      )
    }
    incident.authorisation.none = .exactly(1_200)
    for item in [owner, "Minato"] {
      var finding = Finding(id: "f" + item, detector: "owner-share", severity: .high, time: noon)
      finding.counter = "account \(name) × owner \(item)"
      finding.message = "\(name) read the records of \(item)"
      finding.messageJapanese = "\(name) が \(item) の記録を読出し"
      finding.explanations = [name]
      finding.explanationsJapanese = [name]
      finding.signal = .removal
      finding.events = 3
      var evidence = Evidence(time: noon, offset: 1, line: 2, length: 3, digest: 4, fileIndex: 0)
      evidence.file = "lists/\(item)/\(name)"
      evidence.sha256 = String(repeating: "ab", count: 32)
      finding.evidence = [evidence]
      incident.findings.append(finding)
    }
    incident.candidates = [
      Candidate(person: name, confidence: .low, reads: 2, reasons: [.init(.elsewhere, reads: 2)])
    ]
    let day = noon.dayNumber()
    var account = CoverageAccount(period: day...day + 40)
    var source = CoverageAccount.Source(name: name, format: "jsonl")
    source.days = (day...day + 40).map {
      CoverageAccount.Day(day: $0, state: $0 % 7 == 0 ? .silent : .seen)
    }
    source.pieces = 1
    account.sources = [source]
    var story = IncidentCase(incident, coverage: account)
    story.newest = later
    for (place, item) in [owner, "Minato"].enumerated() {
      var handling = HandlingDay(day: day + place * 30, account: name, owner: item)
      handling.operations = 1
      handling.records = .exactly(1_200)
      handling.unexplained = 1_200
      handling.hasExport = true
      story.days.append(handling)
    }
    story.acts = [
      TriageAct(id: incident.id, kind: .comment, by: name, text: name, author: name, time: noon)
    ]
    story.digests = [InquiryAnswer.Digest(name: name, sha256: String(repeating: "cd", count: 32))]
    return story
  }

  static func estate() -> DeclaredEstate {
    var estate = DeclaredEstate()
    for name in ["Kita", "Minato"] {
      var owner = Owner(name: name)
      owner.aliases = [name == "Kita" ? "北電力" : "みなとガス"]
      owner.delivered = 2_000
      owner.categories = ["name", "bank-account"]
      owner.sector = .private
      estate.owners.append(owner)
    }
    var contractor = Organisation(name: "Mirai", kind: .contractor)
    contractor.worksFor = ["Kita", "Minato"]
    var provider = Organisation(name: "Hinode", kind: .provider)
    provider.worksFor = ["Mirai"]
    estate.organisations = [contractor, provider]
    estate.delegations = [Delegation(owner: "Kita", organisation: "Hinode")]
    estate.declaresDelegations = true
    return estate
  }

  /// Notes in which every text is `name`.
  static func notes(_ name: String) -> ReportNotes {
    var section = ReportNotes.Section()
    for key in [
      "summary", "causes", "discovery-route", "server", "media", "network", "containment",
      "secondary-damage", "notification", "publication", "limitations", "reviewer", "sign-off",
    ] { section.texts[key] = [name] }
    section.records["measures"] = [["measure": name, "owner": name, "status": name]]
    section.records["complaints"] = [["what": name, "reference": name]]
    var notes = ReportNotes()
    notes.incidents["22ba6273c7ef6d08"] = section
    notes.reporter.texts = ["organisation": [name], "contact": [name]]
    return notes
  }

  static func document(
    _ name: String = "sysadmin",
    _ language: DocumentStyle.Language = .english,
    owner: String? = nil,
    notes: ReportNotes? = nil
  ) -> Document {
    CaseDocument(
      story(name),
      estate(),
      notes ?? self.notes(name),
      style: DocumentStyle(language),
      owner: owner
    ).document()
  }
}
