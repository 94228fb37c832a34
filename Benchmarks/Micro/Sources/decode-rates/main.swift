internal import BenchmarkInputs
internal import EventModel
internal import Glibc
internal import Ingest

// decode-rates [--size MB] [--runs N] [--write FOLDER] [NAME…]
// decode-rates --digest FILE…
//
// How many bytes of each format of the registry (or of those named) a second of CPU decodes, on one thread.
//
// A log is made from the records of the format's fixtures that are accepted, 16 MB of them: what stands
// once in a log (headers) stands once, times move on over one day, and addresses, names of accounts,
// numbers of three digits or more and identifiers in hexadecimal are drawn anew, with a fixed seed, in
// each round of the records (`LogPattern`), where the record stays of its kind. Fixtures with headers
// of their own are logs of their own. No record of it is rejected; else the program says so and ends with status 1.
//
// The log is read into chunks as a scan does, then decoded with a batch that knows no name yet. The processor's
// time of the thread counts; of the runs the fastest is told. Formats declared by templates are measured beside
// the built-in ones on the same log.
//
// `--digest`: what is made of each file, by the format that claims it, as a number; of a fixture by its own
// format. Two versions that print the same made the same of every record.

/// What the command line asks for.
struct Settings: Sendable {
  /// Megabytes of a format's log.
  var size = 16
  var runs = 5
  /// Where the logs are put as well.
  var folder: String?
  var formats: Set<String> = []
  /// Files of which a digest is asked.
  var files: [String] = []

  init(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "--size": size = words.popFirst().flatMap { Int($0) } ?? size
      case "--runs": runs = words.popFirst().flatMap { Int($0) } ?? runs
      case "--write": folder = words.popFirst()
      case "--digest":
        files = Array(words)
        words = []
      default: formats.insert(word)
      }
    }
  }
}

let settings = Settings(Array(CommandLine.arguments.dropFirst()))
let scratch = "/tmp/decode-rates.\(getpid())"

func stop(_ message: String) -> Never {
  let line = Array("decode-rates: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(2)
}

func save(_ bytes: [UInt8], _ path: String) {
  guard let file = fopen(path, "w") else { stop("cannot write \(path)") }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

/// The chunks of a file of these bytes, cut into records as a scan does.
func logChunks(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> [ByteChunk] {
  save(bytes, scratch)
  defer { unlink(scratch) }
  return logChunks(format, path: scratch)
}

func logChunks(_ format: any LogFormat.Type, path: String) -> [ByteChunk] {
  do {
    var result: [ByteChunk] = []
    let reader = try ChunkReader(path: path, encoding: nil)
    reader.setFraming(format.framing)
    while let chunk = try reader.next() { result.append(chunk) }
    return result
  } catch {
    stop("\(format.name): \(error)")
  }
}

func opened(_ format: any LogFormat.Type, _ head: [UInt8]) -> any LogFormat {
  format.init(
    options: DecodeOptions(
      declaration: SourceDeclaration(name: "rates"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    ),
    head: Array(head.prefix(FileHead.size)).span
  )
}

func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A log, ready to be decoded.
struct MadeLog {
  var decoder: any LogFormat
  var chunks: [ByteChunk]

  init(_ format: any LogFormat.Type, _ bytes: [UInt8]) {
    decoder = opened(format, bytes)
    chunks = logChunks(format, bytes)
  }
}

struct Counts {
  var (bytes, rows, rejected, names) = (0, 0, 0, 0)
}

func pass(_ logs: [MadeLog]) -> (seconds: Double, counts: Counts) {
  var counts = Counts()
  let start = processorTime()
  for log in logs {
    var batch = EventBatch()
    for chunk in log.chunks {
      batch.removeAll()
      log.decoder.decode(chunk, into: &batch)
      counts.bytes += chunk.count
      counts.rows += batch.rows.count
      counts.rejected += batch.rejectedCount
    }
    counts.names += batch.names.count
  }
  return (processorTime() - start, counts)
}

/// The counts of a pass and the seconds of the fastest.
func fastest(_ logs: [MadeLog]) -> (seconds: Double, counts: Counts) {
  var best = pass(logs)
  for _ in 1..<max(2, settings.runs) { best.seconds = min(best.seconds, pass(logs).seconds) }
  return best
}

func tell(_ name: String, _ logs: [MadeLog], _ templates: [RecordTemplate]) -> Bool {
  let (seconds, counts) = fastest(logs)
  let rate = Int(Double(counts.bytes) / seconds / 1e6)
  let each = Int(seconds / Double(max(1, counts.rows)) * 1e9)
  let slots = templates.reduce(0) { $0 + $1.slots.count }
  print(
    "\(name)\t\(rate)\t\(each)\t\(counts.bytes / max(1, counts.rows))\t\(counts.names)\t"
      + "\(templates.count)\t\(slots)\t\(counts.rejected)"
  )
  fflush(nil)
  return counts.rejected == 0
}

func size(of part: Int) -> Int { settings.size * 1_000_000 / part }

/// Whether nothing was rejected.
func measure(_ format: any LogFormat.Type) -> Bool {
  let patterns = LogPattern.all(of: format)
  guard !patterns.isEmpty else {
    print("\(format.name)\tno fixture")
    return false
  }
  var logs: [MadeLog] = []
  for (index, pattern) in patterns.enumerated() {
    let bytes = pattern.log(size: size(of: patterns.count), seed: UInt64(index + 1))
    if let folder = settings.folder { save(bytes, "\(folder)/\(format.name)-\(index).log") }
    logs.append(MadeLog(format, bytes))
  }
  return tell(format.name, logs, patterns.flatMap(\.templates))
}

/// Both on a log of the records that both read; whether there is one.
func measure(_ twin: DeclaredTwin) -> Bool {
  let decoder = twin.decoder
  var pattern = LogPattern()
  for template in LogPattern.all(of: twin.builtIn).flatMap(\.templates) {
    var batch = EventBatch()
    decoder.decode(ByteChunk(template.bytes), into: &batch)
    if batch.rejectedCount == 0 { pattern.templates.append(template) }
  }
  guard !pattern.templates.isEmpty else {
    print("\(twin.format.name)\tno record")
    return false
  }
  let builtIn = MadeLog(twin.builtIn, pattern.log(size: size(of: 1), seed: 1))
  var declared = builtIn
  declared.decoder = decoder
  let isRead = tell("\(twin.builtIn.name), the same log", [builtIn], pattern.templates)
  return tell(twin.format.name, [declared], pattern.templates) && isRead
}

for path in settings.files {
  let folders = path.split(separator: "/").suffix(3)
  let format = path.contains("/Fixtures/") ? folders.first : nil
  printDigest(of: path, as: format.flatMap { FormatRegistry.format(named: String($0)) })
}
if !settings.files.isEmpty { exit(0) }
print("format\tMB/s\tns/event\tbytes/event\tnames\trecords\tvarying\trejected")
var isClean = true
for format in FormatRegistry.all
where settings.formats.isEmpty || settings.formats.contains(format.name) {
  if !measure(format) { isClean = false }
}
for twin in try DeclaredTwin.all()
where settings.formats.isEmpty || settings.formats.contains(twin.format.name) {
  if !measure(twin) { isClean = false }
}
exit(isClean ? 0 : 1)
