internal import EventModel

/// The lines that a capture is turned into: one JSON object a record.
///
/// The form is described in docs/formats/wire.md; `wire` of Ingest reads it.
public struct WireLog: Sendable {
  /// Most bytes that are kept of one text.
  public static let textLimit = 64 << 10

  /// Whole lines in UTF-8 that nobody has taken yet.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Takes the lines.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Writes a record of a session; `name` is that of its protocol.
  public mutating func write(_ record: WireRecord, of session: Session, _ name: String) {
    begin(record.kind.rawValue, name, at: record.time, session.number)
    append("client", session.client)
    append("server", session.server)
    append("user", record.account)
    append("db", record.database)
    append("program", record.program)
    append("host", record.host)
    append("op", record.operation)
    append("text", record.text)
    if record.isTextCut || record.text?.count ?? 0 > Self.textLimit {
      bytes.append(contentsOf: #","text_cut":true"#.utf8)
    }
    append("object", record.object)
    append("status", record.status)
    if let isSuccess = record.isSuccess {
      bytes.append(contentsOf: isSuccess ? #","ok":true"#.utf8 : #","ok":false"#.utf8)
    }
    append("content_type", record.contentType)
    append(record.isRowsAtLeast ? "rows_at_least" : "rows", record.rows)
    append("rows_stated", record.statedRows)
    append("rows_in", record.rowsToServer)
    append("bytes_out", record.bytesToClient)
    append("bytes_in", record.bytesToServer)
    append("bytes_out_at_least", record.leastToClient)
    append("bytes_in_at_least", record.leastToServer)
    if record.isDecrypted { appendTrue("told") }
    if record.missing > 0 { append("missing", record.missing) }
    for (key, value) in record.details { append(key, value) }
    finish(from: record.start, to: record.time)
  }

  /// What every line begins with; `session`: its number, where it is of one.
  mutating func begin(_ kind: String, _ name: String, at time: Int64, _ session: Int?) {
    bytes.append(contentsOf: #"{"wire":1,"ts":""#.utf8)
    appendTime(time)
    bytes.append(contentsOf: #"","kind":""#.utf8)
    bytes.append(contentsOf: kind.utf8)
    bytes.append(contentsOf: #"","proto":""#.utf8)
    bytes.append(contentsOf: name.utf8)
    bytes.append(0x22)
    if let session { append("session", Int64(session)) }
  }

  /// What every line ends with.
  mutating func finish(from start: Int64, to time: Int64) {
    if start < time {
      bytes.append(contentsOf: #","start":""#.utf8)
      appendTime(start)
      bytes.append(0x22)
    }
    bytes.append(contentsOf: "}\n".utf8)
  }

  mutating func append(_ key: StaticString, _ text: StaticString) {
    appendKey(key)
    bytes.append(0x22)
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
  }

  /// A word of this program: nothing in it wants escaping.
  mutating func append(_ key: StaticString, _ word: String) {
    appendKey(key)
    bytes.append(0x22)
    bytes.append(contentsOf: word.utf8)
    bytes.append(0x22)
  }

  mutating func appendTrue(_ key: StaticString) {
    appendKey(key)
    bytes.append(contentsOf: "true".utf8)
  }

  mutating func appendKey(_ key: StaticString) {
    bytes.append(contentsOf: [0x2C, 0x22])
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: [0x22, 0x3A])
  }

  mutating func append(_ key: StaticString, _ end: Endpoint) {
    appendKey(key)
    bytes.append(0x22)
    bytes.append(contentsOf: end.address.description.utf8)
    bytes.append(0x22)
    bytes.append(contentsOf: #",""#.utf8)
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: #"_port":"#.utf8)
    appendNumber(Int64(end.port))
  }

  mutating func append(_ key: StaticString, _ value: Int64?) {
    guard let value else { return }
    appendKey(key)
    appendNumber(value)
  }

  mutating func append(_ key: StaticString, _ value: [UInt8]?) {
    guard let value else { return }
    appendKey(key)
    bytes.append(0x22)
    // What is no UTF-8 becomes U+FFFD: a line is always whole text.
    let kept = value.prefix(Self.textLimit)
    for byte in String(decoding: kept, as: UTF8.self).utf8 {
      switch byte {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
      case 0..<0x20:
        bytes.append(contentsOf: Array("\\u00".utf8))
        bytes.append(Self.hexadecimal[Int(byte >> 4)])
        bytes.append(Self.hexadecimal[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)

  mutating func appendNumber(_ value: Int64) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// `2026-04-01T00:12:34.157000000Z`.
  mutating func appendTime(_ time: Int64) {
    let perDay: Int64 = 86_400_000_000_000
    var days = time / perDay
    var rest = time % perDay
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    let date = CivilCalendar.date(ofDay: Int(days))
    appendDigits(Int64(date.year), 4)
    bytes.append(0x2D)
    appendDigits(Int64(date.month), 2)
    bytes.append(0x2D)
    appendDigits(Int64(date.day), 2)
    bytes.append(0x54)
    appendDigits(rest / 3_600_000_000_000, 2)
    bytes.append(0x3A)
    appendDigits(rest / 60_000_000_000 % 60, 2)
    bytes.append(0x3A)
    appendDigits(rest / 1_000_000_000 % 60, 2)
    bytes.append(0x2E)
    appendDigits(rest % 1_000_000_000, 9)
    bytes.append(0x5A)
  }

  /// A line that was written elsewhere.
  mutating func append(line: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: line) }

  private mutating func appendDigits(_ value: Int64, _ count: Int) {
    var divisor: Int64 = 1
    for _ in 1..<count { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + value / divisor % 10))
      divisor /= 10
    }
  }
}
