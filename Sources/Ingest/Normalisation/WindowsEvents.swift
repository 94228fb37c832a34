internal import EventModel

/// What events of Windows' logs tell: the numbers of Security and System that touch persons, files,
/// devices, and the audit.
///
/// Their text comes as JSON or XML in several shapes; the names of their data are the same.
///
/// Sources: Microsoft, "Appendix L: Events to Monitor" and the pages of the single events.
enum WindowsEvents {
  private static func data(_ names: [String]) -> [String] {
    names.flatMap { ["Event.EventData.\($0)", "winlog.event_data.\($0)", "EventData.\($0)", $0] }
  }

  /// Where the one who cleared a log is named.
  private static let clearing = [
    "Event.UserData.LogFileCleared", "UserData.LogFileCleared", "winlog.user_data",
    "winlog.user_data.LogFileCleared",
  ]

  private static func system(_ names: [String]) -> [String] {
    names.flatMap { ["Event.System.\($0)", "System.\($0)", $0] }
  }

  /// Columns that are lent for what a row has no place for are cleared again by `finish`.
  static let map: EventMap = {
    var map = EventMap(
      signatures: [
        ["Event"], ["EventID", "Channel"], ["EventID", "EventData"], ["winlog", "@timestamp"],
        ["System", "EventData"],
      ],
      columns: [
        (
          .time,
          ["@timestamp"]
            + system(["TimeCreated.#attributes.SystemTime", "TimeCreated.@SystemTime"])
            + system(["TimeCreated.SystemTime", "TimeCreated", "SystemTime", "EventTime"])
        ),
        // An object where it has qualifiers.
        (.operation, ["winlog.event_id"] + system(["EventID.#text", "EventID"]) + ["event_id"]),
        (.account, data(["SubjectUserName"]) + clearing.map { "\($0).SubjectUserName" }),
        // The account that is logged on, or acted on.
        (.subject, data(["TargetUserName"])),
        (
          .terminal,
          ["winlog.computer_name"] + system(["Computer"]) + ["Hostname", "computer_name"]
        ),
        (.ticket, data(["IpAddress", "ClientAddress", "WorkstationName"])),
        (.object, data(["RelativeTargetName", "ObjectName", "DeviceDescription", "ShareName"])),
        (.program, data(["NewProcessName", "ProcessName"])),
        (.destination, data(["CommandLine"])),
        // What was asked of a file, as bits.
        (.position, data(["AccessMask"])),
        // How somebody logged on.
        (.records, data(["LogonType"])),
        (.outcome, ["winlog.keywords"] + system(["Keywords"]) + ["EventType"]),
        (.owner, data(["ObjectType"])),
      ]
    )
    map.successes = [
      "0x8020000000000000", "AUDIT_SUCCESS", "Audit Success", "-9214364837600034816",
    ]
    map.failures = ["0x8010000000000000", "AUDIT_FAILURE", "Audit Failure", "-9218868437227405312"]
    map.unknown = ["-"]
    map.otherwise = .other
    map.lent = [.subject, .position, .records]
    return map
  }()

  static func finish(_ event: MappedEvent, _ row: inout EventRow, _ names: inout NameTable) {
    let peer = row.ticket
    let command = row.destination
    let kind = event.value(.owner)?.bytes
    (row.ticket, row.destination, row.owner) = (.none, .none, .none)
    (row.subject, row.begins, row.continues) = (0, 0, 0)
    row.volume = .unknown
    let number = event.value(.operation).flatMap { $0.bytes.decimal(0..<$0.count) } ?? 0
    switch number {
    case 4624, 4625, 4634, 4647: logon(number, event, peer, &row, &names)
    case 4663, 5145: file(number, event, kind, peer, &row)
    case 4688: process(command, &row, &names)
    case 6416: device(&row)
    case 4648: row.operation = .privilege
    case 1102, 104, 1100, 1101, 4719, 4616, 4906, 4907, 1104, 1105, 6005, 6006:
      audit(number, &row, &names)
    default: row.object = .none
    }
  }

