import EventModel
import Foundation
import Testing

@testable import Ingest

/// Logs whose lines mean something under the header lines before them.
struct HeadedTextTests {
  static let formats: [any HeadedText.Type] = [W3CExtended.self, ZeekTSV.self]

  /// Each format's fixtures, one after another in one file, twice.
  private static func bytes(_ format: any HeadedText.Type) throws -> [UInt8] {
    let once = try FormatGoldenTests.cases(format.name).flatMap {
      Array(try Data(contentsOf: $0.appendingPathComponent("input.log")))
    }
    return once + once
  }

  /// What is read from `start` on, a line a row or rejection.
  private static func read(
    _ format: any HeadedText.Type,
    _ path: String,
    chunkSize: Int,
    start: ChunkReader.Start? = nil
  ) throws -> [String] {
    let head = try ChunkReader(path: path, encoding: nil).head().bytes
    let reader = try ChunkReader(
      path: path,
      followedBy: [],
      chunkSize: chunkSize,
      encoding: nil,
      start: start
    )
    reader.setFraming(format.framing)
    let decoder = FormatGoldenTests.open(format, head)
    var result: [String] = []
    while let chunk = try reader.next() {
      var batch = EventBatch()
      decoder.decode(chunk, into: &batch)
      result += FormatGoldenTests.text(batch).split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("lines ") && !$0.hasPrefix("rejected ") }
      result += batch.rejections.map { "\($0.line) rejected \($0.error.text)" }
    }
    return result.sorted()
  }

  @Test(arguments: [0, 1])
  func `any chunking reads the same rows, and so does going on from any line`(index: Int) throws {
    let format = Self.formats[index]
    let scratch = try Scratch()
    let bytes = try Self.bytes(format)
    let path = try scratch.write(bytes)
    let whole = try Self.read(format, path, chunkSize: 1 << 20)
    #expect(whole.count > 15)
    for size in [1, 60, 300, 1000] {
      #expect(try Self.read(format, path, chunkSize: size) == whole, "chunks of \(size)")
    }
    let packed = try scratch.write(try scratch.run("gzip", ["-c"], on: bytes), to: "packed.gz")
    var (offset, line) = (0, 1)
    for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      let start = ChunkReader.Start(offset: Int64(offset), line: line)
      let rest = whole.filter { Int($0.prefix { $0 != " " }) ?? 0 >= line }
      for path in [path, packed] {
        let found = try Self.read(format, path, chunkSize: 200, start: start)
        #expect(found == rest, "from line \(line)")
      }
      offset += text.count + 1
      line += 1
    }
  }

  @Test func `columns of the source read what stands before any header`() throws {
    var declaration = SourceDeclaration(name: "test")
    declaration.columns = ["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status"]
    let options = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    var chunk = ByteChunk(Array("2026-04-01 00:12:34 192.0.2.7 GET /a 200\n".utf8))
    chunk.header = []
    var batch = EventBatch()
    W3CExtended(options: options, head: [UInt8]().span).decode(chunk, into: &batch)
    #expect(batch.rows.map { batch.names.text(of: $0.terminal) } == ["192.0.2.7"])
    declaration.columns = []
    batch.removeAll()
    let none = DecodeOptions(declaration: declaration, zone: .utc, subjectKey: SubjectKey(1, 2))
    W3CExtended(options: none, head: [UInt8]().span).decode(chunk, into: &batch)
    #expect(batch.rejectedCount == 1)
  }

  @Test func `Zeek means the same in columns and as JSON`() throws {
    let tsv = """
      #separator \\x09
      #fields\tts\tuid\tid.orig_h\tid.resp_h\tmethod\turi\tstatus_code\tresponse_body_len
      1775034754.157000\tC1\t192.0.2.7\t198.51.100.1\tGET\t/a.csv\t200\t40120
      #fields\tts\tuid\tid.orig_h\tid.resp_h\tuser\tfrontend\tsuccess\trows
      1775034755.000000\tC2\t192.0.2.7\t198.51.100.1\tito\tsimple_query\tT\t800

      """
    let json = """
      {"ts":1775034754.157,"uid":"C1","id.orig_h":"192.0.2.7","id.resp_h":"198.51.100.1","method":"GET",\
      "uri":"/a.csv","status_code":200,"response_body_len":40120}
      {"ts":1775034755.0,"uid":"C2","id.orig_h":"192.0.2.7","id.resp_h":"198.51.100.1","user":"ito",\
      "frontend":"simple_query","success":true,"rows":800}

      """
    func rows(_ format: any LogFormat.Type, _ text: String) -> [String] {
      FormatGoldenTests.text(FormatGoldenTests.decode(format, Array(text.utf8)))
        .split(separator: "\n").dropLast().map { String($0.drop { $0 != " " }) }
    }
    #expect(rows(ZeekTSV.self, tsv) == rows(ZeekJSON.self, json))
    #expect(rows(ZeekTSV.self, tsv).count == 2)
  }

  @Test func `files of several types of Salesforce put together are surely of it`() {
    let report = "\"EVENT_TYPE\",\"TIMESTAMP\",\"USER_ID\",\"ROW_COUNT\",\"TIMESTAMP_DERIVED\"\n"
    let api =
      "\"EVENT_TYPE\",\"TIMESTAMP\",\"USER_ID\",\"ENTITY_NAME\",\"ROWS_PROCESSED\",\"TIMESTAMP_DERIVED\"\n"
    let text =
      report + "\"Report\",\"20261102130000.123\",\"005A\",\"1500\",\"2026-11-02T13:00:00.123Z\"\n"
      + api
      + "\"API\",\"20261102130000.123\",\"005A\",\"Contact\",\"2000\",\"2026-11-02T13:00:00.123Z\"\n"
    #expect(SalesforceEventLog.probe(Array(text.utf8).span).likelihood == .certain)
  }

  /// Under a header of another order its own columns count; where that header is lost, it is charged to nobody.
  @Test func `a record of Salesforce under a header of another order is charged by that header`() {
    let first = """
      "EVENT_TYPE","TIMESTAMP","USER_ID","ROWS_PROCESSED","ENTITY_NAME","CLIENT_IP","TIMESTAMP_DERIVED"
      "API","20261123083309.157","005000000000001","800","Customer__c","192.0.2.7","2026-11-23T08:33:09.157Z"

      """
    let other =
      "\"EVENT_TYPE\",\"TIMESTAMP\",\"CLIENT_IP\",\"USER_ID\",\"ENTITY_NAME\",\"ROWS_PROCESSED\",\"TIMESTAMP_DERIVED\"\n"
    let second = """
      "API","20261123083409.157","192.0.2.8","005000000000002","Customer__c","5000","2026-11-23T08:34:09.157Z"

      """
    func accounts(_ text: String) -> ([String], Int) {
      let batch = FormatGoldenTests.decode(SalesforceEventLog.self, Array(text.utf8))
      return (batch.rows.map { batch.names.text(of: $0.account) }, Int(batch.rejectedCount))
    }
    #expect(accounts(first + other + second) == (["005000000000001", "005000000000002"], 0))
    #expect(accounts(first + second) == (["005000000000001"], 1))
  }
}
