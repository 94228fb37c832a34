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
}
