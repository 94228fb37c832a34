public import EventModel

/// Suricata's EVE log.
///
///     {"timestamp":"2026-04-01T09:12:34.157000+0900","flow_id":1,"event_type":"http","src_ip":
///     "192.0.2.7","dest_ip":"192.0.2.9","http":{"http_method":"GET","url":"/list","status":200,…}}
///
/// Bytes are those that went to the client. A file is told by the side that sent it (`fileinfo`: `src_ip` is the server of a
/// download, its port the smaller one); beside the request of the same transaction (`flow_id`, `tx_id`) it is the same download. Rows are those of pgsql responses, which name no user: he
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

  /// What a sensor has seen lies between two addresses.
  public static func isKind(_ line: RecordBytes) -> Bool {
    states("\"flow_id\"", "\"dest_ip\"", "\"proto\"", "\"in_iface\"", in: line)
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
            "http.length", "flow.bytes_toclient", "pgsql.response.data_size",
            "pgsql.response.copy_data_out.data_size",
          ]
        ),
        (.records, ["pgsql.response.data_rows", "pgsql.response.copy_data_out.row_count"]),
        (.outcome, ["http.status"]),
        (.account, ["pgsql.request.startup_parameters.user"]),
        (.subject, ["pgsql.request.simple_query"]), (.statement, ["flow_id"]),
        (.ticket, ["fileinfo.tx_id", "tx_id"]), (.call, ["fileinfo.size", "fileinfo.state"]),
        (.position, ["src_port"]), (.owner, ["dest_port"]),
      ]
    )
    map.operations = [
      (.read, ["GET", "POST", "RETR", "pgsql", "smb"]),
      (.write, ["PUT", "PATCH", "DELETE", "STOR"]),
      (.flow, ["flow", "netflow"]),
    ]
    map.lent = [.ticket, .call, .position, .owner]
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
    let isFile = event.value(.call) != nil
    if isFile { takeFile(event, &row) }
    let isTransfer = isFile || event.path(.object) == 0
    if isTransfer, row.statement != 0, let transaction = event.value(.ticket),
      let number = transaction.bytes.decimal(0..<transaction.count)
    {
      row.statement ^= UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15
    } else {
      row.statement = 0
    }
    if row.operation != .flow { row.destination = .none }
  }

  /// Who sent a file, and how long it is.
  private static func takeFile(_ event: MappedEvent, _ row: inout EventRow) {
    func number(_ column: FieldMap.Column) -> Int64? {
      event.value(column).flatMap { $0.bytes.decimal(0..<$0.count) }
    }
    if row.bytes < 0, event.path(.call) == 0, let size = number(.call) { row.bytes = size }
    let isByServer = number(.position) ?? 0 < number(.owner) ?? 0
    if isByServer {
      row.terminal = row.destination
      if !row.operation.returnsRecords { row.operation = .read }
    } else if row.operation.returnsRecords || row.operation == .other {
      row.operation = .write
    }
  }
}
