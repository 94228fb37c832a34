internal import Estate
internal import EventModel

/// A rule that judges what a key has handled.
///
/// It never parses, and no role is exempt from it.
///
/// A detector is settings without state: what it counts lives in `KeyState`, so that the state of a
/// key stays one value.
protocol Detector: AnyObject, Sendable {
  static var name: String { get }
  static var summary: String { get }
  /// ATT&CK technique.
  static var technique: String { get }
  /// What its findings rest on.
  static var signal: Signal { get }
  static var needs: KeyState.Needs { get }
  /// Nanoseconds without a hit after which the next hit is a new finding.
  static var gap: Int64 { get }
  init(estate: DeclaredEstate)
  /// When it has to be asked: `observe` would say nothing of any other read.
  func attention(to role: Role) -> Attention
  /// Called for the handlings that may draw its attention, once for each key they belong to, after the
  /// key has counted them; of several detectors with one bound each is asked from the smallest on.
  ///
  /// The state is lent so that a detector can have sums brought up to date
  /// (`HorizonCounters.settle`, `OwnerTable.keepExactHours`, `keepDays`); it changes nothing else.
  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit?
  /// What a hit of an account with several behind it is of this actor's own reads; `nil` where these are not
  /// told apart.
  func own(_ hit: Hit, of handling: borrowing Handling, state: inout KeyState) -> OwnHit?
  /// The finding in words.
  static func describe(_ finding: FindingState, _ words: FindingWords) -> FindingText
}

extension Detector {
  /// A detector that does not say more is asked of every read.
  func attention(to role: Role) -> Attention { .always }
  func own(_ hit: Hit, of handling: borrowing Handling, state: inout KeyState) -> OwnHit? { nil }
}

/// One actor's part of what several behind an account add up to.
struct OwnHit {
  var hit: Hit
  /// Whether it passes the limit without the others.
  var passes: Bool
}

/// A limit that is passed right now.
struct Hit {
  /// Name of the horizon: see `Finding.window`.
  var window: String
  var value: Volume
  var limit: Int64
  var unit = "records"
  var severity: Severity
  /// Tells findings of one key apart: the owner, or the instruction.
  var owner: NameID = .none
  var subkey = ""
  /// Stands in for `subkey` where an instruction tells findings apart.
  var instruction = NameID.none
  var reason: AuthorisationMatch.Reason = .noInstruction
  /// The short horizon whose routine entries join the incident.
  var horizon: Int?
  /// Whether that horizon passes the limit by small reads alone, so that they are takings and not
  /// look-ups beside them.
  var isPaged = false
  /// The long horizon whose small reads join it, numbered as in `OwnerState.sum`: of the hit's owner,
  /// else of all.
  var span: Int?
  /// Small reads before this one that belong to it, at most; -1: it is not about small reads.
  var earlier: Int64 = -1
  /// Since when.
  var earlierFirst: Int64 = 0
  /// Whether there are more of them as the finding grows: every day has some that are usual.
  var isEarlierGrowing = false
  /// Whether all that are not in the incident yet are known to be the actor's reads of the same owner.
  var isEarlierCertain = false
  /// How many of them were of today: where today's small reads are hardly more, these are they.
  var earlierToday: Int64 = 0
  /// Whether those that a call asked for are not among them.
  var isBesidesCalls = false
  /// Whether today's join whatever the incident holds of other days.
  var takesToday = false
  /// Overrides the detector's gap.
  var gap: Int64?
  /// Whether a small read joins the incident by itself, without a sum.
  var takesRead = false
  /// What it rests on, and a number of its own (days): for the words.
  var signs: Signs = []
  var detail: Int64 = 0
  /// Whether the newest number tells of all before it as well; else the highest stays.
  var isDetailOfAll = false
  /// Evidence within an incident, and none by itself: novelty alone raises nothing.
  var isSignal = false
  /// Whether its value is that of the key's reads within the window, so that these are evidence too.
  var isSum = false
  /// Whether it is told of the actor's own reads alone.
  var isOwn = false
}

struct FindingText {
  var english: String
  var japanese: String
  var explanations: [String]
  var explanationsJapanese: [String]
  /// Where it is another than the detector's.
  var technique: String?
}

extension Volume {
  /// `5,000 records`, `up to 5,000 records`, `1 or more records`: what a sentence of a finding says
  /// of it, `noun` in the singular.
  func english(_ noun: String = "record") -> String {
    NumberText.interval(self, .english, unit: .init(noun, "件"))
  }

  /// `1,000 records`, `an estimated 1,500 records (at least 1,000)`: where the upper end is what a
  /// limit is held against, not the most that it may have been.
  func judged(_ noun: String = "record") -> String {
    if low >= high || isUnbounded { return english(noun) }
    return "an estimated " + NumberText.counted(high, noun)
      + (low > 0 ? " (at least \(NumberText.grouped(low)))" : "")
  }

  var judgedJapanese: String {
    if low >= high || isUnbounded { return japanese }
    return "推定 \(NumberText.grouped(high)) 件"
      + (low > 0 ? "(少なくとも \(NumberText.grouped(low)) 件)" : "")
  }

  /// `5,000 件`, `最大 5,000 件`, `4,000〜5,000 件`.
  var japanese: String { NumberText.interval(self, .japanese, unit: .records) }
}

extension FindingState {
  /// The window within a sentence: `one day`, `30d`.
  var windowText: String { window == "day" ? "one day" : window }
  var windowJapanese: String { window == "day" ? "1日" : window }
}

/// Names a description may use.
struct FindingWords {
  var key: String
  var owner: String
  var kind: KeyKind
}

