internal import EventModel
internal import Ingest

/// Opens decoders: for the head of a file, and again when the file is read.
///
/// What a decoder holds is not kept for every file of a scan, only for those being read.
final class DecoderShop: Sendable {
  private let sources: [SourceDeclaration]
  private let zones: [TimeZoneRule?]
  private let subjectKey: SubjectKey

  init(sources: [SourceDeclaration], subjectKey: SubjectKey) {
    self.sources = sources
    self.subjectKey = subjectKey
    zones = sources.map { $0.timeZone.flatMap { TimeZoneRule(name: $0) } }
  }

  /// The declared zone of a source; `nil`: none declared, or not known.
  func zone(ofSource index: Int) -> TimeZoneRule? {
    zones.indices.contains(index) ? zones[index] : nil
  }

  /// Whether the accounts of a source are the same in capitals and in small letters: as declared, else as its format
  /// has it.
  func ignoresAccountCase(ofSource index: Int, _ format: any LogFormat.Type) -> Bool {
    let declared = sources.indices.contains(index) ? sources[index].ignoresAccountCase : nil
    return declared ?? format.ignoresAccountCase
  }

  /// A decoder for a file, as planned.
  func open(_ plan: PlannedFile, head: [UInt8]) -> any LogFormat {
    var declaration =
      sources.indices.contains(plan.source)
      ? sources[plan.source] : SourceDeclaration(name: plan.format.name)
    if let columns = plan.columns {
      (declaration.columns, declaration.delimiter) = (columns.columns, columns.delimiter)
    }
    let zone = zone(ofSource: plan.source) ?? .utc
    return open(plan.format, declaration, zone: zone, head: head, header: plan.inherited)
  }

  /// What tells the headers of a planned file, from where it is read on; `nil`: it has none that could change.
  func headers(of plan: PlannedFile) -> HeaderRecords? {
    let declaration =
      sources.indices.contains(plan.source)
      ? sources[plan.source] : SourceDeclaration(name: plan.format.name)
    let known = plan.header.map { HeaderRecords.line(of: $0.columns, delimiter: $0.delimiter) }
    return HeaderRecords(
      plan.format,
      declaration,
      delimiter: plan.header?.delimiter,
      encodings: plan.encodings,
      line: plan.start == nil ? [] : known ?? []
    )
  }

  func open(
    _ format: any LogFormat.Type,
    _ declaration: SourceDeclaration,
    zone: TimeZoneRule,
    head: [UInt8],
    header: [UInt8] = []
  ) -> any LogFormat {
    var options = DecodeOptions(declaration: declaration, zone: zone, subjectKey: subjectKey)
    options.header = header
    return format.init(options: options, head: head.span)
  }
}
