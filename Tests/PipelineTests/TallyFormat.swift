import EventModel
import Ingest
import Pipeline

/// A format for tests: `seconds account records object`.
///
/// A second object after `+` makes a second row; `# …` holds no event, `at seconds` its time alone,
/// anything else is rejected.
struct TallyFormat: LogFormat {
  static let name = "tally"
  static let summary = "seconds account records object"

  static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    sample.count > 0
      && (sample[0] == 0x23 || sample[0] == 0x74 || sample[0] == 0x61
        || (0x30...0x39).contains(sample[0]))
      ? ProbeResult(.certain, "it starts with a number")
      : ProbeResult(.no, "it does not start with a number")
  }

  init(options: DecodeOptions, head: Span<UInt8>) {}

  func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    RecordFramer.forEachRecord(in: chunk, into: &batch) {
      (record, batch: inout EventBatch) throws(DecodeError) in
      if record.first == 0x23 { return }
      let fields = String(decoding: record, as: UTF8.self).split(separator: " ")
      if fields.count == 2, fields[0] == "at", let seconds = Int64(fields[1]) {
        return batch.noteTime(Timestamp(seconds: seconds).nanoseconds)
      }
      guard fields.count == 4, let seconds = Int64(fields[0]) else {
        throw DecodeError(.notThisFormat, at: 0)
      }
      for object in fields[3].split(separator: "+") {
        var row = EventRow(time: Timestamp(seconds: seconds).nanoseconds)
        row.operation = .read
        row.account = batch.names.intern(String(fields[1]))
        row.object = batch.names.intern(String(object))
        if let count = Int64(fields[2]) { row.volume = .exactly(count) }
        batch.rows.append(row)
      }
    }
  }
}

/// Writes down what it is shown, names in words; every row is evidence.
struct Recorder: EventConsumer {
  struct Seen: Hashable {
    var time: Int64
    var digest: UInt64
    var account: String
    var object: String
    var records: Int64
    var source: UInt16
  }
  var rows: [Seen] = []
  var evidence: [Evidence] = []
  var coverage: Coverage?

  mutating func apply(_ rows: [EventRow], names: NameTable) {
    for row in rows {
      self.rows.append(
        Seen(
          time: row.time,
          digest: row.digest,
          account: names.text(of: row.account),
          object: names.text(of: row.object),
          records: row.recordsLow,
          source: row.source
        )
      )
      evidence.append(
        Evidence(
          time: Timestamp(nanoseconds: row.time),
          offset: row.offset,
          line: Int64(row.line),
          length: Int64(row.length),
          digest: row.digest,
          fileIndex: row.file
        )
      )
    }
  }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList {
    self.coverage = coverage
    guard let first = evidence.first else { return IncidentList([]) }
    var finding = Finding(id: "1", detector: "all", severity: .low, time: first.time)
    finding.evidence = evidence
    var incident = Incident(
      id: "1",
      severity: .low,
      actor: "account:all",
      first: first.time,
      last: first.time
    )
    incident.findings = [finding]
    return IncidentList([incident])
  }
}
