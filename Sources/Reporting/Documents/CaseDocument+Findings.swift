internal import Estate
internal import EventModel

/// What the rules found, and which lines of it are an owner's.
extension CaseDocument {
  /// Findings that concern what is told of: all, or those that counted the owner's records.
  var findings: [Finding] {
    guard let ownerLines else { return incident.findings }
    return incident.findings.filter(ownerLines.concerns)
  }

  /// Lines of a finding that concern what is told of.
  func evidence(of finding: Finding) -> [Evidence] {
    ownerLines?.lines(of: finding) ?? finding.evidence
  }

  /// Lines of findings over several owners that may be this owner's, or another's.
  var undecidedLines: Int { ownerLines?.undecided(in: incident.findings) ?? 0 }

  /// `nil`: the report is of all owners.
  private var ownerLines: OwnerLines? {
    owner.map {
      OwnerLines($0, of: incident, days: story.days, floor: estate.policy.bulkFloor) {
        style.zone.dayNumber(of: $0)
      }
    }
  }

  /// The lines that findings point to, each once, in order of time.
  var lines: [(evidence: Evidence, findings: [String])] {
    var found: [String: (evidence: Evidence, findings: [String])] = [:]
    let own = ownerLines
    for finding in findings {
      for line in own?.lines(of: finding) ?? finding.evidence {
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
    let own = ownerLines
    let counted = findings.filter { own?.isOwn($0) ?? true }
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
        .prose(style.message(of: finding)),
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
