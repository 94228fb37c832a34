internal import Estate
internal import EventModel

/// On what instruction the records were handled.
extension CaseDocument {
  var authority: Document.Section {
    var part = Document.Section("authorisation", style.pick("On what instruction", "取扱いの根拠"))
    var table = style.table(
      "authorisation",
      [
        ("match", "How the instruction matched", "指示との照合", false),
        ("records", "Records", "件数", true),
      ],
      empty: style.unknown
    )
    let counts = incident.takenAuthorisation
    var rows = [
      (style.pick("beyond the instruction", "指示の範囲超過"), counts.exceeded),
      (style.pick("no instruction", "指示なし"), counts.none),
    ]
    if incident.hasUnknownAuthorisation {
      rows.append((style.pick("unknown: lines are missing", "不明(記録の欠落)"), .unknown))
    }
    rows.append((style.pick("taken, in all", "持出しの疑いの計"), incident.taken))
    let (within, late) = (
      style.pick("within the instruction", "指示の範囲内"),
      style.pick("instruction entered late", "事後の指示")
    )
    if incident.repeatsRecords {
      rows.insert(contentsOf: [(within, counts.within), (late, counts.late)], at: 0)
    } else {
      rows += [
        (within + style.beside(inUpperEnd: 0), counts.within),
        (late + style.beside(inUpperEnd: incident.late), counts.late),
      ]
    }
    for (words, volume) in rows { table.rows.append([.words(words), .records(volume)]) }
    if let lookUps = incident.lookUps?.records, lookUps.high > 0 {
      table.rows.append([
        .words(style.pick("look-ups beside (not in the sum)", "ほかに少量の閲覧(計に含まない)")),
        .records(lookUps),
      ])
    }
    var notes: [String] = []
    if !incident.repeatsRecords, counts.within.high > 0 {
      notes.append(
        style.pick(
          "What was within instructions is of all that the actor handled, of owners of whom nothing was taken as well.",
          "「指示の範囲内」は、持出しの疑いのない委託元を含む、行為者の取扱い全体による。"
        )
      )
    }
    if counts != incident.authorisation {
      notes.append(
        style.pick(
          "Instructions are kept of takings and look-ups together: what is beyond one and what has none is told as far as the look-ups leave it certain.",
          "指示との照合は持出しと少量の閲覧を合わせて記録されているため、内訳は少量の閲覧を除いて確実に言える範囲で示す。"
        )
      )
    }
    table.note = notes.isEmpty ? nil : notes.joined(separator: style.pick(" ", ""))
    part.blocks = [.table(table), .table(ticketTable)]
    if let told = section.texts["instruction"], !told.isEmpty {
      part.blocks.append(.sentences(told.map { .prose($0) }))
    }
    return part
  }

  /// Of one owner: the instructions that concern its records; how many of all owners matched is not the owner's.
  var instruction: Document.Section {
    var part = Document.Section("instruction", style.pick("On what instruction", "取扱いの根拠"))
    var table = ticketTable
    // Who may act and who approved are persons of other organisations.
    for key in ["approver", "executor"] {
      guard let place = table.columns.firstIndex(where: { $0.key == key }) else { continue }
      table.columns.remove(at: place)
      for row in table.rows.indices { table.rows[row].remove(at: place) }
    }
    part.blocks = [.table(table)]
    return part
  }

  /// The accounts, and whoever is said or declared to be behind them.
  var actors: Set<String> {
    Set(
      incident.accounts + incident.persons
        + estate.accounts.filter { account in
          incident.accounts.contains { name in account.patterns.contains { $0.matches(name) } }
        }.flatMap(\.persons)
    )
  }

