import EventModel
import Testing

@testable import Ingest

struct KeyPositionTests {
  private let key = SubjectKey(0x6f6d_6574_7375, 0x2d6b_6579)

  @Test func `is never "not stated", and equal by chance for one pair in 255`() {
    var equal = 0
    for number in 0..<20_000 as Range<UInt64> {
      let mark = KeyPosition.mark(number, key)
      #expect(mark != 0)
      if mark == KeyPosition.mark(number + 1, key) { equal += 1 }
    }
    #expect((40...130).contains(equal))
  }

  @Test func `needs the key`() {
    let other = SubjectKey(1, 2)
    let equal = (0..<2_550 as Range<UInt64>).count {
      KeyPosition.mark($0, key) == KeyPosition.mark($0, other)
    }
    #expect(equal < 40)
  }

  @Test(arguments: [
    ("KT0001234", 1_234), ("42", 42), ("a-7", 7), ("2024-000018", 18), ("abc", nil), ("", nil),
    ("12345678901234567890", nil), ("KT12a", nil),
  ])
  func `takes the number that ends an id`(id: String, number: UInt64?) {
    var bytes = Array(id.utf8)
    bytes.withUnsafeMutableBufferPointer {
      #expect(KeyPosition.number(endingIn: UnsafeBufferPointer($0)) == number)
    }
  }

  @Test(arguments: [
    ("select * from crm.c where id between 1001 and 2000", 1_001, 2_001),
    ("SELECT * FROM c WHERE a = 'x' AND id BETWEEN 5 AND 5 ORDER BY id", 5, 6),
    ("copy (select * from c where id between 10 and 19) to stdout", 10, 20),
    ("select * from c order by id limit 100 offset 900", 900, 1_000),
    ("select * from c order by id offset 900 limit 100", 900, 1_000),
    ("select * from c order by id offset 900", 900, 950),
    (
      "select * from c where day between '2024-01-01' and '2024-02-01' and id between 3 and 9", 3,
      10
    ),
  ])
  func `reads the stretch that a query asks for`(sql: String, first: UInt64, next: UInt64) {
    let range = range(sql)
    #expect(range?.first == first)
    #expect(range?.next == next)
  }

  @Test(arguments: [
    "select * from c where id not between 5 and 9", "select * from c where id between $1 and $2",
    "select * from c where id between 9 and 5", "select * from c where id > 100 limit 50",
    "select 'between 1 and 2' from c", "select * from c where id between -5 and 9",
    "select * from c where id between 1 and", "",
    "select * from c where id between 1 and 9223372036854775807",
  ])
  func `tells nothing of another`(sql: String) {
    #expect(range(sql) == nil)
  }

  private func mapped(_ body: String) throws -> EventRow {
    let map = JSONLinesTests.map([
      .records: "rows", .subject: "customer", .call: "call_id", .position: "offset",
    ])
    return try #require(JSONLinesTests.row(body, map)).row
  }

  @Test func `tells a look-up without a call from one with a call`() throws {
    let with = try mapped(#""rows":1,"customer":"KT0000041","call_id":"C12""#)
    #expect(with.flags.isSuperset(of: [.call, .statesCalls]))
    for text in [#","call_id":null"#, #","call_id":"""#, ""] {
      let without = try mapped(#""rows":1,"customer":"KT0000042""# + text)
      #expect(without.flags.contains(.statesCalls) && !without.flags.contains(.call))
      #expect(without.begins == with.continues)
    }
    let silent = try #require(
      JSONLinesTests.row(#""rows":1"#, JSONLinesTests.map([.records: "rows"]))
    )
    #expect(!silent.row.flags.contains(.statesCalls))
  }

  @Test func `sees that a page follows another`() throws {
    let first = try mapped(#""rows":100,"offset":900"#)
    let second = try mapped(#""offset":1000,"rows":100"#)
    #expect(first.continues == second.begins)
    #expect(second.begins != 0)
    let unknown = try mapped(#""offset":1000"#)
    #expect(unknown.begins == second.begins)
    #expect(unknown.continues == 0)
  }

  private func range(_ sql: String) -> SQLRange? {
    var bytes = Array(sql.utf8)
    let count = bytes.count
    bytes += [UInt8](repeating: 0, count: ByteChunk.padding)
    return bytes.withUnsafeBufferPointer {
      SQLRange(UnsafeBufferPointer(rebasing: $0[..<count]), .postgresql, rows: 50)
    }
  }
}
