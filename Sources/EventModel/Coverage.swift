/// What was seen, and what was not: printed with every result.
///
/// A "nothing found" rests on this.
public struct Coverage: Sendable, Hashable {
  public var sources: [SourceCoverage] = []
  /// Assumptions made for want of a declaration, one sentence each, English.
  public var assumptions: [String] = []
  public var assumptionsJapanese: [String] = []
  /// Inputs that could not be read, whole or in part.
  public var unreadable: [Unreadable] = []
  /// The first few records of each file that could not be read, in order of path and place.
  public var rejections: [RejectedRecord] = []
  /// Events before or after the period that was asked for: not counted elsewhere, not judged.
  public var outsidePeriod: Int64 = 0
  /// Files in folders that were not read for their names: hidden ones, notes, scripts, settings.
  public var filesLeftOut: Int64 = 0
  /// The first of them in order of path, `namedFiles` at most.
  public var filesLeftOutNamed: [String] = []
  public static let namedFiles = 8
  /// Names or keys beyond the memory bound that were counted together.
  public var overflowedNames: Int64 = 0
  /// Records returned by reads that matched an instruction: kept and shown, not suspected.
  public var explained = Incident.AuthorisationCount()
  /// The same by ticket and job.
  public var explainedReads = ExplainedReads()
  /// Tickets that were opened and closed while the logs tell, for many records, and under which nobody read:
  /// the work was not done, or where no log sees it.
  public var ticketsWithoutRead: Int64 = 0
  /// The first of them in order of opening, `namedTickets` at most.
  public var ticketsWithoutReadNamed: [String] = []
  public static let namedTickets = 8
  /// Reads too small to be held against an instruction one by one.
  public var routine = RoutineReads()

  /// The days asked for; `nil`: all that the logs hold.
  public var period: Period?

  public init() {}

  /// Days since 1970, both included, of the declared calendar; `nil`: open.
  public struct Period: Sendable, Hashable {
    public var first: Int?
    public var last: Int?
    public init(first: Int?, last: Int?) { (self.first, self.last) = (first, last) }
  }

  /// Reads of customer records that were neither bulk nor covered by an instruction: only their sums
  /// are judged.
  public struct RoutineReads: Sendable, Hashable {
    public var reads: Int64 = 0
    /// The reads of known volume, or with bounds.
    public var records: Volume = .none
    /// Reads whose volume the source does not state.
    public var unknown: Int64 = 0
    /// Those of them that nothing bounds: not in `records`.
    public var unbounded: Int64 = 0

    public init() {}

    /// Inlined, so that a volume is looked at part by part where it lies: as a whole it would be waited for until it
    /// has reached memory.
    @inlinable
    @inline(__always)
    public mutating func add(_ volume: borrowing Volume) {
      reads &+= 1
      if volume.quality == .unknown { unknown &+= 1 }
      if volume.isUnbounded { unbounded &+= 1 } else { records.add(copy volume) }
    }
  }

  public var isPartial: Bool { !unreadable.isEmpty }

  /// Where a record stands that could not be read, and why: never its words.
  public struct RejectedRecord: Sendable, Hashable {
    public var path: String
    public var rejection: Rejection
    public init(path: String, rejection: Rejection) {
      self.path = path
      self.rejection = rejection
    }
  }

  /// Most records of a file that are named, and most of all files.
  public static let namedRejections = (ofFile: 3, ofAll: 64)

  public struct Unreadable: Sendable, Hashable {
    public var path: String
    public var reason: String
    public init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }
}

/// One source, day by day.
///
/// The same for every split or order of the files.
public struct SourceCoverage: Sendable, Hashable {
  public var name: String
  public var format: String
  public var system: String?
  /// Days since 1970 → what was seen on it, ascending.
  public var days: [DayCoverage] = []
  /// Lines of records without a readable time: most that were rejected, blank lines.
  public var undatedLines: Int64 = 0
  public var undatedBytes: Int64 = 0
  /// Lines that name the columns; every part of a log may have one or none.
  public var headerLines: Int64 = 0
  public var rejected: Int64 = 0
  /// Operations that nobody gave a meaning, the commonest first, at most `UnfamiliarWords.most`.
  public var unknownOperations: [String] = []
  public var first: Timestamp?
  public var last: Timestamp?
  /// Days between first and last without a dated line.
  public var silentDays: [Int] = []
  /// Times the source's own sequence went on while its clock went back.
  ///
  /// `nil` where nothing measured it: not known is not none.
  public var backwardSteps: Int64?
  /// The first of these steps, by the lines that its own numbers put one after the other.
  public var clockSteps: [ClockStep] = []
  /// Lines that the source numbers one by one; `nil`: it does not, or nothing measured it.
  public var numbered: Int64?
  /// Gaps in these numbers, and the first of them in order of time.
  public var holeCount: Int64 = 0
  public var holes: [Hole] = []
  public static let holeLimit = 256
  /// What its listener lost, by day, ascending.
  public var lost: [LostMessages] = []
  public var lostMessages: Int64 { lost.reduce(0) { $0 &+ $1.messages } }
  /// What the numbers of its lines do not tell, for there was too much.
  public var untoldByNumbers = SerialFacts.Left.nothing

  /// Lines that were numbered and are not there.
  public struct Hole: Sendable, Hashable {
    public var missing: Int64
    /// Times of the lines before and behind.
    public var after: Timestamp
    public var until: Timestamp
    /// Whom these lines name; empty: nobody.
    public var accountBefore: String
    public var accountAfter: String
    public var terminal: String

    public init(
      missing: Int64,
      after: Timestamp,
      until: Timestamp,
      accountBefore: String,
      accountAfter: String,
      terminal: String
    ) {
      self.missing = missing
      self.after = after
      self.until = until
      self.accountBefore = accountBefore
      self.accountAfter = accountAfter
      self.terminal = terminal
    }
  }

  public init(name: String, format: String) {
    self.name = name
    self.format = format
  }

  public var events: Int64 { days.reduce(0) { $0 + $1.events } }
  /// Lines of the files, as `wc -l` counts them (and a last one without a line end).
  public var lines: Int64 { days.reduce(undatedLines + headerLines) { $0 + $1.lines } }
  /// Bytes of the records, without line ends and headers.
  public var bytes: Int64 { days.reduce(undatedBytes) { $0 + $1.bytes } }
  public var unknownVolume: Int64 { days.reduce(0) { $0 + $1.unknownVolume } }
}

public struct DayCoverage: Sendable, Hashable {
  public var day: Int
  /// Lines of the day's records, whether an event came of them or not.
  public var lines: Int64 = 0
  public var bytes: Int64 = 0
  public var events: Int64 = 0
  /// Events that returned records of which no number is known.
  public var unknownVolume: Int64 = 0
  /// Hours since the day began with a record that tells its time, one bit each (25 where summer time ends);
  /// 0: not known.
  public var hours: UInt32 = 0
  public var first: Timestamp
  public var last: Timestamp

  public init(day: Int, first: Timestamp, last: Timestamp) {
    self.day = day
    self.first = first
    self.last = last
  }
}
