internal import EventModel

/// Sources and their field maps.
extension EstateReader {
  private static let encodings = ["utf-8", "cp932", "euc-jp"]

  mutating func readSource(_ node: YAMLNode) {
    let keys = [
      "name", "path", "paths", "format", "system", "time-zone", "encoding", "year", "delimiter",
      "header", "columns", "may-be-silent", "from", "until", "fields",
      "listen", "certificate", "key", "ca-file", "key-log", "user-headers",
      "user-cookies", "log-line-prefix", "account-case", "lateness",
    ]
    guard let fields = fields(of: node, what: "a source", keys: keys), let name = name(fields)
    else { return }
    guard isNew(name, "source", at: fields.line) else { return }
    var source = SourceDeclaration(name: name)
    source.paths = texts(fields, "path", "paths")
    source.format = text(fields, "format").flatMap { $0 == "auto" ? nil : $0 }
    source.system = text(fields, "system")
    source.timeZone = zoneName(fields, "time-zone")
    source.encoding = encoding(fields)
    source.ignoresAccountCase = accountCase(fields)
    source.year = year(fields)
    source.delimiter = delimiter(fields) ?? source.delimiter
    source.header = flag(fields, "header") ?? source.header
    source.columns = texts(fields, "columns")
    source.mayBeSilent = flag(fields, "may-be-silent") ?? false
    source.lateness = lateness(fields)
    source.from = time(fields, "from")
    source.until = time(fields, "until", end: true)
    checkOrder(fields, source.from, source.until, "from", "until")
    source.declared = source.format.flatMap { formats[$0] }
    let isTable =
      source.format?.hasPrefix("csv") ?? false || source.declared != nil
      || fields["delimiter"] != nil
      || fields["header"] != nil || fields["columns"] != nil
    if let entry = fields["fields"], !isNull(entry.node) {
      source.fields = fieldMap(entry.node, isTable: isTable)
    }
    source.keyLog = text(fields, "key-log").map { FileBytes.path($0, in: folder) }
    source.userHeaders = fieldNames(fields, "user-headers")
    source.userCookies = fieldNames(fields, "user-cookies")
    source.logLinePrefix = logLinePrefix(fields)
    readListen(fields, &source)
    estate.sources.append(source)
    sourceLines.append(fields.line)
  }

  /// Escapes of PostgreSQL's `log_line_prefix`, one of them a time.
  private mutating func logLinePrefix(_ fields: Fields) -> String? {
    guard let prefix = text(fields, "log-line-prefix", .value),
      let entry = fields["log-line-prefix"]
    else { return nil }
    var letters = ""
    var rest = prefix[...]
    while let sign = rest.firstIndex(of: "%") {
      rest = rest[rest.index(after: sign)...].drop { $0 == "-" || ("0"..."9").contains($0) }
      guard let letter = rest.popFirst(), "abcdehilmnpqrstuvxLPQ%".contains(letter) else {
        error(
          entry.line,
          "log-line-prefix holds a % that begins no escape; write it as postgresql.conf has it"
        )
        return nil
      }
      letters.append(letter)
    }
    if letters.contains(where: { "tmn".contains($0) }) { return prefix }
    error(
      entry.line,
      "log-line-prefix states no time; without %m, %t or %n its lines cannot be dated"
    )
    return nil
  }

  /// Names of fields of HTTP: tokens (RFC 9110, section 5.6.2).
  private mutating func fieldNames(_ fields: Fields, _ key: String) -> [String] {
    let line = fields[key]?.line ?? fields.line
    return texts(fields, key, form: .value).filter { name in
      let isToken = name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
      if isToken { return true }
      error(
        line,
        "\(key) holds \(Diagnostic.quoted(name)); write the name alone, such as X-Remote-User"
      )
      return false
    }
  }

  /// Where it is listened to, by a watch.
  private mutating func readListen(_ fields: Fields, _ source: inout SourceDeclaration) {
    source.listens = texts(fields, "listen", form: .value)
    let entry = fields["listen"]
    for place in source.listens where !Self.isListenAddress(place) {
      error(
        entry?.line ?? fields.line,
        "listen is \(Diagnostic.quoted(place)); write udp://192.0.2.1:514, tcp:// or tls://address:port"
      )
    }
    source.certificate = text(fields, "certificate").map { FileBytes.path($0, in: folder) }
    source.key = text(fields, "key").map { FileBytes.path($0, in: folder) }
    source.trusted = text(fields, "ca-file").map { FileBytes.path($0, in: folder) }
    let needsTLS = source.listens.contains { $0.hasPrefix("tls://") }
    if needsTLS, source.certificate == nil || source.key == nil {
      lacks(fields, "listens over TLS without certificate and key; write both")
    }
  }

