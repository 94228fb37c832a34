public import EventModel

/// Everything the operator declares.
///
/// Empty where nothing is declared; every consumer must say what
/// it assumed instead.
public struct DeclaredEstate: Sendable {
  /// Path of the estate file, or empty.
  public var file = ""
  /// Registers the estate file names (tickets): part of the estate, not logs.
  public var registerFiles: [String] = []
  public var sources: [SourceDeclaration] = []
  /// The formats that files in `formats.d` declare, in order of file.
  public var formats: [DeclaredFormat] = []
  public var organisations: [Organisation] = []
  public var owners: [Owner] = []
  public var datasets: [Dataset] = []
  public var accounts: [Account] = []
  public var terminals: [Terminal] = []
  public var persons: [Person] = []
  public var tickets: [Ticket] = []
  public var jobs: [ScheduledJob] = []
  public var delegations: [Delegation] = []
  public var exceptions: [AlertException] = []
  public var sinks: [SinkDeclaration] = []
  /// Whether the section was there at all: an empty register is not an undeclared one.
  public var declaresTickets = false
  public var declaresDelegations = false
  public var policy = Policy()
  /// 16 bytes for the hashes of data subjects; `nil`: the built-in key, said as an assumption.
  public var subjectKey: [UInt8]?
  /// 16 bytes under which the store of the nights is kept: the second line of the key file.
  public var storeKey: [UInt8]?
  /// Where the key file lies.
  public var keyFile: String?
  /// Ids of planted data subjects as the logs write them; whoever reads logs hashes them with
  /// `subjectKey` into `canaryHashes`.
  public var canaries: [String] = []
  /// Keyed hashes of planted data subjects.
  public var canaryHashes: Set<UInt64> = []

  public init() {}
}

/// Who works for whom: owner → contractor → system provider → staffing agency.
public struct Organisation: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case owner, contractor, provider, agency, other
  }
  public var name: String
  public var kind: Kind
  /// Names of the organisations it works for.
  public var worksFor: [String] = []
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// Whose customers the data describe.
public struct Owner: Sendable {
  public enum Sector: String, Sendable, CaseIterable {
    case `private`, agency
    case localGovernment = "local-government"
  }
  public var name: String
  public var sector: Sector?
  /// Records delivered: the size of the owner's set.
  public var delivered: Int64?
  /// Bytes of one exported record, least and most.
  public var bytesPerRecord: ClosedRange<Int64>?
  public var categories: [String] = []
  /// Other ways the logs write its name.
  public var aliases: [String] = []
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String) { self.name = name }
}

/// Tables, URLs, objects or lists that hold one owner's records (or several owners', when no owner
/// is named).
public struct Dataset: Sendable {
  public var name: String
  /// Globs over the object as the log writes it; `*` matches anything, also `/` and `.`.
  public var patterns: [Pattern] = []
  public var owner: String?
  /// Records in it.
  public var size: Int64?
  public var bytesPerRecord: ClosedRange<Int64>?
  /// false: declared as holding no customer records.
  public var holdsCustomerRecords = true
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String) { self.name = name }
}

public enum Role: String, Sendable, CaseIterable, BitwiseCopyable {
  case `operator`, supervisor, admin, dba, service, reviewer, developer, user, unknown

  /// Whether the role can reach the data beneath the application.
  public var isPrivileged: Bool { self == .admin || self == .dba || self == .developer }
}

public struct Account: Sendable {
  public var patterns: [Pattern] = []
  public var role: Role
  public var organisation: String?
  /// One: the account is that person's; several: shared.
  public var persons: [String] = []
  /// Declared as shared even when nobody is named.
  public var shared = false
  public var validFrom: Timestamp?
  public var validUntil: Timestamp?
  /// Extensions and numbers of agents by which records of calls name it.
  public var extensions: [String] = []
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(role: Role) { self.role = role }
}

extension Account {
  /// Whether hands are behind it: anything but a service account, one that is shared or a person's, and a name of administrators.
  public var isOfHands: Bool {
    role != .service || !persons.isEmpty || shared
      || patterns.contains { $0.isLiteral && WellKnownNames.isAdministrator($0.text) }
  }
}

