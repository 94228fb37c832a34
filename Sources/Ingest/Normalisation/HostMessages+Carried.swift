internal import EventModel

/// Records of other formats that a message of syslog or of the journal carries.
///
/// A collector writes the lines of many programs into one file; each is handed to the decoder of what it carries,
/// whatever the lines around it are. Which one that is, the text says and not the program's name, which anybody may
/// configure: `CEF:0|`, `type=… msg=audit(…)`, a client with a port and a time in brackets. A record that its decoder
/// cannot read is rejected; an object of JSON that no decoder takes is counted by its program
/// (`EventBatch.unreadRecords`), so that the coverage tells it.
extension HostMessages {
  /// Appends the events of a record of another format; `false`: the message is none.
  func carried(_ batch: inout EventBatch) throws(DecodeError) -> Bool {
    guard let options = work.options else { return false }
    if let start = vendorStart {
      try vendor(start, options, &batch)
      return true
    }
    let message = trimmed(header.message)
    guard let first = message.first.map({ record[$0] }) else { return false }
    switch first {
    case 0x7B: return try object(message, options, &batch)
    // `@cee: {…}`, as syslog-ng and Suricata mark an object.
    case 0x40 where starts("@cee:", message):
      let rest = trimmed(message.lowerBound + 5..<message.upperBound)
      guard let open = rest.first, record[open] == 0x7B else { return false }
      return try object(rest, options, &batch)
    // `type=… msg=audit(…)`, `node=… type=…`, `audit: type=1305 audit(…)`.
    case 0x74, 0x6E, 0x61, 0x5B:
      if try audit(message, &batch) { return true }
    default:
      if header.auditSerial != nil { return try audit(message, &batch) }
    }
    if tagIs("vsftpd") { return fileTransfer(message, &batch) }
    return try line(message, first, options, &batch)
  }

  // MARK: CEF and LEEF

  /// Where `CEF:` or `LEEF:` stands: where a program's name would, at the message's begin, or, where the header names
  /// no program, behind whatever words there are.
  private var vendorStart: Int? {
    for place in [header.tag.lowerBound, header.message.lowerBound, header.host.lowerBound]
    where isVendor(place) {
      return place
    }
    guard header.tag.isEmpty else { return nil }
    let range = header.message.lowerBound..<min(record.count, header.message.lowerBound + 128)
    return (find("CEF:", in: range) ?? find("LEEF:", in: range)).flatMap { isVendor($0) ? $0 : nil }
  }

  /// Whether the message is a record of CEF or LEEF.
  var isVendor: Bool { vendorStart != nil }

  private func isVendor(_ place: Int) -> Bool {
    guard place + 8 < record.count else { return false }
    let digit: Int
    switch record[place] {
    case 0x43 where record.hasPrefix("CEF:", at: place): digit = place + 4
    case 0x4C where record.hasPrefix("LEEF:", at: place): digit = place + 5
    default: return false
    }
    return record[digit] &- 0x30 < 10
      && (record[digit + 1] == 0x7C || record[digit + 1] == 0x2E)
  }

  private func vendor(
    _ start: Int,
    _ options: DecodeOptions,
    _ batch: inout EventBatch
  ) throws(DecodeError) {
    let text = record.slice(start..<record.count)
    do throws(DecodeError) {
      if record[start] == 0x43 {
        let stamp = (header.time, header.isYearless)
        try work.cef(options, &batch).read(text, from: 0, sent: stamp, &batch)
      } else {
        try work.leef(options, &batch).read(text, &batch)
      }
    } catch {
      throw DecodeError(error.reason, at: start + error.offset)
    }
  }

  // MARK: JSON

  private func object(
    _ message: Range<Int>,
    _ options: DecodeOptions,
    _ batch: inout EventBatch
  ) throws(DecodeError) -> Bool {
    // One that is torn is none: what sent it cut it, and its events are not there.
    let text = record.slice(message)
    guard let format = CarriedFormats.format(of: text) else {
      batch.unreadRecords.add(record.slice(header.tag))
      return true
    }
    do throws(DecodeError) {
      try work.take(text, by: format, options, into: &batch)
    } catch {
      throw DecodeError(error.reason, at: message.lowerBound + error.offset)
    }
    return true
  }