  private static func logon(
    _ number: Int64,
    _ event: MappedEvent,
    _ peer: NameID,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    if let target = event.value(.subject) { row.account = names.internOften(target.bytes) }
    row.object = .none
    switch number {
    case 4624: (row.operation, row.outcome) = (.logon, .success)
    case 4625: (row.operation, row.outcome) = (.logonFailure, .failure)
    default: (row.operation, row.outcome) = (.logoff, .success)
    }
    // A service, or the system itself, is nobody at a terminal.
    let type = event.value(.records).flatMap { $0.bytes.decimal(0..<$0.count) }
    if type == 0 || type == 5 { row.operation = .other }
    guard peer != .none, row.operation != .logoff else { return }
    if row.operation == .logon, peer != row.terminal { row.destination = row.terminal }
    row.terminal = peer
  }

  private static func file(
    _ number: Int64,
    _ event: MappedEvent,
    _ kind: RecordBytes?,
    _ peer: NameID,
    _ row: inout EventRow
  ) {
    if number == 5145, peer != .none { row.terminal = peer }
    if let kind, !kind.equals("File", in: 0..<kind.count) { return }
    let mask = event.value(.position).map { bits($0.bytes) } ?? 0
    // FILE_READ_DATA; FILE_WRITE_DATA, FILE_APPEND_DATA and DELETE.
    if mask & 0x1_0006 != 0 {
      row.operation = .write
    } else if mask & 1 != 0, row.outcome != .failure {
      row.operation = .read
    }
  }

  private static func bits(_ text: RecordBytes) -> UInt64 {
    var value: UInt64 = 0
    let isHex = text.hasPrefix("0x")
    for byte in text.dropFirst(isHex ? 2 : 0) {
      switch byte {
      case 0x30...0x39: value = value &* (isHex ? 16 : 10) &+ UInt64(byte &- 0x30)
      case 0x41...0x46 where isHex, 0x61...0x66 where isHex:
        value = value &* 16 &+ UInt64((byte | 0x20) &- 0x57)
      default: return 0
      }
    }
    return value
  }

  /// A program that packs, copies away, or touches the audit, by its command line where that is
  /// logged.
  private static func process(
    _ command: NameID,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {
    row.object = .none
    var line = names.bytes(of: command == .none ? row.program : command)
    // `"C:\Program Files\7-Zip\7z.exe" a …`: the program's name alone, without ending.
    let isQuoted = line.first == 0x22
    let stop = isQuoted ? line.dropFirst().firstIndex(of: 0x22) : line.firstIndex(of: 0x20)
    let path = line[(isQuoted ? 1 : 0)..<max(isQuoted ? 1 : 0, stop ?? line.count)]
    var tool = path[((path.lastIndex(of: 0x5C) ?? path.startIndex - 1) + 1)...].map {
      0x41...0x5A ~= $0 ? $0 | 0x20 : $0
    }
    if tool.suffix(4).elementsEqual(".exe".utf8) { tool.removeLast(4) }
    let rest = line[min(line.count, (stop ?? line.count) + (isQuoted ? 1 : 0))...]
    line = tool + rest
    let clears = tool.elementsEqual("wevtutil".utf8) && rest.starts(with: " cl ".utf8)
    line.withUnsafeBufferPointer { text in
      let words = text.split(separator: 0x20).map { word -> RecordBytes in
        let word = RecordBytes(rebasing: word)
        let isQuoted = word.count > 1 && word.first == 0x22 && word.last == 0x22
        return isQuoted ? word.slice(1..<word.count - 1) : word
      }
      if let first = words.first { row.program = names.intern(first) }
      if clears {
        row.operation = .audit
        row.object = names.intern(RecordBytes(HostCommand.Effect.cleared))
      } else if let found = HostCommand.read(words) {
        row.operation = found.operation
        if found.effect.utf8CodeUnitCount > 0 {
          row.object = names.intern(RecordBytes(found.effect))
        }
        if let place = found.destination, place < words.count {
          row.destination = names.intern(words[place])
        }
      }
    }
  }

  private static func device(_ row: inout EventRow) {
    row.operation = .device
    (row.destination, row.object) = (row.object, .none)
    row.outcome = .success
  }

  private static func audit(_ number: Int64, _ row: inout EventRow, _ names: inout NameTable) {
    row.operation = .audit
    row.outcome = .success
    let effect =
      switch number {
      case 1102, 104: HostCommand.Effect.cleared
      case 1100, 6006: HostCommand.Effect.stopped
      case 6005: HostCommand.Effect.started
      case 1104, 1105: HostCommand.Effect.rotated
      case 4616: HostCommand.Effect.clock
      default: HostCommand.Effect.configured
      }
    row.object = names.intern(RecordBytes(effect))
  }
}
