/// Names that letters at their end count through: `partaa`, `partab`, …, as `split` gives them.
enum LetterSeries {
  private struct Series: Hashable {
    var folder: String
    var prefix: [UInt8]
    /// From the last dot on; empty when the letters stand at the end.
    var tail: [UInt8]
    var length: Int
  }

  /// One key for all files of a series; `nil` for a file that is in none.
  static func keys(_ files: [(folder: String, name: String)]) -> [String?] {
    var members: [Series: [(letters: [UInt8], index: Int)]] = [:]
    for (index, file) in files.enumerated() {
      for (base, tail) in bases(Array(file.name.utf8)) {
        let run = base.reversed().prefix { isLetter($0) }.count
        for length in 1...4 where length <= run {
          let series = Series(
            folder: file.folder,
            prefix: Array(base.dropLast(length)),
            tail: tail,
            length: length
          )
          members[series, default: []].append((Array(base.suffix(length)), index))
        }
      }
    }
    var result = [String?](repeating: nil, count: files.count)
    let counted = members.filter { isCounted($0.value.map(\.letters)) }
      .map { (key(of: $0.key), $0.key.length, $0.value) }
    // The largest series first.
    let ordered = counted.sorted { ($0.2.count, $0.1, $0.0) > ($1.2.count, $1.1, $1.0) }
    for (key, _, found) in ordered
    where found.allSatisfy({ result[$0.index] == nil }) {
      for member in found { result[member.index] = key }
    }
    return result
  }

  private static func key(of series: Series) -> String {
    let name = String(decoding: series.prefix + [0x2A] + series.tail, as: UTF8.self)
    return "\(series.folder)/\(name)/\(series.length)"
  }

  /// The name, and the name before its ending.
  private static func bases(_ name: [UInt8]) -> [(base: [UInt8], tail: [UInt8])] {
    guard let dot = name.lastIndex(of: 0x2E), dot > 0 else { return [(name, [])] }
    return [(name, []), (Array(name[..<dot]), Array(name[dot...]))]
  }

  /// Whether the letters follow each other without a gap, or begin with `aa`.
  private static func isCounted(_ letters: [[UInt8]]) -> Bool {
    let sorted = letters.sorted { $0.lexicographicallyPrecedes($1) }
    guard sorted.count > 1, let first = sorted.first else { return false }
    let begins = first.allSatisfy { $0 | 0x20 == 0x61 }
    guard first.count > 1 || begins else { return false }
    let steps = zip(sorted, sorted.dropFirst())
    return begins && first.count > 1
      ? steps.allSatisfy { $0 != $1 } : steps.allSatisfy { next($0) == $1 }
  }

  private static func next(_ letters: [UInt8]) -> [UInt8]? {
    var letters = letters
    for index in letters.indices.reversed() {
      if letters[index] | 0x20 != 0x7A {
        letters[index] += 1
        return letters
      }
      letters[index] -= 25
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
