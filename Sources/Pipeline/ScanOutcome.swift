internal import EventModel

/// How far a file was read that is to be gone on with.
struct FileEnd: Sendable {
  /// What only the end of the file ends.
  struct Open: Sendable {
    var offset: Int64
    /// Of the file without it.
    var note: FileNote
    /// In order.
    var rows: [EventRow] = []
    var book: CoverageBook
  }

  var consumed: Int64 = 0
  var line = 1
  var lastTime: Int64?
  /// Of the file up to there.
  var note: FileNote?
  var open: Open?
  /// Of CSV the header in force there, of `CarryingText` what holds.
  var header: LogParts.Header?
}

struct ScanOutcome<Consumer: EventConsumer>: Sendable {
  var consumer: Consumer
  var incidents: IncidentList
  var coverage: Coverage
  var notes: [FileNote]
  /// Of lines of standard input by their digest, and of lines of compressed files by their place.
  var sha256: [UInt64: SHA256]
  var digests: [LinePlace: SHA256]
  /// Where the parts of a file begin that is cut.
  var seams: [Int: [FileReader.Seam]]
  /// Of files that are gone on with: how far they were read.
  var ends: [Int: FileEnd]
  /// What was seen of each source, open ends left out.
  var books: [Int: CoverageBook]
  var names: NameTable
  /// Files that hold stretches of each other, each counted as often as it stands somewhere.
  var overlapping: Set<Int>
  /// Sources of which events were left out that others stand for.
  var repeatedSources: Set<UInt16> = []
  var spilledBytes: Int64
  var meter: ProgressMeter
}
