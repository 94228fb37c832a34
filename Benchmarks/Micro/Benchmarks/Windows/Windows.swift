import Benchmark
internal import BenchmarkInputs
internal import Detection
internal import Estate
internal import EventModel

// Counting and judging without any reading: 100,000 events of 1,000 accounts and 64 owners, one
// event a second. `scaledIterations` are events in both.

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .instructions],
    warmupIterations: 1,
    maxDuration: .seconds(3)
  )
  Benchmark("windows HorizonCounters.add, 100,000 events of 1,000 accounts") { benchmark in
    for _ in benchmark.scaledIterations {
      var counters = [HorizonCounters](repeating: .short, count: accounts)
      for row in rows {
        counters[Int(row.account.rawValue) - 1]
          .add(low: row.recordsLow, charge: row.recordsLow, value: row.owner.rawValue, at: row.time)
      }
      blackHole(counters.reduce(0) { $0 + $1.entryCount })
    }
  }
  for chosen in ["bulk-export", nil] as [String?] {
    let name = chosen ?? "every detector"
    Benchmark("windows DetectionEngine.apply, \(name), 100,000 events") { benchmark in
      for _ in benchmark.scaledIterations {
        var engine = DetectionEngine(
          estate: DeclaredEstate(),
          sources: [SourceDeclaration(name: "benchmark")],
          detectors: chosen.map { [$0] }
        )
        engine.apply(rows, names: names)
        blackHole(engine.explained)
      }
    }
  }
}

let accounts = 1_000
let owners = 64

let names: NameTable = {
  var table = NameTable()
  for number in 0..<accounts { _ = table.intern("user\(number)") }
  for number in 0..<owners { _ = table.intern("owner-\(number)") }
  return table
}()

/// The same rows in every run: a linear congruence chooses.
let rows: [EventRow] = {
  var state: UInt64 = 1
  func draw(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
  return (0..<100_000).map { number in
    var row = EventRow(time: 1_775_001_600_000_000_000 + Int64(number) * 1_000_000_000)
    row.account = NameID(rawValue: UInt32(1 + draw(accounts)))
    row.owner = NameID(rawValue: UInt32(1 + accounts + draw(owners)))
    row.operation = .read
    row.volume = .exactly(Int64(1 + draw(10)))
    row.digest = UInt64(number)
    row.line = UInt32(number + 1)
    return row
  }
}()
