internal import EventModel
internal import Ingest

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
    parts: LogParts? = nil,
    after before: HeaderBefore? = nil
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
    let isHeard = file.place != nil && PipeSpool.isListening(file.path)
    if let packed = head.packed { return .unreadable(Self.refusal(packed)) }
    // One NUL in a text is a byte in error; every thirty-second one makes no text.
    let isBinary = head.bytes.count { $0 == 0 } * 32 > head.bytes.count
    var format: any LogFormat.Type
    var sample = head
    var choice = choose(head, declaration, isHeard: isHeard)
    var beyondWanted: ChunkReader.Beyond?
    if case .failure = choice, !isBinary, let found = await beyond(reader, head, declaration) {
      choice = .success((found.format, found.reason))
      sample.bytes = found.sample
      beyondWanted = found.wanted
    }
    switch choice {
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
        let binary = "binary data: its lines are counted, none is understood; leave it out"
        note.error =
          Self.contents(head, isBinary: isBinary) ?? (isBinary ? binary : problem.message)
      }
    }
    note.format = format == DeclaredText.self ? declaration?.format ?? "" : format.name
    let source = declared ?? source(ofFormat: format.name)
    note.source = sources[source].name
    let context = Context(source: source, declared: declared, parts: parts, before: before)
    var plan = planned(file, sample, format, encoding, reader, &note, context)
    if let beyondWanted {
      (plan.opening, plan.looksBeyond) = (nil, beyondWanted)
      if format.framing.isLines { plan.beginsTorn = true }
    }
    plan.place = file.place
    plan.isDocuments = head.isDocuments
    plan.isBinary = isBinary && format == NotUnderstood.self
    return .planned(plan)
  }

  /// What else than its bytes tells how a file is read.
  private struct Context {
    var source: Int
    var declared: Int?
    var parts: LogParts?
    var before: HeaderBefore?
  }

  private func planned(
    _ file: InputFile,
    _ head: FileHead,
    _ format: any LogFormat.Type,
    _ encoding: TextEncoding?,
    _ reader: FileReader,
    _ note: inout FileNote,
    _ context: Context
  ) -> PlannedFile {
    let source = context.source
    var declaration = sources[source]
    var header: LogParts.Header?
    var lacksHeader = false
    let isHeaded =
      format == DelimitedText.self && declaration.header || format is any HeadedText.Type
    if isHeaded, declaration.columns.isEmpty {
      header = takeHeader(of: file, head, format, &declaration, &note, context)
      lacksHeader = header == nil && context.before?.lines.isEmpty ?? true
    }
    let inherited = context.before?.lines ?? []
    let name = declaration.timeZone
    let zone = shop.zone(ofSource: source) ?? .utc
    let columns =
      declaration.columns == sources[source].columns
      ? nil : LogParts.Header(columns: declaration.columns, delimiter: declaration.delimiter)
    let decoder = shop.open(format, declaration, zone: zone, head: head.bytes, header: inherited)
    let lines = sample(head.bytes, decoder, header: inherited)
    // Whether a zone matters is seen by reading the same lines with two zones.
    let away = TimeZoneRule(fixedOffset: zone.offset(atUTC: 1_700_000_000) + 5400)
    let other = shop.open(format, declaration, zone: away, head: head.bytes, header: inherited)
    let times = Self.times(lines)
    let usesZone = Self.times(sample(head.bytes, other, header: inherited)) != times
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
    plan.inherited = inherited
    if let headed = format as? any HeadedText.Type {
      (plan.opensLog, plan.beginsWithHeader) = headed.standsAlone(head.bytes)
    } else if format is any HeadedRecords.Type {
      plan.opensLog = false
    } else if CarriedText(format, []) != nil {
      (plan.opensLog, plan.beginsWithHeader) = (false, CarriedText.begins(head.bytes, format))
    }
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
    case .windowsEvents:
      let text = head.drop { $0 <= 0x20 }
      return !["<Event", "<?xml", "</Events"].contains { text.starts(with: $0.utf8) }
    case .blocks(let opening):
      // A record of which the end is lost begins as others do.
      return first == 0x0A || first == 0x0D
        || lines.rejections.contains { $0.line == 1 } && !BlockBoundary.begins(head, opening)
    case .journalEntries, .octetCounted:
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
    _ context: Context
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
    if let own, own.isFirst {
      return LogParts.Header(columns: own.columns, delimiter: own.delimiter)
    }
    if case .headed = format.framing { return nil }
    if let before = context.before?.header,
      format is any HeadedText.Type
        || DelimitedText.begins(head.bytes.span, columns: before.columns.count, before.delimiter)
    {
      (declaration.columns, declaration.delimiter) = (before.columns, before.delimiter)
      note.reason = "goes on with the part before it, whose header names the columns"
      return before
    }
    if let own {
      (declaration.columns, declaration.delimiter) = (own.columns, own.delimiter)
      return LogParts.Header(columns: own.columns, delimiter: own.delimiter)
    }
    guard
      let other = context.parts?.header(
        for: file.path,
        source: context.declared,
        head: head.bytes
      )
    else { return nil }
    (declaration.columns, declaration.delimiter) = (other.columns, other.delimiter)
    note.reason = "as many columns as the header of another part of the log names"
    return other
  }

  /// The first whole lines: of the first 8 KiB, or of all of the head when none is dated there.
  private func sample(
    _ head: [UInt8],
    _ decoder: any LogFormat,
    header: [UInt8]
  ) -> HeadLines {
    for limit in [Self.sampleSize, head.count] {
      let lines = Self.wholeLines(head, limit: limit)
      let found = scratch.decode(lines, decoder, header: header) { HeadLines($0) }
      if !found.rows.isEmpty || !found.dated.isEmpty { return found }
    }
    return HeadLines()
  }

  private static let sampleSize = 8192
  static let behindLong = ", behind a first record that is too long to be read"

  private static func wholeLines(_ head: [UInt8], limit: Int) -> [UInt8] {
    guard limit < head.count, let end = head[..<limit].lastIndex(of: 0x0A) else {
      return Array(head.prefix(limit))
    }
    return Array(head[...end])
  }

  /// A source declared without paths takes the files of its format; else one is assumed.
  func source(ofFormat name: String) -> Int {
    for index in 0..<declaredCount
    where sources[index].paths.isEmpty && sources[index].format == name {
      return index
    }
    return sources[declaredCount...].firstIndex { $0.format == name } ?? sources.count - 1
  }

  /// The format that is declared, or that the first lines show.
  ///
  /// `isHeard`: whether it is what a listener heard. Then nobody's first message tells what the others are: where
  /// no format of another kind is declared, each is a message of syslog, and says of which kind; lengths were taken
  /// off as it came.
  func choose(
    _ head: FileHead,
    _ declaration: SourceDeclaration?,
    isHeard: Bool = false
  ) -> Result<(format: any LogFormat.Type, reason: String), ScanError> {
    if isHeard, ["auto", SyslogRFC6587.name].contains(declaration?.format ?? "auto") {
      return .success((SyslogRFC5424.self, "a listener: each message says what it is"))
    }
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
