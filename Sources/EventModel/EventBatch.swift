/// Events decoded from one block of bytes, with the names they use: the narrow waist.
///
/// Rows stand in the order of their lines. Every line of the block is accounted for: it became one
/// or more rows, was passed over (understood, no event in it), was a header, or was rejected.
public struct EventBatch: Sendable {
  public var rows: [EventRow] = []
  /// Names of the rows.
  ///
  /// A worker keeps its table from batch to batch: ids stay valid.
  public var names = NameTable()

  /// Physical lines in the block.
  public var lineCount = 0
  /// Records (a line, or a quoted record over several lines) that hold no event.
  public var passedOver = 0
  /// Records that name the columns; kept apart, since every part of a log may have one or none.
  public var headerCount = 0
  /// Bytes of these, without line ends.
  public var headerBytes: Int64 = 0
  /// Lines of these.
  public var headerLines = 0
  /// Set by a decoder that has found the record in hand to be a header.
  public var isHeader = false
  /// Records that could not be decoded.
  public var rejectedCount = 0
  /// Lines that the source itself numbers.
  public var serials = SerialRuns()
  /// Bytes of rejected records, without line ends.
  public var rejectedBytes: Int64 = 0
  /// Bytes of all records, without line ends.
  public var byteCount: Int64 = 0
  /// The first few rejections.
  public var rejections: [Rejection] = []
  public static let rejectionSampleLimit = 8
  /// All of them, by where they stand among the records that tell a time.
  public private(set) var rejectedRuns: [RejectedRun] = []
  /// The last one, which may be the end of a log that was cut.
  public private(set) var lastRejection: Rejection?
  /// Records without a row that told their time, in order: the rest of each day's denominator.
  public var dated: [DatedRecord] = []
  /// The lines but the first of records that became rows; their `length` is 0.
  public var further: [DatedRecord] = []
  /// The time that the record being decoded has told; a decoder notes it where no row may follow.
  @usableFromInline var recordTime = Int64.min
  @usableFromInline var isRecordYearless = false
  /// Whether a row has a time that no log can mean (see `rejectImplausibleTimes`).
  public var hasImplausibleTimes = false
  /// Marks of zone abbreviations that had to be taken for one of those they stand for; the format says which.
  public var assumedZones: UInt16 = 0
  /// Zone abbreviations that nobody knows, by the times that name them.
  public var unknownZones = UnfamiliarWords()
  /// Operations that nobody gave a meaning, by the records that state them.
  public var unknownOperations = UnfamiliarWords()
  /// Programs whose messages hold a record that no decoder takes, by these messages.
  public var unreadRecords = UnfamiliarWords()

  /// Whether there are requests whose method the source does not state; each is taken for one that reads.
  public var lacksMethods = false

  public init() {}

  /// Notes the time of the record being decoded, for the books: it may become no row.
  ///
  /// `isYearless`: the time lies in the year 2000 because its source states no year.
  @inlinable
  public mutating func noteTime(_ time: Int64, isYearless: Bool = false) {
    recordTime = time
    isRecordYearless = isYearless
  }

  /// The time noted of the record being decoded; `nil`: none.
  @inlinable
  public var notedTime: Int64? { recordTime == .min ? nil : recordTime }

  /// Forgets the noted time: a new record begins.
  @inlinable
  public mutating func beginRecord() { recordTime = .min }

  /// Counts the record being decoded in its day, if it told its time.
  public mutating func dateRecord(line: Int, lines: Int = 1, length: Int) {
    guard let time = notedTime, PlausibleTime.contains(time) else { return }
    dated.append(
      DatedRecord(
        time: time,
        line: line,
        lines: lines,
        length: length,
        isYearless: isRecordYearless
      )
    )
  }

  /// Counts the lines but the first of a record that became rows, of which this is the first.
  @inline(never)
  public mutating func noteFurtherLines(_ count: Int, of row: Int) {
    further.append(
      DatedRecord(
        time: rows[row].time,
        line: Int(rows[row].line),
        lines: count,
        length: 0,
        isYearless: rows[row].flags.contains(.yearless)
      )
    )
  }

