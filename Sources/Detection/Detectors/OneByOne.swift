internal import Estate
internal import EventModel

/// A share of an owner's set that one account opens one by one and, but for a few, each once.
///
/// Who answers calls opens what the callers ask for: of half a set drawn at random a fifth comes twice (the share
/// of different ones among n draws of a set of s is (1 − exp(−n/s)) · s/n). Who walks a list has hardly any twice.
/// Half of the set, 200 records at least, of which 92 in 100 differ, of a set of up to 10,000. Only where each read
/// of the owner states its one subject, and the log states no calls: there agents that call down a list are known
/// by them. Told low, for a campaign by a log that names no calls looks the same.
enum OneByOne {
  static let subkey = "one by one"
  static let permille: Int64 = 500
  static let least: Int64 = 200
  static let different: Int64 = 920

  static func hit(_ handling: borrowing Handling, _ kind: KeyKind, _ state: inout KeyState) -> Hit?
  {
    guard kind == .account, handling.isLookUp, handling.row.subject != 0, !handling.isPooled,
      handling.role != .service, handling.role != .reviewer, handling.ownerSize > 0,
      handling.owner != .none, !handling.row.flags.contains(.statesCalls),
      state.newestOwnerCharge >= least, isReached(state.newestOwnerCharge, handling.ownerSize),
      // Each once, there cannot be many more of them than the set has; larger sets take longer than rates need.
      handling.ownerSize <= 10_000,
      state.newestOwnerCharge <= handling.ownerSize + handling.ownerSize / 4,
      let (reads, subjects) = state.ledger.singles(of: handling.owner.rawValue),
      isReached(subjects, handling.ownerSize),
      subjects >= least, subjects * 1_000 >= reads * different
    else { return nil }
    let share = min(1_000, subjects * 1_000 / handling.ownerSize)
    return Hit(
      window: "lifetime",
      value: .exactly(share),
      limit: permille,
      unit: "permille",
      severity: .low,
      owner: handling.owner,
      subkey: subkey,
      span: 5,
      gap: .max
    )
  }

  private static func isReached(_ records: Int64, _ size: Int64) -> Bool {
    records >= size / 2 + size % 2
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    let share = finding.value.high
    let percent = "\(share / 10).\(share % 10) %"
    return FindingText(
      english:
        "\(words.kind.word) \(words.key): about \(percent) of the set of owner \(words.owner) opened "
        + "one by one, hardly any twice, limit \(finding.limit / 10) %, without an instruction",
      japanese: "\(words.kind.japanese) \(words.key): 委託元 \(words.owner) の交付件数の約 \(percent) を"
        + "1 件ずつ、ほぼ重複なく照会(上限 \(finding.limit / 10) %)、対応する指示なし",
      explanations: [
        "a list called down in its order, by a log that names no calls",
        "an owner all of whose customers one account attends to",
      ],
      explanationsJapanese: ["通話の記録されない環境での名簿順の架電", "一つのアカウントが全顧客を担当する委託元"]
    )
  }
}
