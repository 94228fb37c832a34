internal import Estate
internal import EventModel

/// Who handles whose records, and with which accounts.
extension QuarterDocument {
  func organisation(of account: String) -> String {
    estate.accounts.first { $0.patterns.contains { $0.matches(account) } }?.organisation ?? ""
  }

  struct Link: Hashable {
    var owner: String
    var organisation: String
  }

  var register: Document.Section {
    let seen = links(facts)
    var firstEver: [Link: Int] = [:]
    for (pair, day) in facts.firstDays {
      let link = Link(owner: pair.owner, organisation: organisation(of: pair.account))
      firstEver[link] = min(firstEver[link] ?? day, day)
    }
    var table = style.table(
      "delegation_register",
      [
        ("owner", "Owner", "委託元", false), ("organisation", "Organisation", "取扱組織", false),
        ("state", "Register", "台帳との照合", false), ("new", "New", "新規", false),
        ("first", "First", "最初", false), ("last", "Last", "最後", false),
        ("records", "Records", "件数", true),
      ],
      empty: nothing("No handling was seen in the quarter.", "期間中の取扱いは確認されない。")
    )
    for (link, sum) in seen.sorted(by: {
      ($0.key.owner, $0.key.organisation) < ($1.key.owner, $1.key.organisation)
    }) {
      table.rows.append([
        .name(link.owner), link.organisation.isEmpty ? .unknown : .name(link.organisation),
        .words(register(link, sum.first, sum.last).words(style)),
        newness(firstEver[link] ?? sum.first), .day(sum.first), .day(sum.last),
        .records(sum.records),
      ])
    }
    table.note = style.pick(
      "Pairs as the logs show them, held against the register of consents; group companies are third parties.",
      "ログに現れた組合せを承諾の台帳と照合した。グループ会社も第三者として扱う。"
    )
    return titled("delegation_register", [.table(table)])
  }

  /// Whether a pair was seen before; not known where nothing was read of the time before.
  private func newness(_ first: Int) -> Cell {
    if first < facts.period.lowerBound { return .words(style.pick("known", "既知")) }
    return before == nil
      ? .unknown : .words(style.pick("first seen in this quarter", "本四半期に初めて確認"))
  }

  struct LinkUse {
    var first: Int
    var last: Int
    var records = Volume.none
  }

  /// The pairs of owner and organisation that the logs of a quarter show.
  func links(_ facts: QuarterFacts) -> [Link: LinkUse] {
    var seen: [Link: LinkUse] = [:]
    var known: [String: String] = [:]
    for day in facts.days where !day.owner.isEmpty {
      let organisation = known[day.account] ?? organisation(of: day.account)
      known[day.account] = organisation
      let link = Link(owner: day.owner, organisation: organisation)
      var use = seen[link] ?? LinkUse(first: day.day, last: day.day)
      use.first = min(use.first, day.day)
      use.last = max(use.last, day.day)
      use.records.add(day.records)
      seen[link] = use
    }
    return seen
  }

  /// How a pair stands to the register of consents.
  enum Standing: Hashable {
    case undeclared, unknown, owner, unrecognised, valid, expired, early

    func words(_ style: DocumentStyle) -> String {
      switch self {
      case .undeclared: style.pick("no register is declared", "台帳の申告なし")
      case .unknown: style.pick("organisation unknown", "組織不明")
      case .owner: style.pick("the owner itself", "委託元自身")
      case .unrecognised: style.pick("unrecognised: no consent", "台帳になし(承諾なし)")
      case .valid: style.pick("valid", "有効")
      case .expired: style.pick("expired", "期限切れ")
      case .early: style.pick("before the consent", "承諾前の取扱い")
      }
    }
  }