  /// Empties the batch but keeps names and storage.
  public mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    rejections.removeAll(keepingCapacity: true)
    rejectedRuns.removeAll(keepingCapacity: true)
    dated.removeAll(keepingCapacity: true)
    further.removeAll(keepingCapacity: true)
    lineCount = 0
    passedOver = 0
    serials.removeAll()
    headerCount = 0
    headerBytes = 0
    headerLines = 0
    isHeader = false
    rejectedCount = 0
    rejectedBytes = 0
    lastRejection = nil
    byteCount = 0
    hasImplausibleTimes = false
    assumedZones = 0
    unknownZones = UnfamiliarWords()
    unknownOperations = UnfamiliarWords()
    unreadRecords = UnfamiliarWords()
  }

  /// Writes accounts in small letters (of ASCII), where their source takes `Admin1` and `ADMIN1` for one.
  public mutating func foldAccounts() {
    var (latest, folded) = (NameID.none, NameID.none)
    for place in rows.indices where rows[place].account != .none {
      if rows[place].account != latest {
        latest = rows[place].account
        var bytes = names.bytes(of: latest)
        var hasCapitals = false
        for index in bytes.indices where 0x41...0x5A ~= bytes[index] {
          bytes[index] |= 0x20
          hasCapitals = true
        }
        folded = hasCapitals ? bytes.withUnsafeBufferPointer { names.intern($0) } : latest
      }
      rows[place].account = folded
    }
  }

  /// Rejects the records of rows whose time no log can mean.
  public mutating func rejectImplausibleTimes() {
    guard hasImplausibleTimes else { return }
    hasImplausibleTimes = false
    var wrong: [Int64: EventRow] = [:]
    for row in rows where !PlausibleTime.contains(row.time) { wrong[row.offset] = row }
    rows.removeAll { wrong[$0.offset] != nil }
    further.removeAll { !PlausibleTime.contains($0.time) }
    rejectedCount += wrong.count
    for row in wrong.values {
      rejectedBytes += Int64(row.length)
      rejectedRuns.append(RejectedRun(line: Int(row.line)))
      rejections.append(
        Rejection(
          error: DecodeError(.implausibleTime, at: 0),
          offset: row.offset,
          line: Int(row.line),
          length: Int(row.length)
        )
      )
    }
    rejectedRuns.sort { $0.line < $1.line }
    rejections.sort { $0.offset < $1.offset }
    rejections.removeLast(max(0, rejections.count - Self.rejectionSampleLimit))
  }

  /// Counts a record that could not be decoded; samples the first few.
  public mutating func reject(_ error: DecodeError, offset: Int64, line: Int, length: Int) {
    rejectedCount += 1
    rejectedBytes += Int64(length)
    let rejection = Rejection(error: error, offset: offset, line: line, length: length)
    lastRejection = rejection
    noteRejected(line)
    guard rejections.count < Self.rejectionSampleLimit else { return }
    rejections.append(rejection)
  }
}

extension EventBatch {
  private mutating func noteRejected(_ line: Int) {
    let isDated = notedTime.map(PlausibleTime.contains) ?? false
    let before = UInt64(rows.count) &+ UInt64(dated.count)
    if !isDated, let last = rejectedRuns.last, !last.isDated, last.before == before {
      rejectedRuns[rejectedRuns.count - 1].count += 1
      return
    }
    var run = RejectedRun(line: line, isDated: isDated)
    run.before = before
    rejectedRuns.append(run)
  }
}

/// Why and where a record could not be decoded.
///
/// No content: content may be personal data.
public struct Rejection: Sendable, Hashable {
  public var error: DecodeError
  /// Start of the record in the (decompressed) file.
  public var offset: Int64
  /// Line number in the file, from 1.
  public var line: Int
  public var length: Int

  public init(error: DecodeError, offset: Int64, line: Int, length: Int) {
    self.error = error
    self.offset = offset
    self.line = line
    self.length = length
  }
}

/// A record that its format could not read.
///
/// Small, without text: it is thrown on the hot path.
public struct DecodeError: Error, Hashable, Sendable {
  public enum Reason: UInt8, Sendable, CaseIterable {
    case unexpectedByte, unexpectedEnd, missingField, wrongFieldCount, badTime, badNumber
    case tooLong, notThisFormat, unterminatedQuote, badEncoding, implausibleTime, wrongLength
  }
  public var reason: Reason
  /// Byte within the record, from 0.
  public var offset: Int

  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// `unexpected byte at 10`.
  public var text: String {
    let words =
      switch reason {
      case .unexpectedByte: "unexpected byte"
      case .unexpectedEnd: "unexpected end"
      case .missingField: "a required field is missing"
      case .wrongFieldCount: "wrong number of fields"
      case .badTime: "not a time"
      case .badNumber: "not a number"
      case .implausibleTime: "a time outside 1990 to 2100"
      case .tooLong: "record longer than 1 MiB"
      case .notThisFormat: "not a record of this format"
      case .unterminatedQuote: "quote without an end"
      case .badEncoding: "bytes not of the declared encoding"
      case .wrongLength: "a length that is not the record's"
      }
    return "\(words) at byte \(offset)"
  }
}
