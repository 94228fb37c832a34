import Foundation
import Testing

/// `ometsuke report incident --scan` tells what the results of a scan state, and of the rest that it is unknown.
@Suite struct ScanReportTests {
  private static let estate = """
    sources:
      - name: app
        paths: [app.jsonl]
        format: jsonl
        fields: {time: t, account: u, operation: op, owner: w, records: n, ticket: k}
    owners:
      - {name: Aoi Gas, delivered: 90000}
    organisations:
      - {name: Mirai, kind: contractor, works-for: [Aoi Gas]}
      - {name: Hinode, kind: provider, works-for: [Mirai]}
    accounts:
      - {pattern: adm, role: admin, organisation: Hinode}
    authorisations:
      tickets:
        - file: tickets.csv
          fields: {id: id, requested-by: requested_by, executor: executor, owner: owner, most-records: most, opened: opened, closed: closed}
    """

  private static let tickets = """
    id,requested_by,executor,owner,most,opened,closed
    T-1,Mirai,adm,Aoi Gas,2000,2024-05-08T00:00:00Z,2024-05-09T00:00:00Z
    """

  @Test(arguments: ["ja", "en"])
  func `an instruction under which much was read is not said to have seen nothing`(
    language: String
  ) throws {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let line =
      "{\"t\":\"2024-05-08T02:05:33Z\",\"u\":\"adm\",\"op\":\"export\",\"w\":\"Aoi Gas\",\"n\":30000,\"k\":\"T-1\"}\n"
    for (name, text) in [
      ("ometsuke.yml", Self.estate), ("tickets.csv", Self.tickets + "\n"), ("app.jsonl", line),
    ] { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }
    let scan = try Run(["scan", "--format", "jsonl", "-o", "scan.jsonl", "app.jsonl"], in: path)
    #expect(scan.status == 1, "\(scan.errors)")
    func row() throws -> Substring {
      let report = try Run(
        ["report", "incident", "--scan", "scan.jsonl", "--lang", language, "--format", "markdown"],
        in: path
      )
      #expect(report.status == 0, "\(report.errors)")
      return report.output.split(separator: "\n").first { $0.hasPrefix("| T-1 |") } ?? ""
    }
    let told =
      language == "ja"
      ? "| 指示の範囲内:2,000、指示の範囲超過(一回の読出し):30,000 |"
      : "| within the instruction: 2,000; beyond the instruction, in one read: 30,000 |"
    let filled = try row()
    #expect(filled.hasSuffix(told), "\(filled)")
    // Results of earlier versions say it in a sentence alone; without the list nobody knows what was covered.
    let file = URL(fileURLWithPath: path + "/scan.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8)
    let older = lines.replacingOccurrences(of: "\"instruction\":{\"id\"", with: "\"x\":{\"id\"")
      .replacingOccurrences(of: "\"explained_items\"", with: "\"y\"")
    #expect(older != lines)
    try older.write(to: file, atomically: true, encoding: .utf8)
    let unknown = try row()
    #expect(unknown.hasSuffix(language == "ja" ? "| 不明 |" : "| unknown |"), "\(unknown)")
  }
}
