public import EventModel

/// A finding as an event of Splunk's HTTP Event Collector.
///
/// Source: Splunk, "Format events for HTTP Event Collector": time in seconds, metadata beside `event`.
public enum SplunkEvent {
  public static func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext,
    index: String?,
    source: String,
    sourceType: String
  ) -> String {
    var writer = JSONWriter()
    writer.object { line in
      let milliseconds = finding.last.milliseconds
      let digits = String(1_000 + (milliseconds % 1_000 + 1_000) % 1_000)
      line.key("time")
      line.raw(
        "\((milliseconds - (milliseconds % 1_000 + 1_000) % 1_000) / 1_000).\(digits.dropFirst())"
      )
      line.field("host", context.host)
      line.field("source", source)
      line.field("sourcetype", sourceType)
      if let index { line.field("index", index) }
      line.field("event") { event in
        event.field("kind", "finding")
        event.field("incident", incident.id)
        event.field("revision", Revision.of(finding))
        event.field("actor", incident.actor)
        event.field("accounts", incident.accounts)
        event.field("persons", incident.persons)
        event.field("terminals", incident.terminals)
        event.field("owners", incident.owners.map(\.owner).filter { !$0.isEmpty })
        JSONLinesReport(options: ReportOptions()).write(finding, to: &event)
      }
      line.field("fields") { fields in
        fields.field("rule", finding.detector)
        fields.field("severity", finding.severity.name)
      }
    }
    var text = ""
    writer.flush(to: &text)
    return text
  }
}
