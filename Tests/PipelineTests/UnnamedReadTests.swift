import Detection
import Estate
import EventModel
import Foundation
import Testing

@testable import Pipeline

/// Logs that name neither an account nor a terminal.
@Suite struct `Reads that name nobody` {
  @Test func `are judged as those of one unknown hand of their source`() async throws {
    let work = try Workplace()
    let lines = (0..<4).map { index in
      "2026-04-01 09:12:3\(index).157 UTC [77] LOG:  AUDIT: SESSION,\(index + 1),1,READ,SELECT,TABLE,crm.clients,"
        + "select * from crm.clients,<none>,800000"
    }
    try work.write("postgresql.log", lines)
    let estate = DeclaredEstate()
    var engine = DetectionEngine(estate: estate, sources: [], detectors: nil)
    let scan = BatchScan(estate: estate, options: ScanOptions(paths: [work.path], threads: 1))
    let result = try await scan.run(&engine)
    let incident = try #require(result.incidents.first)
    #expect(incident.terminals == ["source:postgresql-stderr"])
    #expect(incident.accounts.isEmpty && incident.persons.isEmpty)
    #expect(incident.records.low == 3_200_000)
  }
}
