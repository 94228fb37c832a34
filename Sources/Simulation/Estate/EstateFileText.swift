/// `ometsuke.yml` of a simulated estate: what its operator would declare, and nothing of the truth.
struct EstateFileText: ~Copyable {
  private let estate: SimulatedEstate
  private let year: Int
  private let lastYear: Int
  private var out = ByteBuffer()

  static func write(_ estate: SimulatedEstate, from first: Int, years: ClosedRange<Int>) -> Text {
    var text = EstateFileText(estate: estate, year: years.lowerBound, lastYear: years.upperBound)
    text.sources()
    text.parties()
    text.datasets()
    text.staff()
    text.authorisations()
    text.policy(years, first: first)
    return Text(bytes: Array(UnsafeBufferPointer(start: text.out.base, count: text.out.count)))
  }

  private init(estate: SimulatedEstate, year: Int, lastYear: Int) {
    self.estate = estate
    self.year = year
    self.lastYear = lastYear
  }

  private mutating func line(_ text: Text) {
    out.add(text)
    out.put(byte: 0x0A)
  }

  private mutating func sources() {
    out.put(
      """
      # A simulated estate. Persons, organisations and addresses are invented.

      sources:
        - name: crm-application
          paths: ["logs/app/*"]
          format: jsonl
          system: CRM application
          fields:
            time: ts
            account: user
            terminal: ip
            operation:
              field: action
              values:
                view: read
                search: read
                csv_export: export
                list_extract: export
                result_export: export
                report: export
                import: write
                delete: write
                login: logon
                login_failed: logon-failure
                logout: logoff
              otherwise: other
            object: list
            owner: owner
            records: rows
            bytes: bytes
            subject: customer_id
            ticket: ticket
            call: call_id
            position: offset
            destination: to
            outcome:
              field: result
              values: {ok: success, denied: failure, failed: failure}
        - name: crm-database
          paths: ["logs/postgresql/*"]
          format: postgresql-csvlog
          system: CRM database (PostgreSQL 15, pgaudit with rows)
          time-zone: Asia/Tokyo
        - name: web-front-end
          paths: ["logs/web/*"]
          format: combined-access
          system: Web portal (Apache)
          time-zone: Asia/Tokyo
        - name: cti-database
          paths: ["logs/cti/*"]
          format: mariadb-audit
          system: CTI database (MariaDB)
          time-zone: Asia/Tokyo
        - name: hosts
          paths: ["logs/syslog/*"]
          format: syslog-rfc3164
          system: Servers and maintenance terminals
          time-zone: Asia/Tokyo

      """
    )
    line("    year: \(year)")
    out.put(
      """
        - name: host-audit
          paths: ["logs/audit/*"]
          format: linux-audit
          system: Programs and files of servers and maintenance terminals (auditd)
        - name: database-flows
          paths: ["logs/flows/*"]
          format: jsonl
          system: Flows to and from the servers (Zeek)
          fields:
            time: {field: ts, format: unix}
            terminal: {field: ["id.orig_h"]}
            destination: {field: ["id.resp_h"]}
            program: service
            bytes: resp_bytes
            operation: {const: flow}


      """
    )
  }

  private mutating func list(_ key: StaticString, _ names: [Text]) {
    out.put(key)
    out.put(": [")
    for (index, name) in names.enumerated() {
      if index > 0 { out.put(", ") }
      out.add(name)
    }
    out.put("]")
  }

  private mutating func parties() {
    line("organisations:")
    for owner in estate.owners { line("  - {name: \(owner.name), kind: owner}") }
    out.put("  - {name: ")
    out.add(estate.contractor)
    out.put(", kind: contractor, ")
    list("works-for", estate.owners.map(\.name))
    out.put("}\n")
    line("  - {name: \(estate.provider), kind: provider, works-for: [\(estate.contractor)]}")
    line("  - {name: \(estate.agency), kind: agency, works-for: [\(estate.provider)]}")
    line("\nowners:")
    for owner in estate.owners {
      let sector: Text =
        switch owner.sector {
        case .privately: "private"
        case .agency: "agency"
        case .localGovernment: "local-government"
        }
      line("  - {name: \(owner.name), aliases: [\(owner.alias)], sector: \(sector),")
      line("     delivered: \(owner.delivered), bytes-per-record: [150, 260],")
      line("     categories: [name, address, phone]}")
    }
  }

