import Testing

@testable import Wire

/// What others say of captures of theirs.
@Suite(.enabled(if: TestCapture.folder != nil, "the captures of others are not here"))
struct `PostgreSQL in captures of others` {
  private func records(_ path: String) throws -> [WireLine] {
    try TestCapture(path).conversations.flatMap { try $0.records(PostgreSQL.self) }
  }

  @Test func `packetbeat's SELECT, INSERT and extended query`() throws {
    let select = try records("beats-packetbeat/pgsql_request_response.pcap").filter {
      $0["kind"] == "statement"
    }
    // packetbeat leaves the semicolon out, and the six bytes of ReadyForQuery (202).
    #expect(select.map { $0["text"] } == ["select * from test;"])
    #expect(select.map { $0["op"] } == ["SELECT"])
    #expect(select.map { $0["rows"] } == ["4"])
    #expect(select.map { $0["bytes_out"] } == ["208"])
    let insert = try records("beats-packetbeat/pgsql_insert.pcap").filter {
      $0["kind"] == "statement"
    }
    #expect(insert.map { $0["op"] } == ["INSERT"])
    #expect(insert.map { $0["bytes_in"] } == ["63"])
    let extended = try records("beats-packetbeat/pgsql_extended_query.pcap").filter {
      $0["kind"] == "statement"
    }
    // packetbeat does not tell of the SET before it, and counts from the description of the rows on (101).
    #expect(
      extended.map { $0["text"] } == [
        "SET extra_float_digits = 3", "SELECT * from test where id = $1",
      ]
    )
    #expect(extended.last?["bytes_in"] == "90")
    #expect(extended.last?["bytes_out"] == "117")
  }

  @Test func `Zeek's statements and rows`() throws {
    let found = try records("zeek/Traces/postgresql/psql-create-insert-select-delete-drop.pcap")
    #expect(found.allSatisfy { $0["user"] == "postgres" && $0["program"] == "psql" })
    let statements = found.filter { $0["kind"] == "statement" }
    #expect(
      statements.map { $0["text"] } == [
        "DROP TABLE IF EXISTS t;", "CREATE TABLE IF NOT EXISTS t (i int, s varchar, t time);",
        "INSERT INTO t VALUES (42, 'forty-two', now());",
        "INSERT INTO t VALUES (86, 'eighty-six', now());", "SELECT * from t;", "DELETE FROM t;",
        "DROP TABLE t;",
      ]
    )
    #expect(statements.map { $0["rows"] } == ["0", "0", "0", "0", "2", "0", "0"])
  }

  @Test func `Arkime's user, database and program`() throws {
    let found = try records("arkime/postgres-good.pcap")
    #expect(found.first?["user"] == "cooluser")
    #expect(found.first?["db"] == "dbdbdbdb")
    #expect(found.first?["program"] == "pgAdmin III - Browser")
  }

  @Test func `Suricata's COPY of five rows`() throws {
    let found = try records(
      "suricata-verify/pgsql/pgsql-copy-data-in/TLPW-Jason-copyfrom-small.pcap"
    )
    let copy = try #require(found.first { $0["text"]?.hasPrefix("COPY tmp FROM STDIN") ?? false })
    #expect(copy["rows_in"] == "5")
    #expect(copy["rows_stated"] == "5")
  }
}
