internal import EventModel

/// Formats that the operator declares: a file each in `formats.d` beside the estate file.
extension EstateReader {
  private static let formatKeys = ["format", "summary", "lines", "pass", "fields"]

  /// Reads every `formats.d/*.yml`, in order of name.
  mutating func readFormats() {
    let folder = FileBytes.path("formats.d", in: folder)
    for path in FileBytes.matches(of: folder + "/*.yml") {
      var reader = Self(file: path, folder: folder)
      let found = reader.readFormat()
      if let found, let other = formats[found.name] {
        reader.error(
          found.line,
          "format \(Diagnostic.quoted(found.name)) is declared in \(other.file) already; keep one"
        )
      } else if let found {
        formats[found.name] = found
        estate.formats.append(found)
      }
      adopt(reader)
    }
  }

  /// Reads this reader's file; `nil` where it declares none that could be read.
  private mutating func readFormat() -> DeclaredFormat? {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(file, most: EstateFile.largestFile)
    } catch {
      self.error(0, error.reason)
      return nil
    }
    if let problem = HostileText.problem(in: bytes) {
      error(problem.line, problem.message)
      return nil
    }
    do throws(YAMLProblem) {
      guard let root = try YAMLComposer.compose(bytes), !isNull(root) else {
        error(0, "declares no format; write lines: and fields:")
        return nil
      }
      return format(root)
    } catch {
      for problem in [error] + error.others { self.error(problem.line, problem.message) }
      return nil
    }
  }

  private mutating func format(_ root: YAMLNode) -> DeclaredFormat? {
    guard let fields = fields(of: root, what: "a format", keys: Self.formatKeys) else { return nil }
    var stem = file.split(separator: "/").last.map(String.init) ?? file
    stem.removeLast(4)
    var format = DeclaredFormat(name: text(fields, "format") ?? stem)
    format.file = file
    format.line = fields["format"]?.line ?? fields.line
    format.summary = text(fields, "summary") ?? ""
    if !Self.isFormatName(format.name) {
      error(
        format.line,
        "format \(Diagnostic.quoted(format.name)) is no name; write small letters, digits and -"
      )
    }
    format.lines = templates(fields, "lines")
    format.pass = templates(fields, "pass")
    if let entry = fields["fields"], !isNull(entry.node) {
      format.fields = fieldMap(entry.node, isTable: true) ?? FieldMap()
      checkFields(of: format, entry.node)
    }
    if format.lines.isEmpty { lacks(fields, "has no lines; write lines: '{time} {account} …'") }
    if format.fields.rules[.time] == nil, faults == 0 {
      lacks(fields, "says no time; write fields: and time: with the name of a field")
    }
    if let pattern = format.fields.rules[.time]?.timeFormat, pattern.contains("%"),
      !pattern.contains("%Y")
    {
      warn(
        format.line,
        "times without a year are read in the year of the source; write year: in the source"
      )
    }
    return format
  }

  private static func isFormatName(_ name: String) -> Bool {
    !name.isEmpty && name != "auto"
      && name.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
  }

  private mutating func templates(_ fields: Fields, _ key: String) -> [LineTemplate] {
    guard let entry = fields[key] else { return [] }
    var result: [LineTemplate] = []
    for node in list(entry.node) {
      guard let text = text(node, key, .value) else { continue }
      do throws(LineTemplate.Problem) {
        result.append(try LineTemplate(text))
      } catch {
        self.error(line(node), "\(key): \(error.message)")
      }
    }
    if result.count > 64 { error(entry.line, "\(key) has \(result.count) templates; 64 at most") }
    return result
  }

  /// Every field that is named must stand in a template.
  private mutating func checkFields(of format: DeclaredFormat, _ node: YAMLNode) {
    let lines = format.lines + format.pass
    guard !lines.isEmpty, !lines.contains(where: \.hasPairs), faults == 0 else { return }
    let known = Set(lines.flatMap(\.names)).sorted()
    let places = Dictionary(
      (node.mapping ?? []).map { ($0.key.scalar?.string ?? "", $0.key.line) }
    ) { first, _ in first }
    for column in FieldMap.Column.allCases {
      guard let name = format.fields.rules[column]?.path.first, !known.contains(name) else {
        continue
      }
      error(
        places[column.rawValue] ?? node.line,
        "no template has the field \(Diagnostic.quoted(name))" + suggestion(for: name, among: known)
      )
    }
  }
}
