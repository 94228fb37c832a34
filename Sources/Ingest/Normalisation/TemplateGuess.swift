public import EventModel

/// Proposes a declared format from the first lines of a log that no format claims.
///
/// Lines are cut into times, addresses, numbers, texts in quotes, `key=value` and words. Lines with the
/// same cut are of one kind; a word that is the same in all lines of a kind is a text of the template (but not behind
/// a key that is known), any other a field. What the fields mean is guessed by their keys, as for JSON Lines, and by what they
/// hold; the operator corrects both.
public enum TemplateGuess {
  /// The most kinds of lines that are proposed.
  public static let mostTemplates = 8
  /// The lines that are looked at.
  static let mostLines = 400

  public struct Proposal: Sendable {
    public var format: DeclaredFormat
    /// Lines of the sample that were looked at, and those of proposed kinds.
    public var lines = 0
    public var covered = 0
    /// Values of each field in the sample, three at most.
    public var samples: [(name: String, kind: LineTemplate.Kind, values: [String])] = []
  }

  /// A proposal; `nil`: no line has a time.
  public static func propose(_ head: Span<UInt8>, name: String) -> Proposal? {
    // What holds other control characters is no line of text, and no template.
    let texts = FieldMapGuess.wholeLines(head, limit: mostLines).filter { line in
      line.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
    }
    var lines = TemplateColumns.cut(texts, texts.map { TemplateWords($0) })
    TemplateWords.settleMonths(&lines)
    let dated = lines.filter { line in line.contains { $0.isTime } }
    guard !dated.isEmpty else { return nil }
    var kinds: [[String]: [[TemplateWords.Token]]] = [:]
    for line in withoutPairs(dated) { kinds[line.map(\.shape), default: []].append(line) }
    // The most frequent first, the longest of equals: the first template that fits reads a line.
    let order = kinds.sorted {
      ($1.value.count, $1.key.count, $0.key.joined()) < (
        $0.value.count, $0.key.count, $1.key.joined()
      )
    }
    var guess = FieldNames()
    var proposal = Proposal(format: DeclaredFormat(name: name))
    proposal.lines = lines.count
    for (_, lines) in order.prefix(mostTemplates) {
      let template = guess.template(of: lines)
      guard !template.parts.isEmpty, !proposal.format.lines.contains(template) else { continue }
      proposal.format.lines.append(template)
      proposal.covered += lines.count
    }
    if proposal.format.lines.contains(where: \.hasPairs) { guess.takeKeys(of: dated) }
    guard guess.map.rules[.time] != nil, !proposal.format.lines.isEmpty else { return nil }
    proposal.format.fields = guess.map
    proposal.samples = guess.samples
    return proposal
  }

  /// Lines that differ in nothing but which `key=value` end them, cut where these begin.
  private static func withoutPairs(
    _ lines: [[TemplateWords.Token]]
  ) -> [[TemplateWords.Token]] {
    var tails: [[String]: Set<[String]>] = [:]
    for line in lines {
      guard let start = TemplateWords.pairs(of: line) else { continue }
      tails[line[..<start].map(\.shape), default: []].insert(line[start...].map(\.shape))
    }
    return lines.map { line in
      guard let start = TemplateWords.pairs(of: line),
        tails[line[..<start].map(\.shape)]?.count ?? 0 > 1
      else { return line }
      return line[..<start] + [TemplateWords.Token(kind: .pairs, bytes: [])]
    }
  }
}

/// Names and meanings of the fields of all templates of one proposal.
private struct FieldNames {
  private(set) var map = FieldMap()
  private(set) var samples: [(name: String, kind: LineTemplate.Kind, values: [String])] = []

