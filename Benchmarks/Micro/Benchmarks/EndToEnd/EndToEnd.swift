import Benchmark
internal import BenchmarkInputs
internal import Detection
internal import Estate
internal import EventModel
internal import Pipeline

// The whole scan of a generated file, rows to incidents, without start-up and report.

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .instructions, .peakMemoryResident],
    warmupIterations: 1,
    maxDuration: .seconds(3)
  )
  for (kind, file) in [
    ("full", "micro-full.jsonl"), ("full", "micro-full.jsonl.zst"), ("full", "micro-full.jsonl.gz"),
    ("web", "micro-web.log"), ("csvlog", "micro-csvlog.csv"),
  ] {
    let path = BenchmarkInputs.generated(file)
    let config = "\(BenchmarkInputs.root)/Benchmarks/\(kind).yml"
    guard !BenchmarkInputs.bytes(path).isEmpty,
      let estate = try? EstateFile.load(path: config).estate
    else { continue }
    for threads in [1, 2] {
      Benchmark("scan \(file), \(threads) thread\(threads > 1 ? "s" : "")") { benchmark in
        for _ in benchmark.scaledIterations {
          let scan = BatchScan(
            estate: estate,
            options: ScanOptions(paths: [path], threads: threads)
          )
          var engine = DetectionEngine(
            estate: estate,
            sources: scan.sources,
            detectors: ["bulk-export"]
          )
          blackHole(try await scan.run(&engine).incidents.count)
        }
      }
    }
  }
}
