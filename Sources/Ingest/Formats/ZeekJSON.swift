public import EventModel

/// Zeek's logs as JSON: conn, http, files, ftp, smb, mysql and postgresql.
///
///     {"ts":1775034754.157,"uid":"C1","id.orig_h":"192.0.2.7","id.resp_h":"192.0.2.9","orig_bytes":39,
///     "resp_bytes":55,"conn_state":"SF","missed_bytes":0}
///
/// The object of SMB is the file with its share. Bytes are those that went to the client; where packets were missed, they are not stated, for there
/// were more. Rows are those of postgresql, of which those of a COPY are not counted; those of mysql are the rows
/// that were changed, and count nothing that was read. A statement is told by its tables.
///
/// Source: zeek/zeek, scripts/base/protocols/*/main.zeek.
public struct ZeekJSON: MappedJSON {
  public static let name = "zeek-json"
  public static let summary = "Zeek logs as JSON lines: conn, http, ftp, smb, postgresql, mysql"

  public let reader: EventReader

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(Self.map, options)
  }

  public static let map: EventMap = {
    var map = EventMap(
      signatures: [["ts", "uid", "id.orig_h"], ["ts", "uid", "id_orig_h"]],
      columns: [
        (.time, ["ts"]), (.account, ["user", "username", "client"]),
        (.terminal, ["id.orig_h", "id_orig_h"]), (.destination, ["id.resp_h", "id_resp_h"]),
        (.program, ["user_agent"]), (.object, ["uri", "name", "arg"]),
        (.operation, ["method", "command", "action", "frontend", "cmd", "conn_state"]),
        (.bytes, ["resp_bytes", "response_body_len", "file_size"]), (.records, ["rows"]),
        (.outcome, ["status_code", "success"]), (.subject, ["missed_bytes"]),
        (.position, ["path", "frontend_arg"]),
      ]
    )
    map.operations = [
      (.read, ["GET", "POST", "RETR", "SMB::FILE_READ", "simple_query", "execute"]),
      (.write, ["PUT", "PATCH", "DELETE", "STOR", "SMB::FILE_WRITE", "SMB::FILE_DELETE"]),
    ]
    map.lent = [.subject]
    return map
  }()

  private static let connection = 5
  private static let frontend = 3
  private static let mysql = 4

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    let path = event.path(.operation)
    if path == connection { row.operation = .flow }
    if row.operation != .flow { row.destination = .none }
    switch path {
    case frontend:
      if let text = event.value(.position), event.path(.position) == 1 {
        let rows = row.quality == .exact ? row.recordsLow : nil
        StatementValue.apply(text, .postgresql, rows: rows, to: &row, &names)
      } else if row.recordsHigh == 0 {
        row.operation = .other
      }
    case mysql:
      // What was asked is a statement, which may hold customers' data: its tables are named.
      row.object = .none
      if event.isWord("query", .operation), let text = event.value(.object) {
        StatementValue.apply(text, .mysql, rows: nil, to: &row, &names)
      }
      row.volume = row.operation == .touch ? .none : .unknown
    default:
      row.volume = .unknown
      if let share = event.value(.position) { nameFile(in: share, &row, &names) }
    }
    if let missed = event.value(.subject), missed.bytes.decimal(0..<missed.count) != 0 {
      row.bytes = -1
    }
  }

  /// `\\host\share\folder\file`: what SMB opened; the share alone where no file is named.
  private static func nameFile(
    in share: FieldValue,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    var path: [UInt8] = []
    if share.kind == .escaped {
      JSONText.unescape(share.bytes, into: &path)
    } else {
      path.append(contentsOf: share.bytes)
    }
    if row.object != .none {
      path.append(0x5C)
      names.withBytes(of: row.object) { path.append(contentsOf: $0) }
    }
    row.object = path.withUnsafeBufferPointer { names.internOften($0) }
  }
}
