internal import Estate
internal import EventModel

/// For whom whoever did it worked, on whose instruction, and who that may be.
extension CaseDocument {
  // MARK: Delegation

  /// Organisations from the owners down to where it was done, and those that work for it.
  private var tiers: [[Organisation]] {
    let acting = Set(incident.organisations)
    var found: [[Organisation]] = []
    var current = estate.organisations.filter { acting.contains($0.name) && $0.kind != .owner }
    var seen = acting
    // Upwards: for whom they work.
    while !current.isEmpty {
      found.insert(current, at: 0)
      let names = Set(current.flatMap(\.worksFor))
      current = estate.organisations.filter {
        names.contains($0.name) && $0.kind != .owner && !seen.contains($0.name)
      }
      seen.formUnion(names)
    }
    // Downwards: who may have lent the hands.
    let lenders = estate.organisations.filter { organisation in
      !acting.contains(organisation.name) && organisation.worksFor.contains(where: acting.contains)
    }
    if !lenders.isEmpty { found.append(lenders) }
    return found
  }

  var delegation: Document.Section {
    var part = Document.Section("delegation_chain", style.term("delegation_chain"))
    let tiers = self.tiers
    if tiers.isEmpty {
      part.blocks.append(
        .sentences([
          .words(
            style.pick(
              "Unknown: no organisation is declared for the accounts and terminals concerned.",
              "不明:関係するアカウント・端末の所属組織が申告されていない。"
            )
          )
        ])
      )
    } else {
      part.blocks.append(.picture(chain(tiers)))
    }
    part.blocks.append(.table(consentTable(tiers)))
    part.blocks.append(
      .fields([style.field("contract_id", .proses(section.texts["contract"] ?? documents))])
    )
    return part
  }

  private var documents: [String]? {
    let organisations = Set(tiers.joined().map(\.name))
    let owners = Set(namedOwners.map(\.owner))
    let found = estate.delegations.filter {
      owners.contains($0.owner) && organisations.contains($0.organisation)
    }.compactMap(\.document)
    return found.isEmpty ? nil : Array(Set(found)).sorted()
  }

  private func chain(_ tiers: [[Organisation]]) -> Document.Picture {
    let acting = Set(incident.organisations)
    var nodes: [[ChainChart.Node]] = [
      namedOwners.prefix(8).map { owner in
        let sector = declared(owner.owner)?.sector?.rawValue
        return ChainChart.Node(owner.owner, note: style.text(style.sector(sector)))
      }
    ]
    if namedOwners.count > 8 {
      let more = namedOwners.count - 8
      nodes[0].append(
        ChainChart.Node(
          style.pick("\(more) more \(more == 1 ? "owner" : "owners")", "ほか \(more) 委託元"),
          note: ""
        )
      )
    }
    for tier in tiers {
      nodes.append(
        tier.map { organisation in
          let all = consents(organisation.name)
          let lacks = all.contains { $0.isMissing }
          let missing =
            all.allSatisfy(\.isMissing)
            ? style.pick(" · consent missing", " (承諾なし)")
            : style.pick(" · consent missing in part", " (一部承諾なし)")
          return ChainChart.Node(
            organisation.name,
            note: style.organisationKind(organisation.kind.rawValue)
              + (lacks && acting.contains(organisation.name) ? missing : ""),
            isActor: acting.contains(organisation.name),
            isAlarming: lacks && acting.contains(organisation.name)
          )
        }
      )
    }
    var table = style.table(
      "delegation_chain",
      [
        ("tier", "Tier", "段階", true), ("organisation", "Organisation", "組織", false),
        ("kind", "Part", "区分", false), ("works_for", "Works for", "受託元", false),
        ("acted", "Acted", "取扱い", false),
      ],
      empty: style.unknown
    )
    for (place, tier) in tiers.enumerated() {
      for organisation in tier {
        let clients = organisation.worksFor.filter { owner == nil || !isOtherOwner($0) }
        table.rows.append([
          .number(Int64(place + 1)), .name(organisation.name),
          .words(style.organisationKind(organisation.kind.rawValue)),
          clients.isEmpty ? .unknown : .prose(clients.joined(separator: style.pick(", ", "、"))),
          acting.contains(organisation.name)
            ? .words(style.pick("its accounts or terminals", "アカウント・端末の所属"))
            : .words(style.pick("not seen here", "本件では確認されない")),
        ])
      }
    }
    let headings =
      [style.term("owner")]
      + tiers.map { style.organisationKind($0.first?.kind.rawValue ?? "") }
    return Document.Picture(
      "chain",
      style.term("delegation_chain"),
      summary: style.pick(
        "From the owners at the left to the organisation whose accounts and terminals were used (framed in red), and those that work for it.",
        "左が委託元。赤枠は、使われたアカウント・端末の所属組織。右端はその組織に人員等を提供する組織。"
      ),
      chart: .chain(ChainChart(tiers: nodes, headings: headings)),
      table: table
    )
  }

