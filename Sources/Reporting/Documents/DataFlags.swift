internal import Estate

/// Which kinds of data decide who is to be told; they route, and do not decide law.
struct DataFlags: Sendable {
  enum Flag: Int, Sendable, CaseIterable {
    case specialCare, card, money, communications, number, telecom

    /// The key of what people know that says whether it applies.
    var note: String? {
      switch self {
      case .communications: "secrecy-of-communications"
      case .telecom: "designated-telecommunications-service"
      case .specialCare, .card, .money, .number: nil
      }
    }
  }

  private static let words: [(Flag, [String])] = [
    (
      .specialCare,
      [
        "health", "medical", "diagnosis", "illness", "disab", "criminal", "crime", "religion",
        "creed",
        "race", "ethnic", "union", "biometric", "genetic", "special-care", "要配慮", "病歴", "健康", "医療",
        "診療", "障害", "障がい", "犯罪", "信条", "宗教", "人種", "生体", "遺伝",
      ]
    ),
    (.card, ["card", "カード", "クレジット"]),
    (.money, ["bank", "payment", "password", "credential", "口座", "決済", "パスワード"]),
    (.communications, ["secrecy", "communication", "通信の秘密", "通信内容", "通話明細"]),
    (.number, ["mynumber", "individual-number", "マイナンバー", "個人番号"]),
    (.telecom, ["designated-telecom", "指定電気通信"]),
  ]

  static func of(_ categories: [String]) -> [Flag] {
    let folded = categories.map { $0.lowercased() }
    return words.filter { _, words in
      folded.contains { category in words.contains { category.contains($0) } }
    }.map(\.0)
  }

  static func name(_ flag: Flag, _ style: DocumentStyle) -> String {
    switch flag {
    case .specialCare: style.pick("special-care-required data", "要配慮個人情報")
    case .card: style.pick("card numbers", "クレジットカード番号等")
    case .money: style.pick("data that can cost money (accounts, credentials)", "財産的被害のおそれのある情報")
    case .communications: style.pick("secrecy of communications", "通信の秘密")
    case .number: style.pick("individual numbers", "個人番号")
    case .telecom: style.pick("users of designated telecommunications services", "指定電気通信役務の利用者情報")
    }
  }

  /// Whether the matter is one to be reported under APPI, article 26: the legal basis and the deadlines say the same.
  enum Duty: Hashable, Sendable {
    case due
    /// It hangs on what nobody has declared.
    case ifItApplies
    /// Nothing that is known calls for it.
    case notByTheData
  }

  /// Whether there is a duty, and what for (enforcement rules, article 7).
  ///
  /// `areKnown`: whether it is declared of every record what is in it; else the first two grounds are not excluded.
  static func duty(
    _ flags: [Flag],
    areKnown: Bool,
    most: Int64?,
    wrongful: Bool?,
    _ style: DocumentStyle
  ) -> (duty: Duty, grounds: [Cell]) {
    var found: [String] = []
    if flags.contains(.specialCare) {
      found.append(
        style.pick(
          "special-care data (enforcement rules, article 7, 1)",
          "要配慮個人情報(施行規則第7条第1号)"
        )
      )
    }
    if flags.contains(.card) || flags.contains(.money) {
      found.append(
        style.pick(
          "possible loss of property (enforcement rules, article 7, 2)",
          "財産的被害のおそれ(施行規則第7条第2号)"
        )
      )
    }
    if wrongful != false {
      found.append(
        style.pick(
          "possible wrongful purpose, even of one person (enforcement rules, article 7, 3)",
          "不正の目的のおそれ(施行規則第7条第3号、1人から)"
        )
      )
    }
    if most.map({ $0 > 1_000 }) ?? true {
      found.append(
        style.pick(
          "possibly more than 1,000 persons (enforcement rules, article 7, 4)",
          "1,000人超のおそれ(施行規則第7条第4号)"
        )
      )
    }
    if !found.isEmpty { return (.due, found.map { .words($0) }) }
    return areKnown
      ? (.notByTheData, [.words(style.pick("none by the data at hand", "手元の記録からは該当なし"))])
      : (
        .ifItApplies,
        [
          .words(
            style.pick(
              "unknown: whose data, or which items, is not told of every record; reported if it applies",
              "不明(委託元または個人データの項目が判明していない記録がある)。該当する場合に報告"
            )
          )
        ]
      )
  }
}
