internal import Detection
internal import EventModel
internal import Ingest

/// What going on with a log needs to know of it, beside its bytes: how it is decoded, and what was
/// counted so far.
struct StreamFacts: Sendable {
  var format: String
  var encoding: TextEncoding?
  /// What the heads of its log say of the encoding, where none is declared.
  var evidence: EncodingEvidence
  /// The columns that decode it, where its source or its first line do not name them.
  var columns: LogParts.Header?
  /// The columns it has where it goes on, and for the other parts of its log; of `CarryingText` what holds there.
  var header: LogParts.Header?
  /// The header lines in force where it begins, by the parts of its log before it.
  var inherited: [UInt8] = []
  var usesZone: Bool
  /// Whether it could not be read as what it is.
  var isProvisional: Bool
  var year: YearInference
  /// The time of its last row, and the first day of its times that is known.
  var lastTime: Int64?
  var note: FileNote

  /// 1: without `inherited`.
  private static let version: UInt64 = 2

  init(_ plan: PlannedFile, _ end: FileEnd, _ note: FileNote) {
    // The name that the operator gave it.
    format = plan.format == DeclaredText.self ? (end.note ?? note).format : plan.format.name
    encoding = plan.encoding
    evidence = plan.evidence
    columns = plan.columns
    header = end.header ?? plan.header
    inherited = plan.inherited
    usesZone = plan.usesZone
    isProvisional = plan.isProvisional
    year = plan.year
    lastTime = end.lastTime
    self.note = end.note ?? note
  }

  // MARK: Bytes

  var bytes: [UInt8] {
    var writer = StateWriter()
    func write(_ text: String) { writer.write(Array(text.utf8)) }
    func write(_ header: LogParts.Header?) {
      writer.write(UInt64(header == nil ? 0 : 1))
      guard let header else { return }
      writer.write(UInt64(header.delimiter))
      writer.write(UInt64(header.columns.count))
      for column in header.columns { write(column) }
    }
    writer.write(Self.version)
    write(format)
    write(encoding?.rawValue ?? "")
    writer.write(UInt64((usesZone ? 2 : 0) | (isProvisional ? 4 : 0)))
    for number in evidence.numbers { writer.write(number) }
    write(columns)
    write(header)
    write(year.basis)
    writer.write(UInt64(year.doubts.count))
    for doubt in year.doubts.sorted(by: { $0.rawValue < $1.rawValue }) {
      writer.write(UInt64(doubt.rawValue))
    }
    writer.write(UInt64(year.numbers.count))
    for number in year.numbers { writer.write(number) }
    writer.write(lastTime ?? .min)
    for text in [
      note.source, note.reason, note.encoding, note.compression ?? "", note.zoneBasis,
      note.yearBasis, note.error ?? "",
    ] { write(text) }
    for number in [note.lines, note.records, note.events, note.rejected, note.backwardSteps] {
      writer.write(number)
    }
    writer.write(UInt64(note.rejections.count))
    for rejection in note.rejections {
      writer.write(UInt64(rejection.error.reason.rawValue))
      for number in [
        Int64(rejection.error.offset), rejection.offset, Int64(rejection.line),
        Int64(rejection.length),
      ] { writer.write(number) }
    }
    writer.write(inherited)
    return writer.bytes
  }

  /// `path`: where the log lies now.
  init(_ bytes: [UInt8], path: String, zone: TimeZoneRule) throws(StateError) {
    var reader = StateReader(bytes)
    let version = try reader.unsigned()
    guard 1...Self.version ~= version else { throw StateError(offset: 0) }
    format = try Self.text(&reader)
    let name = try Self.text(&reader)
    encoding = name.isEmpty ? nil : TextEncoding(rawValue: name)
    let flags = try reader.unsigned()
    usesZone = flags & 2 != 0
    isProvisional = flags & 4 != 0
    evidence = EncodingEvidence(
      utf8: try reader.int(),
      cp932: try reader.int(),
      eucJP: try reader.int(),
      isUTF8: try reader.signed() == 1
    )
    columns = try Self.header(&reader)
    header = try Self.header(&reader)
    let basis = try Self.text(&reader)
    var doubts: Set<YearInference.Doubt> = []
    for _ in 0..<(try reader.count()) {
      let number = UInt8(clamping: try reader.unsigned())
      if let doubt = YearInference.Doubt(rawValue: number) { doubts.insert(doubt) }
    }
    var numbers: [Int64] = []
    for _ in 0..<(try reader.count()) { numbers.append(try reader.signed()) }
    year =
      YearInference(numbers: numbers, basis: basis, doubts: doubts, zone: zone) ?? .unknown
    let last = try reader.signed()
    lastTime = last == .min ? nil : last
    note = FileNote(path: path)
    note.format = format
    note.source = try Self.text(&reader)
    note.reason = try Self.text(&reader)
    note.encoding = try Self.text(&reader)
    let compression = try Self.text(&reader)
    note.compression = compression.isEmpty ? nil : compression
    note.zoneBasis = try Self.text(&reader)
    note.yearBasis = try Self.text(&reader)
    let error = try Self.text(&reader)
    note.error = error.isEmpty ? nil : error
    note.lines = try reader.signed()
    note.records = try reader.signed()
    note.events = try reader.signed()
    note.rejected = try reader.signed()
    note.backwardSteps = try reader.signed()
    for _ in 0..<(try reader.count()) {
      let reason = DecodeError.Reason(rawValue: UInt8(clamping: try reader.unsigned()))
      let offset = try reader.int()
      note.rejections.append(
        Rejection(
          error: DecodeError(reason ?? .unexpectedByte, at: offset),
          offset: try reader.signed(),
          line: try reader.int(),
          length: try reader.int()
        )
      )
    }
    if version > 1 { inherited = Array(try reader.name()) }
  }

  private static func text(_ reader: inout StateReader) throws(StateError) -> String {
    String(decoding: try reader.name(), as: UTF8.self)
  }

  private static func header(
    _ reader: inout StateReader
  ) throws(StateError) -> LogParts.Header? {
    guard try reader.unsigned() == 1 else { return nil }
    let delimiter = UInt8(clamping: try reader.unsigned())
    var columns: [String] = []
    for _ in 0..<(try reader.count()) { columns.append(try text(&reader)) }
    return LogParts.Header(columns: columns, delimiter: delimiter)
  }
}
