internal import Detection
public import EventModel

/// What one account did on one day with one dataset of one owner, as it is kept for good.
public struct StoredLedgerLine: Sendable, Hashable {
  public var account: [UInt8]
  public var owner: [UInt8]
  public var dataset: [UInt8]
  public var operation: EventModel.Operation
  public var operations: Int64
  public var low: Int64
  public var high: Int64
  public var quality: VolumeQuality
  public var bytes: Int64
  /// What no instruction covers.
  public var unexplained: Int64

  public init(
    account: [UInt8],
    owner: [UInt8],
    dataset: [UInt8],
    operation: EventModel.Operation,
    operations: Int64,
    low: Int64,
    high: Int64,
    quality: VolumeQuality,
    bytes: Int64,
    unexplained: Int64
  ) {
    self.account = account
    self.owner = owner
    self.dataset = dataset
    self.operation = operation
    self.operations = operations
    self.low = low
    self.high = high
    self.quality = quality
    self.bytes = bytes
    self.unexplained = unexplained
  }
}

/// The ledger: one value a day, packed; names stand once.
extension Store {
  /// Puts a day that is over; a day that is there is kept as it is.
  public func putLedger(_ lines: [StoredLedgerLine], day: Int) throws(StoreError) {
    var rows: [[Int64]] = []
    for line in lines {
      let exact = line.quality == .exact && line.low == line.high
      rows.append([
        try nameID(line.account), try nameID(line.owner), try nameID(line.dataset),
        Int64(line.operation.rawValue), line.operations, line.low,
        exact ? 0 : 1 + Int64(line.quality.rawValue), exact ? 0 : line.high,
        line.bytes, line.unexplained - line.low,
      ])
    }
    rows.sort { $0.lexicographicallyPrecedes($1) }
    var writer = StateWriter()
    writer.write(LedgerDay.version)
    writer.write(UInt64(rows.count))
    // Column by column: like stands beside like.
    for column in 0..<(rows.first?.count ?? 0) {
      var before: Int64 = 0
      for row in rows {
        writer.write(column < 3 ? row[column] - before : row[column])
        before = row[column]
      }
    }
    try connection.run(
      "INSERT OR IGNORE INTO ledger VALUES (?, ?)",
      [Value(day), .blob(Self.packed(writer.bytes))]
    )
  }

  /// The lines of the days in the range, day by day.
  public func ledger(
    _ days: ClosedRange<Int>,
    _ body: (Int, [StoredLedgerLine]) -> Void
  ) throws(StoreError) {
    let names = try ledgerNames()
    try ledgerColumns(days) { day, columns in body(day, Self.lines(columns, names)) }
  }

  /// The names of the ledger by their number.
  public func ledgerNames() throws(StoreError) -> [Int64: [UInt8]] {
    var names: [Int64: [UInt8]] = [:]
    try connection.each("SELECT id, bytes FROM name") { names[$0.integer(0)] = $0.bytes(1) }
    return names
  }

  /// The same where they stand for owners, who may be called otherwise now: several numbers can have one name.
  public func ledgerOwners() throws(StoreError) -> [Int64: [UInt8]] {
    try ledgerNames().mapValues(owner(called:))
  }

  /// How an owner is called now.
  func owner(called name: [UInt8]) -> [UInt8] {
    guard let presentOwner, !name.isEmpty else { return name }
    return Array(presentOwner(String(decoding: name, as: UTF8.self)).utf8)
  }

  /// The days in the range, each as its columns: docs/formats/store.md.
  ///
  /// Account, owner and dataset are numbers of names. For whoever sums up ten years. `accounts`: only their rows, and
  /// no days without any; `wanted`: other columns are left empty.
  public func ledgerColumns(
    _ days: ClosedRange<Int>,
    of accounts: Set<Int64>? = nil,
    columns wanted: Range<Int> = 0..<10,
    _ body: (Int, [[Int64]]) -> Void
  ) throws(StoreError) {
    var isDamaged = false
    let unpacker = Unpacker()
    try connection.each(
      "SELECT day, lines FROM ledger WHERE day BETWEEN ? AND ? ORDER BY day",
      [Value(days.lowerBound), Value(days.upperBound)]
    ) { row in
      var plain: [UInt8]?
      row.withBytes(1) { plain = unpacker.unpacked($0) }
      guard let plain, let columns = try? Self.columns(plain, of: accounts, wanted) else {
        isDamaged = true
        return
      }
      if accounts == nil || !columns.isEmpty { body(row.int(0), columns) }
    }
    if isDamaged {
      throw StoreError(.notAStore, "\(path): a day of the ledger is damaged; bring back a copy")
    }
  }

  private static func columns(
    _ plain: [UInt8],
    of accounts: Set<Int64>?,
    _ wanted: Range<Int>
  ) throws(StateError) -> [[Int64]] {
    let day = try LedgerDay(plain)
    guard day.count > 0 else { return [] }
    let rows = try accounts.map { accounts throws(StateError) in try day.rows(of: accounts) }
    guard rows.map({ !$0.isEmpty }) ?? true else { return [] }
    var columns: [[Int64]] = []
    for column in 0..<LedgerDay.columnCount {
      columns.append(
        wanted.contains(column) ? try day.column(column, rows: rows ?? [0..<day.count]) : []
      )
    }
    return columns
  }

  private static func lines(
    _ columns: [[Int64]],
    _ names: [Int64: [UInt8]]
  ) -> [StoredLedgerLine] {
    (columns.first?.indices ?? 0..<0).map { row in
      let quality = columns[6][row]
      let low = columns[5][row]
      return StoredLedgerLine(
        account: names[columns[0][row]] ?? [],
        owner: names[columns[1][row]] ?? [],
        dataset: names[columns[2][row]] ?? [],
        operation: EventModel.Operation(rawValue: UInt8(clamping: columns[3][row])) ?? .other,
        operations: columns[4][row],
        low: low,
        high: quality == 0 ? low : columns[7][row],
        quality: quality == 0
          ? .exact : VolumeQuality(rawValue: UInt8(clamping: quality - 1)) ?? .unknown,
        bytes: columns[8][row],
        unexplained: columns[9][row] &+ low
      )
    }
  }

  /// The number of a name; 0 for none.
  func nameID(_ name: [UInt8]) throws(StoreError) -> Int64 {
    if name.isEmpty { return 0 }
    let known = try connection.first("SELECT id FROM name WHERE bytes = ?", [.blob(name)]) {
      $0.integer(0)
    }
    if let known { return known }
    try connection.run("INSERT INTO name (bytes) VALUES (?)", [.blob(name)])
    return try connection.first("SELECT last_insert_rowid()") { $0.integer(0) } ?? 0
  }
}
