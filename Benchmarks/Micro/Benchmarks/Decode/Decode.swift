import Benchmark
internal import BenchmarkInputs
internal import EventModel
internal import Ingest

// Every format of the registry: one chunk of about 1 MB, decoded again and again on one thread.
// `full`, `web` and `csvlog` are generated; `fixture` repeats the first case of the format's tests.

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .instructions],
    warmupIterations: 3,
    maxDuration: .seconds(2)
  )
  for format in FormatRegistry.all {
    measure(format, "fixture", BenchmarkInputs.fixtures(of: format.name, size: 1 << 20))
  }
  measure(JSONLines.self, "full", head(of: "micro-full.jsonl"), fullMap)
  measure(CombinedAccess.self, "web", head(of: "micro-web.log"))
  measure(CSVLog.self, "csvlog", head(of: "micro-csvlog.csv"))
}

/// The map of `full.yml`.
let fullMap: FieldMap = {
  var map = FieldMap()
  for (column, key) in [
    (FieldMap.Column.time, "ts"), (.account, "user"), (.owner, "owner"), (.records, "rows"),
  ] { map.rules[column] = FieldRule(path: [key]) }
  map.rules[.operation] = FieldRule(path: [])
  map.rules[.operation]?.constant = "read"
  return map
}()

/// The first 1 MB of a generated file, whole lines.
func head(of name: String) -> [UInt8] {
  var bytes = Array(BenchmarkInputs.bytes(BenchmarkInputs.generated(name)).prefix(1 << 20))
  while let last = bytes.last, last != 0x0A { bytes.removeLast() }
  return bytes
}

func measure(
  _ format: any LogFormat.Type,
  _ input: String,
  _ bytes: [UInt8],
  _ fields: FieldMap? = nil
) {
  guard !bytes.isEmpty else { return }
  var declaration = SourceDeclaration(name: "benchmark")
  declaration.fields = fields
  let decoder = format.init(
    options: DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2)),
    head: Array(bytes.prefix(FileHead.size)).span
  )
  var chunk = ByteChunk(bytes)
  if case .csvRecords = format.framing { chunk.recordStarts = starts(of: bytes) }
  let ready = chunk
  Benchmark("decode \(format.name) \(input)") { benchmark in
    var batch = EventBatch()
    decoder.decode(ready, into: &batch)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      batch.removeAll()
      decoder.decode(ready, into: &batch)
    }
    blackHole(batch.rows.count)
  }
}

/// Where records start: after each LF outside double quotes, as `ChunkReader` tells it.
func starts(of bytes: [UInt8]) -> [UInt32] {
  var result: [UInt32] = [0]
  var quoted = false
  for (index, byte) in bytes.enumerated() {
    if byte == 0x22 { quoted.toggle() }
    if byte == 0x0A, !quoted, index + 1 < bytes.count { result.append(UInt32(index + 1)) }
  }
  return result
}
