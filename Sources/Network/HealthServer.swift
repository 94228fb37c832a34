internal import Glibc
internal import Synchronization

/// Answers `GET` for a few pages over HTTP, on a thread of its own: what it answers with is handed to it.
///
/// One connection at a time, a second for each at most; nothing that is asked is acted upon.
public final class HealthServer: Sendable {
  public struct Page: Sendable {
    public var status: Int
    public var type: String
    public var body: String
    public init(status: Int = 200, type: String, body: String) {
      (self.status, self.type, self.body) = (status, type, body)
    }
  }

  /// The answer to each path; a path that is not there is answered with 404.
  public typealias Pages = [String: Page]

  private let pages = Mutex((pages: Pages(), until: Int64.max))
  private let isEnding = Atomic<Bool>(false)
  /// Where it answers.
  public let port: Int

  /// - Throws: `NetworkError` when the port is taken.
  public init(_ endpoint: Endpoint) throws(NetworkError) {
    guard let address = endpoint.addresses(isDatagram: false, isPassive: true).first else {
      throw NetworkError("\(endpoint.host): no such address")
    }
    let ear = address.socket(isDatagram: false)
    var yes: Int32 = 1
    setsockopt(ear, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard ear >= 0, address.with({ bind(ear, $0, $1) }) == 0, listen(ear, 16) == 0 else {
      let failure = NetworkError.system("\(endpoint.host):\(endpoint.port)")
      if ear >= 0 { close(ear) }
      throw failure
    }
    port = endpoint.port
    let isStarted = BlockingThread.start { [weak self] in
      while true {
        var wait = pollfd(fd: ear, events: Int16(POLLIN), revents: 0)
        let isHeard = poll(&wait, 1, 1_000) > 0
        guard let self, !self.isEnding.load(ordering: .relaxed) else { break }
        if isHeard { self.answer(ear) }
      }
      close(ear)
    }
    guard isStarted else { throw NetworkError("no thread is to be had") }
  }

  public func stop() { isEnding.store(true, ordering: .relaxed) }

  /// What is answered from now on; after so many seconds without another, 503: who should have spoken
  /// hangs.
  public func publish(_ pages: Pages, validFor seconds: Int64) {
    let until = Self.now() + seconds * 1_000_000_000
    self.pages.withLock { $0 = (pages, until) }
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private func answer(_ ear: Int32) {
    let file = accept(ear, nil, nil)
    guard file >= 0 else { return }
    defer { close(file) }
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      setsockopt(file, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while request.count < 16_384, !request.contains(0x0A) {
      let got = recv(file, &buffer, buffer.count, 0)
      guard got > 0 else { return }
      request += buffer[..<got]
    }
    let line = String(decoding: request.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    let words = line.split(separator: " ")
    guard words.count >= 2 else { return }
    let path = String(words[1].prefix { $0 != "?" })
    var page = pages.withLock { shown in
      shown.pages[path].map {
        Self.now() <= shown.until
          ? $0 : Page(status: 503, type: "text/plain", body: "the watch has not spoken for long\n")
      } ?? (shown.pages.isEmpty ? Page(status: 503, type: "text/plain", body: "starting\n") : nil)
    }
    if words[0] != "GET", words[0] != "HEAD" {
      page = Page(status: 405, type: "text/plain", body: "GET only\n")
    }
    let found = page ?? Page(status: 404, type: "text/plain", body: "no such page\n")
    let body = Array(found.body.utf8)
    let head =
      "HTTP/1.1 \(found.status) \(found.status == 200 ? "OK" : "Not OK")\r\n"
      + "Content-Type: \(found.type)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    let answer = Array(head.utf8) + (words[0] == "HEAD" ? [] : body)
    var done = 0
    while done < answer.count {
      let count = answer[done...].withUnsafeBytes {
        send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      done += count
    }
    // The rest of the request is read, lest closing cuts off the answer.
    shutdown(file, Int32(SHUT_WR))
    while recv(file, &buffer, buffer.count, 0) > 0 {}
  }
}
