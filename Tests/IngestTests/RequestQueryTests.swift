import EventModel
import Testing

@testable import Ingest

/// Parameters of a URL that patterns of the estate name stay in the object; no other does.
struct RequestQueryTests {
  private static let line = #"""
    198.51.100.7 - sato [10/Oct/2023:13:55:36 +0900] "GET /report/export.csv?list=5&Tenant=mu%74ual+a&id=17 HTTP/1.1" 200 99 "-" "x"

    """#

  private func object(_ names: [String]) -> String {
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "test"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    let bytes = Array(Self.line.utf8)
    var batch = EventBatch()
    batch.names.queryNames = names.map { Array($0.utf8) }
    CombinedAccess(options: options, head: bytes.span).decode(ByteChunk(bytes), into: &batch)
    return batch.rows.first.map { batch.names.text(of: $0.object) } ?? ""
  }

  @Test func `a parameter that a pattern names stays, decoded, and no other`() {
    #expect(object([]) == "/report/export.csv")
    #expect(object(["tenant"]) == "/report/export.csv?Tenant=mutual a")
    #expect(object(["list", "tenant"]) == "/report/export.csv?list=5&Tenant=mutual a")
    #expect(object(["owner"]) == "/report/export.csv")
  }
}
