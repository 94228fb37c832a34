import EventModel
import Testing

@testable import Ingest

/// What decoders remember from line to line may speed a line up, never change what it means.
struct NeighbourTests {
  /// What a row says, names as text, its place left out.
  private static func words(_ row: EventRow, _ names: NameTable) -> String {
    let ids = [row.account, row.terminal, row.program, row.object, row.owner, row.destination]
    return "\(row.time) \(row.digest) \(row.volume) \(row.operation) \(row.subject) \(row.flags) "
      + ids.map { names.text(of: $0) }.joined(separator: "|")
  }

  /// Each line alone and all in one chunk, in any order: the same rows and rejections.
  private static func expectIndependence(
    of lines: [String],
    _ decode: (String) -> EventBatch
  ) {
    var alone: [String: [String]] = [:]
    for line in lines {
      let batch = decode(line + "\n")
      alone[line] =
        batch.rows.map { words($0, batch.names) }
        + batch.rejections.map { "\($0.error)" }
    }
    var state: UInt64 = 7
    var orders = [lines, lines.reversed(), lines + lines]
    for _ in 0..<20 {
      orders.append(
        (0..<60).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return lines[Int(state >> 33) % lines.count]
        }
      )
    }
    for order in orders {
      let batch = decode(order.map { $0 + "\n" }.joined())
      let accepted = order.flatMap { line in
        alone[line, default: []].filter { !$0.contains("DecodeError") }
      }
      #expect(batch.rows.map { words($0, batch.names) } == accepted)
      let rejected = order.filter { line in
        alone[line, default: []].contains { $0.contains("DecodeError") }
      }
      #expect(batch.rejectedCount == rejected.count)
    }
  }

  @Test func `a line of JSON means the same after any other line`() {
    let map = JSONLinesTests.map([
      .time: "ts", .account: "user", .owner: "of.owner", .records: "rows", .object: "tables",
    ])
    let time = #""ts":"2026-04-01T00:00:00Z""#
    let lines = [
      #"{\#(time),"user":"sato","of":{"owner":"north"},"rows":12}"#,
      #"{\#(time),"user":"ito","of":{"owner":"south"},"rows":7}"#,
      #"{ \#(time), "user": "sato", "of": { "owner": "north" }, "rows": 12 }"#,
      #"{"user":"sato",\#(time),"rows":12345678,"of":{"owner":"east"}}"#,
      #"{\#(time),"user":"sato","of":{"owner":"a"},"of":{"x":1},"rows":3}"#,
      #"{\#(time),"user":null,"of":["owner",{"owner":"no"}],"rows":"5"}"#,
      #"{\#(time),"\u0075ser":"kato","rows":0}"#,
      #"{\#(time),"user":"tab\tin it","rows":-1,"tables":["a","b"]}"#,
      #"{\#(time),"user":"sato","rows":01}"#,
      #"{\#(time),"user":"sato","rows":1.5e3}"#,
      #"{\#(time),"user":"sato","rows":1,}"#,
      #"{\#(time),"user":"sato""#,
      #"{\#(time),"user":"sato","of":{"owner":"north""#,
      #"{\#(time),"user":"a raw \#u{1} byte","rows":1}"#,
      #"{\#(time),"a key of more than thirty-two bytes":{"user":"x"},"user":"y"}"#,
      #"[\#(time)]"#,
    ]
    Self.expectIndependence(of: lines) { JSONLinesTests.decode($0, map: map) }
  }

  @Test func `a statement said again means what it meant`() {
    let texts = [
      "select id from sales.clients where id = $1", "SELECT * FROM sales.clients",
      "copy (select * from sales.clients) to '/tmp/out.csv'", "select 1; delete from a.b",
      "select 'open", "fetch 500 from c", "grant select on a.b to c",
    ]
    var kept = SQLScanner()
    for _ in 0..<4 {
      for (text, schema) in texts.flatMap({ [($0, ""), ($0, "shop.")] }) {
        for dialect in [SQLDialect.postgresql, .mysql] {
          var fresh = SQLScanner()
          kept.defaultSchema = Array(schema.utf8)
          fresh.defaultSchema = kept.defaultSchema
          let bytes = Array(text.utf8)
          bytes.withUnsafeBufferPointer { bytes in
            kept.scan(bytes, dialect: dialect)
            fresh.scan(bytes, dialect: dialect)
          }
          #expect(kept.operation == fresh.operation)
          #expect(kept.joinedRelations == fresh.joinedRelations)
          #expect(kept.isWhole == fresh.isWhole && kept.limit == fresh.limit)
          #expect(kept.fetchCount == fresh.fetchCount && kept.destination == fresh.destination)
          #expect(kept.isTruncated == fresh.isTruncated && kept.verb == fresh.verb)
          #expect(kept.isCatalogueOnly == fresh.isCatalogueOnly)
        }
      }
    }
  }

  @Test func `a name has one id, whether it is asked for often or not`() {
    var table = NameTable()
    var plain = NameTable()
    for round in 0..<2 {
      for number in 0..<3_000 {
        for text in ["\(number)", "user\(number)", "a longer name, number \(number)"] {
          var bytes = Array(text.utf8)
          if round == 1 { bytes.reverse() }
          let ids = bytes.withUnsafeBufferPointer { bytes in
            (table.internOften(bytes), table.internOften(bytes), plain.intern(bytes))
          }
          #expect(ids.0 == ids.1 && ids.0 == ids.2 && table.bytes(of: ids.0) == bytes)
        }
      }
    }
  }
}
