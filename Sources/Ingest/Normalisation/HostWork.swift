internal import CScan
internal import EventModel

/// What readers of hosts' messages and of Oracle's trail remember in ids of one name table, taken out once a
/// chunk and kept again at its end.
final class HostWork {
  private var ofPostgreSQL: PostgreSQLMemory?
  private var ofOracle: OracleMemory?
  /// What was read of requests, of one chunk.
  lazy var requests = HostRequests()
  /// What decoders of carried records are opened with; `nil`: messages carry none.
  let options: DecodeOptions?
  private var ofCEF: CEFReader?
  private var ofLEEF: LEEFReader?
  private var ofLines: HostLines?
  private var ofAudit: AuditArena?
  private var opened: [(format: any LogFormat.Type, decoder: any LogFormat)] = []
  /// The record that another decoder reads, and what it makes of it.
  private var chunk = ByteChunk([])
  private var inner = EventBatch()
  /// A record as its own format writes it.
  var scratch: [UInt8] = []

  init(_ options: DecodeOptions? = nil) { self.options = options }

  func postgreSQL(_ names: inout NameTable) -> PostgreSQLMemory {
    if let ofPostgreSQL { return ofPostgreSQL }
    let memory = names.memory.take(PostgreSQLMemory.self) ?? PostgreSQLMemory()
    ofPostgreSQL = memory
    return memory
  }

  func oracle(_ names: inout NameTable) -> OracleMemory {
    if let ofOracle { return ofOracle }
    let memory = names.memory.take(OracleMemory.self) ?? OracleMemory()
    ofOracle = memory
    return memory
  }

  /// Gives back what was taken.
  func settle(_ batch: inout EventBatch) {
    if let ofPostgreSQL { batch.names.memory.keep(ofPostgreSQL) }
    if let ofOracle { batch.names.memory.keep(ofOracle) }
    (ofPostgreSQL, ofOracle) = (nil, nil)
  }

  // MARK: Records of other formats

  func cef(_ options: DecodeOptions, _ batch: inout EventBatch) -> CEFReader {
    if let ofCEF { return ofCEF }
    let reader = CEFReader(options, year: nil, &batch.names)
    ofCEF = reader
    return reader
  }

  func leef(_ options: DecodeOptions, _ batch: inout EventBatch) -> LEEFReader {
    if let ofLEEF { return ofLEEF }
    let reader = LEEFReader(options, &batch.names)
    ofLEEF = reader
    return reader
  }

  func lines(_ zone: TimeZoneRule) -> HostLines {
    if let ofLines { return ofLines }
    let lines = HostLines(zone)
    ofLines = lines
    return lines
  }

  /// Appends the events of the record of Linux' audit in `scratch`; `false`: it is none.
  func audit(countsSerials: Bool, _ batch: inout EventBatch) -> Bool {
    let arena = ofAudit ?? AuditArena()
    ofAudit = arena
    let count = scratch.count
    scratch.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    return scratch.withUnsafeBufferPointer { text in
      guard let record = LinuxAuditRecord(text.slice(0..<count)) else { return false }
      LinuxAudit.read(record, &arena.arena, countsSerials: countsSerials, &batch)
      return true
    }
  }

  /// Appends what a format of lines makes of one.
  func take(
    _ text: RecordBytes,
    by format: any LogFormat.Type,
    _ options: DecodeOptions,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    let decoder: any LogFormat
    if let known = opened.first(where: { $0.format == format }) {
      decoder = known.decoder
    } else {
      decoder = format.init(options: options, head: [UInt8]().span)
      opened.append((format, decoder))
    }
    chunk.storage.removeAll(keepingCapacity: true)
    chunk.storage.append(contentsOf: text)
    chunk.storage.append(contentsOf: repeatElement(0, count: ByteChunk.padding))
    chunk.count = text.count
    swap(&inner.names, &batch.names)
    decoder.decode(chunk, into: &inner)
    swap(&inner.names, &batch.names)
    defer {
      inner.removeAll()
      inner.lacksMethods = false
    }
    if let rejection = inner.lastRejection { throw rejection.error }
    batch.rows.append(contentsOf: inner.rows)
    if inner.lacksMethods { batch.lacksMethods = true }
  }
}

/// Requests read from lines of access logs that hosts send by syslog.
final class HostRequests {
  private var memo = RequestMemo()

  func read(line: RecordBytes, into names: inout NameTable) -> RequestReading {
    memo.readPadded(line: line, into: &names)
  }
}

/// What readers of lines of other formats keep, of one chunk.
final class HostLines {
  var work = LineWork()

  init(_ zone: TimeZoneRule) {
    work.clock = AccessClock(zone: zone)
    work.zone = zone
  }
}

/// Room for texts of Linux' audit.
private final class AuditArena {
  var arena = ByteArena(capacity: RecordFramer.longestRecord)
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes hold a word.
  func holds(_ word: [UInt8]) -> Bool {
    guard let base = baseAddress, word.count > 0, count >= word.count else { return false }
    let end = base + count
    return word.withUnsafeBufferPointer { word in
      guard let first = word.baseAddress else { return false }
      return cscan_find_word(base, end, first, word.count).map { $0 < end } ?? false
    }
  }
}
