internal import CNet
internal import Glibc
internal import Synchronization

/// Listens for syslog over UDP, TCP or TLS, on a thread of its own, and hands over each message as a line.
///
/// Senders are bounded: 256 connections (a new one ends that which has been silent longest), a message of
/// 1 MiB, and nothing is read while there is no room, so that TCP makes its senders wait; what UDP loses
/// meanwhile the kernel counts. What was lost is counted by sender.
public final class SyslogListener: Sendable {
  /// What was lost, and of whom.
  public struct Losses: Sendable {
    public var messages: Int64 = 0
    /// Addresses, at most 256; the others are in `messages` alone.
    public var bySender: [String: Int64] = [:]

    public init() {}

    mutating func add(_ count: Int64, of sender: String) {
      guard count > 0 else { return }
      messages += count
      if bySender[sender] != nil || bySender.count < 256 { bySender[sender, default: 0] += count }
    }
  }

  private let losses = Mutex(Losses())
  private let isEnding = Atomic<Bool>(false)
  private let bell: Bell

  /// `hasRoom`: whether more may be handed over; `take`: whole lines.
  ///
  /// - Throws: `NetworkError` when the address cannot be listened at.
  public init(
    _ endpoint: Endpoint,
    _ settings: TLSSettings,
    hasRoom: @escaping @Sendable () -> Bool,
    take: @escaping @Sendable ([UInt8]) -> Void
  ) throws(NetworkError) {
    guard let bell = Bell() else { throw NetworkError("no pipe is to be had") }
    self.bell = bell
    let ears = try Self.open(endpoint)
    let context = endpoint.scheme == "tls" ? try TLSContext(settings) : nil
    let isDatagram = endpoint.scheme == "udp"
    let started = BlockingThread.start { [weak self, bell] in
      var loop = ListenerLoop(
        ears: ears,
        isDatagram: isDatagram,
        context: context,
        bell: bell,
        hasRoom: hasRoom,
        take: take
      )
      while let self, !self.isEnding.load(ordering: .relaxed) {
        loop.turn()
        let lost = loop.takeLosses()
        if lost.messages > 0 {
          self.losses.withLock { all in
            var named: Int64 = 0
            for (sender, count) in lost.bySender {
              all.add(count, of: sender)
              named += count
            }
            all.messages += lost.messages - named
          }
        }
      }
      loop.close()
    }
    guard started else { throw NetworkError("no thread is to be had") }
  }

  deinit { bell.ring() }

  /// Ends it; what has come is handed over.
  public func stop() {
    isEnding.store(true, ordering: .relaxed)
    bell.ring()
  }

  /// What was lost since the last time.
  public func takeLosses() -> Losses {
    losses.withLock { losses in
      defer { losses = Losses() }
      return losses
    }
  }

  private static func open(_ endpoint: Endpoint) throws(NetworkError) -> [Int32] {
    let isDatagram = endpoint.scheme == "udp"
    var ears: [Int32] = []
    var failure = NetworkError("\(endpoint.text): no such address")
    for address in endpoint.addresses(isDatagram: isDatagram, isPassive: true) {
      let file = address.socket(isDatagram: isDatagram)
      guard file >= 0 else { continue }
      var yes: Int32 = 1
      let size = socklen_t(MemoryLayout<Int32>.size)
      setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, size)
      if address.family == AF_INET6 {
        setsockopt(file, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
      }
      if isDatagram {
        // As much as the system grants: what does not fit is lost.
        var room: Int32 = 16 << 20
        setsockopt(file, SOL_SOCKET, SO_RCVBUF, &room, size)
      }
      _ = fcntl(file, F_SETFL, O_NONBLOCK)
      let isBound = address.with { bind(file, $0, $1) } == 0
      if isBound, isDatagram || listen(file, 128) == 0 {
        ears.append(file)
      } else {
        failure = .system("\(endpoint.text): cannot be listened at")
        Glibc.close(file)
      }
    }
    guard !ears.isEmpty else { throw failure }
    return ears
  }
}

/// TLS as a server speaks it.
final class TLSContext: @unchecked Sendable {
  // Only the listener's thread touches it after it was made.
  let pointer: OpaquePointer

  init(_ settings: TLSSettings) throws(NetworkError) {
    var why = [CChar](repeating: 0, count: Int(CNET_WHY))
    guard
      let made = cnet_tls_server(
        settings.certificate ?? "",
        settings.key ?? "",
        settings.trusted,
        &why
      )
    else { throw NetworkError(OutgoingSocket.text(why)) }
    pointer = made
  }

  deinit { cnet_tls_context_free(pointer) }
}
