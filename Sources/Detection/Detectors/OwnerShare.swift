internal import Estate
internal import EventModel

/// Raises a finding when unexplained reads reach a share of one owner's set, whatever its size: a
/// small municipality is taken whole below any sensible number of records.
///
/// Counts gross records against the number delivered. For operators and supervisors only bulk reads
/// count and only within 24 hours, since their routine covers an owner's set in time; single records that an
/// application opens by its own account count for nobody (decision 0036); of others they count within 30 days, since
/// the same twenty rows looked at every week come to a set of 300 in time. Six of sixteen
/// published owners would never pass 10,000 records.
///
/// Where a register of tickets is declared, what operators and supervisors read in bulk beside it adds up, too: half
/// of a set within 90 days or a year, three fifths for life, told low; where instructions cover most of what
/// their role reads in bulk, the shares of the other roles, told medium. What one account opens one by one, hardly any
/// twice, adds up for whatever role (`OneByOne`). MITRE ATT&CK T1213.
final class OwnerShare: Detector {
  static let name = "owner-share"
  static let summary = "unexplained reads reach a share of one owner's set, of any size"
  static let technique = "T1213"
  static let signal = Signal.volume
  static let needs: KeyState.Needs = [.owners, .ledger, .otherKeys]
  /// Over a weekend or a holiday it is still the same taking.
  static let gap: Int64 = 96 * 3_600_000_000_000
  /// Fewer records are never judged as a share.
  static let floor: Int64 = 50

  /// Per mille by role, for 24h 7d 30d 90d 365d lifetime; where instructions are a role's rule.
  let limits: [[Int64]]
  private let ruled: [[Int64]]
  private let hasRegister: Bool
  static let horizons = ["24h", "7d", "30d", "90d", "365d", "lifetime"]
  /// The first horizon that small reads do not count in.
  private static let firstOfBulk = 3

  init(estate: DeclaredEstate) {
    hasRegister = estate.declaresTickets || !estate.tickets.isEmpty
    let others: [Int64] = [200, 250, 300, 400, 500, 600]
    // Small reads are their routine: of the horizons in which these count, too, only the day is judged.
    let routine: [Int64] =
      hasRegister ? [500, .max, .max, 500, 500, 600] : [.max, .max, .max, .max, .max, .max]
    func limits(_ role: Role, _ defaults: [Int64]) -> [Int64] {
      let declared = estate.policy.shareLimits[role] ?? [:]
      return zip(Self.horizons, defaults).map { declared[$0.0] ?? $0.1 }
    }
    self.limits = Role.allCases.map { role in
      switch role {
      case .operator: limits(role, [500] + routine.dropFirst())
      case .supervisor: limits(role, [min(950, routine[0])] + routine.dropFirst())
      default: limits(role, others)
      }
    }
    ruled = Role.allCases.map { role in
      limits(role, Self.countsBulkAlone(role) ? [200, .max, .max, 400, 500, 600] : others)
    }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.permille = min(
      limits[role.index].min() ?? .max,
      hasRegister ? ruled[role.index].min() ?? .max : .max
    )
    attention.permille = min(attention.permille, OneByOne.permille)
    attention.isShareOfBulk = false
    return attention
  }

  /// What is told of a role's bulk reads within a day whether or not there is a register.
  private static func day(_ role: Role) -> Int64 { role == .operator ? 500 : 950 }

  private static func countsBulkAlone(_ role: Role) -> Bool {
    role == .operator || role == .supervisor
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    sum(handling, kind, &state) ?? OneByOne.hit(handling, kind, &state)
  }

