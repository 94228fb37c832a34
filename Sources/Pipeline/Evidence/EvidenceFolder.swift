internal import EventModel
internal import Glibc

/// A folder that holds evidence, of its maker alone: mode 0700, its files 0600.
public enum EvidenceFolder {
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// Why it may not be written there, before anything is read; `nil`: it may.
  public static func obstacle(at path: String) -> String? {
    var status = stat()
    guard PathText.withName(path, { lstat($0, &status) }) == 0 else {
      return errno == ENOENT ? nil : message()
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return "is there already; name a folder that is not"
    }
    guard let folder = PathText.withName(path, { opendir($0) }) else { return message() }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count > 2 ? "is not empty; name a folder that is empty or not there" : nil
  }

  /// Writes the files and beside them `SHA256SUMS`, as `sha256sum` reads it; the SHA-256 of that.
  public static func write(_ files: [String: [UInt8]], to path: String) throws -> String {
    try makeFolder(path)
    // Made before with another mode.
    guard PathText.withName(path, { chmod($0, 0o700) }) == 0 else { throw failure(path) }
    var sums = ""
    for folder in Set(files.keys.compactMap { $0.split(separator: "/").dropLast().first }).sorted()
    {
      try makeFolder(path + "/" + folder)
    }
    for name in files.keys.sorted() {
      let bytes = files[name] ?? []
      try put(bytes, path + "/" + name)
      sums += "\(SHA256(bytes[...])?.hex ?? "")  \(name)\n"
    }
    let all = Array(sums.utf8)
    try put(all, path + "/SHA256SUMS")
    return SHA256(all[...])?.hex ?? ""
  }

  private static func makeFolder(_ path: String) throws {
    guard PathText.withName(path, { mkdir($0, 0o700) }) == 0 || errno == EEXIST else {
      throw failure(path)
    }
  }

  private static func put(_ bytes: [UInt8], _ path: String) throws {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let file = PathText.withName(path) { open($0, flags, 0o600) }
    guard file >= 0 else { throw failure(path) }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let reason = failure(path)
        close(file)
        throw reason
      }
      done += count
    }
    guard close(file) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(description: "\(path): cannot be written: \(message())")
  }

  private static func message() -> String { String(cString: strerror(errno)) }
}
