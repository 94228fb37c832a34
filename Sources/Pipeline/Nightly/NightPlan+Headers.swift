internal import EventModel
internal import Ingest
internal import Storage

extension NightPlanner {
  /// The logs that were met before and have headers within their lines, those of this night left out that
  /// are read from their beginning.
  func headedLogs(_ plan: NightPlan) -> [HeaderChain.Member] {
    memory.streams.compactMap { stream in
      let stream = plan.streams[stream.id] ?? stream
      guard stream.missingSince == nil, plan.scan.plans[stream.id].map({ $0.start != nil }) ?? true,
        let facts = try? facts(of: stream), let format = format(named: facts.format),
        format is any HeadedText.Type || format is any HeadedRecords.Type
          || format is any CarryingText.Type,
        let source = index(of: stream.source)
      else { return nil }
      let known = planned(stream, facts, stream.path, source, format, waits: false)
      var member = HeaderChain.Member(known)
      member?.isAsked = false
      if member?.isSettledByNights ?? false { member?.settled = facts.inherited }
      return member
    }
  }
}
