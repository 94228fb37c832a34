internal import EventModel
internal import Glibc

/// Tells which declared source a file belongs to, by its path.
///
/// A declared path is literal, a folder, or a glob (`*` and `?` within one part of the path, `**`
/// over any number of parts); it is taken from the estate file's folder or from where the scan runs.
struct SourceMatcher {
  private let patterns: [(source: Int, parts: [[UInt8]], isGlob: Bool)]
  private let here: String

  init(sources: [SourceDeclaration], estateFile: String) {
    here = Self.currentFolder()
    var patterns: [(source: Int, parts: [[UInt8]], isGlob: Bool)] = []
    let estate = Self.parts(of: estateFile, from: here).dropLast()
    let home = "/" + estate.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    for (index, source) in sources.enumerated() {
      for path in source.paths + source.listens {
        let isGlob = path.utf8.contains(0x2A) || path.utf8.contains(0x3F)
        for folder in estateFile.isEmpty || home == here ? [here] : [home, here] {
          patterns.append((index, Self.parts(of: path, from: folder), isGlob))
        }
      }
    }
    self.patterns = patterns
  }

  /// The first declared source with a path that fits.
  func source(of path: String) -> Int? {
    let parts = Self.parts(of: path, from: here)
    for pattern in patterns {
      if Self.matches(pattern.parts, parts) { return pattern.source }
      if !pattern.isGlob, parts.starts(with: pattern.parts) { return pattern.source }
    }
    return nil
  }

  /// One spelling for every way to write a path.
  func canonical(_ path: String) -> [[UInt8]] { Self.parts(of: path, from: here) }

  private static func currentFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func parts(of path: String, from folder: String) -> [[UInt8]] {
    let whole = path.utf8.first == 0x2F ? path : folder + "/" + path
    var parts: [[UInt8]] = []
    for part in whole.utf8.split(separator: 0x2F) where !part.elementsEqual(".".utf8) {
      if part.elementsEqual("..".utf8) {
        _ = parts.popLast()
      } else {
        parts.append(Array(part))
      }
    }
    return parts
  }

  /// Linear in pattern × path: `reach[i]` says whether the parts so far fit the first i patterns.
  static func matches(_ pattern: [[UInt8]], _ path: [[UInt8]]) -> Bool {
    let anyDepth = Array("**".utf8)
    var reach = [Bool](repeating: false, count: pattern.count + 1)
    reach[0] = true
    for (index, part) in pattern.enumerated() where part == anyDepth {
      reach[index + 1] = reach[index]
    }
    for name in path {
      var next = [Bool](repeating: false, count: pattern.count + 1)
      for (index, part) in pattern.enumerated() {
        if part == anyDepth {
          next[index + 1] = reach[index + 1] || reach[index] || next[index]
        } else {
          next[index + 1] = reach[index] && matchesPart(part, name)
        }
      }
      reach = next
    }
    return reach[pattern.count]
  }

  private static func matchesPart(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    var (p, n, mark) = (0, 0, 0)
    var star: Int?
    while n < name.count {
      if p < pattern.count, pattern[p] == 0x2A {
        star = p
        mark = n
        p += 1
      } else if p < pattern.count, pattern[p] == 0x3F || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let star {
        p = star + 1
        mark += 1
        n = mark
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == 0x2A }
  }
}
