public import EventModel

/// Suricata's EVE log.
///
///     {"timestamp":"2026-04-01T09:12:34.157000+0900","flow_id":1,"event_type":"http","src_ip":
///     "192.0.2.7","dest_ip":"192.0.2.9","http":{"http_method":"GET","url":"/list","status":200,…}}
///
/// Bytes are those that went to the client. Rows are those of pgsql responses, which name no user: he
/// stands in another event of the flow. Events of one flow are not joined: the one with the name may stand before or
/// behind, in another chunk, part or night, and a sensor holds a million flows at a time; with a bound on them the answer
/// would hang on how much stands between, so that of http, ftp and smb nobody is named. Where several sources are read,
/// the audit of the server names who (decision 0042).
///
/// Source: OISF/suricata, etc/schema.json; rust/src/pgsql/logger.rs.
public struct SuricataEVE: MappedJSON {
  public static let name = "suricata-eve"
  public static let summary = "Suricata EVE (JSON lines): flow, http, fileinfo, ftp, smb"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["timestamp", "event_type", "src_ip"]],
      columns: [
        (.time, ["timestamp"]), (.terminal, ["src_ip"]), (.destination, ["dest_ip"]),
        (.program, ["http.http_user_agent"]),
        (.object, ["http.url", "smb.filename", "fileinfo.filename", "ftp.command_data"]),
        (.operation, ["http.http_method", "ftp.command", "event_type"]),
        (
          .bytes,
          [
            "http.length", "flow.bytes_toclient", "fileinfo.size", "pgsql.response.data_size",
            "pgsql.response.copy_data_out.data_size",
          ]
        ),
        (.records, ["pgsql.response.data_rows", "pgsql.response.copy_data_out.row_count"]),
        (.outcome, ["http.status"]),
        (.account, ["pgsql.request.startup_parameters.user"]),
        (.subject, ["pgsql.request.simple_query"]),
      ]
    )
    map.operations = [
      (.read, ["GET", "POST", "RETR", "pgsql", "smb"]),
      (.write, ["PUT", "PATCH", "DELETE", "STOR"]),
      (.flow, ["flow", "netflow"]),
    ]
    return map
  }()

  /// A message of the protocol that returned no row is no read.
  ///
  /// Whither is told of flows alone: what was
  /// read came from there.
  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    if event.isWord("pgsql", .operation) {
      let rows = row.quality == .exact ? row.recordsLow : nil
      if let text = event.value(.subject) {
        StatementValue.apply(text, .postgresql, rows: rows, to: &row, &names)
      } else if rows == nil {
        row.operation = .other
      }
    }
    if row.operation != .flow { row.destination = .none }
  }
}
