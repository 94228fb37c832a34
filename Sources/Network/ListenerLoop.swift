internal import CNet
internal import Glibc

/// What the thread of a listener does: waits, reads, cuts into lines, hands over.
struct ListenerLoop {
  private struct Sender {
    let file: Int32
    let tls: OpaquePointer?
    let name: String
    var framer = SyslogFramer()
    var lost: Int64 = 0
    var heardAt: Int64
    /// Whether there may be more of it that no wait would tell of: inside TLS.
    var hasMore = false
  }

  private let ears: [Int32]
  private let isDatagram: Bool
  private let context: TLSContext?
  private let bell: Bell
  private let hasRoom: @Sendable () -> Bool
  private let take: @Sendable ([UInt8]) -> Void
  private var senders: [Sender] = []
  private var losses = SyslogListener.Losses()
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// What the kernel had dropped of each ear.
  private var dropped: [Int32: Int64] = [:]

  static let mostSenders = 256

  init(
    ears: [Int32],
    isDatagram: Bool,
    context: TLSContext?,
    bell: Bell,
    hasRoom: @escaping @Sendable () -> Bool,
    take: @escaping @Sendable ([UInt8]) -> Void
  ) {
    (self.ears, self.isDatagram, self.context, self.bell) = (ears, isDatagram, context, bell)
    (self.hasRoom, self.take) = (hasRoom, take)
  }

  mutating func takeLosses() -> SyslogListener.Losses {
    defer { losses = SyslogListener.Losses() }
    return losses
  }

  /// One wait, a second at most, and what came of it.
  mutating func turn() {
    let mayRead = hasRoom()
    var waits = [pollfd(fd: bell.ear, events: Int16(POLLIN), revents: 0)]
    waits += ears.map {
      pollfd(fd: $0, events: mayRead || !isDatagram ? Int16(POLLIN) : 0, revents: 0)
    }
    waits += senders.map { pollfd(fd: $0.file, events: mayRead ? Int16(POLLIN) : 0, revents: 0) }
    let isPending = mayRead && senders.contains { $0.hasMore }
    let count = poll(&waits, nfds_t(waits.count), isPending ? 0 : mayRead ? 1_000 : 50)
    if isDatagram { noteDrops() }
    guard count > 0 || isPending else { return }
    let heard = zip(waits[(1 + ears.count)...], senders).map { $0.revents != 0 || $1.hasMore }
    if mayRead {
      var ended: [Int] = []
      for (index, isHeard) in heard.enumerated() where isHeard && !read(index) {
        ended.append(index)
      }
      for index in ended.reversed() { end(index) }
    }
    for (index, ear) in ears.enumerated() where waits[1 + index].revents != 0 {
      if isDatagram { receive(ear) } else { accept(ear) }
    }
  }

  // MARK: Datagrams

  /// As many as there are, a thousand at most: then what they hold is handed over.
  private mutating func receive(_ ear: Int32) {
    var lines: [UInt8] = []
    for _ in 0..<1_000 {
      let got = recv(ear, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard got >= 0 else { break }
      if got > 0 { SyslogFramer.append(buffer[..<got], to: &lines) }
    }
    if !lines.isEmpty { take(lines) }
  }

  /// What the kernel dropped because nobody had read it.
  private mutating func noteDrops() {
    for ear in ears {
      // SO_MEMINFO gives nine numbers, the last one what was dropped.
      var info = [UInt32](repeating: 0, count: 9)
      var length = socklen_t(36)
      guard getsockopt(ear, SOL_SOCKET, 55, &info, &length) == 0, length == 36 else { continue }
      let all = Int64(info[8])
      let before = dropped[ear] ?? 0
      dropped[ear] = all
      losses.messages += max(0, all - before)
    }
  }

  // MARK: Connections

  private mutating func accept(_ ear: Int32) {
    while true {
      var address = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let file = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(ear, $0, &length) }
      }
      guard file >= 0 else { return }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      _ = fcntl(file, F_SETFL, O_NONBLOCK)
      if senders.count >= Self.mostSenders {
        let silent = senders.indices.min { senders[$0].heardAt < senders[$1].heardAt }
        if let silent { end(silent) }
      }
      var tls: OpaquePointer?
      if let context {
        tls = cnet_tls_accept(context.pointer, file)
        guard tls != nil else {
          Glibc.close(file)
          continue
        }
      }
      senders.append(
        Sender(file: file, tls: tls, name: Self.name(of: address, length), heardAt: Self.now())
      )
    }
  }

  /// Reads of one sender, 256 KiB at most, so that none keeps the others waiting; `false`: it has ended.
  private mutating func read(_ index: Int) -> Bool {
    var lines: [UInt8] = []
    defer { if !lines.isEmpty { take(lines) } }
    senders[index].hasMore = false
    for _ in 0..<(senders[index].tls == nil ? 4 : 16) {
      let got: Int
      if let tls = senders[index].tls {
        got = cnet_tls_read(tls, &buffer, buffer.count)
        if got == -2 { return true }
      } else {
        got = recv(senders[index].file, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if got < 0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR { return true }
      }
      guard got > 0 else { return false }
      senders[index].heardAt = Self.now()
      _ = senders[index].framer.take(buffer[..<got], into: &lines)
      note(index)
    }
    senders[index].hasMore = senders[index].tls != nil
    return true
  }

  private mutating func note(_ index: Int) {
    let lost = senders[index].framer.lost
    losses.add(lost - senders[index].lost, of: senders[index].name)
    senders[index].lost = lost
  }

  private mutating func end(_ index: Int) {
    var lines: [UInt8] = []
    _ = senders[index].framer.finish(into: &lines)
    note(index)
    if !lines.isEmpty { take(lines) }
    let sender = senders.remove(at: index)
    if let tls = sender.tls { cnet_tls_free(tls) }
    Glibc.close(sender.file)
  }

  mutating func close() {
    while !senders.isEmpty { end(senders.count - 1) }
    for ear in ears { Glibc.close(ear) }
  }

  private static func name(of address: sockaddr_storage, _ length: socklen_t) -> String {
    var address = address
    var text = [CChar](repeating: 0, count: 64)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getnameinfo($0, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      }
    }
    return result == 0 ? OutgoingSocket.text(text) : "unknown"
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
