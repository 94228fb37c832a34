/// Lines of columns that one sign parts, any of which may be empty.
///
/// Cut into words each empty column would make a kind of line of its own, in which what stands behind it has other
/// names. A sign parts columns if nine of ten lines have the same number of them, two at least, and one column holds
/// the time of all these lines. Where each column begins with its label (`host:…`, as in LTSV) the label is text.
enum TemplateColumns {
  private static let signs: [UInt8] = [0x09, 0x3B, 0x7C]
  private static let longestLabel = 64

  /// The lines, those of columns cut into these.
  static func cut(_ lines: [[UInt8]], _ words: [TemplateWords]) -> [[TemplateWords.Token]] {
    for sign in signs {
      let counts = lines.map { line in line.count { $0 == sign } }
      guard
        let most = counts.max(by: { left, right in
          (counts.count { $0 == left }, left) < (counts.count { $0 == right }, right)
        }), most >= 2, counts.count(where: { $0 == most }) * 10 >= lines.count * 9
      else { continue }
      let rows = lines.indices.filter { counts[$0] == most }
      let cells = rows.map { row in
        lines[row].split(separator: sign, omittingEmptySubsequences: false).map(Array.init)
      }
      guard let columns = columns(of: cells) else { continue }
      var result = words.map(\.tokens)
      for (row, line) in zip(rows, cells) {
        result[row] = tokens(of: line, columns, sign)
      }
      return result
    }
    return words.map(\.tokens)
  }

  private struct Column {
    var kind: TemplateWords.Token.Kind
    var label: [UInt8]
  }

  /// What each column holds; `nil`: none of them has the time.
  private static func columns(of lines: [[[UInt8]]]) -> [Column]? {
    var hasTime = false
    let columns = lines[0].indices.map { index -> Column in
      let cells = lines.map { $0[index] }
      let label = label(of: cells)
      let stated = cells.map { Array($0.dropFirst(label.count)) }.filter { !$0.isEmpty }
      let tokens = stated.map { TemplateWords($0).tokens }
      func are(_ kind: TemplateWords.Token.Kind) -> Bool {
        !tokens.isEmpty && tokens.allSatisfy { $0.count == 1 && $0[0].kind == kind }
      }
      // One of a few lines may state none.
      if !hasTime, are(.time), stated.count == cells.count {
        hasTime = true
        return Column(kind: .time, label: label)
      }
      let kinds: [TemplateWords.Token.Kind] = [.number, .address]
      return Column(kind: kinds.first(where: are) ?? .word, label: label)
    }
    return hasTime ? columns : nil
  }

  /// `host:`, if all cells of a column begin so.
  private static func label(of cells: [[UInt8]]) -> [UInt8] {
    guard let first = cells.first, let colon = first.prefix(longestLabel).firstIndex(of: 0x3A),
      colon > 0,
      first[..<colon].allSatisfy({ $0 | 0x20 &- 0x61 < 26 || $0 == 0x5F || $0 &- 0x30 < 10 }),
      first[0] | 0x20 &- 0x61 < 26
    else { return [] }
    let label = Array(first[...colon])
    return cells.allSatisfy { $0.starts(with: label) } ? label : []
  }

  private static func tokens(
    of line: [[UInt8]],
    _ columns: [Column],
    _ sign: UInt8
  ) -> [TemplateWords.Token] {
    var tokens: [TemplateWords.Token] = []
    for (index, (cell, column)) in zip(line, columns).enumerated() {
      if index > 0 { tokens.append(TemplateWords.Token(kind: .sign, bytes: [sign])) }
      if !column.label.isEmpty {
        tokens.append(TemplateWords.Token(kind: .sign, bytes: column.label))
      }
      let value = Array(cell.dropFirst(column.label.count))
      var token = TemplateWords.Token(kind: column.kind, bytes: value)
      if column.kind == .time, let time = TemplateWords(value).tokens.first { token = time }
      token.isCell = true
      if !column.label.isEmpty {
        token.key = String(decoding: column.label.dropLast(), as: UTF8.self)
      }
      tokens.append(token)
    }
    return tokens
  }
}
