internal import CScan
public import EventModel

/// The header lines in force at a place of a log whose lines mean something under those before them: of
/// each kind the last one.
///
/// A function of the bytes before that place alone, so that a chunk or a later run that begins there
/// reads what follows as the whole file would be read.
public struct HeaderLines: Sendable {
  private var lines: [(name: String, line: [UInt8], isSole: Bool)] = []
  /// One a line, in the order in which their kinds first stood.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// The lines in force at a place.
  public init(_ bytes: [UInt8]) {
    let padded = bytes + [0x0A]
    padded.withUnsafeBufferPointer { if let base = $0.baseAddress { take(base, $0.count) } }
  }

  /// Those that hold for lines before any header too, for the log has but one of their kind.
  ///
  /// `nil`: none names columns, or more than one.
  public var sole: [UInt8]? {
    guard lines.contains(where: { Self.naming.contains($0.name) }),
      lines.allSatisfy({ $0.isSole || !Self.naming.contains($0.name) })
    else { return nil }
    // A day before a date is another one.
    return Array(
      lines.filter { $0.isSole && $0.name != "Date:" }.map(\.line).joined(separator: [0x0A])
    )
  }

  /// Takes the lines of files that are read one after the other, as far as they can be read.
  public mutating func take(files: [String], encoding: TextEncoding?) {
    var found = self
    ChunkReader.forEachChunk(of: files, encoding: encoding, .lines) { chunk in
      chunk.storage.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { found.take(base, chunk.count) }
      }
    }
    self = found
  }

  /// What decoders ask for: W3C's extended log file format, and Zeek's.
  private static let names: Set<String> = [
    "Fields:", "Date:", "separator", "empty_field", "unset_field", "path", "fields", "types",
  ]
  private static let naming: Set<String> = ["Fields:", "fields", "separator"]
  /// A longer one is none.
  private static let longest = 1 << 16

  /// Takes whole lines.
  mutating func take(_ base: UnsafePointer<UInt8>, _ count: Int) {
    let end = base + count
    var p = base
    var hasChanged = false
    while p < end {
      guard let hit = cscan_find(p, end, 0x23), hit < end else { break }
      p = hit + 1
      guard hit == base || hit[-1] == 0x0A else { continue }
      let stop = lineFeed(hit, end)
      if take(UnsafeBufferPointer(start: hit, count: stop - hit)) { hasChanged = true }
      p = stop
    }
    guard hasChanged else { return }
    bytes = Array(self.lines.map(\.line).joined(separator: [0x0A]))
  }

  private mutating func take(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard line.count <= Self.longest else { return false }
    let line = line.last == 0x0D ? line.slice(0..<line.count - 1) : line
    let word = line.dropFirst().prefix(16).prefix {
      0x61...0x7A ~= $0 | 0x20 || $0 == 0x5F || $0 == 0x3A
    }
    let name = String(decoding: word, as: UTF8.self)
    guard Self.names.contains(name) else { return false }
    if let found = lines.firstIndex(where: { $0.name == name }) {
      if lines[found].line.elementsEqual(line) { return false }
      (lines[found].line, lines[found].isSole) = (Array(line), false)
    } else {
      lines.append((name, Array(line), true))
    }
    return true
  }

  /// The header lines of a sample before its first other line.
  static func first(in head: [UInt8]) -> [UInt8] {
    var result: [[UInt8]] = []
    for line in head.split(separator: 0x0A) {
      guard line.first == 0x23 else {
        if result.isEmpty { continue }
        break
      }
      result.append(Array(line.last == 0x0D ? line.dropLast() : line))
    }
    return Array(result.joined(separator: [0x0A]))
  }
}

/// A format whose lines mean something under the header lines before them.
public protocol HeadedText: LogFormat {
  /// The columns that a sample's first header names; `nil`: none there.
  static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)?
  /// What a log begins with that owes nothing to a part before it.
  static var openings: [StaticString] { get }
}

extension HeadedText {
  public static var framing: Framing { .headed }
  public static var openings: [StaticString] { [] }

  /// Whether a file that begins so needs no header of another part: it has its own, from its first line on.
  public static func standsAlone(_ head: [UInt8]) -> (isOpening: Bool, hasOwn: Bool) {
    let isOpening = head.withUnsafeBufferPointer { head in
      openings.contains { opening in head.hasPrefix(opening) }
    }
    return (isOpening, isOpening || head.first == 0x23 && header(of: head.span) != nil)
  }
}
