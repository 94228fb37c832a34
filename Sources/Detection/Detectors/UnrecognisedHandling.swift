internal import Estate
internal import EventModel

/// Raises a finding when an organisation handles an owner's records without an entry in the register
/// of delegations, before its consent or after its end.
///
/// The ministry's letter of 2024-02-09 turns on this: nobody knew that the system provider handled
/// the data at all. Not judged where no register is declared (coverage says so).
/// MITRE ATT&CK T1199 (Trusted Relationship).
final class UnrecognisedHandling: Detector {
  static let name = "unrecognised-handling"
  static let summary = "an organisation handles an owner's records without or before its consent"
  static let technique = "T1199"
  static let signal = Signal.instruction
  static let needs: KeyState.Needs = [.otherKeys]
  static let gap = Int64.max

  private let isDeclared: Bool

  init(estate: DeclaredEstate) { isDeclared = estate.declaresDelegations }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnByUnrecognised = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .organisation, isDeclared, !handling.isRecognised else { return nil }
    return Hit(
      window: "event",
      value: handling.volume,
      limit: 0,
      severity: .medium,
      owner: handling.owner,
      subkey: "register"
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "organisation \(words.key) handled records of owner \(words.owner) without a valid "
        + "entry in the register of delegations",
      japanese: "組織 \(words.key) が委託元 \(words.owner) の記録を取扱い、委託・承諾の登録がない(または期間外)",
      explanations: ["the register is not up to date", "consent exists on paper only"],
      explanationsJapanese: ["登録の更新漏れ", "書面のみの承諾"]
    )
  }
}
