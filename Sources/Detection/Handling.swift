internal import Estate
internal import EventModel

/// One read of customer records, resolved against the estate: what detectors see.
///
/// Names are ids of the engine's own table. `charge` is the volume as it is judged: stated, else
/// the best estimate a bound allows; `unexplained…` is what no instruction covers.
struct Handling {
  var row: EventRow
  var account: NameID
  var terminal: NameID
  var person: NameID
  var organisation: NameID
  var role: Role
  /// `Role.index` of the role.
  var roleIndex: Int
  var isPrivileged: Bool
  /// The account is used by several persons, or by nobody in particular.
  var isShared: Bool
  /// Owner, or `.none` when it could not be told.
  var owner: NameID
  /// Owners beside `owner` when one statement reads several owners' datasets.
  var otherOwners: [NameID] = []
  var dataset: NameID
  /// Records delivered by the owner (or in the dataset), if known.
  var ownerSize: Int64?
  var volume: Volume
  var charge: Int64
  var isBulk: Bool
  var match = AuthorisationMatch(status: .none)
  var unexplained = Volume.none
  var unexplainedCharge: Int64 = 0
  var day: Int32
  /// Whether the register of delegations allows this organisation to handle this owner.
  var isRecognised = true
  /// A finding of the account tells it already.
  var isTold = false

  var isUnexplained: Bool { unexplainedCharge > 0 || unexplained.high > 0 }
}

/// How a bulk read matched an instruction.
struct AuthorisationMatch: Sendable {
  enum Status: UInt8, Sendable { case within, exceeded, late, none }
  enum Reason: UInt8, Sendable {
    case matched, noInstruction, notInRegister, wrongOwner, wrongExecutor, tooManyRecords
    case outsideTime, selfApproved, ownOrganisation, outsideWindow, wrongTerminal, wrongProgram
    case wrongDestination, reused
  }
  var status: Status
  var reason: Reason = .noInstruction
  /// Ticket or job named in the finding.
  var instruction = ""
  /// Records the instruction still allows; `nil`: no limit.
  var allowed: Int64?
}
