/// The first bytes that either side of a session has sent.
public struct Opening: Sendable {
  public var client: [UInt8]
  public var server: [UInt8]
  public var serverPort: UInt16

  public init(client: [UInt8], server: [UInt8], serverPort: UInt16) {
    self.client = client
    self.server = server
    self.serverPort = serverPort
  }
}

/// Whether a session speaks a protocol.
public enum Recognition: Sendable, Hashable {
  case no
  /// More bytes of either side would tell.
  case undecided
  case yes
}

/// Reads one protocol: the bytes of one session to records.
///
/// Bytes of a side come once each, in order; what the capture lacks is told as missing where it would have
/// stood. A parser counts where it must not keep: it never holds more than `Self.heldLimit` bytes, never
/// traps on any bytes, and what it tells does not depend on how the bytes are cut. A count that missing bytes
/// may have changed is told as a lower bound.
public protocol SessionParser: AnyObject, SendableMetatype {
  /// As records name it: `postgresql`.
  static var name: String { get }
  /// Judges the first bytes, 2 KiB of either side at the most.
  static func recognise(_ opening: Opening) -> Recognition
  init(_ session: Session)
  func receive(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog)
  /// `count` bytes of that side are not in the capture.
  func miss(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog)
  /// What is still open is told: as far as it came.
  func close(_ end: SessionEnd, at time: Int64, into log: inout WireLog)
  /// Bytes that it holds now, about: all sessions together may hold 32 MiB (`WireLimits.held`), and the one
  /// that was silent longest is closed to make room.
  var held: Int { get }
}

extension SessionParser {
  /// Most bytes that a parser may hold for a session.
  public static var heldLimit: Int { 256 << 10 }
  /// What a parser is taken for that does not say: nothing but its state.
  public var held: Int { 4 << 10 }
}
