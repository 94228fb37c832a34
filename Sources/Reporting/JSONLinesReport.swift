public import EventModel

/// JSON Lines: a line an incident, then one line of coverage.
///
/// Times are RFC 3339 in UTC; an upper end that nothing bounds and an owner that could not be told
/// are `null`; keys keep their order.
public struct JSONLinesReport: Reporter {
  public static let name = "jsonl"
  public static let summary = "JSON Lines: a line an incident, then one line of coverage"

  public init(options: ReportOptions) {}

  public func write<Target: TextOutputStream>(_ report: ScanReport, to target: inout Target) {
    var writer = JSONWriter()
    for incident in report.incidents {
      writer.object { write(incident, to: &$0) }
      writer.lineFeed()
      writer.flush(to: &target)
    }
    writer.object { line in
      line.field("kind", "coverage")
      Self.writeBody(of: report.coverage, to: &line)
      line.field("program", report.program)
      if let digests = report.digests { line.field("digests") { $0.write(digests) } }
    }
    writer.lineFeed()
    writer.flush(to: &target)
  }

  /// One incident as one line, without a line feed.
  public static func line(of incident: Incident) -> String {
    var writer = JSONWriter()
    writer.object { Self(options: ReportOptions()).write(incident, to: &$0) }
    var text = ""
    writer.flush(to: &text)
    return text
  }

  private func write(_ incident: Incident, to line: inout JSONWriter) {
    line.field("kind", "incident")
    line.field("id", incident.id)
    line.field("severity", incident.severity.name)
    line.field("accounts", incident.accounts)
    line.field("persons", incident.persons)
    line.field("terminals", incident.terminals)
    line.field("organisations", incident.organisations)
    line.field("records", incident.records, quality: true)
    line.field("owners", incident.owners) { item, owner in
      item.field("owner", owner.owner.isEmpty ? nil : owner.owner)
      item.field("records", owner.records)
      item.key("share")
      if let share = owner.share { item.number(share) } else { item.null() }
      item.field("first", owner.first)
      item.field("last", owner.last)
      item.field("subjects", owner.subjects)
      if owner.late > 0 { item.field("late", owner.late) }
    }
    line.field("first", incident.first)
    line.field("last", incident.last)
    Self.write(incident.authorisation, as: "authorisation", to: &line)
    line.field("findings", incident.findings) { write($1, to: &$0) }
    line.field("actor", incident.actor)
    line.field("episodes", incident.episodes)
    line.field("confidence", incident.confidence.name)
    line.write(incident.lookUps)
    line.key("repeats_records")
    line.bool(incident.repeatsRecords)
    line.write(incident.candidates)
    if !incident.possibleOwners.isEmpty { line.write(incident.possibleOwners) }
    guard !incident.exceptions.isEmpty else { return }
    line.key("excepted")
    line.bool(incident.isExcepted)
    line.field("exceptions", incident.exceptions) { item, exception in
      item.field("name", exception.name)
      item.sentence("responsible", exception.responsible)
      item.sentence("reason", exception.reason)
      item.field("until", exception.until)
      item.field("ceiling", exception.ceiling)
      item.field("records", exception.records, quality: true)
      item.key("pierced")
      item.bool(exception.isPierced)
    }
  }

  private static func write(
    _ count: Incident.AuthorisationCount,
    as name: String,
    to line: inout JSONWriter
  ) {
    let parts = [
      ("within", count.within), ("exceeded", count.exceeded), ("late", count.late),
      ("none", count.none),
    ]
    line.field(name) { object in
      for part in parts { object.field(part.0, part.1.plain) }
    }
    line.field(name + "_detail") { object in
      for part in parts { object.field(part.0, part.1, quality: true) }
    }
  }

