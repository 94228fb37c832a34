import EventModel
import Testing

@testable import Estate

/// Whose telephone it is, and which look-ups a call asked for.
struct ExtensionTests {
  @Test func `an extension is found at its account and its terminal`() throws {
    let estate = try EstateFile.load(
      yaml: """
        accounts:
          - {name: op1, extension: 2001, valid-until: 2024-03-31}
          - {name: op2, extensions: [2001, Agent7], valid-from: 2024-04-01}
        terminals:
          - {name: desk-1, extension: agent7}
        policy:
          calls: {before: 1m, after: 10m, records: 5}
        """,
      file: "e.yml",
      folder: ""
    ).estate
    let lookup = EstateLookup(estate)
    let day = Timestamp.nanosecondsPerDay
    // 2024-03-01 and 2024-05-01.
    let (early, late) = (Timestamp(nanoseconds: 19783 * day), Timestamp(nanoseconds: 19844 * day))
    #expect(lookup.parties(ofExtension: "2001", at: early).accounts == [0])
    #expect(lookup.parties(ofExtension: "2001", at: late).accounts == [1])
    let both = lookup.parties(ofExtension: "AGENT7", at: late)
    #expect(both.accounts == [1] && both.terminals == [0])
    #expect(lookup.parties(ofExtension: "2002", at: late) == ExtensionParties())
    #expect(estate.policy.calls.before == 60 && estate.policy.calls.after == 600)
    #expect(estate.policy.calls.records == 5)
  }

  @Test(arguments: [
    "accounts: [{pattern: \"op*\", extension: 2001}]",
    "accounts: [{name: desk, persons: [Abe, Ito], extension: 2001}]",
    "accounts: [{name: desk, shared: true, extension: 2001}]",
  ])
  func `an extension of several accounts or persons is refused`(yaml: String) {
    #expect(lines(yaml).contains { $0.contains("means several accounts or persons") })
  }

  @Test func `a measure of more than an hour is refused`() {
    let said = lines("policy: {calls: {before: 1m, after: 2h}}")
    #expect(said.contains { $0.contains("after of calls is longer than an hour") })
  }
}
