/// What an event did, in the few words that counting and judging need.
public enum Operation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Nothing that touches records: maintenance, configuration, an unknown verb.
  case other = 0
  /// Records shown or returned to a client: a query, a view, a search.
  case read
  /// Records taken out by a bulk verb: COPY TO, a dump, a cursor, OUTFILE, a file download.
  case export
  /// Records written, changed or removed.
  case write
  /// Records read inside the server that did not leave it (VACUUM, CREATE TABLE AS).
  case touch
  case logon
  case logonFailure
  case logoff
  /// A change of identity: sudo, su, SET ROLE.
  case privilege
  /// A storage device was attached or removed.
  case device
  /// The audit itself or the clock was changed, started or stopped.
  case audit
  /// Files were packed or encrypted together.
  case archive
  /// Files were copied to a device, a share or another host.
  case transfer
  /// Bytes went over a network from one host to another: no account, no records.
  case flow
  /// A telephone call, as records of calls tell it: begins at the time of the row.
  case call

  /// Whether customer records may have reached a client.
  @inlinable
  public var returnsRecords: Bool { self == .read || self == .export }

  /// Tells of records that stayed in the server.
  @inlinable
  public var isInside: Bool { self == .write || self == .touch }

  /// The word used in the estate file and in reports.
  public var name: String {
    switch self {
    case .other: "other"
    case .read: "read"
    case .export: "export"
    case .write: "write"
    case .touch: "touch"
    case .logon: "logon"
    case .logonFailure: "logon-failure"
    case .logoff: "logoff"
    case .privilege: "privilege"
    case .device: "device"
    case .audit: "audit"
    case .archive: "archive"
    case .transfer: "transfer"
    case .flow: "flow"
    case .call: "call"
    }
  }

  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// Whether the operation succeeded, as the source says.
public enum Outcome: UInt8, Sendable, BitwiseCopyable {
  case unknown = 0
  case success
  case failure
}
