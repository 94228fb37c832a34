public import EventModel

/// How sure a format is of a sample.
///
/// `likely` and `certain` claim a file of which nothing is declared; `possible` says that the format
/// reads some of it, or would once its fields are declared.
public enum Likelihood: Int, Sendable, Comparable {
  case no, possible, likely, certain
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The answer of a probe, with its reason for `ometsuke formats FILE`.
public struct ProbeResult: Sendable {
  public var likelihood: Likelihood
  /// A clause: "8 of 8 lines have 26 columns and a severity in the twelfth".
  public var reason: String
  /// Records of a thousand that fit: decides between formats that are equally sure.
  public var fit: Int
  public init(_ likelihood: Likelihood, _ reason: String, fit: Int = 1000) {
    self.likelihood = likelihood
    self.reason = reason
    self.fit = fit
  }
}

/// How a format's records are told apart in a stream of bytes.
public enum Framing: Sendable {
  /// A record ends at LF (a CR before it belongs to the line end).
  case lines
  /// A record ends at an LF outside double quotes. `startsWithTime`: every record starts with
  /// `YYYY-MM-DD hh:mm:ss`, in quotes or not, so that a torn quote does not swallow what follows.
  case csvRecords(startsWithTime: Bool)
  /// A record ends at an LF that neither a tab nor a space follows: indented lines go on with it.
  case indented
  /// A record ends at the LF before a line with which the next one begins.
  case blocks(BlockOpening)
  /// A record is a line; lines that begin with `#` may be headers of those after them (`HeaderLines`).
  case headed
  /// A record is an entry of systemd's journal: lines, and fields whose bytes are counted (`JournalEntryBoundary`).
  case journalEntries
  /// A record is an event of Windows as XML, over one line or several, or another line (`WindowsEventBoundary`).
  case windowsEvents
  /// A record is a message of syslog with its length before it (`OctetCountedBoundary`).
  case octetCounted

  /// Whether a record is a line.
  public var isLines: Bool {
    switch self {
    case .lines, .headed: true
    case .csvRecords, .indented, .blocks, .journalEntries, .windowsEvents, .octetCounted: false
    }
  }

  /// Whether a record may end where no line does: it counts as a line then.
  var endsWithinLines: Bool {
    switch self {
    case .windowsEvents, .octetCounted: true
    default: false
    }
  }

  /// Whether records hold bytes that are no text, or count them: none of them is converted.
  public var isBinary: Bool {
    switch self {
    case .journalEntries, .octetCounted: true
    default: false
    }
  }
}

/// The lines with which records of several lines begin.
public enum BlockOpening: Sendable {
  /// `# Time: …` or, where none stands right before it, `# User@Host: …`: MySQL's slow log.
  case slowLog
  /// `<AUDIT_RECORD`, with blanks before it or not: MySQL's audit log as XML.
  case auditRecord
  /// `Thu Nov 10 19:14:47 2016`: Oracle's audit files.
  case ctime
  /// `<AuditRecord>`: Oracle's audit as XML.
  case oracleRecord
}

/// A log format: bytes of whole records to rows.
///
/// A value without mutable state: a file is opened once and its chunks are decoded on any thread
/// in any order.
///
/// A decoder must not judge, must account for every line of the chunk (row, `passedOver` or
/// `reject`), and must never trap on any bytes. What it remembers from chunk to chunk lies with the
/// batch's names (`NameMemory`), and only saves work: a line means the same after any other. Of a
/// record that it may pass over it tells the time (`EventBatch.noteTime`), so that the day has its denominator.
public protocol LogFormat: Sendable {
  static var name: String { get }
  /// One line for `ometsuke formats`.
  static var summary: String { get }
  static var framing: Framing { get }
  /// Whether times state no year (see `YearInference`).
  static var isYearless: Bool { get }
  /// The day of the year 2000, from 0, of a record whose time states no year; `nil` for others.
  static func yearlessDay(_ record: RecordBytes) -> Int?
  /// Whether who writes it takes `Admin1` and `ADMIN1` for one account: directories, SQL Server, services whose
  /// log-ins are addresses of mail. UNIX and PostgreSQL do not.
  static var ignoresAccountCase: Bool { get }
  /// The surest it is ever of a sample.
  static var surest: Likelihood { get }
  /// Judges the first bytes of a file: 64 KiB, more where lines are long (`FileHead`), mostly whole
  /// lines, UTF-8.
  static func probe(_ sample: Span<UInt8>) -> ProbeResult
  /// Opens one file. `head` is what `probe` saw (a CSV header is in it).
  init(options: DecodeOptions, head: Span<UInt8>)
  /// Appends the events of a chunk to the batch.
  func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch)
}

