internal import EventModel

/// OCSF 1.8.0, JSON Lines: a Detection Finding (2004) a finding, then one Scan Activity (6007) that
/// tells what was read and what was not.
///
/// What the schema has no place for stands under `unmapped`.
///
/// Source: ocsf/ocsf-schema 1.8.0, `events/findings/detection_finding.json`,
/// `events/application/scan_activity.json`.
public struct OCSFReport: Reporter {
  public static let name = "ocsf"
  public static let summary =
    "OCSF 1.8.0, JSON Lines: Detection Findings (2004), then a Scan Activity (6007)"

  public init(options: ReportOptions) {}

  public func write<Target: TextOutputStream>(_ report: ScanReport, to target: inout Target) {
    var writer = JSONWriter()
    var findings = 0
    for incident in report.incidents {
      findings += incident.findings.count
      for finding in incident.findings {
        writer.object { write(finding, of: incident, in: report, to: &$0) }
        writer.lineFeed()
      }
      writer.flush(to: &target)
    }
    writer.object { writeScan(report, findings: findings, to: &$0) }
    writer.lineFeed()
    writer.flush(to: &target)
  }

  /// One finding as one line, without a line feed: Create, or Update where it was told before.
  static func line(of finding: Finding, in incident: Incident, _ context: MessageContext) -> String
  {
    var writer = JSONWriter()
    let report = ScanReport(
      incidents: IncidentList([]),
      coverage: context.coverage,
      program: context.program
    )
    writer.object {
      Self(options: ReportOptions()).write(
        finding,
        of: incident,
        in: report,
        activity: context.isUpdate ? 2 : 1,
        to: &$0
      )
    }
    var text = ""
    writer.flush(to: &text)
    return text
  }

  private func write(
    _ finding: Finding,
    of incident: Incident,
    in report: ScanReport,
    activity: Int64 = 1,
    to line: inout JSONWriter
  ) {
    line.field("class_uid", 2004)
    line.field("category_uid", 2)
    line.field("activity_id", activity)
    line.field("type_uid", 200_400 + activity)
    line.field("time", finding.time.milliseconds)
    line.field("start_time", finding.first.milliseconds)
    line.field("end_time", finding.last.milliseconds)
    line.field("severity_id", Int64(finding.severity.rawValue))
    // New, or suppressed.
    line.field("status_id", finding.exception == nil ? 1 : 3)
    line.key("is_alert")
    line.bool(finding.severity >= .medium && finding.exception == nil)
    writeConfidence(finding.confidence, to: &line)
    line.sentence("message", finding.message)
    writeMetadata(finding, program: report.program, to: &line)
    writeDetails(finding, of: incident, to: &line)
    writeEvidences(finding, of: incident, to: &line)
    line.field("anomaly_analyses", [finding]) { writeAnalysis($1, of: incident, to: &$0) }
    writeUnmapped(finding, of: incident, in: report, to: &line)
  }

  private func writeConfidence(_ confidence: Confidence, to line: inout JSONWriter) {
    let name =
      switch confidence {
      case .high: "High"
      case .medium: "Medium"
      case .low: "Low"
      }
    line.field("confidence", name)
    line.field("confidence_id", Int64(confidence.rawValue))
  }

  private func writeMetadata(
    _ finding: Finding,
    program: String,
    to line: inout JSONWriter
  ) {
    line.field("metadata") { object in
      writeProduct(program, to: &object)
      if let file = finding.evidence.first?.file, !file.isEmpty,
        finding.evidence.allSatisfy({ $0.file == file })
      {
        object.field("log_name", file, limit: JSONWriter.pathLimit)
      }
    }
  }

  private func writeDetails(
    _ finding: Finding,
    of incident: Incident,
    to line: inout JSONWriter
  ) {
    line.field("finding_info") { object in
      object.field("uid", finding.id)
      object.sentence("title", SafeText.bounded(finding.detector) + ": " + incident.actor)
      object.sentence("desc", finding.message)
      object.field("analytic") { analytic in
        analytic.field("type_id", 1)
        analytic.field("uid", finding.detector)
        analytic.field("name", finding.detector)
      }
      if !finding.technique.isEmpty {
        object.field("attacks", [finding.technique]) { attack, technique in
          attack.field("technique") { $0.field("uid", technique) }
        }
      }
      object.field("first_seen_time", finding.first.milliseconds)
      object.field("last_seen_time", finding.last.milliseconds)
      object.field("related_events_count", finding.events)
    }
  }

