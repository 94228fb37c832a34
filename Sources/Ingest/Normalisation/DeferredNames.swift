internal import EventModel

/// Names of rows already in the batch, looked up some dozens at a time.
///
/// Every look-up waits for memory when accounts and terminals are many; in one short loop the
/// processor waits for several of them at once. `settle` must be called before the chunk is left.
struct DeferredNames: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var row: Int
    var account: RecordBytes
    var terminal: RecordBytes
    var program: RecordBytes
  }

  private static var most: Int { 32 }
  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.most)
  private var count = 0

  deinit { entries.deallocate() }

  /// Appends the row; a name that is empty leaves the row's own.
  ///
  /// The names must stay where they are until `settle`.
  @inline(__always)
  mutating func append(
    _ row: EventRow,
    account: RecordBytes,
    terminal: RecordBytes,
    program: RecordBytes,
    to batch: inout EventBatch
  ) {
    let entry = Entry(
      row: batch.rows.count,
      account: account,
      terminal: terminal,
      program: program
    )
    batch.rows.append(row)
    (entries + count).initialize(to: entry)
    count &+= 1
    if count == Self.most { settle(&batch) }
  }

  /// Gives the rows their names.
  mutating func settle(_ batch: inout EventBatch) {
    for index in 0..<count {
      let entry = entries[index]
      guard entry.row < batch.rows.count else { continue }
      let account = batch.names.internOften(entry.account)
      let terminal = batch.names.internOften(entry.terminal)
      let program = batch.names.internOften(entry.program)
      Self.name(&batch.rows[entry.row], account, terminal, program)
    }
    count = 0
  }

  @inline(__always)
  private static func name(
    _ row: inout EventRow,
    _ account: NameID,
    _ terminal: NameID,
    _ program: NameID
  ) {
    if account != .none { row.account = account }
    if terminal != .none { row.terminal = terminal }
    if program != .none { row.program = program }
  }
}
