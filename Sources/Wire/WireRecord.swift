/// What one exchange on the wire came to: a statement and its answer, a request and its response, a file.
///
/// Texts are bytes as they were sent; `WireLog` makes them harmless. What a protocol does not state is `nil`.
public struct WireRecord: Sendable {
  public enum Kind: String, Sendable {
    case statement, request, transfer, login, flow
    /// A session whose content is encrypted.
    case encrypted
    /// A session of which nothing is read but who began it.
    case session
    /// What the capture itself says of its gaps.
    case notice
  }

  public var kind: Kind
  /// When it ended, in nanoseconds since 1970; records of a capture are written in this order as far as its
  /// packets are.
  public var time: Int64
  /// When it began.
  public var start: Int64
  public var account: [UInt8]?
  public var database: [UInt8]?
  /// The client's program, or its user agent.
  public var program: [UInt8]?
  /// The host that was asked for: HTTP's `Host`, the name in TLS' greeting.
  public var host: [UInt8]?
  /// SELECT, COPY, GET, RETR, as the protocol names it.
  public var operation: [UInt8]?
  /// The statement, or the path that was asked for.
  public var text: [UInt8]?
  /// Whether only the start of `text` was kept.
  public var isTextCut = false
  /// The file or share.
  public var object: [UInt8]?
  /// The server's word for the outcome: 200, 42P01, ok.
  public var status: [UInt8]?
  /// Whether it succeeded; `nil`: not seen.
  public var isSuccess: Bool?
  public var contentType: [UInt8]?
  /// Rows or records that went to the client, counted one by one.
  public var rows: Int64?
  /// Whether `rows` is a lower bound: bytes are missing, or what was counted was cut off.
  public var isRowsAtLeast = false
  /// At most so many, where `rows` is a lower bound and that is known.
  public var mostRows: Int64?
  /// Rows that the server itself states at the end.
  public var statedRows: Int64?
  /// Rows that went to the server (COPY … FROM, an upload).
  public var rowsToServer: Int64?
  /// Payload to the client and to the server, in bytes.
  public var bytesToClient: Int64?
  public var bytesToServer: Int64?
  /// Where those are upper bounds: the lower ones.
  public var leastToClient: Int64?
  public var leastToServer: Int64?
  /// Whether others tell all that it held.
  public var isDecrypted = false
  /// Bytes of the exchange that the capture lacks.
  public var missing: Int64 = 0
  /// More that is worth a word: `ja4`, `alpn`, `encrypted`; keys are of this program, values as sent.
  public var details: [(key: StaticString, value: [UInt8])] = []

  public init(_ kind: Kind, start: Int64, time: Int64) {
    self.kind = kind
    self.start = start
    self.time = time
  }
}
