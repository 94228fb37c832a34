internal import Estate
internal import EventModel

/// One read of customer records, resolved against the estate: what detectors see.
///
/// Names are ids of the engine's own table. `charge` is the volume as it is judged: stated, else
/// the best estimate a bound allows; `unexplained…` is what no instruction covers. One is made for
/// every event and lent to all that judge it: it has no references and is never copied. On the way of
/// every event it is handed on by address, because of its size.
struct Handling: ~Copyable {
  /// The row, with the engine's own names.
  var row: EventRow
  var terminal = NameID.none
  var person = NameID.none
  var organisation = NameID.none
  /// Owner, or `.none` when it could not be told.
  var owner = NameID.none
  var dataset = NameID.none
  var role = Role.unknown
  private var roleNumber: UInt8 = 0
  var isPrivileged = false
  /// The account is used by several persons, or by nobody in particular.
  var isShared = false
  /// Nobody declared a role of the account, though those of nearly all others are; nor the terminal, though there are
  /// declared ones.
  var isUnregistered = false
  var isAtUnregisteredTerminal = false
  /// Days that the gravest of its signs of time tells: outside the account's term, else of silence,
  /// else since the account or its person was first seen.
  var signDays: UInt16 = 0
  /// Of a shared account what tells apart those behind it: the person's id, or the terminal's while the
  /// person is not known; else 0.
  var actorTag: UInt32 = 0
  /// Whether one statement reads datasets of other owners too: `EstateResolver.otherOwners`.
  var hasOtherOwners = false
  var isBulk = false
  /// Whether it is of a declared dataset or owner, or none is declared at all.
  var isListed = true
  /// Whether the register of delegations allows this organisation to handle this owner.
  var isRecognised = true
  /// What findings of the account tell of it already.
  var told: Told = []
  var day: Int32 = 0
  /// Records delivered by the owner (or in the dataset), -1 when not known.
  var ownerSize: Int64 = -1
  var volume = Volume.none
  var charge: Int64 = 0
  var unexplained = Volume.none
  var unexplainedCharge: Int64 = 0
  var match = AuthorisationMatch()
  /// Instructions that the executor used beyond what they say, within 365 days.
  var misuses: UInt8 = 0
  /// How much of what this role reads in bulk instructions cover; only of bulk reads.
  var roleInstruction = RoleInstruction.little
  /// What is unusual about it; nothing for nearly every read.
  var signs: Signs = []

  @inline(__always)
  init(row: EventRow) { self.row = row }

  /// How many records it is of; as long as no instruction is found, all of them are unexplained.
  ///
  /// Both are written from what is at hand: to copy one from the other waits until its parts have reached memory.
  @inline(__always)
  mutating func take(_ records: Volume, charge judged: Int64) {
    (volume, charge) = (records, judged)
    (unexplained, unexplainedCharge) = (records, judged)
  }

  var account: NameID { row.account }

  /// `Role.index` of the role.
  var roleIndex: Int {
    @inline(__always) get { Int(roleNumber) }
    @inline(__always) set { roleNumber = UInt8(truncatingIfNeeded: newValue) }
  }

  var isRoleInstructed: Bool { roleInstruction != .little }

  var isUnexplained: Bool { unexplainedCharge > 0 || unexplained.high > 0 }

  /// How strong its line is as evidence.
  var lineCharge: Int64 { max(charge, volume.low) }

  /// Whether a key has nothing to add to what the account's findings tell (decision 0004): a terminal once
  /// anything is told, since others may sit there; a person only by sums of its own account's, or else
  /// what is odd about one account would take its reads from the person's sum.
  @inline(__always)
  func isTold(to kind: KeyKind) -> Bool {
    kind == .person ? told.contains(.inSums) : !told.isEmpty
  }

  /// A single record that an application opened by its own account, for somebody whom this log does not
  /// name: so many a day say how busy the callers are, not that anybody takes them away.
  ///
  /// No sum counts it. The order of its keys, its program and its terminal are judged as those of
  /// every read; at a person's own terminal, or of an account behind which there is a person, it is
  /// that person's.
  @inline(__always)
  var isPooled: Bool { role == .service && person == .none && isLookUp }
}

/// How much of what a role reads in bulk instructions cover.
enum RoleInstruction: UInt8, BitwiseCopyable, Sendable {
  case little, most
  /// Of a privileged role, where tickets are declared: what stands beside them is one's own, or one in twenty.
  case nearlyAll
}

/// What findings of an account say of a read.
struct Told: OptionSet, BitwiseCopyable, Sendable {
  var rawValue: UInt8
  static let once = Told(rawValue: 1)
  /// With all that its account read in some time, or by itself beyond its instruction.
  static let inSums = Told(rawValue: 2)
}

/// How a bulk read matched an instruction.
struct AuthorisationMatch: BitwiseCopyable, Sendable {
  enum Status: UInt8, Sendable { case within, exceeded, late, none }
  enum Reason: UInt8, Sendable {
    case matched, noInstruction, notInRegister, wrongOwner, wrongExecutor, tooManyRecords
    case outsideTime, selfApproved, ownOrganisation, outsideWindow, wrongTerminal, wrongProgram
    case wrongDestination, reused, selfRequested, repeated
    case anonymous, unapproved, noExecutor, offRoster, othersTerminal, unstated
    case extraRun, unusualRun

    /// Whether none of the records or all of them are beyond the instruction: the same read again, the
    /// executor's account at another person's terminal, a number that the log does not tell, or a job that ran more
    /// often than it used to.
    var isUncertain: Bool {
      switch self {
      case .repeated, .othersTerminal, .unstated, .unusualRun: true
      default: false
      }
    }

    /// Whether it is told of a read, too, that does not name the ticket.
    var isToldUncited: Bool {
      switch self {
      case .anonymous, .unapproved, .noExecutor, .offRoster: true
      default: false
      }
    }
  }
  var status = Status.none
  var reason = Reason.noInstruction
  /// Ticket or job named in the finding.
  var instruction = NameID.none
  /// Records the instruction still allows; `nil`: no limit.
  var allowed: Int64?
  /// What is covered, all or a part, was approved only afterwards.
  var isLate = false
}