  func write(_ finding: Finding, to item: inout JSONWriter) {
    item.field("id", finding.id)
    item.field("detector", finding.detector)
    item.field("severity", finding.severity.name)
    item.field("time", finding.time)
    item.field("window", finding.window)
    item.field("value", finding.value.plain)
    item.field("limit", finding.limit)
    item.field("unit", finding.unit)
    item.sentence("message", finding.message)
    item.sentence("message_ja", finding.messageJapanese)
    item.sentence("counter", finding.counter)
    item.field("counters") { object in
      for counter in finding.counters {
        object.field(SafeText.bounded(counter.name), counter.value)
      }
    }
    item.sentences("explanations", finding.explanations)
    item.field("technique", finding.technique)
    item.field("signal", finding.signal.rawValue)
    item.field("first", finding.first)
    item.field("last", finding.last)
    item.field("events", finding.events)
    item.field("evidence", finding.evidence) { object, evidence in
      object.write(evidence)
      object.field("time", evidence.time)
    }
    item.field("value_detail", finding.value, quality: true)
    item.field("peak", finding.peak)
    item.write(raised: finding)
    item.field("evidence_left_out", finding.evidenceLeftOut)
    item.field("confidence", finding.confidence.name)
    item.sentences("explanations_ja", finding.explanationsJapanese)
    if let exception = finding.exception { item.field("exception", exception) }
    if let use = finding.instruction {
      item.field("instruction") { object in
        object.field("id", use.id)
        object.field("records", use.records, quality: true)
        object.field("allowed", use.allowed)
      }
    }
  }

  /// The coverage, member by member.
  static func writeBody(of coverage: Coverage, to line: inout JSONWriter) {
    line.field("sources", coverage.sources) { write($1, to: &$0) }
    line.field("unreadable", coverage.unreadable) { item, input in
      item.field("path", input.path, limit: JSONWriter.pathLimit)
      item.sentence("reason", input.reason)
    }
    line.field("rejected_samples", coverage.rejections) { item, record in
      item.field("file", record.path, limit: JSONWriter.pathLimit)
      item.field("line", Int64(record.rejection.line))
      item.field("offset", record.rejection.offset)
      item.sentence("reason", record.rejection.error.text)
    }
    line.sentences("assumptions", coverage.assumptions)
    write(coverage.explained, as: "explained", to: &line)
    write(coverage.explainedReads, to: &line)
    let routine = coverage.routine
    line.field("routine") { object in
      object.field("reads", routine.reads)
      object.field("records", routine.records, quality: true)
      object.field("unknown", routine.unknown)
      object.field("unbounded", routine.unbounded)
    }
    line.field("files_left_out", coverage.filesLeftOut)
    line.field("files_left_out_named", coverage.filesLeftOutNamed)
    line.field("overflowed_names", coverage.overflowedNames)
    line.field("tickets_without_read", coverage.ticketsWithoutRead)
    line.field("tickets_without_read_named", coverage.ticketsWithoutReadNamed)
    line.sentences("assumptions_ja", coverage.assumptionsJapanese)
    line.field("period", coverage.period.map { [$0] } ?? []) { item, period in
      item.field("first", period.first.map { CivilCalendar.text(ofDay: $0) })
      item.field("last", period.last.map { CivilCalendar.text(ofDay: $0) })
    }
    line.field("percent_days", CoverageShare(coverage).percent.map(Int64.init))
  }

  /// Most instructions in time that are listed; late ones are listed all.
  static let explainedLimit = 256

  /// What each ticket and job explained.
  private static func write(_ reads: Coverage.ExplainedReads, to line: inout JSONWriter) {
    let late = reads.items.count { $0.isLate }
    let shown = reads.items.prefix(late + explainedLimit)
    line.field("explained_items", Array(shown)) { item, read in
      item.field("instruction", read.instruction)
      item.field("kind", read.kind.rawValue)
      item.key("late")
      item.bool(read.isLate)
      item.field("requested_by", read.requesters)
      item.field("approved_by", read.approvers)
      item.field("reads", read.reads)
      item.field("records", read.records, quality: true)
      item.field("accounts", read.accounts)
      item.field("owners", read.owners)
      item.key("more_names")
      item.bool(read.hasMoreNames)
      item.field("first", read.first)
      item.field("last", read.last)
    }
    line.field("explained_others") { object in
      object.field("instructions", Int64(reads.items.count - shown.count))
      object.field(
        "reads",
        reads.items.dropFirst(shown.count).reduce(reads.others) { $0 &+ $1.reads }
      )
      object.field("late", reads.otherLate)
    }
  }

