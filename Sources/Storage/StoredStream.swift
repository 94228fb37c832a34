/// What is known of one log file, whatever its name is today.
public struct StoredStream: Sendable, Hashable {
  public var id: Int
  public var source: String
  /// Where it lay when it was seen last.
  public var path: String
  public var device: Int64
  public var inode: Int64
  /// As it lay on disk: bytes, and the time of its last change in nanoseconds since 1970.
  public var size: Int64
  public var changed: Int64
  /// When the system noted its last change of whatever kind, nanoseconds since 1970; `nil`: not known.
  public var statusChanged: Int64?
  /// SHA-256 of its first bytes, decompressed, and how many they are.
  public var head: [UInt8]
  public var headLength: Int
  /// Of the first 64 bytes, the first 128, and so on up to `headLength`: the first four bytes of the SHA-256.
  public var rungs: [UInt8]
  /// Bytes, decompressed, whose records were taken, and the line that comes next.
  public var consumed: Int64
  public var line: Int
  /// SHA-256 of the last bytes of these, as many as of the first.
  public var edge: [UInt8]
  /// What decoding it needs: the pipeline's own.
  public var facts: [UInt8]
  /// Of a last record that was not yet whole: what came of it as it stood.
  public var openRows: [UInt8]?
  public var openBook: [UInt8]?
  public var firstNight: Int
  public var lastNight: Int
  /// The first night on which it was not found.
  public var missingSince: Int?

  public init(id: Int, source: String, path: String) {
    self.id = id
    self.source = source
    self.path = path
    device = 0
    inode = 0
    size = 0
    changed = 0
    head = []
    headLength = 0
    rungs = []
    consumed = 0
    line = 1
    edge = []
    facts = []
    firstNight = 0
    lastNight = 0
  }
}

/// A piece of a log as it was at first sight.
public struct Seal: Sendable, Hashable {
  public var stream: Int
  /// In the decompressed log.
  public var start: Int64
  public var length: Int64
  public var night: Int
  /// SHA-256 of the bytes.
  public var digest: [UInt8]

  public init(stream: Int, start: Int64, length: Int64, night: Int, digest: [UInt8]) {
    self.stream = stream
    self.start = start
    self.length = length
    self.night = night
    self.digest = digest
  }
}

extension Store {
  /// Rows of open ends are as they lie there while the key is not known.
  public func streams() throws(StoreError) -> [StoredStream] {
    var streams = try storedStreams()
    guard key != nil else { return streams }
    for index in streams.indices {
      guard let rows = streams[index].openRows else { continue }
      streams[index].openRows = try opened(rows)
    }
    return streams
  }

  private func storedStreams() throws(StoreError) -> [StoredStream] {
    try connection.rows(
      """
      SELECT id, source, path, device, inode, size, stream.changed, head_length, head, consumed, line, edge,
      facts, open_rows, open_book, first_night, last_night, missing_since, rungs, stream_change.changed
      FROM stream LEFT JOIN stream_change ON stream_change.stream = id ORDER BY id
      """
    ) { row in
      var stream = StoredStream(id: row.int(0), source: row.text(1), path: row.text(2))
      stream.device = row.integer(3)
      stream.inode = row.integer(4)
      stream.size = row.integer(5)
      stream.changed = row.integer(6)
      stream.headLength = row.int(7)
      stream.head = row.bytes(8)
      stream.consumed = row.integer(9)
      stream.line = row.int(10)
      stream.edge = row.bytes(11)
      stream.facts = row.bytes(12)
      stream.openRows = row.isNull(13) ? nil : row.bytes(13)
      stream.openBook = row.isNull(14) ? nil : row.bytes(14)
      stream.firstNight = row.int(15)
      stream.lastNight = row.int(16)
      stream.missingSince = row.optional(17).map { Int($0) }
      stream.rungs = row.isNull(18) ? [] : row.bytes(18)
      stream.statusChanged = row.optional(19)
      return stream
    }
  }

  public func put(_ stream: StoredStream) throws(StoreError) {
    try connection.run(
      """
      INSERT OR REPLACE INTO stream VALUES
      (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Value(stream.id), .text(stream.source), .text(stream.path), .integer(stream.device),
        .integer(stream.inode), .integer(stream.size), .integer(stream.changed),
        Value(stream.headLength), .blob(stream.head), .integer(stream.consumed),
        Value(stream.line), .blob(stream.edge), .blob(stream.facts),
        Value(stream.openRows.map { boxed($0) }),
        Value(stream.openBook), Value(stream.firstNight), Value(stream.lastNight),
        Value(stream.missingSince.map { Int64($0) }), .blob(stream.rungs),
      ]
    )
    guard let changed = stream.statusChanged else { return }
    try connection.run(
      "INSERT OR REPLACE INTO stream_change VALUES (?, ?)",
      [Value(stream.id), .integer(changed)]
    )
  }

  // MARK: Seals

  /// The seals of a log, in order of place.
  public func seals(of stream: Int) throws(StoreError) -> [Seal] {
    try connection.rows(
      "SELECT start, length, night, digest FROM seal WHERE stream = ? ORDER BY start",
      [Value(stream)]
    ) { row in
      Seal(
        stream: stream,
        start: row.integer(0),
        length: row.integer(1),
        night: row.int(2),
        digest: row.bytes(3)
      )
    }
  }

  /// The last log that has a seal; -1: none has.
  public func lastSealed() throws(StoreError) -> Int {
    try connection.first("SELECT max(stream) FROM seal") { $0.isNull(0) ? -1 : $0.int(0) } ?? -1
  }

  public func add(_ seal: Seal) throws(StoreError) {
    try connection.run(
      "INSERT INTO seal VALUES (?, ?, ?, ?, ?)",
      [
        Value(seal.stream), .integer(seal.start), .integer(seal.length), Value(seal.night),
        .blob(seal.digest),
      ]
    )
  }
}
