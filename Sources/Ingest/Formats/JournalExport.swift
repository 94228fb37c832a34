public import EventModel

/// systemd's journal as it is exported (`journalctl -o export`, systemd-journal-upload): an entry of several lines.
///
///     __CURSOR=s=5243ee63b2e345238ecb3f36bd9c85ae;i=1;b=4a1d…;m=5b8d80;t=64e627c0b8c08;x=196602e7414e8b2f
///     __REALTIME_TIMESTAMP=1775034755157000
///     _HOSTNAME=db1
///     SYSLOG_IDENTIFIER=sshd
///     MESSAGE=Accepted password for sato from 192.0.2.7 port 50200 ssh2
///
/// What is told is as in the syslog formats and `journal-json`. A field that holds line ends or other bytes comes
/// with its length; such a field is passed over as a whole, so that a message cannot pass for an entry. An entry
/// that is cut, or whose lengths lie, is rejected. Of an entry of more than 1 MiB only its beginning is
/// passed over; where the next empty line stands, records begin again.
///
/// Source: systemd, "Journal Export Formats".
public struct JournalExport: LogFormat {
  public static let name = "journal-export"
  public static let summary = "systemd journal as it is exported (journalctl -o export)"
  public static var framing: Framing { .journalEntries }

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var count = ProbeSample.Count()
    sample.withUnsafeBufferPointer { sample in
      let padded = Array(sample) + [UInt8](repeating: 0, count: ByteChunk.padding)
      padded.withUnsafeBufferPointer { padded in
        guard let base = padded.baseAddress else { return }
        // The last entry may be cut.
        let boundary = JournalEntryBoundary(base: base, count: sample.count, atEnd: false)
        var place = 0
        while place < sample.count, count.total < 50 {
          guard case .end(let end) = boundary.end(from: place) else { break }
          if end > place + 1 {
            count.total += 1
            if isEntry(padded.slice(place..<end)) { count.matched += 1 }
          }
          place = end
        }
        if count.total == 0, isEntry(padded.slice(0..<sample.count)) {
          (count.total, count.matched) = (1, 1)
        }
      }
    }
    return count.result(
      "\(count.matched) of \(count.total) entries have a __CURSOR and a __REALTIME_TIMESTAMP"
    )
  }

  /// Whether a file begins as the export of a journal.
  static func begins(_ head: [UInt8]) -> Bool { head.starts(with: "__CURSOR=".utf8) }

  /// Whether an entry begins as `journalctl` writes it.
  private static func isEntry(_ record: RecordBytes) -> Bool {
    record.hasPrefix("__CURSOR=")
      && HostAudit.find("\n__REALTIME_TIMESTAMP=", record, 0..<min(record.count, 512)) != nil
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let work = HostWork(options)
    var text: [UInt8] = []
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      let entry = try Entry(record)
      guard let micros = record.decimal(entry.time), micros < 9_000_000_000_000_000 else {
        throw DecodeError(.badTime, at: entry.time.lowerBound)
      }
      batch.noteTime(micros * 1000)
      // Fields stand in any order: as one line in the order of syslog's.
      text.removeAll(keepingCapacity: true)
      func append(_ field: Range<Int>) -> Range<Int> {
        let start = text.count
        text.append(contentsOf: record.slice(field))
        return start..<text.count
      }
      let host = append(entry.host)
      let tag = append(entry.identifier.isEmpty ? entry.program : entry.identifier)
      JournalText.append(
        process: record.slice(entry.process.isEmpty ? entry.told : entry.process),
        to: &text
      )
      let executable = append(entry.program)
      let message = append(entry.message)
      var header = HostMessage(time: micros * 1000, host: host, tag: tag, message: message)
      header.executable = executable
      header.auditSerial = record.decimal(entry.auditSerial)
      header.sourceTime = JournalJSON.microseconds(record.slice(entry.sourceTime))
      try JournalText.decode(&text, header, work, into: &batch)
    }
    work.settle(&batch)
  }

  /// Where the fields of an entry stand; empty: not stated.
  ///
  /// Of a field that stands twice the first counts.
  private struct Entry {
    var time = 0..<0
    var host = 0..<0
    var identifier = 0..<0
    var program = 0..<0
    var message = 0..<0
    var auditSerial = 0..<0
    var sourceTime = 0..<0
    /// The process that wrote it, and what it says it is.
    var process = 0..<0
    var told = 0..<0

    init(_ record: RecordBytes) throws(DecodeError) {
      var place = 0
      while place < record.count, record[place] != 0x0A {
        let line = record.firstIndex(of: 0x0A, in: place..<record.count) ?? record.count
        if let equals = record.firstIndex(of: 0x3D, in: place..<line) {
          take(record, place..<equals, equals + 1..<line)
          place = line + 1
          continue
        }
        guard let base = record.baseAddress, line + 9 <= record.count else {
          throw DecodeError(.unexpectedEnd, at: record.count)
        }
        let length = JournalEntryBoundary.length(base + line + 1)
        guard length <= UInt64(record.count - line - 9) else {
          throw DecodeError(.unexpectedEnd, at: line + 1)
        }
        let end = line + 9 + Int(length)
        guard end == record.count || record[end] == 0x0A else {
          throw DecodeError(.unexpectedByte, at: end)
        }
        take(record, place..<line, line + 9..<end)
        place = end + 1
      }
      guard !time.isEmpty else { throw DecodeError(.missingField, at: 0) }
    }

    private mutating func take(_ record: RecordBytes, _ name: Range<Int>, _ value: Range<Int>) {
      func set(_ field: inout Range<Int>, _ key: StaticString) {
        if field.isEmpty, record.equals(key, in: name) { field = value }
      }
      switch name.count {
      case 7: set(&message, "MESSAGE")
      case 4: set(&process, "_PID")
      case 5: set(&program, "_COMM")
      case 10: set(&told, "SYSLOG_PID")
      case 9:
        set(&host, "_HOSTNAME")
        set(&auditSerial, "_AUDIT_ID")
      case 26: set(&sourceTime, "_SOURCE_REALTIME_TIMESTAMP")
      case 17: set(&identifier, "SYSLOG_IDENTIFIER")
      case 20: set(&time, "__REALTIME_TIMESTAMP")
      default: break
      }
    }
  }
}
