public import EventModel

/// A format of CSV with a header whose columns an `EventMap` knows by name.
///
/// A header holds from where it stands. A part of a log without a header is
/// read by that of another part, or by the `columns` of its source.
public protocol MappedCSV: HeadedText, HeadedRecords {
  static var map: EventMap { get }
  /// Columns that the header has, in capitals.
  static var signature: [String] { get }
  var layout: MappedCSVLayout { get }
  /// Whether the values are what their columns hold, as far as that can be seen: another header may have stood
  /// before the record.
  static func fits(_ event: MappedEvent) -> Bool
  /// Says of a row what the map cannot.
  static func finish(_ event: MappedEvent, _ row: inout EventRow, _ names: inout NameTable)
}

/// What is settled of such a file when it is opened.
public final class MappedCSVLayout: Sendable {
  let reader: EventReader
  let csv: CSVLayout
  /// What each column holds, as bits of `FieldMap.Column` and its rank.
  let wanted: [UInt32]
  private let map: EventMap
  private let options: DecodeOptions

  init(_ map: EventMap, _ options: DecodeOptions, _ head: Span<UInt8>) {
    let reader = EventReader(map, options)
    csv = CSVLayout(declaration: options.declaration, head: CSVLayout.bytes(of: head))
    wanted = csv.columns.map { name in
      reader.program.keys.entry(of: Array(name.uppercased().utf8), at: 0)?.columns ?? 0
    }
    self.reader = reader
    (self.map, self.options) = (map, options)
  }

  /// That of the records under a header.
  func under(_ header: [UInt8]?) -> MappedCSVLayout {
    guard let header, !csv.isHeader(header) else { return self }
    var options = options
    options.declaration.columns = []
    return MappedCSVLayout(map, options, header.span)
  }
}

extension MappedCSV {
  public static var framing: Framing { .csvRecords(startsWithTime: false) }

  public static func fits(_ event: MappedEvent) -> Bool { true }

  public static func finish(
    _ event: MappedEvent,
    _ row: inout EventRow,
    _ names: inout NameTable
  ) {}

  public static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)? {
    let found = CSVLayout.header(CSVLayout.bytes(of: head), isDeclared: true, delimiter: 0x2C)
    guard let found, isHeader(found.columns, .init(name: "")) else { return nil }
    return (found.columns, found.delimiter)
  }

  public static func isHeader(_ columns: [String], _ declaration: SourceDeclaration) -> Bool {
    let names = Set(columns.map { $0.uppercased() })
    return signature.allSatisfy(names.contains)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    guard let header = header(of: sample) else {
      return ProbeResult(.no, "no header with \(signature.joined(separator: ", "))")
    }
    let bytes = CSVLayout.bytes(of: sample)
    let fits = CSVLayout.followHeaders(bytes, columns: header.columns.count, header.delimiter)
    let names = "a header with \(signature.joined(separator: ", "))"
    return fits
      ? ProbeResult(.certain, "\(names), and records of as many columns")
      : ProbeResult(.likely, names)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let layout = layout.under(chunk.header)
    let (reader, csv) = (layout.reader, layout.csv)
    var state = reader.program.makeState(&batch.names)
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: JSONScan.columns) { values in
      guard let values = values.baseAddress else { return }
      layout.wanted.withUnsafeBufferPointer { wanted in
        RecordFramer.forEachRecord(in: chunk, into: &batch) {
          (record, batch) throws(DecodeError) in
          guard let base = record.baseAddress else { return }
          let start = JSONScan.skipMark(base, base + record.count)
          let text = RecordBytes(start: start, count: record.count - (start - base))
          if text.isEmpty { return }
          if csv.isHeader(text) {
            batch.isHeader = true
            return
          }
          let stated = try Self.split(text, wanted, csv.delimiter, values)
          guard Self.fits(MappedEvent(stated: stated, values: values)) else {
            throw DecodeError(.notThisFormat, at: 0)
          }
          batch.rows.append(
            try reader.row(stated, values, text, &state, &batch.names, Self.finish)
          )
        }
      }
    }
  }

  @inline(__always)
  private static func split(
    _ record: RecordBytes,
    _ wanted: UnsafeBufferPointer<UInt32>,
    _ delimiter: UInt8,
    _ values: UnsafeMutablePointer<FieldValue>
  ) throws(DecodeError) -> UInt32 {
    guard let base = record.baseAddress else { return 0 }
    let end = base + record.count
    var p = base
    var stated: UInt32 = 0
    var column = 0
    while true {
      let field = try DelimitedText.field(&p, end, base, delimiter)
      if column < wanted.count, wanted[column] != 0, field.count > 0 {
        let bits = wanted[column]
        let columns = bits % FieldGuess.rankUnit
        let index = columns.trailingZeroBitCount
        let rank = UInt8(truncatingIfNeeded: bits / FieldGuess.rankUnit)
        if stated & columns == 0 || rank < values[index].rank {
          stated |= columns
          values[index] = field
          values[index].rank = rank
        }
      }
      column += 1
      guard p < end else { break }
      p += 1
    }
    guard column == wanted.count else {
      throw DecodeError(.wrongFieldCount, at: record.count)
    }
    return stated
  }
}
