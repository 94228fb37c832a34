internal import BenchmarkInputs
internal import EventModel
internal import Glibc
internal import Ingest

// decode-rates [NAME…]
//
// Every format of the registry (or those named): about 1 MB of records, decoded again and again on one
// thread, and how many bytes of them a second of CPU reads. The records are those of the format's
// fixtures that are accepted, one after the other: damaged ones are the tests' business. Of formats whose
// records take several lines the fixtures are taken whole. The processor's time of the thread counts,
// so that whatever else the machine does changes little; of seven runs the fastest is told.

let size = 1 << 20
let runs = 7
let scratch = "/tmp/decode-rates.\(getpid())"

func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func decoder(_ format: any LogFormat.Type, _ head: [UInt8]) -> any LogFormat {
  format.init(
    options: DecodeOptions(
      declaration: SourceDeclaration(name: "rates"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    ),
    head: Array(head.prefix(FileHead.size)).span
  )
}

func decoded(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> EventBatch {
  var batch = EventBatch()
  if !bytes.isEmpty { decoder(format, bytes).decode(chunk(format, bytes), into: &batch) }
  return batch
}

/// The first chunk of a file of these bytes, cut into records as a scan does.
func chunk(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> ByteChunk {
  guard let file = fopen(scratch, "w") else { stop("cannot write \(scratch)") }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
  do {
    let reader = try ChunkReader(path: scratch, encoding: nil)
    reader.setFraming(format.framing)
    guard let chunk = try reader.next() else { stop("no chunk of \(format.name)") }
    return chunk
  } catch {
    stop("\(format.name): \(error)")
  }
}

func stop(_ message: String) -> Never {
  let line = Array("decode-rates: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(2)
}

/// The accepted lines of a fixture; all of it where lines alone mean nothing.
func accepted(_ format: any LogFormat.Type, _ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  for line in bytes.split(separator: 0x0A) {
    let alone = line + [0x0A]
    let batch = decoded(format, Array(alone))
    if batch.rejectedCount == 0, batch.rows.count > 0 { result += alone }
  }
  return decoded(format, result).rows.count < decoded(format, bytes).rows.count ? bytes : result
}

func measure(_ format: any LogFormat.Type) {
  var once: [UInt8] = []
  for fixture in BenchmarkInputs.cases(of: format.name) { once += accepted(format, fixture) }
  guard !once.isEmpty else { return print("\(format.name)\tno fixture") }
  var bytes = once
  while bytes.count + once.count <= size { bytes += once }
  let input = chunk(format, bytes)
  let reader = decoder(format, bytes)
  var batch = EventBatch()
  reader.decode(input, into: &batch)
  let (rows, rejected) = (batch.rows.count, batch.rejectedCount)
  var best = Double.infinity
  for _ in 0..<runs {
    // 20 ms and more, for the clock's sake.
    var (passes, spent) = (0, 0.0)
    let start = processorTime()
    repeat {
      batch.removeAll()
      reader.decode(input, into: &batch)
      passes += 1
      spent = processorTime() - start
    } while spent < 0.02
    best = min(best, spent / Double(passes))
  }
  let rate = Int(Double(input.count) / best / 1e6)
  let each = rows > 0 ? Int(best / Double(rows) * 1e9) : 0
  print("\(format.name)\t\(rate)\t\(each)\t\(input.count / max(1, rows))\t\(rejected)")
}

let chosen = Set(CommandLine.arguments.dropFirst())
print("format\tMB/s\tns/event\tbytes/event\trejected")
for format in FormatRegistry.all where chosen.isEmpty || chosen.contains(format.name) {
  measure(format)
}
unlink(scratch)
