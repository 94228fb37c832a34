/// One end of a session.
public struct Endpoint: Sendable, Hashable {
  public var address: InternetAddress
  public var port: UInt16

  public init(address: InternetAddress, port: UInt16) {
    self.address = address
    self.port = port
  }
}

/// Who sent something.
public enum Side: Sendable, Hashable {
  /// The one that opened the session.
  case client
  case server

  public var other: Side { self == .client ? .server : .client }
}

/// One conversation of two ends, as its parser is told of it.
public struct Session: Hashable {
  public enum Transport: String, Sendable, Hashable { case tcp, udp }

  /// Its number in the capture, from 1, in the order of first packets.
  public var number: Int
  public var transport: Transport
  public var client: Endpoint
  public var server: Endpoint
  /// Of its first packet, in nanoseconds since 1970.
  public var start: Int64
  /// Whether the capture holds its very beginning: who is client is then known, not guessed.
  public var isFromStart: Bool
  /// Where the secrets of encrypted sessions are looked up.
  public var keys: KeyLog?
  /// Where requests name their user beside `Authorization`.
  var users: UserFields.Names?
  /// What of objects has come to whom in other sessions.
  var objects: ObjectBook?

  public init(
    number: Int,
    transport: Transport,
    client: Endpoint,
    server: Endpoint,
    start: Int64,
    isFromStart: Bool
  ) {
    self.number = number
    self.transport = transport
    self.client = client
    self.server = server
    self.start = start
    self.isFromStart = isFromStart
  }
}

/// Why a session is over.
public enum SessionEnd: String, Sendable, Hashable {
  case finished, reset, idle
  /// Its state had to make room.
  case displaced
  case endOfCapture = "end-of-capture"
}
