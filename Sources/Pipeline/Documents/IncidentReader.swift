public import EventModel
internal import Ingest

/// Reads an incident back from its line of JSON: of the store, or of a scan's `--format jsonl`.
///
/// Sentences come as they were written. What was not written of it (numbers of files, the hash of a line)
/// is empty.
public enum IncidentReader {
  /// `nil` for a line that is no incident.
  public static func incident(in line: String) -> Incident? {
    guard let tree = JSONTree(line), tree["kind"]?.string == "incident",
      let id = tree["id"]?.string, let severity = severity(tree["severity"]),
      let first = time(tree["first"]), let last = time(tree["last"])
    else { return nil }
    var incident = Incident(
      id: id,
      severity: severity,
      actor: tree["actor"]?.string ?? "",
      first: first,
      last: last
    )
    incident.accounts = tree["accounts"]?.strings ?? []
    incident.persons = tree["persons"]?.strings ?? []
    incident.terminals = tree["terminals"]?.strings ?? []
    incident.organisations = tree["organisations"]?.strings ?? []
    incident.records = volume(tree["records"])
    incident.repeatsRecords = tree["repeats_records"]?.bool ?? false
    incident.episodes = tree["episodes"]?.integer ?? 0
    incident.owners = (tree["owners"]?.elements ?? []).compactMap(owner)
    incident.candidates = (tree["candidates"]?.elements ?? []).compactMap(candidate)
    incident.lookUps = lookUps(tree["look_ups"])
    incident.possibleOwners = (tree["possible_owners"]?.elements ?? []).compactMap { item in
      item["owner"]?.string.map {
        Incident.PossibleOwner(
          owner: $0,
          subjects: volume(item["subjects"]),
          share: item["share"]?.number
        )
      }
    }
    let detail = tree["authorisation_detail"]
    incident.authorisation.within = volume(detail?["within"])
    incident.authorisation.exceeded = volume(detail?["exceeded"])
    incident.authorisation.late = volume(detail?["late"])
    incident.authorisation.none = volume(detail?["none"])
    incident.findings = (tree["findings"]?.elements ?? []).compactMap(finding)
    incident.isExcepted = tree["excepted"]?.bool ?? false
    incident.exceptions = (tree["exceptions"]?.elements ?? []).compactMap(exception)
    return incident
  }

  private static func severity(_ tree: JSONTree?) -> Severity? {
    tree?.string.flatMap { Severity(name: $0) }
  }

  private static func time(_ tree: JSONTree?) -> Timestamp? {
    guard var text = tree?.string else { return nil }
    return text.withUTF8 { TimeText.parse($0) }
  }

  /// An interval; without an upper end nothing bounds it, and what is not there is unknown.
  static func volume(_ tree: JSONTree?) -> Volume {
    guard let tree, let low = tree["low"]?.integer else { return .unknown }
    let high = tree["high"]?.integer
    let stated = tree["quality"]?.string.flatMap { VolumeQuality(name: $0) }
    return Volume(
      low: low,
      high: high ?? Volume.unbounded,
      quality: stated ?? (high == low ? .exact : high == nil ? .unknown : .estimated)
    )
  }

  private static func owner(_ tree: JSONTree) -> Incident.OwnerCount? {
    guard let first = time(tree["first"]), let last = time(tree["last"]) else { return nil }
    let records = volume(tree["records"])
    var subjects = volume(tree["subjects"])
    // Lines of earlier versions can tell of a few persons more than records.
    subjects.low = min(subjects.low, records.low)
    var count = Incident.OwnerCount(
      owner: tree["owner"]?.string ?? "",
      records: records,
      subjects: subjects,
      share: tree["share"]?.number,
      first: first,
      last: last
    )
    count.late = max(0, min(tree["late"]?.integer ?? 0, records.high))
    return count
  }

