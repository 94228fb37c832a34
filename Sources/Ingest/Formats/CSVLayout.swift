internal import EventModel

/// The columns of a CSV file: declared, or read from its first record.
struct CSVLayout: Sendable {
  var columns: [String]
  var delimiter: UInt8
  /// The ways a header record of these columns may be written.
  private var headers: [[UInt8]] = []
  /// A bit for each of their lengths, from 0 to 63 and again.
  private var lengths: UInt64 = 0

  private static let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C]

  /// Without declared columns the first record of `head` names them, unless one of its fields has
  /// digits only; then columns are called by their number from 1.
  init(declaration: SourceDeclaration, head: [UInt8]) {
    let first = Self.records(head, limit: 1).first ?? []
    var delimiter = declaration.delimiter
    if delimiter == 0x2C, declaration.columns.isEmpty, !first.contains(0x2C) {
      delimiter = Self.delimiters.first { first.contains($0) } ?? delimiter
    }
    self.delimiter = delimiter
    let fields = Self.fields(first, delimiter)
    if !declaration.columns.isEmpty {
      columns = declaration.columns
    } else if declaration.header, let names = Self.names(first, delimiter),
      Self.looksLikeHeader(names)
    {
      columns = names
      headers.append(first)
    } else {
      columns = (fields ?? []).indices.map { String($0 + 1) }
      return
    }
    let plain = columns.map { Array($0.utf8) }
    let quoted = plain.map { name -> [UInt8] in
      let inner: [[UInt8]] = name.map { $0 == 0x22 ? [0x22, 0x22] : [$0] }
      return [0x22] + inner.joined() + [0x22]
    }
    for names in [plain, quoted] {
      headers.append([UInt8](names.joined(separator: [delimiter])))
    }
    // As people write it.
    headers.append([UInt8](plain.joined(separator: [delimiter, 0x20])))
    for header in headers { lengths |= 1 << UInt64(header.count & 63) }
  }

  @inline(__always)
  func isHeader(_ record: RecordBytes) -> Bool {
    guard !headers.isEmpty, lengths &>> UInt64(record.count & 63) & 1 != 0 else { return false }
    return headers.contains { record.isSame(as: $0) }
  }

  /// Whether there is nothing to change for the records under a header: it is this one, or none.
  func isHeader(_ record: [UInt8]) -> Bool {
    record.isEmpty || record.withUnsafeBufferPointer { isHeader($0) }
  }

  static func bytes(of span: Span<UInt8>) -> [UInt8] {
    span.withUnsafeBufferPointer { Array($0) }
  }

  static func probe(_ sample: [UInt8]) -> ProbeResult {
    let lines = records(sample, limit: 32)
    guard let first = lines.first else { return ProbeResult(.no, "no record to judge") }
    if lines.count == 1 {
      let isHeader = delimiters.contains { fields(first, $0).map(namesTimeAndActor) ?? false }
      return isHeader
        ? ProbeResult(.likely, "one record, a header with a time and who")
        : ProbeResult(.no, "fewer than two records")
    }
    if let found = header(sample, isDeclared: false, delimiter: 0x2C), !found.isFirst {
      let share = records(sample, limit: 32).count {
        fields($0, found.delimiter)?.count == found.columns.count
      }
      if share * 4 >= lines.count * 3 {
        return ProbeResult(.likely, "a header with a time and who among the records")
      }
    }
    if first.first == 0x7B { return ProbeResult(.no, "the first record starts like JSON") }
    for delimiter in delimiters {
      guard let names = fields(first, delimiter), names.count > 1 else { continue }
      let same = fitting(lines, names.count, delimiter)
      // Torn records among those of a header that names a time do not make it another format.
      let hasTime =
        looksLikeHeader(names) && FieldMapGuess.guess(columns: names).map.rules[.time] != nil
      guard same == lines.count || (hasTime && same * 4 >= lines.count * 3) else { continue }
      if names.count >= 20, startsWithTime(first) {
        return ProbeResult(.no, "\(names.count) columns from a time on, as in a PostgreSQL csvlog")
      }
      let share = "\(same) of \(lines.count) records have \(names.count) fields"
      guard looksLikeHeader(names) else {
        return ProbeResult(.possible, "\(share), without a header: declare the columns")
      }
      let map = FieldMapGuess.guess(columns: names).map
      guard let time = map.rules[.time] else {
        return ProbeResult(.possible, "\(share), but no column of a known name for the time")
      }
      let reason = "\(share), with a time in \(time.path.joined())"
      guard let actor = FieldMapGuess.actor(in: map) else {
        return ProbeResult(.possible, reason + ", but no column of a known name for who or whence")
      }
      return ProbeResult(.likely, reason + " and who in \(actor)", fit: same * 1000 / lines.count)
    }
    return ProbeResult(.no, "records differ in their number of fields")
  }

  static func header(
    _ sample: [UInt8],
    isDeclared: Bool,
    delimiter: UInt8
  ) -> (columns: [String], delimiter: UInt8, isFirst: Bool)? {
    let lines = records(sample, limit: isDeclared ? 1 : .max)
    guard let first = lines.first else { return nil }
    if isDeclared {
      guard let names = names(first, delimiter), looksLikeHeader(names) else { return nil }
      return (names, delimiter, true)
    }
    for delimiter in delimiters {
      guard let width = fields(first, delimiter)?.count, width > 1 else { continue }
      for (index, line) in lines.enumerated() {
        guard let names = names(line, delimiter), names.count == width, namesTimeAndActor(names)
        else { continue }
        return (names, delimiter, index == 0)
      }
    }
    return nil
  }

  /// The fields of a line without the blanks around them: `at, user, rows` names three columns.
  static func names(_ line: [UInt8], _ delimiter: UInt8) -> [String]? {
    fields(line, delimiter)?.map { name in
      guard
        name.utf8.first.map({ $0 <= 0x20 }) ?? false || name.utf8.last.map({ $0 <= 0x20 }) ?? false
      else { return name }
      let bytes = name.utf8
      let inner = bytes.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
      return String(decoding: inner, as: UTF8.self)
    }
  }

  static func namesTimeAndActor(_ names: [String]) -> Bool {
    guard looksLikeHeader(names) else { return false }
    let map = FieldMapGuess.guess(columns: names).map
    return map.rules[.time] != nil && FieldMapGuess.actor(in: map) != nil
  }

  static func begins(_ sample: [UInt8], columns: Int, _ delimiter: UInt8) -> Bool {
    records(sample, limit: 2).contains { fields($0, delimiter)?.count == columns }
  }

  /// How many records have the fields of the header before them, the first record to begin with.
  private static func fitting(_ records: [[UInt8]], _ width: Int, _ delimiter: UInt8) -> Int {
    var width = width
    return records.count { record in
      guard let found = names(record, delimiter) else { return false }
      if found.count != width, namesTimeAndActor(found) { width = found.count }
      return found.count == width
    }
  }

  /// Whether three of four of the first records have the fields of the header before them: files of several kinds that
  /// were put together have several.
  static func followHeaders(_ sample: [UInt8], columns: Int, _ delimiter: UInt8) -> Bool {
    let records = records(sample, limit: 32)
    return fitting(records, columns, delimiter) * 4 >= records.count * 3
  }

  static func columnCount(_ sample: [UInt8], _ delimiter: UInt8) -> Int? {
    let counts = records(sample, limit: 32).map { fields($0, delimiter)?.count ?? 0 }
    guard
      let most = Set(counts).max(by: { left, right in
        (counts.count { $0 == left }, left) < (counts.count { $0 == right }, right)
      }), most > 1
    else { return nil }
    return counts.count { $0 == most } * 4 >= counts.count * 3 ? most : nil
  }

  private static func startsWithTime(_ record: [UInt8]) -> Bool {
    record.withUnsafeBufferPointer { TimestampScan.isoCivil($0, at: 0) != nil }
  }

  /// Names: distinct, not empty, none of digits only and none a time.
  static func looksLikeHeader(_ fields: [String]) -> Bool {
    Set(fields).count == fields.count
      && fields.allSatisfy { field in
        guard let first = field.utf8.first else { return false }
        let isNumber = field.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        return !isNumber && !(first >= 0x30 && first <= 0x39 && startsWithTime(Array(field.utf8)))
      }
  }

  /// The first whole records of a sample, without line ends, byte order mark and empty ones.
  private static func records(_ sample: [UInt8], limit: Int) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = sample.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var quoted = false
    for index in start..<max(start, sample.count) where result.count < limit {
      if sample[index] == 0x22 { quoted.toggle() }
      guard sample[index] == 0x0A, !quoted else { continue }
      var end = index
      if end > start, sample[end - 1] == 0x0D { end -= 1 }
      if end > start { result.append(Array(sample[start..<end])) }
      start = index + 1
    }
    let isWhole = sample.count < FileHead.largest || result.isEmpty
    if result.count < limit, !quoted, start < sample.count, isWhole {
      let isReturn = sample[sample.count - 1] == 0x0D
      result.append(Array(sample[start..<sample.count - (isReturn ? 1 : 0)]))
    }
    return result
  }

  /// The fields of a record as text, or `nil` when its quoting is broken.
  private static func fields(_ record: [UInt8], _ delimiter: UInt8) -> [String]? {
    let padded = record + [UInt8](repeating: 0, count: ByteChunk.padding)
    return padded.withUnsafeBufferPointer { padded in
      guard let base = padded.baseAddress else { return nil }
      let end = base + record.count
      var p = base
      var result: [String] = []
      while true {
        guard let value = try? DelimitedText.field(&p, end, base, delimiter) else { return nil }
        var bytes = Array(value.bytes)
        if value.kind == .doubled {
          var index = 0
          bytes = []
          while index < value.count {
            bytes.append(value.start[index])
            index += value.start[index] == 0x22 ? 2 : 1
          }
        }
        result.append(String(decoding: bytes, as: UTF8.self))
        guard p < end else { return result }
        p += 1
      }
    }
  }
}
