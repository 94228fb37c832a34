public import EventModel

/// A finding in the Log Event Extended Format, version 1.0: attributes with tabs between them.
///
/// Source: IBM, "Log Event Extended Format (LEEF)", version 1.0.
public enum LEEFMessage {
  public static func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext
  ) -> String {
    let head = ["LEEF:1.0", "Ometsuke", "ometsuke", context.version, finding.detector]
    let time = Timestamp(nanoseconds: finding.last.milliseconds * 1_000_000)
    var pairs: [(String, String)] = [
      ("cat", finding.technique.isEmpty ? finding.detector : finding.technique),
      ("sev", String(finding.severity.ofTen)), ("devTime", time.description),
      // Of Java's SimpleDateFormat, as the guide has it.
      (
        "devTimeFormat",
        time.description.utf8.count == 24 ? "yyyy-MM-dd'T'HH:mm:ss.SSSX" : "yyyy-MM-dd'T'HH:mm:ssX"
      ),
    ]
    if let account = incident.onlyAccount { pairs.append(("usrName", account)) }
    if let terminal = incident.onlyTerminal {
      pairs.append((NetworkText.isAddress(terminal) ? "src" : "identHostName", terminal))
    }
    if let number = finding.value.plain {
      pairs.append((finding.unit.isEmpty ? "records" : finding.unit, String(number)))
    }
    pairs += [
      ("quality", finding.value.quality.name), ("limit", String(finding.limit)),
      ("window", finding.window), ("actor", incident.actor), ("findingId", finding.id),
      ("incidentId", incident.id), ("msg", finding.sentence),
    ]
    return head.map { plain($0, bar: true) }.joined(separator: "|") + "|"
      + pairs.map { $0.0 + "=" + plain(SafeText.bounded($0.1, limit: 1_000), bar: false) }
      .joined(separator: "\t")
  }

  /// Neither a tab nor a line end, and in the header no bar.
  private static func plain(_ text: String, bar: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result.unicodeScalars.append(
        SafeText.isHostile(scalar) || (bar && scalar == "|") ? " " : scalar
      )
    }
    return result
  }
}
