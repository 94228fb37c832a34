/// How a line of a log is written: texts that stand in every line, and fields between them.
///
///     {time} [{level:word}] user={account} ip={terminal} "{screen}" rows={rows:number}
///
/// A field reaches to the text that follows it. `{{` and `}}` are braces. A space next to a field stands
/// for one blank or more; a tab for itself, so that between two of them is an empty field.
public struct LineTemplate: Sendable, Hashable {
  /// What a field may hold.
  public enum Kind: String, Sendable, CaseIterable {
    /// Anything up to the text that follows.
    case text
    /// As `text`, but neither blank nor empty.
    case word
    /// So many words with blanks between: a date and a time.
    case words2, words3, words4
    /// A number; `-` or nothing states none.
    case number
    /// A text in double quotes, which belong to the field; a quote in it is `\"` or `""`.
    case quoted
    /// The rest of the line.
    case rest
    /// The rest of the line: `key=value` in any order, values in double quotes or without blanks. Its
    /// keys are names of fields.
    case pairs

    /// How many words it holds, where their number is stated.
    public var words: Int? {
      switch self {
      case .word: 1
      case .words2: 2
      case .words3: 3
      case .words4: 4
      default: nil
      }
    }
  }

  public enum Part: Sendable, Hashable {
    case literal([UInt8])
    /// A field; a name that is empty is passed over.
    case field(name: String, kind: Kind)
  }

  public var parts: [Part]

  public init(parts: [Part]) { self.parts = parts }

  /// Why a text is no template.
  public struct Problem: Error, Sendable, Hashable {
    public var message: String
  }

  /// Reads a template as it is written.
  public init(_ text: String) throws(Problem) {
    var parts: [Part] = []
    var literal: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    func close(_ what: inout [UInt8]) {
      if !what.isEmpty { parts.append(.literal(what)) }
      what = []
    }
    while let byte = bytes.popFirst() {
      switch byte {
      case 0x7B where bytes.first == 0x7B, 0x7D where bytes.first == 0x7D:
        literal.append(byte)
        bytes.removeFirst()
      case 0x7B:
        close(&literal)
        guard let end = bytes.firstIndex(of: 0x7D) else {
          throw Problem(message: "a field is not closed; write {name}, and {{ for a brace")
        }
        parts.append(try Self.field(String(decoding: bytes[..<end], as: UTF8.self)))
        bytes = bytes[(end + 1)...]
      case 0x7D: throw Problem(message: "a brace closes no field; write }} for a brace")
      case 0x0A, 0x0D: throw Problem(message: "a template is one line")
      default: literal.append(byte)
      }
    }
    close(&literal)
    self.parts = parts
    if let problem = problem { throw problem }
  }

  private static func field(_ text: String) throws(Problem) -> Part {
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return .field(name: text, kind: .text) }
    guard let kind = Kind(rawValue: String(halves[1])) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(message: "a field has no kind \(halves[1]); known: \(known)")
    }
    return .field(name: String(halves[0]), kind: kind)
  }

  private var problem: Problem? {
    var names: Set<String> = []
    var hasField = false
    for (index, part) in parts.enumerated() {
      guard case .field(let name, let kind) = part else { continue }
      hasField = true
      if !name.isEmpty, !names.insert(name).inserted {
        return Problem(message: "the field \(name) stands twice; name one of them otherwise")
      }
      let isLast = index == parts.count - 1
      if kind == .rest || kind == .pairs, !isLast {
        return Problem(
          message: "{\(name):\(kind.rawValue)} holds the rest of the line; write it last"
        )
      }
      if kind == .pairs, !name.isEmpty {
        return Problem(message: "pairs have names of their own; write {:pairs}")
      }
      guard !isLast, kind == .text || kind.words != nil, case .field = parts[index + 1] else {
        continue
      }
      return Problem(
        message: "nothing parts {\(name)} from the field behind it; write a text between"
      )
    }
    return hasField ? nil : Problem(message: "a template has no field; write {name}")
  }

  /// The names of its fields.
  public var names: [String] {
    parts.compactMap { part in
      guard case .field(let name, _) = part, !name.isEmpty else { return nil }
      return name
    }
  }

  public var hasPairs: Bool {
    guard case .field(_, .pairs) = parts.last else { return false }
    return true
  }

  /// The template as it is written.
  public var text: String {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let bytes):
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
          if scalar == "{" || scalar == "}" { result.unicodeScalars.append(scalar) }
          result.unicodeScalars.append(scalar)
        }
      case .field(let name, let kind):
        result += kind == .text ? "{\(name)}" : "{\(name):\(kind.rawValue)}"
      }
    }
    return result
  }
}

/// A log format that an operator declares in a file of its own (docs/formats/declared.md).
public struct DeclaredFormat: Sendable, Hashable {
  public var name: String
  public var summary = ""
  /// The first that fits a line reads it.
  public var lines: [LineTemplate] = []
  /// Lines that hold no event; tried after `lines`.
  public var pass: [LineTemplate] = []
  /// What the fields mean; a path is the name of one.
  public var fields = FieldMap()
  /// Where it is declared.
  public var file = ""
  public var line = 0

  public init(name: String) { self.name = name }
}
