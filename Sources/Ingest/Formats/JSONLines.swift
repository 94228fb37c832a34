public import EventModel

/// JSON Lines: one object a line, read by a declared or guessed field map.
///
///     {"ts":"2026-04-01T09:12:34Z","user":"sato","ip":"192.0.2.7","action":"export","rows":800}
///
/// Without a declared map each record is read by the usual names of fields that it has itself, so
/// that it means the same in whatever file it stands. Strict (RFC 8259): a line that is not a well-formed object is rejected. A time that is missing
/// or unreadable rejects the line; a count that is, is unknown. Source: jsonlines.org.
public struct JSONLines: LogFormat {
  public static let name = "jsonl"
  public static let summary = "JSON Lines (one object a line), with a declared or guessed field map"

  private let program: FieldProgram

  public init(options: DecodeOptions, head: Span<UInt8>) {
    let map = options.declaration.fields ?? FieldMap()
    let guessed: [FieldMap.Column] =
      map.rules.isEmpty ? FieldMap.Column.allCases : map.rules[.time] == nil ? [.time] : []
    program = FieldProgram(map: map, options: options, guessed: guessed)
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult { JSONProbe.probe(sample) }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    let program = program
    let (keys, ahead) = (program.keys, program.ahead)
    var state = program.makeState(&batch.names)
    JSONRecords.forEach(in: chunk, keys, ahead: ahead, into: &batch) {
      (stated, values, record, names) throws(DecodeError) in
      try program.row(stated, values, base: record.baseAddress, &state, &names)
    }
    batch.unknownOperations.add(state.unknownOperations)
  }
}
