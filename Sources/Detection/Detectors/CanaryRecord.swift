internal import Estate
internal import EventModel

/// Raises a finding when a planted customer is read: a record that nobody has a reason to open.
///
/// Planted customers are declared in the estate file (`canaries`), by the id that the logs write or by
/// its keyed hash. Every read that states one of them is a finding, by whomever and under whatever
/// instruction; a read in bulk states no single customers and cannot show them. There is no limit to
/// choose: each access is one too many (N. Provos, "A Virtual Honeypot Framework", USENIX Security
/// 2004, on decoys without production value). MITRE ATT&CK T1213 (Data from Information Repositories).
final class CanaryRecord: Detector {
  static let name = "canary-record"
  static let summary = "a planted customer's record is read"
  static let technique = "T1213"
  static let signal = Signal.planted
  static let needs: KeyState.Needs = [.profiles]
  static let gap: Int64 = 96 * 3_600_000_000_000

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnBySigns = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.signs.contains(.canary) else { return nil }
    return Hit(
      window: "event",
      value: handling.volume,
      limit: 0,
      severity: .high,
      owner: handling.owner,
      subkey: "canary",
      takesRead: true,
      signs: .canary
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let times = finding.events == 1 ? "once" : "\(finding.events) times"
    return FindingText(
      english: "account \(words.key): read a planted customer of owner \(words.owner) \(times)",
      japanese: "アカウント \(words.key): 委託元 \(words.owner) のおとり記録を \(finding.events) 回閲覧",
      explanations: [
        "a test or an inspection of the planted records themselves",
        "a search whose result happened to hold the record",
        "the record was planted where routine work meets it",
      ],
      explanationsJapanese: ["おとり記録自体の試験・点検", "検索結果に偶然含まれた", "日常業務で触れる場所への設置"]
    )
  }
}