  private func isOtherOwner(_ name: String) -> Bool {
    name != owner && estate.owners.contains { $0.name == name }
  }

  struct Consent {
    var owner: String
    var organisation: String
    var entry: Delegation?
    var state: String
    var isMissing: Bool
  }

  /// How the register stands to each owner's records at the time of the takings.
  func consents(_ organisation: String) -> [Consent] {
    namedOwners.map { owner in
      let entries = estate.delegations.filter {
        $0.owner == owner.owner && $0.organisation == organisation
      }
      let valid = entries.first { entry in
        entry.from ?? owner.first <= owner.first && owner.last <= entry.until ?? owner.last
      }
      if let valid {
        return Consent(
          owner: owner.owner,
          organisation: organisation,
          entry: valid,
          state: style.pick("valid throughout", "期間中有効"),
          isMissing: false
        )
      }
      guard estate.declaresDelegations else {
        return Consent(
          owner: owner.owner,
          organisation: organisation,
          entry: nil,
          state: style.pick("no register is declared", "台帳の申告なし"),
          isMissing: false
        )
      }
      return Consent(
        owner: owner.owner,
        organisation: organisation,
        entry: entries.first,
        state: entries.isEmpty
          ? style.pick("no consent", "承諾なし") : style.pick("not valid throughout", "期間中に有効でない日あり"),
        isMissing: true
      )
    }
  }

  private func consentTable(_ tiers: [[Organisation]]) -> Document.Table {
    var table = style.table(
      "consents",
      [
        ("owner", "Owner", "委託元", false), ("organisation", "Organisation", "組織", false),
        ("document", "Document", "文書番号", false), ("from", "From", "承諾日", false),
        ("until", "Until", "期限", false), ("state", "State", "状態", false),
      ],
      empty: style.pick(
        "Unknown: no organisation is declared.",
        "不明:組織の申告がない。"
      )
    )
    for organisation in tiers.joined() where organisation.kind != .agency {
      for consent in consents(organisation.name) {
        table.rows.append([
          .name(consent.owner), .name(organisation.name),
          consent.entry?.document.map { .name($0) } ?? .unknown,
          consent.entry?.from.map { .day(style.zone.dayNumber(of: $0)) } ?? .unknown,
          consent.entry == nil
            ? .unknown
            : consent.entry?.until.map { .day(style.zone.dayNumber(of: $0)) }
              ?? .words(style.pick("open", "定めなし")), .words(consent.state),
        ])
      }
    }
    return table
  }

  // MARK: Actor

