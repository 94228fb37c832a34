import EventModel
import Testing

@testable import Estate

@Suite struct EstateLookupTests {
  private func lookup(_ yaml: String) throws -> EstateLookup {
    EstateLookup(try EstateFile.load(yaml: yaml, file: "e.yml", folder: "").estate)
  }

  @Test func `a terminal is found by name, address, narrowest block and glob`() throws {
    let found = try lookup(
      """
      terminals:
        - {name: all, addresses: [0.0.0.0/0]}
        - {name: net, addresses: [192.0.2.0/24, "2001:db8::/32"]}
        - {name: half, addresses: 192.0.2.128/25}
        - {name: one, addresses: 192.0.2.200}
        - {name: floor, addresses: "fl-*"}
        - {name: six, addresses: "2001:db8:0:1::/64"}
      """
    )
    #expect(found.terminal(named: "ONE") == 3)
    #expect(found.terminal(named: "192.0.2.200") == 3)
    #expect(found.terminal(named: "::ffff:192.0.2.200") == 3)
    #expect(found.terminal(named: "192.0.2.129") == 2)
    #expect(found.terminal(named: "192.0.2.5") == 1)
    #expect(found.terminal(named: "198.51.100.1") == 0)
    #expect(found.terminal(named: "::ffff:c000:0205") == 1)
    #expect(found.terminal(named: "2001:0DB8:0:1::9") == 5)
    #expect(found.terminal(named: "2001:db8:7::9%eth0") == 1)
    #expect(found.terminal(named: "2001:db9::1") == nil)
    #expect(found.terminal(named: "FL-07") == 4)
    #expect(found.terminal(named: "192.0.2.999") == nil)
  }

  @Test func `the most literal dataset holds and ties go by order`() throws {
    let found = try lookup(
      """
      datasets:
        - {name: any, tables: "*"}
        - {name: crm, tables: "crm.*"}
        - {name: kita, tables: "crm.kita_*"}
        - {name: twin, tables: "*.kita_c*"}
        - {name: exact, tables: [crm.kita_orders]}
      """
    )
    #expect(found.dataset(for: "crm.kita_orders") == 4)
    #expect(found.dataset(for: "CRM.KITA_c1") == 2)
    #expect(found.dataset(for: "dw.kita_c1") == 3)
    #expect(found.dataset(for: "crm.x") == 1)
    #expect(found.dataset(for: "") == 0)
  }

  @Test func `a URL is held against patterns as it is written and as it reads`() throws {
    let found = try lookup(
      """
      datasets:
        - {name: members, urls: "/export/*顧客*"}
        - {name: raw, urls: "/raw/%E9*"}
      """
    )
    #expect(found.dataset(for: "/export/%E9%A1%A7%E5%AE%A2.csv") == 0)
    #expect(found.dataset(for: "/export/%e9%a1%a7%e5%ae%a2.csv?page=2") == 0)
    #expect(found.dataset(for: "/raw/%E9%A1%A7") == 1)
    for other in [
      "/export/%E9%A1", "/export/%25E9%25A1%25A7%25E5%25AE%25A2", "export%E9%A1%A7%E5%AE%A2",
    ] {
      #expect(found.dataset(for: other) == nil)
    }
  }

  @Test func `a literal account goes first and a reused one by its time`() throws {
    let found = try lookup(
      """
      accounts:
        - {pattern: "t*", role: operator}
        - {name: tanaka, person: A, valid-until: 2024-03-31}
        - {name: tanaka, person: B, valid-from: 2024-04-01, valid-until: 2024-12-31}
      """
    )
    func at(_ year: Int, _ month: Int) -> Timestamp {
      Timestamp(
        seconds: Int64(CivilCalendar.dayNumber(year: year, month: month, day: 5)) * 86_400
      )
    }
    #expect(found.account(named: "tanabe") == 0)
    #expect(found.account(named: "Tanaka") == 1)
    #expect(found.account(named: "tanaka", at: at(2024, 5)) == 2)
    #expect(found.account(named: "tanaka", at: at(2023, 5)) == 1)
    #expect(found.account(named: "tanaka", at: at(2025, 5)) == 1)
    #expect(found.account(named: "suzuki") == nil)
  }

  @Test func `owners answer to their aliases`() throws {
    let found = try lookup("owners: [{name: Kita, aliases: [K001]}]\norganisations: [Aoba]")
    #expect(found.owner(named: "k001") == 0)
    #expect(found.owner(named: "KITA") == 0)
    #expect(found.owner(named: "K002") == nil)
    #expect(found.organisation(named: "aoba") == 0)
  }

  @Test func `well-known names suggest a role`() {
    for name in ["root", "SA", "CORP\\Administrator", "dba_1", "tanaka_adm", "hosyu01", "sysadmin"]
    {
      #expect(WellKnownNames.role(of: name) == .admin, "\(name)")
    }
    for name in ["svc_backup", "app", "www-data", "batch01", "replicator", "etl_night", "PC01$"] {
      #expect(WellKnownNames.role(of: name) == .service, "\(name)")
    }
    for name in ["op0123", "suzuki", ""] {
      #expect(WellKnownNames.role(of: name) == .unknown, "\(name)")
    }
  }

  @Test func `catalogues of the database are told from tables`() {
    for name in ["pg_catalog.pg_class", "PG_CLASS", "information_schema.tables", "v$session"] {
      #expect(WellKnownNames.isCatalogue(name), "\(name)")
    }
    for name in ["crm.kita_orders", "public.sys", "/pg_x", "system_users", ""] {
      #expect(!WellKnownNames.isCatalogue(name), "\(name)")
    }
  }
}