  /// Instructions whose time and party make them concern it, within the limit or not.
  private var ticketTable: Document.Table {
    var table = style.table(
      "instructions",
      [
        ("ticket", "Instruction", "指示票", false), ("requested_by", "Requested by", "依頼元", false),
        ("approver", "Approved by", "承認者", false), ("executor", "May act", "実施者", false),
        ("owner", "Owner", "委託元", false), ("most", "Records, most", "上限件数", true),
        ("opened", "From", "開始", false), ("closed", "Until", "終了", false),
        ("match", "What was read then", "期間中の読出し", false),
      ],
      empty: estate.declaresTickets
        ? style.pick(
          "None: no instruction of the time of the takings names these accounts, persons and the owners concerned.",
          "なし:持出しの時期に、これらのアカウント・人物と係る委託元を対象とする指示はない。"
        )
        : style.pick("Unknown: no register of instructions is declared.", "不明:指示の台帳が申告されていない。")
    )
    let actors = self.actors
    let owners = Dictionary(namedOwners.map { ($0.owner, $0) }) { first, _ in first }
    let aliases = Dictionary(
      estate.owners.flatMap { owner in ([owner.name] + owner.aliases).map { ($0, owner.name) } }
    ) { first, _ in first }
    for ticket in estate.tickets {
      let told = ([ticket.owner].compactMap { $0 } + ticket.furtherOwners).map { aliases[$0] ?? $0 }
      for name in ticket.isForAllOwners ? namedOwners.map(\.owner) : told {
        guard let taken = owners[name], ticket.executor.map(actors.contains) ?? true,
          ticket.opened <= taken.last, ticket.closed ?? taken.first >= taken.first
        else { continue }
        table.rows.append([
          .name(ticket.id), ticket.requestedBy.map { .name($0) } ?? .unknown,
          ticket.approver.map { .name($0) } ?? .unknown,
          ticket.executor.map { .name($0) } ?? .unknown, .name(name),
          .number(ticket.mostRecords), .time(ticket.opened), .time(ticket.closed),
          story.knowsDays
            ? match(of: name, ticket.opened, ticket.closed) : scanned(of: name, ticket.id),
        ])
      }
    }
    table.rows.sort { style.text($0[0]) < style.text($1[0]) }
    if !story.knowsDays, !table.rows.isEmpty {
      table.note = style.pick(
        "By the results of a scan: what an instruction covered, and the largest read under it beyond what it says. What was read on its days without it is told by the store.",
        "スキャンの結果による。指示の範囲内とされた件数と、指示を超えた読出しのうち最大のもの。指示によらない期間中の読出しは、ストアによる報告に示される。"
      )
    }
    return table
  }

  /// How the accounts' reads of the owner on the days of an instruction stand to all instructions of these days.
  private func match(of owner: String, _ opened: Timestamp?, _ closed: Timestamp?) -> Cell {
    guard story.knowsDays else { return .unknown }
    let from = opened.map { style.zone.dayNumber(of: $0) } ?? .min
    let until = max(from, closed.map { style.zone.dayNumber(of: $0) } ?? .max)
    let found = Set(
      story.days.filter { $0.owner == owner && (from...until).contains($0.day) }
        .map { isBeyond($0) ? .exceeded : $0.match }
    )
    guard !found.isEmpty else { return .words(style.pick("nothing read", "読出しなし")) }
    // The gravest of them: an instruction that was exceeded is no less so for a day within it.
    let order: [HandlingDay.Match] = [.exceeded, .none, .unknown, .within]
    return order.first(where: found.contains).map { .words(style.match($0)) } ?? .unknown
  }

  /// What the results of a scan tell of the reads under a ticket: covered ones, late ones, and the largest beyond it.
  ///
  /// Numbers of several owners or of others' accounts are upper ends, and in a report for one owner none at all.
  private func scanned(of owner: String, _ ticket: String) -> Cell {
    var told: [String] = []
    func tell(_ words: String, _ records: Volume, isOwn: Bool) {
      guard isOwn || self.owner == nil else { return told.append(words) }
      let bound = isOwn ? records : Volume(low: 0, high: records.high, quality: records.quality)
      told.append(words + style.pick(": ", ":") + style.interval(bound))
    }
    let accounts = Set(incident.accounts)
    var isWhole = story.covered != nil
    for item in story.covered ?? [] where item.kind == .ticket && item.instruction == ticket {
      guard item.owners.contains(owner), !accounts.isDisjoint(with: item.accounts) else {
        isWhole = isWhole && !item.hasMoreNames
        continue
      }
      tell(
        item.isLate
          ? style.pick("instruction entered late", "事後の指示") : style.match(.within),
        item.records,
        isOwn: item.owners == [owner] && accounts.isSuperset(of: item.accounts)
          && !item.hasMoreNames
      )
    }
    let beyond = incident.findings.filter { $0.detector == "scope-exceeded" }
    for finding in beyond {
      guard let use = finding.instruction else {
        isWhole = false
        continue
      }
      guard use.id == ticket else { continue }
      tell(
        style.match(.exceeded) + style.pick(", in one read", "(一回の読出し)"),
        use.records,
        isOwn: incident.owners.map(\.owner) == [owner]
          || finding.counter.hasSuffix(" × owner \(owner)")
      )
    }
    guard told.isEmpty else {
      return .words(told.joined(separator: style.pick("; ", "、")))
    }
    return isWhole ? .words(style.pick("nothing read under it", "この指示による読出しなし")) : .unknown
  }
}
