internal import CScan
internal import EventModel

/// What `SQLScanner` says of a text.
struct SQLOutcome {
  var operation: Operation = .other
  /// Relations joined by `EventRow.objectSeparator`.
  var joinedRelations: [UInt8] = []
  var isWhole = false
  var fetchCount: Int64?
  var limit: Int64?
  var isAggregate = false
  var isCatalogueOnly = false
  /// Content of the file or program name of COPY TO and INTO OUTFILE, as a range of the text.
  var destination: Range<Int>?
  /// A quote, comment or parenthesis was left open.
  var isTruncated = false
  /// The first word of the text.
  var verb: SQLKeyword?
}

/// Texts of SQL seen lately and what was made of them: programs say the same few statements again and
/// again, with parameters.
///
/// A hit is verified byte for byte. A text is kept when it comes for the second time, so that texts
/// that never come again cost a hash only. 512 places of texts up to 1 KiB.
struct SQLMemo {
  private struct Entry {
    var hash: UInt64 = 0
    var text: [UInt8] = []
    var schema: [UInt8] = []
    var dialect = SQLDialect.postgresql
    var outcome = SQLOutcome()
  }

  static let longest = 1024
  private static let places = 512
  private var entries: [Entry] = []

  static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    text.baseAddress.map { cscan_digest($0, text.count) } ?? 0
  }

  /// What was made of the text, were it said before with that schema.
  func outcome(
    of text: UnsafeBufferPointer<UInt8>,
    _ hash: UInt64,
    _ schema: [UInt8],
    _ dialect: SQLDialect
  ) -> SQLOutcome? {
    guard !entries.isEmpty else { return nil }
    let place = Int(truncatingIfNeeded: hash) & (Self.places - 1)
    guard entries[place].hash == hash, entries[place].text.count == text.count,
      entries[place].dialect == dialect, entries[place].schema == schema,
      entries[place].text.withUnsafeBufferPointer({ Self.equal($0, text) })
    else { return nil }
    return entries[place].outcome
  }

  mutating func remember(
    _ outcome: SQLOutcome,
    of text: UnsafeBufferPointer<UInt8>,
    _ hash: UInt64,
    _ schema: [UInt8],
    _ dialect: SQLDialect
  ) {
    if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.places) }
    let place = Int(truncatingIfNeeded: hash) & (Self.places - 1)
    guard entries[place].hash == hash else {
      entries[place] = Entry(hash: hash)
      return
    }
    entries[place] = Entry(
      hash: hash,
      text: Array(text),
      schema: schema,
      dialect: dialect,
      outcome: outcome
    )
  }

  private static func equal(
    _ left: UnsafeBufferPointer<UInt8>,
    _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress else { return left.count == 0 }
    return cscan_equal(a, b, left.count)
  }
}
