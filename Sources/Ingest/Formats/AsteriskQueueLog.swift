public import EventModel

/// Asterisk's log of its queues: which agent took a call, and when it ended.
///
/// `1775002502|1775002354.27|support|PJSIP/2001|COMPLETECALLER|12|141|1`
///
/// Times are seconds since 1970. A call becomes two events, both of its beginning: CONNECT, when nothing is known of its
/// length, and COMPLETEAGENT, COMPLETECALLER or a transfer, that state it. Waiting callers, pauses and log-ins of agents
/// to the queue are no events.
///
/// Source: Asterisk documentation, "Queue Logs"; asterisk/asterisk:apps/app_queue.c.
public struct AsteriskQueueLog: LineFormat {
  public static let name = "asterisk-queue-log"
  public static let summary = "Asterisk queue log (queue_log)"
  public static let shape = "a time in seconds, a call, a queue, an agent and an event of a queue"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  /// What happens in a queue: other logs have seconds and columns, too.
  private static let events: [StaticString] = [
    "ABANDON", "ADDMEMBER", "AGENTDUMP", "AGENTLOGIN", "AGENTCALLBACKLOGIN", "AGENTLOGOFF",
    "AGENTCALLBACKLOGOFF", "ATTENDEDTRANSFER", "BLINDTRANSFER", "COMPLETEAGENT",
    "COMPLETECALLER", "CONFIGRELOAD", "CONNECT", "DID", "ENTERQUEUE", "EXITEMPTY", "EXITWITHKEY",
    "EXITWITHTIMEOUT", "INFO", "PAUSE", "PAUSEALL", "PENALTY", "QUEUESTART", "REMOVEMEMBER",
    "RINGCANCELED", "RINGNOANSWER", "SYSCOMPAT", "TRANSFER", "UNPAUSE", "UNPAUSEALL",
  ]

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var work = LineWork()
    var names = NameTable()
    let count = ProbeSample.count(sample) { line in
      guard (try? read(line, &work, &names)) != nil else { return false }
      let columns = line.split(separator: 0x7C, maxSplits: 5, omittingEmptySubsequences: false)
      guard columns.count > 4 else { return false }
      let event = RecordBytes(rebasing: columns[4])
      return events.contains { event.equals($0, in: 0..<event.count) }
    }
    return count.result("\(count.matched) of \(count.total) lines have \(shape)")
  }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    var fields = InlineArray<12, Range<Int>>(repeating: 0..<0)
    var count = 0
    var start = 0
    while count < fields.count {
      let end = line.firstIndex(of: 0x7C, in: start..<line.count) ?? line.count
      fields[count] = start..<end
      count += 1
      guard end < line.count else { break }
      start = end + 1
    }
    guard count >= 5, let time = LineWork.epoch(line.slice(fields[0])), fields[0].count >= 9 else {
      throw DecodeError(.badTime, at: 0)
    }
    let event = line.slice(fields[4])
    guard !event.isEmpty, event.allSatisfy({ $0 &- 0x41 < 26 }) else {
      throw DecodeError(.notThisFormat, at: fields[4].lowerBound)
    }
    work.passed = time
    let agent = CallRecord.station(line.slice(fields[3]), isChannel: false)
    guard !agent.isEmpty, !agent.equals("NONE", in: 0..<agent.count) else { return nil }
    var row: EventRow
    switch kind(event) {
    case .other: return nil
    case .connect:
      row = CallRecord.row(from: time, seconds: -1)
    case .complete:
      guard count >= 7 else { throw DecodeError(.wrongFieldCount, at: line.count) }
      row = try ended(line, fields[6], time)
    case .transfer:
      // The last three: how long it waited, how long it was, where it stood.
      guard count >= 8 else { return nil }
      row = try ended(line, fields[count - 2], time)
    }
    row.account = names.internOften(agent)
    row.outcome = .success
    return row
  }

  private static func ended(
    _ line: RecordBytes,
    _ field: Range<Int>,
    _ time: Int64
  ) throws(DecodeError) -> EventRow {
    guard let seconds = line.decimal(field), seconds < 1_000_000 else {
      throw DecodeError(.badNumber, at: field.lowerBound)
    }
    return CallRecord.row(from: time - seconds * Timestamp.nanosecondsPerSecond, seconds: seconds)
  }

  private enum Kind { case connect, complete, transfer, other }

  private static func kind(_ event: RecordBytes) -> Kind {
    let whole = 0..<event.count
    if event.equals("CONNECT", in: whole) { return .connect }
    if event.equals("COMPLETEAGENT", in: whole) || event.equals("COMPLETECALLER", in: whole) {
      return .complete
    }
    if event.equals("BLINDTRANSFER", in: whole) || event.equals("ATTENDEDTRANSFER", in: whole)
      || event.equals("TRANSFER", in: whole)
    {
      return .transfer
    }
    return .other
  }
}
