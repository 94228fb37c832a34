internal import EventModel

/// A line of the error log of Apache or nginx, which containers write between those of the access log.
///
///     [Thu Oct 13 12:24:49.880562 2022] [auth_basic:error] [pid 10:tid 14] [client 192.0.2.7:50229] AH01618: user
///     sato not found: /crm
///     2026/04/01 09:13:33 [error] 31#31: *46 … is not found (2: No such file), client: 192.0.2.7, server: crm,
///     request: "GET /crm/a HTTP/1.1", host: "crm"
///
/// Times are local and say no zone. Source: Apache core, ErrorLogFormat; nginx ngx_log.c.
struct ErrorLogLine {
  /// Nanoseconds since 1970 as if the time were UTC.
  var local: Int64
  /// Empty: the line names none.
  var client: RecordBytes
  /// The user that a log-on was refused to; empty: the line tells of none.
  var user: RecordBytes
  /// What was asked for, of nginx with its method; empty: not stated.
  var target: RecordBytes

  init?(_ line: RecordBytes) {
    let none = line.slice(0..<0)
    (client, user, target) = (none, none, none)
    if let time = Self.apacheTime(line) {
      local = time.local
      readApache(line, from: time.end)
    } else if let time = Self.nginxTime(line) {
      local = time
      readNginx(line)
    } else {
      return nil
    }
  }

  /// `[Thu Oct 13 12:24:49.880562 2022] [` and where the bracket ends.
  private static func apacheTime(_ line: RecordBytes) -> (local: Int64, end: Int)? {
    guard line.count > 30, line[0] == 0x5B,
      let close = line.firstIndex(of: 0x5D, in: 1..<min(line.count, 40)), close > 24,
      line.hasPrefix(" [", at: close + 1), line[4] == 0x20, line[8] == 0x20, line[11] == 0x20,
      let month = TimestampScan.month(line, at: 5), let hour = line.twoDigits(at: 12),
      let minute = line.twoDigits(at: 15), let second = line.twoDigits(at: 18),
      let day = line.decimal((line[9] == 0x20 ? 10 : 9)..<11),
      let year = line.decimal(close - 4..<close)
    else { return nil }
    var nanoseconds: Int64 = 0
    if line[20] == 0x2E {
      let fraction = TimestampScan.fraction(line, at: 21)
      guard fraction.end == close - 5 else { return nil }
      nanoseconds = Int64(fraction.nanoseconds)
    }
    return TimestampScan.civil(
      year: Int(year),
      month: month,
      day: Int(day),
      hour: hour,
      minute: minute,
      second: second
    ).map { ($0 + nanoseconds, close + 1) }
  }

  /// The time of `2026/04/01 09:13:33 [error] 31#31: `.
  private static func nginxTime(_ line: RecordBytes) -> Int64? {
    guard line.count > 24, line[4] == 0x2F, line[7] == 0x2F, line[10] == 0x20, line[13] == 0x3A,
      line[16] == 0x3A, line.hasPrefix(" [", at: 19), let year = line.decimal(0..<4),
      let month = line.twoDigits(at: 5), let day = line.twoDigits(at: 8),
      let hour = line.twoDigits(at: 11), let minute = line.twoDigits(at: 14),
      let second = line.twoDigits(at: 17)
    else { return nil }
    return TimestampScan.civil(
      year: Int(year),
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second
    )
  }

  private mutating func readApache(_ line: RecordBytes, from start: Int) {
    guard let mark = HostAudit.find("[client ", line, start..<line.count),
      let close = line.firstIndex(of: 0x5D, in: mark..<line.count)
    else { return }
    client = Self.address(line.slice(mark + 8..<close))
    // `user NAME not found: PATH`, `user NAME: authentication failure for "PATH": …`
    guard let named = HostAudit.find(": user ", line, close..<line.count) else { return }
    let name = named + 7
    if let end = HostAudit.find(" not found: ", line, name..<line.count) {
      user = line.slice(name..<end)
      target = line.slice(end + 12..<line.count)
    } else if let end = HostAudit.find(": authentication failure for \"", line, name..<line.count) {
      user = line.slice(name..<end)
      let path = end + 30
      let quote = line.firstIndex(of: 0x22, in: path..<line.count) ?? line.count
      target = line.slice(path..<quote)
    }
    let comma = HostAudit.find(", referer: ", target, 0..<target.count) ?? target.count
    target = target.slice(0..<comma)
  }

  private mutating func readNginx(_ line: RecordBytes) {
    guard let mark = HostAudit.find(", client: ", line, 24..<line.count) else { return }
    let start = mark + 10
    client = line.slice(
      start..<(line.firstIndex(of: 0x2C, in: start..<line.count) ?? line.count)
    )
    guard let request = HostAudit.find(", request: \"", line, start..<line.count) else { return }
    let first = request + 12
    target = line.slice(
      first..<(line.firstIndex(of: 0x22, in: first..<line.count) ?? line.count)
    )
  }

  /// Without the port of `192.0.2.7:50229`; an address of version 6 is left as it stands.
  private static func address(_ text: RecordBytes) -> RecordBytes {
    guard let colon = text.firstIndex(of: 0x3A, in: 0..<text.count),
      text.firstIndex(of: 0x3A, in: colon + 1..<text.count) == nil
    else { return text }
    return text.slice(0..<colon)
  }
}
