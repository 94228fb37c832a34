internal import Estate
internal import EventModel

/// Notes, within an incident, that what was read in bulk without an instruction was read for the first
/// time: an owner (else a dataset), from a terminal or by a program that the account, or its person
/// where known, had never used in all its time.
///
/// A signal: novelty alone raises no incident, since most of what is new is work; it adds evidence
/// to an incident that other findings make. First means within the last seven days, by one who had been
/// reading for at least 28 days before: the first weeks of an account or of the logs make everything
/// new. A renamed or second account of a person inherits what the person has done. No terminal or
/// program is called new any more once 128 have been met.
/// Default of 28 days: four weeks hold each weekday four times and, mostly, a month-end. MITRE ATT&CK
/// T1213 (Data from Information Repositories).
final class FirstAccess: Detector {
  static let name = "first-access"
  static let summary = "within an incident: an owner, terminal or program never used before"
  static let technique = "T1213"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles, .ledger, .otherKeys]
  static let gap: Int64 = 30 * 86_400_000_000_000

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention { .bulkAndSigns }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    let firsts = handling.signs.intersection(.firsts)
    guard kind == .account, handling.isBulk, handling.isUnexplained, !firsts.isEmpty else {
      return nil
    }
    // Where the time since first sight is not what `signDays` tells, none is told.
    let tellsOther = !handling.signs.isDisjoint(with: [.beforeTerm, .afterTerm, .silent])
    return Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: 0,
      severity: firsts.count > 1 ? .medium : .low,
      signs: firsts,
      detail: tellsOther ? 0 : Int64(handling.signDays),
      isSignal: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let what = finding.signs.listed([
      (.newOwner, "the owner", "委託元"), (.newDataset, "the dataset", "データセット"),
      (.newTerminal, "the terminal", "端末"), (.newProgram, "the program", "プログラム"),
    ])
    let days = finding.detail
    return FindingText(
      english: "account \(words.key): \(finding.value.english()) read; new to it"
        + (days > 0 ? " after \(NumberText.counted(days, "day")) of history: " : ": ")
        + what.english,
      japanese: "アカウント \(words.key): " + (days > 0 ? "\(days) 日間の履歴で" : "")
        + "初めての\(what.japanese)で \(finding.value.japanese)を読出し",
      explanations: [
        "a new task, a substitute for a colleague", "a new owner, terminal or program in the house",
      ],
      explanationsJapanese: ["新しい担当業務・代行", "委託元・端末・プログラムの新規導入"]
    )
  }
}
