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
    bytes.append(contentsOf: #"{"wire":1,"ts":""#.utf8)
    appendTime(record.time)
    bytes.append(contentsOf: #"","kind":""#.utf8)
    bytes.append(contentsOf: record.kind.rawValue.utf8)
    bytes.append(contentsOf: #"","proto":""#.utf8)
    bytes.append(contentsOf: name.utf8)
    bytes.append(contentsOf: #"","session":"#.utf8)
    appendNumber(Int64(session.number))
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
    if record.missing > 0 { append("missing", record.missing) }
    for (key, value) in record.details { append(key, value) }
    if record.start < record.time {
      bytes.append(contentsOf: #","start":""#.utf8)
      appendTime(record.start)
      bytes.append(0x22)
    }
    bytes.append(contentsOf: "}\n".utf8)
  }

  private mutating func appendKey(_ key: StaticString) {
    bytes.append(contentsOf: [0x2C, 0x22])
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: [0x22, 0x3A])
  }

  private mutating func append(_ key: StaticString, _ end: Endpoint) {
    appendKey(key)
    bytes.append(0x22)
    bytes.append(contentsOf: end.address.description.utf8)
    bytes.append(0x22)
    bytes.append(contentsOf: #",""#.utf8)
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: #"_port":"#.utf8)
    appendNumber(Int64(end.port))
  }

  private mutating func append(_ key: StaticString, _ value: Int64?) {
    guard let value else { return }
    appendKey(key)
    appendNumber(value)
  }

  private mutating func append(_ key: StaticString, _ value: [UInt8]?) {
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

  private mutating func appendNumber(_ value: Int64) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// `2026-04-01T00:12:34.157000000Z`.
  private mutating func appendTime(_ time: Int64) {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    let perDay: Int64 = 86_400_000_000_000
    var days = time / perDay
    var rest = time % perDay
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let calendarMonth = month < 10 ? month + 3 : month - 9
    appendDigits(yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0), 4)
    bytes.append(0x2D)
    appendDigits(calendarMonth, 2)
    bytes.append(0x2D)
    appendDigits(dayOfYear - (153 * month + 2) / 5 + 1, 2)
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

  private mutating func appendDigits(_ value: Int64, _ count: Int) {
    var divisor: Int64 = 1
    for _ in 1..<count { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + value / divisor % 10))
      divisor /= 10
    }
  }
}
