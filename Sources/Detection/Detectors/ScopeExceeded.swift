internal import Estate
internal import EventModel

/// Raises a finding when a bulk read names or fits an instruction but goes beyond its scope: more
/// records, another owner, another executor, another time, a second use, or a job off its window,
/// terminal, program or destination; or when the instruction is none: it names neither requester nor
/// approver, or its executor has left, or sits at another person's own terminal.
///
/// A read that nothing covers is told under the executor's own unused ticket of another owner for about
/// as many records; one whose number the log does not state, as perhaps beyond its ticket (medium).
/// A job that runs more often of a night than it declares (`most-runs`) is off it. Where it declares no number, a run
/// more than in all but one of its last 15 nights (seven must be known), or one in less than half the time that usually
/// lies between two nights, is told as low: a thief may be behind it, or somebody who repaired it. Only of a job that is
/// regular: half of its nights had the same number of runs, and all but two of them kept their distance. A number that is never
/// reached turns that off.
/// A valid ticket is a thief's best cover, a nightly job the second best: what counts is the match of
/// scope, not the presence of a number. MITRE ATT&CK T1078 (Valid Accounts).
final class ScopeExceeded: Detector {
  static let name = "scope-exceeded"
  static let summary = "a bulk read goes beyond the ticket or job it rests on"
  static let technique = "T1078"
  static let signal = Signal.instruction
  static let needs: KeyState.Needs = []
  static let gap: Int64 = 36 * 3_600_000_000_000

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnByBulk = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind == .account, handling.isBulk else { return nil }
    switch handling.match.reason {
    case .matched, .noInstruction: return nil
    case .notInRegister where handling.role == .operator: return nil
    default: break
    }
    let value = handling.volume.isUnbounded ? handling.volume.low : handling.charge
    let isUncertain = handling.match.reason.isUncertain
    return Hit(
      window: "event",
      value: Volume(
        low: isUncertain ? 0 : handling.volume.low,
        high: max(value, handling.unexplainedCharge),
        quality: handling.volume.quality
      ),
      limit: handling.match.allowed ?? 0,
      severity: isUncertain
        ? handling.match.reason == .unusualRun ? .low : SeverityScale.ofRepetition(handling)
        : SeverityScale.large(value, stated: handling.volume.low >= value),
      instruction: handling.match.instruction,
      reason: handling.match.reason
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let (english, japanese): (String, String) =
      switch finding.reason {
      case .wrongOwner: ("another owner's records", "別の委託元の記録")
      case .wrongExecutor: ("another executor", "別の実施者")
      case .outsideTime: ("outside its time", "期間外")
      case .selfApproved:
        (
          "approved by its own executor or an account that the executor shares",
          "実施者自身(共用アカウントを含む)の承認"
        )
      case .anonymous: ("it names neither requester nor approver", "依頼者も承認者も記載なし")
      case .unapproved: ("it names no approver", "承認者の記載なし")
      case .noExecutor: ("it names no executor, the account is privileged", "実施者の記載なし(特権アカウント)")
      case .offRoster: ("account or person not on the roster that day", "当日の在籍名簿にない者")
      case .othersTerminal: ("at the own terminal of another person", "別の人の専用端末から")
      case .selfRequested: ("requested by its own executor", "実施者自身の依頼")
      case .ownOrganisation: ("requested by the executor's own organisation", "実施者の組織自身の依頼")
      case .outsideWindow: ("outside its time window", "時間帯外")
      case .wrongTerminal: ("from another terminal", "別の端末から")
      case .wrongProgram: ("by another program", "別のプログラム")
      case .wrongDestination: ("to another destination", "別の出力先")
      case .reused: ("used again beyond its number", "件数を超える再使用")
      case .unstated: ("the log does not state how many", "記録に件数の記載なし")
      case .repeated: ("the same read again, from the same terminal", "同じ端末からの同じ読出しの繰返し")
      case .extraRun: ("run more often than declared", "申告回数を超える実行")
      case .unusualRun: ("run more often than usual", "通常の回数を超える実行")
      case .notInRegister: ("not in the register", "登録になし")
      case .tooManyRecords, .matched, .noInstruction: ("more records than allowed", "許可件数の超過")
      }
    if finding.reason == .repeated { return describeRepetition(finding, words) }
    if finding.reason == .othersTerminal { return describeBorrowing(finding, words) }
    if finding.reason == .unusualRun { return describeRun(finding, words) }
    if finding.reason == .unstated { return describeUnstated(finding, words) }
    return FindingText(
      english: "account \(words.key): \(finding.value.english()) under instruction "
        + "\(finding.subkey) — \(english), allowed \(NumberText.grouped(finding.limit))",
      japanese: "アカウント \(words.key): 指示 \(finding.subkey) による "
        + "\(finding.value.japanese) — \(japanese)"
        + "(許可 \(NumberText.grouped(finding.limit)) 件)",
      explanations: [
        "the scope was widened by word of mouth", "a typing error in the register",
        "a re-run of the job after a failure",
      ],
      explanationsJapanese: ["口頭での範囲拡大", "登録の誤記", "障害後の再実行"]
    )
  }
  /// A download that failed and one more slice of the same size look the same in a log.
  private static func describeRepetition(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.english()) under instruction "
        + "\(finding.subkey) — read again in the same number from the same terminal, which the "
        + "log cannot tell from other records",
      japanese: "アカウント \(words.key): 指示 \(finding.subkey) による "
        + "\(finding.value.japanese) — 同じ端末から同じ件数の再読出し(別の記録かどうかは記録から分からない)",
      explanations: ["a retry after a failed download"],
      explanationsJapanese: ["ダウンロード失敗後の再試行"]
    )
  }

  /// A COPY, a cursor or a download whose number no line tells.
  private static func describeUnstated(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.english()) under instruction "
        + "\(finding.subkey), which allows \(NumberText.grouped(finding.limit)) — the log does not "
        + "state how many it was",
      japanese: "アカウント \(words.key): 指示 \(finding.subkey)"
        + "(許可 \(NumberText.grouped(finding.limit)) 件)による \(finding.value.japanese) — "
        + "件数は記録に記載がなく、超過かどうかは不明",
      explanations: ["the statement read no more than the instruction allows"],
      explanationsJapanese: ["指示の範囲内の読出しだった"]
    )
  }

  /// A job's output that was made once more: by the job, or for somebody.
  private static func describeRun(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.english()) by job \(finding.subkey), which "
        + "runs more often than it used to",
      japanese: "アカウント \(words.key): ジョブ \(finding.subkey) による "
        + "\(finding.value.japanese) — これまでより多い回数の実行",
      explanations: [
        "the job was run again after a failure", "its schedule was changed",
      ],
      explanationsJapanese: ["障害後の再実行", "実行計画の変更"]
    )
  }

  /// The executor's account at another's desk: the executor himself, or somebody with his password.
  private static func describeBorrowing(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english: "account \(words.key): \(finding.value.english()) under instruction "
        + "\(finding.subkey) — at the own terminal of another person: whether it was the executor is "
        + "not proven",
      japanese: "アカウント \(words.key): 指示 \(finding.subkey) による "
        + "\(finding.value.japanese) — 別の人の専用端末から(実施者本人かどうかは未確定)",
      explanations: [
        "the executor worked at a colleague's terminal", "the terminal changed hands",
      ],
      explanationsJapanese: ["実施者が同僚の端末で作業した", "端末の使用者変更"]
    )
  }
}