  private mutating func datasets() {
    line("\ndatasets:")
    for owner in estate.owners {
      line("  - name: \(owner.slug)")
      line("    owner: \(owner.name)")
      line("    size: \(owner.delivered)")
      line(
        "    patterns: [\"\(owner.schema).*\", \"\(owner.slug)/*\", \"/lists/\(owner.slug)/*\"]"
      )
    }
    line("  - {name: call-history, size: 300000, patterns: [cti.call_history, call_history]}")
    line("  - {name: statistics, customer-records: false, patterns: [\"ops.*\"]}")
    line("  - name: portal-pages")
    line("    customer-records: false")
    line("    patterns: [\"/menu*\", \"/progress*\", \"/shift*\", \"/help*\"]")
  }

  private mutating func staff() {
    line("\naccounts:")
    line("  - {pattern: \"op*\", role: operator, organisation: \(estate.contractor)}")
    for account in estate.accounts where account.isDeclared && account.role != .agent {
      self.account(account)
    }
    line("\nterminals:")
    for terminal in estate.terminals where terminal.isDeclared {
      out.put("  - {name: ")
      out.add(terminal.name)
      out.put(", addresses: [")
      out.add(terminal.address)
      out.put("], organisation: ")
      out.add(estate.organisation(of: terminal.house))
      if !terminal.person.isEmpty {
        out.put(", person: ")
        out.add(terminal.person)
      }
      out.put("}\n")
    }
  }

  private mutating func account(_ account: SimulatedAccount) {
    let role: Text =
      switch account.role {
      case .agent: "operator"
      case .supervisor: "supervisor"
      case .administrator: "admin"
      case .database: "dba"
      case .service: "service"
      case .reviewer: "reviewer"
      }
    out.put("  - {name: ")
    out.add(account.name)
    out.put(", role: ")
    out.add(role)
    out.put(", organisation: ")
    out.add(estate.organisation(of: account.house))
    if !account.person.isEmpty {
      out.put(", person: ")
      out.add(account.person)
    }
    if !account.persons.isEmpty {
      out.put(", shared: true, ")
      list("persons", account.persons)
    }
    if let day = account.validFrom {
      out.put(", valid-from: ")
      out.add(SimulatedDay.date(day))
    }
    if let day = account.validUntil {
      out.put(", valid-until: ")
      out.add(SimulatedDay.date(day))
    }
    out.put("}\n")
  }

  private mutating func authorisations() {
    line("\nauthorisations:")
    line("  tickets:")
    line("    - file: tickets.csv")
    line("      fields: {requested-by: requested_by, most-records: most_records}")
    line("  jobs:")
    for job in estate.jobs {
      line("    - name: \(job.name)")
      line("      account: \(job.account)")
      if !job.program.isEmpty { line("      program: \(job.program)") }
      if !job.terminal.isEmpty { line("      terminal: \(job.terminal)") }
      if !job.window.isEmpty { line("      window: \"\(job.window)\"") }
      if let day = job.validUntil { line("      valid-until: \(SimulatedDay.date(day))") }
      line("      days: daily")
    }
    line("  delegations:")
    for (index, owner) in estate.owners.enumerated() {
      line("    - {owner: \(owner.name), organisation: \(estate.contractor),")
      line("       from: \(year - 3)-04-01, document: C-\(index + 1, digits: 3)}")
      guard owner.isConsented else { continue }
      for (letter, house): (Text, Text) in [("R", estate.provider), ("S", estate.agency)] {
        line("    - {owner: \(owner.name), organisation: \(house),")
        line("       from: \(year - 2)-04-01, document: \(letter)-\(index + 1, digits: 3)}")
      }
    }
  }

  private mutating func policy(_ years: ClosedRange<Int>, first: Int) {
    var number = first - 31
    var days: [Text] = []
    let last = first + (years.count + 1) * 366
    while number < last {
      if JapaneseCalendar.isHoliday(number) { days.append(SimulatedDay.date(number)) }
      number += 1
    }
    line("\npolicy:")
    line("  time-zone: Asia/Tokyo")
    line("  lateness: 48h")
    line("  devices: [\"*REG-0007*\"]")
    out.put("  ")
    list("holidays", days)
    line("\n\nprivacy:")
    line("  key: 6f6d657473756b652d73696d756c6174")
  }
}
