internal import Estate
internal import EventModel

/// How grave an incident is beyond its gravest finding: privilege × sensitivity × unexplained records ×
/// independent signals.
///
/// Each factor is a small weight (docs/formats/incidents.md has the table and its sources); their product
/// raises the gravest finding's severity by one step at most and never lowers it, so that no weight hides
/// what a detector says. Critical asks for 10,000 records that logs state.
struct IncidentGravity: Sendable {
  /// Products from which the severity is a step higher: of medium ones, of high ones.
  static let high = 16
  static let critical = 24
  /// Stated records without which nothing becomes critical.
  static let stated: Int64 = 10_000

  private let estate: DeclaredEstate
  private let lookup: EstateLookup
  /// Owners whose data are of a sensitive category.
  private let sensitive: Set<String>

  init(estate: DeclaredEstate, lookup: EstateLookup) {
    self.estate = estate
    self.lookup = lookup
    sensitive = Set(
      estate.owners.filter { $0.categories.contains(where: Self.isSensitive) }.map(\.name)
    )
  }

  func severity(
    _ gravest: Severity,
    accounts: [String],
    owners: [String],
    records: Volume,
    signals: Int
  ) -> Severity {
    guard gravest == .medium || gravest == .high else { return gravest }
    let product =
      (accounts.contains(where: isPrivileged) ? 2 : 1)
      * (owners.contains(where: sensitive.contains) ? 2 : 1)
      * Self.weight(of: records) * min(3, max(1, signals))
    if gravest == .medium { return product >= Self.high ? .high : .medium }
    return product >= Self.critical && records.low >= Self.stated ? .critical : .high
  }

  /// 1 below 1,000 records, 2 below 10,000, 4 below 100,000, else 8; what is only possible weighs half.
  static func weight(of records: Volume) -> Int {
    func weight(_ count: Int64) -> Int {
      count < 1_000 ? 1 : count < 10_000 ? 2 : count < 100_000 ? 4 : 8
    }
    let possible = records.isUnbounded ? 1 : weight(records.high) / 2
    return max(weight(records.low), possible)
  }

  /// Who reaches the data beneath the application, or reads as a service: nobody watches the hands.
  private func isPrivileged(_ account: String) -> Bool {
    let role =
      lookup.account(named: account).map { estate.accounts[$0].role }
      ?? WellKnownNames.role(of: account)
    return role.isPrivileged || role == .service
  }

  /// Whether a category is one whose loss must be reported from the first person on.
  ///
  /// Special-care data and what can cost money (APPI, enforcement rules, article 7, 1 and 2), secrets
  /// of communication, individual numbers.
  static func isSensitive(_ category: String) -> Bool {
    let folded = Folded.text(category)
    let words = folded.utf8.split { !($0 >= 0x61 && $0 <= 0x7A) }.map {
      String(decoding: $0, as: UTF8.self)
    }
    if words.contains(where: sensitiveWords.contains) { return true }
    return sensitiveParts.contains { folded.contains($0) }
  }

  private static let sensitiveWords: Set<String> = [
    "health", "medical", "diagnosis", "illness", "disability", "criminal", "crime", "religion",
    "creed", "belief", "race", "ethnicity", "union", "biometric", "biometrics", "genetic", "card",
    "cards", "credit", "bank", "payment", "password", "passwords", "credentials", "communication",
    "communications", "mynumber", "sensitive", "special",
  ]
  private static let sensitiveParts = [
    "要配慮", "病歴", "健康", "医療", "診療", "障害", "障がい", "犯罪", "信条", "宗教", "人種", "生体", "遺伝",
    "カード", "クレジット", "口座", "決済", "パスワード", "通信の秘密", "通信内容", "マイナンバー", "個人番号",
  ]
}
