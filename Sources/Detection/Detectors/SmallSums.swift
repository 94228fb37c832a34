internal import Estate
internal import EventModel

/// What a privileged account reads of one owner in small reads of several records: forty-nine a day are below every
/// limit of a day and a third of a large set in three years.
///
/// Held against a fifth of the role's limits of 90 days, a year and a lifetime: 4,000, 6,000 and 10,000 records of
/// an administrator; of sets of up to 2,000 records against the whole set within 90 days, 200 at least. Told low: a
/// check of the same rows every day comes to as many. Medium once it is, too, the share of the set that
/// `OwnerShare` asks of bulk reads: two fifths within 90 days, half of it within a year, three fifths for life.
/// Records beyond the first of each read count, as far as a log states them; single records are
/// `RecordEnumeration`'s. Roles whose work is single records and lists have none.
struct SmallSums: Sendable {
  static let subkey = "small"
  static let windows = ["90d", "365d", "lifetime"]
  private static let shares: [Int64] = [400, 500, 600]
  /// The horizons as `OwnerState.sum` numbers them.
  private static let spans = [3, 4, 5]
  /// Of larger sets a share alone is told by the number.
  private static let smallSet: Int64 = 2_000
  private static let leastOfSmallSet: Int64 = 200

  let limits: [[Int64]]

  init(_ table: RoleLimits) {
    limits = Role.allCases.map { role in
      Self.windows.map { window in
        guard role.isPrivileged, let limit = table.limit(role, window) else { return .max }
        return limit == .max ? .max : max(1, limit / 5)
      }
    }
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    guard role.isPrivileged else { return attention }
    attention.lifetime = limits[role.index].min() ?? .max
    attention.permille = 1_000
    attention.isShareOfBulk = false
    return attention
  }

  func hit(_ handling: borrowing Handling, _ kind: KeyKind, _ state: inout KeyState) -> Hit? {
    guard handling.isPrivileged, !handling.isBulk, handling.unexplained.low > 1,
      handling.account != .none, handling.owner != .none, kind == .account || kind == .person,
      let place = state.owners.place(of: handling.owner.rawValue)
    else { return nil }
    let (limits, size) = (limits[handling.roleIndex], handling.ownerSize)
    let isSmallSet = size > 0 && size <= Self.smallSet
    let ofSet = isSmallSet ? max(Self.leastOfSmallSet, size) : .max
    guard state.owners.states[place].smallLow >= min(ofSet, limits.min() ?? .max) else {
      return nil
    }
    let sums = state.owners.states[place].several(until: handling.day, state.ledger)
    var best: (window: Int, limit: Int64)?
    var isShare = false
    for (window, sum) in sums.enumerated() {
      let limit = window == 0 ? min(limits[window], ofSet) : limits[window]
      guard sum >= limit else { continue }
      best = (window, limit)
      if size > Self.smallSet, sum / Self.shares[window] >= size / 1_000 { isShare = true }
    }
    guard let best else { return nil }
    let whole = state.owners.routines(
      within: Self.spans[best.window],
      until: handling.day,
      of: handling.owner.rawValue,
      state.ledger
    )
    let high = max(sums[best.window], whole.first?.high ?? 0)
    return Hit(
      window: Self.windows[best.window],
      value: Volume(
        low: sums[best.window],
        high: high,
        quality: sums[best.window] == high ? .exact : .estimated
      ),
      limit: best.limit,
      severity: isShare ? .medium : .low,
      owner: handling.owner,
      subkey: Self.subkey,
      span: 5
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): \(finding.value.judged("record")) of \(words.owner) in small reads of "
        + "several records within \(finding.window), limit \(NumberText.grouped(finding.limit)), without an "
        + "instruction",
      japanese: "\(words.kind.japanese) \(words.key): 委託元 \(words.owner) の記録を数件〜数十件ずつ読出し、"
        + "\(NumberText.japanese(window: finding.window))の累計 \(finding.value.judgedJapanese)"
        + "(上限 \(NumberText.grouped(finding.limit)) 件)、対応する指示なし",
      explanations: [
        "a check of the same rows that recurs (gross, not distinct)",
        "support that reads short lists and is not in the register",
      ],
      explanationsJapanese: ["同じ行の定期的な確認(延べ件数)", "登録されていない短い一覧による問合せ対応"]
    )
  }
}
