public import EventModel

/// A format of CSV whose records mean what the header record before them says.
///
/// A header may stand anywhere, and the one behind it may name other columns: daily files put together are such a log.
public protocol HeadedRecords: LogFormat {
  /// Whether a record of these fields, all of which could be names, is a header.
  static func isHeader(_ columns: [String], _ declaration: SourceDeclaration) -> Bool
}

/// The header record in force at a place of a CSV log: a function of the bytes before it alone.
public struct HeaderRecords: Sendable {
  private let isHeader: @Sendable ([String]) -> Bool
  private let delimiter: UInt8
  /// Of an input in which no encoding is declared.
  private let encodings: RecordEncodings?
  /// The last one, without its line end and in UTF-8; empty: none so far.
  public private(set) var line: [UInt8]

  /// `nil`: headers say nothing, for the format has none or the operator has named the columns.
  ///
  /// `line`: the header in force where reading begins.
  public init?(
    _ format: any LogFormat.Type,
    _ declaration: SourceDeclaration,
    delimiter: UInt8?,
    encodings: RecordEncodings?,
    line: [UInt8] = []
  ) {
    guard let format = format as? any HeadedRecords.Type, declaration.columns.isEmpty,
      declaration.header
    else { return nil }
    isHeader = { format.isHeader($0, declaration) }
    self.delimiter = delimiter ?? declaration.delimiter
    self.encodings = encodings
    self.line = line
  }

  /// The columns that the header in force names.
  public var columns: (names: [String], delimiter: UInt8)? {
    guard !line.isEmpty, let names = CSVLayout.names(line, delimiter) else { return nil }
    return (names, delimiter)
  }

  /// The header of these columns as a record.
  public static func line(of columns: [String], delimiter: UInt8) -> [UInt8] {
    let fields = columns.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
    return Array(fields.map { Array($0.utf8) }.joined(separator: [delimiter]))
  }

  /// The header that a record is, if it is another than the one in force.
  func header(_ base: UnsafePointer<UInt8>, _ count: Int) -> [UInt8]? {
    var record = RecordBytes(start: base, count: count)
    if record.last == 0x0A { record = record.slice(0..<record.count - 1) }
    if record.last == 0x0D { record = record.slice(0..<record.count - 1) }
    if record.hasPrefix("\u{FEFF}") { record = record.slice(3..<record.count) }
    guard mayBeNames(record), record.count <= Self.longest else { return nil }
    var text = Array(record)
    if var encodings, let other = encodings.convert(ByteChunk(text)) {
      text = Array(other.storage[..<other.count])
    }
    guard text != line, let names = CSVLayout.names(text, delimiter),
      CSVLayout.looksLikeHeader(names), isHeader(names)
    else { return nil }
    return text
  }

  public mutating func begin(with header: [UInt8]) { line = header }

  /// A longer one is none.
  private static let longest = 1 << 16

  /// Whether no field begins with a digit, as times do, or is empty: told of most records at their second field.
  private func mayBeNames(_ record: RecordBytes) -> Bool {
    var place = 0
    while true {
      while place < record.count, record[place] == 0x20 || record[place] == 0x22 { place += 1 }
      guard place < record.count else { return false }
      switch record[place] {
      case 0x30...0x39, 0x2B, 0x2D, 0x2F, 0x5B, 0x7B, delimiter: return false
      default: break
      }
      while record[place] != delimiter {
        place += 1
        if place == record.count { return true }
      }
      place += 1
    }
  }

  /// Takes the records of files that are read one after the other, as far as they can be read.
  public mutating func take(files: [String], encoding: TextEncoding?, _ framing: Framing) {
    var found = self
    ChunkReader.forEachChunk(of: files, encoding: encoding, framing) { chunk in
      chunk.storage.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        let starts = chunk.recordStarts ?? [0]
        for (index, start) in starts.enumerated() {
          let end = index + 1 < starts.count ? Int(starts[index + 1]) : chunk.count
          if let header = found.header(base + Int(start), end - Int(start)) { found.line = header }
        }
      }
    }
    self = found
  }
}

extension ChunkReader {
  /// All chunks of files that are read one after the other, as far as they can be read.
  static func forEachChunk(
    of files: [String],
    encoding: TextEncoding?,
    _ framing: Framing,
    _ body: (borrowing ByteChunk) -> Void
  ) {
    guard let first = files.first,
      let reader = try? ChunkReader(
        path: first,
        followedBy: Array(files.dropFirst()),
        encoding: encoding
      )
    else { return }
    reader.setFraming(framing)
    while true {
      do throws(ReadError) {
        guard let chunk = try reader.next() else { return }
        body(chunk)
      } catch {
        guard reader.hasMore else { return }
      }
    }
  }
}
