internal import EventModel
internal import Glibc

/// The folder a simulation is written into: made when it is not there, refused when it holds anything.
enum OutputFolder {
  static func prepare(_ path: String) throws(SimulationError) {
    try make(path)
    if let name = firstEntry(of: path) {
      throw SimulationError(
        description:
          "\(path) is not empty (it holds \(name)); name a folder that is empty or not there"
      )
    }
    try make(path + "/logs")
    for source in LogSource.allCases { try make("\(path)/logs/\(source.folder)") }
  }

  private static func make(_ path: String) throws(SimulationError) {
    if PathText.withName(path, { mkdir($0, 0o755) }) == 0 { return }
    let reason = errno
    var status = stat()
    guard reason == EEXIST, PathText.withName(path, { stat($0, &status) }) == 0 else {
      throw SimulationError(description: "\(path): \(String(cString: strerror(reason)))")
    }
    if status.st_mode & S_IFMT != S_IFDIR {
      throw SimulationError(description: "\(path) is a file; name a folder")
    }
  }

  private static func firstEntry(of path: String) -> String? {
    guard let folder = PathText.withName(path, { opendir($0) }) else { return nil }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { return name }
    }
    return nil
  }
}
