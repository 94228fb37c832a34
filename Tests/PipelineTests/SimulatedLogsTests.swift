import Estate
import EventModel
import Foundation
import Ingest
import Simulation
import Testing

@testable import Pipeline

/// Logs written by one part of the program and read by another: neither knows the other's code.
@Suite struct `Simulated logs` {
  private func simulate(
    _ work: Workplace,
    _ name: String,
    attacks: [String]?,
    compression: DayCompression = .none
  ) throws -> String {
    let path = work.path + "/" + name
    var options = SimulationOptions(
      folder: path,
      seed: 11,
      firstDay: CivilCalendar.dayNumber(year: 2023, month: 12, day: 18),
      days: 24
    )
    options.accounts = 20
    options.attacks = attacks
    options.compression = compression
    _ = try Simulation.run(options)
    return path
  }

  /// Reads everything but the raw audit log, by the estate that lies beside.
  private func read(_ path: String) async throws -> Recorder {
    let loaded = try EstateFile.load(path: path + "/ometsuke.yml")
    #expect(!loaded.diagnostics.contains { $0.severity == .error })
    let folders = ["app", "postgresql", "web", "cti", "syslog", "flows"]
    let options = ScanOptions(paths: folders.map { path + "/logs/" + $0 }, threads: 2)
    var recorder = Recorder()
    let scan = BatchScan(estate: loaded.estate, options: options)
    _ = try await scan.run(&recorder)
    return recorder
  }

  @Test func `are read back without a rejected line, over a New Year and compressed`() async throws
  {
    let work = try Workplace()
    let plain = try await read(simulate(work, "plain", attacks: nil))
    let coverage = try #require(plain.coverage)
    #expect(coverage.unreadable.isEmpty)
    #expect(coverage.sources.count == 6)
    for source in coverage.sources {
      #expect(source.rejected == 0 && source.undatedLines == 0, "\(source.name)")
      #expect(source.events > 20, "\(source.name)")
      #expect((source.backwardSteps ?? 0) == 0, "\(source.name)")
      #expect(source.silentDays.isEmpty, "\(source.name)")
    }
    for compression in [DayCompression.gz, .zst] {
      let packed = try await read(
        simulate(work, compression.rawValue, attacks: nil, compression: compression)
      )
      #expect(packed.rows == plain.rows)
    }
  }

  /// With and without the attacks: what there is more in the logs is what the truth says they state.
  @Test func `state what the truth says they state`() async throws {
    // A7 and A18 add rightful reads of their own, too.
    let attacks = (1...20).filter { $0 != 7 && $0 != 18 }.map { "A\($0)" }
    let work = try Workplace()
    let busy = try simulate(work, "busy", attacks: attacks)
    let before = sums(try await read(simulate(work, "quiet", attacks: [])))
    let after = sums(try await read(busy))
    var stated: [String: Int64] = [:]
    let truth = try Data(contentsOf: URL(fileURLWithPath: busy + "/truth.jsonl"))
    for line in truth.split(separator: 0x0A) {
      let entry = try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
      guard entry["kind"] as? String == "taking", let number = entry["stated"] as? Int else {
        continue
      }
      stated[try #require(entry["account"] as? String), default: 0] += Int64(number)
    }
    #expect(stated.count > 8)
    for (account, number) in stated {
      let more = after[account, default: 0] - before[account, default: 0]
      #expect(more == number, "\(account)")
    }
  }

  /// Records stated by account.
  private func sums(_ recorder: Recorder) -> [String: Int64] {
    var result: [String: Int64] = [:]
    for row in recorder.rows { result[row.account, default: 0] += row.records }
    return result
  }
}
