internal import EventModel

/// How many records of whom, in words, and the look-ups that stand beside a taking.
extension DocumentStyle {
  /// `1 record`, `2–3 records`, `284,696 or more records`; `284,696 件以上`.
  func counted(_ volume: Volume) -> String {
    NumberText.interval(volume, tongue, unit: .records)
  }

  /// `1 owner`, `4 owners`; `4 委託元`.
  func owners(_ count: Int) -> String {
    isJapanese ? "\(count) 委託元" : NumberText.counted(Int64(count), "owner")
  }

  /// The look-ups beside the takings of an incident, of all owners or of one: how many, of how many owners, when.
  ///
  /// `none` where nothing stands apart, and where what stands apart is of other owners.
  func lookUps(_ incident: Incident, owner: String? = nil) -> Cell {
    guard let all = incident.lookUps, all.records.high > 0 else { return .none }
    var (records, first, last) = (all.records, all.first, all.last)
    var whose = pick(" of ", "(") + owners(all.owners.count)
    if let owner {
      guard let own = all.owners.first(where: { $0.owner == owner }) else { return .none }
      (records, first, last) = (own.records, own.first, own.last)
      whose = pick("", "(")
    }
    let (from, until) = (zone.dayNumber(of: first), zone.dayNumber(of: last))
    let days = text(.days(from...max(from, until)))
    let comma = owner == nil ? pick(", ", "、") : pick(", ", "")
    return .words(counted(records) + whose + comma + days + pick("", ")"))
  }

  /// Behind a figure that stands beside a sum of takings, but for so many in its upper end.
  func beside(inUpperEnd count: Int64) -> String {
    guard count > 0 else { return pick(" (not in the sum)", "(計に含まない)") }
    let number = NumberText.grouped(count)
    return pick(
      " (of these \(number) in the upper end of the sum alone)",
      "(うち \(number) 件は計の上端にのみ含む)"
    )
  }

  /// What stands in the upper end for an instruction that came afterwards.
  var lateNote: String {
    pick(
      "read before the instruction was opened or approved: its work, or takings, too; only the upper ends of this report hold them",
      "指示の開始・承認より前の読出し。その指示による作業とも持出しとも考えられ、本報告の件数の上端にのみ含む"
    )
  }

  /// What the look-ups are, for who reads their number.
  var lookUpsNote: String {
    pick(
      "small reads of daily work by the same actor, in no other figure of this report",
      "同じ行為者の日常業務とみられる少量の閲覧。本報告のほかの件数には含まない"
    )
  }
}
