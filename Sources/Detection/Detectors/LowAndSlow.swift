internal import Estate
internal import EventModel

/// Raises a finding when unexplained records add up over 30 days … a lifetime; for a privileged role that hardly
/// reads in bulk but on instruction, a bulk read from a twentieth of its limit of 30 days on.
///
/// One taking in 35 days escapes every window up to 30 days; the sums of 90 and 365 days and of a
/// lifetime do not forget it. A twentieth, 500 records of an administrator: what is beyond instruction is told
/// at the first taking (R14), and a fault is looked into with fewer; whether instructions are the rule the role's
/// other accounts tell (`PeerBook.isRule`).
///
/// What a privileged account reads of one owner a few dozen records at a time adds up by itself (`SmallSums`). MITRE
/// ATT&CK T1030 (Data Transfer Size Limits).
final class LowAndSlow: Detector {
  static let name = "low-and-slow"
  static let summary = "unexplained records add up over 30 d … lifetime"
  static let technique = "T1030"
  static let signal = Signal.volume
  static let needs: KeyState.Needs = [.days, .owners, .ledger, .otherKeys]
  static let gap = Int64.max

  private let limits: [[Int64]]
  private let lifetime: [Int64]
  /// The smallest limit of each role.
  private let smallest: [Int64]
  /// Beside the register: of 30 days, and of one read that is told otherwise.
  private let beside: [(month: Int64, minute: Int64)]
  private static let besideRegister = "beside the register"
  private let small: SmallSums

  init(estate: DeclaredEstate) {
    let table = RoleLimits(estate: estate)
    let long = table.limits(HorizonCounters.longNames)
    limits = Role.allCases.map { long[$0] ?? [.max, .max, .max, .max] }
    smallest = limits.map { $0.min() ?? .max }
    beside = Role.allCases.map { role in
      let month = table.limit(role, "30d") ?? .max
      return (month == .max ? .max : max(1, month / 20), table.limit(role, "1m") ?? .max)
    }
    lifetime = Role.allCases.map { table.limit($0, "lifetime") ?? .max }
    small = SmallSums(table)
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.days = smallest[role.index]
    attention.lifetime = lifetime[role.index]
    attention.isDrawnByBulk = role.isPrivileged
    attention = attention.joined(with: small.attention(to: role))
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard handling.isUnexplained, !handling.isPooled, kind != .organisation,
      state.isJudged(handling, kind)
    else { return nil }
    let role = handling.roleIndex
    var window = ""
    var low: Int64 = 0
    var charge: Int64 = 0
    var limit: Int64 = 0
    var span = 0
    var best = 0.0
    // No shorter window holds more than 365 days.
    let isNear = state.days.longest.charge > smallest[role]
    if isNear { state.days.settle() }
    for horizon in 0..<(isNear ? 4 : 0) where state.days.sum(horizon).charge > limits[role][horizon]
    {
      let ratio = Double(state.days.sum(horizon).charge) / Double(max(1, limits[role][horizon]))
      if ratio >= best {
        best = ratio
        window = HorizonCounters.longNames[horizon]
        (low, charge) = (state.days.sum(horizon).low, state.days.sum(horizon).charge)
        limit = limits[role][horizon]
        span = horizon + 1
      }
    }
    if state.lifetimeCharge > lifetime[role],
      Double(state.lifetimeCharge) / Double(max(1, lifetime[role])) >= best
    {
      window = "lifetime"
      span = 5
      (low, charge, limit) = (state.lifetimeLow, state.lifetimeCharge, lifetime[role])
    }
    guard !window.isEmpty else {
      return besideRegister(handling, &state) ?? small.hit(handling, kind, &state)
    }
    let stated = low > limit
    return Hit(
      window: window,
      value: Volume(low: low, high: charge),
      limit: limit,
      severity: SeverityScale.of(
        value: charge,
        limit: limit,
        stated: stated,
        handling: handling
      ),
      span: span,
      isSum: true
    )
  }

  /// A bulk read for which there is no instruction, though there is one for nearly all others.
  private func besideRegister(_ handling: borrowing Handling, _ state: inout KeyState) -> Hit? {
    let limit = beside[handling.roleIndex]
    guard handling.roleInstruction == .nearlyAll, handling.isBulk, handling.match.status == .none,
      handling.unexplainedCharge <= limit.minute
    else { return nil }
    state.days.settle()
    let sum = state.days.sum(1)
    guard sum.charge >= limit.month else { return nil }
    return Hit(
      window: HorizonCounters.longNames[1],
      value: Volume(low: sum.low, high: sum.charge),
      limit: limit.month,
      severity: .high,
      subkey: Self.besideRegister,
      isSum: true
    )
  }

  private static func describeBeside(
    _ finding: FindingState,
    _ words: FindingWords
  ) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.judged("unexplained record")) within "
        + "\(finding.window), limit \(NumberText.grouped(finding.limit)) where there is a register "
        + "and others of its role hardly read in bulk but on instruction",
      japanese: "\(words.kind.japanese) \(words.key): "
        + "\(NumberText.japanese(window: finding.window))の累計 \(finding.value.judgedJapanese)、対応する指示なし"
        + "(指示の台帳があり、同じ役割のほかの者は指示のない大量読出しをほとんど行わない。上限 \(NumberText.grouped(finding.limit)) 件)",
      explanations: [
        "an instruction that was not entered in the register",
        "a fault that was looked into without a ticket",
      ],
      explanationsJapanese: ["登録されていない指示", "チケットのない障害調査"]
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    if finding.subkey == besideRegister { return describeBeside(finding, words) }
    if finding.subkey == SmallSums.subkey { return SmallSums.describe(finding, words) }
    return FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.judged("unexplained record")) within "
        + "\(finding.window), limit \(NumberText.grouped(finding.limit))",
      japanese: "\(words.kind.japanese) \(words.key): "
        + "\(NumberText.japanese(window: finding.window))の累計 \(finding.value.judgedJapanese)"
        + "(上限 \(NumberText.grouped(finding.limit)) 件)、対応する指示なし",
      explanations: [
        "recurring work whose instructions are not in the register",
        "a scheduled job that is not declared",
      ],
      explanationsJapanese: ["登録されていない定例作業", "申告されていない定期ジョブ"]
    )
  }
}
