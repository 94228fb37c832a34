/// What the sources show of a period, a source and a day at a time: what a "nothing found" rests on.
///
/// The share is that of source-days: days that a source is expected to tell of, each by how much
/// of it is known (decision 0027).
public struct CoverageAccount: Sendable, Hashable {
  /// Days since 1970, first and last.
  public var period: ClosedRange<Int>
  /// The owner asked for; `nil`: all.
  public var owner: String?
  /// Whether it is known which sources hold the owner's records; else all count.
  public var knowsHolders = true
  public var sources: [Source] = []
  /// The last day that a night has read up to; `nil`: none has.
  public var lastDay: Int?
  /// What the store was kept with that is otherwise in this version.
  public var differences: [StoreDifference] = []

  /// How the period came about; `nil`: it is that of the report itself.
  public var basis: StudyPeriod?

  public init(period: ClosedRange<Int>) { self.period = period }

  /// How a day of a source stands, the worst that is true of it.
  public enum State: String, Sendable, CaseIterable {
    /// Lines, and nothing is known to be wrong with them.
    case seen
    /// No line, of a source that may be silent.
    case quiet
    /// Lines, some of them reads of unknown volume.
    case unknownVolume = "unknown-volume"
    /// Lines, some of them too late to be judged.
    case late
    /// Numbered lines are missing, or what was written to a log was not read.
    case gap
    /// Its listener lost messages.
    case lost
    /// A sealed log with lines of the day is no longer what it was.
    case altered
    /// No line, between days that have some.
    case silent
    /// No line, before the first or after the last day that has one.
    case unseen

    /// Whether what happened on such a day may have left nothing that can be relied on.
    public var isGap: Bool {
      switch self {
      case .seen, .quiet, .unknownVolume, .late: false
      case .gap, .lost, .altered, .silent, .unseen: true
      }
    }
  }

  public struct Day: Sendable, Hashable {
    public var day: Int
    public var state: State
    public var lines: Int64 = 0
    public var bytes: Int64 = 0
    public var events: Int64 = 0
    public var unknownVolume: Int64 = 0
    public var late: Int64 = 0
    /// Records of the day that could not be read, so far as their day is known.
    public var rejected = RejectedCount()
    /// Messages that its listener lost.
    public var lost: Int64 = 0
    public var isSealed = false
    /// How much of the day was written to what nobody has read, in millionths of its time.
    public var unread: Int64 = 0

    public init(day: Int, state: State) {
      self.day = day
      self.state = state
    }

    /// How much of the day is known, in millionths.
    public var weight: Int64 {
      if state.isGap { return 0 }
      let read = max(0, 1_000_000 - unread)
      if state == .quiet { return read }
      let all = Double(max(rejected.records, lines + rejected.undated))
      let readable = all > 0 ? 1 - Double(rejected.records) / all : 1
      guard events > 0 else { return Int64(readable * Double(read)) }
      let known = max(0, events - min(events, unknownVolume) - min(events, late))
      return Int64(Double(known) / Double(events) * readable * Double(read))
    }
  }

  public struct Source: Sendable, Hashable {
    public var name: String
    public var format: String
    /// Whether the share counts it.
    public var isCounted = true
    /// Whether it showed the owner's records; one that counts and showed none could have.
    public var isHolder = true
    /// The days it is expected to tell of.
    public var days: [Day] = []
    public var first: Timestamp?
    public var last: Timestamp?
    /// Over all that was ever read of it: lines, and those of them that could not be.
    public var lines: Int64 = 0
    public var rejected: Int64 = 0
    /// Those of them whose day is known, of all days.
    public var rejectedOfDays: Int64 = 0
    /// Rejected records of which no day is known.
    public var rejectedOfNoDay: Int64 { max(0, rejected - rejectedOfDays) }
    public var undatedLines: Int64 = 0
    public var pieces = 0
    public var sealedBytes: Int64 = 0
    /// Logs that are no longer what was sealed, with what became of them.
    public var breaches: [Breach] = []
    /// Parts of its logs that nobody has read.
    public var unread: [UnreadPart] = []
    /// The day of the last line, of a source that may be silent and has told nothing for a year: it is held to have
    /// ended, and is not expected to tell of the days of the period beyond that year.
    public var endedOn: Int?
    public var missingNumbers: Int64 = 0

