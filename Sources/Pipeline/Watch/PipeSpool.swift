internal import CSpool
internal import EventModel
internal import Glibc
internal import Ingest
internal import Network
internal import Synchronization

/// Standard input, a named pipe or a listener as a file that grows: what was read of it lies in memory
/// until it is taken.
///
/// Kept are the first 64 KiB, from which decoders learn, and what was not taken yet, 64 MiB at most: then
/// nothing more is read, and who writes has to wait.
final class PipeSpool {
  /// As it was named.
  let path: String
  let file: HeldFile
  /// Whether nobody can write any more.
  private(set) var isAtEnd = false
  /// Looks at the logs since then: what cannot be taken by the last of them is never taken.
  private(set) var looksAtEnd = 0
  static let lastLook = 4
  private let descriptor: Int32
  private let memory: SpoolMemory
  private let isNamed: Bool
  let listener: SyslogListener?

  /// `nil`: no pipe, or it cannot be opened.
  init?(path: String) {
    self.path = path
    listener = nil
    isNamed = path != "-"
    descriptor =
      isNamed
      ? PathText.withName(path) { open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC) } : STDIN_FILENO
    guard let memory = SpoolMemory("ometsuke") else { return nil }
    self.memory = memory
    guard descriptor >= 0, let file = HeldFile(copying: memory.file) else { return nil }
    self.file = file
  }

  /// Listens for syslog.
  init(listeningAt path: String, _ settings: TLSSettings) throws(NetworkError) {
    self.path = path
    (isNamed, descriptor) = (false, -1)
    guard let endpoint = Self.endpoint(path) else {
      throw NetworkError("\(path): no address to listen at; write udp://127.0.0.1:5514")
    }
    guard let memory = SpoolMemory(MessageSpool.name), let file = HeldFile(copying: memory.file)
    else {
      throw NetworkError("\(path): no memory")
    }
    (self.memory, self.file) = (memory, file)
    listener = try SyslogListener(
      endpoint,
      settings,
      hasRoom: { memory.hasRoom },
      take: { memory.append($0[...]) }
    )
  }

  deinit {
    listener?.stop()
    if isNamed, descriptor >= 0 { close(descriptor) }
  }

  static func isPipe(_ path: String) -> Bool {
    if path == "-" || isListening(path) { return true }
    var status = stat()
    return PathText.withName(path) { stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Whether it is an address, and no file has its name.
  static func isListening(_ path: String) -> Bool { endpoint(path) != nil }

  private static func endpoint(_ path: String) -> Endpoint? {
    Endpoint(path, defaults: ["udp": 0, "tcp": 0, "tls": 0])
  }

  /// Takes what has come, without waiting.
  func pump() {
    guard listener == nil else { return }
    if isAtEnd { looksAtEnd += 1 }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while !isAtEnd, memory.hasRoom {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 0) > 0 else { return }
      let got = read(descriptor, &buffer, buffer.count)
      if got < 0 { return }
      guard got > 0 else {
        // A named pipe waits for the next who writes to it.
        if isNamed { return }
        isAtEnd = true
        memory.endLine()
        return
      }
      memory.append(buffer[..<got])
    }
  }

  /// Lets go what was taken.
  func forget(upTo consumed: Int64) { memory.forget(upTo: consumed) }
}

extension PlannedFile {
  /// No sender's time says in which year another one writes, nor when: the clock does.
  mutating func wasHeard(at time: Int64) {
    firstTime = nil
    guard format.isYearless else { return }
    year = YearInference.heard(at: time, zone: zone)
  }
}

/// Bytes in memory, as a file: one thread adds at its end, another takes from its beginning.
private final class SpoolMemory: Sendable {
  let file: Int32

  private struct State {
    var size: Int64 = 0
    var taken: Int64 = 0
    var lastByte: UInt8 = 0x0A
  }

  private let state = Mutex(State())

  private static let kept: Int64 = 64 << 10
  private static let room: Int64 = 64 << 20
  /// Bytes before the place reading came to, by which it is known.
  private static let edge: Int64 = 8 << 10

  init?(_ name: String) {
    file = cspool_open(name)
    guard file >= 0 else { return nil }
  }

  deinit { if file >= 0 { close(file) } }

  var hasRoom: Bool { state.withLock { $0.size - $0.taken < Self.room } }

  func append(_ bytes: ArraySlice<UInt8>) {
    guard let last = bytes.last else { return }
    let start = state.withLock { $0.size }
    var done = 0
    bytes.withUnsafeBytes { raw in
      while done < raw.count {
        let from = raw.baseAddress.map { $0 + done }
        let got = pwrite(file, from, raw.count - done, off_t(start) + off_t(done))
        guard got > 0 else { return }
        done += got
      }
    }
    state.withLock { state in
      state.size += Int64(done)
      state.lastByte = last
    }
  }

  func endLine() { if state.withLock({ $0.lastByte != 0x0A }) { append([0x0A]) } }

  func forget(upTo consumed: Int64) {
    let end = (consumed - Self.edge) / 4096 * 4096
    let start = state.withLock { state in
      defer { state.taken = consumed }
      return max(Self.kept, state.taken / 4096 * 4096 - Self.edge)
    }
    guard end > start else { return }
    cspool_forget(file, start, end)
  }
}
