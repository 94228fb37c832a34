public import EventModel

/// What is known, answered for by somebody and need not raise an alert until a day.
///
/// It hides nothing: what it covers is counted, kept and shown. Beyond its ceiling it covers nothing
/// any more.
public struct AlertException: Sendable {
  /// Records that all incidents under one exception may hold, where it does not say.
  public static let usualCeiling: Int64 = 10_000

  public var name: String
  /// Who answers for it.
  public var responsible: String
  public var reason: String
  public var from: Timestamp?
  public var until: Timestamp
  /// Every account of an incident must match one; empty: any.
  public var accounts: [Pattern] = []
  /// Every terminal of an incident must match one; empty: any.
  public var terminals: [Pattern] = []
  /// Names of the owners it is about; empty: all.
  public var owners: [String] = []
  /// Names of the detectors it is about; empty: all.
  public var detectors: [String] = []
  public var ceiling = Self.usualCeiling
  /// Whether it is about all owners, or more than half of three and more.
  public var isWide = false
  /// Line of the estate file that declares it, from 1; 0: not from a file.
  public var line = 0

  /// When it begins: as declared, and no more than `longest` before its end.
  public var start: Timestamp {
    let earliest = Timestamp(nanoseconds: until.nanoseconds &- Self.longest)
    return max(from ?? earliest, earliest)
  }

  /// What is known for longer is looked at again: 400 days, nanoseconds.
  public static let longest: Int64 = 400 * Timestamp.nanosecondsPerDay

  public init(name: String, responsible: String, reason: String, until: Timestamp) {
    self.name = name
    self.responsible = responsible
    self.reason = reason
    self.until = until
  }
}
