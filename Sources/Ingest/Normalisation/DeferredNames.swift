internal import CScan
internal import EventModel

/// Who and whence of rows already in the batch, looked up some dozens at a time.
///
/// Every look-up waits for memory when accounts and terminals are many. So one is made for both, by
/// the bytes that both follow from, and its memory is asked for before it is needed. `settle` must be
/// called before the chunk is left.
struct DeferredNames: ~Copyable {
  /// The origin of a row, as it is written; the names must stay where they are until `settle`.
  struct Origin: BitwiseCopyable {
    /// What account, terminal and session follow from; 64 readable bytes follow.
    var run: RecordBytes
    var account: RecordBytes
    var terminal: RecordBytes
    /// Empty: not stated.
    var session = RecordBytes(start: nil, count: 0)
    /// Numbers of the statement and of the line in the session; -1: not stated.
    var statement: Int64 = -1
    var number: Int64 = -1
  }

  private struct Entry: BitwiseCopyable {
    var row: Int
    var hash: UInt64
    var origin: Origin
  }

  private struct Known: BitwiseCopyable {
    var account: NameID
    var terminal: NameID
    /// Hash of the session.
    var session: UInt64
  }

  private static var most: Int { 32 }
  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.most)
  private var memo = RunMemo<Known>(bits: 14, room: 1 << 20)
  private var count = 0
  /// Whether terminals are written with a port behind.
  private let havePorts: Bool

  init(havePorts: Bool) { self.havePorts = havePorts }

  deinit { entries.deallocate() }

  /// Appends the row, which gets its names later.
  @inline(__always)
  mutating func append(_ row: EventRow, _ origin: Origin, to batch: inout EventBatch) {
    let hash = origin.run.baseAddress.map { cscan_run_hash($0, origin.run.count) } ?? 0
    memo.fetchEntry(hash: hash)
    (entries + count).initialize(to: Entry(row: batch.rows.count, hash: hash, origin: origin))
    batch.rows.append(row)
    count &+= 1
    if count == Self.most { settle(&batch) }
  }

  /// Gives the rows their names, and what else follows from the session.
  @inline(never)
  mutating func settle(_ batch: inout EventBatch) {
    guard count > 0 else { return }
    for index in 0..<count { memo.fetchBytes(hash: entries[index].hash) }
    var rows: [EventRow] = []
    swap(&rows, &batch.rows)
    rows.withUnsafeMutableBufferPointer { rows in
      for index in 0..<count where entries[index].row < rows.count {
        let known = known(entries[index], &batch.names)
        let row = entries[index].row
        rows[row].account = known.account
        rows[row].terminal = known.terminal
        let origin = entries[index].origin
        guard !origin.session.isEmpty else { continue }
        if origin.statement >= 0 {
          rows[row].statement = PostgreSQLMessage.statementKey(
            session: known.session,
            statement: origin.statement
          )
        }
        guard origin.number >= 0 else { continue }
        batch.serials.note(
          session: known.session,
          number: origin.number,
          time: rows[row].time,
          account: known.account,
          terminal: known.terminal,
          counter: .lines
        )
      }
    }
    swap(&rows, &batch.rows)
    count = 0
  }

  @inline(__always)
  private mutating func known(_ entry: Entry, _ names: inout NameTable) -> Known {
    if let known = memo.value(entry.origin.run, hash: entry.hash) { return known }
    return made(entry, &names)
  }

  @inline(never)
  private mutating func made(_ entry: Entry, _ names: inout NameTable) -> Known {
    let (terminal, session) = (entry.origin.terminal, entry.origin.session)
    let known = Known(
      account: names.internOften(entry.origin.account),
      terminal: names.internOften(havePorts ? Self.host(terminal) : terminal),
      session: session.baseAddress.map { cscan_digest($0, session.count) } ?? 0
    )
    memo.remember(known, for: entry.origin.run, hash: entry.hash)
    return known
  }

  /// `192.0.2.7:51740` without its port; `[local]` as it is.
  static func host(_ text: RecordBytes) -> RecordBytes {
    var end = text.count
    while end > 0, text[end - 1] &- 0x30 < 10 { end -= 1 }
    guard end > 1, end < text.count, text[end - 1] == 0x3A else { return text }
    return text.slice(0..<end - 1)
  }
}
