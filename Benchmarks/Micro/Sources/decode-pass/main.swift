internal import Estate
internal import EventModel
internal import Glibc
internal import Ingest

// decode-pass ESTATE.yml FILE
//
// Reads and decodes the file as the estate's first source says, as a scan does, on one thread, and
// prints what came of it. Every byte is walked, every row has its time and digest; nothing is judged.

func stop(_ message: String) -> Never {
  let line = Array("decode-pass: \(message)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(2)
}

guard CommandLine.arguments.count == 3 else { stop("usage: decode-pass ESTATE.yml FILE") }
let path = CommandLine.arguments[2]
do {
  let estate = try EstateFile.load(path: CommandLine.arguments[1]).estate
  guard let source = estate.sources.first,
    let format = FormatRegistry.format(of: source)
  else { stop("the estate's first source declares no format") }
  let reader = try ChunkReader(path: path, encoding: nil)
  reader.setFraming(format.framing)
  let options = DecodeOptions(declaration: source, zone: .utc, subjectKey: SubjectKey(1, 2))
  let decoder = format.init(options: options, head: try reader.head().bytes.span)
  var batch = EventBatch()
  var (lines, rows, rejected, records) = (0, 0, 0, 0 as Int64)
  var digests: UInt64 = 0
  while let chunk = try reader.next() {
    batch.removeAll()
    decoder.decode(chunk, into: &batch)
    lines += batch.lineCount
    rows += batch.rows.count
    rejected += batch.rejectedCount
    for row in batch.rows {
      records &+= row.recordsLow
      digests ^= row.digest &+ UInt64(bitPattern: row.time)
    }
  }
  print(
    "\(lines) lines, \(rows) rows, \(rejected) rejected, \(records) records,"
      + " \(batch.names.count - 1) names, digest \(String(digests, radix: 16))"
  )
} catch {
  stop("\(error)")
}
