import EventModel
import Testing

@testable import Ingest

/// Of a request for one record it is told where that lies in the order of keys.
struct RequestKeyTests {
  private let key = SubjectKey(7, 9)

  private func marks(_ line: String, operation: EventModel.Operation = .read) -> (UInt8, UInt8) {
    var row = EventRow(time: 0)
    (row.operation, row.outcome) = (operation, .success)
    Array(line.utf8).withUnsafeBufferPointer { RequestKey.take(line: $0, key, &row) }
    return (row.begins, row.continues)
  }

  @Test(arguments: [
    "GET /customers/5001 HTTP/1.1", "GET /c/kita/sub/5001 HTTP/2.0", "GET /customers/5001 HTTP/2",
    "GET /customers/5001.json HTTP/1.1", "GET /customers/5001/detail HTTP/1.1",
    "GET /customer.php?id=5001 HTTP/1.1", "GET /sub?tab=2&customer_id=5001 HTTP/1.1",
    "GET /sub?id=5001&tab=2 HTTP/1.1", "GET /sub?ID=5001&back=/list HTTP/1.1",
  ])
  func `the number of one record is its key, however the address is written`(line: String) {
    let found = marks(line)
    #expect(found.0 == KeyPosition.mark(5_001, key) && found.1 == KeyPosition.mark(5_002, key))
  }

  @Test(arguments: [
    "GET /customers HTTP/1.1", "GET /v2/customers HTTP/1.1", "GET / HTTP/1.1", "GET /a",
    "GET /list?page=5001 HTTP/1.1", "GET /sub?session=5001 HTTP/1.1", "GET /5001/orders HTTP/1.1",
    "GET /a/12345678901234567 HTTP/1.1", "",
  ])
  func `any other number is none`(line: String) {
    #expect(marks(line) == (0, 0))
  }

  @Test(arguments: [7, 77_777, 7_777_777, 77_777_777, 777_777_777_777])
  func `a key has up to twelve digits`(number: UInt64) {
    let found = marks("GET /customers/\(number) HTTP/1.1")
    #expect(found == (KeyPosition.mark(number, key), KeyPosition.mark(number + 1, key)))
    #expect(marks("GET /customers/v\(number) HTTP/1.1") == (0, 0))
    #expect(marks("GET /customers/\(number)7777777777777 HTTP/1.1") == (0, 0))
  }

  @Test(arguments: ["page", "Pages", "list", "SEITE", "pagina"])
  func `words for a page are known at the start of a path and behind others`(word: String) {
    let beginning = KeyPosition.mark(7, key)
    #expect(marks("GET /\(word)/7 HTTP/1.1") == (beginning, 0))
    #expect(marks("GET /customers/\(word)/7 HTTP/1.1") == (beginning, 0))
    #expect(marks("GET /my\(word)/7 HTTP/1.1") == (beginning, KeyPosition.mark(8, key)))
    #expect(marks("GET /\(word)/x/7 HTTP/1.1") == (beginning, KeyPosition.mark(8, key)))
  }

  @Test func `of a page in the path only its beginning is told`() {
    let found = marks("GET /c/kita/list/page/7 HTTP/1.1")
    #expect(found.0 == KeyPosition.mark(7, key) && found.1 == 0)
    #expect(marks("DELETE /customers/5001 HTTP/1.1", operation: .write) == (0, 0))
  }

  @Test(arguments: [
    "select * from clients where id = 5001", "select * from clients where id='5001';",
    "SELECT a FROM t WHERE (id=5001) ",
  ])
  func `a statement that picks one record ends with its key`(sql: String) {
    Array(sql.utf8).withUnsafeBufferPointer {
      #expect(KeyPosition.key(endingStatement: $0) == 5_001)
    }
    Array("select * from clients where id = ?".utf8).withUnsafeBufferPointer {
      #expect(KeyPosition.key(endingStatement: $0) == nil)
    }
  }
}
