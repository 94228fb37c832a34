import EventModel
import Testing

@testable import Reporting

/// What coverage says of clocks.
@Suite struct `A clock that was off` {
  private static let clock = ClockRemark(
    source: "hosts",
    host: "db1",
    seconds: -95,
    english: "host db1: its clock is ahead",
    japanese: "ホスト db1:時計が進んでいる"
  )

  private var account: CoverageAccount {
    var account = CoverageAccount(period: 19_000...19_001)
    account.sources = ["hosts", "crm"].map {
      CoverageAccount.Source(name: $0, format: "syslog-rfc3164")
    }
    return account
  }

  @Test func `stands with its source in coverage`() {
    var report = CoverageReport(account, program: "test")
    #expect(!report.lines().contains("clocks"))
    report.clocks = [Self.clock]
    let lines = report.lines().split(separator: "\n")
    #expect(lines.count { $0.contains(#""clocks":[{"host":"db1","seconds":-95}]"#) } == 1)
    #expect(lines.first { $0.contains("clocks") }?.contains(#""source":"hosts""#) == true)
    var options = ReportOptions()
    options.language = .japanese
    #expect(report.render(options).contains("ホスト db1"))
    options.language = .english
    #expect(report.render(options).contains("host db1: its clock is ahead"))
  }
}
