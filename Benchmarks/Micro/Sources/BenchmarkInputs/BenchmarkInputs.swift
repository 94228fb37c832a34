internal import Glibc

/// The files that are measured: what `micro.sh` generated, and the fixtures of the tests.
public enum BenchmarkInputs {
  /// The repository, told from where this file lies.
  public static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(5)
    return parts.joined(separator: "/")
  }()

  public static func generated(_ name: String) -> String { "\(root)/Benchmarks/data/\(name)" }

  /// The bytes of a file, or none: a benchmark whose input is missing is left out.
  public static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = fread(&block, 1, block.count, file)
      if got == 0 { return result }
      result += block[..<got]
    }
  }

  /// `input.log` of every fixture of a format, in order of name, again and again up to `size` bytes.
  public static func fixtures(of format: String, size: Int) -> [UInt8] {
    let folder = "\(root)/Tests/IngestTests/Fixtures/\(format)"
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var cases: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { cases.append(name) }
    }
    guard let first = cases.sorted().first else { return [] }
    var once = bytes("\(folder)/\(first)/input.log")
    if once.isEmpty { return [] }
    if once.last != 0x0A { once.append(0x0A) }
    var result: [UInt8] = []
    while result.count < size { result += once }
    return result
  }
}
