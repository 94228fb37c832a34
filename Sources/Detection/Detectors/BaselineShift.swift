internal import Estate
internal import EventModel

/// Raises a finding of low severity when an account's weeks stand out: what it read without an
/// instruction and without a call is beyond the weeks of its role's other accounts, and beyond its own.
///
/// A second opinion that never keeps another detector quiet. The week is compared with the role's
/// account-weeks of the last six weeks (twice their median, or three median deviations), then with the
/// account's own last 26. An own history alone clears nobody: it may hold takings from the first day, or have
/// been led up by three in a hundred a week; whoever is at five times the peers is told for all his
/// history. Three of four weeks must stand out, each with 1,000 records at least. Weeks, not days, since a
/// holiday or a month's end moves days for everybody; a week with declared holidays becomes usual as a whole one
/// would be, and not at all with less than half of its working days (`policy.holidays`); and what calls asked for is left out, since overtime
/// at the turn of the year is three times the calls.
///
/// Source of the statistic: Leys et al. (J. Exp. Soc. Psychol. 49, 2013), median absolute deviation. The
/// published actor had worked there for five years before the first known act.
/// MITRE ATT&CK T1213 (Data from Information Repositories).
final class BaselineShift: Detector {
  static let name = "baseline-shift"
  static let summary = "weeks that stand out from those of the role and the account's own"
  static let technique = "T1213"
  static let signal = Signal.order
  static let needs: KeyState.Needs = [.sequences]
  static let gap: Int64 = 90 * 86_400_000_000_000

  static let weeks: Int64 = 3

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnBySequence = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, state.isSequenceNotable, handling.isUnexplained,
      !handling.row.flags.contains(.call), let weeks = state.sequences.first?.weeks
    else { return nil }
    let sum = weeks.beyond()
    guard sum.weeks >= Self.weeks else { return nil }
    let usual = max(WeekSums.floor, weeks.peers > 0 ? weeks.peers : weeks.own)
    return Hit(
      window: "30d",
      value: .exactly(sum.records),
      limit: usual,
      severity: .low
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.english("unexplained record")) in weeks "
        + "that stand out from those of the role, where \(finding.limit) a week are usual at most",
      japanese: "\(words.kind.japanese) \(words.key): 同じ役割の週次水準を外れた週の読出し "
        + "\(finding.value.japanese)(通常は週 \(finding.limit) 件まで)",
      explanations: [
        "other work than that of the role's other accounts",
        "a project whose instruction is missing",
      ],
      explanationsJapanese: ["同じ役割の他者と異なる業務", "指示の登録漏れのある案件"]
    )
  }
}
