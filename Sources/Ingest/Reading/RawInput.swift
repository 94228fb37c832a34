internal import EventModel
internal import Glibc

/// The bytes of a file or of standard input as they are on the disk, through one reused buffer.
final class RawInput {
  let path: String
  /// Seconds since 1970 of the last change; `nil` for pipes.
  private(set) var modificationSeconds: Int64?
  /// Bytes read from the file so far.
  private(set) var totalRead: Int64 = 0
  private let descriptor: Int32
  private let owned: Bool
  private let buffer: UnsafeMutablePointer<UInt8>
  /// Of a small file no more than it has.
  private let capacity: Int
  /// Bytes of a file on disk when it was opened; `nil` for pipes.
  let size: Int64?
  static let largest = 256 << 10
  private var position = 0
  private var limit = 0
  private var isAtEnd = false

  init(path: String) throws(ReadError) {
    self.path = path
    owned = path != "-"
    descriptor =
      owned ? PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC) } : STDIN_FILENO
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT {
        throw ReadError(.notFound, "\(path): no such file; check the path")
      }
      throw ReadError(.notReadable, "\(path): cannot be opened (\(systemMessage(code)))")
    }
    var status = stat()
    var size: Int64?
    if fstat(descriptor, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        if owned { close(descriptor) }
        throw ReadError(.notReadable, "\(path): is a folder; name it to the search, not here")
      }
      if status.st_mode & S_IFMT == S_IFREG {
        modificationSeconds = Int64(status.st_mtim.tv_sec)
        size = Int64(status.st_size)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
      } else {
        // What comes through a pipe was written up to now, as a file was up to its last change.
        modificationSeconds = Int64(time(nil))
      }
    }
    self.size = size
    capacity = Int(min(Int64(Self.largest), max(4096, (size ?? .max - 1) + 1)))
    buffer = .allocatePages(for: capacity)
  }

  deinit {
    buffer.deallocate()
    if owned { close(descriptor) }
  }

  /// Bytes in the buffer that were not taken yet.
  var available: UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(start: buffer + position, count: limit - position)
  }

  func take(_ count: Int) { position += min(count, limit - position) }

  /// Goes on from another place of a file; `false`: a pipe, or no such place.
  func seek(to offset: Int64) -> Bool {
    guard let size, offset >= 0, offset <= size, lseek(descriptor, off_t(offset), SEEK_SET) >= 0
    else { return false }
    (position, limit, isAtEnd) = (0, 0, false)
    return true
  }

  /// Reads until `count` bytes are at hand or the file ends; `count` at most the buffer.
  func peek(_ count: Int) throws(ReadError) -> UnsafeBufferPointer<UInt8> {
    if position > 0 {
      memmove(buffer, buffer + position, limit - position)
      limit -= position
      position = 0
    }
    while limit < min(count, capacity), !isAtEnd {
      let got = try readOnce(into: buffer + limit, count: capacity - limit)
      limit += got
    }
    return UnsafeBufferPointer(available)
  }

  /// Makes bytes available when there are none; false at the end of the file.
  func refill() throws(ReadError) -> Bool {
    guard position == limit else { return true }
    guard !isAtEnd else { return false }
    position = 0
    limit = try readOnce(into: buffer, count: capacity)
    return limit > 0
  }

  /// Up to `count` bytes; 0 at the end.
  ///
  /// Large reads go past the buffer.
  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) throws(ReadError) -> Int {
    if position < limit {
      let taken = min(count, limit - position)
      memcpy(target, buffer + position, taken)
      position += taken
      return taken
    }
    return isAtEnd ? 0 : try readOnce(into: target, count: count)
  }

  private func readOnce(
    into target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) throws(ReadError) -> Int {
    while true {
      let got = Glibc.read(descriptor, target, count)
      if got > 0 {
        totalRead += Int64(got)
        return got
      }
      if got == 0 {
        isAtEnd = true
        return 0
      }
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waited, 1, -1)
        continue
      }
      isAtEnd = true
      throw ReadError(
        .inputOutput,
        "\(path): reading failed after \(totalRead) bytes (\(systemMessage(code))); what follows"
          + " is missing"
      )
    }
  }
}
