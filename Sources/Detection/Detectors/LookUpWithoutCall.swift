internal import Estate
internal import EventModel

/// Raises a finding when one account opens single records without a call, more than is usual among
/// the accounts of its role, on several days or very many on one.
///
/// It needs a source that states calls (`fields: {call: …}`, or one that has named a call for this account), or
/// records of telephone calls that name the account, its person or its terminal (`extension`, decision 0044);
/// of any other it says nothing. What is
/// usual is the role's: the share of look-ups without a call on the account-days of the last six weeks,
/// their median and three median deviations, between 8 and 25 %; 12 % as long as fewer than 60 days are
/// known. Only what goes beyond that is added up, over a day, 30 and 90 days; reads under an
/// instruction (a disclosure's case number) are left out. A finding needs three days in 30 or five in
/// 90, or a day of 100. How many of a thousand would have been usual stands in the finding (`Hit.detail`): so many of
/// the incident's records may be work. Of an account's own history nothing is learnt: it may have been dirty from the
/// first day.
///
/// Defaults: an agent opens 60 … 220 records a day, 3 … 8 % of them without a call; a slow agent 1.3
/// … 3.5 times as many for months, and in the published case of call centres some 135 a day (FCC
/// consent decree of 2015): 40 too many a day are told on the third. Reviewers, who listen to
/// recordings, open 300 … 500 a day without a call. `policy.look-up-limits` has others.
/// MITRE ATT&CK T1213 (Data from Information Repositories).
final class LookUpWithoutCall: Detector {
  static let name = "look-up-without-call"
  static let summary = "single records opened without a call, beyond what is usual for the role"
  static let technique = "T1213"
  static let signal = Signal.order
  static let needs: KeyState.Needs = [.sequences]
  static let gap: Int64 = 90 * 86_400_000_000_000

  static let horizons = ["day", "30d", "90d"]
  private static let spans: [Int32] = [1, 30, 90]
  /// Days that must have an excess.
  private static let days: [Int64] = [1, 3, 5]

  let limits: [[Int64]]

  init(estate: DeclaredEstate) {
    limits = Role.allCases.map { role in
      let defaults: [Int64] =
        switch role {
        case .reviewer: [1_000, 15_000, 40_000]
        default: [100, 60, 200]
        }
      let declared = estate.policy.lookUpLimits[role] ?? [:]
      return zip(Self.horizons, defaults).map { declared[$0.0] ?? $0.1 }
    }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnBySequence = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, state.isSequenceNotable, handling.isLookUp, handling.isUnexplained,
      !handling.row.flags.contains(.call), let sequence = state.sequences.first,
      sequence.lookUps.statesCalls(handling.row)
    else { return nil }
    let limits = limits[handling.roleIndex]
    var best: (horizon: Int, ratio: Double, sum: LookUps.Sum)?
    for horizon in 0..<3 {
      let sum = sequence.lookUps.excess(within: Self.spans[horizon])
      let limit = limits[horizon]
      guard sum.records >= max(1, limit), sum.days >= Self.days[horizon] else { continue }
      let ratio = Double(sum.records) / Double(max(1, limit))
      if ratio >= best?.ratio ?? 0 { best = (horizon, ratio, sum) }
    }
    guard let best else { return nil }
    let whole = sequence.lookUps.wholeExcess
    return Hit(
      window: Self.horizons[best.horizon],
      value: .exactly(best.sum.records),
      limit: limits[best.horizon],
      severity: SeverityScale.of(
        value: best.sum.records,
        limit: limits[best.horizon],
        stated: true,
        handling: handling
      ),
      earlier: max(0, whole.all - 1),
      earlierFirst: whole.start(before: handling.row.time),
      isEarlierGrowing: true,
      earlierToday: sequence.lookUps.aloneToday,
      isBesidesCalls: true,
      detail: whole.usualPermille,
      isDetailOfAll: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.english("look-up")) of single records "
        + "without a call within \(finding.windowText), beyond what is usual for the role, "
        + "limit \(finding.limit)",
      japanese: "\(words.kind.japanese) \(words.key): 通話・案件のない個別照会が役割の通常を超えて "
        + "\(finding.windowJapanese) 以内に \(finding.value.japanese)(上限 \(finding.limit) 件)",
      explanations: [
        "work by letter or chat whose contacts the log does not name",
        "a failure of the telephone system's link: calls were there and were not noted",
        "a call by a telephone of which no record is read",
        "a disclosure or an investigation whose case number is not in the register",
      ],
      explanationsJapanese: [
        "書面・チャット等の対応で番号が記録されない業務", "通話連携の障害(通話はあったが記録されず)",
        "記録を読んでいない電話機での通話",
        "登録されていない開示請求・調査案件",
      ]
    )
  }
}
