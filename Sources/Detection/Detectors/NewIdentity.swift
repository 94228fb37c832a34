internal import Estate
internal import EventModel

/// Raises a finding when a privileged account, or an undeclared terminal used by one, reads
/// unexplained records in bulk within 30 days of the first records it ever read, in logs that began at
/// least 60 days before that.
///
/// A rename, a new grant or a laptop from home make every baseline begin anew; this does not. Where the
/// account's person has been known longer, the finding says so: the history is the person's. A signal
/// below 1,000 records. Defaults: the threat catalogue's takings come within weeks of the change
/// (A16), and the recurrences of one taking a month need a month. Terminals are judged where the
/// estate declares any. MITRE ATT&CK T1098 (Account
/// Manipulation).
final class NewIdentity: Detector {
  static let name = "new-identity"
  static let summary = "a privileged account or a terminal reads in bulk soon after its first read"
  static let technique = "T1098"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles]
  static let gap: Int64 = 60 * 86_400_000_000_000
  /// Days for which a key is young.
  static let youth: Int32 = 30
  /// Days that logs must have told before it was seen.
  static let before: Int32 = 60

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    let young = handling.signs.intersection([.youngAccount, .youngTerminal, .knownPerson])
    guard kind == .account, handling.isBulk, handling.isUnexplained, !young.isEmpty else {
      return nil
    }
    return Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: handling.isGrave ? Handling.grave : 0,
      severity: .medium,
      signs: young,
      isSignal: !handling.isGrave
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let what = finding.signs.listed([
      (.youngAccount, "it", "同アカウント"), (.youngTerminal, "its undeclared terminal", "未申告の端末"),
    ])
    let isKnown = finding.signs.contains(.knownPerson)
    return FindingText(
      english: "account \(words.key): \(finding.value.english("unexplained record")) within "
        + "\(youth) days of the first records ever read by \(what.english)"
        + (isKnown ? "; its person has been known longer under another account" : ""),
      japanese: "アカウント \(words.key): \(what.japanese)の最初の読出しから \(youth) 日以内に"
        + "指示のない \(finding.value.japanese)の読出し"
        + (isKnown ? "(同じ人物は別アカウントで以前から利用)" : ""),
      explanations: [
        "a new administrator's first task, not entered in the register",
        "an account renamed, or a machine replaced, by an approved change",
      ],
      explanationsJapanese: ["新任管理者の未登録の作業", "承認された名称変更・機器更新"]
    )
  }
}
