internal import EventModel
internal import Ingest

/// One input file, with all that is settled before it is read.
struct PlannedFile: Sendable {
  var path: String
  /// Where it is opened, when it is held open: its name may go to another file meanwhile.
  var place: String?
  /// The parts of its log that go on where it is cut off within a record: they are read as one.
  var rest: [Part] = []
  /// Whether its end has to tell if it is cut off: there are other parts, and nobody has looked.
  var watchesEnd = false
  var size: Int64?
  var source: Int
  var format: any LogFormat.Type
  var shop: DecoderShop
  /// The declared one.
  var encoding: TextEncoding?
  /// The columns of a CSV file, where its source does not declare them and its first line is no
  /// header.
  var columns: LogParts.Header?
  /// What the head, and those of the other parts of the log, say of the encoding where none is
  /// declared: then each record is judged by itself.
  var evidence = EncodingEvidence()
  /// Whether the head begins with no record: another part may be cut off where it goes on.
  var beginsTorn = false
  /// Whether it is no text: nothing goes on in it, and it goes on in nothing.
  var isBinary = false
  /// The earliest time in the head; `nil`: none there.
  var firstTime: Int64?
  var year = YearInference.unknown
  /// Whether the years are settled: of a log that goes on, by what was read of it before, unless that
  /// held no line with a time.
  var hasYear: Bool { start != nil && year.isKnown }
  var isCompressed: Bool
  var usesZone: Bool
  /// Digest of the first bytes, by which copies are found; `nil`: too few, or of one time only.
  var opening: SHA256?
  /// For times without a year: the zone they are read in, the last change, the first rows.
  var zone: TimeZoneRule
  var modificationSeconds: Int64?
  var yearlessHead: [EventRow] = []
  /// Of a CSV file: its columns; whether the other parts of its log have to be asked.
  var header: LogParts.Header?
  var lacksHeader = false
  /// An input that was opened to look at its head and cannot be opened again.
  var opened: FileReader?
  /// Where to go on from an earlier run.
  var start: ChunkReader.Start?
  /// Whether a later run is to go on from where this one ends.
  var isFollowed = false
  /// Whether it cannot be read as what it is yet, for want of a format or a header that other parts of
  /// its log may bring: nothing of it is taken for good.
  var isProvisional: Bool { isFollowed && lacksHeader }
  /// Whether what only the end of the file ends is kept apart.
  var separatesOpenEnd = false

  /// Converts records where no encoding is declared.
  var encodings: RecordEncodings? {
    encoding == nil ? RecordEncodings(suggestion: evidence.suggestion) : nil
  }

  struct Part: Sendable {
    /// Index of its note.
    var file: Int
    var path: String
  }

  /// No row of it is expected before; what no format claims brings none.
  var earliest: Int64 { format == NotUnderstood.self ? .max : firstTime ?? .min }

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
  let scratch = HeadDecoder()

  enum Outcome: Sendable {
    case planned(PlannedFile)
    case empty
    case unreadable(String)
  }

  /// Plans a file as far as it and its like tell.
  ///
  /// `parts`: what the other files say of one that does not say it itself. `rest`: those that go on
  /// where it is cut off.
  func plan(
    _ file: InputFile,
    followedBy rest: [String] = [],
    _ note: inout FileNote,
    parts: LogParts? = nil
  ) async -> Outcome {
    let declared = matcher.source(of: file.path)
    let declaration = declared.map { sources[$0] }
    var encoding: TextEncoding?
    if let name = declaration?.encoding {
      encoding = TextEncoding(name: name)
      if encoding == nil { return .unreadable("the declared encoding \(name) is not known") }
    }
    let reader = FileReader(
      path: file.place ?? file.path,
      followedBy: rest,
      chunkSize: chunkSize,
      encoding: encoding
    )
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
    // One NUL in a text is a byte in error; every thirty-second one makes no text.
    let isBinary = head.bytes.count { $0 == 0 } * 32 > head.bytes.count
    var format: any LogFormat.Type
    switch choose(head, declaration) {
    case .success(let choice):
      format = choice.format
      note.reason = choice.reason
      if declaration?.format ?? "auto" == "auto",
        let found = parts?.format(for: file.path, source: declared), found != format
      {
        format = found
        note.reason = "the other parts of the log have this format"
      }
    case .failure(let problem):
      // Of what no format claims the lines are counted all the same.
      if declaration?.format ?? "auto" != "auto" {
        return .unreadable(problem.message)
      }
      if let found = parts?.format(for: file.path, source: declared) {
        format = found
        note.reason = "the other parts of the log have this format"
      } else if parts?.header(for: file.path, source: declared, head: head.bytes) != nil {
        format = DelimitedText.self
      } else {
        format = NotUnderstood.self
        note.error =
          isBinary
          ? "binary data: its lines are counted, none is understood; leave it out"
          : problem.message
      }
    }
    note.format = format == DeclaredText.self ? declaration?.format ?? "" : format.name
    let source = declared ?? source(ofFormat: format.name)
    note.source = sources[source].name
    var plan = planned(file, head, format, source, encoding, reader, &note, declared, parts)
    plan.place = file.place
    plan.isBinary = isBinary && format == NotUnderstood.self
    return .planned(plan)
  }

