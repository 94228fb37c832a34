internal import EventModel
internal import Glibc
internal import Ingest
internal import Storage

/// A log file that is held open, so that it stays what it is however it is renamed or deleted.
///
/// Linux opens the very file again by `place`; where there is no `/proc`, nothing can be held.
final class HeldFile: Sendable {
  private let descriptor: Int32

  /// How many may be held, so that enough descriptors are left for reading.
  static var most: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return Int(clamping: limit.rlim_cur) / 4 * 3
  }

  /// A name by which it is opened again.
  let place: String

  /// `nil`: it cannot be opened, or is not the file that was seen.
  init?(path: String, device: Int64, inode: Int64) {
    descriptor = PathText.withName(path) {
      open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    }
    place = "/proc/self/fd/\(descriptor)"
    guard descriptor >= 0 else { return nil }
    guard let status, status.device == device, status.inode == inode, FileStatus(path: place) != nil
    else { return nil }
  }

  /// The same file as another descriptor's.
  init?(copying other: Int32) {
    descriptor = fcntl(other, F_DUPFD_CLOEXEC, 3)
    place = "/proc/self/fd/\(descriptor)"
    guard descriptor >= 0, FileStatus(path: place) != nil else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// As it lies there now.
  var status: FileStatus? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return FileStatus(status)
  }

  /// What it is called now; `nil`: not known, or it has no name any more.
  var path: String? {
    var name = [CChar](repeating: 0, count: 4096)
    guard readlink(place, &name, name.count - 1) > 0 else { return nil }
    return PathText.text(ofName: name)
  }

  /// So many bytes as they lie on disk, fewer at the end.
  func bytes(from start: Int64, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
      filled = 0
      while filled < count {
        let target = buffer.baseAddress.map { $0 + filled }
        let got = pread(descriptor, target, count - filled, off_t(start) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        filled += got
      }
    }
  }

  /// SHA-256 of so many bytes as they lie on disk; `nil`: it ends before.
  func sha256(from start: Int64, count: Int64) -> [UInt8]? {
    let bytes = bytes(from: start, count: Int(count))
    guard bytes.count == Int(count) else { return nil }
    return SHA256(bytes[...])?.bytes
  }

  /// Whether what was taken of a plain log still stands in it: by its first bytes and those before the
  /// place that reading came to.
  func holds(_ stream: StoredStream) -> Bool {
    guard sha256(from: 0, count: Int64(stream.headLength)) == stream.head else { return false }
    guard stream.consumed > 0, !stream.edge.isEmpty else { return true }
    let length = min(stream.consumed, Int64(StreamMatcher.sample))
    return sha256(from: stream.consumed - length, count: length) == stream.edge
  }
}

extension NightPlan {
  /// Opens what is to be read and holds it: a log that is renamed from here on is read all the same.
  ///
  /// What has become another file since it was looked at is left to the next time.
  ///
  /// `sealing`: logs that a watch has read and no night has sealed; those of them that have moved since are
  /// returned.
  @discardableResult
  mutating func hold(_ before: [Int: HeldFile] = [:], sealing: [StoredStream] = []) -> [Int] {
    // What grows is held first: an archive of years has more files than can be open.
    let ids = scan.plans.keys.filter { before[$0] == nil }.sorted { left, right in
      func rank(_ id: Int) -> (Int, Int64, Int) {
        (scan.plans[id]?.isCompressed ?? false ? 1 : 0, -(streams[id]?.changed ?? 0), id)
      }
      return rank(left) < rank(right)
    }
    let most = HeldFile.most
    for id in ids where held.count < most {
      guard let stream = streams[id] else { continue }
      let file = HeldFile(path: stream.path, device: stream.device, inode: stream.inode)
      if let file {
        held[id] = file
        scan.plans[id]?.place = file.place
      } else if errno != EMFILE, errno != ENFILE, FileStatus(path: "/proc/self/exe") != nil {
        scan.plans[id] = nil
        streams[id] = nil
      }
    }
    firstBytes = held.mapValues { $0.bytes(from: 0, count: StreamMatcher.sample) }
    var moved: [Int] = []
    for known in sealing where scan.plans[known.id] == nil && held.count < most {
      let stream = streams[known.id] ?? known
      guard stream.missingSince == nil else { continue }
      held[stream.id] = HeldFile(path: stream.path, device: stream.device, inode: stream.inode)
      if held[stream.id] == nil { moved.append(stream.id) }
    }
    return moved
  }

  /// The logs that were cut or written anew since they were looked at: what was read of them is worth
  /// nothing.
  ///
  /// As long as the first bytes stand, nothing was cut off: a log that begins anew begins with another
  /// time.
  var changed: [Int] {
    held.keys.sorted().filter { id in
      guard let file = held[id], let stream = streams[id], let plan = scan.plans[id],
        let first = firstBytes[id]
      else { return false }
      guard file.bytes(from: 0, count: first.count) == first else { return true }
      return !plan.isCompressed && stream.headLength > 0 && !file.holds(stream)
    }
  }

  /// Gives up the night where a log was cut while it was read: the next sees what it has become.
  func checkHeld() throws(ScanError) {
    guard let id = changed.first else { return }
    throw ScanError(
      message: "\(streams[id]?.path ?? ""): written anew while it was read; run it again"
    )
  }
}
