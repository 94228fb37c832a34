/// What of a log nobody has read, with the bounds that are known of it.
public struct UnreadPart: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The log was renamed or deleted before it was read to its end, and is not found.
    case lost
    /// The log was cut and begun anew in place: what was written just before may stand nowhere.
    case cut
  }

  public var kind: Kind
  public var path: String
  /// Number of the log in the store.
  public var log: Int
  /// Bytes of it that were read.
  public var offset: Int64
  /// Between these times something may be missing; `nil`: not known.
  public var from: Timestamp?
  public var until: Timestamp?

  public init(
    _ kind: Kind,
    path: String,
    log: Int,
    offset: Int64,
    from: Timestamp?,
    until: Timestamp?
  ) {
    (self.kind, self.path, self.log, self.offset) = (kind, path, log, offset)
    (self.from, self.until) = (from, until)
  }
}