  var actor: Document.Section {
    var part = Document.Section("actor", style.pick("Actor and route", "行為者・経路"))
    var table = style.table(
      "actor",
      [
        ("account", "Account", "アカウント", false), ("shared", "Shared", "共用", false),
        ("role", "Role", "役割", false), ("organisation", "Organisation", "所属組織", false),
      ],
      empty: style.unknown
    )
    for name in incident.accounts {
      let account = estate.accounts.first { $0.patterns.contains { $0.matches(name) } }
      let isShared = account.map { $0.shared || $0.persons.count > 1 }
      table.rows.append([
        .name(name),
        isShared.map { .words($0 ? style.pick("shared", "共用") : style.pick("personal", "個人")) }
          ?? .unknown, account.map { .words(style.role($0.role.rawValue)) } ?? .unknown,
        account?.organisation.map { .name($0) } ?? .unknown,
      ])
    }
    let files = Set(findings.flatMap(\.evidence).map(\.file)).sorted()
    part.blocks = [
      .table(table),
      .fields([
        style.field("person_confidence", persons(incident.persons), note: personNote),
        style.field(
          "server",
          .proses(section.texts["server"]),
          note: section.texts["server"] == nil && !files.isEmpty
            ? style.pick("logs that show it: ", "確認できる記録:")
              + SafeText.escaped(
                files.prefix(6).joined(separator: style.pick(", ", "、")),
                limit: 600
              ) : nil
        ), style.field("terminal", .names(incident.terminals)),
        style.field("media", media), style.field("network", .proses(section.texts["network"])),
        style.field("channel", channel),
      ]),
    ]
    part.blocks.append(.table(deviceTable))
    if !incident.candidates.isEmpty { part.blocks.append(.table(candidateTable)) }
    return part
  }

  private var channel: [Cell] {
    let techniques = Set(findings.map(\.technique)).subtracting([""]).sorted()
    guard !techniques.isEmpty else { return [.unknown] }
    return techniques.map { .prose(style.technique($0)) }
  }

  private func persons(_ names: [String]) -> [Cell] {
    names.isEmpty
      ? [.words(style.pick("unknown from the logs", "ログからは特定できない"))] : names.map { .name($0) }
  }

  private var personNote: String {
    incident.persons.isEmpty
      ? style.pick(
        "an account is not a person: whoever used it is for an inquiry among people to find",
        "アカウントは人物ではない。使用者の特定は聴取等による"
      )
      : incident.accounts.isEmpty
        ? style.pick(
          "the person to whom the terminal is declared; no log shows an account, nor who sat there",
          "端末の申告上の使用者。アカウントや操作者を示す記録はない"
        )
        : style.pick(
          "the person to whom the accounts are declared; that is no proof of whose hands they were",
          "申告上の使用者であり、本人が操作したことの証明ではない"
        )
  }

  private var candidateTable: Document.Table {
    var table = Document.Table(
      "candidates",
      style.pick("Who may have been behind a shared account", "共用アカウントの使用者である可能性"),
      [
        Document.Table.Column("person", style.pick("Person", "人物")),
        Document.Table.Column("confidence", style.pick("Confidence", "確からしさ")),
        Document.Table.Column("reads", style.pick("Reads looked at", "対象の読出し"), isNumeric: true),
        Document.Table.Column("reasons", style.pick("Signs (in so many reads)", "手がかり(読出し数)")),
      ],
      empty: style.unknown
    )
    for candidate in incident.candidates {
      let reasons = candidate.reasons.map { "\(sign($0.kind)) \($0.reads)" }
      table.rows.append([
        .name(candidate.person), .words(style.confidence(candidate.confidence)),
        .number(candidate.reads), .words(reasons.joined(separator: style.pick(", ", "、"))),
      ])
    }
    table.note = style.pick(
      "Signs for a hearing, not evidence against a person. A terminal can be lent, a session left open.",
      "聴取の手がかりであり、特定の人物に対する証拠ではない。端末の貸与、離席中の使用等があり得る。"
    )
    return table
  }

  private func sign(_ kind: Candidate.Reason.Kind) -> String {
    switch kind {
    case .ownTerminal: style.pick("own terminal", "本人の端末")
    case .logOn: style.pick("own log-on there", "本人アカウントのログオン")
    case .privilege: style.pick("own sudo there", "本人アカウントの sudo")
    case .ownAccount: style.pick("own reads there that day", "同日の本人アカウントの読出し")
    case .elsewhere: style.pick("seen elsewhere", "他所での使用")
    case .onShift: style.pick("on shift", "勤務時間内")
    case .offShift: style.pick("off shift", "勤務時間外")
    case .offRoster: style.pick("not on the roster", "在籍期間外")
    case .onlyOnRoster: style.pick("alone on the roster", "在籍者は本人のみ")
    }
  }
}