public struct Terminal: Sendable {
  public var name: String
  /// Addresses, CIDR blocks or globs over host names, beside the name itself.
  public var addresses: [String] = []
  public var organisation: String?
  public var person: String?
  /// Extensions of the telephones beside it.
  public var extensions: [String] = []
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String) { self.name = name }
}

/// When somebody is there at all: what tells apart the persons behind a shared account.
public struct Person: Sendable {
  public var name: String
  /// First and last time on the roster.
  public var validFrom: Timestamp?
  public var validUntil: Timestamp?
  /// Minutes of the local day, start ≤ minute < end; end < start passes midnight.
  public var shiftStart: Int?
  public var shiftEnd: Int?
  /// 0 = Monday … 6 = Sunday; empty: every day.
  public var weekdays: [Int] = []
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String) { self.name = name }
}

/// An instruction: who may read how much of whose records, and when.
public struct Ticket: Sendable {
  public var id: String
  /// Organisation that asked.
  public var requestedBy: String?
  /// Account or person that may act; `nil`: not stated.
  public var executor: String?
  public var owner: String?
  /// The other owners, where the field lists several.
  public var furtherOwners: [String] = []
  /// It says that it is about every owner there is.
  public var isForAllOwners = false
  /// Most records; `nil`: not stated.
  public var mostRecords: Int64?
  public var opened: Timestamp
  public var closed: Timestamp?
  public var approver: String?
  /// When it was approved, if the register says; else `opened`.
  public var approved: Timestamp?
  /// What its register asks of every ticket and this one leaves blank.
  public var blanks: Blanks = []
  /// The register it was read from; empty: the estate file itself.
  public var file = ""
  /// Line of that file, from 1; 0: not from a file.
  public var line = 0
  public init(id: String, opened: Timestamp) {
    self.id = id
    self.opened = opened
  }
}

extension Ticket {
  /// Parties that a register has a column for and a ticket does not name.
  public struct Blanks: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Neither who asked nor who approved.
    public static let parties = Blanks(rawValue: 1)
    public static let approver = Blanks(rawValue: 2)
    public static let executor = Blanks(rawValue: 4)
  }

  /// Whether it covers reads of every owner: it says so, or it names no owner, but who may read, and
  /// from when until when.
  public var coversEveryOwner: Bool {
    isForAllOwners || (owner == nil && executor != nil && closed != nil && mostRecords != 0)
  }
}

/// A job that reads in bulk by design.
///
/// Unstated fields match anything.
public struct ScheduledJob: Sendable {
  public var name: String
  public var account: Pattern?
  public var program: Pattern?
  public var terminal: Pattern?
  /// Minutes of the local day, start ≤ minute < end; end < start passes midnight.
  public var startMinute: Int?
  public var endMinute: Int?
  /// 0 = Monday … 6 = Sunday; empty: every day.
  public var weekdays: [Int] = []
  public var datasets: [Pattern] = []
  public var destination: Pattern?
  public var mostRecords: Int64?
  /// How often it runs within one occurrence of its window at most; `nil`: as often as it used to.
  public var mostRuns: Int64?
  public var validFrom: Timestamp?
  public var validUntil: Timestamp?
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(name: String) { self.name = name }
}

extension ScheduledJob {
  /// Minutes beyond which a window bounds nothing: half a day.
  public static let longestWindow = 720

  /// How long its window is open, 1 … 1,440 minutes; `nil`: it has none.
  public var windowMinutes: Int? {
    guard let startMinute, let endMinute else { return nil }
    let length = (endMinute - startMinute + 1_440) % 1_440
    return length == 0 ? 1_440 : length
  }

  /// What it lacks to cover an account behind which there are hands: without all of it, the job would
  /// be a licence to read.
  public var lacks: [String] {
    var missing: [String] = []
    if program == nil, terminal == nil { missing.append("program or terminal") }
    if startMinute == nil || windowMinutes ?? 0 > Self.longestWindow { missing.append("window") }
    if mostRecords == nil { missing.append("most-records") }
    return missing
  }
}

