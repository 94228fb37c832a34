public import EventModel

/// Syslog whose messages come with their length, as a receiver of TCP or TLS keeps them (RFC 6587, octet counting).
///
///     96 <86>1 2026-11-23T08:33:09Z db1 sshd 311 - - Accepted password for ito from 192.0.2.7 port 59229 ssh2
///
/// One message follows the other, with a line end between them or without. What they hold is read as in
/// `syslog-rfc5424` and `syslog-rfc3164`; one that holds line ends is one message, whatever its lines look like. A
/// message whose length lies is rejected, and so is one that is cut; the next is found by its length and priority
/// (`OctetCountedBoundary`). A message counts as a line.
///
/// Source: RFC 6587, section 3.4.1; RFC 5425, section 4.3.
public struct SyslogRFC6587: LogFormat {
  public static let name = "syslog-rfc6587"
  public static let summary =
    "Syslog whose messages come with their length (RFC 6587), of RFC 5424 or 3164"
  public static var framing: Framing { .octetCounted }
  public static let isYearless = true

  private let options: DecodeOptions

  public init(options: DecodeOptions, head: Span<UInt8>) { self.options = options }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    var count = ProbeSample.Count()
    sample.withUnsafeBufferPointer { sample in
      let padded = Array(sample) + [UInt8](repeating: 0, count: ByteChunk.padding)
      padded.withUnsafeBufferPointer { padded in
        guard let base = padded.baseAddress else { return }
        let boundary = OctetCountedBoundary(base: base, count: sample.count, atEnd: false)
        // What stands behind the sample cannot be asked for where its first message begins.
        let whole = OctetCountedBoundary(base: base, count: sample.count, atEnd: true)
        guard let first = whole.first() else { return }
        if first > 0 { count.total = 1 }
        var place = first
        while place < sample.count, count.total < 50 {
          guard case .end(let end) = boundary.end(from: place) else { break }
          note(padded.slice(place..<end), in: &count)
          place = end
        }
        // The last one may be cut.
        if count.total == 0 { note(padded.slice(place..<sample.count), in: &count) }
      }
    }
    return count.result(
      "\(count.matched) of \(count.total) messages are as long as the number before them says"
    )
  }

  private static func note(_ record: RecordBytes, in count: inout ProbeSample.Count) {
    let record = LineEnd.without(record)
    guard !record.isEmpty else { return }
    count.total += 1
    guard let text = try? message(record), text.count < record.count else { return }
    if SyslogRFC5424.isMessage(text) || SyslogRFC3164.isMessage(text) { count.matched += 1 }
  }

  public static func yearlessDay(_ record: RecordBytes) -> Int? {
    guard let text = try? message(record) else { return nil }
    return SyslogRFC3164.yearlessDay(text)
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let work = HostWork(options)
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      try SyslogKind.decode(try Self.message(record), options, work, into: &batch)
    }
    work.settle(&batch)
  }

  /// The message behind its length; as it is where it has none.
  private static func message(_ record: RecordBytes) throws(DecodeError) -> RecordBytes {
    guard let counted = OctetCountedBoundary.length(record) else {
      guard record.first == 0x3C else { throw DecodeError(.notThisFormat, at: 0) }
      return record
    }
    let text = RecordBytes(rebasing: record[counted.text...])
    let missing = counted.length - text.count
    guard missing >= 0 else { throw DecodeError(.wrongLength, at: 0) }
    guard missing > 0 else { return text }
    // A line end at its end is counted, too.
    guard let base = record.baseAddress, missing <= 2 else {
      throw DecodeError(.unexpectedEnd, at: record.count)
    }
    let end = base + record.count
    let isCounted =
      missing == 1 ? end[0] == 0x0A || end[0] == 0x0D : end[0] == 0x0D && end[1] == 0x0A
    guard isCounted else { throw DecodeError(.unexpectedEnd, at: record.count) }
    return text
  }
}

/// The line end of a record.
private enum LineEnd {
  static func without(_ record: RecordBytes) -> RecordBytes {
    var count = record.count
    if count > 0, record[count - 1] == 0x0A { count -= 1 }
    if count > 0, record[count - 1] == 0x0D { count -= 1 }
    return record.slice(0..<count)
  }
}
