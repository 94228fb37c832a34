import EventModel
import Foundation
import Testing

@testable import Reporting

/// When something was, in the zone in which a reader lives, and how much of a period is covered.
struct PeriodAndZoneTests {
  private func page(
    _ change: (inout ScanReport, inout Incident) -> Void,
    zone: String? = nil
  ) -> String {
    var report = ReportSamples.report()
    var incident = report.incidents[0]
    change(&report, &incident)
    report.incidents = IncidentList([incident])
    var options = ReportOptions()
    options.language = .english
    options.zone = ReportZone(named: zone)
    return TextReport(options: options).render(report)
  }

  @Test func `times and days are those of the declared zone, which is named once`() {
    let evening = Timestamp(seconds: 1_712_590_200)
    let text = page(
      { _, incident in
        (incident.first, incident.last) = (evening, evening)
        incident.owners[0].first = evening
        incident.owners[0].last = evening
        incident.findings[0].time = evening
        incident.findings[0].peak = evening
      },
      zone: "Asia/Tokyo"
    )
    #expect(text.contains("When: 2024-04-09 00:30:00 – 2024-04-09 00:30:00"))
    #expect(text.contains("2024-04-09 2024-04-09\n"))
    #expect(!text.contains("2024-04-08") && !text.contains("Z –"))
    #expect(text.components(separatedBy: "Times in Asia/Tokyo (UTC+9).").count == 2)
    let utc = page({ _, incident in incident.first = evening })
    #expect(utc.contains("When: 2024-04-08T15:30:00Z"))
    #expect(!utc.contains("Times in"))
  }

  @Test func `summer time says its own offset`() {
    let zone = ReportZone(named: "+05:30")
    #expect(zone.title == "+05:30 (UTC+5:30)")
    #expect(zone.text(Timestamp(seconds: 1_712_590_200)) == "2024-04-08 21:00:00")
    let berlin = ReportZone(named: "Europe/Berlin")
    // Without the system's zone files there is no such zone.
    guard berlin.title != nil else { return }
    #expect(berlin.text(Timestamp(seconds: 1_712_590_200)) == "2024-04-08 17:30:00+02:00")
    #expect(berlin.text(Timestamp(seconds: 1_704_067_200)) == "2024-01-01 01:00:00")
  }

  @Test func `days of the period asked for without a line are not covered`() {
    var coverage = ReportSamples.coverage()
    let first = coverage.sources[0].days[0].day
    #expect(CoverageShare(coverage).percent == 50)
    coverage.period = Coverage.Period(first: first - 10, last: first + 9)
    #expect(CoverageShare(coverage).percent == 10)
    #expect(CoverageShare(coverage.sources[0], of: coverage.period).beyond == 16)
    coverage.period = Coverage.Period(first: nil, last: first + 7)
    #expect(CoverageShare(coverage).percent == 25)
    let text = page({ report, _ in
      report.coverage.period = Coverage.Period(first: first - 10, last: first + 9)
    })
    #expect(
      text.contains("Coverage: 10 % of source-days, of the days asked for 2026-03-22 – 2026-04-10")
    )
    #expect(text.contains("days covered 10 %"))
    #expect(text.contains("before a source's first line or after its last: 16"))
  }

  @Test func `says how many events and findings are not shown`() {
    let text = page({ _, incident in
      var finding = incident.findings[0]
      finding.events = 28
      finding.evidence = Array(repeating: finding.evidence[0], count: 8)
      incident.findings = (0..<30).map { index in
        var other = finding
        other.id = "id\((index * 7) % 30)"
        other.time = Timestamp(seconds: 1_775_044_800 + Int64(index) * 86_400)
        other.peak = other.time
        other.value = .exactly(index == 20 ? 9_000 : 7_000)
        return other
      }
    })
    #expect(text.components(separatedBy: "8 of 28 lines shown, the largest").count == 4)
    let shown = text.split(separator: "\n").filter { $0.contains("• high") }
    #expect(shown.count == 3)
    #expect(shown.first?.contains("2026-04-21T12:00:00Z") ?? false)
    #expect(shown.dropFirst().first?.contains("2026-04-01T12:00:00Z") ?? false)
    #expect(shown.last?.contains("2026-04-02T12:00:00Z") ?? false)
    #expect(text.contains("27 more, 2026-04-03 – 2026-04-30, the largest 7,000 records"))
  }

  @Test func `a finding that grew says what raised it`() {
    let report = { (report: inout ScanReport, incident: inout Incident) in
      incident.findings[0].peak = ReportSamples.noon.adding(days: 2)
      incident.findings[0].raised = Finding.Raised(
        window: "10m",
        value: .exactly(3_000),
        limit: 2_000
      )
    }
    let text = page(report).replacing("\n", with: " ")
    #expect(text.contains("first raised 2026-04-01T12:00:00Z (10m: 3,000 records"))
    #expect(text.contains("this value on"))
    var sample = ReportSamples.report()
    var incident = sample.incidents[0]
    report(&sample, &incident)
    sample.incidents = IncidentList([incident])
    for type in [JSONLinesReport.self, OCSFReport.self] as [any Reporter.Type] {
      let json = type.init(options: ReportOptions()).render(sample)
      #expect(
        json.contains(
          #""raised":{"time":"2026-04-01T12:00:00Z","window":"10m","value":{"low":3000"#
        )
      )
      #expect(json.contains(#""peak":"2026-04-03T12:00:00Z""#))
    }
  }

  @Test func `late instructions are listed with who asked, approved and read`() {
    let change = { (report: inout ScanReport) in
      var item = Coverage.ExplainedItem(
        instruction: "T-9",
        kind: .ticket,
        isLate: true,
        first: ReportSamples.noon,
        last: ReportSamples.noon
      )
      (item.requesters, item.approvers) = (["Centre"], ["Mori Rei"])
      (item.reads, item.records, item.accounts) = (1, .exactly(5_000), ["aoki"])
      report.coverage.explainedReads.items = [item]
      item.isLate = false
      for index in 0..<300 {
        item.instruction = "T-\(100 + index)"
        report.coverage.explainedReads.items.append(item)
      }
      report.coverage.explainedReads.others = 7
    }
    let text = page({ report, _ in change(&report) }).split { $0 == "\n" || $0 == " " }
      .joined(separator: " ")
    #expect(
      text.contains(
        "T-9 (late, requested by Centre, approved by Mori Rei): reads 1, 5,000 records, accounts aoki"
      )
    )
    #expect(text.contains("T-109: reads 1") && !text.contains("T-110"))
    #expect(text.contains("290+ more: 297 reads, 0 of them approved late"))
    var sample = ReportSamples.report()
    change(&sample)
    let json = JSONLinesReport(options: ReportOptions()).render(sample)
    #expect(
      json.contains(
        #"{"instruction":"T-9","kind":"ticket","late":true,"requested_by":["Centre"],"approved_by":["Mori Rei"]"#
      )
    )
    #expect(json.contains(#""explained_others":{"instructions":44,"reads":51,"late":0}"#))
  }
}

extension Timestamp {
  fileprivate func adding(days: Int64) -> Timestamp {
    Timestamp(nanoseconds: nanoseconds + days * Self.nanosecondsPerDay)
  }
}
