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
    append("rows_at_most", record.mostRows)
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
    append { line in
      line.put(#"{"wire":1,"ts":""#)
      line.put(time: time)
      line.put(#"","kind":""#)
      line.put(word: kind)
      line.put(#"","proto":""#)
      line.put(word: name)
      line.put(byte: 0x22)
      guard let session else { return }
      line.put(#","session":"#)
      line.put(Int64(session))
    }
  }

  /// What every line ends with.
  mutating func finish(from start: Int64, to time: Int64) {
    append { line in
      if start < time {
        line.put(#","start":""#)
        line.put(time: start)
        line.put(byte: 0x22)
      }
      line.put("}\n")
    }
  }

  /// Appends what is written at once: no more than `LineWriter.room`.
  @inline(__always)
  private mutating func append(_ write: (inout LineWriter) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LineWriter.room) { room in
      guard let base = room.baseAddress else { return }
      var line = LineWriter(base)
      write(&line)
      bytes.append(contentsOf: line.written)
    }
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
    bytes.append(0x2C)
    bytes.append(0x22)
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    bytes.append(0x3A)
  }

  mutating func append(_ key: StaticString, _ end: Endpoint) {
    append { $0.put(end, key) }
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
    value.withUnsafeBufferPointer { value in
      let kept = UnsafeBufferPointer(rebasing: value.prefix(Self.textLimit))
      if Self.isPlain(kept) { bytes.append(contentsOf: kept) } else { appendEscaped(kept) }
    }
    bytes.append(0x22)
  }

  /// Whether all of it is ASCII that stands for itself in JSON.
  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var other: UInt8 = 0
    for byte in text {
      // The loop has no way out: that is how it is done many bytes at a time.
      other |= byte & 0x80
      other |= byte < 0x20 ? 1 : 0
      other |= byte == 0x22 || byte == 0x5C ? 1 : 0
    }
    return other == 0
  }

  /// What is no UTF-8 becomes U+FFFD: a line is always whole text.
  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in String(decoding: text, as: UTF8.self).utf8 {
      switch byte {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
      case 0..<0x20:
        bytes.append(contentsOf: Array("\\u00".utf8))
        bytes.append(Self.hexadecimal[Int(byte >> 4)])
        bytes.append(Self.hexadecimal[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)

  mutating func appendNumber(_ value: Int64) {
    append { $0.put(value) }
  }

  /// A line that was written elsewhere.
  mutating func append(line: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: line) }
}
