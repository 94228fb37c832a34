/// Reads the estate file: YAML, every section optional, every complaint one line with file and line.
public enum EstateFile {
  /// Most bytes of an estate file.
  public static let largestFile = 16 << 20

  /// Reads a file; relative paths in it start from its folder.
  ///
  /// - Throws: `EstateError` when it cannot be read or has an error.
  public static func load(path: String) throws(EstateError) -> LoadedEstate {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, most: largestFile)
    } catch {
      throw EstateError(diagnostics: [
        Diagnostic(.error, file: path, line: 0, message: error.reason)
      ])
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    let root = folder.isEmpty && path.hasPrefix("/") ? "/" : folder
    return try load(bytes: bytes, file: path, folder: root)
  }

  /// Reads text; `file` is the name used in messages, `folder` where relative paths start from.
  ///
  /// - Throws: `EstateError` when it has an error.
  public static func load(
    yaml: String,
    file: String,
    folder: String
  ) throws(EstateError) -> LoadedEstate {
    try load(bytes: Array(yaml.utf8), file: file, folder: folder)
  }

  /// Reads bytes of any kind; never traps.
  static func load(
    bytes: [UInt8],
    file: String,
    folder: String
  ) throws(EstateError) -> LoadedEstate {
    var reader = EstateReader(file: file, folder: folder)
    reader.readFormats()
    if let problem = HostileText.problem(in: bytes) {
      reader.error(problem.line, problem.message)
    } else {
      do throws(YAMLProblem) {
        if let root = try YAMLComposer.compose(bytes) { reader.readRoot(root) }
      } catch {
        for problem in [error] + error.others { reader.error(problem.line, problem.message) }
      }
    }
    return try reader.finished()
  }
}
