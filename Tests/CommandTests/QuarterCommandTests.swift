import Foundation
import Testing

/// `ometsuke report quarterly` over a store of few nights: what waits, and what nobody read.
@Suite struct QuarterCommandTests {
  private static let estate = """
    sources:
      - name: app
        paths: [app.jsonl]
        format: jsonl
        fields: {time: t, account: u, operation: op, owner: w, records: n}
    owners:
      - {name: Aoi Gas, delivered: 90000}
    policy: {time-zone: Asia/Tokyo}
    """

  /// Look-ups of the first quarter and a taking at its end, read on the second day of the next.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      var lines = (1...31).map { day in
        "{\"t\":\"2024-03-\(day < 10 ? "0" : "")\(day)T10:00:00+09:00\",\"u\":\"op1\",\"op\":\"read\","
          + "\"w\":\"Aoi Gas\",\"n\":1}"
      }
      lines.insert(
        "{\"t\":\"2024-03-20T11:00:00+09:00\",\"u\":\"adm\",\"op\":\"export\",\"w\":\"Aoi Gas\",\"n\":60000}",
        at: 20
      )
      for (name, text) in [
        ("ometsuke.yml", QuarterCommandTests.estate),
        ("app.jsonl", lines.joined(separator: "\n") + "\n"),
      ] { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }
      let night = try Run(
        ["nightly", "--now", "2024-04-02T02:00:00Z", "--fail-on", "never"],
        in: path
      )
      #expect(night.status == 0, "\(night.errors)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func quarter(_ name: String, _ now: String) throws -> String {
      let run = try Run(
        [
          "report", "quarterly", name, "--lang", "en", "--format", "markdown", "--now", now,
        ],
        in: path
      )
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      return run.output
    }
  }

  @Test
  func `an incident waits in every quarter until somebody decides, and none is 0 that nobody read`()
    throws
  {
    let place = try Place()
    let second = try place.quarter("2024-Q2", "2024-07-02T00:00:00Z")
    #expect(second.contains("**Oldest that waits**: "))
    let oldest = second.split(separator: "\n").first { $0.contains("**Oldest that waits**") } ?? ""
    #expect(oldest.contains("2024-04-02 11:00:00 / 89 d"), "\(oldest)")
    let third = try place.quarter("2024-Q3", "2024-10-02T00:00:00Z")
    let waiting = third.split(separator: "\n").first { $0.contains("**Waiting**") } ?? ""
    #expect(waiting.contains("**Waiting**: 1 "), "\(waiting)")
    for (name, now) in [("2024-Q4", "2025-01-02T00:00:00Z"), ("2025-Q1", "2025-04-02T00:00:00Z")] {
      let report = try place.quarter(name, now)
      let handled = report.split(separator: "\n").first { $0.hasPrefix("| Records handled") } ?? ""
      #expect(handled.hasPrefix("| Records handled | unknown | unknown |"), "\(name): \(handled)")
      let count = report.split(separator: "\n").first { $0.hasPrefix("- **Incidents**") } ?? ""
      #expect(
        count == "- **Incidents**: unknown (the quarter before: unknown)",
        "\(name): \(count)"
      )
    }
  }
}
