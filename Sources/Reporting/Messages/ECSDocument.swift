public import EventModel

/// A finding as a document of the Elastic Common Schema: an alert.
///
/// What the schema has no field for stands under `ometsuke`. Source: elastic/ecs 8.11.
public enum ECSDocument {
  public static func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext
  ) -> String {
    var writer = JSONWriter()
    writer.object { write(finding, incident, context, to: &$0) }
    var text = ""
    writer.flush(to: &text)
    return text
  }

  private static func write(
    _ finding: Finding,
    _ incident: Incident,
    _ context: MessageContext,
    to line: inout JSONWriter
  ) {
    line.field("@timestamp", finding.last)
    line.sentence("message", finding.message)
    line.field("ecs") { $0.field("version", "8.11.0") }
    line.field("event") { event in
      event.field("kind", "alert")
      event.field("category", ["database", "intrusion_detection"])
      event.field("type", ["info"])
      event.field("module", "ometsuke")
      event.field("dataset", "ometsuke.finding")
      event.field("id", finding.id)
      event.field("action", context.isUpdate ? "finding-updated" : "finding-created")
      event.field("severity", Int64(finding.severity.ofTen))
      event.field("risk_score", finding.severity.riskScore)
      event.field("start", finding.first)
      event.field("end", finding.last)
    }
    line.field("observer") { observer in
      observer.field("vendor", "Ometsuke")
      observer.field("product", "ometsuke")
      observer.field("version", context.version)
      observer.field("hostname", context.host)
    }
    line.field("rule") { rule in
      rule.field("name", finding.detector)
      rule.field("uuid", finding.detector)
    }
    if let account = incident.onlyAccount { line.field("user") { $0.field("name", account) } }
    if let terminal = incident.onlyTerminal {
      line.field("source") {
        $0.field("address", terminal)
        if NetworkText.isAddress(terminal) { $0.field("ip", terminal) }
      }
    }
    line.field("related") { related in
      related.field("user", incident.accounts + incident.persons)
      related.field("hosts", incident.terminals.filter { !NetworkText.isAddress($0) })
      related.field("ip", incident.terminals.filter { NetworkText.isAddress($0) })
    }
    if !finding.technique.isEmpty {
      line.field("threat") { threat in
        threat.field("framework", "MITRE ATT&CK")
        threat.field("technique", [finding.technique]) { $0.field("id", $1) }
      }
    }
    line.field("ometsuke") { own in
      own.field("incident", incident.id)
      own.field("revision", Revision.of(finding))
      own.field("actor", incident.actor)
      own.field("severity", finding.severity.name)
      own.field("confidence", finding.confidence.name)
      own.field("unit", finding.unit)
      own.field("records", finding.value, quality: true)
      own.field("limit", finding.limit)
      own.field("window") { $0.field("name", finding.window) }
      own.field("events", finding.events)
      own.field("owners", incident.owners.map(\.owner).filter { !$0.isEmpty })
      own.sentence("message_ja", finding.messageJapanese)
      own.sentences("explanations", finding.explanations)
    }
  }
}
