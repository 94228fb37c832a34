internal import CScan
public import EventModel

/// Zeek's logs as it writes them by itself: conn, http, ftp, smb, mysql and postgresql in columns.
///
///     #separator \x09
///     #path	conn
///     #fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	orig_bytes	resp_bytes	conn_state
///     1775034754.157000	C1	192.0.2.7	50200	198.51.100.1	443	tcp	600	41000	SF
///
/// What the fields mean is as in `zeek-json`. The header holds up to the next one in the file. Lines
/// before any are read by the `columns` of the source, else rejected.
///
/// Source: zeek/zeek, src/threading/formatters/Ascii.cc, src/logging/writers/ascii/Ascii.cc.
public struct ZeekTSV: HeadedText {
  public static let name = "zeek-tsv"
  public static let summary = "Zeek logs in columns: conn, http, ftp, smb, postgresql, mysql"

  public static let openings: [StaticString] = ["#separator "]

  private let reader: EventReader
  private let declared: ZeekLayout
  private let first: ZeekLayout

  public init(options: DecodeOptions, head: Span<UInt8>) {
    reader = EventReader(ZeekJSON.map, options)
    declared = ZeekLayout(columns: options.declaration.columns, reader.program.keys)
    var first = declared
    first.take(lines: options.header, reader.program.keys)
    first.take(lines: HeaderLines.first(in: CSVLayout.bytes(of: head)), reader.program.keys)
    self.first = first
  }

  public static func header(of head: Span<UInt8>) -> (columns: [String], delimiter: UInt8)? {
    let lines = HeaderLines.first(in: CSVLayout.bytes(of: head))
    var layout = ZeekLayout(columns: [], KeyTable())
    var names: [String]?
    for line in lines.split(separator: 0x0A) {
      line.withUnsafeBufferPointer { line in
        layout.takeSigns(line)
        names = layout.names(in: line) ?? names
      }
    }
    return names.map { ($0, layout.separator) }
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    guard let header = header(of: sample) else { return ProbeResult(.no, "no #fields line") }
    guard ["ts", "uid", "id.orig_h"].allSatisfy(header.columns.contains) else {
      return ProbeResult(.no, "a #fields line without ts, uid and id.orig_h")
    }
    var width = header.columns.count
    let count = ProbeSample.count(sample) { line -> Bool? in
      let fields = line.split(separator: header.delimiter, omittingEmptySubsequences: false)
      if line.first == 0x23 {
        if line.hasPrefix("#fields") { width = fields.count - 1 }
        return nil
      }
      return fields.count == width
    }
    if count.total == 0 { return ProbeResult(.likely, "a #fields line of Zeek, and no line yet") }
    return count.result(
      "\(count.matched) of \(count.total) lines have the columns of a #fields line"
    )
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let keys = reader.program.keys
    var layout = first
    if let header = chunk.header {
      layout = declared
      layout.take(lines: header, keys)
    }
    var state = reader.program.makeState(&batch.names)
    var arena = ByteArena(capacity: 4096)
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: JSONScan.columns) { values in
      guard let values = values.baseAddress else { return }
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard let sign = record.first else { return }
        if sign == 0x23 {
          layout.take(record, keys)
          batch.isHeader = true
          return
        }
        arena.removeAll()
        let stated = try layout.split(record, values, &arena)
        batch.rows.append(
          try reader.row(stated, values, record, &state, &batch.names, ZeekJSON.finish)
        )
      }
    }
  }
}

/// What the columns of a line are.
private struct ZeekLayout: Sendable {
  private var columns: [UInt32] = []
  private(set) var separator: UInt8 = 0x09
  private var unset: [UInt8] = [0x2D]
  private var empty = Array("(empty)".utf8)

  init(columns: [String], _ keys: KeyTable) { take(columns: columns, keys) }

  private mutating func take(columns names: [String], _ keys: KeyTable) {
    columns = names.map { keys.entry(of: Array($0.utf8), at: 0)?.columns ?? 0 }
  }

