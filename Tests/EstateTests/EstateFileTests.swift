import EventModel
import Foundation
import Testing

@testable import Estate

/// Folder of the worked example.
let exampleFolder =
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/call-centre"

func loadExample() throws -> LoadedEstate {
  try EstateFile.load(path: exampleFolder + "/ometsuke.yml")
}

/// Every diagnostic of reading a text, as printed.
func lines(_ yaml: String) -> [String] {
  do {
    return try EstateFile.load(yaml: yaml, file: "e.yml", folder: "/nonexistent").diagnostics
      .map(\.description)
  } catch {
    return error.diagnostics.map(\.description)
  }
}

@Suite struct EstateFileTests {
  @Test(arguments: ["", "\n", "# nothing\n", "~", "---\n", "sources:\nowners: []\npolicy:\n"])
  func `an empty file is a valid empty estate`(yaml: String) throws {
    let loaded = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "")
    #expect(loaded.diagnostics.isEmpty)
    #expect(loaded.estate.owners.isEmpty)
    #expect(!loaded.estate.declaresTickets)
    #expect(loaded.estate.policy.lateness == 172_800)
  }

  @Test func `the worked example fills every value`() throws {
    let estate = try loadExample().estate
    #expect(estate.sources.count == 2)
    let map = try #require(estate.sources[1].fields)
    #expect(map.rules[.account]?.path == ["user", "name"])
    #expect(map.rules[.operation]?.values == ["csv_export": "export", "login": "logon"])
    #expect(map.rules[.operation]?.otherwise == "read")
    #expect(map.rules[.bytes]?.multiplier == 1024)
    #expect(map.rules[.records]?.quality == .atLeast)
    #expect(map.rules[.program]?.constant == "crm")
    #expect(estate.organisations.map(\.kind.rawValue).suffix(2) == ["provider", "agency"])
    #expect(estate.owners[0].delivered == 1_200_000)
    #expect(estate.owners[0].bytesPerRecord == 150...300)
    #expect(estate.datasets.map(\.owner) == ["Kita Mail Order", "Minami City", nil])
    #expect(estate.accounts[2].validUntil?.description == "2025-03-31T14:59:59.999999999Z")
    #expect(estate.accounts[3].shared)
    #expect(estate.jobs[0].startMinute == 60 && estate.jobs[0].endMinute == 240)
    #expect(estate.delegations[2].owner == "Minami City")
    #expect(estate.policy.limits[.admin] == ["1h": 5000, "24h": 10000, "30d": 30000])
    #expect(estate.policy.shareLimits[.admin] == ["24h": 200])
    #expect(estate.policy.holidays == [19842, 19846])
    #expect(estate.subjectKey?.last == 15)
  }

  @Test func `tickets of a CSV register are read and bad lines said`() throws {
    let loaded = try loadExample()
    #expect(loaded.estate.tickets.map(\.id) == ["T-1", "T-2", "T-3", "T-4", "T-900"])
    let ticket = loaded.estate.tickets[0]
    #expect(ticket.mostRecords == 3000)
    #expect(ticket.owner == "Kita Mail Order")
    #expect(ticket.opened.description == "2024-04-01T00:00:00Z")
    #expect(ticket.closed?.description == "2024-04-02T14:59:59.999999999Z")
    #expect(loaded.estate.tickets[1].approver == "Suzuki\nIchiro")
    #expect(loaded.estate.tickets[3].mostRecords == 0)
    let csv = exampleFolder + "/tickets.csv"
    #expect(
      loaded.diagnostics.map(\.description) == [
        "\(csv):6: warning: ticket \"T-4\": most records is \"many\", taken as 0; "
          + "write a number",
        "\(csv):7: warning: ticket \"T-5\": opened is \"soon\"; write a date; the line is left out",
        "\(csv):8: warning: has 2 columns, the header 8; left out",
      ]
    )
  }

  @Test func `tickets of a JSON Lines register are read by usual names`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/estate-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      {"number": 7, "max-records": 250, "created": "2024-04-01T09:00:00+09:00", "who": {"by": "a"}}
      [1]

      {"number": "8", "start": "2024-04-02", "who": {}, "max_rows": null}
      """
    try text.write(toFile: folder + "/t.jsonl", atomically: true, encoding: .utf8)
    let yaml = "tickets: {file: '*.jsonl', fields: {executor: who.by}}\n"
    let loaded = try EstateFile.load(yaml: yaml, file: "e.yml", folder: folder)
    #expect(loaded.estate.tickets.map(\.id) == ["7", "8"])
    #expect(loaded.estate.tickets.map(\.mostRecords) == [250, nil])
    #expect(loaded.estate.tickets.map(\.executor) == ["a", nil])
    #expect(
      loaded.diagnostics.map(\.description) == [
        "\(folder)/t.jsonl:2: warning: is no JSON object; the line is left out"
      ]
    )
  }

  @Test(arguments: [
    (
      "ownrs: []", "e.yml:1: error: unknown key \"ownrs\" in the estate; did you mean \"owners\"?"
    ),
    (
      "datasets:\n  - name: a\n    ownr: b",
      "e.yml:3: error: unknown key \"ownr\" in a dataset; did you mean \"owner\"?"
    ),
    (
      "policy: {working_days: [mon]}",
      "e.yml:1: error: unknown key \"working_days\" in policy; did you mean \"working-days\"?"
    ),
    (
      "datasets: [{name: a, owner: Kita}]",
      "e.yml:1: error: owner \"Kita\" (in dataset) is not declared; add it to owners"
    ),
    (
      "owners: [Kita]\ndatasets:\n- {name: a, owner: Kito}",
      "e.yml:3: error: owner \"Kito\" (in dataset) is not declared; did you mean \"Kita\"?"
    ),
    (
      "accounts: [{name: a, organisation: Aoba}]",
      "e.yml:1: error: organisation \"Aoba\" (in account) is not declared; add it to organisations"
    ),
    (
      "terminals: [{name: t, person: P}]",
      "e.yml:1: warning: person \"P\" of a terminal has no account; add person: to one"
    ),
    (
      "owners:\n- Kita\n- kita",
      "e.yml:3: error: owner \"kita\" is declared twice (first in line 2); keep one"
    ),
    (
      "accounts:\n- sa\n- SA",
      "e.yml:3: error: account \"SA\" is declared twice for the same time (first in line 2); "
        + "keep one or write valid-from and valid-until"
    ),
    (
      "owners: [{name: a, delivered: lots}]",
      "e.yml:1: error: delivered is \"lots\"; write a whole number of 0 or more"
    ),
    (
      "owners: [{name: a, delivered: 99999999999999999999}]",
      "e.yml:1: error: delivered is \"99999999999999999999\"; write a whole number of 0 or more"
    ),
    (
      "accounts: [{name: a, valid-until: 2024-02-30}]",
      "e.yml:1: error: valid-until is \"2024-02-30\"; "
        + "write 2024-04-01, 2024-04-01 09:00 or RFC 3339"
    ),
    (
      "accounts: [{name: a, role: admni}]",
      "e.yml:1: error: role is \"admni\"; did you mean \"admin\"?"
    ),
    (
      "sources: [{name: s, time-zone: Mars/Olympus}]",
      "e.yml:1: error: time-zone \"Mars/Olympus\" is not known; write Asia/Tokyo or +09:00"
    ),
    (
      "sources:\n- name: s\n  paths: *.log",
      "e.yml:3: error: not YAML: unknown alias (column 11); "
        + "put a value that starts with * in quotes"
    ),
    (
      "policy: {limits: {admin: {event: 499}}}",
      "e.yml:1: error: unknown key \"event\" in limits of admin; known: 1m, 10m, 1h, 24h, 7d, 30d, "
        + "90d, 365d, lifetime"
    ),
    (
      "policy: {share-limits: {admin: {24h: 20}}}",
      "e.yml:1: error: share-limits of admin in 24h is \"20\"; write a share such as 20% or 0.5%"
    ),
    (
      "policy: {lateness: 48}",
      "e.yml:1: error: lateness is \"48\"; write a duration such as 48h, 30m or 2d"
    ),
    (
      "policy: {lateness: 745h}",
      "e.yml:1: error: lateness is \"745h\"; write 31d at most: all rows of so long are held"
    ),
    (
      "policy: {ticket-tolerance: 120%}",
      "e.yml:1: error: ticket-tolerance is \"120%\"; write a whole per cent, 0% to 100%"
    ),
    ("jobs: [{name: j, window: 1-4}]", "e.yml:1: error: window is \"1-4\"; write \"01:00-04:00\""),
    (
      "terminals: [{name: t, addresses: 192.0.2.0/40}]",
      "e.yml:1: error: address \"192.0.2.0/40\" is no CIDR block; write 192.0.2.0/24"
    ),
    (
      "privacy: {key: secret}",
      "e.yml:1: error: privacy key needs 32 hex digits (16 bytes); "
        + "make one with: openssl rand -hex 16"
    ),
    (
      "tickets: no.csv",
      "e.yml:1: error: ticket file \"/nonexistent/no.csv\" cannot be read "
        + "(No such file or directory); correct the path"
    ),
    (
      "owners: {name: a}\nowners: [b]",
      "e.yml:2: error: key \"owners\" is there twice (first in line 1); keep one"
    ),
    (
      "organisations:\n- {name: A, works-for: B}\n- {name: B, works-for: [C, a]}\n- C",
      "e.yml:3: warning: organisation \"B\" works for one that works for it "
        + "(\"A\" → \"B\" → \"A\"); correct works-for"
    ),
    (
      "organisations: {name: A, works-for: A}",
      "e.yml:1: warning: organisation \"A\" works for itself; correct works-for"
    ),
    (
      "owners: [A, 5]\ndatasets: [{tables: t, owner: 5}]",
      "e.yml:1: error: name is 5, which YAML takes for a whole number; "
        + "write it in quotes: \"5\""
    ),
    (
      "accounts: [{names: [a, b, A]}]",
      "e.yml:1: error: account \"A\" is named twice in one entry; keep one"
    ),
    ("- a", "e.yml:1: error: the estate needs keys and values, not a list; write key: value"),
    (
      "sources: [{name: s, fields: {operation: {field: a, values: {x: exprt}}}}]",
      "e.yml:1: error: operation is \"exprt\"; did you mean \"export\"?"
    ),
  ])
  func `each fault is one line with place and advice`(yaml: String, expected: String) {
    #expect(lines(yaml) == [expected])
  }

  @Test func `a number is the name of an account as it is written`() throws {
    let yaml = "accounts: [0042, {names: [7, a*], role: user}]\nowners: [{name: '5', aliases: 8}]"
    let estate = try EstateFile.load(yaml: yaml, file: "e.yml", folder: "").estate
    #expect(estate.accounts.flatMap(\.patterns).map(\.text) == ["0042", "7", "a*"])
    #expect(estate.owners.map(\.aliases) == [["8"]])
  }

  @Test func `circles of organisations cost no more than their entries`() {
    let ring = (0..<5000).map { "- {name: o\($0), works-for: [o\(($0 + 1) % 5000)]}\n" }.joined()
    let found = lines("organisations:\n" + ring)
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("e.yml:5001: warning: organisation \"o4999\" works for one that"))
    #expect(found[0].utf8.count < 200)
  }

  @Test func `times are read in the zone of the policy`() throws {
    func opened(_ text: String, zone: String) throws -> String {
      let yaml = "policy: {time-zone: '\(zone)'}\ntickets: [{id: a, opened: '\(text)'}]"
      return try EstateFile.load(yaml: yaml, file: "e", folder: "").estate.tickets[0].opened
        .description
    }
    #expect(try opened("2024-04-01 09:00", zone: "Asia/Tokyo") == "2024-04-01T00:00:00Z")
    #expect(try opened("2024/4/1 9:00", zone: "+09:00") == "2024-04-01T00:00:00Z")
    #expect(try opened("2024-04-01", zone: "-03:30") == "2024-04-01T03:30:00Z")
    #expect(try opened("2024-04-01T09:00:00.25+0200", zone: "UTC") == "2024-04-01T07:00:00.250Z")
    #expect(try opened("2024-07-01 12:00", zone: "Europe/Berlin") == "2024-07-01T10:00:00Z")
    #expect(try opened("2024-01-01 12:00", zone: "Europe/Berlin") == "2024-01-01T11:00:00Z")
  }

  @Test func `hostile text ends in a diagnostic`() {
    var bomb = "x0: &a0 [a,a,a,a,a,a,a,a,a]\n"
    for level in 1..<12 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
      bomb += "x\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(lines(bomb).count == 1)
    #expect(lines(bomb + "? *a11\n: b\n").count == 1)
    #expect(lines(String(repeating: "[", count: 100_000)).count == 1)
    #expect(lines(String(repeating: "- ", count: 100_000)).count == 1)
    let twins = lines("accounts:\n" + String(repeating: "- a\n", count: 20_000))
    #expect(twins.count == 1001)
    #expect(twins[0].contains("18999 more of these"))
    #expect(lines("a: \u{1}") == ["e.yml:1: error: holds a control character; remove it"])
    let latin: [UInt8] = Array("a: b\nc: ".utf8) + [0xFF, 0x0A]
    #expect(throws: EstateError.self) {
      try EstateFile.load(bytes: latin, file: "e.yml", folder: "")
    }
    #expect(throws: EstateError.self) {
      try EstateFile.load(
        bytes: [UInt8](repeating: 0x20, count: EstateFile.largestFile + 1),
        file: "e",
        folder: ""
      )
    }
    #expect(lines(String(repeating: "a: [\n", count: 5)).count == 1)
    #expect(throws: EstateError.self) { try EstateFile.load(path: "/nonexistent/e.yml") }
    #expect(throws: EstateError.self) { try EstateFile.load(path: "/") }
  }

  @Test func `a thousand mutations of the example never trap`() throws {
    let example = try Data(contentsOf: URL(fileURLWithPath: exampleFolder + "/ometsuke.yml"))
    let csv = try Data(contentsOf: URL(fileURLWithPath: exampleFolder + "/tickets.csv"))
    var state: UInt64 = 0x0123_4567_89AB_CDEF
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let likely = Array("*&[]{}:,-?|>'\"#%@!~\n\r\t 0\u{0}".utf8) + [0xFF, 0xE3, 0x80]
    var outcomes = (read: 0, refused: 0)
    for round in 0..<1000 {
      var bytes = Array(example)
      var table = Array(csv)
      for _ in 0...(round % 4) {
        bytes[random(bytes.count)] = likely[random(likely.count)]
        table[random(table.count)] = likely[random(likely.count)]
      }
      if round % 5 == 0 { bytes.removeLast(random(bytes.count)) }
      _ = CSVRecords(table).reduce(0) { $0 + $1.fields.count }
      do throws(EstateError) {
        let loaded = try EstateFile.load(bytes: bytes, file: "e.yml", folder: exampleFolder)
        _ = EstateCheck.effective(loaded.estate)
        _ = EstateCheck.run(loaded)
        outcomes.read += 1
      } catch {
        #expect(error.diagnostics.allSatisfy { !$0.message.contains("\n") })
        #expect(error.diagnostics.contains { $0.severity == .error })
        outcomes.refused += 1
      }
    }
    #expect(outcomes.read > 0 && outcomes.refused > 0)
  }
}
