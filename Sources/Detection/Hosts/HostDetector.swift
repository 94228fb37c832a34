internal import Estate
internal import EventModel

/// What became of clock or audit, in the words of the rows.
enum AuditEffect: String, Sendable {
  case stopped, started, rotated, cleared
  case configured = "configuration changed"
  case clock = "clock changed"
}

/// Something that happened at a host and is no read.
struct HostEvent: Sendable {
  enum Kind: Sendable {
    case audit(AuditEffect)
    /// `isStorage`: not only a plug, but a disk. `isRegistered`: the operator knows it.
    case device(isStorage: Bool, isRegistered: Bool)
    case archive
    /// A database dumped with higher rights, by who has neither job nor open ticket for it.
    case dump
    /// `isDump`: of a backup or dump of a database, for which whoever copies it has neither job nor open ticket.
    case transfer(isDump: Bool)
    /// Bytes that came to the host from a server.
    case flow(server: NameID, bytes: Int64)
    case privilege
  }
  var kind: Kind
  var row: EventRow
  /// The account is known by name, and not by a number alone.
  var isNamed: Bool
}

/// A limit that a host's events have passed.
struct HostHit {
  /// Whom it is held against, as far as the events name anybody.
  var account = NameID.none
  var window = "event"
  var value: Volume
  var limit: Int64
  var unit: String
  var severity: Severity
  var subkey: String
  var time: Int64
  var places: [FindingState.Place]
  /// Bytes that may have been records of nobody knows whom.
  var unstated: Volume?
}

/// A rule that judges what happens at a host, and what the sources say of each other.
///
/// Of reads it sees the bulk ones alone. It changes the host's state, and only that.
protocol HostDetector: Detector {
  /// Something has happened at the host.
  func observe(_ event: HostEvent, at host: inout HostState) -> [HostHit]
  /// A bulk read came from the host.
  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit]
  /// What waited until `time` may be judged: all that came before it is known.
  func settle(until time: Int64, at host: inout HostState) -> [HostHit]
}

extension HostDetector {
  static var needs: KeyState.Needs { [] }
  func attention(to role: Role) -> Attention { .never }
  func observe(_ handling: borrowing Handling, kind: KeyKind, state: inout KeyState) -> Hit? { nil }
  func observe(_ event: HostEvent, at host: inout HostState) -> [HostHit] { [] }
  func observe(_ read: HostRead, at host: inout HostState) -> [HostHit] { [] }
  func settle(until time: Int64, at host: inout HostState) -> [HostHit] { [] }
}

/// What host detectors see of a bulk read.
struct HostRead: Sendable {
  var row: EventRow
  var role: Role
  var isPrivileged: Bool
  var day: Int32
  var unexplained: Volume
  var charge: Int64
  /// The most bytes the read can have put on a wire; `Int64.max`: nothing bounds it.
  var mostBytes: Int64
  /// An inquiry names its account, person or owner, and it came after that.
  var isWatched: Bool

  var place: FindingState.Place { FindingState.Place(row, charge: max(charge, unexplained.low)) }
}

extension FindingState.Place {
  init(_ place: Self, charge: Int64) {
    self = place
    self.charge = charge
  }

  init(_ row: EventRow, charge: Int64) {
    self.init(
      charge: charge,
      time: row.time,
      digest: row.digest,
      offset: row.offset,
      line: row.line,
      length: row.length,
      file: row.file
    )
  }
}

extension Operation {
  /// Whether a host detector may have to know of it, or who sits there.
  @inline(__always)
  var tellsOfHost: Bool {
    rawValue >= Operation.privilege.rawValue || self == .touch || self == .logon
  }
}
