import EventModel
import Foundation
import Testing

@testable import Estate

@Suite struct EstateCheckTests {
  private func check(
    _ yaml: String,
    _ inputs: EstateCheck.Inputs = EstateCheck.Inputs()
  ) throws -> [String] {
    let loaded = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "/nonexistent")
    return EstateCheck.run(loaded, inputs: inputs).map(\.description)
  }

  @Test func `every gap is one line with place and advice`() throws {
    let yaml = """
      sources: [{name: s, paths: "x*.log", format: pgaudt}]
      owners: [Kita]
      organisations: [{name: Aoba, kind: provider}]
      datasets: [{name: d}]
      accounts: [{name: tanaka}]
      tickets: [{id: T1, opened: 2024-04-01, executor: sato, approver: Sato}]
      jobs: [{name: night, account: svc_b}]
      delegations: []
      """
    #expect(
      try check(yaml, EstateCheck.Inputs(formats: ["csv", "pgaudit"])) == [
        "e.yml:1: error: source \"s\" has the unknown format \"pgaudt\"; did you mean \"pgaudit\"?",
        "e.yml:1: warning: source \"s\": path \"x*.log\" matches no file; correct or remove it",
        "e.yml:2: warning: owner \"Kita\" has no size, so shares of its set cannot be judged; "
          + "write delivered: records",
        "e.yml:2: warning: owner \"Kita\" has no bytes-per-record, so volumes known only in bytes "
          + "are judged by 200 a record; write bytes-per-record: 150-300",
        "e.yml:3: warning: organisation \"Aoba\" has no entry in the register of delegations; "
          + "add one for each owner it handles",
        "e.yml:4: note: dataset \"d\" names no owner, so its records count as owner unknown; "
          + "write owner: name",
        "e.yml:6: warning: ticket \"T1\" names no owner and no end, so it covers only reads that state "
          + "its number; write owner",
        "e.yml:6: warning: ticket \"T1\" states no limit, so it explains any number of records; "
          + "write most-records",
        "e.yml:6: warning: ticket \"T1\" is approved by its executor \"sato\"; "
          + "have another person approve it",
        "e.yml:6: warning: ticket \"T1\": executor \"sato\" is no declared account or person; "
          + "add it to accounts",
        "e.yml:7: warning: job \"night\" has no window and no most-records, so it covers whoever reads "
          + "along under its account; write window and most-records",
        "e.yml:7: warning: job \"night\": account \"svc_b\" matches no declared account; "
          + "add it to accounts",
      ]
    )
  }

  @Test func `what stands in two entries is said where it stands again`() throws {
    let yaml = """
      owners: [{name: Kita, delivered: 1, bytes-per-record: 100}]
      datasets:
        - {name: a, tables: ["crm.*", "x"], owner: Kita}
        - {name: b, tables: ["CRM.*", "y"], owner: Kita}
      terminals:
        - {name: t1, addresses: [192.0.2.1]}
        - {name: t2, addresses: [192.0.2.0/24, 192.0.2.1]}
      """
    #expect(
      try check(yaml, EstateCheck.Inputs(formats: [])) == [
        "e.yml:4: warning: dataset \"b\": \"CRM.*\" is of \"a\" too (line 3); keep it in one of them",
        "e.yml:7: warning: terminal \"t2\": \"192.0.2.1\" is of \"t1\" too (line 6); keep it in one of them",
      ]
    )
  }

  @Test(arguments: ["2261-12-31", "2262-04-01", "2260-06-01", "1700-01-01", "9999-12-31"])
  func `an inquiry at the end of time ends there, or its day is said to be none`(date: String) {
    let yaml =
      "policy: {inquiries: [{date: \(date), owners: [Kita]}]}\nowners: [{name: Kita, delivered: 1}]\n"
    do throws(EstateError) {
      let loaded = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "/nonexistent")
      let inquiry = loaded.estate.policy.inquiries[0]
      #expect(inquiry.until > inquiry.from)
    } catch {
      #expect(error.diagnostics.map(\.description).contains { $0.contains("e.yml:1") })
    }
  }

  @Test(arguments: [
    ("account: mnt", "error: job \"j\" would explain whatever \"mnt\""),
    ("account: postgres, program: pg_dump, window: 01:00-02:00", "write most-records"),
    (
      "account: \"m*\", terminal: db1, most-records: 9",
      "it covers service accounts alone; name them"
    ),
    ("program: pg_dump", "names no account, so it covers nothing; write account:"),
    (
      "account: svc_b, window: 01:00-02:00", "has no most-records, so it covers whoever reads along"
    ),
    ("account: mnt, program: x, window: 01:00-02:00, most-records: 9", ""),
    ("account: svc_b, window: 01:00-02:00, most-records: 9", ""),
    (
      "account: svc_b, window: 00:00-23:59, most-records: 9",
      "has a window of 24 hours: it bounds nothing"
    ),
    (
      "account: mnt, program: x, window: 09:00-21:01, most-records: 9",
      "error: job \"j\" would explain whatever \"mnt\""
    ),
    ("account: mnt, program: x, window: 20:00-08:00, most-records: 9", ""),
    ("account: yamada.taro, window: 01:00-02:00", "write program or terminal"),
    ("account: root, window: 01:00-02:00", "error: job \"j\" would explain whatever \"root\""),
    ("account: svc_p, window: 01:00-02:00", "error: job \"j\" would explain whatever \"svc_p\""),
    ("account: svc_s, window: 01:00-02:00", "error: job \"j\" would explain whatever \"svc_s\""),
    ("account: batch, window: 01:00-02:00, most-records: 9", ""),
  ])
  func `a job that would be a licence is said`(fields: String, expected: String) throws {
    let yaml = """
      accounts: [{name: mnt, role: admin}, {name: svc_b, role: service}, {name: root, role: service}, {name: svc_p, role: service, person: Mori Rei}, {name: svc_s, role: service, shared: true}]
      jobs: [{name: j, \(fields)}]
      """
    var said: [String] = []
    do throws(EstateError) {
      let loaded = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "/nonexistent")
      said = EstateCheck.run(loaded).map(\.description)
    } catch {
      said = error.diagnostics.map(\.description)
    }
    said.removeAll { $0.contains("matches no declared account") }
    #expect(said.isEmpty == expected.isEmpty, "\(said)")
    #expect(said.allSatisfy { $0.hasPrefix("e.yml:2: ") }, "\(said)")
    #expect(expected.isEmpty || said.contains { $0.contains(expected) }, "\(said)")
  }

  @Test func `a register says what its tickets leave blank and whose they are`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/blanks-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func tickets(_ text: String, _ name: String = "t.csv") throws -> [Ticket] {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
      let yaml = "owners: [Kita, Minami]\ntickets: \(name)"
      return try EstateFile.load(yaml: yaml, file: "e.yml", folder: folder).estate.tickets
    }
    let full = try tickets(
      """
      id,opened,closed,requester,approver,executor,owner
      1,2024-04-01,2024-04-02,Kita,ueda,mori,Kita;Minami
      2,2024-04-01,2024-04-02,,,mori,全委託元
      3,2024-04-01,2024-04-02,Kita,,mori,"Kita, Minami"
      4,2024-04-01,2024-04-02,,ueda,,Kita
      5,2024-04-01,2024-04-02,Kita,ueda,mori,
      """
    )
    #expect(full.map(\.blanks) == [[], [.parties, .approver], .approver, .executor, []])
    #expect(full.map(\.owner) == ["Kita", nil, "Kita", "Kita", nil])
    #expect(full.map(\.furtherOwners) == [["Minami"], [], ["Minami"], [], []])
    #expect(full.map(\.coversEveryOwner) == [false, true, false, false, true])
    // A column that nobody fills is asked of nobody, but for both being blank.
    let empty = try tickets("id,opened,requester,approver\n1,2024-04-01,Kita,\n2,2024-04-01,,\n")
    #expect(empty.map(\.blanks) == [[], .parties])
    #expect(try tickets("id,opened\n1,2024-04-01\n").map(\.blanks) == [[]])
    let lines = try tickets(
      "{\"id\":1,\"opened\":\"2024-04-01\",\"approver\":\"a\"}\n{\"id\":2,\"opened\":\"2024-04-01\"}",
      "t.jsonl"
    )
    #expect(lines.map(\.blanks) == [[], [.parties, .approver]])
  }

  @Test func `patterns are judged only against names that were seen`() throws {
    let yaml = """
      accounts: ["op*", "x*"]
      datasets: [{name: d, tables: ["a.*", "b.*"], customer-records: false}]
      terminals: [{name: t, addresses: 192.0.2.0/24}, u]
      """
    #expect(try check(yaml).isEmpty)
    var seen = SeenNames()
    seen.accounts = ["op1"]
    seen.objects = ["a.x"]
    seen.terminals = ["192.0.2.9"]
    #expect(
      try check(yaml, EstateCheck.Inputs(seen: seen)) == [
        "e.yml:1: warning: account pattern \"x*\" matches nothing in the logs; correct or remove it",
        "e.yml:2: warning: dataset pattern \"b.*\" matches nothing in the logs; correct or remove it",
        "e.yml:3: warning: terminal \"u\" matches nothing in the logs; correct or remove it",
      ]
    )
  }

  @Test func `what is effective shows defaults and never the key`() throws {
    let text = EstateCheck.effective(try loadExample().estate)
    for part in [
      "  lateness: 48h\n", "    format: postgresql-csvlog\n", "  bulk-floor: 100\n",
      "  ticket-tolerance: 3%\n",
      "    bytes-per-record: 150-300\n", "    admin: {24h: 20%}\n",
      "      window: \"01:00-04:00\"\n", "      days: [mon, tue, wed, thu, fri, sat, sun]\n",
      "  tickets: # 5 read from ", "  key: declared (not shown)\n",
      "      operation: {field: action, values: {csv_export: export, login: logon}, "
        + "otherwise: read}\n",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("0a0b0c"))
    let none = EstateCheck.effective(DeclaredEstate())
    #expect(none.contains("owners: []\n"))
    #expect(none.contains("key: built in"))
  }

  @Test func `what is effective is an estate file again`() throws {
    let first = try loadExample()
    let text = EstateCheck.effective(first.estate)
      .replacingOccurrences(of: "  key: declared (not shown)\n", with: "")
    let again = try EstateFile.load(yaml: text, file: first.estate.file, folder: exampleFolder)
    #expect(again.estate.accounts.map(\.validUntil) == first.estate.accounts.map(\.validUntil))
    #expect(again.estate.sources.map(\.fields) == first.estate.sources.map(\.fields))
    #expect(again.estate.owners.map(\.delivered) == first.estate.owners.map(\.delivered))
    #expect(again.estate.policy.limits == first.estate.policy.limits)
    #expect(again.estate.policy.ticketTolerance == first.estate.policy.ticketTolerance)
    var names = DeclaredEstate()
    names.owners = ["5", "true", "2024-01-01", "~", "no"].map { Owner(name: $0) }
    let shown = EstateCheck.effective(names).components(separatedBy: "privacy:")[0]
    let same = try EstateFile.load(yaml: shown, file: "e", folder: "")
    #expect(same.estate.owners.map(\.name) == names.owners.map(\.name))
  }

  @Test func `the documented example is the tested one`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let example = try String(contentsOfFile: exampleFolder + "/ometsuke.yml", encoding: .utf8)
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/estate-file.md"),
      encoding: .utf8
    )
    #expect(page.contains("```yaml\n" + example + "```\n"))
  }
}