  /// The template of lines with the same cut.
  mutating func template(of lines: [[TemplateWords.Token]]) -> LineTemplate {
    var parts: [LineTemplate.Part] = []
    var used: Set<String> = []
    func add(_ literal: [UInt8]) {
      if case .literal(let before) = parts.last {
        parts[parts.count - 1] = .literal(before + literal)
      } else if !literal.isEmpty {
        parts.append(.literal(literal))
      }
    }
    let first = lines[0]
    for index in first.indices {
      let token = first[index]
      let values = lines.map { $0[index].bytes }
      let isSame = values.allSatisfy { $0 == token.bytes }
      // What a known key states is a field, though the sample tells of one person or one place alone.
      let isText =
        token.kind == .word && isSame && lines.count > 1 && !token.isCell
        && !Self.isKnown(token.key)
      guard token.isField, !isText else {
        add(token.bytes)
        continue
      }
      if token.kind == .pairs {
        parts.append(.field(name: "", kind: .pairs))
        continue
      }
      // Nothing parts it from the field before.
      if case .field = parts.last {
        parts[parts.count - 1] = .field(name: "", kind: .rest)
        return LineTemplate(parts: parts)
      }
      // With groups of digits (`12,345`) it is read as a word.
      let isGrouped = token.kind == .number && values.contains { $0.contains(0x2C) }
      let kind = isGrouped ? .word : token.fieldKind
      let texts = values.map { value in
        let inner = token.kind == .quoted ? value.dropFirst().dropLast() : value[...]
        return String(decoding: inner, as: UTF8.self)
      }
      let name = name(of: token, texts, key: token.key, taken: &used)
      note(name, kind, texts)
      parts.append(.field(name: name, kind: kind))
    }
    let template = LineTemplate(parts: parts)
    return (try? LineTemplate(template.text)) ?? LineTemplate(parts: [])
  }

  /// What the keys of `key=value` mean, and what stands behind them.
  mutating func takeKeys(of lines: [[TemplateWords.Token]]) {
    var values: [String: [TemplateWords.Token]] = [:]
    for token in lines.joined() {
      guard let key = token.key else { continue }
      values[key, default: []].append(token)
    }
    var used = Set(samples.map(\.name))
    for (key, tokens) in values.sorted(by: { $0.key < $1.key }) where !used.contains(key) {
      let texts = tokens.map { token in
        String(
          decoding: token.kind == .quoted ? token.bytes.dropFirst().dropLast() : token.bytes[...],
          as: UTF8.self
        )
      }
      note(name(of: tokens[0], texts, key: key, taken: &used), tokens[0].fieldKind, texts)
    }
  }

  private static func isKnown(_ key: String?) -> Bool {
    key.map { !FieldMapGuess.guess(columns: [$0]).map.rules.isEmpty } ?? false
  }

  /// A name for the field; notes what it means where that can be guessed.
  private mutating func name(
    of token: TemplateWords.Token,
    _ values: [String],
    key: String?,
    taken: inout Set<String>
  ) -> String {
    let column = column(of: token, values, key: key, taken)
    var name = key ?? column?.rawValue ?? (token.isLevel ? "level" : "field")
    if taken.contains(name) {
      var number = 2
      while taken.contains("\(name)\(number)") { number += 1 }
      name += "\(number)"
    }
    taken.insert(name)
    guard let column else { return name }
    if map.rules[column] == nil {
      var rule = FieldRule(path: [name])
      rule.timeFormat = column == .time ? token.timeFormat : nil
      map.rules[column] = rule
    }
    return name
  }

  private func column(
    of token: TemplateWords.Token,
    _ values: [String],
    key: String?,
    _ taken: Set<String>
  ) -> FieldMap.Column? {
    func free(_ column: FieldMap.Column) -> Bool {
      !taken.contains(map.rules[column]?.path.first ?? "")
    }
    if token.isTime { return free(.time) ? .time : nil }
    if let key {
      let found = FieldMapGuess.guess(columns: [key]).map.rules.keys.first
      // A client that is an address is a terminal, and no company.
      if found == .owner, token.kind == .address { return free(.terminal) ? .terminal : nil }
      guard let found, found != .time, free(found) else { return nil }
      return found == .records || found == .bytes ? (token.kind == .number ? found : nil) : found
    }
    if token.kind == .address { return free(.terminal) ? .terminal : nil }
    let verbs = FieldProgram.operationRule(nil)
    let isVerb = values.allSatisfy { value in
      verbs.words.entry(of: Array(value.utf8), at: 0) != nil
    }
    if token.kind == .word, isVerb { return free(.operation) ? .operation : nil }
    return nil
  }

  private mutating func note(_ name: String, _ kind: LineTemplate.Kind, _ values: [String]) {
    var seen: [String] = []
    for value in values where seen.count < 3 && !seen.contains(value) { seen.append(value) }
    if let found = samples.firstIndex(where: { $0.name == name }) {
      for value in seen where samples[found].values.count < 3 {
        if !samples[found].values.contains(value) { samples[found].values.append(value) }
      }
    } else {
      samples.append((name, kind, seen))
    }
  }
}
