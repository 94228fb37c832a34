import EventModel
import Testing

@testable import Ingest

/// What decoders remember goes with the table of names, from chunk to chunk, and no further.
struct NameMemoryTests {
  private final class Note: Sendable {}
  private final class Other: Sendable {}

  @Test func `what is kept is given out once, to its own kind`() {
    var memory = NameMemory()
    let note = ObjectIdentifier(Note.self)
    #expect(memory.take(Note.self) == nil)
    memory.keep(Note())
    #expect(memory.take(Other.self) == nil)
    #expect(memory.take(Note.self).map { ObjectIdentifier(type(of: $0)) } == note)
    #expect(memory.take(Note.self) == nil)
  }

  @Test func `what a copy has as well is not given out`() {
    var memory = NameMemory()
    memory.keep(Note())
    var copy = memory
    #expect(copy.take(Note.self) == nil)
    #expect(memory.take(Note.self) != nil)
  }

  /// Records of both text formats, with names that differ by `salt`.
  private static func records<F: LogFormat>(_ format: F.Type, _ salt: String) -> [[UInt8]] {
    (0..<400).map { number in
      let who = "\(salt)\(number % 7)"
      let text =
        format == CSVLog.self
        ? "2026-04-01 00:00:0\(number % 10).500 UTC,\"\(who)\",\"d\",1,\"192.0.2.\(number % 5):5\","
          + "s.\(who)\(number % 5),\(number),\"SELECT\",t,1/1,0,LOG,00000,\"AUDIT: SESSION,\(number),1,"
          + "READ,SELECT,TABLE,\(salt).t\(number % 3),select a from t,<none>,\(number)\","
          + ",,,,,,,,\"\(salt)-p\",\"b\",,0"
        : "192.0.2.\(number % 5) - \(who) [01/Apr/2026:00:00:0\(number % 10) +0000] "
          + "\"GET /\(salt)/\(number) HTTP/1.1\" 200 \(number) \"-\" \"\(salt)-agent/1\""
      return Array(text.utf8)
    }
  }

  private static func decode<F: LogFormat>(
    _ format: F.Type,
    _ records: ArraySlice<[UInt8]>,
    into batch: inout EventBatch
  ) -> [String] {
    var bytes: [UInt8] = []
    var starts: [UInt32] = []
    for record in records {
      starts.append(UInt32(bytes.count))
      bytes += record + [0x0A]
    }
    var chunk = ByteChunk(bytes)
    if case .csvRecords = format.framing { chunk.recordStarts = starts }
    let options = DecodeOptions(
      declaration: SourceDeclaration(name: "fixture"),
      zone: .utc,
      subjectKey: SubjectKey(1, 2)
    )
    batch.removeAll()
    format.init(options: options, head: bytes.span).decode(chunk, into: &batch)
    let names = batch.names
    return batch.rows.map { MemoTests.text($0, names) }
  }

  private static func check<F: LogFormat>(_ format: F.Type) {
    let records = records(format, "ito")
    var alone: [String] = []
    for record in records {
      var batch = EventBatch()
      alone += decode(format, [record], into: &batch)
    }
    #expect(alone.count == records.count)
    // Chunk by chunk into one batch, and into copies of it that see other names meanwhile.
    var batch = EventBatch()
    var found: [String] = []
    for start in stride(from: 0, to: records.count, by: 37) {
      var copy = batch
      let part = records[start..<min(records.count, start + 37)]
      let others = Self.records(format, "sato")[0..<50]
      var fresh = EventBatch()
      #expect(decode(format, others, into: &copy) == decode(format, others, into: &fresh))
      found += decode(format, part, into: &batch)
      #expect(decode(format, part, into: &copy) == Array(alone[start..<start + part.count]))
    }
    #expect(found == alone)
    // A table that begins anew has no memory of the old one.
    batch.names = NameTable()
    #expect(decode(format, records[...], into: &batch) == alone)
  }

  @Test func `rows are the same chunk by chunk, and in copies of a batch`() {
    Self.check(CombinedAccess.self)
    Self.check(CSVLog.self)
  }
}
