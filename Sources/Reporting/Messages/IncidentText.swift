public import EventModel

/// An incident in words, for a mail or a chat: what is suspected, by which rule, and what else it may be.
public struct IncidentText: Sendable {
  public let title: String
  public let paragraphs: [String]
  /// Names and values, in order.
  public let facts: [(name: String, value: String)]

  /// Findings told one by one.
  private static let limit = 8

  public init(_ incident: Incident, _ context: MessageContext) {
    let text = WatchText(context.language)
    func name(_ name: String) -> String { SafeText.name(name, limit: 120) }
    let records = text.records(incident.taken)
    title =
      "[\(incident.severity.name.uppercased())] " + name(incident.actor) + ", " + records
    var paragraphs: [String] = []
    let isEnglish = context.language == .english
    let findings = incident.findings.filter { $0.exception == nil }
    for finding in findings.prefix(Self.limit) {
      let message = isEnglish ? finding.message : finding.messageJapanese
      paragraphs.append(name(finding.detector) + ": " + SafeText.name(message, limit: 1_000))
    }
    if findings.count > Self.limit {
      let more = findings.count - Self.limit
      paragraphs.append(
        text.text("and \(NumberText.counted(Int64(more), "more finding"))", "ほか \(more) 件の検知")
      )
    }
    var other: [String] = []
    for finding in findings {
      for line in isEnglish ? finding.explanations : finding.explanationsJapanese
      where !other.contains(line) { other.append(line) }
    }
    if !other.isEmpty {
      paragraphs.append(
        text.text("It may also be: ", "他の説明: ")
          + other.prefix(6).map { SafeText.name($0, limit: 300) }.joined(separator: "; ")
      )
    }
    paragraphs.append(
      text.text(
        "A suspicion, not a proof: an account is not a person.",
        "これは疑いであって証明ではない。アカウントは人ではない。"
      )
    )
    self.paragraphs = paragraphs
    var facts = [
      (text.text("actor", "主体"), name(incident.actor)), (text.text("records", "件数"), records),
      (text.text("first", "最初"), incident.first.description),
      (text.text("last", "最後"), incident.last.description),
    ]
    if incident.late > 0 {
      let name = text.text(
        "of the upper end perhaps under a later instruction",
        "上端のうち事後の指示に当たり得る件数"
      )
      facts.insert((name, NumberText.grouped(incident.late)), at: 2)
    }
    if let beside = incident.lookUps?.records, beside.high > 0 {
      let name = text.text("look-ups beside, not among the records", "ほかに少量の閲覧(件数に含まない)")
      facts.insert((name, text.range(beside)), at: 2)
    }
    let owners = incident.owners.map(\.owner).filter { !$0.isEmpty }.prefix(8).map(name)
    if !owners.isEmpty {
      facts.append((text.text("owners", "所有者"), owners.joined(separator: ", ")))
    }
    if !incident.accounts.isEmpty {
      let accounts = incident.accounts.prefix(8).map(name).joined(separator: ", ")
      facts.append((text.text("accounts", "アカウント"), accounts))
    }
    facts.append((text.text("incident", "インシデント"), incident.id))
    self.facts = facts.map { (name: $0.0, value: $0.1) }
  }

  /// As plain text, a line a fact.
  public var plain: String {
    ([title, ""] + facts.map { "\($0.name): \($0.value)" } + [""] + paragraphs)
      .joined(separator: "\n") + "\n"
  }
}