  // MARK: Linux' audit

  /// A record of Linux' audit as audisp, the kernel or the journal hand it over.
  ///
  /// The kernel and the journal drop and choose records, so that numbers that are missing there tell nothing.
  private func audit(_ message: Range<Int>, _ batch: inout EventBatch) throws(DecodeError) -> Bool {
    var text = message
    var type: StaticString?
    var rest = 0
    if starts("type=", text) || starts("node=", text) {
      guard find("msg=audit(", in: text) != nil else { return false }
    } else if let serial = header.auditSerial {
      let name = word(from: text.lowerBound, in: text)
      return auditLine(name, stamp: nil, serial, from: name.upperBound, &batch)
    } else {
      if starts("[", text), let close = record.firstIndex(of: 0x5D, in: text) {
        text = trimmed(close + 1..<text.upperBound)
      }
      guard starts("audit: type=", text) else { return false }
      let number = word(from: text.lowerBound + 12, in: text)
      guard starts(" audit(", number.upperBound..<text.upperBound),
        let close = record.firstIndex(of: 0x29, in: number.upperBound..<text.upperBound)
      else { return false }
      type = CarriedFormats.auditType(record.decimal(number) ?? -1)
      rest = min(close + 1, text.upperBound)
      guard let type else { return true }
      return auditLine(
        type,
        stamp: number.upperBound + 7..<close,
        from: rest,
        &batch
      )
    }
    work.scratch.removeAll(keepingCapacity: true)
    nameNode(unless: starts("node=", text))
    work.scratch.append(contentsOf: record.slice(text))
    return work.audit(countsSerials: true, &batch)
  }

  private func nameNode(unless isNamed: Bool) {
    guard !isNamed, !header.host.isEmpty else { return }
    work.scratch.append(contentsOf: "node=".utf8)
    work.scratch.append(contentsOf: record.slice(header.host))
    work.scratch.append(0x20)
  }

  private func auditLine(
    _ type: StaticString,
    stamp: Range<Int>,
    from rest: Int,
    _ batch: inout EventBatch
  ) -> Bool {
    work.scratch.removeAll(keepingCapacity: true)
    nameNode(unless: false)
    work.scratch.append(contentsOf: "type=".utf8)
    work.scratch.append(contentsOf: RecordBytes(type))
    work.scratch.append(contentsOf: " msg=audit(".utf8)
    work.scratch.append(contentsOf: record.slice(stamp))
    work.scratch.append(0x29)
    work.scratch.append(contentsOf: record.slice(rest..<record.count))
    return work.audit(countsSerials: false, &batch)
  }

  /// `CONFIG_CHANGE op=set audit_enabled=0 …`, whose time and number are fields of the journal's entry.
  private func auditLine(
    _ type: Range<Int>,
    stamp: Range<Int>?,
    _ serial: Int64,
    from rest: Int,
    _ batch: inout EventBatch
  ) -> Bool {
    let milliseconds = (header.sourceTime ?? header.time) / 1_000_000
    work.scratch.removeAll(keepingCapacity: true)
    nameNode(unless: false)
    work.scratch.append(contentsOf: "type=".utf8)
    work.scratch.append(contentsOf: record.slice(type))
    work.scratch.append(contentsOf: " msg=audit(\(milliseconds / 1000).".utf8)
    let decimals = String(1000 + milliseconds % 1000).utf8.dropFirst()
    work.scratch.append(contentsOf: decimals)
    work.scratch.append(contentsOf: ":\(serial)):".utf8)
    work.scratch.append(contentsOf: record.slice(rest..<header.message.upperBound))
    return work.audit(countsSerials: false, &batch)
  }

  // MARK: Lines of proxies and of FTP

  /// `[ito] OK DOWNLOAD: Client "192.0.2.7", "/out/a.csv", 612000 bytes, …`: vsftpd's line without its time.
  private func fileTransfer(_ message: Range<Int>, _ batch: inout EventBatch) -> Bool {
    let text = record.slice(message)
    guard var row = try? VsftpdLog.event(text, from: 0, at: header.time, &batch.names) else {
      return false
    }
    if header.isYearless { row.flags.insert(.yearless) }
    batch.rows.append(row)
    return true
  }