/// An entry of the register of delegations and consents: this organisation may handle that owner's data.
public struct Delegation: Sendable {
  public var owner: String
  public var organisation: String
  public var from: Timestamp?
  public var until: Timestamp?
  public var document: String?
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0
  public init(owner: String, organisation: String) {
    self.owner = owner
    self.organisation = organisation
  }
}

/// Limits and calendar.
public struct Policy: Sendable {
  /// Unexplained records a role may read within a horizon (named as the window of a finding).
  ///
  /// A role or horizon that is not listed has the default of the detector.
  public var limits: [Role: [String: Int64]] = [:]
  /// Per cent of their value at which the limits of records hold, the operator's and the defaults.
  public var limitsScale: Int64 = 100
  /// Share of one owner's set, per mille, by horizon.
  public var shareLimits: [Role: [String: Int64]] = [:]
  /// Look-ups without a call beyond what is usual, by role and horizon (`day`, `30d`, `90d`).
  public var lookUpLimits: [Role: [String: Int64]] = [:]
  /// Records read in the order of their keys, by role and horizon (`day`, `30d`).
  public var sequenceLimits: [Role: [String: Int64]] = [:]
  /// Reads of unknown number, by privileged role and horizon (`day`, `30d`).
  public var uncountedLimits: [Role: [String: Int64]] = [:]
  /// Seconds by which lines may come out of order where their source declares nothing.
  public var lateness: Int64 = 48 * 3600
  /// All rows of so many seconds are held: no more than 31 days of them.
  public static let mostLateness: Int64 = 31 * 86_400
  /// Seconds after the reading within which an approval is "late", not "none".
  public var lateApproval: Int64 = 24 * 3600
  /// Per cent by which a read may pass the number of a ticket or job: lists grow between the
  /// request and the reading.
  public var ticketTolerance: Int64 = 5
  /// IANA name or ±hh:mm of the days of ledger and calendar; `nil`: UTC.
  public var timeZone: String?
  /// The rule of `timeZone`.
  public var zone: TimeZoneRule { timeZone.flatMap { TimeZoneRule(name: $0) } ?? .utc }
  /// Working days, 0 = Monday.
  public var workingDays: Set<Int> = [0, 1, 2, 3, 4]
  /// Days since 1970 that are holidays.
  public var holidays: Set<Int> = []
  /// A read of at least so many records is a bulk read and must match an instruction.
  public var bulkFloor: Int64 = 100
  /// Storage devices the operator knows, by what logs say of them.
  public var devices: [RegisteredDevice] = []
  public var inquiries: [Inquiry] = []
  public var calls = CallPolicy()
  public init() {}
}

/// Which look-ups belong to a telephone call.
public struct CallPolicy: Sendable {
  /// Seconds before it begins (the record is opened, then the number is dialled), and after its end
  /// (what was said is written down).
  public var before: Int64 = 120
  public var after: Int64 = 300
  /// Single records that one call can have asked for.
  public var records: Int64 = 10
  public init() {}
}

/// A storage device of the operator's register.
public struct RegisteredDevice: Sendable {
  public var name: String
  /// Over what logs say of it; `*` matches anything.
  public var patterns: [Pattern]
  /// Who keeps it.
  public var holder: String?
  public var from: Timestamp?
  public var until: Timestamp?
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0

  public init(name: String, patterns: [Pattern]) {
    self.name = name
    self.patterns = patterns
  }

  public func matches(_ text: String) -> Bool { patterns.contains { $0.matches(text) } }

  /// Whether it may be used at that time.
  public func isValid(at time: Timestamp) -> Bool {
    from.map { $0 <= time } ?? true && until.map { time < $0 } ?? true
  }
}

/// An inquiry after which accounts or owners are watched more closely.
public struct Inquiry: Sendable {
  public var from: Timestamp
  public var until: Timestamp
  /// Accounts or persons.
  public var accounts: [Pattern] = []
  /// Names of owners, as they are declared.
  public var owners: [String] = []
  public init(from: Timestamp, until: Timestamp) {
    self.from = from
    self.until = until
  }
}
