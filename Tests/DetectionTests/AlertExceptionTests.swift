import Estate
import EventModel
import Testing

@testable import Detection

private let day = 24 * 60

/// One administrator and one service, two owners.
private func estate(_ change: (inout AlertException) -> Void) -> DeclaredEstate {
  var estate = DeclaredEstate()
  estate.owners = ["Kita", "Minami"].map {
    var owner = Owner(name: $0)
    owner.delivered = 1_000_000
    return owner
  }
  var administrator = Account(role: .admin)
  administrator.patterns = [Pattern("mnt_aoki")]
  administrator.persons = ["Aoki Jun"]
  var service = Account(role: .service)
  service.patterns = [Pattern("svc_report")]
  estate.accounts = [administrator, service]
  var exception = AlertException(
    name: "monthly report",
    responsible: "Mori",
    reason: "on paper",
    until: Timestamp(seconds: 1_735_603_200)
  )
  exception.accounts = [Pattern("svc_report")]
  exception.ceiling = 100_000
  change(&exception)
  estate.exceptions = [exception]
  return estate
}

struct AlertExceptionTests {
  private func export(
    _ logs: inout RowBuilder,
    at minute: Int,
    _ account: String,
    _ owner: String,
    _ records: Int64
  ) {
    logs.add(
      at: minute,
      account: account,
      terminal: "desk-1",
      owner: owner,
      records: records,
      operation: .export
    )
  }

  @Test func `what an exception covers is counted and shown, and raises nothing`() throws {
    var logs = RowBuilder()
    export(&logs, at: 600, "svc_report", "Kita", 60_000)
    let incident = try #require(logs.incidents(estate { _ in }).first)
    #expect(incident.isExcepted)
    #expect(incident.records == .exactly(60_000))
    #expect(incident.findings.allSatisfy { $0.exception == "monthly report" })
    #expect(incident.exceptions.map(\.records) == [.exactly(60_000)])
    #expect(incident.exceptions.map(\.isPierced) == [false])
  }

  @Test func `the ceiling pierces it for all that came together`() throws {
    var logs = RowBuilder()
    export(&logs, at: 600, "svc_report", "Kita", 60_000)
    export(&logs, at: 600 + 40 * day, "svc_report", "Kita", 60_000)
    let incident = try #require(logs.incidents(estate { _ in }).first)
    #expect(!incident.isExcepted)
    #expect(incident.findings.allSatisfy { $0.exception == nil })
    #expect(incident.exceptions.map(\.isPierced) == [true])
  }

  @Test func `a count that nothing bounds pierces it`() throws {
    var logs = RowBuilder()
    logs.add(at: 600, account: "svc_report", object: "crm.customer", operation: .export)
    let incident = try #require(logs.incidents(estate { _ in }).first)
    #expect(!incident.isExcepted)
  }

  @Test func `a finding of another owner, a later day or another account is raised`() {
    var logs = RowBuilder()
    export(&logs, at: 600, "svc_report", "Minami", 60_000)
    #expect(logs.incidents(estate { $0.owners = ["Kita"] }).allSatisfy { !$0.isExcepted })
    #expect(
      logs.incidents(estate { $0.until = Timestamp(seconds: 60) }).allSatisfy { !$0.isExcepted }
    )
    #expect(
      logs.incidents(estate { $0.accounts = [Pattern("svc_batch")] })
        .allSatisfy { !$0.isExcepted && $0.exceptions.isEmpty }
    )
  }

  @Test func `no exception without owners covers a privileged account`() {
    var logs = RowBuilder()
    export(&logs, at: 600, "mnt_aoki", "Kita", 60_000)
    #expect(logs.incidents(estate { $0.accounts = [Pattern("*")] }).allSatisfy { !$0.isExcepted })
    let narrow = logs.incidents(
      estate {
        $0.accounts = [Pattern("mnt_aoki")]
        $0.owners = ["Kita"]
      }
    )
    #expect(!narrow.isEmpty && narrow.allSatisfy(\.isExcepted))
  }

  @Test func `what is raised stands before what is not`() {
    var logs = RowBuilder()
    export(&logs, at: 600, "svc_report", "Kita", 90_000)
    export(&logs, at: 700, "mnt_aoki", "Kita", 20_000)
    #expect(logs.incidents(estate { _ in }).map(\.isExcepted) == [false, true])
  }
}