extension LogFormat {
  public static var framing: Framing { .lines }
  public static var isYearless: Bool { false }
  public static var ignoresAccountCase: Bool { false }
  public static var surest: Likelihood { .certain }
  public static func yearlessDay(_ record: RecordBytes) -> Int? { nil }
}

/// What a decoder is told besides the bytes.
public struct DecodeOptions: Sendable {
  public var declaration: SourceDeclaration
  /// Zone of times that state none.
  public var zone: TimeZoneRule
  /// Key of the hashes of data subjects (SipHash-2-4), 16 bytes.
  public var subjectKey: SubjectKey
  /// Of a format with headers within its lines, and of `CarryingText`: what is in force where the file begins, by the
  /// parts of its log before it.
  public var header: [UInt8] = []

  public init(declaration: SourceDeclaration, zone: TimeZoneRule, subjectKey: SubjectKey) {
    self.declaration = declaration
    self.zone = zone
    self.subjectKey = subjectKey
  }
}

/// A block of whole records, in UTF-8, padded so that 64 bytes past the end may be read.
public struct ByteChunk: Sendable {
  public static let padding = 64

  /// `count` bytes of records, then `padding` zero bytes.
  public var storage: [UInt8]
  public var count: Int
  /// Offset of the first byte in the (decompressed) file.
  public var offset: Int64
  /// Number of the first line, from 1.
  public var line: Int
  /// For `.csvRecords`: where each record starts in `storage`, ascending; the last ends at `count`.
  public var recordStarts: [UInt32]?
  /// For `.headed`: the header lines in force where it begins; `nil`: not told, those of the head hold.
  ///
  /// Of `HeadedRecords` the header that holds for all of its records, empty before the first; of `CarryingText` what holds
  /// where it begins.
  public var header: [UInt8]?
  /// Whether the input broke off within the last record: a number there may have lost its end.
  public var isTorn = false
  /// Whether nothing but the end of the input ends its last record, or the one before its records: told
  /// where the reader was asked to keep it apart.
  public var isOpenEnd = false
  /// Bytes of the (decompressed) file that it was made of, where these are not `count`.
  public var originalCount: Int?
  /// Bytes of the (decompressed) file that it was made of.
  public var inputCount: Int { originalCount ?? count }
  /// Of the record that it is alone, where that is longer than any that is decoded; `nil`: its records are whole.
  public var long: Long?

  /// A record of which the middle, or all but the beginning, is left out.
  public struct Long: Sendable {
    public var lines: Int
    /// Whether what is left out lay within one text, so that the rest can be read.
    public var isReadable: Bool
  }

  /// For transcoded input: offset and length in the original file of each physical line.
  public var originalLines: [OriginalLine]?

  public struct OriginalLine: Sendable {
    public var offset: Int64
    public var length: UInt32
    public init(offset: Int64, length: UInt32) {
      self.offset = offset
      self.length = length
    }
  }

  public init(storage: [UInt8], count: Int, offset: Int64, line: Int) {
    self.storage = storage
    self.count = count
    self.offset = offset
    self.line = line
  }

  /// A chunk of the given bytes, for tests and small inputs.
  public init(_ bytes: [UInt8], offset: Int64 = 0, line: Int = 1) {
    storage = bytes + [UInt8](repeating: 0, count: Self.padding)
    count = bytes.count
    self.offset = offset
    self.line = line
  }
}
