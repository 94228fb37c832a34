/// Answers that are over become records.
extension MySQL {
  /// A result is over; another may follow.
  func endResult(status: Int, _ time: Int64, _ log: inout WireLog) {
    guard !pending.isEmpty else { return }
    let hasMore = status & 8 != 0
    guard hasMore else {
      // A cursor that is not at its end goes on with the next FETCH.
      endCommand(nil, isSuccess: true, time, &log)
      return
    }
    awaited = .first
    guard pending[0].part + 1 < pending[0].parts.count else { return }
    tell(pending[0], nil, isSuccess: true, time, &log)
    pending[0].part += 1
    pending[0].bytes = 0
    pending[0].missing = 0
    answer = Answer()
  }

  /// The first of the pending commands is over.
  func endCommand(_ status: [UInt8]?, isSuccess: Bool?, _ time: Int64, _ log: inout WireLog) {
    guard !pending.isEmpty else { return }
    let command = pending.removeFirst()
    heldText = max(0, heldText - (command.text?.bytes.count ?? 0))
    tell(command, status, isSuccess: isSuccess, time, &log)
    answer = Answer()
    expectAnswer()
  }

  private func tell(
    _ command: Command,
    _ status: [UInt8]?,
    isSuccess: Bool?,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard let name = Self.operation(command.code, isSuccess: isSuccess) else { return }
    let text = command.current
    var record = WireRecord(.statement, start: min(command.start, time), time: time)
    record.isSuccess = isSuccess
    record.status = status
    record.bytesToServer = command.bytes == 0 && command.text == nil ? nil : command.bytes
    record.bytesToClient = answer.bytes
    record.missing = answer.missing + command.missing
    record.operation = name
    record.text = text?.bytes
    record.isTextCut = text?.isCut ?? false
    if let affected = answer.affected, !answer.hasRows {
      record.details.append(("affected", Array("\(affected)".utf8)))
    }
    if let file = answer.fileName {
      record.object = file
      record.rowsToServer = answer.fileLines
    }
    let isQuery = name.isEmpty
    if isQuery {
      let words = text.map { SQLText.words($0.bytes, .mysql, limit: 4) } ?? []
      record.operation = words.first ?? (answer.hasRows || answer.rows > 0 ? Array("QUERY") : nil)
      if answer.hasBegun || isSuccess != nil {
        record.rows = answer.rows
        record.isRowsAtLeast = answer.isAtLeast || isSuccess == nil
      }
      follow(text, words, isSuccess, &record)
    } else if command.code == 2, isSuccess == true {
      database = text?.bytes
    }
    write(record, &log)
  }

  /// What a command is called where it is no statement; empty for one, `nil` for what takes nothing.
  private static func operation(_ code: UInt8, isSuccess: Bool?) -> [UInt8]? {
    switch code {
    case 0x03, 0x17, 0x1C, 0xFA: []
    case 0x16: isSuccess == false ? [] : nil
    case 0x02: Array("INIT_DB")
    case 0x04: Array("FIELD_LIST")
    case 0x05: Array("CREATE_DB")
    case 0x06: Array("DROP_DB")
    case 0x0C: Array("KILL")
    case 0x12, 0x1E: Array("BINLOG_DUMP")
    default: nil
    }
  }

  /// Remembers what statements stand for that are prepared in SQL, and the database that was changed to.
  private func follow(
    _ text: WireText?,
    _ words: [[UInt8]],
    _ isSuccess: Bool?,
    _ record: inout WireRecord
  ) {
    guard let text, let verb = words.first else { return }
    switch true {
    case verb.isText("USE") && isSuccess == true:
      var name = Array(text.bytes.trimmed.dropFirst(3)).trimmed
      while let last = name.last, last == 0x3B || last <= 0x20 { name.removeLast() }
      if name.count > 2, name.first == 0x60, name.last == 0x60 {
        name = Array(name.dropFirst().dropLast())
      }
      database = name
    case verb.isText("PREPARE"):
      if words.count > 1, isSuccess == true { declared.set(words[1], text) }
    case verb.isText("EXECUTE"):
      if words.count > 1, let of = declared[words[1]] {
        record.details.append(("of", of.bytes))
      }
    default: break
    }
  }
}
