internal import Estate
internal import EventModel

/// Raises a finding when bulk reads of one account on different days lie side by side: slices that
/// together walk through an owner's set, each below the limits of its day.
///
/// A slice belongs to a walk when it begins where the walk has ended, or ends where it began (eight keyed
/// bits are compared, see `EventRow.begins`). Four slices on three days within 120 days of one another
/// are needed, so that chance makes none, and 1,000 records or a twentieth of the owner's set. Of slices of
/// fewer than 100 records sixteen are needed, on six days, and 500 records: at least every other day, or a third of all
/// reads of the owner that state where they begin. Of a role without lists of its own, single records too, three that
/// are a third, 200 records together, with pauses of up to 400 days: a walk record by record, or sixty every ten days,
/// is below every sum. The slices of several
/// accounts of one person or at one terminal make one walk where at least every other one is not by the account of the one
/// before. Slices that an instruction covers are left out.
///
/// Defaults: the threat catalogue's day-splitting, 2,000 … 10,000
/// records a day for weeks in disjoint ranges of ids; who works through an instruction in portions has
/// it in the register. MITRE ATT&CK T1030 (Data Transfer Size Limits).
final class KeyRangeCoverage: Detector {
  static let name = "key-range-coverage"
  static let summary = "bulk reads of different days that lie side by side and walk through a set"
  static let technique = "T1030"
  static let signal = Signal.order
  static let needs: KeyState.Needs = [.sequences]
  static let gap: Int64 = 400 * 86_400_000_000_000

  static let least: Int64 = 1_000
  /// Of slices of fewer than 100 records; and of whoever has no lists to read.
  static let leastSmall: Int64 = 500
  static let leastOfNone: Int64 = 200

  init(estate: DeclaredEstate) {}

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    attention.isDrawnBySequence = true
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard kind != .organisation, state.isSequenceNotable, handling.isUnexplained,
      let stretches = kind == .account ? state.sequences.first?.stretches : state.relays.first,
      stretches.newestWalk >= 0
    else { return nil }
    let walk = stretches.walks[stretches.newestWalk]
    guard walk.owner == handling.owner.rawValue else { return nil }
    // What one account walks is the account's.
    if kind != .account, walk.handovers < max(3, walk.slices / 2) { return nil }
    let isSmall = walk.records < Int64(walk.slices) * 100
    var least = !handling.hasOwnLists ? Self.leastOfNone : isSmall ? Self.leastSmall : Self.least
    if handling.ownerSize > 0 { least = min(least, max(50, handling.ownerSize / 20)) }
    guard walk.isNotable(hasOwnLists: handling.hasOwnLists), walk.records >= least else {
      return nil
    }
    return Hit(
      window: "lifetime",
      value: .exactly(walk.records),
      limit: least,
      severity: handling.role == .supervisor ? .medium : .high,
      owner: handling.owner,
      earlier: handling.isBulk ? -1 : max(0, walk.records - walk.bulk - handling.unexplainedCharge),
      earlierFirst: handling.row.time &- Int64(walk.last &- walk.first) &* 86_400_000_000_000,
      // Slices of a day in any order are one walk when the last of them fills the room between the others.
      isEarlierGrowing: true,
      isEarlierCertain: kind == .account
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "\(words.kind.word) \(words.key): reads of \(words.owner) on several days that lie "
        + "side by side, \(finding.value.english()) together, without an instruction",
      japanese: "\(words.kind.japanese) \(words.key): 委託元 \(words.owner) の記録を日を分けて"
        + "隣接する範囲で読出し、計 \(finding.value.japanese)、対応する指示なし",
      explanations: [
        "a migration or a correction in portions that nobody entered in the register",
        "a report that reads on where it stopped",
      ],
      explanationsJapanese: ["登録されていない分割作業(移行・補正)", "前回の続きから読む集計処理"]
    )
  }
}
