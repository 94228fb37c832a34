/// One line about the estate: what is wrong, where, and what to do.
public struct Diagnostic: Sendable, Hashable {
  public enum Severity: String, Sendable, CaseIterable {
    /// The estate cannot be used as written.
    case error
    /// It can, but something does not say what its author may think.
    case warning
    /// What is assumed where nothing is declared.
    case note
  }

  public var severity: Severity
  public var file: String
  /// From 1; 0: the file as a whole.
  public var line: Int
  /// One line, without control characters.
  public var message: String

  public init(_ severity: Severity, file: String, line: Int, message: String) {
    self.severity = severity
    self.file = file
    self.line = line
    self.message = message
  }

  /// A name from a file, quoted, without control characters, at most 80 characters.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < 80 else {
        result += "…"
        break
      }
      count += 1
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// `; did you mean "x"?` when a known word is near, else the list of what is known.
  static func suggestion(for word: String, among known: [String]) -> String {
    guard let near = nearest(to: word, among: known) else {
      return "; known: " + known.joined(separator: ", ")
    }
    return "; did you mean \"\(near)\"?"
  }

  /// The known word with the fewest edits, when they are at most a third of its length.
  static func nearest(to word: String, among known: [String]) -> String? {
    let bytes = Array(word.utf8.prefix(64))
    var best: (distance: Int, word: String)?
    for candidate in known {
      let distance = edits(bytes, Array(candidate.utf8))
      let allowed = max(1, max(bytes.count, candidate.utf8.count) / 3)
      if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }

  /// Edits between two words, an exchange of neighbours being one; ASCII case ignored.
  private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var next = [index + 1]
      for (column, other) in right.enumerated() {
        let isSame = folded(byte) == folded(other)
        var least = min(row[column] + (isSame ? 0 : 1), min(row[column + 1], next[column]) + 1)
        if index > 0, column > 0, folded(byte) == folded(right[column - 1]),
          folded(left[index - 1]) == folded(other)
        {
          least = min(least, before[column - 1] + 1)
        }
        next.append(least)
      }
      before = row
      row = next
    }
    return row[right.count]
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte == 0x5F ? 0x2D : byte
  }
}

extension Diagnostic: CustomStringConvertible {
  /// As a compiler writes it: `ometsuke.yml:12: error: …`.
  public var description: String {
    file + (line > 0 ? ":\(line)" : "") + ": \(severity.rawValue): \(message)"
  }
}

/// The estate file cannot be used: at least one of the diagnostics is an error.
public struct EstateError: Error, Sendable, CustomStringConvertible {
  /// Errors, warnings and notes, in order of file and line.
  public var diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}

/// What the estate file declares, with what is to be said about it.
public struct LoadedEstate: Sendable {
  public var estate: DeclaredEstate
  /// Warnings and notes, in order of file and line; never an error.
  public var diagnostics: [Diagnostic]
  /// The folder that relative paths start from; empty: the current one.
  public var folder: String
  /// For each of `estate.sources`: the line that declares it.
  public var sourceLines: [Int]

  public init(
    estate: DeclaredEstate = DeclaredEstate(),
    diagnostics: [Diagnostic] = [],
    folder: String = "",
    sourceLines: [Int] = []
  ) {
    self.estate = estate
    self.diagnostics = diagnostics
    self.folder = folder
    self.sourceLines = sourceLines
  }
}
