import EventModel
import Testing

@testable import Estate

@Suite struct ExceptionTests {
  private static let parties = """
    owners: [Kita, Minami]
    accounts:
      - {name: mnt_aoki, role: admin, person: Aoki}
      - {name: svc_report, role: service}

    """

  private func errors(_ exception: String) -> [String] {
    do throws(EstateError) {
      _ = try EstateFile.load(
        yaml: Self.parties + "exceptions: [{\(exception)}]",
        file: "e.yml",
        folder: "/nonexistent"
      )
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  @Test func `an exception with name, answer, reason and expiry is taken`() throws {
    let loaded = try EstateFile.load(
      yaml: Self.parties
        + """
        exceptions:
          - name: monthly report
            responsible: Mori, security office
            reason: declared to the owner on paper
            until: 2025-03-31
            accounts: [svc_report]
            ceiling: 50000
        """,
      file: "e.yml",
      folder: "/nonexistent"
    )
    let exception = try #require(loaded.estate.exceptions.first)
    #expect(exception.responsible == "Mori, security office")
    #expect(exception.until.description == "2025-03-31T23:59:59.999999999Z")
    #expect(exception.ceiling == 50_000)
    #expect(EstateCheck.effective(loaded.estate).contains("- name: \"monthly report\""))
  }

  @Test(arguments: ["responsible", "reason", "until"])
  func `an exception without one of them is refused`(missing: String) {
    let fields = [
      "name: x", "responsible: Mori", "reason: known", "until: 2025-03-31", "accounts: svc_report",
    ].filter { !$0.hasPrefix(missing) }
    let said = errors(fields.joined(separator: ", "))
    #expect(said == ["e.yml:5: error: an exception has no \(missing); write \(missing): …"])
  }

  @Test(arguments: [
    "accounts: mnt_aoki", "accounts: \"mnt*\"", "accounts: \"*\"", "accounts: sysadmin",
    "terminals: desk-1", "accounts: \"*oki\", owners: [Kita, Minami]",
  ])
  func `an exception that would hide a whole privileged account is refused`(scope: String) {
    let said = errors("name: x, responsible: Mori, reason: known, until: 2025-03-31, \(scope)")
    #expect(said.count == 1)
    #expect(said.first?.contains("would hide all that the privileged account") ?? false)
  }

  @Test func `one about a privileged account and one owner is taken`() {
    let said = errors(
      "name: x, responsible: Mori, reason: known, until: 2025-03-31, accounts: mnt_aoki, owners: Kita"
    )
    #expect(said.isEmpty)
  }

  @Test func `an exception about nobody is refused`() {
    let said = errors("name: x, responsible: Mori, reason: known, until: 2025-03-31, owners: Kita")
    #expect(said.count == 1)
    #expect(said.first?.contains("says not whose alerts it is about") ?? false)
  }

  @Test func `an unknown detector is said with the nearest name`() throws {
    let loaded = try EstateFile.load(
      yaml: Self.parties
        + "exceptions: [{name: x, responsible: Mori, reason: r, until: 2025-03-31, "
        + "accounts: svc_report, detectors: bulk-exports}]",
      file: "e.yml",
      folder: "/nonexistent"
    )
    let inputs = EstateCheck.Inputs(detectors: ["bulk-export", "owner-share"])
    let said = EstateCheck.run(loaded, inputs: inputs).map(\.description)
    #expect(said.contains { $0.contains("unknown detector \"bulk-exports\"; did you mean") })
  }

  @Test(arguments: [
    ("a*", "*b", true), ("mnt*", "mnt_aoki", true), ("a?c", "abc", true), ("a?c", "abd", false),
    ("*x*", "y*", true), ("ab*", "ac*", false), ("", "*", true), ("", "?", false),
    ("SVC*", "svc_report", true),
  ])
  func `two patterns overlap where one name matches both`(
    left: String,
    right: String,
    isSame: Bool
  ) {
    #expect(Pattern(left).overlaps(Pattern(right)) == isSame)
    #expect(Pattern(right).overlaps(Pattern(left)) == isSame)
  }

  @Test func `an exception that begins later than it says is told by the check`() throws {
    let loaded = try EstateFile.load(
      yaml: Self.parties
        + """
        exceptions:
          - {name: known, responsible: Mori, reason: paper, from: 2023-01-01, until: 2024-12-31,
             accounts: [mnt_aoki], owners: [Kita]}
          - {name: short, responsible: Mori, reason: paper, from: 2024-01-01, until: 2024-12-31,
             accounts: [mnt_aoki], owners: [Kita]}
        """,
      file: "e.yml",
      folder: "/nonexistent"
    )
    let told = EstateCheck.run(loaded).map(\.description)
      .filter { $0.contains("exception") }
    #expect(told.count == 1)
    #expect(told.first?.contains("\"known\" covers nothing before 2023-11-27T23:59:59") == true)
    let effective = EstateCheck.effective(loaded.estate)
    #expect(effective.contains("from: 2023-11-27T23:59:59"))
  }
}