  func names(in line: RecordBytes) -> [String]? {
    guard line.hasPrefix("#fields"), line.count > 8, line[7] == separator else { return nil }
    return line.dropFirst(8).split(separator: separator, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// What parts columns, and what stands for nothing.
  mutating func takeSigns(_ line: RecordBytes) {
    let value = line.dropFirst(
      (line.firstIndex { $0 == 0x20 || $0 == separator } ?? line.count) + 1
    )
    if line.hasPrefix("#separator ") {
      let text = String(decoding: value, as: UTF8.self)
      if text.hasPrefix("\\x"), let byte = UInt8(text.dropFirst(2).prefix(2), radix: 16) {
        separator = byte
      } else if let byte = value.first {
        separator = byte
      }
    } else if line.hasPrefix("#unset_field") {
      unset = Array(value)
    } else if line.hasPrefix("#empty_field") {
      empty = Array(value)
    }
  }

  mutating func take(_ line: RecordBytes, _ keys: KeyTable) {
    takeSigns(line)
    if let names = names(in: line) { take(columns: names, keys) }
  }

  mutating func take(lines: [UInt8], _ keys: KeyTable) {
    for line in lines.split(separator: 0x0A) { line.withUnsafeBufferPointer { take($0, keys) } }
  }

  @inline(__always)
  func split(
    _ line: RecordBytes,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ arena: inout ByteArena
  ) throws(DecodeError) -> UInt32 {
    guard !columns.isEmpty else { throw DecodeError(.notThisFormat, at: 0) }
    guard let base = line.baseAddress else { throw DecodeError(.wrongFieldCount, at: 0) }
    var stated: UInt32 = 0
    var (place, column) = (0, 0)
    while true {
      let start = place
      place = (cscan_find2(base + place, base + line.count, separator, separator) ?? base) - base
      guard column < columns.count else { throw DecodeError(.wrongFieldCount, at: start) }
      let bits = columns[column]
      if bits != 0, let value = value(line.slice(start..<place), &arena) {
        let index = (bits % FieldGuess.rankUnit).trailingZeroBitCount
        let rank = UInt8(truncatingIfNeeded: bits / FieldGuess.rankUnit)
        if stated & bits == 0 || rank < values[index].rank {
          values[index] = value
          values[index].rank = rank
          stated |= bits % FieldGuess.rankUnit
        }
      }
      column += 1
      guard place < line.count else { break }
      place += 1
    }
    guard column == columns.count else { throw DecodeError(.wrongFieldCount, at: line.count) }
    return stated
  }

  private static let truths: [StaticString] = ["true            ", "false           "]

  /// A value without escapes; `nil` where none is stated.
  private func value(_ text: RecordBytes, _ arena: inout ByteArena) -> FieldValue? {
    guard text.count > 0, let base = text.baseAddress else { return nil }
    if text.isSame(as: unset) || text.isSame(as: empty) { return nil }
    // A truth value, as JSON has it.
    if text.count == 1, text[0] == 0x54 || text[0] == 0x46 {
      let isTrue = text[0] == 0x54
      return FieldValue(
        start: Self.truths[isTrue ? 0 : 1].utf8Start,
        count: isTrue ? 4 : 5,
        kind: .literal
      )
    }
    guard text.firstIndex(of: 0x5C, in: 0..<text.count) != nil else {
      return FieldValue(start: base, count: text.count, kind: .text)
    }
    // `\x09` and `\\`; eight bytes behind what is written are readable.
    let plain = arena.write(atMost: text.count + 16) { room in
      var (from, to) = (0, 0)
      while from < text.count {
        if text[from] == 0x5C, from + 1 < text.count {
          if text[from + 1] == 0x5C {
            room[to] = 0x5C
            (from, to) = (from + 2, to + 1)
            continue
          }
          if text[from + 1] == 0x78, from + 3 < text.count, let byte = Self.hex(text, from + 2) {
            room[to] = byte
            (from, to) = (from + 4, to + 1)
            continue
          }
        }
        room[to] = text[from]
        (from, to) = (from + 1, to + 1)
      }
      for index in to..<to + 16 { room[index] = 0 }
      return to + 16
    }
    guard let plain, let start = plain.baseAddress else {
      return FieldValue(start: base, count: text.count, kind: .text)
    }
    return FieldValue(start: start, count: plain.count - 16, kind: .text)
  }

  private static func hex(_ text: RecordBytes, _ place: Int) -> UInt8? {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x41 + 10
      case 0x61...0x66: byte - 0x61 + 10
      default: nil
      }
    }
    guard let high = digit(text[place]), let low = digit(text[place + 1]) else { return nil }
    return high << 4 | low
  }
}