  private func line(
    _ message: Range<Int>,
    _ first: UInt8,
    _ options: DecodeOptions,
    _ batch: inout EventBatch
  ) throws(DecodeError) -> Bool {
    let start = word(from: message.lowerBound, in: message)
    let text = record.slice(message)
    // `192.0.2.7:5555 [23/Nov/2026:17:33:09.157] …`
    if starts(" [", start.upperBound..<message.upperBound),
      let colon = record[start].lastIndex(of: 0x3A),
      record.decimal(colon + 1..<start.upperBound) != nil
    {
      let lines = work.lines(options.zone)
      do throws(DecodeError) {
        if let row = try HAProxy.read(text, &lines.work, &batch.names) { batch.rows.append(row) }
      } catch {
        guard tagIs("haproxy") else { return false }
        throw DecodeError(error.reason, at: message.lowerBound + error.offset)
      }
      return true
    }
    // `1795422789.157      3 192.0.2.7 TCP_MISS/200 …`
    guard first &- 0x30 < 10, start.count > 11, record[start.lowerBound + 10] == 0x2E else {
      return false
    }
    let lines = work.lines(options.zone)
    guard let row = try? Squid.read(text, &lines.work, &batch.names) else { return false }
    batch.rows.append(row)
    return true
  }
}

/// The formats of JSON objects that messages carry, and how they are told.
enum CarriedFormats {
  private struct Kind: Sendable {
    let format: any LogFormat.Type
    /// Keys in quotes, all of one of which a text must hold.
    let keys: [[[UInt8]]]
    let isOne: @Sendable (RecordBytes) -> Bool

    func mayBe(_ text: RecordBytes) -> Bool {
      keys.contains { $0.allSatisfy { text.holds($0) } }
    }
  }

  /// In order of name; the first that takes a text has it.
  private static let kinds: [Kind] = {
    func quoted(_ names: [String]) -> [[UInt8]] { names.map { Array("\"\($0)\"".utf8) } }
    var kinds = FormatRegistry.all.compactMap { format -> Kind? in
      guard let mapped = format as? any MappedJSON.Type else { return nil }
      let keys = mapped.map.signatures.map { quoted($0.names) }
      return Kind(format: format, keys: keys) { mapped.isOne($0) }
    }
    kinds.append(
      Kind(
        format: MySQLAudit.self,
        keys: [quoted(["audit_record"]), quoted(["timestamp", "class", "event"])]
      ) { MySQLAudit.isOne($0) }
    )
    kinds.append(
      Kind(format: NginxJSON.self, keys: [quoted(["status"])]) { text in
        let bytes = Array(text)
        return NginxJSON.probe(bytes.span).likelihood == .certain
      }
    )
    return kinds
  }()

  /// The format of an object; `nil`: none takes it.
  static func format(of text: RecordBytes) -> (any LogFormat.Type)? {
    kinds.first { $0.mayBe(text) && $0.isOne(text) }?.format
  }

  /// The name of a record's type that the kernel writes by its number.
  ///
  /// Source: Linux, include/uapi/linux/audit.h; audit-userspace, lib/msg_typetab.h.
  static func auditType(_ number: Int64) -> StaticString? {
    switch number {
    case 1100: "USER_AUTH"
    case 1112: "USER_LOGIN"
    case 1113: "USER_LOGOUT"
    case 1123: "USER_CMD"
    case 1130: "SERVICE_START"
    case 1131: "SERVICE_STOP"
    case 1200: "DAEMON_START"
    case 1201: "DAEMON_END"
    case 1202: "DAEMON_ABORT"
    case 1203: "DAEMON_CONFIG"
    case 1205: "DAEMON_ROTATE"
    case 1206: "DAEMON_RESUME"
    case 1209: "DAEMON_ERR"
    case 1300: "SYSCALL"
    case 1302: "PATH"
    case 1305: "CONFIG_CHANGE"
    case 1309: "EXECVE"
    case 1332: "TIME_INJOFFSET"
    default: nil
    }
  }
}
