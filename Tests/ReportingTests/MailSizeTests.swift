import EventModel
import Foundation
import Testing

@testable import Reporting

@Suite struct `The mail of a night` {
  private func report(_ count: Int) -> NightReport {
    var night = NightReport(night: "night 1", store: "s", program: "p")
    let incidents = ReportSamples.report().incidents.map { $0 }
    night.fresh = (0..<count).map { number in
      var incident = incidents[number % incidents.count]
      incident.id = "id\(number)x"
      incident.severity = number == count - 1 ? .critical : .medium
      return incident
    }
    night.notices = (0..<count).map { ("log \($0) is gone", "ログ \($0) が見つからない") }
    return night
  }

  @Test(arguments: [ReportOptions.Language.both, .english, .japanese])
  func `has an upper size, the worst in full, and says where the rest is`(
    language: ReportOptions.Language
  ) throws {
    var options = ReportOptions()
    options.language = language
    let mail = report(900).render(options)
    #expect(mail.utf8.count <= NightReport.mostBytes)
    #expect(mail.contains("ometsuke triage list") && mail.contains("ometsuke state export notices"))
    // The gravest comes first, and in full.
    let worst = try #require(mail.range(of: "id899x"))
    let next = try #require(mail.range(of: "id0x"))
    #expect(worst.lowerBound < next.lowerBound)
    // The others are a line each, as far as lines have room, and then a number.
    #expect(mail.contains("id200x"))
    let more = language == .japanese ? "件の事案があります" : "more incidents are not listed here"
    #expect(mail.contains(more))
  }

  @Test func `of few incidents has all of them in full and no such words`() {
    var options = ReportOptions()
    options.language = .english
    let mail = report(2).render(options)
    #expect(!mail.contains("triage list") && !mail.contains("export notices"))
    #expect(mail.contains("log 1 is gone"))
  }

  @Test func `tells an incident that has no room a line, however long it is`() {
    var options = ReportOptions()
    options.language = .english
    var night = report(1)
    night.fresh[0].accounts = (0..<20_000).map { "account-\($0)" }
    night.fresh[0].findings = night.fresh[0].findings.map { finding in
      var finding = finding
      finding.message = String(repeating: "a long sentence ", count: 4_000)
      return finding
    }
    let mail = night.render(options)
    #expect(mail.utf8.count <= NightReport.mostBytes && mail.contains("id0x"))
    #expect(mail.contains("ometsuke triage show"))
  }
}
