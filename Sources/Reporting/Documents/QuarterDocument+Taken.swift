internal import Estate
internal import EventModel

/// What the incidents of the quarter come to: takings, and apart from them look-ups.
extension QuarterDocument {
  /// Those whose records add up: neither under an exception, nor told in other incidents as well.
  func countedIncidents(_ facts: QuarterFacts) -> [Incident] {
    facts.incidents.map(\.incident).filter { !$0.isExcepted && !$0.repeatsRecords }
  }

  /// Records that were taken, of whole incidents that touch a quarter.
  func taken(_ facts: QuarterFacts) -> Volume {
    countedIncidents(facts).reduce(into: Volume.none) { $0.add($1.taken) }
  }

  /// Owners of these incidents; the empty name stands for those unknown.
  var takenOwners: Set<String> {
    Set(countedIncidents(facts).flatMap(\.owners).map(\.owner))
  }

  /// What was taken of an owner within the quarter: of an incident that goes on beyond it none, up to all.
  func taken(of owner: String) -> Volume {
    countedIncidents(facts).flatMap(\.owners).filter { $0.owner == owner }
      .reduce(into: Volume.none) { sum, count in
        let isWithin =
          facts.period.contains(style.zone.dayNumber(of: count.first))
          && facts.period.contains(style.zone.dayNumber(of: count.last))
        var records = count.records
        if !isWithin {
          records.low = 0
          records.quality = max(records.quality, .estimated)
        }
        sum.add(records)
      }
  }

  /// By how the instruction matched: the parts, what they come to, and what stands beside.
  func addMatches(to table: inout Document.Table) {
    let incidents = countedIncidents(facts)
    let isUnknown = isUnread && incidents.isEmpty
    func sum(_ part: (Incident) -> Volume) -> Cell {
      isUnknown ? .unknown : .records(incidents.reduce(into: Volume.none) { $0.add(part($1)) })
    }
    func row(_ english: String, _ japanese: String, _ cell: Cell) {
      table.rows.append([.words(style.pick(english, japanese)), cell])
    }
    row("exceeded", "範囲超過", sum(\.takenAuthorisation.exceeded))
    row("none", "指示なし", sum(\.takenAuthorisation.none))
    if incidents.contains(where: \.hasUnknownAuthorisation) {
      row("unknown: lines are missing", "不明(記録の欠落)", .unknown)
    }
    row("taken, in all", "持出しの疑いの計", sum(\.taken))
    row("within (not in the sum)", "範囲内(計に含まない)", sum(\.authorisation.within))
    let late = incidents.reduce(0) { $0 &+ $1.late }
    let beside = style.beside(inUpperEnd: late)
    row("late" + beside, "事後の指示" + beside, sum(\.authorisation.late))
    row(
      "look-ups beside (not in the sum)",
      "ほかに少量の閲覧(計に含まない)",
      sum { $0.lookUps?.records ?? .none }
    )
    let owners = Set(incidents.flatMap { $0.lookUps?.owners.map(\.owner) ?? [] }).count
    table.note = style.pick(
      "Figures of whole incidents, before and after the quarter as well; those of the quarter stand above. Incidents of an organisation without consent tell the same reads again, and are not in the sums, nor are those under an exception.\(owners > 0 ? " The look-ups are of \(style.owners(owners))." : "")",
      "事案全体の件数で、本四半期の前後も含む。本四半期の件数は上の表による。承諾のない組織の事案(同じ読出しの再掲)と例外扱いの事案は計に含まない。\(owners > 0 ? "少量の閲覧は \(style.owners(owners))に係る。" : "")"
    )
  }
}
