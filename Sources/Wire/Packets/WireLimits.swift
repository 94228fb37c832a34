/// What reading a capture may cost, and how long what is silent is waited for.
public struct WireLimits: Sendable, Hashable {
  /// Flows that are told apart at a time: 176 bytes each, and 16 to find it.
  public var flows = 400_000
  /// Bytes of all sessions that protocols and segments out of order hold.
  public var held = 32 << 20
  /// Bytes of one side that wait for those before them, and segments.
  public var pendingBytes = 256 << 10
  public var pendingSegments = 512
  /// Bytes of datagrams of which fragments are missing.
  public var fragmentBytes = 4 << 20
  /// Nanoseconds of the capture's own time.
  public var idleConnected: Int64 = 24 * 3600 * 1_000_000_000
  public var idleConnectionless: Int64 = 180 * 1_000_000_000
  /// How long the last packets of a session that is over are waited for.
  public var linger: Int64 = 5 * 1_000_000_000
  /// How long bytes are waited for that the other end has confirmed already.
  public var late: Int64 = 1_000_000_000
  /// How often the part since is told of a session that goes on.
  public var part: Int64 = 3600 * 1_000_000_000

  public static let standard = WireLimits()

  public init() {}
}
