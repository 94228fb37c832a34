public import EventModel

/// Windows' Security and System logs as JSON, an event a line: of `evtx_dump`, of Winlogbeat, of NXLog.
///
///     {"Event":{"System":{"EventID":4663,"TimeCreated":{"#attributes":{"SystemTime":"2026-04-01T00:12:34.157Z"}},
///     "Computer":"fs01"},"EventData":{"SubjectUserName":"sato","ObjectName":"D:\\crm\\a.csv","AccessMask":"0x1"}}}
///
/// Told are logons (4624, 4625, 4634, 4647, 4648), files read and written (4663, 5145), programs that pack or
/// send (4688), devices (6416), and what touches the audit or the clock (1102, 104, 1100, 1104, 1105, 4616, 4719,
/// 4906, 4907, 6005, 6006). Who logged on is told, not who asked for it; logons of services are none. How many
/// records a file holds is not stated.
///
/// Source: Microsoft, "Appendix L: Events to Monitor".
public struct WindowsJSON: MappedJSON {
  public static let name = "windows-json"
  public static let ignoresAccountCase = true
  public static let summary = "Windows Security and System logs as JSON lines"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  /// An event of Windows has its number.
  public static func isKind(_ line: RecordBytes) -> Bool {
    states("\"EventID\"", "\"event_id\"", in: line)
  }

  public static var map: EventMap { WindowsEvents.map }

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) { WindowsEvents.finish(event, &row, &names) }
}
