public import EventModel

/// A finding as a syslog message (RFC 5424).
///
///     <131>1 2026-11-23T08:35:49.157Z db1 ometsuke - FINDING [ometsuke@32473 id="…" …] text
///
/// The time is that of the newest event: it is told again with the same words. 32473 is the enterprise
/// number of documentation (RFC 5612); a site sets its own.
public enum SyslogMessage {
  /// What stands in a message.
  public enum Payload: String, Sendable, CaseIterable { case text, cef, leef }

  public static func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext,
    payload: Payload,
    facility: Int,
    enterprise: Int64
  ) -> String {
    let priority = facility * 8 + finding.severity.syslog
    let time = Timestamp(nanoseconds: finding.last.milliseconds * 1_000_000)
    let host = headerWord(context.host, most: 255)
    let head = "<\(priority)>1 \(time) \(host) ometsuke - FINDING "
    switch payload {
    case .cef: return head + "- " + CEFMessage.line(of: finding, in: incident, context)
    case .leef: return head + "- " + LEEFMessage.line(of: finding, in: incident, context)
    case .text:
      let data = elements(of: finding, in: incident)
        .map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
      return head + "[ometsuke@\(enterprise)\(data)] " + finding.sentence
    }
  }

  /// An unknown number of records is not there.
  private static func elements(of finding: Finding, in incident: Incident) -> [(String, String)] {
    var elements = [
      ("id", finding.id), ("revision", Revision.of(finding)), ("incident", incident.id),
      ("rule", finding.detector), ("severity", finding.severity.name), ("actor", incident.actor),
    ]
    elements += incident.accounts.prefix(8).map { ("account", $0) }
    elements += incident.terminals.prefix(8).map { ("terminal", $0) }
    elements += incident.owners.prefix(8).map { ("owner", $0.owner) }.filter { !$0.1.isEmpty }
    if finding.value.low > 0 || finding.value.knownHigh != nil {
      elements.append((finding.unit.isEmpty ? "records" : finding.unit, finding.valueText))
    }
    elements += [
      ("quality", finding.value.quality.name), ("window", finding.window),
      ("limit", String(finding.limit)), ("technique", finding.technique),
    ]
    return elements.filter { !$0.1.isEmpty }
  }

  /// A value of structured data: `"`, `\` and `]` behind a `\`, nothing that moves a cursor.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in SafeText.bounded(text).unicodeScalars {
      if character == "\"" || character == "\\" || character == "]" { result += "\\" }
      if SafeText.isHostile(character) {
        result += "\\\\u{" + String(character.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private static func headerWord(_ text: String, most: Int) -> String {
    let plain = text.utf8.filter { $0 > 0x20 && $0 < 0x7F }.prefix(most)
    return plain.isEmpty ? "-" : String(decoding: Array(plain), as: UTF8.self)
  }
}
