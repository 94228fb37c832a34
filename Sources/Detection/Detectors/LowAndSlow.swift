internal import Estate
internal import EventModel

/// Raises a finding when unexplained records add up over 30 days … a lifetime.
///
/// One taking in 35 days escapes every window up to 30 days; the sums of 90 and 365 days and of a
/// lifetime do not forget it. MITRE ATT&CK T1030 (Data Transfer Size Limits).
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

  init(estate: DeclaredEstate) {
    let table = RoleLimits(estate: estate)
    let long = table.limits(HorizonCounters.longNames)
    limits = Role.allCases.map { long[$0] ?? [.max, .max, .max, .max] }
    smallest = limits.map { $0.min() ?? .max }
    lifetime = Role.allCases.map { table.limit($0, "lifetime") ?? .max }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.days = smallest[role.index]
    attention.lifetime = lifetime[role.index]
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard handling.isUnexplained, kind != .organisation, state.isJudged(handling, kind) else {
      return nil
    }
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
    guard !window.isEmpty else { return nil }
    let stated = low > limit
    return Hit(
      window: window,
      value: Volume(low: low, high: charge),
      limit: limit,
      severity: SeverityScale.of(value: charge, limit: limit, stated: stated, handling: handling),
      span: span,
      isSum: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
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
