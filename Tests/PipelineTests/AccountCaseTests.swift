import Detection
import Estate
import EventModel
import Foundation
import Testing

@testable import Pipeline

/// One account in two spellings: for a directory and SQL Server, not for UNIX and PostgreSQL.
@Suite struct `Accounts in capitals and small letters` {
  private static let names = ["Admin1", "ADMIN1", "admin1"]

  private func sqlServer(_ name: String, _ minute: Int) -> String {
    "{\"time\":\"2026-04-01T00:12:35Z\",\"category\":\"SQLSecurityAuditEvents\","
      + "\"operationName\":\"AuditEvent\",\"properties\":{\"event_time\":\"2026-04-01T00:1\(minute):34.157Z\","
      + "\"server_principal_name\":\"\(name)\",\"client_ip\":\"192.0.2.7\",\"application_name\":\"SSMS\","
      + "\"database_name\":\"crm\",\"succeeded\":\"true\",\"action_name\":\"BATCH COMPLETED\","
      + "\"statement\":\"select * from dbo.clients\",\"response_rows\":2000}}"
  }

  private func application(_ name: String, _ minute: Int) -> String {
    "{\"time\":\"2026-04-01T00:1\(minute):34Z\",\"user\":\"\(name)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"object\":\"crm.clients\",\"rows\":2000}"
  }

  private func accounts(_ lines: [String], _ declared: String? = nil) async throws -> [[String]] {
    let work = try Workplace()
    try work.write("app.log", lines)
    let yaml =
      declared.map { "sources: [{name: app, paths: \(work.path)/app.log, account-case: \($0)}]\n" }
      ?? ""
    let loaded = try EstateFile.load(yaml: yaml, file: "o.yml", folder: work.path)
    #expect(loaded.diagnostics.isEmpty)
    var engine = DetectionEngine(estate: loaded.estate, sources: [], detectors: ["bulk-export"])
    let options = ScanOptions(paths: [work.path + "/app.log"], threads: 1)
    let result = try await BatchScan(estate: loaded.estate, options: options).run(&engine)
    // Of two thousand records each, three make more than the 5,000 of an hour.
    return result.incidents.filter { $0.records.high == 6_000 }.map(\.accounts)
  }

  @Test func `are one where the source takes them for one`() async throws {
    let lines = Self.names.enumerated().map { sqlServer($1, $0) }
    #expect(try await accounts(lines) == [["admin1"]])
    #expect(try await accounts(lines, "kept").isEmpty)
  }

  @Test func `are several where nobody says that they are one`() async throws {
    let lines = Self.names.enumerated().map { application($1, $0) }
    #expect(try await accounts(lines).isEmpty)
    #expect(try await accounts(lines, "kept").isEmpty)
    #expect(try await accounts(lines, "ignored") == [["admin1"]])
  }
}

/// Operations that a declared field map gives no meaning.
@Suite struct `Operations without a meaning` {
  @Test func `are told by check, of sources whose fields read operations`() async throws {
    let work = try Workplace()
    try work.write(
      "app.log",
      ["peek", "peek", "lift"].map {
        "{\"time\":\"2026-04-01T00:12:34Z\",\"user\":\"a\",\"act\":\"\($0)\",\"object\":\"crm.clients\",\"rows\":2}"
      }
    )
    let yaml = """
      sources:
        - name: app
          path: \(work.path)/app.log
          format: jsonl
          fields: {time: time, account: user, operation: {field: act, values: {lift: export}}, object: object, records: rows}
      """
    let loaded = try EstateFile.load(yaml: yaml, file: "o.yml", folder: work.path)
    var survey = Survey()
    let options = ScanOptions(paths: [work.path + "/app.log"], threads: 1)
    _ = try await BatchScan(estate: loaded.estate, options: options).run(&survey)
    let told = survey.operationWarnings(of: loaded)
    #expect(told.count == 1 && told.first?.line == 2, "\(told)")
    #expect(told.first?.message.contains("no meaning: \"peek\"; write") ?? false, "\(told)")
  }
}