  private func planned(
    _ file: InputFile,
    _ head: FileHead,
    _ format: any LogFormat.Type,
    _ source: Int,
    _ encoding: TextEncoding?,
    _ reader: FileReader,
    _ note: inout FileNote,
    _ declared: Int?,
    _ parts: LogParts?
  ) -> PlannedFile {
    var declaration = sources[source]
    var header: LogParts.Header?
    var lacksHeader = false
    let isHeaded =
      format == DelimitedText.self && declaration.header || format is any HeadedText.Type
    if isHeaded, declaration.columns.isEmpty {
      header = takeHeader(of: file, head, format, &declaration, &note, declared, parts)
      lacksHeader = header == nil
    }
    let name = declaration.timeZone
    let zone = shop.zone(ofSource: source) ?? .utc
    let columns =
      declaration.columns == sources[source].columns
      ? nil : LogParts.Header(columns: declaration.columns, delimiter: declaration.delimiter)
    let decoder = shop.open(format, declaration, zone: zone, head: head.bytes)
    let lines = sample(head.bytes, decoder)
    // Whether a zone matters is seen by reading the same lines with two zones.
    let away = TimeZoneRule(fixedOffset: zone.offset(atUTC: 1_700_000_000) + 5400)
    let other = shop.open(format, declaration, zone: away, head: head.bytes)
    let times = Self.times(lines)
    let usesZone = Self.times(sample(head.bytes, other)) != times
    note.zoneBasis =
      !usesZone
      ? "stated in every time"
      : name.map { name in
        let isKnown = shop.zone(ofSource: source) != nil
        return isKnown ? "\(name), declared" : "UTC: \(name) is not known"
      } ?? "UTC, assumed"
    var plan = PlannedFile(
      path: file.path,
      size: file.size,
      source: source,
      format: format,
      shop: shop,
      encoding: encoding,
      columns: columns,
      evidence: head.evidence,
      beginsTorn: Self.beginsTorn(head.bytes, lines, format.framing),
      firstTime: times.min(),
      isCompressed: note.compression != nil,
      usesZone: usesZone,
      zone: zone,
      modificationSeconds: head.modificationSeconds,
      yearlessHead: format.isYearless ? Self.datedRows(lines) : [],
      header: header,
      lacksHeader: lacksHeader || format == NotUnderstood.self,
      opened: file.size == nil ? reader : nil
    )
    if file.size != nil, head.bytes.count >= CopyFinder.opening, times.min() != times.max() {
      plan.opening = SHA256(head.bytes.prefix(CopyFinder.opening))
    }
    return plan
  }

  private static func beginsTorn(
    _ head: [UInt8],
    _ lines: HeadLines,
    _ framing: Framing
  ) -> Bool {
    guard let first = head.first else { return false }
    switch framing {
    case .lines, .headed:
      return first == 0x0A || first == 0x0D || lines.rejections.contains { $0.line == 1 }
    case .csvRecords(let startsWithTime):
      // Elsewhere a column may begin with anything.
      let day = (first == 0x22 ? head.dropFirst() : head[...]).prefix(11)
      return startsWithTime
        && !day.elementsEqual("0000-00-00 ".utf8) { byte, sign in
          sign == 0x30 ? byte &- 0x30 < 10 : byte == sign
        }
    case .indented:
      return [0x09, 0x20].contains(first) || lines.rejections.contains { $0.line == 1 }
    case .blocks:
      return lines.rejections.contains { $0.line == 1 }
    }
  }

  /// The times told, by rows and by records that became none.
  private static func times(_ lines: HeadLines) -> [Int64] {
    lines.rows.map(\.time) + lines.dated.map(\.time)
  }

