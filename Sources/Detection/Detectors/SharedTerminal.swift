internal import Estate
internal import EventModel

/// Notes, within an incident, that accounts of different people read unexplained records in bulk from
/// one terminal within 30 days: the split of a taking over accounts, or a desk that several use.
///
/// A signal: what the accounts add up to is judged by the detectors of volume, by terminal too. Not
/// told of a terminal with more than eight accounts in 30 days: that is a jump host, a server or a
/// gateway; nor in the first four weeks of a terminal that is not declared as somebody's, while that
/// does not show. Default of eight: a shift's people at one maintenance desk (the threat catalogue has four to
/// fifteen provider staff with one to three shared accounts). MITRE ATT&CK T1078 (Valid Accounts).
final class SharedTerminal: Detector {
  static let name = "shared-terminal"
  static let summary = "within an incident: several people's accounts took at the same terminal"
  static let technique = "T1078"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles]
  static let gap = Int64.max
  static let mostAccounts = 8

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.isBulk, handling.isUnexplained,
      handling.signs.contains(.crowdedTerminal)
    else { return nil }
    return Hit(
      window: "30d",
      value: handling.unexplainedRecords,
      limit: 0,
      severity: .low,
      instruction: handling.terminal,
      signs: .crowdedTerminal,
      isSignal: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.english("unexplained record")) at terminal "
        + "\(finding.subkey), where other people's accounts took in bulk within 30 days",
      japanese: "アカウント \(words.key): 30日以内に他者のアカウントも大量読出しを行った端末 "
        + "\(finding.subkey) で、指示のない \(finding.value.japanese)の読出し",
      explanations: [
        "a desk or a jump host that several people use",
        "work of a team whose instructions are not in the register",
      ],
      explanationsJapanese: ["複数人で使う端末・踏み台", "チーム作業の指示の登録漏れ"]
    )
  }
}
