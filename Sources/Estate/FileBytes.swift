internal import EventModel
internal import Glibc

/// Files and globs, through the C library.
enum FileBytes {
  /// Why a file could not be read: what and what to do.
  struct Failure: Error, Sendable {
    var reason: String
  }

  /// All bytes of a regular file of at most `most` bytes.
  static func read(_ path: String, most: Int) throws(Failure) -> [UInt8] {
    let descriptor = PathText.withName(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw failure() }
    defer { _ = close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure(reason: "is a folder; name a file")
    }
    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      guard count > 0 else { return result }
      result.append(contentsOf: block[..<count])
      guard result.count <= most else {
        throw Failure(reason: "is larger than \(most >> 20) MiB; split it")
      }
    }
  }

  /// The rights of a file that others than its owner and its group have, or by which its group may write it; `nil`:
  /// none, or no plain file.
  static func openMode(_ path: String) -> UInt32? {
    var status = stat()
    guard PathText.withName(path, { stat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o027 != 0
    else { return nil }
    return status.st_mode & 0o777
  }

  private static func failure() -> Failure {
    let code = errno
    let advice =
      switch code {
      case ENOENT: "correct the path"
      case EACCES, EPERM: "grant the right to read it"
      default: "check the file"
      }
    return Failure(reason: "cannot be read (\(String(cString: strerror(code)))); \(advice)")
  }

  /// A path as seen from a folder.
  static func path(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  /// Files and folders a glob names now, in order of name.
  static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
      paths[index].map { String(cString: $0) }
    }
  }
}
