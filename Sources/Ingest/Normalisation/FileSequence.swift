/// Which files are parts of one log, and in which order, by their names.
public enum FileSequence {
  /// Folder and name of a path.
  public static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return ("", path) }
    return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }

  /// Names that are the same apart from numbers, single letters, the letters that `split` gives and
  /// compression are parts of one log.
  public static func stem(_ name: String) -> String {
    var bytes = Array(plain(name).utf8)
    if bytes.count == 3, bytes[0] == 0x78, bytes.allSatisfy(isLetter) { bytes = Array("x#".utf8) }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      var end = index
      if isDigit(bytes[index]) {
        while end < bytes.count, isDigit(bytes[end]) { end += 1 }
      } else if isLetter(bytes[index]) {
        while end < bytes.count, isLetter(bytes[end]) { end += 1 }
      } else {
        end += 1
      }
      let word = bytes[index..<end]
      let standsAlone = index == 0 || isSign(bytes[index - 1])
      let isPart =
        isDigit(word[index])
        || standsAlone && isLetter(word[index])
          && (word.count == 1 || word.count == 2 && end == bytes.count)
      if isPart { result.append(0x23) } else { result += word }
      index = end
    }
    // `messages` and `messages.1`: the number and its sign go.
    while result.last == 0x23 {
      result.removeLast()
      if let last = result.last, isSign(last) { result.removeLast() }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The stems of files that are read together.
  ///
  /// Where a folder holds the first two names that `split` gives (`partaa` and `partab`), the letters
  /// of all that it would name so go too: what they are, one name alone does not tell.
  public static func stems(_ files: [(folder: String, name: String)]) -> [String] {
    let all = Set(files.map { $0.folder + "/" + plain($0.name) })
    return files.map { stem(numbered($0.name, in: $0.folder, among: all)) }
  }

  /// Whether `split` gave the name its last letters: the folder holds the first two that it gives, too.
  ///
  /// `all`: folder and name, a slash between them.
  public static func isPart(_ name: String, in folder: String, among all: Set<String>) -> Bool {
    series(name, in: folder, among: all) != nil
  }

  /// Names without the endings of compressions; letters of `split` that look like one stay.
  private static func plainNames(_ files: [(folder: String, name: String)]) -> [String] {
    let all = Set(files.map { $0.folder + "/" + plain($0.name) })
    return files.map { isPart($0.name, in: $0.folder, among: all) ? $0.name : plain($0.name) }
  }

  /// The name with a number in place of the letters of `split`, before its ending if it has one.
  private static func numbered(
    _ name: String,
    in folder: String,
    among all: Set<String>
  ) -> String {
    series(name, in: folder, among: all) ?? series(plain(name), in: folder, among: all)
      ?? plain(name)
  }

  /// The same of a name as it is; `nil`: it is of no such parts.
  private static func series(
    _ name: String,
    in folder: String,
    among all: Set<String>
  ) -> String? {
    let bytes = Array(name.utf8)
    for end in Set([bytes.count, bytes.lastIndex(of: 0x2E) ?? bytes.count]).sorted(by: >) {
      var start = end
      while start > 0, bytes[start - 1] &- 0x61 < 26 { start -= 1 }
      // The longest that fits: of four letters the first two change last.
      while end - start >= 2 {
        let before = String(decoding: bytes[..<start], as: UTF8.self)
        let after = String(decoding: bytes[end...], as: UTF8.self)
        // Behind `yz` follows `zaaa`: what is longer began with as many letters fewer.
        for length in [end - start, isLengthened(bytes[start..<end]) ? 2 : 0] where length >= 2 {
          let most = String(repeating: "a", count: length - 1)
          if ["a", "b"].allSatisfy({ all.contains("\(folder)/\(before)\(most)\($0)\(after)") }) {
            return before + "1" + after
          }
        }
        start += 1
      }
    }
    return nil
  }

  /// Whether letters are of those to which `split` goes on behind two: `zaaa` … `zyzz`, `zzaaaa` ….
  private static func isLengthened(_ letters: ArraySlice<UInt8>) -> Bool {
    let signs = letters.count / 2 - 1
    return letters.count.isMultiple(of: 2) && signs > 0
      && letters.prefix(signs).allSatisfy { $0 == 0x7A } && letters.dropFirst(signs).first != 0x7A
  }

  /// Files of each log in order of time: numbers upwards, but downwards where logrotate counts
  /// (`.1` is younger than `.2`, and without a number youngest).
  public static func chains(_ files: [(folder: String, name: String)]) -> [[Int]] {
    let plainNames = plainNames(files)
    var groups: [String: [Int]] = [:]
    for (index, stem) in stems(files).enumerated() {
      groups[files[index].folder + "/" + stem, default: []].append(index)
    }
    return groups.keys.sorted().compactMap { groups[$0] }.map { members in
      let names = members.map { plainNames[$0] }
      let rotations = names.map(rotation)
      let isRotated = goesEitherWay(names)
      return members.indices.sorted { left, right in
        if isRotated, rotations[left] != rotations[right] {
          return rotations[left] ?? -1 > rotations[right] ?? -1
        }
        return precedes(names[left], names[right])
          || names[left] == names[right] && members[left] < members[right]
      }.map { members[$0] }
    }
  }

  /// Whether only numbers behind the last dot tell the order, which go downwards (logrotate) or
  /// upwards (`split`): no zeros before them, no date.
  public static func goesEitherWay(_ names: [String]) -> Bool {
    let names = names.map(plain)
    let rotations = names.map(rotation)
    return rotations.contains { $0 != nil } && rotations.allSatisfy { $0 ?? 1 < 100_000 }
      && !names.contains { rotationIsPadded($0) }
  }

  /// Whether no part can be missing between two: their names differ by one, in one number or in the
  /// letters of `split`, or one has no number and the other the first.
  public static func areNeighbours(_ left: String, _ right: String) -> Bool {
    // Letters of `split` may look like the ending of a compression.
    areNeighbours(words(left), words(right))
      || areNeighbours(words(plain(left)), words(plain(right)))
  }

  private static func areNeighbours(_ a: [[UInt8]], _ b: [[UInt8]]) -> Bool {
    let (short, long) = a.count < b.count ? (a, b) : (b, a)
    if long.count == short.count + 2 {
      return Array(long.prefix(short.count)) == short && long[short.count].count == 1
        && [["0"], ["1"]].contains([String(decoding: long[short.count + 1], as: UTF8.self)])
    }
    guard a.count == b.count else { return false }
    let different = a.indices.filter { a[$0] != b[$0] }
    guard different.count == 1, let place = different.first else { return false }
    if lengthens(a[place], to: b[place]) || lengthens(b[place], to: a[place]) { return true }
    guard let x = number(a[place]), let y = number(b[place]) else { return false }
    return abs(x - y) == 1
  }

  /// Whether `split` goes on with the other word where one number of letters is used up: `yz` and `zaaa`,
  /// `zyzz` and `zzaaaa`, `89` and `9000`.
  private static func lengthens(_ word: [UInt8], to next: [UInt8]) -> Bool {
    guard let last = word.last, last == 0x7A || last == 0x39, word.count >= 2,
      word.count.isMultiple(of: 2), next.count == word.count + 2
    else { return false }
    let signs = word.count / 2 - 1
    let first: UInt8 = last == 0x7A ? 0x61 : 0x30
    return word.indices.allSatisfy { word[$0] == (signs == $0 ? last - 1 : last) }
      && next.indices.allSatisfy { next[$0] == ($0 <= signs ? last : first) }
  }

  /// Runs of digits, runs of letters and single signs.
  private static func words(_ name: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    for byte in name.utf8 {
      if let last = words.last?.last,
        isDigit(last) && isDigit(byte) || isLetter(last) && isLetter(byte)
      {
        words[words.count - 1].append(byte)
      } else {
        words.append([byte])
      }
    }
    return words
  }

  /// Digits by their value, letters as digits of 26; `nil`: neither, or too many.
  private static func number(_ word: [UInt8]) -> Int? {
    guard word.count <= 12 else { return nil }
    if word.allSatisfy(isDigit) { return word.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    guard word.allSatisfy(isLetter) else { return nil }
    return word.reduce(0) { $0 * 26 + Int(($1 | 0x20) - 0x61) }
  }

  /// The name without a compression's ending.
  private static func plain(_ name: String) -> String {
    for ending in [".gz", ".zst", ".xz", ".bz2"] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.count))
    }
    return name
  }

  /// The number behind the last dot.
  private static func rotation(_ name: String) -> Int? {
    guard let part = name.split(separator: ".", omittingEmptySubsequences: false).last,
      part.utf8.count < name.utf8.count, !part.isEmpty, part.utf8.allSatisfy(isDigit)
    else { return nil }
    return Int(part)
  }

  private static func rotationIsPadded(_ name: String) -> Bool {
    guard rotation(name) != nil, let part = name.split(separator: ".").last else { return false }
    return part.utf8.count > 1 && part.utf8.first == 0x30
  }

  /// Natural order: runs of digits by their value.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (run(a, &i), run(b, &j))
        if x.count != y.count { return x.count < y.count }
        if x != y { return x.lexicographicallyPrecedes(y) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    return a.count - i < b.count - j
  }

  /// Digits without leading zeros.
  private static func run(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
    let start = index
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    return bytes[start..<index].drop { $0 == 0x30 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  private static func isSign(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2D || byte == 0x5F }
}
