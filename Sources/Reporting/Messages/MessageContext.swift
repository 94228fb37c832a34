public import EventModel

/// What a message says beside its finding.
public struct MessageContext: Sendable {
  /// Name and version, `ometsuke 0.1.0`.
  public var program: String
  /// The machine that tells it.
  public var host: String
  public var coverage: Coverage
  /// By the clock: the date of a mail, and nothing else.
  public var now: Timestamp
  /// Whether the receiver was told of it before.
  public var isUpdate = false
  public var language: WatchText.Language = .english

  public init(program: String, host: String, coverage: Coverage, now: Timestamp) {
    (self.program, self.host, self.coverage, self.now) = (program, host, coverage, now)
  }

  var version: String {
    let words = program.split(separator: " ", maxSplits: 1)
    return words.count == 2 ? String(words[1]) : ""
  }
}

/// Tells two states of a finding or an incident apart; 16 hex digits of what is told of it.
///
/// FNV-1a, 64 bits: only states of one and the same id are compared.
public struct Revision {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  private mutating func mix(_ text: String) {
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ 0xFF) &* 0x100_0000_01b3
  }

  private mutating func mix(_ finding: Finding) {
    mix(finding.id)
    mix(finding.severity.name)
    mix("\(finding.value.low) \(finding.value.high) \(finding.limit) \(finding.events)")
    mix("\(finding.first.nanoseconds) \(finding.last.nanoseconds) \(finding.peak.nanoseconds)")
    mix(finding.exception ?? "")
  }

  private var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  public static func of(_ finding: Finding) -> String {
    var revision = Revision()
    revision.mix(finding)
    return revision.text
  }

  public static func of(_ incident: Incident) -> String {
    var revision = Revision()
    revision.mix(incident.id)
    revision.mix(incident.severity.name)
    revision.mix("\(incident.records.low) \(incident.records.high) \(incident.episodes)")
    for finding in incident.findings { revision.mix(finding) }
    return revision.text
  }
}

extension Severity {
  /// Syslog (RFC 5424): 2 critical … 6 informational.
  var syslog: Int { 7 - Int(rawValue) }
  /// CEF and LEEF: 1 … 10.
  var ofTen: Int { [1, 3, 5, 8, 10][Int(rawValue) - 1] }
  /// Elastic: 1 … 99.
  var riskScore: Int64 { [1, 21, 47, 73, 99][Int(rawValue) - 1] }
}

extension Finding {
  /// `12`, `12..64`, `12..` or `unknown`.
  var valueText: String {
    guard let high = value.knownHigh else {
      return value.low > 0 ? "\(value.low).." : "unknown"
    }
    return value.low == high ? String(high) : "\(value.low)..\(high)"
  }

  /// A sentence of it, without what a terminal or a line would take for more.
  var sentence: String { SafeText.escaped(message, limit: 1_000) }
}

extension Incident {
  /// The one account or terminal, else none: which of several it was is not known.
  var onlyAccount: String? { accounts.count == 1 ? accounts[0] : nil }
  var onlyTerminal: String? { terminals.count == 1 ? terminals[0] : nil }
}
