public import EventModel

/// A format that the operator declares: lines by templates of named fields (docs/formats/declared.md).
///
///     {time} {level:word} user={user} ip={ip} "{screen}" rows={rows:number}
///
/// A line is read by the first template that fits all of it. What a field means, its time format, words
/// and unit, are those of a field map, read as those of CSV are.
///
/// Not in the registry: a source names it by the name that its file in `formats.d` gives.
public struct DeclaredText: LogFormat {
  public static let name = "declared"
  public static let summary = "lines by templates that the operator declares"

  private let program: FieldProgram
  private let templates: [TemplateProgram]
  /// Of `templates`, how many tell of events; the others' lines hold none.
  private let eventful: Int

  public init(options: DecodeOptions, head: Span<UInt8>) {
    let format = options.declaration.declared ?? DeclaredFormat(name: Self.name)
    var map = format.fields
    for (column, rule) in options.declaration.fields?.rules ?? [:] { map.rules[column] = rule }
    program = FieldProgram(map: map, options: options)
    templates = (format.lines + format.pass).map { [program] in
      TemplateProgram($0, program.keys)
    }
    eventful = format.lines.count
  }

  public static func probe(_ sample: Span<UInt8>) -> ProbeResult {
    ProbeResult(.no, "its templates are not known here")
  }

  public func decode(_ chunk: borrowing ByteChunk, into batch: inout EventBatch) {
    var state = program.makeState(&batch.names)
    program.keys.withView { keys in
      withUnsafeTemporaryAllocation(of: FieldValue.self, capacity: JSONScan.columns) { values in
        guard let values = values.baseAddress else { return }
        templates.withUnsafeBufferPointer { templates in
          RecordFramer.forEachRecord(in: chunk, into: &batch) {
            (record, batch) throws(DecodeError) in
            guard record.count > 0 else { return }
            try read(record, templates, keys, values, &state, &batch)
          }
        }
      }
    }
    batch.unknownOperations.add(state.unknownOperations)
  }

  @inline(__always)
  private func read(
    _ record: RecordBytes,
    _ templates: UnsafeBufferPointer<TemplateProgram>,
    _ keys: KeyTable.View,
    _ values: UnsafeMutablePointer<FieldValue>,
    _ state: inout FieldProgram.State,
    _ batch: inout EventBatch
  ) throws(DecodeError) {
    var furthest = 0
    for index in 0..<templates.count {
      var place = 0
      guard let stated = templates[index].read(record, keys, values, &place) else {
        furthest = max(furthest, place)
        continue
      }
      if index < eventful {
        return try program.appendRow(stated, values, base: record.baseAddress, &state, into: &batch)
      }
      if let time = program.statedTime(stated, values, &state) { batch.noteTime(time) }
      return
    }
    throw DecodeError(.notThisFormat, at: furthest)
  }
}
