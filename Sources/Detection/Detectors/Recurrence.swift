internal import Estate
internal import EventModel

/// Raises a finding when unexplained bulk reads recur: at least three days of the last 365 that
/// resemble each other, or six that do not; where instructions are declared, two of a privileged account
/// whole weeks apart (four at most) that are alike in size (a quarter) and terminal, of 300 records each.
///
/// Of a privileged account also three days of all time that resemble each other in three traits, with whatever pauses
/// between them: medium, from four days on high.
///
/// Days resemble each other in two of four traits, each shared by two in three of them: the number of
/// records (half as much again), the time of day (two hours), the terminal, the interval (a quarter).
/// Chance and an incident at work make single days; what has a size, an hour, a place and a cadence of
/// its own is somebody's habit. Judged for roles that have no routine of their own with lists, and
/// for operators and supervisors where instructions cover most of what their role reads in bulk, or where
/// one operator has more such days than all others of the role; by account, person and terminal.
///
/// Defaults: more than 100 acts in 115 months in the published case, one in 35 days; Countrywide's
/// analyst took some 20,000 a week for two years, often on Sundays; the threat catalogue's steady weekly
/// taking, 10,000 … 30,000 from one host. MITRE ATT&CK T1029 (Scheduled Transfer).
final class Recurrence: Detector {
  static let name = "recurrence"
  static let summary = "unexplained bulk reads that recur in size, hour, terminal or interval"
  static let technique = "T1029"
  static let signal = Signal.cadence
  static let needs: KeyState.Needs = [.days, .otherKeys]
  static let gap = Int64.max

  static let fewest = 3
  static let traits = 2
  /// So many days need no likeness.
  static let many = 6
  /// Days that lie years apart must be more alike than those of one year, and be more to be sure.
  static let lifelongTraits = 3
  static let lifelongSure = 4

  private let declaresInstructions: Bool

  init(estate: DeclaredEstate) {
    declaresInstructions =
      estate.declaresTickets || !estate.jobs.isEmpty || !estate.tickets.isEmpty
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnByBulk = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard handling.isBulk, handling.isUnexplained, kind != .organisation else { return nil }
    let isRoutine = handling.role == .operator || handling.role == .supervisor
    guard !isRoutine || handling.isRoleInstructed, state.isJudged(handling, kind) else {
      return nil
    }
    if declaresInstructions, handling.isPrivileged, state.episodes.list.count < Self.fewest {
      return state.episodes.areWeeklyTwins ? hit(days: 2, limit: 2, .high) : nil
    }
    guard state.episodes.list.count >= Self.fewest else { return nil }
    let likeness = state.episodes.likeness(until: handling.day)
    let isAlike = likeness.count >= Self.fewest && likeness.traits >= Self.traits
    guard isAlike || likeness.count >= Self.many else { return overYears(handling, state.episodes) }
    let isMinor = isRoutine && likeness.count < Self.many || handling.account == .none
    return hit(days: likeness.count, limit: Self.fewest, isMinor ? .medium : .high)
  }

  /// Whoever takes once a year has no year with three takings.
  private func overYears(_ handling: borrowing Handling, _ episodes: Episodes) -> Hit? {
    guard handling.isPrivileged, handling.account != .none else { return nil }
    let likeness = episodes.lifelongLikeness
    guard likeness.count >= Self.fewest, likeness.traits >= Self.lifelongTraits else { return nil }
    let severity: Severity = likeness.count >= Self.lifelongSure ? .high : .medium
    return hit(days: likeness.count, limit: Self.fewest, severity, window: "lifetime")
  }

  private func hit(
    days: Int,
    limit: Int,
    _ severity: Severity,
    window: String = "365d"
  ) -> Hit {
    Hit(
      window: window,
      value: .exactly(Int64(days)),
      limit: Int64(limit),
      unit: "days",
      severity: severity,
      isSum: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let isOfYears = finding.window == "lifetime"
    let english = isOfYears ? "of all time" : "of the last 365"
    let japanese = isOfYears ? "全期間で" : "直近365日のうち"
    return FindingText(
      english: "\(words.kind.word) \(words.key): unexplained bulk reads recur, on "
        + "\(finding.value.high) days \(english), alike in size, hour, terminal or interval, "
        + "limit \(finding.limit)",
      japanese: "\(words.kind.japanese) \(words.key): 指示のない大量読出しが反復、\(japanese) "
        + "\(finding.value.high) 日(件数・時刻・端末・間隔が類似、上限 \(finding.limit) 日)",
      explanations: [
        "recurring work whose instructions are not in the register",
        "a scheduled job that is not declared",
      ],
      explanationsJapanese: ["登録されていない定例作業", "申告されていない定期ジョブ"]
    )
  }
}
