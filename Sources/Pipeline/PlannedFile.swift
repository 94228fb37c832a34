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
  /// Whether its first record is too long to be read, so that what stands behind it told the format.
  var looksBeyond: ChunkReader.Beyond?
  /// Whether it holds JSON documents: a line end says nothing of where a record ends.
  var isDocuments = false
  /// Whether it is no text: nothing goes on in it, and it goes on in nothing.
  var isBinary = false
  /// The earliest time in the head; `nil`: none there.
  var firstTime: Int64?
  var year = YearInference.unknown
  /// Whether the years are settled: of a log that goes on, by what was read of it before, unless that
  /// held no line with a time.
  var hasYear: Bool { start != nil && year.isKnown }
  /// See `LogFormat.ignoresAccountCase`.
  var ignoresAccountCase: Bool { shop.ignoresAccountCase(ofSource: source, format) }
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
  /// Of a format with headers within its lines: those in force where it begins, by the parts before it;
  /// whether it begins as a log does; whether it has a header before its first other line.
  var inherited: [UInt8] = []
  /// Of `CarryingText`: what holds where it is read on.
  var carried: [UInt8] { start == nil ? inherited : header?.carried ?? inherited }
  var opensLog = true
  var beginsWithHeader = true
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
    encoding == nil && !format.framing.isBinary
      ? RecordEncodings(suggestion: evidence.suggestion) : nil
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
