import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Testing

@testable import Pipeline

/// Planted customers declared by id are met as the hashes that rows hold.
struct CanaryTests {
  private static let yaml = """
    sources:
      - name: app
        paths: app.jsonl
        format: jsonl
        fields: {time: at, account: user, operation: {const: read}, records: n, subject: customer, owner: whose}
    accounts: [{name: aoki, role: admin}]
    canaries: [900001, C-77]
    privacy: {key: 000102030405060708090a0b0c0d0e0f}
    """

  private func incidents(customer: String) async throws -> [Incident] {
    let work = try Workplace()
    let estate = try EstateFile.load(
      yaml: Self.yaml,
      file: work.path + "/ometsuke.yml",
      folder: work.path
    )
    .estate
    try work.write(
      "app.jsonl",
      [
        #"{"at":"2024-04-01T10:00:00Z","user":"aoki","n":1,"customer":"C-1","whose":"Kita"}"#,
        #"{"at":"2024-04-01T10:01:00Z","user":"aoki","n":1,"customer":\#(customer),"whose":"Kita"}"#,
      ]
    )
    let scan = BatchScan(estate: estate, options: ScanOptions(paths: [work.path]))
    var engine = DetectionEngine(
      estate: BatchScan.hashingCanaries(of: estate),
      sources: scan.sources,
      detectors: nil
    )
    return Array(try await scan.run(&engine).incidents)
  }

  @Test(arguments: [#""C-77""#, "900001", #""900001""#])
  func `a planted customer is met by its id`(customer: String) async throws {
    let incident = try #require(try await incidents(customer: customer).first)
    #expect(incident.findings.map(\.detector) == ["canary-record"])
    #expect(incident.records == .exactly(1))
  }

  @Test(arguments: [#""C-78""#, "900002"])
  func `another customer is not`(customer: String) async throws {
    #expect(try await incidents(customer: customer).isEmpty)
  }

  @Test func `no id is left in the estate that judges`() throws {
    let estate = try EstateFile.load(yaml: Self.yaml, file: "ometsuke.yml", folder: "").estate
    #expect(estate.canaries == ["900001", "C-77"])
    let hashed = BatchScan.hashingCanaries(of: estate)
    #expect(hashed.canaries.isEmpty)
    #expect(hashed.canaryHashes.count == 2)
  }
}
