/// Answers that are over become records.
extension PostgreSQL {
  @discardableResult
  func popFirst(_ kind: Operation.Kind) -> Bool {
    guard firstPending < pending.count, pending[firstPending].kind == kind else { return false }
    pop()
    return true
  }

  func pop() {
    guard firstPending < pending.count else { return }
    heldText -= pending[firstPending].text?.bytes.count ?? 0
    pending[firstPending].text = nil
    firstPending += 1
    guard firstPending == pending.count || firstPending >= 128 else { return }
    pending.removeFirst(firstPending)
    firstPending = 0
  }

  /// CommandComplete and its like: `tag` is empty for an empty query.
  func endStatement(_ tag: [UInt8], _ time: Int64, _ log: inout WireLog) {
    beginAnswer(time, &log)
    guard firstPending < pending.count else { return }
    var tag = tag
    if let end = tag.firstIndex(of: 0) { tag.removeSubrange(end...) }
    finish(pending[firstPending], tag, isSuccess: true, time, &log)
    answer = Answer()
    if pending[firstPending].kind == .simple {
      pending[firstPending].part += 1
      pending[firstPending].bytes = 0
      pending[firstPending].isTold = true
    } else if pending[firstPending].kind == .call {
      pending[firstPending].isTold = true
    } else {
      pop()
    }
  }

  func endWithError(_ time: Int64, _ log: inout WireLog) {
    var reader = ByteReader(server.kept)
    var code: [UInt8]?
    while let field = reader.byte(), field != 0, let value = reader.terminated() {
      if field == UInt8(ascii: "C") { code = value }
    }
    if loginStart != nil {
      endLogin(code, isSuccess: false, time, &log)
      answer = Answer()
      return
    }
    guard firstPending < pending.count, pending[firstPending].kind != .sync else {
      // Nobody asked: the server ends the session.
      var record = WireRecord(.statement, start: time, time: time)
      record.operation = Array("TERMINATE")
      record.status = code
      record.isSuccess = false
      write(record, &log)
      answer = Answer()
      return
    }
    if !pending[firstPending].isTold || answer.hasBegun || pending[firstPending].kind == .simple {
      finish(pending[firstPending], nil, isSuccess: false, status: code, time, &log)
    }
    answer = Answer()
    if pending[firstPending].kind == .simple || pending[firstPending].kind == .call {
      pending[firstPending].isTold = true
      return
    }
    // What follows is not executed, up to the Sync.
    while firstPending < pending.count, pending[firstPending].kind != .sync,
      pending[firstPending].kind != .simple
    {
      pop()
    }
  }

  func endLogin(_ status: [UInt8]?, isSuccess: Bool, _ time: Int64, _ log: inout WireLog) {
    guard let start = loginStart else { return }
    loginStart = nil
    var record = WireRecord(.login, start: start, time: time)
    record.operation = Array("STARTUP")
    record.status = status
    record.isSuccess = isSuccess
    record.missing = answer.missing
    if let authentication { record.details.append(("auth", authentication)) }
    if isReplication { record.details.append(("replication", Array("true"))) }
    write(record, &log)
    clientBytes = 0
    clientStart = nil
  }

  /// ReadyForQuery: everything up to the Sync is answered.
  func endBatch(_ time: Int64, _ log: inout WireLog) {
    flush(&log)
    if loginStart != nil {
      endLogin(nil, isSuccess: true, time, &log)
      answer = Answer()
      unanswered = 0
      return
    }
    while firstPending < pending.count {
      let kind = pending[firstPending].kind
      tellUntold(time, &log)
      pop()
      if kind == .sync || kind == .simple || kind == .call { break }
    }
    flush(&log)
    answer = Answer()
    unanswered = max(0, unanswered - 1)
    guard unanswered == 0 else { return }
    isOverflowing = false
    if lostClient == nil { hadLoss = false }
  }

  /// Tells of the first request if its end was not seen.
  func tellUntold(_ time: Int64, _ log: inout WireLog) {
    let operation = pending[firstPending]
    guard operation.isStatement, !operation.isTold || answer.hasBegun else { return }
    finish(operation, nil, isSuccess: nil, time, &log)
    answer = Answer()
  }

