public import EventModel

/// Amazon Connect's contact records, one contact a line.
///
///     {"AWSContactTraceRecordFormatVersion":"2017-03-10","ContactId":"…","Channel":"VOICE","Agent":{"Username":"sato",
///     "ConnectedToAgentTimestamp":"2026-04-01T00:12:41Z","AgentInteractionDuration":141,
///     "AfterContactWorkDuration":30},"CustomerEndpoint":{"Address":"+81312345678"},…}
///
/// A contact is a call, a chat or a task: each of them asks for records. It begins when the agent takes it and ends with
/// the agent's work after it. The customer's number is only hashed.
///
/// Source: Amazon Connect Administrator Guide, "Data model for Amazon Connect contact records".
public struct AmazonConnect: MappedJSON {
  public static let name = "amazon-connect"
  public static let summary = "Amazon Connect contact records (JSON lines)"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["AWSContactTraceRecordFormatVersion", "ContactId"]],
      columns: [
        (.time, ["Agent.ConnectedToAgentTimestamp", "InitiationTimestamp", "LastUpdateTimestamp"]),
        (.account, ["Agent.Username"]), (.bytes, ["Agent.AgentInteractionDuration"]),
        (.records, ["Agent.AfterContactWorkDuration"]), (.subject, ["CustomerEndpoint.Address"]),
      ]
    )
    map.otherwise = .call
    return map
  }()

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    let after = row.quality == .exact ? row.recordsLow : 0
    CallRecord.setLength(row.bytes < 0 ? -1 : row.bytes + min(after, 1_000_000), &row)
    row.volume = .unknown
    row.outcome = row.account == .none ? .failure : .success
  }
}
