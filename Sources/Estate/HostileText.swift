internal import Yams

/// What is refused before and after the YAML parser, so that no file can make it hang or trap.
///
/// Aliases are copies of shared storage and cost nothing until they are walked, hashed (as keys) or
/// freed (by recursion): the first is bounded by `mostNodes`, the others by looking at the text.
enum HostileText {
  /// Most nodes after aliases are expanded.
  static let mostNodes = 1_000_000
  static let mostAnchors = 32
  static let mostBrackets = 50
  static let mostIndentation = 100

  struct Problem {
    var line: Int
    var message: String
  }

  static func problem(in bytes: [UInt8]) -> Problem? {
    guard bytes.count <= EstateFile.largestFile else {
      return Problem(line: 0, message: "is larger than 16 MiB; split it")
    }
    var scan = Scan()
    return encodingProblem(in: bytes) ?? scan.problem(in: bytes)
  }

  private static func encodingProblem(in bytes: [UInt8]) -> Problem? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    return Problem(line: bad + 1, message: "is not UTF-8; save the file as UTF-8")
  }

  /// Counts nodes with aliases expanded, without recursion.
  static func problem(in root: Node) -> Problem? {
    var stack = [root]
    var count = 1
    while let node = stack.popLast() {
      count += node.sequence?.count ?? (node.mapping?.count ?? 0) * 2
      guard count <= mostNodes else {
        return Problem(
          line: root.mark?.line ?? 0,
          message: "holds over 1,000,000 values with aliases expanded; write fewer aliases"
        )
      }
      switch node {
      case .sequence(let sequence): stack.append(contentsOf: sequence)
      case .mapping(let mapping):
        for pair in mapping {
          stack.append(pair.key)
          stack.append(pair.value)
        }
      default: break
      }
    }
    return nil
  }

  /// One pass over the bytes that knows neither quotes nor comments: it errs to the strict side.
  private struct Scan {
    private var line = 1
    private var brackets = 0
    private var anchors = 0
    private var aliases = 0
    private var collectionKeyLine: Int?
    private var leading = 0
    private var isLeading = true

    mutating func problem(in bytes: [UInt8]) -> Problem? {
      var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      while index < bytes.count {
        if let found = look(at: bytes[index], index, bytes) { return found }
        index += 1
      }
      if let line = collectionKeyLine, anchors > 0, aliases > 0 {
        return Problem(line: line, message: "a list or an alias stands as a key; write a plain key")
      }
      return nil
    }

    private mutating func look(at byte: UInt8, _ index: Int, _ bytes: [UInt8]) -> Problem? {
      switch byte {
      case 0x0A:
        line += 1
        isLeading = true
        leading = 0
        return nil
      case 0x20, 0x2D, 0x3F: if isLeading { leading += 1 }
      case 0x09, 0x0D: break
      case 0..<0x20, 0x7F:
        return Problem(line: line, message: "holds a control character; remove it")
      default: isLeading = false
      }
      switch byte {
      case 0x5B, 0x7B: brackets += 1
      case 0x5D, 0x7D:
        brackets = max(0, brackets - 1)
        if next(after: index, bytes) == 0x3A { collectionKeyLine = collectionKeyLine ?? line }
      case 0x26 where isToken(at: index, bytes): anchors += 1
      case 0x2A where isToken(at: index, bytes):
        aliases += 1
        if isAliasKey(at: index, bytes) { collectionKeyLine = collectionKeyLine ?? line }
      case 0x3F where startsToken(at: index, bytes):
        let after = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
        if after <= 0x20 { collectionKeyLine = collectionKeyLine ?? line }
      default: break
      }
      if brackets > mostBrackets || leading > mostIndentation {
        return Problem(line: line, message: "is nested too deeply; write it flatter")
      }
      if anchors > mostAnchors {
        return Problem(line: line, message: "has over 32 anchors (&name); write the values out")
      }
      return nil
    }

    private func startsToken(at index: Int, _ bytes: [UInt8]) -> Bool {
      guard index > 0 else { return true }
      switch bytes[index - 1] {
      case 0...0x20, 0x2C, 0x3A, 0x5B, 0x7B, 0xBF: return true
      default: return false
      }
    }

    /// `&x` or `*x` where a value may start.
    private func isToken(at index: Int, _ bytes: [UInt8]) -> Bool {
      startsToken(at: index, bytes) && index + 1 < bytes.count && isWord(bytes[index + 1])
    }

    private func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
      default: false
      }
    }

    private func isAliasKey(at index: Int, _ bytes: [UInt8]) -> Bool {
      var end = index + 1
      while end < bytes.count, isWord(bytes[end]) { end += 1 }
      return next(after: end - 1, bytes) == 0x3A
    }

    /// The first byte after `index` that is not blank.
    private func next(after index: Int, _ bytes: [UInt8]) -> UInt8? {
      var next = index + 1
      while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
      return next < bytes.count ? bytes[next] : nil
    }
  }
}