  /// Makes a record of an answer; `tag` is what CommandComplete says, or `nil`: it did not come.
  func finish(
    _ operation: Operation,
    _ tag: [UInt8]?,
    isSuccess: Bool?,
    status: [UInt8]? = nil,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    flush(&log)
    let text = operation.current
    let words = text.map { SQLText.words($0.bytes, .postgresql, limit: 4) } ?? []
    var record = WireRecord(.statement, start: min(operation.start, time), time: time)
    record.text = text?.bytes
    record.isTextCut = text?.isCut ?? false
    record.isSuccess = isSuccess
    record.status = status ?? tag
    record.operation = words.first
    record.bytesToServer = operation.isImplicit ? nil : operation.bytes
    record.bytesToClient = answer.bytes
    record.missing = answer.missing + operation.missing
    if answer.hasBegun || isSuccess != nil, answer.copy != .both,
      !(isReplication && answer.copy != .none)
    {
      record.rows = answer.rows
      record.isRowsAtLeast = answer.isAtLeast || isSuccess == nil
    }
    if answer.copy == .toServer {
      lines.end()
      record.rowsToServer = answer.isBinaryCopy ? nil : lines.count
    }
    if let tag { read(tag, into: &record) }
    passHeader(text, &record)
    if operation.kind == .simple || operation.kind == .execute {
      follow(text, words, isSuccess, &record)
    }
    finished = record
  }

  /// `SELECT 5`, `INSERT 0 5`, `COPY 5`.
  private func read(_ tag: [UInt8], into record: inout WireRecord) {
    let parts = tag.split(separator: 0x20).map(Array.init)
    guard let verb = parts.first, !verb.isText("SUSPENDED") else { return }
    record.operation = verb
    guard parts.count > 1, let count = parts.last?.decimal else { return }
    let returns = verb.isText("SELECT") || verb.isText("FETCH") || verb.isText("COPY")
    // CREATE TABLE … AS and SELECT … INTO say SELECT as well, and send nothing.
    let isStored = record.rows == 0 && !record.isRowsAtLeast && !verb.isText("COPY")
    if returns, !(isStored && count > 0) {
      record.statedRows = count
    } else {
      record.details.append(("affected", Array(String(count).utf8)))
    }
  }

  /// COPY … HEADER sends a line that is no row.
  private func passHeader(_ text: WireText?, _ record: inout WireRecord) {
    guard answer.copy != .none, answer.copy != .both, !answer.isBinaryCopy, let text,
      SQLText.words(text.bytes, .postgresql, limit: 1024).contains(where: { $0.isText("HEADER") })
    else { return }
    switch answer.copy {
    case .toClient:
      guard let rows = record.rows, rows > 0, record.statedRows.map({ $0 < rows }) ?? true else {
        return
      }
      record.rows = rows - 1
    default:
      guard let rows = record.rowsToServer, rows > 0, record.statedRows.map({ $0 < rows }) ?? true
      else { return }
      record.rowsToServer = rows - 1
    }
  }

  /// Remembers what cursors and statements stand for that are declared in SQL, and tells it where they are used.
  private func follow(
    _ text: WireText?,
    _ words: [[UInt8]],
    _ isSuccess: Bool?,
    _ record: inout WireRecord
  ) {
    guard let text, let verb = words.first else { return }
    switch true {
    case verb.isText("DECLARE"), verb.isText("PREPARE"):
      if words.count > 1, isSuccess == true { declared.set(words[1], text) }
    case verb.isText("FETCH"), verb.isText("MOVE"):
      let all = SQLText.words(text.bytes, .postgresql, limit: 16)
      if let name = all.last, let of = declared[name] { record.details.append(("of", of.bytes)) }
    case verb.isText("EXECUTE"):
      if words.count > 1, let of = declared[words[1]] {
        record.details.append(("of", of.bytes))
      }
    case verb.isText("CLOSE"), verb.isText("DEALLOCATE"):
      if let name = words.last { declared.remove(name) }
    default: break
    }
  }
}
