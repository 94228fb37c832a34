public import EventModel

/// What records of telephone calls have in common.
///
/// The time of a row is the beginning of the call, though the record is written at its end: then whoever
/// opens a record during it comes after it. Who telephoned is told by the names of telephones and agents; a
/// number of nine digits or more may be a customer's and is never a name, only a keyed hash.
enum CallRecord {
  /// A call of which it is known when it began; -1 seconds: not how long it was.
  static func row(from begin: Int64, seconds: Int64) -> EventRow {
    var row = EventRow(time: begin)
    row.operation = .call
    setLength(seconds, &row)
    return row
  }

  static func setLength(_ seconds: Int64, _ row: inout EventRow) {
    let isKnown = seconds >= 0 && seconds < 1_000_000
    row.bytes = isKnown ? seconds * Timestamp.nanosecondsPerSecond : -1
  }

  /// The telephone or agent that a channel is of: `2001` of `PJSIP/2001-0000001c`, `Agent/2001`,
  /// `Local/2001@queue-00000012;1`.
  ///
  /// Empty where it may be a customer's number. `isChannel`: its end tells one call from others.
  static func station(_ name: RecordBytes, isChannel: Bool = true) -> RecordBytes {
    // Behind the @ stands a context, and behind that options: `Local/2001@queue/n`.
    let at = name.firstIndex(of: 0x40, in: 0..<name.count)
    var end = at ?? name.count
    let start = name[..<end].lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
    if at == nil, isChannel, let dash = name.lastIndex(of: 0x2D), dash >= start,
      name[(dash + 1)...].allSatisfy({ isHex($0) })
    {
      end = dash
    }
    return stated(name.slice(start..<end))
  }

  /// A name, if it cannot be a customer's number.
  static func stated(_ name: RecordBytes) -> RecordBytes {
    var digits = 0
    for byte in name {
      if byte &- 0x30 < 10 {
        digits += 1
      } else if byte != 0x2B, byte != 0x2D, byte != 0x20, byte != 0x28, byte != 0x29 {
        return name
      }
    }
    let isPublic = digits >= 9 || name.first == 0x2B
    return isPublic ? name.slice(0..<0) : name
  }

  /// Whether a text may be a customer's number.
  static func isPublic(_ number: RecordBytes) -> Bool {
    !number.isEmpty && stated(number).isEmpty
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }
}

/// The fields of a CSV record, by their places.
public struct CallFields {
  private let values: UnsafeMutablePointer<FieldValue>
  private(set) var count = 0

  static let most = 256

  init(_ values: UnsafeMutablePointer<FieldValue>) { self.values = values }

  mutating func read(_ record: RecordBytes, delimiter: UInt8 = 0x2C) throws(DecodeError) {
    count = 0
    guard let base = record.baseAddress else { return }
    let end = base + record.count
    var p = base
    while true {
      let field = try DelimitedText.field(&p, end, base, delimiter)
      if count < Self.most {
        values[count] = field
        count += 1
      }
      guard p < end else { return }
      p += 1
    }
  }

  /// A field; empty where the record has none.
  subscript(place: Int) -> RecordBytes {
    place >= 0 && place < count ? values[place].bytes : RecordBytes(start: nil, count: 0)
  }

  func seconds(_ place: Int) -> Int64? {
    let text = self[place]
    return text.decimal(0..<text.count)
  }

  /// A local time; `nil` where none is stated.
  func time(_ place: Int, _ zone: TimeZoneRule) throws(DecodeError) -> Int64? {
    let text = self[place]
    guard !text.isEmpty else { return nil }
    guard let read = TimestampScan.rfc3339(text, at: 0, zone: zone), read.end == text.count else {
      throw DecodeError(.badTime, at: offset(place))
    }
    return read.time
  }

  func offset(_ place: Int) -> Int {
    place < count ? max(0, values[place].start - values[0].start) : 0
  }
}

/// Records of calls as CSV without a header, whose fields stand in a fixed order.
public protocol CallCSV: LogFormat {
  /// What a probe says it has found in so many lines.
  static var shape: String { get }
  var options: DecodeOptions { get }
  init(options: DecodeOptions)
  /// The row of a record.
  func read(_ fields: CallFields, _ names: inout NameTable) throws(DecodeError) -> EventRow
}

extension CallCSV {
  public static var framing: Framing { .csvRecords(startsWithTime: false) }

  public init(options: DecodeOptions, head: Span<UInt8>) { self.init(options: options) }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    let key = SubjectKey(0, 0)
    let format = Self(
      options: DecodeOptions(declaration: SourceDeclaration(name: ""), zone: .utc, subjectKey: key)
    )
    var names = NameTable()
    return withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: CallFields.most) { values in
      guard let values = values.baseAddress else { return ProbeResult(.no, "no line to judge") }
      var fields = CallFields(values)
      let count = ProbeSample.count(sample) { line in
        do throws(DecodeError) {
          try fields.read(line)
          _ = try format.read(fields, &names)
          return true
        } catch {
          return false
        }
      }
      return count.result("\(count.matched) of \(count.total) lines have \(shape)")
    }
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: CallFields.most) { values in
      guard let values = values.baseAddress else { return }
      var fields = CallFields(values)
      RecordFramer.forEachRecord(in: chunk, into: &batch) {
        (record, batch) throws(DecodeError) in
        guard !record.isEmpty else { return }
        try fields.read(record)
        batch.rows.append(try read(fields, &batch.names))
      }
    }
  }
}
