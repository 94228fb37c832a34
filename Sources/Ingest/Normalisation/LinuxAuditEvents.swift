internal import EventModel

/// The event that one record of Linux' audit tells, or its part of it.
struct LinuxAuditEvents {
  private let record: LinuxAuditRecord
  private(set) var account = NameID.none
  private(set) var host: NameID

  private enum Call { case execute, open, change, clock }

  init(_ record: LinuxAuditRecord, batch: borrowing EventBatch) {
    self.record = record
    host = .none
  }

  mutating func read(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    host = batch.names.internOften(record.node)
    switch true {
    case isType("SYSCALL"): call(&arena, &batch)
    case isType("EXECVE"): arguments(&arena, &batch)
    case isType("PATH"): path(&arena, &batch)
    case isType("CWD"): folder(&arena, &batch)
    case isType("USER_CMD"): command(&arena, &batch)
    case isType("USER_LOGIN"): logon(&arena, &batch)
    case isType("USER_AUTH"):
      if isRefused { logon(&arena, &batch) }
    case isType("USER_LOGOUT"):
      name(&batch, by: "acct", &arena)
      append(.logoff, terminal: peer(&batch), to: &batch)
    default: audit(&arena, &batch)
    }
  }

  // MARK: The kernel's records

  private mutating func call(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    name(&batch, by: nil, &arena)
    guard let call = self.call else { return }
    // What no logon led to, a daemon's or a timer's, is its own account's.
    if call == .open, account == .none { nameEffective(&batch) }
    let comm = record.text("comm", &arena)
    var row = row(of: .other, &batch)
    switch call {
    case .execute:
      let tool = HostCommand.baseName(record.text("exe", &arena))
      guard HostCommand.isTool(tool) || HostCommand.isTool(comm) else { return }
      row.program = batch.names.internOften(HostCommand.isTool(tool) ? tool : comm)
    case .open:
      row.operation = isWritten ? .write : .read
      row.program = batch.names.internOften(comm)
    case .change:
      row.operation = .write
      row.program = batch.names.internOften(comm)
    case .clock:
      row.operation = .audit
      row.program = batch.names.internOften(comm)
      row.object = batch.names.internOften(RecordBytes(HostCommand.Effect.clock))
    }
    if record.word("success").hasPrefix("no") {
      row.outcome = .failure
      if row.operation.returnsRecords { (row.operation, row.volume) = (.other, .none) }
    }
    row.statement = record.statement
    batch.rows.append(row)
  }

  /// By the name that auditd has looked up, else by the number on Intel, of 64 bits and of 32, and 64-bit Arm.
  private var call: Call? {
    let name = record.word("SYSCALL")
    if name.count > 0 {
      func isOne(of names: StaticString...) -> Bool {
        names.contains { name.equals($0, in: 0..<name.count) }
      }
      if isOne(of: "execve", "execveat") { return .execute }
      if isOne(of: "open", "openat", "openat2", "creat") { return .open }
      if isOne(of: "unlink", "unlinkat", "rename", "renameat", "renameat2", "truncate", "ftruncate")
      {
        return .change
      }
      return isOne(of: "settimeofday", "clock_settime", "stime") ? .clock : nil
    }
    let digits = record.word("syscall")
    guard let number = digits.decimal(0..<digits.count) else { return nil }
    if record.word("arch").hasPrefix("c000003e") {
      switch number {
      case 59, 322: return .execute
      case 2, 85, 257, 437: return .open
      case 76, 77, 82, 87, 263, 264, 316: return .change
      case 164, 227: return .clock
      default: return nil
      }
    }
    if isOf32Bits {
      switch number {
      case 11, 358: return .execute
      case 5, 8, 295, 437: return .open
      case 10, 38, 92, 93, 193, 194, 301, 302, 353: return .change
      case 25, 79, 264, 404: return .clock
      default: return nil
      }
    }
    guard record.word("arch").hasPrefix("c00000b7") else { return nil }
    switch number {
    case 221, 281: return .execute
    case 56, 437: return .open
    case 35, 38, 45, 46, 276: return .change
    case 112, 170: return .clock
    default: return nil
    }
  }

  private var isOf32Bits: Bool { record.word("arch").hasPrefix("40000003") }

