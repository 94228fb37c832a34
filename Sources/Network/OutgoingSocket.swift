internal import CNet
internal import Glibc

/// Whom TLS trusts, and who it says we are.
public struct TLSSettings: Sendable, Hashable {
  /// PEM files; `nil`: the system's, and no certificate of our own.
  public var trusted: String?
  public var certificate: String?
  public var key: String?

  public init(trusted: String? = nil, certificate: String? = nil, key: String? = nil) {
    (self.trusted, self.certificate, self.key) = (trusted, certificate, key)
  }
}

/// A connection to send over: UDP, TCP or TLS; blocks, ten seconds at most for each step.
///
/// One thread at a time.
public final class OutgoingSocket {
  private let socket: Int32
  private let isDatagram: Bool
  private var context: OpaquePointer?
  private var tls: OpaquePointer?
  private static let patience = 10

  public init(_ endpoint: Endpoint, _ settings: TLSSettings) throws(NetworkError) {
    isDatagram = endpoint.scheme == "udp"
    let addresses = endpoint.addresses(isDatagram: isDatagram, isPassive: false)
    guard !addresses.isEmpty else { throw NetworkError("\(endpoint.host): no such name") }
    var failure = NetworkError("\(endpoint.text): cannot be reached")
    var connected: Int32 = -1
    for address in addresses where connected < 0 {
      let file = address.socket(isDatagram: isDatagram)
      guard file >= 0 else { continue }
      if Self.connect(file, address) {
        connected = file
      } else {
        failure = .system("\(endpoint.text): cannot be reached")
        close(file)
      }
    }
    guard connected >= 0 else { throw failure }
    socket = connected
    guard endpoint.scheme == "tls" else { return }
    try greet(endpoint, settings)
  }

  /// Connects within the time; the socket blocks afterwards, as long.
  private static func connect(_ file: Int32, _ address: SocketAddress) -> Bool {
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      setsockopt(file, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    // A connect that the send time-out ends says EINPROGRESS.
    let result = address.with { Glibc.connect(file, $0, $1) } ?? -1
    if result != 0, errno == EINPROGRESS { errno = ETIMEDOUT }
    return result == 0
  }

  private func greet(
    _ endpoint: Endpoint,
    _ settings: TLSSettings
  ) throws(NetworkError) {
    var why = [CChar](repeating: 0, count: Int(CNET_WHY))
    context = cnet_tls_client(settings.trusted, settings.certificate, settings.key, &why)
    if let context { tls = cnet_tls_connect(context, socket, endpoint.host, &why) }
    guard tls != nil else { throw NetworkError("\(endpoint.text): " + Self.text(why)) }
  }

  static func text(_ why: [CChar]) -> String {
    String(decoding: why.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if let tls { cnet_tls_free(tls) }
    if let context { cnet_tls_context_free(context) }
    if socket >= 0 { close(socket) }
  }

  /// Whether the other side has not hung up, as far as is known here.
  ///
  /// Asked of the connection itself: what waits to be read (TLS sends tickets) would hide its end.
  public var isUp: Bool {
    if isDatagram { return true }
    // The state is the first byte of `tcp_info`; 1: established.
    var state: UInt8 = 0
    var length = socklen_t(1)
    return getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &state, &length) == 0 && state == 1
  }

  /// Sends all of it: one datagram, or bytes of the stream.
  public func send(_ bytes: [UInt8]) throws(NetworkError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { raw -> Int in
        guard let base = raw.baseAddress else { return 0 }
        if let tls { return cnet_tls_write(tls, base + done, bytes.count - done) }
        return Glibc.send(socket, base + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if count < 0, tls == nil, errno == EINTR { continue }
      guard count > 0 else {
        throw tls == nil ? .system("sending failed") : NetworkError("sending over TLS failed")
      }
      done += count
    }
  }

  /// Waits until the kernel of the other side has everything; syslog knows no other receipt.
  public func awaitReceipt() throws(NetworkError) {
    guard !isDatagram else { return }
    // SIOCOUTQ, which glibc's headers give no Swift name.
    let unsent: UInt = 0x5411
    for _ in 0..<Self.patience * 200 {
      var left: Int32 = 0
      guard ioctl(socket, unsent, &left) == 0, isUp else {
        throw NetworkError("the receiver has hung up")
      }
      if left == 0 { return }
      usleep(5_000)
    }
    throw NetworkError("the receiver takes nothing")
  }
}
