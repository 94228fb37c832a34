import Estate
import EventModel
import Foundation
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `Records that could not be read` {
  private func line(_ day: Int, _ minute: Int) -> String {
    "{\"time\":\"2024-04-0\(day)T09:\(minute < 10 ? "0" : "")\(minute):00Z\",\"user\":\"user1\",\"ip\":\"192.0.2.7\","
      + "\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":1}"
  }

  /// Five days of 40 records; on the third 20 more that nobody can read, 3 of them at its end.
  private var lines: [String] {
    (1...5).flatMap { day -> [String] in
      let good = (0..<40).map { line(day, $0) }
      guard day == 3 else { return good }
      return good.prefix(20) + (0..<17).map { "{\"torn \($0)" } + good.suffix(20)
        + (0..<3).map { "{\"torn \($0)" }
    }
  }

  private func days(
    _ lines: [String],
    files: Int = 1,
    nights: Int = 1
  ) async throws -> [Int64] {
    let work = try Workplace()
    let store = try Store(path: work.path + "/store", .night)
    for night in 1...nights {
      let part = lines.prefix(lines.count * night / nights)
      for file in 0..<files {
        let own = part[(part.count * file / files)..<(part.count * (file + 1) / files)]
        try work.write("logs/app-\(file).jsonl", Array(own))
      }
      _ = try await work.night(Int64(night + 5), in: store)
    }
    let study = try CoverageStudy(store, DeclaredEstate())
    let period = try #require(try study.period(from: nil, until: nil))
    let account = try study.account(period)
    let source = try #require(account.sources.first)
    #expect(source.rejected == Int64(lines.count { $0.contains("torn") }))
    #expect(source.rejectedOfNoDay == 0)
    let report = CoverageReport(account, program: "test").lines()
    #expect(report.contains("\"rejected_of_no_day\":0"))
    return source.days.map(\.rejected.records)
  }

  @Test func `count to their day, however the log is cut`() async throws {
    let whole = try await days(lines)
    #expect(whole == [0, 0, 20, 0, 0])
    for files in [2, 3, 7] { #expect(try await days(lines, files: files) == whole, "\(files)") }
    for nights in [2, 3] { #expect(try await days(lines, nights: nights) == whole, "\(nights)") }
  }

  @Test func `at the beginning of a log count to the day of what follows`() async throws {
    #expect(try await days((0..<4).map { "{\"torn \($0)" } + lines) == [4, 0, 20, 0, 0])
  }

  @Test func `lessen their day and no other`() async throws {
    var day = CoverageAccount.Day(day: 1, state: .seen)
    (day.lines, day.events) = (40, 40)
    #expect(day.weight == 1_000_000)
    day.rejected = RejectedCount(records: 10, undated: 10)
    #expect(day.weight == 800_000)
    // Those that told their time are among the lines.
    day.rejected = RejectedCount(records: 10, undated: 0)
    #expect(day.weight == 750_000)
    var source = CoverageAccount.Source(name: "app", format: "jsonl")
    (source.lines, source.rejected, source.rejectedOfDays) = (100, 10, 10)
    #expect(source.readable == 1_000_000)
    source.rejectedOfDays = 0
    #expect(source.readable == 900_000)
  }
}
