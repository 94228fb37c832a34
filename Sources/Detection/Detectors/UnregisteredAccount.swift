internal import Estate
internal import EventModel

/// Raises a finding when an account whose role nobody declared reads 1,000 records of one owner, or a smaller set
/// whole (200 at least), where the estate declares the accounts of nearly all who read.
///
/// An account that was made for the purpose has no role, so that no limit of a role and no usual of its peers is
/// about it, and its few dozen records a day are below the limits of those of whom nothing is known. What tells
/// it is that everybody else is declared: nine of ten accounts that have read, or all but one of six. Where
/// accounts are declared in part, as for administrators alone, and where customers read by accounts of their own,
/// nothing is told, and the result says how many accounts there are whose role is not known. All its records
/// count, single ones too, for life. Medium; high where it reads from a terminal that nobody declared either, in
/// an estate that declares terminals, and from five times as many on.
///
/// Defaults: a fiftieth of an administrator's limit for life. MITRE ATT&CK T1136 (Create Account).
final class UnregisteredAccount: Detector {
  static let name = "unregistered-account"
  static let summary = "an account reads records that nobody declared, where others are declared"
  static let technique = "T1136"
  static let signal = Signal.identity
  static let needs: KeyState.Needs = [.owners, .ledger]
  static let gap = Int64.max
  /// Of an administrator's limit for life.
  static let part: Int64 = 50
  static let leastOfSmallSet: Int64 = 200
  static let gravely: Int64 = 5

  private let limit: Int64

  init(estate: DeclaredEstate) {
    let life = RoleLimits(estate: estate).limit(.admin, "lifetime") ?? .max
    limit = estate.accounts.isEmpty || life == .max ? .max : max(1, life / Self.part)
  }

  func attention(to role: Role) -> Attention {
    var attention = Attention.never
    guard role == .unknown, limit < .max else { return attention }
    attention.lifetime = min(limit, Self.leastOfSmallSet) - 1
    return attention
  }

  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? {
    guard handling.isUnregistered, kind == .account, handling.isUnexplained,
      handling.owner != .none, let place = state.owners.place(of: handling.owner.rawValue)
    else { return nil }
    let size = handling.ownerSize
    let limit = size > 0 ? min(limit, max(Self.leastOfSmallSet, size)) : limit
    let sum = state.owners.sum(5, of: place)
    guard sum.low >= limit else { return nil }
    let isGrave = handling.isAtUnregisteredTerminal || sum.low / Self.gravely >= limit
    return Hit(
      window: "lifetime",
      value: Volume(
        low: sum.low,
        high: max(sum.low, sum.charge),
        quality: sum.low == sum.charge ? .exact : .estimated
      ),
      limit: limit,
      severity: isGrave ? .high : .medium,
      owner: handling.owner,
      span: 5,
      isSum: true
    )
  }

  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText {
    FindingText(
      english:
        "account \(words.key), which no entry of the estate gives a role: "
        + "\(finding.value.judged("unexplained record")) of \(words.owner), limit "
        + "\(NumberText.grouped(finding.limit)); nearly all other accounts are declared",
      japanese: "アカウント \(words.key)(役割の宣言なし): 委託元 \(words.owner) の"
        + "累計 \(finding.value.judgedJapanese)(上限 \(NumberText.grouped(finding.limit)) 件)、対応する指示なし。"
        + "ほかのアカウントはほぼすべて宣言済み",
      explanations: [
        "a new account, or a renamed one, that was not entered in the estate file",
        "an account of a program that nobody declared",
      ],
      explanationsJapanese: ["登録簿に未記載の新しいアカウント、または名称変更", "宣言されていないプログラム用アカウント"]
    )
  }
}

/// How many accounts have read whose role is known, and how many of which it is not.
///
/// Derived from the accounts that have a state and from the estate: made anew after a restore.
struct AccountRegister: Sendable {
  private(set) var known: Int64 = 0
  private(set) var unknown: Int64 = 0

  mutating func note(isKnown: Bool) {
    if isKnown { known += 1 } else { unknown += 1 }
  }

  /// Whether nearly all are declared, so that one that is not stands out.
  var isKept: Bool { unknown <= 1 ? known >= 5 : unknown * 10 <= known }
}
