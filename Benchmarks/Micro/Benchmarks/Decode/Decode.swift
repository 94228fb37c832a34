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
  // The same lines as fields of CSV, and by a template.
  let desk = deskLines(size: 1 << 20)
  measure(DelimitedText.self, "desk", desk.csv, deskMap)
  measure(DeclaredText.self, "desk", desk.text, nil, deskFormat)
  measure(JSONLines.self, "full", head(of: "micro-full.jsonl"), fullMap)
  measure(CombinedAccess.self, "web", head(of: "micro-web.log"))
  measure(CSVLog.self, "csvlog", head(of: "micro-csvlog.csv"))
}

/// What `deskLines` means.
let deskMap: FieldMap = {
  var map = FieldMap()
  for (column, key) in [
    (FieldMap.Column.time, "time"), (.account, "user"), (.terminal, "ip"), (.operation, "verb"),
    (.object, "screen"), (.records, "rows"),
  ] { map.rules[column] = FieldRule(path: [key]) }
  map.rules[.time]?.timeFormat = "%Y-%m-%d %H:%M:%S,%f"
  return map
}()

let deskFormat: DeclaredFormat = {
  var format = DeclaredFormat(name: "desk")
  let line = try? LineTemplate(
    "{time:words2} [{level:word}] user={user:word} ip={ip:word} {verb:word} {screen:quoted} "
      + "rows={rows:number}"
  )
  format.lines = line.map { [$0] } ?? []
  format.fields = deskMap
  return format
}()

/// Made-up lines of an application, and the same as CSV.
func deskLines(size: Int) -> (text: [UInt8], csv: [UInt8]) {
  var text: [UInt8] = []
  var csv = Array("time,level,user,ip,verb,screen,rows\n".utf8)
  var number = 0
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  while text.count < size {
    number += 1
    let minute = two(number / 6000 % 60)
    let clock = "2026-04-01 09:\(minute):\(two(number / 100 % 60)),\(100 + number % 100)"
    let user = "user\(number &* 7919 % 200)"
    let address = "192.0.2.\(number &* 31 % 250)"
    let screen = "members/list/\(number % 20)"
    let rows = "\(number &* 13 % 900)"
    text += Array(
      "\(clock) [INFO] user=\(user) ip=\(address) view \"\(screen)\" rows=\(rows)\n".utf8
    )
    csv += Array("\"\(clock)\",INFO,\(user),\(address),view,\(screen),\(rows)\n".utf8)
  }
  return (text, csv)
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
  _ fields: FieldMap? = nil,
  _ declared: DeclaredFormat? = nil
) {
  guard !bytes.isEmpty else { return }
  var declaration = SourceDeclaration(name: "benchmark")
  declaration.fields = fields
  declaration.declared = declared
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
