public import EventModel

/// Stands in for a format where none claims a text file: every line is counted as rejected.
///
/// Not in the registry: it can be neither declared nor probed for.
public struct NotUnderstood: LogFormat {
  public static let name = "unknown"
  public static let summary = "lines that no format claims"

  public init(options: DecodeOptions, head: Span<UInt8>) {}

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult { ProbeResult(.no, "never") }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    RecordFramer.forEachRecord(in: chunk, into: &batch) { (record, batch) throws(DecodeError) in
      guard !record.isEmpty else { return }
      throw DecodeError(.notThisFormat, at: 0)
    }
  }
}