  private static func candidate(_ tree: JSONTree) -> Candidate? {
    guard let person = tree["person"]?.string, let reads = tree["reads"]?.integer,
      let word = tree["confidence"]?.string,
      let confidence = [Confidence.low, .medium, .high].first(where: { $0.name == word })
    else { return nil }
    let reasons = (tree["reasons"]?.elements ?? []).compactMap { item -> Candidate.Reason? in
      guard let kind = item["reason"]?.string.flatMap({ Candidate.Reason.Kind(rawValue: $0) })
      else { return nil }
      return Candidate.Reason(kind, reads: item["reads"]?.integer ?? 0)
    }
    return Candidate(person: person, confidence: confidence, reads: reads, reasons: reasons)
  }

  private static func lookUps(_ tree: JSONTree?) -> Incident.LookUps? {
    guard let tree, let first = time(tree["first"]), let last = time(tree["last"]) else {
      return nil
    }
    var lookUps = Incident.LookUps(records: volume(tree["records"]), first: first, last: last)
    lookUps.owners = (tree["owners"]?.elements ?? []).compactMap { item in
      guard let first = time(item["first"]), let last = time(item["last"]) else { return nil }
      return Incident.LookUps.Owner(
        owner: item["owner"]?.string ?? "",
        records: volume(item["records"]),
        first: first,
        last: last
      )
    }
    return lookUps
  }

  private static func finding(_ tree: JSONTree) -> Finding? {
    guard let id = tree["id"]?.string, let detector = tree["detector"]?.string,
      let severity = severity(tree["severity"]), let time = time(tree["time"])
    else { return nil }
    var finding = Finding(id: id, detector: detector, severity: severity, time: time)
    finding.peak = self.time(tree["peak"]) ?? time
    if let raised = tree["raised"], let window = raised["window"]?.string {
      finding.raised = Finding.Raised(
        window: window,
        value: volume(raised["value"]),
        limit: raised["limit"]?.integer ?? 0
      )
    }
    finding.first = self.time(tree["first"]) ?? time
    finding.last = self.time(tree["last"]) ?? time
    finding.window = tree["window"]?.string ?? ""
    finding.value = volume(tree["value_detail"])
    finding.limit = tree["limit"]?.integer ?? 0
    finding.unit = tree["unit"]?.string ?? "records"
    finding.counter = tree["counter"]?.string ?? ""
    finding.message = tree["message"]?.string ?? ""
    finding.messageJapanese = tree["message_ja"]?.string ?? ""
    finding.explanations = tree["explanations"]?.strings ?? []
    finding.explanationsJapanese = tree["explanations_ja"]?.strings ?? []
    finding.technique = tree["technique"]?.string ?? ""
    finding.signal = tree["signal"]?.string.flatMap { Signal(rawValue: $0) } ?? .volume
    finding.exception = tree["exception"]?.string
    if let use = tree["instruction"], let id = use["id"]?.string {
      finding.instruction = Finding.InstructionUse(
        id: id,
        records: volume(use["records"]),
        allowed: use["allowed"]?.integer ?? 0
      )
    }
    finding.events = tree["events"]?.integer ?? 0
    finding.evidence = (tree["evidence"]?.elements ?? []).compactMap(evidence)
    finding.counters = (tree["counters"]?.members ?? [:]).sorted { $0.key < $1.key }.compactMap {
      name,
      value in
      value.integer.map { Finding.NamedCount(name: name, value: $0) }
    }
    return finding
  }

  private static func evidence(_ tree: JSONTree) -> Evidence? {
    guard let time = time(tree["time"]) else { return nil }
    var evidence = Evidence(
      time: time,
      offset: tree["offset"]?.integer ?? 0,
      line: tree["line"]?.integer ?? 0,
      length: tree["length"]?.integer ?? 0,
      digest: 0,
      fileIndex: 0
    )
    evidence.file = tree["file"]?.string ?? ""
    evidence.member = tree["member"]?.string
    evidence.sha256 = tree["sha256"]?.string
    return evidence
  }

  private static func exception(_ tree: JSONTree) -> Incident.Exception? {
    guard let name = tree["name"]?.string, let until = time(tree["until"]) else { return nil }
    return Incident.Exception(
      name: name,
      responsible: tree["responsible"]?.string ?? "",
      reason: tree["reason"]?.string ?? "",
      until: until,
      ceiling: tree["ceiling"]?.integer ?? 0,
      records: volume(tree["records"]),
      isPierced: tree["pierced"]?.bool ?? false
    )
  }
}
