public import EventModel

/// Salesforce's Event Log Files: CSV, one header for each event type and release.
///
///     "EVENT_TYPE","TIMESTAMP","REQUEST_ID","USER_ID",…,"ROW_COUNT","TIMESTAMP_DERIVED","USER_ID_DERIVED","CLIENT_IP"
///
/// Rows are ROW_COUNT of Report and ROWS_PROCESSED of the APIs; ReportExport states none: the Report event of
/// the same request does. Who acted is the user's name where the type has it, else the id.
///
/// Daily files of several types put together are one log with several headers, each in force from where it stands. A
/// record whose user is no id of one has lost its header: it is rejected.
///
/// Source: Salesforce, Object Reference, "EventLogFile Supported Event Types".
public struct SalesforceEventLog: MappedCSV {
  public static let name = "salesforce-event-log"
  public static let ignoresAccountCase = true
  public static let summary = "Salesforce Event Log File (CSV)"
  public static let signature = ["EVENT_TYPE", "TIMESTAMP_DERIVED", "USER_ID"]

  public let layout: MappedCSVLayout

  public init(options: DecodeOptions, head: Span<UInt8>) {
    layout = MappedCSVLayout(Self.map, options, head)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["EVENT_TYPE"]],
      columns: [
        (.time, ["TIMESTAMP_DERIVED"]),
        (.account, ["USER_NAME", "USERNAME", "USER_ID_DERIVED", "USER_ID"]),
        (.terminal, ["CLIENT_IP", "SOURCE_IP"]),
        (.program, ["CLIENT_NAME", "CONNECTED_APP_NAME", "BROWSER_NAME", "USER_AGENT"]),
        (
          .object,
          [
            "REPORT_ID_DERIVED", "REPORT_ID", "ENTITY_NAME", "ENTITY_TYPE", "SOBJECT_TYPE",
            "DOCUMENT_ID_DERIVED", "DOCUMENT_ID", "PAGE_URL", "URI",
          ]
        ),
        (.operation, ["EVENT_TYPE"]),
        (.records, ["ROW_COUNT", "ROWS_PROCESSED", "NUMBER_OF_RECORDS"]),
        (.outcome, ["LOGIN_STATUS", "REQUEST_STATUS", "SUCCESS"]),
      ]
    )
    map.operations = [
      (.read, ["Report", "API", "RestApi", "Search", "URI", "ListViewEvent"]),
      (
        .export,
        [
          "ReportExport", "BulkApi", "BulkApi2", "BulkApiRequest", "ContentTransfer",
          "DocumentAttachmentDownloads", "WaveDownload",
        ]
      ),
      (.logon, ["Login", "LoginAs"]), (.logoff, ["Logout"]),
    ]
    map.successes = ["LOGIN_NO_ERROR", "S", "1", "true"]
    map.failures = ["F", "U", "0", "false"]
    return map
  }()

  /// The id of a user begins with 005: of lines torn out of their file, what stands in its column may be an address.
  public static func fits(_ event: MappedEvent) -> Bool {
    guard let place = event.path(.account), place >= 2, let value = event.value(.account) else {
      return true
    }
    return value.bytes.hasPrefix("005")
  }

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    if event.isWord("LoginAs", .operation) { row.operation = .privilege }
    if event.path(.outcome) == 0, row.outcome == .unknown {
      (row.operation, row.outcome) = (.logonFailure, .failure)
    }
    if !row.operation.returnsRecords { row.volume = .unknown }
    // The page itself is one; what stands on it is not stated.
    if event.isWord("ReportExport", .operation) || event.isWord("URI", .operation) {
      row.volume = .unknown
    }
  }
}