  private static func isListenAddress(_ text: String) -> Bool {
    let schemes = ["udp://", "tcp://", "tls://"]
    guard let scheme = schemes.first(where: { text.hasPrefix($0) }),
      let colon = text.lastIndex(of: ":")
    else { return false }
    let host = text[text.index(text.startIndex, offsetBy: scheme.utf8.count)...]
      .prefix(upTo: max(colon, text.index(text.startIndex, offsetBy: scheme.utf8.count)))
    let digits = text[text.index(after: colon)...]
    guard let port = Int(digits), 1...65_535 ~= port, digits.first != "+", !host.isEmpty else {
      return false
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
    return (isBracketed || !host.utf8.contains(0x3A))
      && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x40 }
  }

  private mutating func encoding(_ fields: Fields) -> String? {
    guard let value = text(fields, "encoding", .value), let entry = fields["encoding"] else {
      return nil
    }
    switch value.lowercased() {
    case "auto": return nil
    case "utf-8", "utf8", "ascii": return "utf-8"
    case "cp932", "shift_jis", "shift-jis", "sjis", "windows-31j": return "cp932"
    case "euc-jp", "eucjp", "euc_jp": return "euc-jp"
    default:
      let advice = suggestion(for: value, among: Self.encodings)
      error(entry.line, "encoding is \(Diagnostic.quoted(value))\(advice)")
      return nil
    }
  }

  private mutating func accountCase(_ fields: Fields) -> Bool? {
    guard let value = text(fields, "account-case", .value), let entry = fields["account-case"]
    else {
      return nil
    }
    switch value {
    case "ignored": return true
    case "kept": return false
    default:
      let advice = suggestion(for: value, among: ["ignored", "kept"])
      error(entry.line, "account-case is \(Diagnostic.quoted(value))\(advice)")
      return nil
    }
  }

  private mutating func year(_ fields: Fields) -> Int? {
    guard let value = count(fields, "year"), let entry = fields["year"] else { return nil }
    guard (1970...2261).contains(value) else {
      error(entry.line, "year is \(value); write a year from 1970 to 2261")
      return nil
    }
    return Int(value)
  }

  /// One byte that parts columns.
  mutating func delimiter(_ fields: Fields) -> UInt8? {
    guard let value = text(fields, "delimiter"), let entry = fields["delimiter"] else { return nil }
    switch value {
    case "tab", "\\t": return 0x09
    case "comma": return 0x2C
    case "semicolon": return 0x3B
    default: break
    }
    guard !misread.contains(Scalars.folded(value)) else { return nil }
    guard value.utf8.count == 1, let byte = value.utf8.first, byte < 0x80, byte != 0x22,
      byte != 0x0A
    else {
      error(
        entry.line,
        "delimiter is \(Diagnostic.quoted(value)); write one ASCII character or tab"
      )
      return nil
    }
    return byte
  }

  /// A zone that is known, as written.
  mutating func zoneName(_ fields: Fields, _ key: String) -> String? {
    guard let value = text(fields, key), let entry = fields[key] else { return nil }
    if TimeZoneRule(name: value) != nil { return value }
    guard !misread.contains(Scalars.folded(value)) else { return nil }
    error(
      entry.line,
      "\(key) \(Diagnostic.quoted(value)) is not known; write Asia/Tokyo or +09:00"
    )
    return nil
  }

  // MARK: Field map

  mutating func fieldMap(_ node: YAMLNode, isTable: Bool) -> FieldMap? {
    let columns = FieldMap.Column.allCases.map(\.rawValue)
    guard let fields = fields(of: node, what: "fields", keys: columns + ["const"]) else {
      return nil
    }
    var map = FieldMap()
    for (key, entry) in fields.inOrder {
      if key == "const" {
        readConstants(entry.node, columns, &map)
      } else if let column = FieldMap.Column(rawValue: key) {
        guard let rule = fieldRule(entry.node, column, isTable: isTable) else { continue }
        if map.rules.updateValue(rule, forKey: column) != nil {
          error(entry.line, "\(key) has a field and a constant; keep one")
        }
      }
    }
    return map
  }

  private mutating func readConstants(_ node: YAMLNode, _ columns: [String], _ map: inout FieldMap)
  {
    guard let fields = fields(of: node, what: "const", keys: columns) else { return }
    for (key, entry) in fields.inOrder {
      guard let column = FieldMap.Column(rawValue: key), let value = text(entry.node, key, .value)
      else { continue }
      guard !value.isEmpty, !isNull(entry.node) else {
        error(entry.line, "\(key) of const is empty; write a value or remove the key")
        continue
      }
      checkWord(value, column, entry.line)
      var rule = FieldRule(path: [])
      rule.constant = value
      if map.rules.updateValue(rule, forKey: column) != nil {
        error(entry.line, "\(key) has a field and a constant; keep one")
      }
    }
  }

