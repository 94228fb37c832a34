internal import CScan
public import EventModel

/// CSV and its relatives with another delimiter, read by a declared or guessed field map.
///
///     time,user,action,rows,bytes
///     2026-04-01 09:12:34,sato,export,800,"14,247"
///
/// Quoting as in RFC 4180. The names of the columns are declared or stand in the first record; a
/// record equal to the header is passed over wherever it stands, so that a file may be cut between
/// records. Where no columns are declared, another header holds from where it stands: a record without a field that
/// begins with a digit, which names the time and who (of a declared field map: the column of the time and another).
/// A record with another number of fields is rejected.
public struct DelimitedText: HeadedRecords {
  public static let name = "csv"
  public static let summary = "CSV (RFC 4180, any delimiter), with a declared or guessed field map"
  public static let framing = Framing.csvRecords(startsWithTime: false)
  public static let surest = Likelihood.likely

  private let program: FieldProgram
  private let layout: CSVLayout
  /// What each column holds, as bits of `FieldMap.Column`.
  private let wanted: [UInt32]
  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) {
    let layout = CSVLayout(declaration: options.declaration, head: CSVLayout.bytes(of: head))
    var map = options.declaration.fields ?? FieldMap()
    if map.rules[.time] == nil {
      let guess = FieldMapGuess.guess(columns: layout.columns).map
      if map.rules.isEmpty { map = guess } else { map.rules[.time] = guess.rules[.time] }
    }
    let program = FieldProgram(map: map, options: options)
    wanted = layout.columns.map { program.keys.entry(of: Array($0.utf8), at: 0)?.columns ?? 0 }
    self.program = program
    self.layout = layout
    self.options = options
  }

  public static func isHeader(_ columns: [String], _ declaration: SourceDeclaration) -> Bool {
    guard let rules = declaration.fields?.rules, let time = rules[.time] else {
      return CSVLayout.namesTimeAndActor(columns)
    }
    let others = rules.filter { $0.key != .time }.map { $0.value.path.joined(separator: ".") }
    return columns.contains(time.path.joined(separator: "."))
      && (others.isEmpty || others.contains(where: columns.contains))
  }

  /// The columns that a header in the first bytes of a file names, and whether it comes first.
  ///
  /// `isDeclared`: the operator says that there is a header; else its names must tell when and who.
  public static func header(
    of head: Span<UInt8>,
    isDeclared: Bool,
    delimiter: UInt8
  ) -> (columns: [String], delimiter: UInt8, isFirst: Bool)? {
    CSVLayout.header(CSVLayout.bytes(of: head), isDeclared: isDeclared, delimiter: delimiter)
  }

  /// Whether the first record has so many fields, or the second where the first may be torn.
  public static func begins(_ head: Span<UInt8>, columns: Int, _ delimiter: UInt8) -> Bool {
    CSVLayout.begins(CSVLayout.bytes(of: head), columns: columns, delimiter)
  }

  /// How many fields the first records have, if all or most agree.
  public static func columnCount(of head: Span<UInt8>, delimiter: UInt8) -> Int? {
    CSVLayout.columnCount(CSVLayout.bytes(of: head), delimiter)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    CSVLayout.probe(CSVLayout.bytes(of: sample))
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    if let header = chunk.header, !layout.isHeader(header) {
      var options = options
      (options.declaration.columns, options.declaration.delimiter) = ([], layout.delimiter)
      return Self(options: options, head: header.span).decodeUnderOne(chunk, into: &batch)
    }
    decodeUnderOne(chunk, into: &batch)
  }

  private func decodeUnderOne(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var state = program.makeState(&batch.names)
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: JSONScan.columns) { values in
      guard let values = values.baseAddress else { return }
      wanted.withUnsafeBufferPointer { wanted in
        RecordFramer.forEachRecord(in: chunk, into: &batch) {
          (record, batch) throws(DecodeError) in
          guard let base = record.baseAddress else { return }
          let start = JSONScan.skipMark(base, base + record.count)
          let text = RecordBytes(start: start, count: record.count - (start - base))
          if text.isEmpty { return }
          if layout.isHeader(text) {
            batch.isHeader = true
            return
          }
          let stated = try split(text, start - base, wanted, values)
          try program.appendRow(stated, values, base: base, &state, into: &batch)
        }
      }
    }
    batch.unknownOperations.add(state.unknownOperations)
  }

  /// Cuts a record into its fields, notes the wanted ones, and checks their number.
  @inline(__always)
  private func split(
    _ record: RecordBytes,
    _ shift: Int,
    _ wanted: UnsafeBufferPointer<UInt32>,
    _ values: UnsafeMutablePointer<FieldValue>
  ) throws(DecodeError) -> UInt32 {
    guard let base = record.baseAddress else { return 0 }
    let end = base + record.count
    var p = base
    var stated: UInt32 = 0
    var index = 0
    while true {
      let field = try Self.field(&p, end, base - shift, layout.delimiter)
      if index < wanted.count {
        var rest = wanted[index]
        stated |= rest
        while rest != 0 {
          values[rest.trailingZeroBitCount] = field
          rest &= rest &- 1
        }
      }
      index &+= 1
      guard p < end else { break }
      p += 1
    }
    guard index == wanted.count else {
      throw DecodeError(.wrongFieldCount, at: record.count + shift)
    }
    return stated
  }

  /// One field; `p` is left at its delimiter or at the end.
  @inline(__always)
  static func field(
    _ p: inout UnsafePointer<UInt8>,
    _ end: UnsafePointer<UInt8>,
    _ base: UnsafePointer<UInt8>,
    _ delimiter: UInt8
  ) throws(DecodeError) -> FieldValue {
    var start = p
    guard p < end, p.pointee == 0x22 else {
      p = cscan_find2(start, end, delimiter, 0x22) ?? end
      guard p == end || p.pointee == delimiter else {
        throw DecodeError(.unexpectedByte, at: p - base)
      }
      return FieldValue(start: start, count: p - start, kind: .text)
    }
    start += 1
    p = start
    var kind = FieldValue.Kind.text
    while true {
      p = cscan_find2(p, end, 0x22, 0x22) ?? end
      guard p < end else { throw DecodeError(.unterminatedQuote, at: end - base) }
      guard p + 1 < end, p[1] == 0x22 else { break }
      kind = .doubled
      p += 2
    }
    let value = FieldValue(start: start, count: p - start, kind: kind)
    p += 1
    guard p == end || p.pointee == delimiter else {
      throw DecodeError(.unexpectedByte, at: p - base)
    }
    return value
  }
}
