import Estate
import Testing

@testable import Sinks

struct SettingsTests {
  @Test(arguments: [
    (
      "{name: a, kind: fax}",
      "sink \"a\": unknown kind \"fax\"; known: elastic, file, mail, splunk, syslog, webhook"
    ),
    ("{name: a, kind: file}", "sink \"a\": has no path; write path: …"),
    (
      "{name: a, kind: file, path: x, formt: ocsf}",
      "sink \"a\": unknown key \"formt\" of kind file; did you mean \"format\"?"
    ),
    (
      "{name: a, kind: file, path: x, format: osf}",
      "sink \"a\": format is \"osf\"; did you mean \"ocsf\"?"
    ),
    (
      "{name: a, kind: syslog, address: \"siem:514\"}",
      "sink \"a\": address is \"siem:514\"; write scheme://host:port (schemes: tcp, tls, udp)"
    ),
    (
      "{name: a, kind: syslog, address: \"udp://h\", facility: local9}",
      "sink \"a\": facility is local9; write one of local0 … local7, auth, authpriv, audit"
    ),
    (
      "{name: a, kind: syslog, address: \"udp://h\", certificate: /dev/null}",
      "sink \"a\": certificate and key belong together; write both"
    ),
    (
      "{name: a, kind: elastic, url: \"ftp://h\", index: i}",
      "sink \"a\": url is no https or http address; write https://host/path"
    ),
    ("{name: a, kind: splunk, url: \"https://h\"}", "sink \"a\": has no token; write token: …"),
    (
      "{name: a, kind: splunk, url: \"https://h\", token-env: NO_SUCH_VARIABLE}",
      "sink \"a\": token-env \"NO_SUCH_VARIABLE\" is not set in the environment; set it"
    ),
    (
      "{name: a, kind: splunk, url: \"https://h\", token-file: /no/such}",
      "sink \"a\": token-file \"/no/such\" cannot be read (No such file or directory); correct the path"
    ),
    (
      "{name: a, kind: webhook, url: \"https://h\", headers: [nonsense]}",
      "sink \"a\": headers holds no header; write \"Name: value\""
    ),
    (
      "{name: a, kind: mail, server: \"smtp://h\", from: me, to: you@h}",
      "sink \"a\": from holds no address; write name@host"
    ),
  ]) func `a mistake is said in one line`(declared: String, message: String) throws {
    let bench = try Workbench()
    let estate = try bench.estate("  - " + declared + "\n")
    #expect(SinkRegistry.problems(of: estate).map(\.message) == [message])
  }

  @Test func `kinds stand in order of name and need nothing but their file`() {
    let kinds = SinkRegistry.all.map { $0.kind }
    #expect(kinds == kinds.sorted() && Set(kinds).count == kinds.count)
  }

  @Test func `a sink without a kind, twice or with a severity nobody knows is refused`() throws {
    let bench = try Workbench()
    for declared in [
      "  - {name: a}\n", "  - {kind: file}\n",
      "  - {name: a, kind: file, path: x}\n  - {name: A, kind: file, path: y}\n",
      "  - {name: a, kind: file, path: x, least-severity: grave}\n",
    ] {
      #expect(throws: EstateError.self) { try bench.estate(declared) }
    }
  }
}
