internal import CScan
public import EventModel

/// The raw log of Linux' audit daemon, plain or enriched, of one host or gathered from several.
///
///     node=pc03 type=SYSCALL msg=audit(1711930354.123:5021): arch=c000003e syscall=59 success=yes … auid=1005 … exe="/usr/bin/7z" key="exec"
///     node=pc03 type=EXECVE msg=audit(1711930354.123:5021): argc=3 a0="7z" a1="a" a2="/tmp/x.7z"
///
/// Records with one time and serial are one event and may stand apart; each becomes a row of that
/// event, and the rows are joined as those of a statement are: by host, serial and time, which each of them
/// states. So neither an EOE record nor a time-out ends an event; one that comes late still belongs to it. Of what is executed only programs that
/// pack, copy away, or touch clock and audit become rows; of the files only those that are no programs
/// and libraries; one that states no folder lies in that of the event's CWD record. The acting account is the one that logged on (`auid`), by its name where auditd has
/// looked it up (`log_format = ENRICHED`), else by its number; whoever never logged on has none, but
/// for what it opens: that is the account's as which it runs (`uid`).
/// Serials are counted by the kernel, one an event: a gap is an event that is not there. The daemon's
/// own records (`DAEMON_…`) count for themselves.
///
/// Source: Linux kernel, kernel/audit.c and auditsc.c; audit-userspace, lib/msg_typetab.h; auditd.conf(5).
public struct LinuxAudit: LogFormat {
  public static let name = "linux-audit"
  public static let summary = "Linux audit daemon (auditd), raw or enriched"

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let count = ProbeSample.count(sample) { LinuxAuditRecord($0) != nil }
    return count.result(
      "\(count.matched) of \(count.total) lines have type=… msg=audit(seconds:serial)"
    )
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var arena = ByteArena(capacity: RecordFramer.longestRecord)
    let fields = LinuxAuditFields()
    // Records name it without holding it.
    withExtendedLifetime(fields) {
      RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        guard let header = LinuxAuditRecord(record, fields) else {
          throw DecodeError(.notThisFormat, at: 0)
        }
        batch.noteTime(header.time)
        Self.read(header, &arena, countsSerials: true, &batch)
      }
    }
  }

  /// Appends the row of a record and, where its log has them all, counts its number.
  static func read(
    _ record: LinuxAuditRecord,
    _ arena: inout ByteArena,
    countsSerials: Bool,
    _ batch: inout EventBatch
  ) {
    arena.removeAll()
    var reader = LinuxAuditEvents(record, batch: batch)
    reader.read(&arena, &batch)
    guard countsSerials else { return }
    let isDaemon = record.type.hasPrefix("DAEMON_")
    batch.serials.note(
      session: record.session,
      number: record.serial,
      time: record.time,
      account: reader.account,
      terminal: reader.host,
      counter: isDaemon ? .strays : .events
    )
  }
}

/// One line: its header and its fields.
struct LinuxAuditRecord {
  var bytes: RecordBytes
  var time: Int64
  var serial: Int64
  /// Empty: not stated.
  var node: RecordBytes
  var type: RecordBytes
  /// From behind the header on.
  var body: Int
  /// Where its fields stand, for whoever asks for many.
  private unowned(unsafe) var fields: LinuxAuditFields?

  /// `nil`: no line of this format.
  init?(_ bytes: RecordBytes, _ fields: LinuxAuditFields? = nil) {
    self.bytes = bytes
    self.fields = fields
    fields?.clear()
    var place = 0
    node = bytes.slice(0..<0)
    if bytes.hasPrefix("node=") {
      guard let end = bytes.seek(0x20, from: 5) else { return nil }
      node = bytes.slice(5..<end)
      place = end + 1
    }
    guard bytes.hasPrefix("type=", at: place),
      let typeEnd = bytes.seek(0x20, from: place + 5),
      bytes.hasPrefix("msg=audit(", at: typeEnd + 1)
    else { return nil }
    type = bytes.slice(place + 5..<typeEnd)
    let start = typeEnd + 11
    guard let dot = bytes.firstIndex(of: 0x2E, in: start..<min(bytes.count, start + 12)),
      dot + 4 < bytes.count, bytes[dot + 4] == 0x3A,
      let seconds = bytes.decimal(start..<dot), seconds < 9_000_000_000,
      let thousandths = bytes.decimal(dot + 1..<dot + 4),
      let close = bytes.firstIndex(of: 0x29, in: dot + 5..<min(bytes.count, dot + 26)),
      let serial = bytes.decimal(dot + 5..<close)
    else { return nil }
    time = seconds * Timestamp.nanosecondsPerSecond + thousandths * 1_000_000
    self.serial = serial
    body = min(bytes.count, close + 1)
  }

