internal import Estate
internal import EventModel

/// Raises a finding when accounts and persons do not go together one to one where records are read
/// in bulk without an instruction: one person's account at another person's terminal, an account of
/// nobody in particular at several persons' terminals within 30 days, several accounts of one person.
///
/// An account is never a person: the finding names whose terminal it was, not who did it. The first is
/// a finding from 1,000 records on; the others are signals, since the estate may not say which accounts
/// are shared. Accounts declared as shared are told apart by terminal anyway. Default: 30 days are the
/// longest pause between the takings of one person that the threat catalogue splits over accounts (A6).
/// MITRE ATT&CK T1078 (Valid Accounts).
final class SharedAccount: Detector {
  static let name = "shared-account"
  static let summary =
    "one person's account at another's terminal, one person with several accounts"
  static let technique = "T1078"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles]
  static let gap = Int64.max

  private static let signs: Signs = [.borrowed, .severalPersons, .severalAccounts]

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    let signs = handling.signs.intersection(Self.signs)
    // Under a ticket of its own the account is told of by scope-exceeded.
    guard kind == .account, handling.isBulk, handling.isUnexplained, !signs.isEmpty,
      handling.match.reason != .othersTerminal
    else { return nil }
    let isBorrowed = signs.contains(.borrowed)
    return Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: isBorrowed && handling.isGrave ? Handling.grave : 0,
      severity: isBorrowed ? .medium : .low,
      signs: signs,
      isSignal: !isBorrowed || !handling.isGrave
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let what = finding.signs.listed([
      (
        .borrowed, "at the terminal of \(finding.subkey), whose account it is not",
        "本人以外(\(finding.subkey))の端末で"
      ),
      (
        .severalPersons, "by an account used at several persons' terminals", "複数人の端末で使われるアカウントにより"
      ),
      (
        .severalAccounts, "by a person who took with several own accounts within 30 days",
        "30日以内に複数の自己アカウントを使った人物により"
      ),
    ])
    return FindingText(
      english:
        "account \(words.key): \(finding.value.english()) read \(what.english), without "
        + "an instruction; who sat there is not proven",
      japanese: "アカウント \(words.key): \(what.japanese) \(finding.value.japanese)を指示なく読出し"
        + "(操作者は未確定)",
      explanations: [
        "a colleague logged on at that terminal himself", "the terminal changed hands",
        "an account that is shared by agreement and not declared so",
      ],
      explanationsJapanese: ["同僚がその端末で自らログオンした", "端末の使用者変更", "申告のない合意された共有"]
    )
  }
}
