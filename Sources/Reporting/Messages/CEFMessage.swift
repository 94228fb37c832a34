public import EventModel

/// A finding in the Common Event Format, version 0.
///
/// Source: ArcSight Common Event Format, implementation standard. `out` would be bytes; `cn1` is left
/// out where the number of records is unknown.
public enum CEFMessage {
  public static func line(
    of finding: Finding,
    in incident: Incident,
    _ context: MessageContext
  ) -> String {
    let head = [
      "CEF:0", "Ometsuke", "ometsuke", header(context.version), header(finding.detector),
      header(SafeText.bounded(finding.detector + ": " + incident.actor)),
      String(finding.severity.ofTen),
    ]
    var pairs: [(String, String)] = [
      ("rt", String(finding.time.milliseconds)), ("start", String(finding.first.milliseconds)),
      ("end", String(finding.last.milliseconds)),
    ]
    if let account = incident.onlyAccount { pairs.append(("suser", account)) }
    if let terminal = incident.onlyTerminal {
      pairs.append((NetworkText.isAddress(terminal) ? "src" : "shost", terminal))
    }
    pairs.append(("cnt", String(finding.events)))
    let unit = finding.unit.isEmpty ? "records" : finding.unit
    if let number = finding.value.plain {
      pairs += [("cn1", String(number)), ("cn1Label", unit)]
    }
    pairs += [
      ("cn2", String(finding.limit)), ("cn2Label", "threshold"), ("cs1", finding.window),
      ("cs1Label", "window"), ("cs2", finding.value.quality.name), ("cs2Label", "quality"),
      ("cs3", incident.id), ("cs3Label", "incident"), ("cs4", incident.actor),
      ("cs4Label", "actor"),
    ]
    if let owner = incident.owners.first(where: { !$0.owner.isEmpty })?.owner {
      pairs += [("cs5", owner), ("cs5Label", "owner")]
    }
    if !finding.technique.isEmpty {
      pairs += [("cs6", finding.technique), ("cs6Label", "technique")]
    }
    pairs += [("externalId", finding.id), ("msg", finding.sentence)]
    return head.joined(separator: "|") + "|"
      + pairs.map { $0.0 + "=" + value(SafeText.bounded($0.1, limit: 1_000)) }
      .joined(separator: " ")
  }

  private static func header(_ text: String) -> String {
    escaped(text) { $0 == "\\" || $0 == "|" }
  }

  private static func value(_ text: String) -> String {
    escaped(text) { $0 == "\\" || $0 == "=" }
  }

  private static func escaped(_ text: String, _ isMarked: (Unicode.Scalar) -> Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\r" {
        result += scalar == "\n" ? "\\n" : "\\r"
        continue
      }
      if isMarked(scalar) { result += "\\" }
      if SafeText.isHostile(scalar) { continue }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

/// Telling an address from a name.
enum NetworkText {
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4 { return parts.allSatisfy { UInt8($0) != nil && $0.first != "+" } }
    return text.utf8.contains(0x3A)
      && text.utf8.allSatisfy {
        $0 == 0x3A || $0 == 0x2E || (0x30...0x39 ~= $0) || (0x61...0x66 ~= $0 | 0x20)
      }
  }
}
