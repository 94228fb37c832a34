internal import Detection
internal import EventModel
internal import Storage

/// Logs that are gone.
extension NightPlanner {
  func miss(
    _ stream: StoredStream,
    in plan: inout NightPlan,
    _ names: inout NameTable
  ) throws(StateError) {
    guard stream.missingSince == nil else { return }
    var gone = stream
    gone.missingSince = night
    if let rows = stream.openRows {
      plan.promoted += try RowPack.unpack(rows, names: &names, sources: scan.sourceKeys)
    }
    if let packed = stream.openBook, let source = index(of: stream.source) {
      var book = CoverageBook(zone: scan.calendarZone)
      try book.unpack(packed, &names)
      var sum = plan.scan.seed.books[source] ?? CoverageBook(zone: scan.calendarZone)
      sum.merge(book)
      plan.scan.seed.books[source] = sum
    }
    (gone.openRows, gone.openBook) = (nil, nil)
    plan.streams[stream.id] = gone
    let facts = try facts(of: stream)
    plan.breaches.append(SealBreach(.gone, stream, newest: memory.newest, last: facts?.lastTime))
    if mayHaveGrown(stream, facts) { plan.lost.append(stream) }
  }
}
