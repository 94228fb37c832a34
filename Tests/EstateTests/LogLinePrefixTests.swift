import EventModel
import Testing

@testable import Estate

@Suite struct `A declared prefix of PostgreSQL's log` {
  private func yaml(_ prefix: String) -> String {
    "sources:\n  - name: db\n    format: postgresql-stderr\n    log-line-prefix: '\(prefix)'\n"
  }

  @Test func `is taken as postgresql.conf has it`() throws {
    let file = try EstateFile.load(yaml: yaml("%m|%-10u|%q%d 100%%|"), file: "e.yml", folder: "/")
    #expect(file.estate.sources.first?.logLinePrefix == "%m|%-10u|%q%d 100%%|")
  }

  @Test func `must state a time and hold no other escape`() {
    #expect(
      lines(yaml("%u@%d ")) == [
        "e.yml:4: error: log-line-prefix states no time; without %m, %t or %n its lines cannot be dated"
      ]
    )
    for wrong in ["%m %y ", "%m %"] {
      #expect(
        lines(yaml(wrong)) == [
          "e.yml:4: error: log-line-prefix holds a % that begins no escape; write it as postgresql.conf has it"
        ]
      )
    }
  }
}
