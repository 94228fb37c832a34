internal import Ingest

/// The digest of what is declared.
public enum FileDigest {
  /// SHA-256 over the SHA-256 of each file, in order of name; a file that cannot be read counts as
  /// empty.
  public static func sha256(of paths: Set<String>) -> [UInt8] {
    var all: [UInt8] = []
    for path in paths.sorted() {
      let input = try? RawBytes.read(path)
      all += SHA256((input ?? [])[...])?.bytes ?? []
    }
    return SHA256(all[...])?.bytes ?? []
  }
}
