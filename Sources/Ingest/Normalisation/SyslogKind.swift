internal import EventModel

/// Messages of RFC 5424 and of RFC 3164 in any mixture: each is read as what its first bytes say, whatever stands
/// before it.
///
/// So a relay's file and a listener's messages mean the same however they are cut, and whoever wrote first. Both
/// formats of lines read both kinds; a log has the name of the kind of which it begins with more lines.
///
/// Source: RFC 5424, section 6.2 (`<PRI>` and the version stand first); RFC 3164, section 4.1.
enum SyslogKind {
  case modern
  case old

  static func decode(
    _ chunk: borrowing ByteChunk,
    _ options: DecodeOptions,
    into batch: inout EventBatch
  ) {
    let work = HostWork(options)
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty, !SyslogHeader.isContinuation(record) else { return }
      try decode(record, options, work, into: &batch)
    }
    work.settle(&batch)
  }

  /// One message.
  @inline(__always)
  static func decode(
    _ record: RecordBytes,
    _ options: DecodeOptions,
    _ work: HostWork,
    into batch: inout EventBatch
  ) throws(DecodeError) {
    if SyslogRFC5424.begins(record) {
      try SyslogRFC5424.decode(record, options, work, into: &batch)
    } else {
      try SyslogRFC3164.decode(record, options, work, into: &batch)
    }
  }

  /// What the first lines of a sample are.
  struct Count {
    var count = ProbeSample.Count()
    var modern = 0
    var old = 0
    /// Those of the old kind with a time of RFC 3339.
    var dated = 0
    /// Records that come by syslog, without its header.
    var bare = 0

    init(_ sample: Span<UInt8>) {
      var (modern, old, dated, bare) = (0, 0, 0, 0)
      count = ProbeSample.count(sample) { line in
        if SyslogHeader.isContinuation(line) { return nil }
        if SyslogRFC5424.isMessage(line) {
          guard !SyslogRFC5424.isCounted(line) else { return false }
          modern += 1
        } else if let isDated = SyslogRFC3164.isDated(message: line) {
          old += 1
          if isDated { dated += 1 }
        } else if SyslogHeader.isBareRecord(line) {
          bare += 1
        } else {
          return false
        }
        return true
      }
      (self.modern, self.old, self.dated, self.bare) = (modern, old, dated, bare)
    }

    /// The claim of the format of one kind: where both are met, that of which more lines are.
    func result(of kind: SyslogKind, _ reason: String) -> ProbeResult {
      let (own, other) = kind == .modern ? (modern, old) : (old, modern)
      let reason =
        other == 0
        ? reason
        : reason + "; \(other) are of \(kind == .modern ? "RFC 3164" : "RFC 5424"), read as such"
      guard own > other || own == other && kind == .old else {
        return count.result(reason, best: .possible)
      }
      // A time of RFC 3339 and a word with a colon also begin the logs of many programs.
      return count.result(reason, best: dated + bare == count.matched ? .likely : .certain)
    }
  }
}
