internal import Estate
internal import EventModel

/// Raises a finding when an account reads in bulk that should be asleep: outside the time for which the
/// estate declares it (a leaver's, a stale or a not yet valid one), or after a long silence.
///
/// Outside `valid-from` … `valid-until`, unexplained bulk reads, or small ones that reach the bulk
/// floor within 24 hours, are a breach of a rule, and a finding however few there are. After at least 45
/// days without a read of records, unexplained bulk reads of the next two weeks are a finding from
/// 1,000 records on, and a signal below. What an instruction covers counts for neither. Silence is of
/// reading: an account that logs on and reads nothing is silent.
/// Default: CIS Controls v8.1, safeguard 5.3, disables accounts after 45 days of inactivity (PCI DSS
/// 4.0, 8.2.6: 90 days). MITRE ATT&CK T1078 (Valid Accounts).
final class DormantAccount: Detector {
  static let name = "dormant-account"
  static let summary = "a leaver's account, or one that was long silent, reads in bulk"
  static let technique = "T1078"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles]
  static let gap: Int64 = 30 * 86_400_000_000_000

  private let floor: Int64

  init(estate: DeclaredEstate) { floor = max(1, estate.policy.bulkFloor) }

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.isUnexplained else { return nil }
    if !handling.signs.isDisjoint(with: .outsideTerm) { return outside(handling, &state) }
    guard handling.isBulk, handling.signs.contains(.silent) else { return nil }
    return Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: floor,
      severity: .medium,
      subkey: "silence",
      signs: .silent,
      detail: Int64(handling.signDays),
      isSignal: !handling.isGrave
    )
  }

  private func outside(_ handling: borrowing Handling, _ state: inout KeyState) -> Hit? {
    var hit = Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: floor,
      severity: .high,
      subkey: "term",
      gap: .max,
      signs: handling.signs.intersection(.outsideTerm),
      detail: Int64(handling.signDays)
    )
    if handling.isBulk { return hit }
    guard state.windows.longest.charge >= floor else { return nil }
    state.windows.settle()
    let sum = state.windows.sum(3)
    guard sum.charge >= floor else { return nil }
    hit.window = "24h"
    hit.value = Volume(low: sum.low, high: sum.charge)
    hit.horizon = 3
    return hit
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let days = NumberText.counted(finding.detail, "day")
    let (english, japanese): (String, String) =
      if finding.signs.contains(.afterTerm) {
        ("\(days) after the end of its validity", "有効期限の \(finding.detail) 日後")
      } else if finding.signs.contains(.beforeTerm) {
        ("\(days) before it is valid", "有効期間開始の \(finding.detail) 日前")
      } else {
        ("after \(days) without a read", "\(finding.detail) 日間の未使用の後")
      }
    let isSilence = finding.signs.contains(.silent)
    return FindingText(
      english: "account \(words.key): \(finding.value.english()) read \(english), without an "
        + "instruction",
      japanese: "アカウント \(words.key): \(japanese)に \(finding.value.japanese)を指示なく読出し",
      explanations: isSilence
        ? ["back from leave or another post", "work that is due once a quarter or a year"]
        : [
          "the roster is not up to date: the contract was prolonged",
          "the name was given to someone else and is not declared for the new time",
        ],
      explanationsJapanese: isSilence
        ? ["休職・異動からの復帰", "四半期・年次の作業"] : ["名簿の更新漏れ(契約延長)", "別人への再割当ての申告漏れ"]
    )
  }
}