  /// Whether the flags of an open ask for more than reading: its second argument, of `openat` the third.
  private var isWritten: Bool {
    let name = record.word("SYSCALL")
    let number = record.word("syscall")
    let isPlain =
      name.equals("open", in: 0..<name.count)
      || name.isEmpty && number.equals(isOf32Bits ? "5" : "2", in: 0..<number.count)
    let flags = isPlain ? record.word("a1") : record.word("a2")
    guard let last = flags.last else { return false }
    return [0x31, 0x32, 0x33, 0x35, 0x36, 0x37, 0x39, 0x61, 0x62, 0x64, 0x65, 0x66].contains(last)
  }

  private mutating func arguments(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    guard let words = self.words(&arena), let command = HostCommand.read(words) else { return }
    var row = row(of: command.operation, &batch)
    row.statement = record.statement
    row.flags.insert(.continuation)
    tell(command, words, &row, &batch)
    batch.rows.append(row)
  }

  private func words(_ arena: inout ByteArena) -> [RecordBytes]? {
    let digits = record.word("argc")
    guard let count = digits.decimal(0..<digits.count), count > 0 else { return nil }
    var words: [RecordBytes] = []
    // One walk over the record: arguments stand in order, each behind a space.
    var place = record.body
    let bytes = record.bytes
    while place < bytes.count, words.count < Int(min(count, 64)) {
      guard let space = bytes.firstIndex(of: 0x20, in: place..<bytes.count) else { break }
      place = space + 1
      guard place < bytes.count, bytes[place] == 0x61,
        let equals = bytes.firstIndex(of: 0x3D, in: place..<min(bytes.count, place + 8)),
        isArgument(words.count, place + 1..<equals)
      else { continue }
      var end = equals + 1
      if end < bytes.count, bytes[end] == 0x22 {
        end = bytes.firstIndex(of: 0x22, in: end + 1..<bytes.count).map { $0 + 1 } ?? bytes.count
      } else {
        while end < bytes.count, bytes[end] != 0x20, bytes[end] != 0x1D { end += 1 }
      }
      words.append(LinuxAuditRecord.plain(bytes.slice(equals + 1..<end), &arena))
      place = end
    }
    return words.isEmpty ? nil : words
  }

  /// Whether a name, without its `a`, is that of an argument: `2`, or `2[0]` of one in several pieces.
  private func isArgument(_ number: Int, _ name: Range<Int>) -> Bool {
    let isPiece = name.count > 3 && record.bytes.hasPrefix("[0]", at: name.upperBound - 3)
    let digits = name.lowerBound..<name.upperBound - (isPiece ? 3 : 0)
    return record.bytes.decimal(digits) == Int64(number)
  }

  private mutating func path(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    let path = record.text("name", &arena)
    let programs: [StaticString] = [
      "/usr/", "/bin/", "/sbin/", "/lib", "/etc/ld.so", "/proc/", "/sys/", "/dev/",
    ]
    guard path.count > 0, !programs.contains(where: { path.hasPrefix($0) }),
      !record.word("nametype").hasPrefix("PARENT")
    else { return }
    var row = row(of: .other, &batch)
    row.statement = record.statement
    row.flags.insert(.continuation)
    row.object = batch.names.internOften(path)
    batch.rows.append(row)
  }

  /// Where the names of the event's files begin that state no folder.
  private mutating func folder(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    let folder = record.text("cwd", &arena)
    guard folder.first == 0x2F, !folder.contains(EventRow.objectSeparator) else { return }
    var row = row(of: .other, &batch)
    row.statement = record.statement
    row.flags.insert(.continuation)
    let marked = [EventRow.folderMark] + folder
    row.object = marked.withUnsafeBufferPointer { batch.names.internOften($0) }
    batch.rows.append(row)
  }

  // MARK: Records of programs

  private mutating func command(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    // Whoever logged on, before the account that is acted as.
    name(&batch, by: nil, &arena)
    if account == .none { name(&batch, by: "acct", &arena) }
    let line = record.text("cmd", &arena)
    let words = line.split(separator: 0x20).map { RecordBytes(rebasing: $0) }
    var row = row(of: .privilege, &batch)
    row.outcome = isRefused ? .failure : .success
    let sudo = HostCommand.baseName(record.text("exe", &arena))
    row.program = batch.names.internOften(sudo)
    if let first = words.first { row.object = batch.names.internOften(first) }
    batch.rows.append(row)
    guard !isRefused, let command = HostCommand.read(words), let first = words.first else { return }
    row.operation = command.operation
    row.object = .none
    row.program = batch.names.internOften(HostCommand.baseName(first))
    tell(command, words, &row, &batch)
    batch.rows.append(row)
  }