  /// One artifact a line.
  ///
  /// The account and the terminal are named only where there is one of each: which of several wrote
  /// a line is not known here.
  private func writeEvidences(
    _ finding: Finding,
    of incident: Incident,
    to line: inout JSONWriter
  ) {
    guard !finding.evidence.isEmpty else { return }
    line.field("evidences", finding.evidence) { item, evidence in
      if incident.accounts.count == 1, let account = incident.accounts.first {
        item.field("actor") { actor in actor.field("user") { $0.field("name", account) } }
      }
      if incident.terminals.count == 1, let terminal = incident.terminals.first {
        item.field("src_endpoint") { $0.field("name", terminal) }
      }
      item.field("data") { data in
        data.write(evidence)
        data.field("time", evidence.time)
      }
    }
  }

  private func writeAnalysis(
    _ finding: Finding,
    of incident: Incident,
    to analysis: inout JSONWriter
  ) {
    let targets =
      incident.accounts.map { ("User Account", $0) }
      + incident.terminals.map { ("Terminal", $0) }
    analysis.field("analysis_targets", targets.isEmpty ? [("Actor", incident.actor)] : targets) {
      $0.field("type", $1.0)
      $0.field("name", $1.1)
    }
    let parameter = finding.unit.isEmpty ? "records" : finding.unit
    analysis.field("anomalies", [finding]) { anomaly, finding in
      anomaly.field("observation_parameter", parameter)
      anomaly.field("observation_type", "Volume Analysis")
      anomaly.field("observations", [finding]) { observation, finding in
        observation.field("value", interval(finding.value))
        observation.field("count", finding.events)
        observation.field("timespan") { writeTimespan(finding, to: &$0) }
      }
    }
    analysis.field("baselines", [finding.limit]) { baseline, limit in
      baseline.field("observation_parameter", parameter)
      baseline.field("observations", [limit]) { $0.field("value", String($1)) }
    }
  }

  /// `12`, `12..64`, `12..` or `unknown`.
  private func interval(_ volume: Volume) -> String {
    guard let high = volume.knownHigh else {
      return volume.low > 0 ? "\(volume.low).." : "unknown"
    }
    return volume.low == high ? String(high) : "\(volume.low)..\(high)"
  }

  private func writeTimespan(_ finding: Finding, to object: inout JSONWriter) {
    let span: (type: Int64, key: String, value: Int64)? =
      switch finding.window {
      case "1m": (3, "duration_mins", 1)
      case "10m": (3, "duration_mins", 10)
      case "1h": (4, "duration_hours", 1)
      case "24h": (4, "duration_hours", 24)
      case "day": (5, "duration_days", 1)
      case "7d": (5, "duration_days", 7)
      case "30d": (5, "duration_days", 30)
      case "90d": (5, "duration_days", 90)
      case "365d": (5, "duration_days", 365)
      default: nil
      }
    if let span {
      object.field("type_id", span.type)
      object.field(span.key, span.value)
    } else {
      object.field("start_time", finding.first.milliseconds)
      object.field("end_time", finding.last.milliseconds)
    }
  }

  private func writeUnmapped(
    _ finding: Finding,
    of incident: Incident,
    in report: ScanReport,
    to line: inout JSONWriter
  ) {
    line.field("unmapped") { object in
      object.field("incident_id", incident.id)
      object.field("actor", incident.actor)
      object.field("accounts", incident.accounts)
      object.field("persons", incident.persons)
      object.field("terminals", incident.terminals)
      object.field("organisations", incident.organisations)
      object.field("owners", incident.owners) { item, owner in
        item.field("owner", owner.owner.isEmpty ? nil : owner.owner)
        item.field("records", owner.records, quality: true)
        item.field("first", owner.first)
        item.field("last", owner.last)
      }
      object.write(incident.lookUps)
      object.write(incident.candidates)
      if !incident.possibleOwners.isEmpty { object.write(incident.possibleOwners) }
      object.field("window", finding.window)
      object.sentence("counter", finding.counter)
      object.field("limit", finding.limit)
      object.field("value", finding.value, quality: true)
      object.field("peak", finding.peak)
      object.write(raised: finding)
      object.field("evidence_left_out", finding.evidenceLeftOut)
      object.sentence("message_ja", finding.messageJapanese)
      object.sentences("explanations", finding.explanations)
      object.field("coverage") { writeShort(report.coverage, to: &$0) }
    }
  }
}

extension Timestamp {
  /// Milliseconds since 1970, rounded down.
  var milliseconds: Int64 {
    let quotient = nanoseconds / 1_000_000
    return nanoseconds % 1_000_000 < 0 ? quotient - 1 : quotient
  }
}