  private static func write(_ source: SourceCoverage, to item: inout JSONWriter) {
    item.field("name", source.name)
    item.field("format", source.format)
    item.field("system", source.system)
    item.field("first", source.first)
    item.field("last", source.last)
    item.field("lines", source.lines)
    item.field("bytes", source.bytes)
    item.field("events", source.events)
    item.field("rejected", source.rejected)
    item.field("undated_lines", source.undatedLines)
    item.field("unknown_volume", source.unknownVolume)
    item.field("silent_days", source.silentDays.map { CivilCalendar.text(ofDay: $0) })
    item.field("backward_steps", source.backwardSteps)
    item.field("numbered_lines", source.numbered)
    item.field("number_gaps", source.numbered.map { _ in source.holeCount })
    if !source.lost.isEmpty { item.field("lost_messages", source.lostMessages) }
    item.field("days", source.days) { object, day in
      object.field("day", CivilCalendar.text(ofDay: day.day))
      object.field("lines", day.lines)
      object.field("bytes", day.bytes)
      object.field("events", day.events)
      object.field("unknown_volume", day.unknownVolume)
      object.field("first", day.first)
      object.field("last", day.last)
    }
  }
}

extension JSONWriter {
  /// Who may have been behind shared accounts, and why.
  mutating func write(_ candidates: [Candidate]) {
    field("candidates", candidates) { item, candidate in
      item.field("person", candidate.person)
      item.field("confidence", candidate.confidence.name)
      item.field("reads", candidate.reads)
      item.field("reasons", candidate.reasons) { object, reason in
        object.field("reason", reason.kind.rawValue)
        object.field("reads", reason.reads)
      }
    }
  }

  /// Whose the records of an owner unknown may be.
  mutating func write(_ owners: [Incident.PossibleOwner]) {
    field("possible_owners", owners) { item, owner in
      item.field("owner", owner.owner)
      item.field("subjects", owner.subjects)
      item.key("share")
      if let share = owner.share { item.number(share) } else { item.null() }
    }
  }

  /// Small reads beside the takings, or `null`.
  mutating func write(_ lookUps: Incident.LookUps?) {
    key("look_ups")
    guard let lookUps else { return null() }
    object { object in
      object.field("records", lookUps.records)
      object.field("first", lookUps.first)
      object.field("last", lookUps.last)
      object.field("owners", lookUps.owners) { item, owner in
        item.field("owner", owner.owner.isEmpty ? nil : owner.owner)
        item.field("records", owner.records)
        item.field("first", owner.first)
        item.field("last", owner.last)
      }
    }
  }

  /// The first value that passed a limit, that limit and when; `null`: when is known and no more.
  mutating func write(raised finding: Finding) {
    key("raised")
    let held = Finding.Raised(window: finding.window, value: finding.value, limit: finding.limit)
    guard let raised = finding.raised ?? (finding.peak == finding.time ? held : nil) else {
      return null()
    }
    object { object in
      object.field("time", finding.time)
      object.field("window", raised.window)
      object.field("value", raised.value, quality: true)
      object.field("limit", raised.limit)
    }
  }

  /// Where a line stands and what it was: its place and digest, never its words.
  mutating func write(_ evidence: Evidence) {
    field("file", evidence.file, limit: Self.pathLimit)
    field("member", evidence.member, limit: Self.pathLimit)
    field("offset", evidence.offset)
    field("line", evidence.line)
    field("length", evidence.length)
    field("sha256", evidence.sha256)
  }
}
