import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Logs whose times state no year, met in the middle of a line.
struct YearlessNightTests {
  private static let log =
    "Apr  8 09:00:01 crm01 sshd[811]: Accepted publickey for mori from 192.0.2.7 port 50022 ssh2\n"
    + "Apr  8 09:10:01 crm01 sshd[812]: Accepted publickey for aoki from 192.0.2.8 port 50023 ssh2\n"

  private func lines(_ result: ScanResult) -> String {
    JSONLinesReport(options: ReportOptions()).render(
      ScanReport(incidents: result.incidents, coverage: result.coverage, program: "test")
    )
  }

  @Test(arguments: [1, 5, 16, 60])
  func `have the declared year, however little of the first line a night saw`(
    cut: Int
  ) async throws {
    let work = try Workplace()
    let path = work.path + "/hosts.log"
    let estate = try EstateFile.load(
      yaml: "sources:\n  - {name: hosts, paths: \(path), format: syslog-rfc3164, year: 2021}\n",
      file: "ometsuke.yml",
      folder: work.path
    ).estate
    let bytes = Array(Self.log.utf8)
    var now: Int64 = 1_617_883_200_000_000_000
    var found = ""
    for length in [cut, bytes.count] {
      try Data(bytes.prefix(length)).write(to: URL(fileURLWithPath: path))
      var scan = ScanOptions(paths: [path], threads: 1)
      scan.excludedPaths = []
      let options = NightlyOptions(
        scan: scan,
        now: Timestamp(nanoseconds: now),
        program: "test",
        estateDigest: [],
        author: "test"
      )
      let store = try Store(path: work.path + "/store", .night)
      let outcome = try await NightlyRun(estate: estate, options: options).run(in: store) {
        JSONLinesReport.line(of: $0)
      }
      found = lines(outcome.result)
      now += 24 * 3_600_000_000_000
    }
    #expect(found.contains("2021-04-08T09:00:01Z"))
    #expect(!found.contains("2000-04-08"))
  }
}
