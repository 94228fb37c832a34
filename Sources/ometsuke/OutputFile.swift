import Estate
import EventModel
import Glibc
import Ingest

/// Where a result is written: never over what it was made from.
enum OutputFile {
  /// Why the result may not be written there, before anything is read; `nil`: it may.
  ///
  /// `inputs` are the paths of the scan, the estate file, its registers and its sources.
  static func obstacle(at path: String, inputs: [String]) -> String? {
    var status = stat()
    let exists = PathText.withName(path) { stat($0, &status) } == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR { return "is a folder; name a file" }
    // A device or a pipe is written to, not replaced.
    if exists, status.st_mode & S_IFMT != S_IFREG { return nil }
    let folder = folder(of: path)
    guard PathText.withName(folder, { access($0, W_OK | X_OK) }) == 0 else {
      return "cannot be written: \(folder): \(String(cString: strerror(errno)))"
    }
    let advice = "is an input of this run, and writing would destroy it; name another file"
    let place = canonical(path)
    for input in inputs where input != "-" && canonical(input) == place { return advice }
    guard exists else { return nil }
    for file in InputDiscovery.files(at: inputs).files where file.path != "-" {
      var other = stat()
      guard PathText.withName(file.path, { stat($0, &other) }) == 0 else { continue }
      if other.st_dev == status.st_dev, other.st_ino == status.st_ino { return advice }
    }
    return nil
  }

  /// Writes beside the place and renames: a run that fails leaves what was there.
  ///
  /// Returns what went wrong, or `nil`.
  static func replace(_ path: String, with write: (Int32) -> String?) -> String? {
    var status = stat()
    let exists = PathText.withName(path) { stat($0, &status) } == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      let file = PathText.withName(path) { open($0, O_WRONLY | O_CLOEXEC) }
      guard file >= 0 else { return String(cString: strerror(errno)) }
      defer { close(file) }
      return write(file)
    }
    // A link stays a link: what it points to is replaced.
    let target = exists ? canonical(path) ?? PathText.bytes(of: path) : PathText.bytes(of: path)
    var name = (target + Array(".XXXXXX".utf8)).map { CChar(bitPattern: $0) } + [0]
    let file = mkstemp(&name)
    guard file >= 0 else { return String(cString: strerror(errno)) }
    var failure = write(file)
    if exists { fchmod(file, status.st_mode & 0o7777) }
    if close(file) != 0, failure == nil { failure = String(cString: strerror(errno)) }
    if failure == nil {
      let final = target.map { CChar(bitPattern: $0) } + [0]
      if rename(name, final) != 0 { failure = String(cString: strerror(errno)) }
    }
    if failure != nil { unlink(name) }
    return failure
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path without links; of a file not yet there, its folder's and its name.
  private static func canonical(_ path: String) -> [UInt8]? {
    if let real = real(path) { return real }
    guard let folder = real(folder(of: path)) else { return nil }
    let name = path.split(separator: "/").last.map { PathText.bytes(of: String($0)) } ?? []
    return folder + [0x2F] + name
  }

  private static func real(_ path: String) -> [UInt8]? {
    guard let real = PathText.withName(path, { realpath($0, nil) }) else { return nil }
    defer { free(real) }
    return Array(UnsafeBufferPointer(start: real, count: strlen(real))).map {
      UInt8(bitPattern: $0)
    }
  }
}
