internal import Detection

/// Whose records one account opened in one year.
public struct StoredSubjects: Sendable, Hashable {
  public var account: [UInt8]
  public var year: Int
  public var sample: SubjectSample
}

/// When a source showed an owner's records: first and last, nanoseconds since 1970.
public struct OwnerSpan: Sendable, Hashable {
  public var source: String
  public var first: Int64
  public var last: Int64
}

/// What coverage and inquiries need beside the ledger.
extension Store {
  /// Notes when the lines of a sealed piece were written.
  public func add(_ times: ClosedRange<Int64>, of seal: Seal) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO piece_time VALUES (?, ?, ?, ?)",
      [
        Value(seal.stream), .integer(seal.start), .integer(times.lowerBound),
        .integer(times.upperBound),
      ]
    )
  }

  /// Of each log, how many pieces are sealed (what a watch took among them) and the times of those whose lines tell
  /// them.
  public func sealedTimes() throws(StoreError) -> [Int: (
    pieces: Int, bytes: Int64, times: [ClosedRange<Int64>]
  )] {
    var found: [Int: (pieces: Int, bytes: Int64, times: [ClosedRange<Int64>])] = [:]
    try connection.each(
      """
      SELECT seal.stream, seal.length, first, last, seal.start FROM seal LEFT JOIN piece_time
      ON piece_time.stream = seal.stream AND piece_time.start = seal.start
      UNION ALL SELECT stream, length, first, last, start FROM journal_seal
      ORDER BY 1, 5
      """
    ) { row in
      var log = found[row.int(0)] ?? (0, 0, [])
      log.pieces += 1
      log.bytes += row.integer(1)
      if !row.isNull(2) { log.times.append(row.integer(2)...max(row.integer(2), row.integer(3))) }
      found[row.int(0)] = log
    }
    return found
  }

  /// Widens the time in which a source showed an owner's records.
  public func widen(
    source: String,
    owner: [UInt8],
    _ times: ClosedRange<Int64>
  ) throws(StoreError) {
    try connection.run(
      """
      INSERT INTO source_owner VALUES (?, ?, ?, ?) ON CONFLICT (source, owner) DO UPDATE SET
      first = min(first, excluded.first), last = max(last, excluded.last)
      """,
      [
        .text(source), .integer(try nameID(owner)), .integer(times.lowerBound),
        .integer(times.upperBound),
      ]
    )
  }

  /// The sources that showed an owner's records, in order of name.
  public func sources(of owner: [UInt8]) throws(StoreError) -> [OwnerSpan] {
    try ownerSpans().filter { $0.owner == owner }.map(\.span)
  }

  /// Owners as they were called when they were noted, in order.
  public func notedOwners() throws(StoreError) -> [String] {
    try connection.rows(
      "SELECT DISTINCT bytes FROM source_owner JOIN name ON name.id = owner WHERE length(bytes) > 0 ORDER BY 1"
    ) { String(decoding: $0.bytes(0), as: UTF8.self) }
  }

  /// The sources that showed records of owners, in order of source and owner.
  public func ownerSpans() throws(StoreError) -> [(owner: [UInt8], span: OwnerSpan)] {
    let rows = try connection.rows(
      """
      SELECT source, first, last, bytes FROM source_owner JOIN name ON name.id = owner
      WHERE length(bytes) > 0 ORDER BY source, bytes
      """
    ) {
      (
        owner: owner(called: $0.bytes(3)),
        span: OwnerSpan(source: $0.text(0), first: $0.integer(1), last: $0.integer(2))
      )
    }
    // An owner that had several names has one span a source.
    var spans: [(owner: [UInt8], span: OwnerSpan)] = []
    for row in rows.sorted(by: Self.precedes) {
      guard let last = spans.last, last.owner == row.owner, last.span.source == row.span.source
      else {
        spans.append(row)
        continue
      }
      spans[spans.count - 1].span.first = min(last.span.first, row.span.first)
      spans[spans.count - 1].span.last = max(last.span.last, row.span.last)
    }
    return spans
  }

  private static func precedes(
    _ left: (owner: [UInt8], span: OwnerSpan),
    _ right: (owner: [UInt8], span: OwnerSpan)
  ) -> Bool {
    if left.span.source != right.span.source { return left.span.source < right.span.source }
    return left.owner.lexicographicallyPrecedes(right.owner)
  }

  /// Adds to whose records of an owner an account opened in a year.
  public func add(
    _ subjects: [UInt32],
    owner: [UInt8],
    account: [UInt8],
    year: Int
  ) throws(StoreError) {
    let key: [Value] = [
      .integer(try nameID(owner)), .integer(try nameID(account)), Value(year),
    ]
    let kept = try connection.first(
      "SELECT subjects FROM subject_sample WHERE owner = ? AND account = ? AND year = ?",
      key
    ) { $0.bytes(0) }
    var sample = try kept.map { (bytes) throws(StoreError) in try self.sample(bytes) } ?? .init()
    let before = sample
    sample.merge(subjects)
    if kept != nil, sample == before { return }
    var writer = StateWriter()
    writer.write(UInt64(sample.values.count))
    var last: UInt32 = 0
    for value in sample.values {
      writer.write(UInt64(value - last))
      last = value
    }
    try connection.run(
      "INSERT OR REPLACE INTO subject_sample VALUES (?, ?, ?, ?, ?)",
      key + [Value(sample.values.count), .blob(boxed(Self.packed(writer.bytes)))]
    )
  }

  /// Whose records of an owner were opened, by account and year.
  public func subjects(of owner: [UInt8]) throws(StoreError) -> [StoredSubjects] {
    let ids = try connection.rows(
      "SELECT DISTINCT owner, bytes FROM subject_sample JOIN name ON id = owner"
    ) {
      self.owner(called: $0.bytes(1)) == owner ? $0.integer(0) : nil
    }
    var found: [StoredSubjects] = []
    for id in ids.compactMap({ $0 }) {
      let rows = try connection.rows(
        """
        SELECT bytes, year, subjects FROM subject_sample JOIN name ON id = account
        WHERE owner = ? ORDER BY bytes, year
        """,
        [.integer(id)]
      ) { ($0.bytes(0), $0.int(1), $0.bytes(2)) }
      for (account, year, bytes) in rows {
        found.append(StoredSubjects(account: account, year: year, sample: try sample(bytes)))
      }
    }
    return Self.united(found)
  }

  /// One sample for each account and year, whatever the owner was called meanwhile.
  private static func united(_ samples: [StoredSubjects]) -> [StoredSubjects] {
    var united: [StoredSubjects] = []
    let sorted = samples.sorted { left, right in
      left.account == right.account
        ? left.year < right.year : left.account.lexicographicallyPrecedes(right.account)
    }
    for item in sorted {
      if let last = united.last, last.account == item.account, last.year == item.year {
        united[united.count - 1].sample.merge(item.sample.values)
      } else {
        united.append(item)
      }
    }
    return united
  }

  private func sample(_ bytes: [UInt8]) throws(StoreError) -> SubjectSample {
    let packed = try opened(bytes)
    do throws(StateError) {
      var reader = StateReader(Self.unpacked(packed) ?? [])
      var values: [UInt32] = []
      var last: UInt32 = 0
      for _ in 0..<(try reader.count()) {
        last &+= UInt32(truncatingIfNeeded: try reader.unsigned())
        values.append(last)
      }
      return SubjectSample(values)
    } catch {
      throw StoreError(.notAStore, "\(path): a sample of subjects is damaged; bring back a copy")
    }
  }
}
