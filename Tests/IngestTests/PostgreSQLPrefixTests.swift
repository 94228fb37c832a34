import EventModel
import Testing

@testable import Ingest

/// Lines of PostgreSQL's plain log by a declared `log_line_prefix`.
struct PostgreSQLPrefixTests {
  private static func row(_ prefix: String, _ line: String) -> (row: EventRow, names: NameTable)? {
    var declaration = SourceDeclaration(name: "fixture")
    declaration.logLinePrefix = prefix
    let options = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    let bytes = Array("\(line)LOG:  statement: select * from clients\n".utf8)
    var batch = EventBatch()
    PostgreSQLStderr(options: options, head: bytes.span)
      .decode(FormatGoldenTests.chunk(bytes, .indented), into: &batch)
    return batch.rows.first.map { ($0, batch.names) }
  }

  @Test(arguments: [
    ("%m|%u|%d|%r|%p|", "2026-04-01 09:12:34.157 JST|ito|crm|192.0.2.7(50112)|30098|"),
    ("%m,%u,%d,%h,", "2026-04-01 09:12:34.157 JST,ito,crm,192.0.2.7,"),
    ("%u %d %h %m ", "ito crm 192.0.2.7 2026-04-01 09:12:34.157 JST "),
    ("%h %u %m ", "192.0.2.7 ito 2026-04-01 09:12:34.157 JST "),
    ("<%m %u %d %h>", "<2026-04-01 09:12:34.157 JST ito crm 192.0.2.7>"),
    ("%n %p %u %d %h ", "1775002354.157 30098 ito crm 192.0.2.7 "),
    (
      "%m [%p] %q%a:%-8u %r ", "2026-04-01 09:12:34.157 JST [30098] psql:ito      192.0.2.7(50112) "
    ),
    ("%m 100%% %u %h;", "2026-04-01 09:12:34.157 JST 100% ito 192.0.2.7;"),
    ("%m %u %h ", "2026-04-01 09:12:34.157 JST ito 192.0.2.7 "),
  ])
  func `say who and whence wherever it stands`(prefix: String, line: String) throws {
    let (row, names) = try #require(Self.row(prefix, line))
    #expect(names.text(of: row.account) == "ito")
    #expect(names.text(of: row.terminal) == "192.0.2.7")
    #expect("\(Timestamp(nanoseconds: row.time))" == "2026-04-01T00:12:34.157Z")
    #expect(names.text(of: row.object) == "clients")
  }

