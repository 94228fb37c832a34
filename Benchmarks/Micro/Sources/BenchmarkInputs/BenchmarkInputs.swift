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

  /// `input.log` of every fixture of a format but `hostile`, in order of name, each ending with a line's end.
  ///
  /// Where `samples` has a file of the format, that instead: its fixtures are mostly odd cases.
  public static func cases(of format: String) -> [[UInt8]] {
    let sample = bytes("\(root)/Benchmarks/Micro/samples/\(format).log")
    if !sample.isEmpty { return [sample] }
    let folder = "\(root)/Tests/IngestTests/Fixtures/\(format)"
    // What damages a log on purpose is no measure of logs.
    return names(in: folder).filter { $0 != "hostile" }.compactMap { name in
      var input = bytes("\(folder)/\(name)/input.log")
      if input.isEmpty { return nil }
      if input.last != 0x0A { input.append(0x0A) }
      return input
    }
  }

  private static func names(in folder: String) -> [String] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// `input.log` of the first fixture of a format, in order of name, again and again up to `size` bytes.
  public static func fixtures(of format: String, size: Int) -> [UInt8] {
    let folder = "\(root)/Tests/IngestTests/Fixtures/\(format)"
    guard let first = names(in: folder).first else { return [] }
    var once = bytes("\(folder)/\(first)/input.log")
    if once.isEmpty { return [] }
    if once.last != 0x0A { once.append(0x0A) }
    var result: [UInt8] = []
    while result.count < size { result += once }
    return result
  }
}