  /// Hash of the host, whose kernel counts the serials.
  var session: UInt64 {
    node.baseAddress.map { cscan_digest($0, node.count) } ?? 0
  }

  /// Key of the event; never 0.
  var statement: UInt64 {
    let mixed = cscan_mix(
      session ^ 0x6A09_E667_F3BC_C908,
      UInt64(bitPattern: serial) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: time)
    )
    return mixed == 0 ? 1 : mixed
  }

  /// The value of a field as it is written, quotes and all; `nil`: not there.
  ///
  /// A field begins behind a space, the quote of `msg='…'`, or the byte that parts what auditd looked
  /// up from what the kernel wrote.
  func raw(_ key: StaticString) -> RecordBytes? {
    if let fields { return fields.value(of: key, in: bytes, from: body).map { value(from: $0) } }
    let length = key.utf8CodeUnitCount
    var place = body
    while place < bytes.count,
      let hit = bytes.firstIndex(of: 0x3D, or: 0x22, in: place..<bytes.count)
    {
      place = hit + 1
      if bytes[hit] == 0x22 {
        // A value between quotes holds no field.
        guard place < bytes.count,
          let end = bytes.firstIndex(of: 0x22, in: place..<bytes.count)
        else { return nil }
        place = end + 1
      } else if hit - length > body, Self.parts(bytes[hit - length - 1]),
        bytes.hasPrefix(key, at: hit - length)
      {
        return value(from: hit + 1)
      }
    }
    return nil
  }

  private static func parts(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x27 || byte == 0x1D }

  private func value(from start: Int) -> RecordBytes {
    if start < bytes.count, bytes[start] == 0x22 {
      let end = bytes.seek(0x22, from: start + 1) ?? bytes.count - 1
      return bytes.slice(start..<max(start + 1, end + 1))
    }
    var end = start
    while end < bytes.count, bytes[end] != 0x20, bytes[end] != 0x1D, bytes[end] != 0x27 { end += 1 }
    return bytes.slice(start..<end)
  }

  /// A text that is quoted, or hexadecimal where it holds blanks, quotes or other bytes; empty: not
  /// stated.
  func text(_ key: StaticString, _ arena: inout ByteArena) -> RecordBytes {
    raw(key).map { Self.plain($0, &arena) } ?? bytes.slice(0..<0)
  }

  /// A word that auditd has looked up or the kernel wrote; empty: not stated or not set.
  func word(_ key: StaticString) -> RecordBytes {
    guard var value = raw(key) else { return bytes.slice(0..<0) }
    if value.count >= 2, value[0] == 0x22 { value = value.slice(1..<value.count - 1) }
    return Self.isNothing(value) ? bytes.slice(0..<0) : value
  }

  private static func isNothing(_ value: RecordBytes) -> Bool {
    func `is`(_ word: StaticString) -> Bool { value.equals(word, in: 0..<value.count) }
    return switch value.first {
    case 0x3F: `is`("?")
    case 0x28: `is`("(null)") || `is`("(none)")
    case 0x75: `is`("unset")
    case 0x34: `is`("4294967295")
    case 0x2D: `is`("-1")
    default: false
    }
  }

  static func plain(_ value: RecordBytes, _ arena: inout ByteArena) -> RecordBytes {
    if value.count >= 2, value[0] == 0x22 { return value.slice(1..<value.count - 1) }
    if value.equals("(null)", in: 0..<value.count) || value.equals("?", in: 0..<value.count) {
      return value.slice(0..<0)
    }
    guard value.count >= 2, value.count.isMultiple(of: 2) else { return value }
    let decoded = arena.write(atMost: value.count / 2) { room in
      for index in 0..<room.count {
        guard let high = digit(value[2 * index]), let low = digit(value[2 * index + 1]) else {
          return nil
        }
        room[index] = high << 4 | low
      }
      return room.count
    }
    return decoded ?? value
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