  @Test
  func `that end before the session's part, or are otherwise, are read as far as they show it`()
    throws
  {
    let background = try #require(
      Self.row("%m [%p] %q%u|%h|", "2026-04-01 09:12:34.157 JST [77] ")
    )
    #expect(background.row.account == .none)
    let other = try #require(Self.row("%m|%u|", "2026-04-01 09:12:34 UTC [77] ito@crm "))
    #expect(other.names.text(of: other.row.account) == "ito")
  }

  @Test func `behind a header of syslog have its time of day for no terminal`() throws {
    let line =
      "Nov 26 20:19:21 db1 postgres[23895]: [3-1] 2026-11-26 20:19:21.123 UTC [23895] ito@crm "
    for address in ["192.0.2.7", "2001:db8::7", "::1", "2001:db8:1:2:3:4:5:6"] {
      let text = Array("\(line)\(address) LOG:  statement: select 1".utf8)
      let padded = text + [UInt8](repeating: 0, count: ByteChunk.padding)
      try padded.withUnsafeBufferPointer { bytes in
        let record = RecordBytes(rebasing: bytes[..<text.count])
        for prefix in [PostgreSQLPrefix(record), PostgreSQLPrefix(untimed: record)] {
          let prefix = try #require(prefix)
          #expect(String(decoding: prefix.host, as: UTF8.self) == address)
          #expect(String(decoding: prefix.user, as: UTF8.self) == "ito")
        }
      }
    }
  }

  // MARK: What a client chooses

  private static let audit =
    "LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,sales.clients,\"select a, b from clients\",<none>,800\n"

  private static func audited(_ declared: String?, _ line: String) -> (EventRow, NameTable)? {
    var declaration = SourceDeclaration(name: "fixture")
    declaration.logLinePrefix = declared
    let options = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    let bytes = Array(line.utf8)
    var batch = EventBatch()
    PostgreSQLStderr(options: options, head: bytes.span)
      .decode(FormatGoldenTests.chunk(bytes, .indented), into: &batch)
    return batch.rows.count == 1 ? (batch.rows[0], batch.names) : nil
  }

  private static let names = [
    "psql", "DBeaver 23.1 - Main <x>, y: LOG", "LOG:  duration: 1 ms", "x LOG:  duration: 1 ms",
    "x user=abe", "x,user=abe,client=198.51.100.9", "abe@crm", "client=198.51.100.9",
    "LOG:  AUDIT: SESSION,1,1,MISC,SHOW,,,show x,<none>,0", "abe hr 198.51.100.9 ",
    "x LOG:  AUDIT: SESSION,1,1,MISC,SHOW,,,\"x",
  ]

  @Test(arguments: [
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "%m [%p] %q%u@%d %a ",
    "%m [%p] %u@%d app=%a ", "%m [%p] %q[user=%u,db=%d,app=%a,client=%h] ", "%m|%u|%d|%r|%a|",
    "%m [%p] %a %u@%d/%h ",
  ])
  func `of which a client chooses a part hide no read of pgaudit and name nobody else`(
    prefix: String
  ) throws {
    for name in Self.names {
      let line = Self.rendered(prefix, name: name) + Self.audit
      let (row, names) = try #require(Self.audited(prefix, line), "\(prefix) \(name)")
      #expect(row.recordsLow == 800, "\(prefix) \(name)")
      #expect(names.text(of: row.account) == "ito", "\(prefix) \(name)")
      if prefix.contains("%h") || prefix.contains("%r") {
        #expect(names.text(of: row.terminal) == "192.0.2.7", "\(prefix) \(name)")
      }
      // Undeclared it has to stand behind what tells who it is.
      if prefix.contains("%a %u") || prefix.contains("|") { continue }
      let (found, foundNames) = try #require(Self.audited(nil, line), "\(prefix) \(name)")
      #expect(found.recordsLow == 800, "undeclared \(prefix) \(name)")
      #expect(foundNames.text(of: found.account) == "ito", "undeclared \(prefix) \(name)")
    }
  }

  @Test func `keep a read whose statement reads like another message`() throws {
    for prefix in ["%m [%p] %q%u@%d %a ", "%m [%p] %q%u@%d app=%a "] {
      let line =
        Self.rendered(prefix, name: "psql")
        + "LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,c,\"select 1 LOG:  AUDIT: SESSION,1,1,MISC,,,,\"\"x\"\"\",<none>,800\n"
      for declared in [prefix, nil] {
        let (row, names) = try #require(Self.audited(declared, line))
        #expect(row.recordsLow == 800 && names.text(of: row.account) == "ito")
        #expect(names.text(of: row.object) == "c")
      }
    }
  }

  @Test(arguments: [
    ("%m [%p] %q%u@%d ", "ito@corp", ""), ("%m [%p] %q%u@%d %h ", "ito@corp", "2001:db8::7"),
    ("%t:%r:%u@%d:[%p]:", "ito", "2001:db8::7"), ("%t:%r:%u@%d:[%p]:", "ito@corp", "fe80::1%eth0"),
    ("%m user=%u,client=%h ", "ito", "2001:db8::7"),
    ("%m user=\"%u\" host=\"%h\" ", "ito", "192.0.2.7"),
    ("%t:%r:%u@%d:[%p]:", "ito", "[local]"),
  ])
  func `keep the domain of a user and the address of a host whole`(
    prefix: String,
    user: String,
    host: String
  ) throws {
    let line = Self.rendered(prefix, name: "psql", user: user, host: host) + Self.audit
    let isUndeclaredToo = host != "fe80::1%eth0"
    for declared in isUndeclaredToo ? [prefix, nil] : [prefix] {
      let (row, names) = try #require(Self.audited(declared, line))
      #expect(names.text(of: row.account) == user, "\(prefix)")
      #expect(names.text(of: row.terminal) == host, "\(prefix)")
    }
  }

  @Test func `take the time of the message and not that of the session's start`() throws {
    let line = "2026-04-01 09:00:00 JST 3/16 0 2026-04-01 09:12:34.157 JST ito@crm " + Self.audit
    let (row, _) = try #require(Self.audited(nil, line))
    #expect("\(Timestamp(nanoseconds: row.time))" == "2026-04-01T00:12:34.157Z")
  }

  private static func rendered(
    _ prefix: String,
    name: String,
    user: String = "ito",
    host: String = "192.0.2.7"
  ) -> String {
    let port = host.hasPrefix("[") ? "" : "(50112)"
    let values = [
      "%m": "2026-04-01 09:12:34.157 JST", "%t": "2026-04-01 09:12:34 JST", "%p": "30098",
      "%l": "3", "%q": "", "%u": user, "%d": "crm", "%h": host, "%r": host + port, "%a": name,
    ]
    var text = ""
    var signs = prefix[...]
    while let sign = signs.popFirst() {
      if sign == "%", let letter = signs.popFirst() {
        text += values["%\(letter)"] ?? ""
      } else {
        text.append(sign)
      }
    }
    return text
  }
}