    public init(name: String, format: String) {
      self.name = name
      self.format = format
    }

    /// What could be read of its lines, in millionths, but for what lessens its own day.
    public var readable: Int64 {
      guard lines > 0 else { return 1_000_000 }
      return Int64(Double(max(0, lines - rejectedOfNoDay)) / Double(lines) * 1_000_000)
    }

    /// How much of one of its days is known, in millionths.
    public func known(_ day: Day) -> Int64 {
      var day = day
      // Of no read that it shows is the owner among those concerned, however many records it had.
      if !isHolder { day.unknownVolume = 0 }
      return day.weight * readable / 1_000_000
    }

    public var share: Share {
      var share = Share()
      share.expected = days.count
      // Day by day, so that rounding never adds up to more than there is.
      share.known = days.reduce(0) { $0 + known($1) }
      return share
    }
  }

  public struct Breach: Sendable, Hashable {
    public var path: String
    /// `gone`, `cut` or `altered`.
    public var kind: String
    public init(path: String, kind: String) {
      self.path = path
      self.kind = kind
    }
  }

  /// Source-days known of those expected.
  public struct Share: Sendable, Hashable {
    public var expected = 0
    /// In millionths of a source-day.
    public var known: Int64 = 0

    public init() {}

    /// Rounded down, so that 1000 means all; `nil`: nothing was expected.
    public var permille: Int64? {
      expected > 0 ? known / (Int64(expected) * 1_000) : nil
    }

    public var percent: Int? { permille.map { Int($0 / 10) } }

    fileprivate var part: Double { expected > 0 ? Double(known) / Double(expected) : 0 }
  }

  /// Over the sources that count; those that only could have shown the owner's records never make it greater.
  public var share: Share {
    isShareOfHolders ? Self.share(of: sources.filter { $0.isCounted && $0.isHolder }) : wholeShare
  }

  private var wholeShare: Share { Self.share(of: sources.filter(\.isCounted)) }

  /// Whether `share` is of the sources alone that show the owner's records: what others know fills no gap of these.
  public var isShareOfHolders: Bool {
    let own = Self.share(of: sources.filter { $0.isCounted && $0.isHolder })
    return own.expected > 0 && own.part < wholeShare.part
  }

  private static func share(of sources: [Source]) -> Share {
    sources.reduce(into: Share()) { sum, source in
      let share = source.share
      sum.expected += share.expected
      sum.known += share.known
    }
  }

  /// Days of one state in a row, of one source.
  public struct Stretch: Sendable, Hashable {
    public var source: String
    public var state: State
    public var days: ClosedRange<Int>
    /// Messages that its listener lost on these days.
    public var lost: Int64
    public init(source: String, state: State, days: ClosedRange<Int>, lost: Int64 = 0) {
      self.source = source
      self.state = state
      self.days = days
      self.lost = lost
    }
  }

  /// The gaps of the sources that count, source by source, in order of day.
  public var gaps: [Stretch] {
    var found: [Stretch] = []
    for source in sources where source.isCounted {
      for day in source.days where day.state.isGap {
        if let last = found.last, last.source == source.name, last.state == day.state,
          last.days.upperBound + 1 == day.day
        {
          found[found.count - 1].days = last.days.lowerBound...day.day
          found[found.count - 1].lost &+= day.lost
        } else {
          let days = day.day...day.day
          found.append(
            Stretch(source: source.name, state: day.state, days: days, lost: day.lost)
          )
        }
      }
    }
    return found
  }
}