  private mutating func path(_ node: YAMLNode, _ key: String, isTable: Bool) -> [String]? {
    let parts: [String]
    if let sequence = node.sequence {
      parts = sequence.compactMap { isNull($0) ? "" : text($0, key, .identifier) }
    } else {
      guard let text = isNull(node) ? "" : text(node, key, .identifier) else { return nil }
      parts =
        isTable
        ? [text] : text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }
    guard !parts.isEmpty, !parts.contains("") else {
      error(line(node), "field of \(key) has an empty part; write a.b")
      return nil
    }
    return parts
  }

  private mutating func fieldRule(
    _ node: YAMLNode,
    _ column: FieldMap.Column,
    isTable: Bool
  ) -> FieldRule? {
    let key = column.rawValue
    guard node.mapping != nil else {
      return path(node, key, isTable: isTable).map { FieldRule(path: $0) }
    }
    let keys = [
      "field", "const", "format", "zone", "values", "otherwise", "unknown", "unit", "quality",
    ]
    guard let fields = fields(of: node, what: key, keys: keys) else { return nil }
    var rule = FieldRule(path: [])
    rule.constant = text(fields, "const", .value)
    if let entry = fields["field"] {
      guard let path = path(entry.node, key, isTable: isTable) else { return nil }
      rule.path = path
    }
    guard rule.path.isEmpty != (rule.constant == nil) else {
      lacks(fields, "needs either field or const; write field: name")
      return nil
    }
    if let constant = rule.constant { checkWord(constant, column, fields.line) }
    rule.timeFormat = timeFormat(fields)
    rule.timeZone = zoneName(fields, "zone")
    if let entry = fields["values"],
      let values = self.fields(
        of: entry.node,
        what: "values",
        keys: nil
      )
    {
      for (value, meaning) in values.inOrder {
        guard let word = text(meaning.node, value, .value) else { continue }
        checkWord(word, column, meaning.line)
        rule.values[value] = word
      }
    }
    rule.otherwise = text(fields, "otherwise", .value)
    if let word = rule.otherwise, let entry = fields["otherwise"] {
      checkWord(word, column, entry.line)
    }
    if let entry = fields["unknown"] {
      rule.unknown = list(entry.node).compactMap { text($0, "unknown", .value) }
    }
    rule.multiplier = multiplier(fields) ?? 1
    let qualities = VolumeQuality.allCases.map(\.name)
    rule.quality =
      word(fields, "quality", among: qualities).flatMap { VolumeQuality(name: $0) } ?? .exact
    return rule
  }

  /// Operations and outcomes have fixed words.
  private mutating func checkWord(_ word: String, _ column: FieldMap.Column, _ line: Int) {
    let known: [String]
    switch column {
    case .operation: known = Operation.allCases.map(\.name)
    case .outcome: known = ["success", "failure", "unknown"]
    default: return
    }
    guard !known.contains(word) else { return }
    let advice = suggestion(for: word, among: known)
    error(line, "\(column.rawValue) is \(Diagnostic.quoted(word))\(advice)")
  }

  private mutating func timeFormat(_ fields: Fields) -> String? {
    guard let value = text(fields, "format"), let entry = fields["format"] else { return nil }
    let known = ["rfc3339", "unix", "unix_ms", "unix_us", "unix_ns", "clf"]
    if known.contains(value) { return value }
    let bytes = Array(value.utf8)
    var index = 0
    var isRight = bytes.contains(0x25)
    while index < bytes.count {
      if bytes[index] == 0x25 {
        index += 1
        isRight = isRight && index < bytes.count && "%YymdHIpMSfzba".utf8.contains(bytes[index])
      }
      index += 1
    }
    if isRight { return value }
    error(
      entry.line,
      "format \(Diagnostic.quoted(value)) is no time format; write one of "
        + known.joined(separator: ", ") + " or a pattern of %Y %y %m %d %H %I %p %M %S %f %z %b %a"
    )
    return nil
  }

  private mutating func multiplier(_ fields: Fields) -> Int64? {
    guard let value = text(fields, "unit", .value), let entry = fields["unit"] else { return nil }
    let units: [String: Int64] = [
      "B": 1, "KB": 1000, "KiB": 1 << 10, "MB": 1_000_000, "MiB": 1 << 20, "GB": 1_000_000_000,
      "GiB": 1 << 30, "records": 1, "k": 1000, "M": 1_000_000,
    ]
    if let factor = units[value] { return factor }
    if let factor = Scalars.count(value), factor > 0 { return factor }
    error(
      entry.line,
      "unit is \(Diagnostic.quoted(value)); write B, KB, KiB, MB, MiB, GB, GiB or a number"
    )
    return nil
  }
}
