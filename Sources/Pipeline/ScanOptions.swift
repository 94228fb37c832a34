public import EventModel
internal import Glibc

/// What a scan reads and how.
public struct ScanOptions: Sendable {
  /// Files, folders or globs; `-` is standard input.
  public var paths: [String]
  /// Workers that decode; at least 1.
  public var threads: Int
  /// Bytes read at a time from one file.
  public var chunkSize = 1 << 20
  /// Only events with `from` ≤ time < `to` are counted and judged.
  public var from: Timestamp?
  public var to: Timestamp?
  /// Whether SHA-256 of notable lines of standard input is kept while reading: it cannot be read
  /// again for evidence.
  public var digestStandardInput = true
  /// Files that are no logs although they lie under `paths`: registers of tickets and the like.
  public var excludedPaths: Set<String> = []
  /// Called at most five times a second, and once at the end, from one task at a time.
  public var progress: (@Sendable (ScanProgress) -> Void)?
  var limits = ScanLimits()

  public init(paths: [String], threads: Int? = nil) {
    self.paths = paths
    self.threads = max(1, threads ?? ScanLimits.processorCount)
  }
}

/// Bounds of memory; the results do not depend on them (names beyond the table's bound excepted).
struct ScanLimits: Sendable {
  /// Rows kept back while the streams of several files are merged.
  var bufferedRows = 1 << 18
  /// Rows sorted in memory before they are written to the temporary file.
  var runRows = 1 << 18
  /// Rows given to the consumer at once.
  var applyRows = 1 << 12
  /// Files open at once while streaming.
  var openFiles = 64
  /// Nanoseconds by which rows may come out of order while streaming.
  var slack: Int64 = 600 * Timestamp.nanosecondsPerSecond
  /// Names and bytes of a worker's table, after which it starts anew.
  var workerNames = 1 << 20
  var workerNameBytes = 64 << 20
  /// See `NameTable.queryNames`; not a bound, but what every worker has to know.
  var queryNames: [[UInt8]] = []
  /// Names of the scan's table; a name beyond them becomes `(overflow)`.
  var names = 4 << 20
  /// SHA-256 kept for lines of standard input.
  var keptDigests = 1 << 16
  /// Bytes of compressed inputs kept until their rows are judged, for the SHA-256 of evidence.
  var evidenceBytes = 64 << 20
  /// Nanoseconds by which a row may be judged after later ones: a statement waits for its lines.
  var hold: Int64 = 60 * Timestamp.nanosecondsPerSecond
  /// Chunks read ahead for each worker.
  var chunksAhead = 4

  static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// How far a scan has come.
public struct ScanProgress: Sendable, Hashable {
  public enum Phase: Sendable, Hashable {
    case probing
    case reading
    case ordering
    case evidence
  }
  public var phase: Phase
  public var filesDone = 0
  public var files = 0
  /// Bytes of the input files, as they lie on disk.
  public var inputBytesDone: Int64 = 0
  /// `nil` when an input's size is not known.
  public var inputBytes: Int64?
  public var lines: Int64 = 0
  public var events: Int64 = 0

  public init(phase: Phase) { self.phase = phase }
}

/// What came of a scan.
public struct ScanResult: Sendable {
  /// With evidence in full, path, member and SHA-256, for which a plain file is read when its
  /// incident is asked for.
  public var incidents: IncidentList
  /// The same for every split, order or concatenation of the files.
  public var coverage: Coverage
  /// One note a file, in the order of discovery; `Evidence.fileIndex` counts them.
  public var files: [FileNote]
  /// Whether the rows had to be sorted: they came further out of order than streaming allows.
  public var wasSorted: Bool
  /// Bytes written to the temporary file.
  public var spilledBytes: Int64
}

/// What was found out about one input file.
public struct FileNote: Sendable {
  public var path: String
  /// Name of the source it belongs to; empty when it could not be read.
  public var source = ""
  /// Name of the format; empty when none fits.
  public var format = ""
  /// Why this format.
  public var reason = ""
  /// `utf8`, `cp932`, …; empty when unknown.
  public var encoding = ""
  /// What the file is compressed with; `nil` for a plain one.
  public var compression: String?
  /// Which time zone holds for times that state none, and why.
  public var zoneBasis = ""
  /// Where the year comes from, for times that state none; else empty.
  public var yearBasis = ""
  /// Files that go on where this one is cut off: what follows counts on over them.
  public var goesOnIn: [String] = []
  /// The file that holds all that this one does, which was therefore not read.
  public var copyOf: String?
  /// Physical lines.
  public var lines: Int64 = 0
  /// Records: lines, or what stands over several lines in quotes.
  public var records: Int64 = 0
  /// Rows that came of it.
  public var events: Int64 = 0
  /// Records that could not be decoded, and the first few of them.
  public var rejected: Int64 = 0
  public var rejections: [Rejection] = []
  /// The last record, where the file ends within it.
  var cut: Rejection?
  /// Times the clock went back by more than a second from one event to the next, in file order.
  public var backwardSteps: Int64 = 0
  /// Lines of evidence that were no longer what was read at first; not counted of plain files.
  public var changedEvidence: Int64 = 0
  /// Why the file could not be read, whole or in part.
  public var error: String?

  init(path: String) { self.path = path }

  /// Says of a file that it was not read, or in part.
  ///
  /// One of which nothing came, and half of whose lines or more were rejected, was not read: to take
  /// it for a quiet log would be to pass it over in silence. One of which more than one
  /// record in a hundred was rejected was read in part, and so was one that ends within a record: what came
  /// after that is not there.
  mutating func judgeUnreadable() {
    guard error == nil, rejected > 0 else { return }
    let why = rejections.first.map { " (line \($0.line): \($0.error.text))" } ?? ""
    if events == 0, rejected >= lines - rejected {
      error =
        "no event in \(NumberText.counted(Int64(lines), "line")), \(rejected) of them rejected as \(format)\(why); declare its"
        + " format and fields in the estate file, or leave it out"
    } else if rejected > records / 100 {
      error =
        "read in part: \(rejected) of \(NumberText.counted(Int64(records), "record")) rejected as \(format)\(why); declare its"
        + " format and fields in the estate file, or mend it"
    } else if let cut {
      error =
        "cut off: it ends within its last record (line \(cut.line), offset \(cut.offset):"
        + " \(cut.error.text)); give the whole file, or what goes on where it ends"
    }
  }
}

/// A scan that could not go on: not the fault of one input.
public struct ScanError: Error, Sendable {
  public var message: String
}
