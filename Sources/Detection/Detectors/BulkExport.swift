internal import Estate
internal import EventModel

/// Raises a finding when unexplained records read by one account, person or terminal pass the limit
/// of its role within 1 minute, 10 minutes, 1 hour or 24 hours, or when an export of unknown and
/// unbounded volume has no instruction.
///
/// Records that a ticket or a job covers do not count. Where a log states no count, what bounds it
/// counts (size of the dataset, bytes ÷ bytes per record) and the finding says so. A person or a
/// terminal is judged when several accounts stand behind it. Defaults: `RoleLimits`.
/// MITRE ATT&CK T1213 (Data from Information Repositories).
final class BulkExport: Detector {
  static let name = "bulk-export"
  static let summary = "unexplained records read within 1 min … 24 h pass the limit of the role"
  static let technique = "T1213"
  static let signal = Signal.volume
  static let needs: KeyState.Needs = [.otherKeys]
  /// Over a weekend or a holiday it is still the same taking.
  static let gap: Int64 = 96 * 3_600_000_000_000

  private let limits: [[Int64]]
  /// The smallest limit of each role for windows up to an hour.
  private let smallest: [Int64]

  init(estate: DeclaredEstate) {
    let table = RoleLimits(estate: estate).limits(HorizonCounters.shortNames)
    limits = Role.allCases.map { table[$0] ?? [.max, .max, .max, .max] }
    smallest = limits.map { $0.dropLast().min() ?? .max }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.hour = smallest[role.index]
    attention.hours = limits[role.index].last ?? .max
    attention.isDrawnByUnbounded = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard handling.isUnexplained, kind != .organisation else { return nil }
    let role = handling.roleIndex
    let mayPass =
      state.windows.lastHour > smallest[role] || state.windows.longest.charge > limits[role][3]
    if mayPass,
      state.isJudged(handling, kind),
      let hit = passed(limits[role], handling, &state.windows, tag: nil)
    {
      return hit
    }
    guard kind == .account || handling.account == .none && kind == .terminal,
      handling.row.operation == .export || handling.row.flags.contains(.whole),
      handling.volume.quality == .unknown,
      handling.volume.isUnbounded, handling.isBulk
    else { return nil }
    return Hit(
      window: "event",
      value: handling.volume,
      limit: 0,
      severity: handling.role.isPrivileged ? .high : .medium,
      subkey: "unknown-volume"
    )
  }

  func own(_ hit: Hit, of handling: borrowing Handling, state: inout KeyState) -> OwnHit? {
    guard let horizon = hit.horizon else { return nil }
    let limits = limits[handling.roleIndex]
    if let own = passed(limits, handling, &state.windows, tag: handling.actorTag) {
      return OwnHit(hit: own, passes: true)
    }
    let sum = state.windows.own(horizon, tag: handling.actorTag)
    var own = hit
    own.value = Volume(low: sum.low, high: sum.charge)
    return OwnHit(hit: own, passes: false)
  }

  /// The limit passed by the largest factor; of equal ones the longest window's.
  ///
  /// `tag`: by that actor's reads alone.
  private func passed(
    _ limits: [Int64],
    _ handling: borrowing Handling,
    _ windows: inout HorizonCounters,
    tag: UInt32?
  ) -> Hit? {
    windows.settle()
    var best: (horizon: Int, ratio: Double)?
    for horizon in 0..<4 where windows.sum(horizon).charge > limits[horizon] {
      let sum = tag.map { windows.own(horizon, tag: $0) } ?? windows.sum(horizon)
      guard sum.charge > limits[horizon] else { continue }
      let ratio = Double(sum.charge) / Double(max(1, limits[horizon]))
      if best == nil || ratio >= best?.ratio ?? 0 { best = (horizon, ratio) }
    }
    guard let best else { return nil }
    let sum = tag.map { windows.own(best.horizon, tag: $0) } ?? windows.sum(best.horizon)
    let stated = sum.low > limits[best.horizon]
    return Hit(
      window: HorizonCounters.shortNames[best.horizon],
      value: Volume(low: sum.low, high: sum.charge),
      limit: limits[best.horizon],
      severity: SeverityScale.of(
        value: sum.charge,
        limit: limits[best.horizon],
        stated: stated,
        handling: handling
      ),
      horizon: best.horizon,
      isPaged: windows.smallCharge(best.horizon) > limits[best.horizon],
      isSum: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let what =
      finding.value.isUnbounded
      ? "an export, or a read of a whole dataset, whose number of records the log does not state"
      : "\(finding.value.judged()) read within \(finding.window), limit "
        + NumberText.grouped(finding.limit)
    let japanese =
      finding.value.isUnbounded
      ? "記録に件数のない書出し操作またはデータセット全体の読出し"
      : "\(NumberText.japanese(window: finding.window))以内に \(finding.value.judgedJapanese)を読出し"
        + "(上限 \(NumberText.grouped(finding.limit)) 件)"
    return FindingText(
      english: "\(words.kind.word) \(words.key): \(what), without an instruction that covers it",
      japanese: "\(words.kind.japanese) \(words.key): \(japanese)、対応する指示なし",
      explanations: [
        "an instruction that was not entered in the register",
        "a job or a migration that is not declared",
        "the same records delivered again after a failure",
      ],
      explanationsJapanese: [
        "登録されていない指示", "申告されていないジョブや移行作業", "失敗後の再送による重複",
      ]
    )
  }
}

extension Role {
  /// Place of the role in `allCases`.
  var index: Int { Role.allCases.firstIndex(of: self) ?? 0 }
}