/// Every detector, in order of name.
enum DetectorRegistry {
  static let all: [any Detector.Type] = [
    AuditTampering.self,
    BaselineShift.self,
    BulkExport.self,
    CanaryRecord.self,
    DormantAccount.self,
    FirstAccess.self,
    HeightenedWatch.self,
    KeyRangeCoverage.self,
    LookUpWithoutCall.self,
    LowAndSlow.self,
    NewIdentity.self,
    OwnerShare.self,
    RecordEnumeration.self,
    Recurrence.self,
    ScopeExceeded.self,
    ServiceAccountMisuse.self,
    SharedAccount.self,
    SharedTerminal.self,
    SourceContradiction.self,
    StagedRemoval.self,
    TicketMimicry.self,
    UnrecognisedHandling.self,
    UnregisteredAccount.self,
  ]
}

/// What the command line shows of a detector.
public struct DetectorSummary: Sendable {
  public var name: String
  public var summary: String
  public var technique: String

  /// All detectors, `audit-silence` (which judges coverage, not keys) included.
  public static var all: [DetectorSummary] {
    DetectorRegistry.all.map {
      DetectorSummary(name: $0.name, summary: $0.summary, technique: $0.technique)
    } + [
      DetectorSummary(
        name: AuditSilence.name,
        summary: AuditSilence.summary,
        technique: AuditSilence.technique
      )
    ]
  }
}

/// Limits of records by role and horizon: the operator's, else the defaults.
///
/// Defaults come from the background of the threat catalogue: an operator opens 60 … 220 records a
/// day (660 on the busiest days), supervisors extract lists of up to 100,000, and one taking of the
/// case was at most about 93,000; administrators have no business of their own with records.
struct RoleLimits: Sendable {
  private let table: [Role: [String: Int64]]

  init(estate: DeclaredEstate) {
    let administrators: [String: Int64] = [
      "1m": 1_000, "10m": 2_000, "1h": 3_000, "24h": 5_000, "30d": 10_000, "90d": 20_000,
      "365d": 30_000, "lifetime": 50_000,
    ]
    let others: [String: Int64] = [
      "10m": 3_000, "1h": 5_000, "24h": 20_000, "30d": 50_000, "90d": 100_000, "365d": 200_000,
      "lifetime": 500_000,
    ]
    var table: [Role: [String: Int64]] = [
      .admin: administrators, .dba: administrators, .developer: administrators,
      .service: [
        "1h": 5_000, "24h": 10_000, "30d": 20_000, "90d": 40_000, "365d": 60_000,
        "lifetime": 100_000,
      ],
      .operator: [
        "10m": 500, "1h": 800, "24h": 1_500, "30d": 15_000, "90d": 40_000, "365d": 120_000,
      ],
      .supervisor: [
        "1h": 50_000, "24h": 100_000, "30d": 500_000, "90d": 1_000_000, "365d": 3_000_000,
      ],
      .reviewer: ["1h": 1_000, "24h": 3_000, "30d": 30_000, "90d": 80_000, "365d": 300_000],
      .user: others, .unknown: others,
    ]
    for (role, limits) in estate.policy.limits {
      for (horizon, limit) in limits { table[role, default: [:]][horizon] = limit }
    }
    let scale = estate.policy.limitsScale
    self.table = table.mapValues { limits in
      limits.mapValues { limit in
        let (product, isHuge) = limit.multipliedReportingOverflow(by: scale)
        return isHuge ? .max : product / 100
      }
    }
  }

  func limits(of role: Role) -> [String: Int64] { table[role] ?? [:] }

  func limit(_ role: Role, _ horizon: String) -> Int64? { table[role]?[horizon] }

  /// The limits of several horizons, `Int64.max` where there is none.
  func limits(_ horizons: [String]) -> [Role: [Int64]] {
    var result: [Role: [Int64]] = [:]
    for role in Role.allCases { result[role] = horizons.map { limit(role, $0) ?? .max } }
    return result
  }
}

/// Severity of unexplained records against a limit.
///
/// Critical asks for a number that a log states: an estimate makes a finding high at most.
enum SeverityScale {
  /// Records beyond an instruction.
  static func large(_ value: Int64, stated: Bool) -> Severity {
    value >= 100_000 && stated ? .critical : .high
  }

  /// What may be a retry after a failed download; who reads in bulk by trade mostly retries.
  static func ofRepetition(_ handling: borrowing Handling) -> Severity {
    handling.role == .operator || handling.role == .supervisor ? .low : .medium
  }

  /// What belongs to no declared dataset or owner, where some are declared, is medium at most.
  static func of(
    value: Int64,
    limit: Int64,
    stated: Bool,
    handling: borrowing Handling
  ) -> Severity {
    let listed = ofListed(value: value, limit: limit, stated: stated, handling: handling)
    return handling.isListed ? listed : min(.medium, listed)
  }

  private static func ofListed(
    value: Int64,
    limit: Int64,
    stated: Bool,
    handling: borrowing Handling
  ) -> Severity {
    if handling.account == .none {
      // Visitors of a public site have no name either, and load whatever it offers; what an owner delivered is no
      // public site, and an export is no page.
      let isDelivered = handling.owner != .none && handling.ownerSize > 0
      let isMuch = value >= 10 * max(1, limit)
      if isDelivered { return isMuch ? .high : .medium }
      return isMuch && handling.row.operation == .export ? .medium : .low
    }
    let isReserved = handling.role != .operator && handling.role != .supervisor
    if value >= 100_000 || (isReserved && value >= 20 * max(1, limit)) {
      return stated ? .critical : .high
    }
    if isReserved { return .high }
    return value >= 3 * max(1, limit) ? .high : .medium
  }
}