  /// The dated lines of a head, those without an event as rows that say no more than their time.
  private static func datedRows(_ batch: HeadLines) -> [EventRow] {
    let others = batch.dated.map { record in
      var row = EventRow(time: record.time)
      row.line = record.line
      if record.isYearless { row.flags.insert(.yearless) }
      return row
    }
    return others.isEmpty ? batch.rows : (batch.rows + others).sorted { $0.line < $1.line }
  }

  /// The header of a CSV file: its own, or that of the other parts of its log.
  private func takeHeader(
    of file: InputFile,
    _ head: FileHead,
    _ format: any LogFormat.Type,
    _ declaration: inout SourceDeclaration,
    _ note: inout FileNote,
    _ declared: Int?,
    _ parts: LogParts?
  ) -> LogParts.Header? {
    // Of a headed format each chunk comes with the header that holds for it.
    if let headed = format as? any HeadedText.Type, let own = headed.header(of: head.bytes.span) {
      return LogParts.Header(columns: own.columns, delimiter: own.delimiter)
    }
    let own =
      format is any HeadedText.Type
      ? nil
      : DelimitedText.header(
        of: head.bytes.span,
        isDeclared: declaration.fields != nil,
        delimiter: declaration.delimiter
      )
    if let own {
      if !own.isFirst {
        (declaration.columns, declaration.delimiter) = (own.columns, own.delimiter)
      }
      return LogParts.Header(columns: own.columns, delimiter: own.delimiter)
    }
    guard let other = parts?.header(for: file.path, source: declared, head: head.bytes) else {
      return nil
    }
    (declaration.columns, declaration.delimiter) = (other.columns, other.delimiter)
    note.reason = "as many columns as the header of another part of the log names"
    return other
  }

  /// The first whole lines: of the first 8 KiB, or of all of the head when none is dated there.
  private func sample(_ head: [UInt8], _ decoder: any LogFormat) -> HeadLines {
    for limit in [Self.sampleSize, head.count] {
      let found = scratch.decode(Self.wholeLines(head, limit: limit), decoder) { HeadLines($0) }
      if !found.rows.isEmpty || !found.dated.isEmpty { return found }
    }
    return HeadLines()
  }

  private static let sampleSize = 8192

  private static func wholeLines(_ head: [UInt8], limit: Int) -> [UInt8] {
    guard limit < head.count, let end = head[..<limit].lastIndex(of: 0x0A) else {
      return Array(head.prefix(limit))
    }
    return Array(head[...end])
  }

  /// A source declared without paths takes the files of its format; else one is assumed.
  private func source(ofFormat name: String) -> Int {
    for index in 0..<declaredCount
    where sources[index].paths.isEmpty && sources[index].format == name {
      return index
    }
    return sources[declaredCount...].firstIndex { $0.format == name } ?? sources.count - 1
  }

  private func choose(
    _ head: FileHead,
    _ declaration: SourceDeclaration?
  ) -> Result<(format: any LogFormat.Type, reason: String), ScanError> {
    if let name = declaration?.format, name != "auto" {
      let found = declaration.flatMap { FormatRegistry.format(of: $0, formats: formats) }
      guard let format = found else {
        return .failure(ScanError(message: "the declared format \(name) is not known"))
      }
      return .success((format, "declared"))
    }
    let best = FormatRegistry.best(head.bytes.span, formats: formats)
    if let best, best.result.likelihood >= .likely {
      return .success((best.format, best.result.reason))
    }
    return .failure(ScanError(message: nearest(best, head, declaration)))
  }

  /// Why no format claims the file, and what to do: by the format that fits it best, else by the one
  /// that reads most of the head's lines.
  private func nearest(
    _ first: (format: any LogFormat.Type, result: ProbeResult)?,
    _ head: FileHead,
    _ declaration: SourceDeclaration?
  ) -> String {
    let advice = "declare its format and fields in the estate file, or leave it out"
    if let first, first.result.likelihood > .no {
      return
        "no format is sure of it; nearest \(first.format.name): \(first.result.reason); \(advice)"
    }
    var best: (rows: Int, format: any LogFormat.Type)?
    let lines = Self.wholeLines(head.bytes, limit: Self.sampleSize)
    for format in formats {
      let declaration = declaration ?? SourceDeclaration(name: format.name)
      let decoder = shop.open(format, declaration, zone: .utc, head: lines)
      let rows = scratch.decode(lines, decoder) { $0.rows.count }
      if rows > best?.rows ?? 0 { best = (rows, format) }
    }
    guard let best else { return "no known log format; \(advice)" }
    let reason = best.format.probe(head.bytes.span).reason
    return "no format is sure of it; nearest \(best.format.name): \(reason); \(advice)"
  }
}
