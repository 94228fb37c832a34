internal import CScan

/// The header lines in force at a place of a log whose lines mean something under those before them: of
/// each kind the last one.
///
/// A function of the bytes before that place alone, so that a chunk or a later run that begins there
/// reads what follows as the whole file would be read.
struct HeaderLines: Sendable {
  private var lines: [(name: String, line: [UInt8])] = []
  /// One a line, in the order in which their kinds first stood.
  private(set) var bytes: [UInt8] = []

  /// What decoders ask for: W3C's extended log file format, and Zeek's.
  private static let names: Set<String> = [
    "Fields:", "Date:", "separator", "empty_field", "unset_field", "path", "fields", "types",
  ]
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
      lines[found].line = Array(line)
    } else {
      lines.append((name, Array(line)))
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
}

extension HeadedText {
  public static var framing: Framing { .headed }
}
