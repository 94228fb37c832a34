internal import EventModel

extension TextReport {
  /// Late instructions named one by one, and others.
  static let lateLimit = 50
  static let explainedLimit = 10

  /// What rests on which ticket or job: all that was approved late, and the largest in time.
  func write(_ reads: Coverage.ExplainedReads, to page: inout TextLayout) {
    let late = reads.items.filter(\.isLate)
    let others = reads.items.filter { !$0.isLate }
    let shown = late.prefix(Self.lateLimit) + others.prefix(Self.explainedLimit)
    for item in shown { write(item, to: &page) }
    let more = reads.items.count - shown.count
    guard more > 0 || reads.others > 0 else { return }
    let left = late.dropFirst(Self.lateLimit) + others.dropFirst(Self.explainedLimit)
    let count = left.reduce(reads.others) { $0 &+ $1.reads }
    let lateCount = left.filter(\.isLate).reduce(reads.otherLate) { $0 &+ $1.reads }
    let named = TextNumbers.grouped(more) + (reads.others > 0 ? "+" : "")
    page.both(
      japanese: "ほかの指示 \(named) 件:取扱い \(TextNumbers.grouped(count)) 回"
        + "(うち事後承認 \(TextNumbers.grouped(lateCount)) 回)",
      english: "\(named) more: \(NumberText.counted(count, "read")), "
        + "\(TextNumbers.grouped(lateCount)) of them approved late",
      indent: 4,
      hanging: 2
    )
  }

  private func write(_ item: Coverage.ExplainedItem, to page: inout TextLayout) {
    func names(_ names: [String]) -> String {
      names.isEmpty
        ? numbers.unknown : names.map { SafeText.name($0) }.joined(separator: ", ")
    }
    var line = SafeText.name(item.instruction)
    if item.isLate {
      line += " (" + page.label("late", "事後")
      line += ", " + page.label("requested by", "依頼") + " " + names(item.requesters)
      line += ", " + page.label("approved by", "承認") + " " + names(item.approvers) + ")"
    } else if item.kind == .job {
      line += " (" + page.label("job", "定期ジョブ") + ")"
    }
    line += ": \(page.label("reads", "回数")) \(TextNumbers.grouped(item.reads)), "
    line += numbers.quantity(item.records, unit: "records")
    line += ", \(page.label("accounts", "アカウント")) \(names(item.accounts))"
    line += ", \(page.label("owners", "委託元")) \(names(item.owners))"
    if item.hasMoreNames { line += ", " + page.label("and more", "ほか") }
    let (first, last) = (
      options.zone.dayNumber(of: item.first), options.zone.dayNumber(of: item.last)
    )
    line += ", " + numbers.days(first...max(first, last))
    page.paragraph(line, indent: 4, hanging: 2)
  }
}
