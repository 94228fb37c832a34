internal import EventModel
internal import Ingest

/// What the parts of one log tell of each other: a file that no format claims, or a CSV file
/// without a header, is read as the other parts are.
struct LogParts {
  private struct Claim {
    var formats: [String: any LogFormat.Type] = [:]
  }

  /// Where parts are looked for: the source's files of one name, else its files in the folder.
  private struct Place: Hashable {
    var source: Int?
    var folder: String
    var stem: String?
  }

  private var claims: [Place: Claim] = [:]
  private var headers: [Place: Set<Header>] = [:]
  private var evidence: [Place: EncodingEvidence] = [:]

  struct Header: Hashable, Sendable {
    var columns: [String]
    var delimiter: UInt8

    init(columns: [String], delimiter: UInt8) {
      (self.columns, self.delimiter) = (columns, delimiter)
    }

    /// What a log carries on, kept where columns are: a format has the one or the other.
    init(carried: [UInt8]) {
      self.init(columns: [String(decoding: carried, as: UTF8.self)], delimiter: 0)
    }

    var carried: [UInt8] { columns.first.map { Array($0.utf8) } ?? [] }

    /// The one in force.
    init?(_ records: HeaderRecords) {
      guard let found = records.columns else { return nil }
      (columns, delimiter) = (found.names, found.delimiter)
    }
  }

  /// By path.
  private let stems: [String: String]

  /// `paths`: all files of the scan.
  init(_ paths: [String]) {
    let stems = FileSequence.stems(paths.map(FileSequence.split))
    self.stems = Dictionary(zip(paths, stems)) { first, _ in first }
  }

  private func places(_ path: String, _ source: Int?) -> [Place] {
    let (folder, name) = FileSequence.split(path)
    return [
      Place(source: source, folder: folder, stem: stems[path] ?? FileSequence.stem(name)),
      Place(source: source, folder: folder, stem: nil),
      Place(source: source, folder: "", stem: nil),
    ]
  }

  /// Notes what a file says; one that is whole only now says it once more.
  mutating func note(_ plan: PlannedFile, source: Int?) {
    note(
      plan.path,
      source: source,
      format: plan.format,
      header: plan.header,
      evidence: plan.rest.isEmpty ? plan.evidence : EncodingEvidence()
    )
  }

  /// Notes what is known of a part.
  mutating func note(
    _ path: String,
    source: Int?,
    format: any LogFormat.Type,
    header: Header?,
    evidence found: EncodingEvidence
  ) {
    let places = self.places(path, source)
    if format != NotUnderstood.self {
      claims[places[0], default: Claim()].formats[format.name] = format
    }
    evidence[places[0], default: EncodingEvidence()].add(found)
    guard let header, !(format is any CarryingText.Type) else { return }
    for place in source == nil ? places.dropLast() : places[...] {
      headers[place, default: []].insert(header)
    }
  }

  /// What the parts with the same name say of their encoding, this one among them.
  func evidence(for path: String, source: Int?) -> EncodingEvidence {
    evidence[places(path, source)[0]] ?? EncodingEvidence()
  }

  /// The format of the parts with the same name, if they have one.
  ///
  /// Of a general and a special format the special one: some of its lines alone do not show it.
  func format(for path: String, source: Int?) -> (any LogFormat.Type)? {
    var found = claims[places(path, source)[0]]?.formats ?? [:]
    if found.count > 1 {
      for general in [JSONLines.name, DelimitedText.name] { found[general] = nil }
      // Records with and without a header of syslog in one log: what reads both.
      if SyslogHeader.carriers.contains(where: { found[$0] != nil }) {
        found = found.filter { !($0.value is any SentBySyslog.Type) }
      }
    }
    return found.count == 1 ? found.first?.value : nil
  }

  /// Whether any header is known that could be that of the file.
  func hasHeader(for path: String, source: Int?) -> Bool {
    places(path, source).contains { headers[$0] != nil }
  }

  /// The one header of as many columns in the nearest place that has any.
  func header(for path: String, source: Int?, head: [UInt8]) -> Header? {
    for place in places(path, source) {
      let fitting = (headers[place] ?? []).filter {
        DelimitedText.columnCount(of: head.span, delimiter: $0.delimiter) == $0.columns.count
      }
      if fitting.count == 1 { return fitting.first }
      if !fitting.isEmpty { return nil }
    }
    return nil
  }
}
