internal import Estate
internal import EventModel

/// What the rules found, and which lines of it are an owner's.
extension CaseDocument {
  /// Findings that concern what is told of: all, or those that counted the owner's records.
  ///
  /// Of an incident that concerns this owner alone every finding does; of others those whose counter is of the
  /// owner, and those with a line that is known to be of its records.
  var findings: [Finding] {
    guard let owner, !isAlone else { return incident.findings }
    let places = linePlaces
    return incident.findings.filter { finding in
      isOwn(finding, owner) || finding.evidence.contains { isOwn($0, of: finding, owner, places) }
    }
  }

  /// Lines of a finding that concern what is told of.
  func evidence(of finding: Finding) -> [Evidence] {
    guard let owner, !isAlone, !isOwn(finding, owner) else { return finding.evidence }
    let places = linePlaces
    return finding.evidence.filter { isOwn($0, of: finding, owner, places) }
  }

  /// Lines of findings over several owners that may be this owner's, or another's.
  var undecidedLines: Int {
    guard let owner, !isAlone else { return 0 }
    let places = linePlaces
    var found: Set<String> = []
    for finding in incident.findings where !isOwn(finding, owner) {
      for line in finding.evidence
      where places[style.zone.dayNumber(of: line.time)]?.contains(owner) ?? false {
        if !isOwn(line, of: finding, owner, places) { found.insert("\(line.file) \(line.offset)") }
      }
    }
    return found.count
  }

  /// Whether the incident concerns the one owner that is told of, and nobody else.
  private var isAlone: Bool { !owners.isEmpty && owners.count == incident.owners.count }

  private func isOwn(_ finding: Finding, _ owner: String) -> Bool {
    finding.counter.hasSuffix("owner " + owner)
  }

  /// Of each day with bulk reads of the accounts, whose records these were.
  private var linePlaces: [Int: Set<String>] {
    var places: [Int: Set<String>] = [:]
    let floor = estate.policy.bulkFloor
    for day in story.days where day.hasExport || day.records.low >= floor {
      places[day.day, default: []].insert(day.owner)
    }
    return places
  }

  /// Whether a line is of the owner's records: no other's were read in bulk on its day; or it tells of a device or
  /// a copy, at most 30 days after a taking from this owner.
  private func isOwn(
    _ line: Evidence,
    of finding: Finding,
    _ owner: String,
    _ places: [Int: Set<String>]
  ) -> Bool {
    let day = style.zone.dayNumber(of: line.time)
    if let read = places[day] { return read == [owner] }
    guard finding.signal == .removal, !finding.isGathering else { return false }
    return places.contains { $0.value.contains(owner) && $0.key <= day && day - $0.key <= 30 }
  }

  /// The lines that findings point to, each once, in order of time.
  var lines: [(evidence: Evidence, findings: [String])] {
    var found: [String: (evidence: Evidence, findings: [String])] = [:]
    for finding in findings {
      for line in evidence(of: finding) {
        let key = "\(line.file)\u{0}\(line.offset)\u{0}\(line.sha256 ?? "")"
        found[key, default: (line, [])].findings.append(style.detector(finding.detector))
      }
    }
    return found.values.sorted {
      ($0.evidence.time, $0.evidence.file, $0.evidence.offset)
        < ($1.evidence.time, $1.evidence.file, $1.evidence.offset)
    }
  }

  /// Events without a line here; of an owner those of its own findings alone, as others count other owners' events.
  var leftOut: Int64 {
    let counted = findings.filter { finding in
      owner.map { isAlone || isOwn(finding, $0) } ?? true
    }
    return counted.reduce(0) { $0 &+ $1.evidenceLeftOut }
  }

  /// Each rule that was passed: with what, and what it had come to by the end of what was read.
  var findingTable: Document.Table {
    var table = style.table(
      "findings",
      [
        ("time", "First raised", "検知", false), ("detector", "Rule", "規則", false),
        ("severity", "Severity", "重大度", false), ("raised_with", "Counted by then", "検知時の計数", false),
        ("message", "What it came to later", "その後の計数を含む内容", false),
        ("explanations", "Other explanations to rule out", "除外すべき別の説明", false),
      ],
      empty: style.pick("No finding.", "検知なし。")
    )
    let numbers = TextNumbers(language: style.isJapanese ? .japanese : .english)
    for finding in findings {
      table.weights.append(Double(finding.severity.rawValue))
      let explanations = style.isJapanese ? finding.explanationsJapanese : finding.explanations
      let held = finding.raised?.value ?? (finding.peak == finding.time ? finding.value : nil)
      table.rows.append([
        .time(finding.time), .name(style.detector(finding.detector)),
        .words(style.severity(finding.severity)),
        held.map { .words(numbers.quantity($0, unit: finding.unit)) } ?? .unknown,
        .prose(style.isJapanese ? finding.messageJapanese : finding.message),
        .prose(explanations.joined(separator: style.pick("; ", "、"))),
      ])
    }
    table.note = style.pick(
      "The sums in the text are those up to the end of what was read, not those of the moment when the rule was first passed; these stand in the column before.",
      "内容欄の計数は読み込んだ記録の終わりまでのもの。最初に検知した時点の計数は左の欄による。"
    )
    return table
  }
}
