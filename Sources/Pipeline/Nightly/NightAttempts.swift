internal import EventModel
internal import Glibc
internal import Storage

/// Nights that were begun and could not be evaluated, in a file of fixed size beside the store.
///
/// What keeps a night from its end may keep it from its store as well: an estate file that is not valid, a disk
/// that is full, a store that cannot be written. The file has its blocks from the first night on and is written
/// over in place, so that a full disk does not keep it from being written. Where nothing can be written there, on a
/// file system that is read-only, a file in a spare folder takes its place; where even that is impossible, only
/// the silence of that night tells the next one. Not evidence: whoever may write the folder may write it.
public struct NightAttempts: Sendable {
  public struct Attempt: Sendable, Hashable {
    /// By the clock, seconds since 1970.
    public var began: Int64
    /// Why it could not be evaluated, on one line; empty: it did not come to say so.
    public var reason: String
    /// The same in Japanese; `nil`: as it is.
    public var reasonJapanese: String?

    init(began: Int64, reason: String) { (self.began, self.reason) = (began, reason) }
  }

  /// Bytes of the file; older attempts than have room are left out.
  static let size = 4096
  static let reasonLimit = 200

  private let path: String
  private let spare: String

  /// `store`: the path of the store that they are of; `spare`: a folder that is not the store's, and lasts.
  public init(beside store: String, spare: String = Self.spareFolder) {
    path = Self.path(beside: store)
    var whole = store
    if !store.hasPrefix("/"), let folder = getcwd(nil, 0) {
      whole = String(cString: folder) + "/" + store
      free(folder)
    }
    let name = SHA256(PathText.bytes(of: whole)[...])?.hex.prefix(16) ?? ""
    self.spare = "\(spare)/ometsuke-\(geteuid())-\(name)-attempts"
  }

  /// Of a systemd unit the folder of its state, else where temporary files outlive a restart.
  public static var spareFolder: String {
    getenv("STATE_DIRECTORY").map { String(cString: $0) } ?? "/var/tmp"
  }

  /// Whether there is such a file beside the store: there was a night.
  public var isThere: Bool { PathText.withName(path) { access($0, F_OK) } == 0 }

  public static func path(beside store: String) -> String { store + "-attempts" }

  /// The attempts that no night has told of, the first first; empty where there is no file.
  public func all() -> [Attempt] {
    let found = [path, spare].flatMap { name -> [Attempt] in
      let file = PathText.withName(name) {
        open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      }
      guard file >= 0 else { return [] }
      defer { close(file) }
      return name == path || Self.isOwn(file) ? Self.read(file) : []
    }
    // One that began beside the store may have ended where the spare one lies.
    let ends = Dictionary(found.map { ($0.began, $0) }) { $1.reason.isEmpty ? $0 : $1 }
    return ends.values.sorted { $0.began < $1.began }
  }

  /// Whether nobody else can have laid it there.
  private static func isOwn(_ file: Int32) -> Bool {
    var status = stat()
    return fstat(file, &status) == 0 && status.st_uid == geteuid()
      && status.st_mode & S_IFMT == S_IFREG
  }

  /// Notes that a night begins; what it ends with takes the place of this.
  public func begin(_ time: Int64) {
    change { $0.append(Attempt(began: time, reason: "")) }
  }

  /// Notes why the night that began then could not be evaluated.
  public func fail(_ time: Int64, _ reason: String) {
    change { attempts in
      attempts.removeAll { $0.began == time }
      attempts.append(Attempt(began: time, reason: reason))
    }
  }

  /// Forgets these: a night has told of them, or nothing is to be told.
  public func remove(_ times: Set<Int64>) {
    change { $0.removeAll { times.contains($0.began) } }
  }

  // MARK: The file

  private static func read(_ file: Int32) -> [Attempt] {
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(file, &bytes, size, 0)
    guard count > 0 else { return [] }
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").compactMap {
      line in
      let words = line.split(separator: " ", maxSplits: 1)
      guard let first = words.first, let began = Int64(first) else { return nil }
      return Attempt(began: began, reason: words.count == 2 ? String(words[1]) : "")
    }
  }

  private func change(_ body: (inout [Attempt]) -> Void) {
    let isWritten = Self.change(path, isSpare: false, body)
    // What once had to be noted there is taken back there.
    if !isWritten || PathText.withName(spare, { access($0, F_OK) }) == 0 {
      _ = Self.change(spare, isSpare: true) { attempts in
        let before = Set(attempts)
        body(&attempts)
        if isWritten { attempts.removeAll { !before.contains($0) } }
      }
    }
  }

  /// `false`: it cannot be written.
  private static func change(
    _ name: String,
    isSpare: Bool,
    _ body: (inout [Attempt]) -> Void
  ) -> Bool {
    let file = PathText.withName(name) {
      open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    }
    guard file >= 0 else { return false }
    defer { close(file) }
    guard !isSpare || isOwn(file) else { return false }
    // Two runs at once each note their own.
    while flock(file, LOCK_EX) != 0, errno == EINTR {}
    var attempts = read(file)
    body(&attempts)
    if isSpare, attempts.isEmpty {
      _ = PathText.withName(name) { unlink($0) }
      return true
    }
    var bytes: [UInt8] = []
    for attempt in attempts.reversed() {
      let reason = attempt.reason.split { $0.isNewline }.joined(separator: " ")
      let line = Array("\(attempt.began) \(cut(reason))\n".utf8)
      if bytes.count + line.count > size { break }
      bytes = line + bytes
    }
    bytes += [UInt8](repeating: 0x0A, count: size - bytes.count)
    var done = 0
    while done < bytes.count {
      let wrote = pwrite(file, Array(bytes[done...]), bytes.count - done, off_t(done))
      guard wrote > 0 else { return false }
      done += wrote
    }
    return fsync(file) == 0
  }

  /// No more than a line has room for, between two characters.
  private static func cut(_ text: String) -> String {
    var kept = text
    while kept.utf8.count > reasonLimit { kept.removeLast() }
    return kept
  }
}

extension NightAttempts.Attempt {
  var notice: Notice {
    let time = Timestamp(seconds: began)
    let why = reason.isEmpty ? "" : " (\(reason))"
    let japanese = reason.isEmpty ? "" : "(\(reasonJapanese ?? reason))"
    return Notice(
      .missedNight,
      english: "The run of \(time) could not be evaluated\(why); what it was to read is read now.",
      japanese: "\(time) の実行は判定できませんでした\(japanese)。対象分は今回読みました。"
    )
  }
}
