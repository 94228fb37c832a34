public import EventModel

/// The body of a webhook: an incident as the receiver wants it.
public enum WebhookBody: String, Sendable, CaseIterable {
  /// The incident as `scan --format jsonl` writes it.
  case json
  /// Slack: an incoming webhook, `text` and `blocks`.
  case slack
  /// Microsoft Teams: an Adaptive Card 1.4 in a message.
  case teams
  /// TheHive 5: `POST /api/v1/alert`; `type`, `source` and `sourceRef` are its key.
  case thehive
  /// Alertmanager: `POST /api/v2/alerts`; the labels are its key.
  case alertmanager

  public func body(of incident: Incident, _ context: MessageContext) -> String {
    guard self != .json else { return JSONLinesReport.line(of: incident) }
    let words = IncidentText(incident, context)
    var writer = JSONWriter()
    switch self {
    case .json: break
    case .slack: writer.object { Self.writeSlack(words, to: &$0) }
    case .teams: writer.object { Self.writeTeams(words, to: &$0) }
    case .thehive: writer.object { Self.writeTheHive(incident, words, to: &$0) }
    case .alertmanager:
      writer.array { list in list.object { Self.writeAlert(incident, words, to: &$0) } }
    }
    var text = ""
    writer.flush(to: &text)
    return text
  }

  // MARK: Slack

  /// `&`, `<` and `>` are Slack's own, and a mark of its Markdown changes nothing but looks.
  private static func slackText(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func writeSlack(_ words: IncidentText, to line: inout JSONWriter) {
    line.field("text", slackText(words.title), limit: 3_000)
    let facts = words.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    let sections = [words.title, facts, words.paragraphs.joined(separator: "\n")]
    line.field("blocks", sections) { block, text in
      block.field("type", "section")
      block.field("text") { object in
        object.field("type", "plain_text")
        object.key("text")
        object.string(String(text.prefix(2_900)))
      }
    }
  }

  // MARK: Teams

  private static func writeTeams(_ words: IncidentText, to line: inout JSONWriter) {
    line.field("type", "message")
    line.field("attachments", [words]) { item, words in
      item.field("contentType", "application/vnd.microsoft.card.adaptive")
      item.key("contentUrl")
      item.null()
      item.field("content") { card in
        card.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
        card.field("type", "AdaptiveCard")
        card.field("version", "1.4")
        card.key("body")
        card.array { body in
          body.object { writeBlock(words.title, isTitle: true, to: &$0) }
          body.object { facts in
            facts.field("type", "FactSet")
            facts.field("facts", words.facts) { fact, item in
              fact.field("title", item.name)
              fact.field("value", cardText(item.value), limit: 1_000)
            }
          }
          for paragraph in words.paragraphs {
            body.object { writeBlock(paragraph, isTitle: false, to: &$0) }
          }
        }
      }
    }
  }

  private static func writeBlock(_ text: String, isTitle: Bool, to block: inout JSONWriter) {
    block.field("type", "TextBlock")
    block.field("text", cardText(text), limit: 2_000)
    block.key("wrap")
    block.bool(true)
    if isTitle { block.field("weight", "Bolder") }
  }

  /// A card reads Markdown: what would make a link of a name from a log is taken from it.
  private static func cardText(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if "[]()*_`<>#\\!".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  // MARK: TheHive

  private static func writeTheHive(
    _ incident: Incident,
    _ words: IncidentText,
    to line: inout JSONWriter
  ) {
    line.field("type", "ometsuke")
    line.field("source", "ometsuke")
    line.field("sourceRef", incident.id + "-" + String(Revision.of(incident).prefix(8)))
    line.field("title", words.title, limit: 500)
    line.field("description", words.plain, limit: 100_000)
    line.field("severity", Int64([1, 1, 2, 3, 4][Int(incident.severity.rawValue) - 1]))
    line.field("tags", Set(incident.findings.map(\.detector)).sorted() + [incident.id])
    let observables =
      incident.accounts.prefix(32).map { ("other", $0) }
      + incident.terminals.prefix(32).map { (NetworkText.isAddress($0) ? "ip" : "hostname", $0) }
    line.field("observables", observables) { item, observable in
      item.field("dataType", observable.0)
      item.field("data", observable.1)
    }
  }

  // MARK: Alertmanager

  private static func writeAlert(
    _ incident: Incident,
    _ words: IncidentText,
    to line: inout JSONWriter
  ) {
    line.field("labels") { labels in
      labels.field("alertname", "OmetsukeIncident")
      labels.field("severity", incident.severity.name)
      labels.field("incident", incident.id)
    }
    line.field("annotations") { annotations in
      annotations.field("summary", words.title, limit: 500)
      annotations.field("description", words.plain, limit: 100_000)
    }
  }
}