  func register(_ link: Link, _ first: Int, _ last: Int) -> Standing {
    guard estate.declaresDelegations else { return .undeclared }
    guard !link.organisation.isEmpty else { return .unknown }
    if link.organisation == link.owner { return .owner }
    let entries = estate.delegations.filter {
      $0.owner == link.owner && $0.organisation == link.organisation
    }
    guard !entries.isEmpty else { return .unrecognised }
    let isValid = entries.contains { entry in
      entry.from.map { style.zone.dayNumber(of: $0) <= first } ?? true
        && entry.until.map { style.zone.dayNumber(of: $0) >= last } ?? true
    }
    if isValid { return .valid }
    let isExpired = entries.contains { entry in
      entry.until.map { style.zone.dayNumber(of: $0) < last } ?? false
    }
    return isExpired ? .expired : .early
  }

  var accounts: Document.Section {
    let uses = accountUses(facts)
    var table = style.table(
      "privileged_accounts",
      [
        ("account", "Account", "アカウント", false), ("role", "Role", "役割", false),
        ("organisation", "Organisation", "所属組織", false), ("persons", "Persons", "使用者", false),
        ("state", "State", "状態", false), ("records", "Records", "件数", true),
        ("uncovered", "No instruction covers", "指示と照合できない件数", true),
        ("last", "Last use", "最後の使用", false),
      ],
      empty: nothing("No privileged or shared account was used.", "特権・共有アカウントの使用は確認されない。")
    )
    for use in uses {
      let account = use.declared
      table.rows.append([
        .name(use.name), .words(style.role(use.role.rawValue)),
        account?.organisation.map { .name($0) } ?? .unknown,
        account.map {
          $0.persons.isEmpty
            ? .unknown : .prose($0.persons.joined(separator: style.pick(", ", "、")))
        }
          ?? .unknown,
        .words(
          use.left?.words(style)
            ?? (use.isShared ? style.pick("shared", "共用") : style.pick("personal", "個人"))
        ), .records(use.records), .number(max(0, use.uncovered)), .day(use.last),
      ])
    }
    table.note = style.pick(
      "No instruction covers: lower end, small look-ups among them.",
      "指示と照合できない件数は下端で、少量の閲覧を含む。"
    )
    return titled("privileged_accounts", [.table(table)])
  }

  /// A privileged or shared account, or one used after its end, and what it did in a quarter.
  struct AccountUse {
    let name: String
    let declared: Account?
    let role: Role
    var last: Int
    var uncovered: Int64 = 0
    var records = Volume.none
    var isShared = false
    var left: Leaving?
  }

  enum Leaving: Hashable {
    case ended, personsLeft

    func words(_ style: DocumentStyle) -> String {
      switch self {
      case .ended: style.pick("used after its end", "失効後の使用")
      case .personsLeft: style.pick("used after its persons had left", "使用者の離任後の使用")
      }
    }
  }

  /// Those with most records without an instruction first.
  func accountUses(_ facts: QuarterFacts) -> [AccountUse] {
    var uses: [String: AccountUse] = [:]
    for day in facts.days {
      var use =
        uses[day.account]
        ?? {
          let account = estate.accounts.first { $0.patterns.contains { $0.matches(day.account) } }
          return AccountUse(
            name: day.account,
            declared: account,
            role: account?.role ?? WellKnownNames.role(of: day.account),
            last: day.day
          )
        }()
      use.last = max(use.last, day.day)
      use.uncovered &+= day.unexplained
      use.records.add(day.records)
      uses[day.account] = use
    }
    return uses.values.compactMap { use -> AccountUse? in
      var use = use
      use.isShared = use.declared.map { $0.shared || $0.persons.count > 1 } ?? false
      use.left = leaving(use.declared, use.last)
      return use.role.isPrivileged || use.isShared || use.left != nil ? use : nil
    }.sorted { ($1.uncovered, $0.name) < ($0.uncovered, $1.name) }
  }

  private func leaving(_ account: Account?, _ last: Int) -> Leaving? {
    guard let account else { return nil }
    if let until = account.validUntil, style.zone.dayNumber(of: until) < last { return .ended }
    let persons = estate.persons.filter { account.persons.contains($0.name) }
    guard !persons.isEmpty, persons.count == account.persons.count else { return nil }
    let ends = persons.map(\.validUntil).map { $0.map { style.zone.dayNumber(of: $0) } ?? .max }
    return ends.max().map { $0 < last } ?? false ? .personsLeft : nil
  }
}
