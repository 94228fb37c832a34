internal import Estate
public import EventModel

extension DetectionEngine {
  /// What each ticket and job explained: late ones first, then the largest.
  public var explainedReads: Coverage.ExplainedReads {
    var reads = Coverage.ExplainedReads()
    let used = Set(explainedBook.entries.map { names.text(of: NameID(rawValue: $0.instruction)) })
    var tickets: [String: [Ticket]] = [:]
    for ticket in estate.tickets where used.contains(ticket.id) {
      tickets[ticket.id, default: []].append(ticket)
    }
    reads.items = explainedBook.entries.map { entry in
      let name = names.text(of: NameID(rawValue: entry.instruction))
      var item = Coverage.ExplainedItem(
        instruction: name,
        kind: tickets[name] == nil ? .job : .ticket,
        isLate: entry.isLate,
        first: Timestamp(nanoseconds: entry.first),
        last: Timestamp(nanoseconds: entry.last)
      )
      item.requesters = Set((tickets[name] ?? []).compactMap(\.requestedBy)).sorted()
      item.approvers = Set((tickets[name] ?? []).compactMap(\.approver)).sorted()
      (item.reads, item.records) = (entry.reads, entry.records)
      (item.accounts, item.owners) = (texts(entry.accounts), texts(entry.owners))
      item.hasMoreNames = entry.hasMore
      return item
    }
    reads.items.sort(by: Coverage.ExplainedItem.precedes)
    reads.others = explainedBook.others.reduce(0) { $0 &+ $1.reads }
    reads.otherLate = explainedBook.others[1].reads
    for entry in explainedBook.others { reads.otherRecords.add(entry.records) }
    return reads
  }
}
