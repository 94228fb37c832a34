internal import Estate
internal import EventModel

/// Raises a finding when a service account reads in bulk as no service does: from a terminal at which
/// a person sits, by a program that a person types into, or off the job that is declared for it.
///
/// Where no job is declared the account's own bulk reads stand in for one: hours in which at most one
/// in fifty of them fell (an hour more or less allowed), four times the largest read so far, a terminal,
/// program or destination never used before. Two of these together are a finding from 1,000 records on,
/// one is a signal. A query program that the account has used for four weeks is its script. What an
/// instruction covers does not count. Without declared accounts the role is guessed by name, and an
/// interactive program alone is a signal. Defaults: threat catalogue, A9 and A10; the habit of a key may
/// be dirty, so it comes after authorisation, and never excuses. MITRE ATT&CK T1078.002 (Domain
/// Accounts), T1078.003 (Local Accounts).
final class ServiceAccountMisuse: Detector {
  static let name = "service-account-misuse"
  static let summary = "a service account reads by hand, off its job, hours, terminal or target"
  static let technique = "T1078"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.profiles]
  /// Over a weekend or a holiday it is still the same taking.
  static let gap: Int64 = 96 * 3_600_000_000_000

  private static let plain: Signs = [.personsTerminal, .interactive]
  private static let habitual: Signs = [
    .offSchedule, .muchMore, .newTerminal, .newProgram, .newDestination,
  ]
  private let declaresAccounts: Bool

  init(estate: DeclaredEstate) { declaresAccounts = !estate.accounts.isEmpty }

  func attention(to role: Role) -> Attention { role == .service ? .bulkAndSigns : .never }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.role == .service, handling.isBulk, handling.isUnexplained
    else { return nil }
    var hit = Hit(
      window: "event",
      value: handling.unexplainedRecords,
      limit: handling.match.allowed ?? 0,
      severity: .high,
      signs: handling.signs.intersection(Self.plain.union(Self.habitual))
    )
    switch handling.match.reason {
    case .outsideWindow, .wrongTerminal, .wrongProgram, .wrongDestination:
      hit.reason = handling.match.reason
      return hit
    default: break
    }
    let plain = hit.signs.intersection(Self.plain)
    if plain.contains(.personsTerminal) || (declaresAccounts && !plain.isEmpty) { return hit }
    switch hit.signs.count {
    case 0: return nil
    case 1:
      hit.severity = .low
      hit.isSignal = true
    default:
      hit.severity = .medium
      hit.isSignal = !handling.isGrave
    }
    return hit
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    var what = finding.signs.listed([
      (.personsTerminal, "from a person's terminal", "個人の端末から"),
      (.interactive, "by a program for typing in", "対話型プログラムで"),
      (.newTerminal, "from a terminal never used before", "初めての端末から"),
      (.newProgram, "by a program never used before", "初めてのプログラムで"),
      (.newDestination, "to a destination never used before", "初めての出力先へ"),
      (.offSchedule, "at an hour it does not work", "通常と異なる時刻に"),
      (.muchMore, "more than four times as much as ever", "過去最大の4倍を超えて"),
    ])
    let off: (english: String, japanese: String)? =
      switch finding.reason {
      case .outsideWindow: ("outside its job's time window", "ジョブの時間帯外に")
      case .wrongTerminal: ("from another terminal than its job's", "ジョブと異なる端末から")
      case .wrongProgram: ("by another program than its job's", "ジョブと異なるプログラムで")
      case .wrongDestination: ("to another destination than its job's", "ジョブと異なる出力先へ")
      default: nil
      }
    if let off {
      what.english = what.english.isEmpty ? off.english : "\(off.english), \(what.english)"
      what.japanese = what.japanese.isEmpty ? off.japanese : "\(off.japanese)、\(what.japanese)"
    }
    return FindingText(
      english: "service account \(words.key): \(finding.value.english()) read "
        + "\(what.english), without an instruction",
      japanese: "サービスアカウント \(words.key): \(what.japanese) "
        + "\(finding.value.japanese)を指示なく読出し",
      explanations: [
        "a job run again by hand after a failure", "a job that was changed and not declared anew",
        "a test of the job",
      ],
      explanationsJapanese: ["障害後の手動再実行", "変更後のジョブの申告漏れ", "ジョブの試験"]
    )
  }
}
