internal import Glibc
internal import Synchronization

/// The secrets of encrypted sessions, as programs log them for who may read their traffic.
///
/// A line is a label, the random number of the client and a secret, both in hexadecimal digits. Secrets are held in
/// memory only: they are never written, told or kept in a state.
///
///     CLIENT_RANDOM 52345c…  9a21ef…
///     SERVER_TRAFFIC_SECRET_0 52345c…  07bb31…
///
/// Source: Mozilla, "NSS Key Log Format"; draft-ietf-tls-keylogfile.
public final class KeyLog: Sendable {
  /// Why a file is none.
  public struct Failure: Error, Sendable {
    /// A clause, English, with the path before it.
    public var message: String
  }

  /// The secrets of one session.
  struct Secrets: Sendable {
    /// TLS 1.2: the master secret.
    var master: [UInt8]?
    /// TLS 1.3: the first secrets of application data.
    var client: [UInt8]?
    var server: [UInt8]?
  }

  /// A random number of 32 bytes.
  private struct Random: Hashable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var fourth: UInt64 = 0

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 32 else { return nil }
      func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
      (first, second, third, fourth) = (word(0), word(8), word(16), word(24))
    }
  }

  private struct State {
    var secrets: [Random: Secrets] = [:]
    /// Of a line whose end has not come.
    var rest: [UInt8] = []
    var taken = 0
    /// Files, and how much of them was read.
    var files: [(path: String, offset: Int)] = []
    var isFollowing = false
    /// Lines of the format, and those that are none.
    var known = 0
    var unknown = 0
  }

  /// Bytes that are read of all logs together: about 80,000 sessions of TLS 1.3.
  public static let limit = 64 << 20
  private static let lineLimit = 1024

  private let state = Mutex(State())
  /// Looked into where this has nothing.
  private let behind: KeyLog?

  public init() { behind = nil }

  init(before other: KeyLog?) { behind = other }

  /// All that was declared, for every capture that is read: a session is found by its random number, whoever
  /// declared its secrets.
  public static let declared = KeyLog()

  /// Takes the lines of a file; of one that was read before, those that it has grown by.
  ///
  /// `follows`: it is looked into again for sessions that it does not have yet.
  /// - Throws: where it cannot be read, or holds no line of the format.
  public func read(file path: String, follows: Bool = false) throws(Failure) {
    guard !path.isEmpty else {
      throw Failure(message: "no key log is named; give its path (SSLKEYLOGFILE)")
    }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Failure(
        message: "\(path): the key log cannot be read (\(String(cString: strerror(errno))))"
      )
    }
    defer { close(file) }
    let (before, start) = state.withLock { state in
      if follows { state.isFollowing = true }
      let known = state.files.first { $0.path == path }?.offset
      if known == nil { state.files.append((path, 0)) }
      return ((state.known, state.unknown), known ?? 0)
    }
    // What cannot seek is read once.
    if start > 0, lseek(file, off_t(start), SEEK_SET) < 0 { return }
    var offset = start
    defer {
      state.withLock { state in
        if let place = state.files.firstIndex(where: { $0.path == path }) {
          state.files[place].offset = offset
        }
      }
    }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(
          message: "\(path): the key log cannot be read (\(String(cString: strerror(errno))))"
        )
      }
      guard count > 0 else { break }
      offset += count
      let part = Array(buffer[..<count])
      guard part.withUnsafeBufferPointer({ add($0) }) else {
        throw Failure(
          message:
            "\(path): the key logs have more than \(Self.limit >> 20) MiB; give the part that is wanted"
        )
      }
    }
    if !follows { endLine() }
    // One that is still written may begin later, and one that was read may not have grown.
    if offset == 0, !follows {
      throw Failure(
        message:
          "\(path): the key log is empty; was the program started with SSLKEYLOGFILE, and may it write there?"
      )
    }
    let after = state.withLock { ($0.known, $0.unknown) }
    guard after.0 > before.0 || after.1 == before.1 else {
      throw Failure(
        message:
          "\(path): no key log; its lines begin with CLIENT_RANDOM or SERVER_TRAFFIC_SECRET_0 (SSLKEYLOGFILE)"
      )
    }
  }

  /// Takes a part of a log; `false`: more than is kept.
  @discardableResult
  func add(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    state.withLock { state in
      state.taken += bytes.count
      guard state.taken <= Self.limit else { return false }
      for byte in bytes {
        guard byte == 10 || byte == 13 else {
          if state.rest.count <= Self.lineLimit { state.rest.append(byte) }
          continue
        }
        Self.take(&state)
      }
      return true
    }
  }

  /// The log is over: its last line needs no end.
  func endLine() { state.withLock { Self.take(&$0) } }

  var isEmpty: Bool {
    state.withLock { $0.secrets.isEmpty } && (behind?.isEmpty ?? true)
  }

  func secrets(of random: [UInt8]) -> Secrets? {
    guard let key = Random(random) else { return nil }
    if let found = state.withLock({ $0.secrets[key] }) { return found }
    if let found = behind?.secrets(of: random) { return found }
    guard state.withLock({ $0.isFollowing }) else { return nil }
    refresh()
    return state.withLock { $0.secrets[key] }
  }

  /// Reads what the files have grown by.
  private func refresh() {
    let files = state.withLock { $0.isFollowing ? $0.files : [] }
    for file in files {
      var status = stat()
      guard stat(file.path, &status) == 0, Int(status.st_size) > file.offset else { continue }
      try? read(file: file.path, follows: true)
    }
  }

  private static func take(_ state: inout State) {
    let line = state.rest.trimmed
    state.rest.removeAll(keepingCapacity: true)
    guard let first = line.first, first != 0x23 else { return }
    let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 9 })
    guard words.count == 3, let random = hexadecimal(words[1]), let secret = hexadecimal(words[2]),
      isLabel(words[0]), !secret.isEmpty, secret.count <= 64
    else {
      state.unknown += 1
      return
    }
    state.known += 1
    guard let key = Random(random) else { return }
    switch true {
    case words[0].elementsEqual("CLIENT_RANDOM".utf8):
      state.secrets[key, default: Secrets()].master = secret
    case words[0].elementsEqual("CLIENT_TRAFFIC_SECRET_0".utf8):
      state.secrets[key, default: Secrets()].client = secret
    case words[0].elementsEqual("SERVER_TRAFFIC_SECRET_0".utf8):
      state.secrets[key, default: Secrets()].server = secret
    // Those of the handshake, of exporters and early data: nothing of them is read.
    default: break
    }
  }

  private static func isLabel(_ word: ArraySlice<UInt8>) -> Bool {
    word.allSatisfy { $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F }
  }

  private static func hexadecimal(_ word: ArraySlice<UInt8>) -> [UInt8]? {
    guard word.count & 1 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(word.count / 2)
    var high: UInt8?
    for character in word {
      let digit: UInt8
      switch character {
      case 0x30...0x39: digit = character - 0x30
      case 0x41...0x46: digit = character - 0x41 + 10
      case 0x61...0x66: digit = character - 0x61 + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}

extension KeyLog: Hashable {
  public static func == (left: KeyLog, right: KeyLog) -> Bool { left === right }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
