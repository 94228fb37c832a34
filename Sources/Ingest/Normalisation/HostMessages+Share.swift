internal import CScan
internal import EventModel

/// What Samba's vfs_full_audit says of a share.
extension HostMessages {
  /// What reads or writes a file's bytes, or takes it away.
  private static let operations: [(Operation, [StaticString])] = [
    (.read, ["pread", "pread_send", "pread_recv", "read", "sendfile", "offload_read_send"]),
    (
      .write,
      [
        "pwrite", "pwrite_send", "pwrite_recv", "write", "unlink", "unlinkat", "rename", "renameat",
      ]
    ),
  ]

  /// `user|address|share|operation|ok|path`, the prefix `%u|%I|%S` of vfs_full_audit(8), with what the
  /// operation was asked for: of opens `r` or `w` before the path, of `create_file` the rights, `file` or `dir`, and
  /// what becomes of a file that is there.
  ///
  /// Told are files opened to be read or written, read, sent, written and removed; most servers log opens alone. What one
  /// account opens and reads of one file within a minute is one reading. What only lists or looks holds no event.
  ///
  /// Source: Samba, vfs_full_audit(8); source3/modules/vfs_full_audit.c.
  func share(_ message: Range<Int>, _ batch: inout EventBatch) {
    var fields: [Range<Int>] = []
    var start = message.lowerBound
    while let bar = record.firstIndex(of: 0x7C, in: start..<message.upperBound) {
      fields.append(start..<bar)
      start = bar + 1
    }
    fields.append(start..<message.upperBound)
    guard let place = fields.firstIndex(where: { isWord("ok", $0) || starts("fail", $0) }),
      place >= 1, place + 1 < fields.count,
      let found = act(fields[place - 1], fields[(place + 1)...])
    else { return }
    let isDone = isWord("ok", fields[place])
    append(
      found.operation == .read && !isDone ? .other : found.operation,
      isDone ? .success : .failure,
      account: place >= 3 ? fields[0] : 0..<0,
      terminal: place >= 3 ? fields[1] : 0..<0,
      program: header.tag,
      to: &batch
    )
    let last = batch.rows.count - 1
    batch.rows[last].object = batch.names.internOften(record.slice(found.path))
    guard batch.rows[last].operation == .read else { return }
    batch.rows[last].statement = reading(of: found.path, by: fields[..<(place - 1)])
  }

  /// What was done with which path; `nil`: nothing that is told.
  private func act(
    _ operation: Range<Int>,
    _ arguments: ArraySlice<Range<Int>>
  ) -> (operation: Operation, path: Range<Int>)? {
    let first = arguments.startIndex
    if isWord("open", operation) || isWord("openat", operation), arguments.count > 1 {
      if isWord("r", arguments[first]) { return (.read, arguments[first + 1]) }
      return isWord("w", arguments[first]) ? (.write, arguments[first + 1]) : nil
    }
    if isWord("create_file", operation), arguments.count > 3 {
      guard isWord("file", arguments[first + 1]), let rights = hexadecimal(arguments[first]) else {
        return nil
      }
      // FILE_WRITE_DATA, FILE_APPEND_DATA, GENERIC_WRITE, GENERIC_ALL; FILE_READ_DATA, GENERIC_READ, MAXIMUM_ALLOWED.
      let path = arguments[first + 3]
      if rights & 0x5000_0006 != 0 { return (.write, path) }
      return rights & 0x8200_0001 != 0 ? (.read, path) : nil
    }
    for (kind, words) in Self.operations where words.contains(where: { isWord($0, operation) }) {
      return (kind, arguments[first])
    }
    return nil
  }

  /// `0x120089`.
  private func hexadecimal(_ range: Range<Int>) -> UInt32? {
    guard starts("0x", range), 3...10 ~= range.count else { return nil }
    return UInt32(
      String(decoding: record.slice(range.lowerBound + 2..<range.upperBound), as: UTF8.self),
      radix: 16
    )
  }

  /// The key of what one account at one client reads of one file.
  private func reading(of path: Range<Int>, by fields: ArraySlice<Range<Int>>) -> UInt64 {
    func hash(_ range: Range<Int>) -> UInt64 {
      let bytes = record.slice(range)
      return bytes.baseAddress.map { cscan_digest($0, bytes.count) } ?? 0
    }
    let key = fields.reduce(hash(path)) { cscan_mix($0, hash($1) ^ 0x6A09_E667_F3BC_C908) }
    return key == 0 ? 1 : key
  }

  private func isWord(_ word: StaticString, _ range: Range<Int>) -> Bool {
    record.equals(word, in: range)
  }
}
