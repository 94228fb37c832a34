internal import EventModel
internal import Ingest

/// One input file, with all that is settled before it is read.
struct PlannedFile: Sendable {
  var path: String
  var size: Int64?
  var source: Int
  var format: any LogFormat.Type
  var shop: DecoderShop
  var encoding: TextEncoding?
  /// Whether records that are not UTF-8 are judged one by one: nothing was declared, and the head
  /// shows no other encoding.
  var judgesEncoding: Bool
  /// The earliest time in the head; `nil`: none there.
  var firstTime: Int64?
  var year: YearInference
  var isCompressed: Bool
  var usesZone: Bool
  /// An input that was opened to look at its head and cannot be opened again.
  var opened: FileReader?

  /// Standard input and pipes are read once, and have no size.
  var isReadOnce: Bool { size == nil }
}

/// Settles source, format, encoding, zone and first time of every file.
struct FilePlanner {
  let sources: [SourceDeclaration]
  let declaredCount: Int
  let formats: [any LogFormat.Type]
  let shop: DecoderShop
  let chunkSize: Int
  let matcher: SourceMatcher

  enum Outcome {
    case planned(PlannedFile)
    case empty
    case unreadable(String)
  }

  func plan(_ file: InputFile, _ note: inout FileNote) async -> Outcome {
    let declared = matcher.source(of: file.path)
    let declaration = declared.map { sources[$0] }
    var encoding: TextEncoding?
    if let name = declaration?.encoding {
      encoding = TextEncoding(name: name)
      if encoding == nil { return .unreadable("the declared encoding \(name) is not known") }
    }
    let reader = FileReader(path: file.path, chunkSize: chunkSize, encoding: encoding)
    let head: FileHead
    do {
      head = try await reader.head()
    } catch {
      return .unreadable(error.reason(of: file.path))
    }
    note.encoding = head.encoding.rawValue
    if head.compression != .none { note.compression = head.compression.rawValue }
    guard !head.isEmpty else {
      note.reason = "empty"
      return .empty
    }
    let format: any LogFormat.Type
    switch choose(head, declaration) {
    case .success(let choice):
      format = choice.format
      note.reason = choice.reason
    case .failure(let problem):
      return .unreadable(problem.message)
    }
    note.format = format.name
    let source = declared ?? source(ofFormat: format.name)
    note.source = sources[source].name
    return .planned(
      planned(file, head, format, source, encoding ?? head.encoding, reader, &note)
    )
  }

  private func planned(
    _ file: InputFile,
    _ head: FileHead,
    _ format: any LogFormat.Type,
    _ source: Int,
    _ encoding: TextEncoding,
    _ reader: FileReader,
    _ note: inout FileNote
  ) -> PlannedFile {
    let declaration = sources[source]
    let name = declaration.timeZone
    let zone = shop.zone(ofSource: source) ?? .utc
    let decoder = shop.open(format, source: source, zone: zone, head: head.bytes)
    let year = YearInference(
      declaredYear: declaration.year,
      fileName: file.path.split(separator: "/").last.map(String.init) ?? file.path,
      modificationSeconds: head.modificationSeconds
    )
    var lines = sample(head.bytes, decoder)
    // Whether a zone matters is seen by reading the same lines with two zones.
    let away = TimeZoneRule(fixedOffset: zone.offset(atUTC: 1_700_000_000) + 5400)
    let other = shop.open(format, source: source, zone: away, head: head.bytes)
    let usesZone = Self.firstTime(sample(head.bytes, other)) != Self.firstTime(lines)
    if format.isYearless {
      var inference = year
      inference.resolve(&lines.rows, &lines.dated)
      note.yearBasis = year.basis
    }
    note.zoneBasis =
      !usesZone
      ? "stated in every time"
      : name.map { name in
        let isKnown = shop.zone(ofSource: source) != nil
        return isKnown ? "\(name), declared" : "UTC: \(name) is not known"
      } ?? "UTC, assumed"
    return PlannedFile(
      path: file.path,
      size: file.size,
      source: source,
      format: format,
      shop: shop,
      encoding: encoding,
      judgesEncoding: declaration.encoding == nil && encoding == .utf8,
      firstTime: Self.earliest(lines),
      year: year,
      isCompressed: note.compression != nil,
      usesZone: usesZone,
      opened: file.size == nil ? reader : nil
    )
  }

  /// The first time told, by a row or by a record that became none.
  private static func firstTime(_ batch: EventBatch) -> Int64? {
    guard let row = batch.rows.first else { return batch.dated.first?.time }
    guard let dated = batch.dated.first, dated.line < row.line else { return row.time }
    return dated.time
  }

  private static func earliest(_ batch: EventBatch) -> Int64? {
    let rows = batch.rows.lazy.map(\.time).min()
    guard let dated = batch.dated.lazy.map(\.time).min() else { return rows }
    return min(rows ?? dated, dated)
  }

  /// The first whole lines: of the first 8 KiB, or of all of the head when none is dated there.
  private func sample(_ head: [UInt8], _ decoder: any LogFormat) -> EventBatch {
    for limit in [8192, head.count] {
      var bytes = Array(head.prefix(limit))
      if bytes.count < head.count, let end = bytes.lastIndex(of: 0x0A) {
        bytes.removeLast(bytes.count - end - 1)
      }
      var batch = EventBatch()
      decoder.decode(ByteChunk(bytes), into: &batch)
      batch.rejectImplausibleTimes()
      if !batch.rows.isEmpty || !batch.dated.isEmpty { return batch }
    }
    return EventBatch()
  }

  /// A source declared without paths takes the files of its format; else one is assumed.
  private func source(ofFormat name: String) -> Int {
    for index in 0..<declaredCount
    where sources[index].paths.isEmpty && sources[index].format == name {
      return index
    }
    return sources[declaredCount...].firstIndex { $0.format == name } ?? 0
  }

  private func choose(
    _ head: FileHead,
    _ declaration: SourceDeclaration?
  ) -> Result<(format: any LogFormat.Type, reason: String), ScanError> {
    if let name = declaration?.format, name != "auto" {
      guard let format = formats.first(where: { $0.name == name }) else {
        return .failure(ScanError(message: "the declared format \(name) is not known"))
      }
      return .success((format, "declared"))
    }
    var best: (format: any LogFormat.Type, result: ProbeResult)?
    for format in formats.sorted(by: { $0.name < $1.name }) {
      let result = format.probe(head.bytes.span)
      if result.likelihood > best?.result.likelihood ?? .no { best = (format, result) }
    }
    if let best { return .success((best.format, best.result.reason)) }
    return .failure(ScanError(message: nearest(head, declaration)))
  }

  /// Why no format fits: what the format that reads most of the head's lines found missing.
  private func nearest(_ head: FileHead, _ declaration: SourceDeclaration?) -> String {
    var best: (rows: Int, text: String)?
    for format in formats.sorted(by: { $0.name < $1.name }) {
      let declaration = declaration ?? SourceDeclaration(name: format.name)
      let rows = sample(
        head.bytes,
        shop.open(format, declaration, zone: .utc, head: head.bytes)
      ).rows.count
      if rows > best?.rows ?? 0 {
        best = (rows, "\(format.name): \(format.probe(head.bytes.span).reason)")
      }
    }
    guard let best else { return "no known log format; declare its source, or leave it out" }
    return "no format is sure of it; nearest \(best.text); declare its format in the estate file"
  }
}
