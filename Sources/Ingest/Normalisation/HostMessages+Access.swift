internal import EventModel

/// Requests that a web server sends by syslog: a line of its access log behind the header.
///
/// `nginx: 192.0.2.7 - ito [28/Mar/2026:20:00:00 +0900] "GET /members/export.csv HTTP/1.1" 200 3000000 "-" "curl/8"`.
/// The time is the line's own, which states year and zone.
///
/// Source: nginx, ngx_http_log_module and "Logging to syslog"; Apache httpd, `CustomLog "|/usr/bin/logger"`.
extension HostMessages {
  /// Appends the event of a line of an access log; `false`: the message is none.
  func access(_ message: Range<Int>, _ batch: inout EventBatch) -> Bool {
    guard find("] \"", in: message) != nil else { return false }
    let text = record.slice(message)
    var reader = AccessLineReader(zone: .utc)
    let line: AccessLine
    do throws(DecodeError) {
      line = try reader.read(text)
    } catch {
      return false
    }
    var row = EventRow(time: line.time)
    work.requests.read(line: text.slice(line.request), into: &batch.names)
      .apply(status: line.status, bytes: line.bytes, to: &row)
    row.account = batch.names.internOften(Self.stated(text.slice(line.user)))
    row.terminal = batch.names.internOften(Self.stated(text.slice(line.client)))
    row.program = batch.names.internOften(Self.stated(text.slice(line.program)))
    batch.rows.append(row)
    return true
  }

  /// A field; empty for `-` and `""`, which are not stated.
  private static func stated(_ field: RecordBytes) -> RecordBytes {
    let isDash = field.count == 1 && field[0] == 0x2D
    let isEmpty = field.count == 2 && field[0] == 0x22 && field[1] == 0x22
    return isDash || isEmpty ? RecordBytes(start: nil, count: 0) : field
  }
}