  private mutating func logon(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    name(&batch, by: "acct", &arena)
    let peer = peer(&batch)
    append(isRefused ? .logonFailure : .logon, terminal: peer, to: &batch)
    // Whose machine was logged on to.
    if !isRefused, peer != host { batch.rows[batch.rows.count - 1].destination = host }
  }

  /// What the audit says of itself, and what else touches clock or log.
  private mutating func audit(_ arena: inout ByteArena, _ batch: inout EventBatch) {
    var effect: StaticString?
    if isType("DAEMON_START") || isType("DAEMON_RESUME") {
      effect = HostCommand.Effect.started
    } else if isType("DAEMON_END") || isType("DAEMON_ABORT") || isType("DAEMON_ERR") {
      effect = HostCommand.Effect.stopped
    } else if isType("DAEMON_ROTATE") {
      effect = HostCommand.Effect.rotated
    } else if isType("DAEMON_CONFIG") || isType("CONFIG_CHANGE") {
      let isOff = record.word("audit_enabled").hasPrefix("0")
      let isRemoved = record.word("op").hasPrefix("remove_rule")
      effect =
        isOff
        ? HostCommand.Effect.stopped : isRemoved ? HostCommand.Effect.configured : nil
    } else if isType("TIME_INJOFFSET") {
      effect = HostCommand.Effect.clock
    } else if isType("SERVICE_STOP") || isType("SERVICE_START") {
      let unit = record.word("unit")
      if let command = HostCommand.read(Self.systemctl(stops: isType("SERVICE_STOP"), unit)) {
        effect = command.effect
      }
    }
    guard let effect else { return }
    name(&batch, by: nil, &arena)
    var row = row(of: .audit, &batch)
    row.outcome = .success
    row.program = batch.names.intern(isType("SERVICE_STOP") ? "systemd" : "auditd")
    row.object = batch.names.internOften(RecordBytes(effect))
    batch.rows.append(row)
  }

  private static func systemctl(stops: Bool, _ unit: RecordBytes) -> [RecordBytes] {
    let verb: StaticString = stops ? "stop" : "start"
    return [RecordBytes("systemctl"), RecordBytes(verb), unit]
  }

  // MARK: Rows

  private func isType(_ word: StaticString) -> Bool {
    record.type.equals(word, in: 0..<record.type.count)
  }

  private var isRefused: Bool {
    let result = record.word("res")
    return result.hasPrefix("failed") || result.equals("0", in: 0..<result.count)
  }

  /// Who acts: whoever logged on; of programs' records else the account they name.
  private mutating func name(
    _ batch: inout EventBatch,
    by key: StaticString?,
    _ arena: inout ByteArena
  ) {
    let enriched = record.word("AUID")
    if !enriched.isEmpty {
      account = batch.names.internOften(enriched)
      return
    }
    let isNamed = record.raw("AUID") != nil
    let number = isNamed ? record.bytes.slice(0..<0) : record.word("auid")
    if let key {
      let text = record.text(key, &arena)
      if !text.isEmpty {
        account = batch.names.internOften(text)
        return
      }
    }
    account = batch.names.internOften(number)
  }

  /// Who acts where nobody logged on.
  private mutating func nameEffective(_ batch: inout EventBatch) {
    let enriched = record.word("UID")
    account = batch.names.internOften(enriched.isEmpty ? record.word("uid") : enriched)
  }

  private func peer(_ batch: inout EventBatch) -> NameID {
    let address = record.word("addr")
    return address.isEmpty ? host : batch.names.internOften(address)
  }

  private func row(of operation: Operation, _ batch: inout EventBatch) -> EventRow {
    var row = EventRow(time: record.time)
    row.operation = operation
    row.account = account
    row.terminal = host
    row.outcome = .success
    return row
  }

  private func append(_ operation: Operation, terminal: NameID, to batch: inout EventBatch) {
    var row = row(of: operation, &batch)
    row.terminal = terminal
    if operation == .logonFailure { row.outcome = .failure }
    batch.rows.append(row)
  }

  private func tell(
    _ command: HostCommand,
    _ words: [RecordBytes],
    _ row: inout EventRow,
    _ batch: inout EventBatch
  ) {
    if command.effect.utf8CodeUnitCount > 0 {
      row.object = batch.names.internOften(RecordBytes(command.effect))
    }
    if let place = command.destination, place < words.count {
      row.destination = batch.names.internOften(words[place])
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The bytes of a literal.
  init(_ text: StaticString) {
    self.init(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
