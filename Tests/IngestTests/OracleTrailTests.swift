import EventModel
import Testing

@testable import Ingest

/// Where the values of Oracle's audit records end.
struct OracleTrailTests {
  /// The values of a record's action and status.
  private func read(_ text: String) throws -> (action: String?, status: String?, isCut: Bool) {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: ByteChunk.padding)
    return try bytes.withUnsafeBufferPointer { bytes in
      var trail = OracleTrail()
      try trail.read(bytes, 0..<bytes.count - ByteChunk.padding)
      func text(_ field: OracleTrail.Field) -> String? {
        trail[field].map { String(decoding: $0, as: UTF8.self) }
      }
      return (text(.action), text(.status), trail.isTruncated)
    }
  }

  /// A statement that says what it wants a reader to believe of the status.
  private static let forged = "select 1 from t where a = '' STATUS:[1] ''0'' DBID:[1] ''x"

  @Test(arguments: ["3", "0", "9999", "", "x"])
  func `a length that is wrong moves no field`(mark: String) throws {
    let found = try read(
      "LENGTH : '160' ACTION :[\(mark)] 'select ''a'' from t' DATABASE USER:[3] 'SYS' STATUS:[1] '942'"
    )
    #expect(found.action == "select ''a'' from t")
    #expect(found.status == "942")
    #expect(!found.isCut)
  }

  @Test func `a length that is right keeps a statement from forging what follows`() throws {
    let forged = Self.forged
    let found = try read(
      "LENGTH : '160' ACTION :[\(forged.utf8.count)] '\(forged)' DATABASE USER:[3] 'SYS' STATUS:[3] '942'"
    )
    #expect(found.action == forged)
    #expect(found.status == "942")
  }

  @Test func `of a record that is cut within its statement the statement is left`() throws {
    let found = try read("LENGTH : '900' ACTION :[600] 'select * from t where a in ('x', 'y")
    #expect(found.action == "select * from t where a in ('x', 'y")
    #expect(found.status == nil)
    #expect(found.isCut)
  }

  @Test(arguments: ["", "LENGTH : '160'", "LENGTH : 160", "LENGTH : '1' X"])
  func `what is no record is told`(text: String) {
    #expect(throws: DecodeError.self) { try read(text) }
  }
}
