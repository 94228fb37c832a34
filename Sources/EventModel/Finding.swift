/// One suspicion: which rule, which counter, over which window, against which limit, shown by
/// which lines.
///
/// Suspicion is not proof.
public struct Finding: Sendable, Hashable {
  /// Derived from content: the detector, the key and the first event; 16 hex digits.
  public var id: String
  public var detector: String
  public var severity: Severity
  public var confidence: Confidence { Confidence(of: value, limit: limit) }
  /// When it was first raised (event time): `raised`, or what is shown, passed its limit.
  public var time: Timestamp
  /// When `value` was reached within `window`, against `limit`.
  public var peak: Timestamp
  /// What raised it, where a higher value has come to be shown since; `nil` at a peak later than `time`:
  /// not known.
  public var raised: Raised?
  public var first: Timestamp
  public var last: Timestamp
  /// The horizon judged, in the words `1m 10m 1h 24h 7d 30d 90d 365d lifetime event day`.
  public var window: String
  /// What was counted, at its highest.
  public var value: Volume
  /// What the value is compared with, in the same unit (records; per mille of the owner's set for
  /// `owner-share`; days for `audit-silence`).
  public var limit: Int64
  /// `records`, `permille` or `days`.
  public var unit: String
  /// Which counter: the key and what was summed, for instance `account suzuki × owner kita`.
  public var counter: String
  public var counterJapanese: String
  public var message: String
  public var messageJapanese: String
  /// Innocent explanations to rule out.
  public var explanations: [String]
  public var explanationsJapanese: [String]
  /// ATT&CK technique.
  public var technique: String
  /// What it rests on.
  public var signal = Signal.volume
  /// Highest value of each counter over the finding's life, in order of name.
  public var counters: [NamedCount]
  public var evidence: [Evidence]
  /// Events that contributed: of a sum, each since it passed its limit, and before that the bulk reads of which the lines
  /// were kept (24 at most).
  public var events: Int64
  /// Events of which no line stands under `evidence`: only the largest do.
  public var evidenceLeftOut: Int64 {
    evidence.isEmpty ? 0 : max(0, events - Int64(evidence.count))
  }
  /// The exception of the estate file that covers it; `nil`: none.
  public var exception: String?
  /// Of a read beyond a ticket or job: which one; `nil`: of none, or told by a version that did not say.
  public var instruction: InstructionUse?

  /// The largest read under an instruction beyond what it says.
  public struct InstructionUse: Sendable, Hashable {
    /// Id of the ticket, or name of the job.
    public var id: String
    public var records: Volume
    /// Records that it still allowed; 0: none.
    public var allowed: Int64
    public init(id: String, records: Volume, allowed: Int64) {
      self.id = id
      self.records = records
      self.allowed = allowed
    }
  }

  /// The first value that passed a limit, its horizon and limit.
  public struct Raised: Sendable, Hashable {
    public var window: String
    public var value: Volume
    public var limit: Int64
    public init(window: String, value: Volume, limit: Int64) {
      self.window = window
      self.value = value
      self.limit = limit
    }
  }

  public struct NamedCount: Sendable, Hashable {
    public var name: String
    public var value: Int64
    public init(name: String, value: Int64) {
      self.name = name
      self.value = value
    }
  }

  public init(id: String, detector: String, severity: Severity, time: Timestamp) {
    self.id = id
    self.detector = detector
    self.severity = severity
    self.time = time
    peak = time
    first = time
    last = time
    window = ""
    value = .none
    limit = 0
    unit = "records"
    counter = ""
    counterJapanese = ""
    message = ""
    messageJapanese = ""
    explanations = []
    explanationsJapanese = []
    technique = ""
    counters = []
    evidence = []
    events = 0
  }
}

/// Points to one line: what it says stays in the file, only its place and digest leave it.
public struct Evidence: Sendable, Hashable {
  public var time: Timestamp
  /// Path as given to the scan, or the member of a compressed file.
  public var file: String
  /// For a compressed file, what was read inside it (`gzip`, `zstd`, …); `nil` for a plain one.
  public var member: String?
  /// Start of the line in the (decompressed) file, bytes.
  public var offset: Int64
  /// Line number from 1.
  public var line: Int64
  public var length: Int64
  /// SHA-256 of the bytes of the line without its line end, lower-case hex; `nil`: could not be read again.
  public var sha256: String?
  /// Stable 64-bit hash made when the line was read; not printed.
  public var digest: UInt64
  /// Index of the input file; not printed.
  public var fileIndex: UInt32

  public init(
    time: Timestamp,
    offset: Int64,
    line: Int64,
    length: Int64,
    digest: UInt64,
    fileIndex: UInt32
  ) {
    self.time = time
    file = ""
    member = nil
    self.offset = offset
    self.line = line
    self.length = length
    sha256 = nil
    self.digest = digest
    self.fileIndex = fileIndex
  }
}
