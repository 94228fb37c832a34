/// Counts the records of a body while it passes: of CSV, JSON, JSON Lines, or the rows of a workbook.
struct RecordCounter {
  enum Kind: CaseIterable {
    case delimited, lines, json, workbook
    /// A workbook, or text that is sent as if it were one: its first bytes tell.
    case sheet
    /// Server-sent events.
    case events
  }

  private var lines = LineCounter(isQuoting: false)
  private var elements = ElementCounter()
  private var workbook: WorkbookCounter?
  private var events = EventCounter()
  private var kind: Kind
  /// The first bytes, until they tell what follows.
  private var opening: [UInt8] = []
  /// What the sender says of a header: `header=present`.
  var statedHeader: Bool?
  /// Whether the body is the first, the last part of what it is a part of.
  var isFirstPart = true
  var isLastPart = true
  /// Bytes are missing, or could not be decoded.
  private var hasHole = false
  /// The count is a lower bound.
  var isAtLeast: Bool {
    hasHole || (kind == .delimited || kind == .lines) && lines.isUncertain(isEnd: isLastPart)
  }

  init(_ kind: Kind) {
    self.kind = kind
    if kind == .delimited { lines = LineCounter(isQuoting: true) }
    if kind == .workbook { workbook = WorkbookCounter() }
  }

  /// What holds records, by its type and by the name of its file.
  static func kind(of type: [UInt8], name: [UInt8]) -> Kind? {
    switch true {
    case type.isText("text/csv"), type.isText("application/csv"), type.isText("text/x-csv"),
      type.isText("text/comma-separated-values"), type.isText("text/tab-separated-values"):
      return .delimited
    case type.isText("application/x-ndjson"), type.isText("application/ndjson"),
      type.isText("application/jsonl"), type.isText("application/x-jsonlines"),
      type.isText("application/jsonlines"), type.isText("application/json-seq"),
      type.isText("application/x-json-stream"), type.isText("application/stream+json"),
      type.isText("application/json-lines"):
      return .lines
    case type.isText("text/event-stream"): return .events
    case type.isText("application/json"), type.hasSuffixText("+json"), type.isText("text/json"):
      return .json
    case type.isText("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
      type.isText("application/vnd.ms-excel.sheet.macroenabled.12"):
      return .workbook
    case type.isText("application/vnd.ms-excel"), type.isText("application/msexcel"),
      type.isText("application/x-excel"):
      return kind(ofFile: name) ?? .sheet
    // What names no type of its own is told by its file.
    case type.isEmpty, type.isText("application/octet-stream"), type.isText("text/plain"),
      type.isText("application/force-download"), isCompressed(type),
      type.isText("application/download"), type.isText("binary/octet-stream"):
      return kind(ofFile: name)
    default: return nil
    }
  }

  static func kind(ofFile name: [UInt8]) -> Kind? {
    switch true {
    case name.hasSuffixText(".csv"), name.hasSuffixText(".tsv"): .delimited
    case name.hasSuffixText(".ndjson"), name.hasSuffixText(".jsonl"): .lines
    case name.hasSuffixText(".json"): .json
    case name.hasSuffixText(".xlsx"), name.hasSuffixText(".xlsm"): .workbook
    default: nil
    }
  }

  /// Types of a file that is compressed as a whole.
  static func isCompressed(_ type: [UInt8]) -> Bool {
    type.isText("application/gzip") || type.isText("application/x-gzip")
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    switch kind {
    case .delimited, .lines: lines.add(bytes)
    // Past a hole neither can be followed.
    case .json: if !hasHole { elements.add(bytes) }
    case .workbook: if !hasHole { workbook?.add(bytes) }
    case .sheet: open(bytes)
    case .events: events.add(bytes)
    }
  }

  private mutating func open(_ bytes: UnsafeBufferPointer<UInt8>) {
    opening += bytes
    guard opening.count >= 4 else { return }
    if opening.starts(with: [0x50, 0x4B, 3, 4]) {
      kind = .workbook
      workbook = WorkbookCounter()
    } else if opening.first == 0x3C || opening.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      // Markup, or a format of before 2007: bytes alone.
      return opening.removeLast(opening.count - 4)
    } else {
      kind = .delimited
      lines = LineCounter(isQuoting: true)
    }
    let held = opening
    opening = []
    held.withUnsafeBufferPointer { add($0) }
  }

  /// The next bytes stand elsewhere in what is counted: what ends with each line goes on, what must be read from its start
  /// does not.
  mutating func beginAmidst() {
    switch kind {
    case .delimited, .lines: lines.beginAmidst()
    case .json, .workbook, .sheet, .events: hasHole = true
    }
  }

  /// Whether it cannot go on where it stands.
  var isTorn: Bool { hasHole || isByLines && lines.isDoubtful }

  /// Whether parts may come in any order.
  var isByLines: Bool { kind == .delimited || kind == .lines }

  /// The next bytes are the first of the file, though others came before.
  mutating func beginFile() {
    isFirstPart = true
    lines.beginFile()
  }

  /// The last bytes were those at the end of the file.
  mutating func noteEnd() { lines.noteEnd() }

  /// Bytes are missing here.
  mutating func lose() {
    hasHole = true
    lines.lose()
    events.lose()
  }

  /// The records so far, or `nil`: it has none that could be counted.
  ///
  /// `isWhole`: the body is over.
  func count(isWhole: Bool) -> Int64? {
    switch kind {
    case .delimited, .lines:
      if lines.isBinary || lines.isEncoded { return nil }
      var count = lines.count
      if isWhole, isLastPart {
        if lines.isOpen { count += 1 }
        if let found = lines.countOfReturns { count = found }
      }
      if lines.hasSeparatorLine, count > 0 { count -= 1 }
      if kind == .delimited, isFirstPart, count > 0, statedHeader ?? lines.hasHeader { count -= 1 }
      return count
    case .json: return isFirstPart ? elements.count : nil
    case .workbook: return isFirstPart ? workbook?.count : nil
    case .sheet: return nil
    case .events: return events.count
    }
  }
}

extension Array where Element == UInt8 {
  func hasSuffixText(_ text: StaticString) -> Bool {
    guard count >= text.utf8CodeUnitCount else { return false }
    return Array(suffix(text.utf8CodeUnitCount)).isText(text)
  }
}
