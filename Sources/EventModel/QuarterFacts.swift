/// What the store tells of a quarter: what a supervision report is made from.
public struct QuarterFacts: Sendable {
  /// `2024-Q2`.
  public var name: String
  /// Days since 1970.
  public var period: ClosedRange<Int>
  public var coverage: CoverageAccount
  /// What accounts did, day by day and owner by owner.
  public var days: [HandlingDay] = []
  /// Of each account and owner, the first day in all the ledger.
  public var firstDays: [Pair: Int] = [:]
  /// Incidents whose takings touch the quarter, the gravest first.
  public var incidents: [IncidentState] = []
  /// Every other incident that the store knows, likewise: it may have been raised in the quarter, or wait in it.
  public var others: [IncidentState] = []
  /// Ids of those whose takings ended before it, in order.
  public var earlierIncidents: [String] = []
  /// Storage devices at hosts, as logs tell of them; `nil`: no state of the engine tells.
  public var devices: DeviceUses?
  public var issued: [IssuedReport] = []
  public var digests: [InquiryAnswer.Digest] = []
  /// The first day that the store knows of any source.
  public var firstKnownDay: Int?

  /// Whether nothing was read of the quarter, so that what was handled in it is unknown, and not 0.
  public var isUnread: Bool { days.isEmpty && coverage.share.permille ?? 0 == 0 }

  public init(name: String, period: ClosedRange<Int>, coverage: CoverageAccount) {
    self.name = name
    self.period = period
    self.coverage = coverage
  }

  public struct Pair: Sendable, Hashable {
    public var account: String
    public var owner: String
    public init(account: String, owner: String) {
      self.account = account
      self.owner = owner
    }
  }

  /// An incident, and how it was dealt with.
  public struct IncidentState: Sendable {
    public var incident: Incident
    /// By the clock of the night that first told of it.
    public var detected: Timestamp?
    /// What people have done about it, in the order in which they did.
    public var acts: [TriageAct] = []
    /// By the clocks of the nights that changed it, in their order.
    public var changes: [Timestamp] = []

    public init(_ incident: Incident, detected: Timestamp?) {
      self.incident = incident
      self.detected = detected
    }

    /// The first act that decided it, and the last act of any kind.
    public var decided: TriageAct? { acts.first { $0.kind.isDecision } }
    public var last: TriageAct? { acts.last }
    /// What was last said of it; *suspected* and *under review* are decisions that leave it open.
    public var judgement: TriageAct? { acts.last { $0.kind.isJudgement } }
    /// The decision that settles it, unless somebody has taken it up again since.
    public var standing: TriageAct? { judgement.flatMap { $0.kind.isDecision ? $0 : nil } }
    public var changed: Timestamp? { changes.last }

    /// How it was dealt with at some time before; `isThen`: whether a time was over by then.
    public func before(_ isThen: (Timestamp) -> Bool) -> IncidentState {
      var state = self
      state.acts = acts.filter { $0.time.map(isThen) ?? true }
      state.changes = changes.filter(isThen)
      return state
    }

    /// Whether somebody has to look at it.
    public enum Openness: Sendable, Hashable {
      case undecided
      /// The day up to which it was held to be legitimate is over.
      case expired
      /// It has changed since it was decided.
      case changed
      case settled
    }

    /// `today`: `2026-12-31`, in the zone of the estate; `nil`: no day is over.
    public func openness(today: String?) -> Openness {
      guard let standing else { return incident.isExcepted ? .settled : .undecided }
      if let until = standing.until, let today, until < today { return .expired }
      if let changed, let time = standing.time, time < changed { return .changed }
      return .settled
    }

    /// Seconds from detection to decision; `nil`: not decided, or not known when.
    public var secondsToDecide: Int64? {
      guard let detected, let time = decided?.time else { return nil }
      return max(0, (time.nanoseconds - detected.nanoseconds) / Timestamp.nanosecondsPerSecond)
    }
  }
}

extension QuarterFacts {
  /// The days of `2024-Q2`; `nil` for what names no quarter.
  public static func period(of name: String) -> ClosedRange<Int>? {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), year > 0,
      parts[1].utf8.count == 2, parts[1].first == "Q", let quarter = Int(parts[1].dropFirst()),
      (1...4).contains(quarter)
    else { return nil }
    let first = CivilCalendar.dayNumber(year: year, month: quarter * 3 - 2, day: 1)
    let next =
      quarter == 4
      ? CivilCalendar.dayNumber(year: year + 1, month: 1, day: 1)
      : CivilCalendar.dayNumber(year: year, month: quarter * 3 + 1, day: 1)
    return first...next - 1
  }

  /// The quarter before.
  public static func before(_ name: String) -> String? {
    guard let period = period(of: name) else { return nil }
    return self.name(ofDay: period.lowerBound - 1)
  }

  /// The quarter of a day.
  public static func name(ofDay day: Int) -> String {
    let date = CivilCalendar.date(ofDay: day)
    return "\(CivilCalendar.padded(date.year, to: 4))-Q\((date.month - 1) / 3 + 1)"
  }
}
