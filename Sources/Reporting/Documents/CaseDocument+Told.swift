internal import Estate
internal import EventModel

/// What people have entered of owners under an incident, entry by entry: none is lost, be it entered twice or of an owner
/// whom the incident does not show.
extension CaseDocument {
  /// `nil`: nobody has entered anything of what is told of.
  var toldTable: Document.Table? {
    let entries = toldEntries
    guard !entries.isEmpty else { return nil }
    var table = Document.Table(
      "owners_told",
      style.pick("As people have entered it", "委託元ごとの記入事項"),
      [
        Document.Table.Column("owner", style.term("owner")),
        Document.Table.Column("confirmed", style.term("confirmed"), isNumeric: true),
        Document.Table.Column("contact", style.pick("Contact", "連絡先")),
        Document.Table.Column("notified_at", style.pick("Notified", "通知日")),
        Document.Table.Column("note", style.pick("Note", "備考")),
        Document.Table.Column("remark", style.pick("Remark", "確認事項")),
      ],
      empty: style.notFilledIn
    )
    let shown = Set(incident.owners.map(\.owner))
    var seen: Set<String> = []
    table.rows = entries.map { entry in
      let name = entry["owner"].map(owner(said:)) ?? ""
      let remark: Cell =
        !seen.insert(name).inserted
        ? .words(style.pick("entered twice: the first entry counts", "重複した記入(最初の記入による)"))
        : shown.contains(name) || name.isEmpty
          ? .none
          : .words(
            style.pick(
              "the logs of this incident do not show this owner: in no sum",
              "本事案の記録では確認されない委託元(計に含まない)"
            )
          )
      return [
        name.isEmpty ? .unknown : .name(name),
        .number(entry["confirmed"].flatMap { ReportNotes.count($0) }),
        entry["contact"].map { .prose($0) } ?? .unknown, style.told(entry["notified-at"]),
        entry["note"].map { .prose($0) } ?? .none, remark,
      ]
    }
    return table
  }

  private var toldEntries: [[String: String]] {
    (section.records["owners"] ?? []).filter { entry in
      guard !entry.isEmpty else { return false }
      return owner.map { entry["owner"].map(owner(said:)) == $0 } ?? true
    }
  }

  /// What people have confirmed of owners whom the incident does not show: in no sum, and not lost; `nil`: nothing.
  var confirmedOfOthers: Cell? {
    guard owner == nil else { return nil }
    var seen = Set(incident.owners.map(\.owner))
    let counts = toldEntries.compactMap { entry -> Int64? in
      guard let name = entry["owner"].map(owner(said:)), seen.insert(name).inserted else {
        return nil
      }
      return entry["confirmed"].flatMap { ReportNotes.count($0) }
    }
    guard !counts.isEmpty else { return nil }
    let sum = counts.reduce(Int64(0)) { sum, count in
      let more = sum.addingReportingOverflow(count)
      return more.overflow ? .max : more.partialValue
    }
    let number = NumberText.grouped(sum)
    return .words(
      style.pick(
        "beside that \(number) of owners whom the logs of this incident do not show",
        "ほかに、本事案の記録では確認されない委託元分 \(number) 件"
      )
    )
  }
}