  private func sum(_ handling: borrowing Handling, _ kind: KeyKind, _ state: inout KeyState) -> Hit?
  {
    guard handling.isUnexplained, !handling.isPooled, kind != .organisation,
      handling.ownerSize > 0, handling.owner != .none,
      let place = state.owners.place(of: handling.owner.rawValue)
    else { return nil }
    guard state.isJudged(handling, kind) else { return nil }
    if Self.countsBulkAlone(handling.role), !handling.isBulk { return nil }
    let size = handling.ownerSize
    let isRoutine = Self.countsBulkAlone(handling.role)
    let isRuled = isRoutine && hasRegister && handling.isRoleInstructed
    let limits = isRuled ? ruled[handling.roleIndex] : limits[handling.roleIndex]
    func records(_ permille: Int64) -> Int64 {
      let (product, overflow) = permille.multipliedReportingOverflow(by: size)
      return overflow ? .max : max(Self.floor, product / 1_000)
    }
    state.owners.keepExactHours(of: place, from: records(limits[0]), state.windows)
    state.owners.keepDays(
      of: place,
      from: records(min(limits[1], limits[2], limits[3], limits[4])),
      state.ledger
    )
    guard let index = largest(of: place, state.owners, limits, size, handling.day) else {
      return nil
    }
    let sum = Self.sum(index, of: place, state.owners, handling.day)
    let (share, lowShare) = (permille(sum.charge, of: size), permille(sum.low, of: size))
    let stated = lowShare >= limits[index]
    var severity: Severity = share >= 800 && sum.charge >= 1_000 && stated ? .critical : .high
    if handling.role == .supervisor || handling.account == .none { severity = .medium }
    // Lists are their work: what adds up beside the register may be one it does not know.
    if isRoutine, index > 0 || share < Self.day(handling.role) {
      severity = isRuled ? .medium : .low
    }
    let today = state.owners.sum(0, of: place).charge
    let passesToday = today >= Self.floor && permille(today, of: size) >= limits[0]
    return Hit(
      window: Self.horizons[index],
      value: Volume(low: lowShare, high: share, quality: lowShare == share ? .exact : .estimated),
      limit: limits[index],
      unit: "permille",
      severity: severity,
      owner: handling.owner,
      subkey: index == 0 ? "" : "accumulated",
      horizon: passesToday ? 3 : nil,
      isPaged: passesToday
        && permille(state.owners.smallCharge(of: place), of: size) >= limits[0],
      span: index == 0 ? nil : index,
      gap: index == 0 ? nil : .max,
      isSum: true
    )
  }

  func own(_ hit: Hit, of handling: borrowing Handling, state: inout KeyState) -> OwnHit? {
    // Of days that are past it is not kept who read.
    guard hit.window == Self.horizons[0],
      let place = state.owners.place(of: handling.owner.rawValue)
    else { return nil }
    let size = handling.ownerSize
    let sum = state.owners.ownCharge(of: place, tag: handling.actorTag)
    let (share, low) = (permille(sum.charge, of: size), permille(sum.low, of: size))
    var own = hit
    own.value = Volume(low: low, high: share, quality: low == share ? .exact : .estimated)
    if own.severity == .critical, low < 800 || sum.charge < 1_000 { own.severity = .high }
    return OwnHit(hit: own, passes: sum.charge >= Self.floor && share >= hit.limit)
  }

  /// Of the horizons that pass their limit the one with the largest share; of equal ones the
  /// shortest.
  private func largest(
    of place: Int,
    _ owners: borrowing OwnerTable,
    _ limits: [Int64],
    _ size: Int64,
    _ today: Int32
  ) -> Int? {
    var best: (index: Int, charge: Int64)?
    for index in 0..<OwnerState.horizons where limits[index] < .max {
      let charge = Self.sum(index, of: place, owners, today).charge
      guard charge >= Self.floor, permille(charge, of: size) >= limits[index] else { continue }
      if charge > best?.charge ?? .min { best = (index, charge) }
    }
    return best?.index
  }

  /// What counts within a horizon: from 90 days on what was read in bulk.
  private static func sum(
    _ index: Int,
    of place: Int,
    _ owners: borrowing OwnerTable,
    _ today: Int32
  ) -> (low: Int64, charge: Int64) {
    index < firstOfBulk
      ? owners.sum(index, of: place) : owners.bulkSum(index, of: place, until: today)
  }

  private func permille(_ value: Int64, of size: Int64) -> Int64 {
    let (product, overflow) = value.multipliedReportingOverflow(by: 1_000)
    return overflow ? .max / 2 : product / size
  }

  private static func percent(_ permille: Int64) -> String {
    "\(NumberText.grouped(permille / 10)).\(permille % 10) %"
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    if finding.subkey == OneByOne.subkey { return OneByOne.describe(finding, words) }
    let percent = Self.percent(finding.value.high)
    let isEstimate = finding.value.low < finding.value.high
    let (about, aboutJapanese) = isEstimate ? ("an estimated ", "推定") : ("", "")
    let hasLeast = isEstimate && finding.value.low > 0
    let least = hasLeast ? " (at least \(Self.percent(finding.value.low)))" : ""
    let leastJapanese = hasLeast ? "(少なくとも \(Self.percent(finding.value.low)))" : ""
    return FindingText(
      english:
        "\(words.kind.word) \(words.key): gross reads of \(about)\(percent)\(least) of the set of "
        + "owner \(words.owner) within \(finding.window), limit \(finding.limit / 10) %, without an "
        + "instruction",
      japanese: "\(words.kind.japanese) \(words.key): 委託元 \(words.owner) の交付件数の"
        + "\(aboutJapanese) \(percent)\(leastJapanese) を "
        + "\(NumberText.japanese(window: finding.window))以内に指示なく読出し(上限 \(finding.limit / 10) %)",
      explanations: [
        "the owner asked for its full list and the request is not in the register",
        "the same records read several times (gross, not distinct)",
      ],
      explanationsJapanese: ["委託元の依頼が登録されていない", "同じ記録の重複読出し(延べ件数)"]
    )
  }
}
