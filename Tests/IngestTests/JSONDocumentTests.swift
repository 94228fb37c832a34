import EventModel
import Foundation
import Testing

@testable import Ingest

/// Documents of JSON, of whose records lines are made.
@Suite struct `A JSON document` {
  private static let fixtures = [
    "aws-cloudtrail/delivery-in-one-line", "aws-cloudtrail/delivery-over-lines",
    "aws-cloudtrail/list",
    "aws-cloudtrail/event-history", "google-workspace/list-of-activities", "okta-system-log/list",
    "github-audit/list", "mysql-audit/over-lines", "jsonl/records-over-lines",
  ]

  private static func input(_ fixture: String) throws -> [UInt8] {
    Array(
      try Data(
        contentsOf: FormatGoldenTests.root.appendingPathComponent(fixture + "/input.log")
      )
    )
  }

  /// The lines as a reader gives them out, in pieces of `size` bytes.
  private static func lines(_ bytes: ArraySlice<UInt8>, pieces size: Int) -> [UInt8] {
    let documents = JSONDocuments()
    var result: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let piece = Array(bytes[place..<min(bytes.endIndex, place + size)])
      place += piece.count
      piece.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        documents.room(source.count).update(from: base, count: source.count)
      }
      documents.take(piece.count, isEnd: place == bytes.endIndex)
      let ready = documents.ready
      result += [UInt8](unsafeUninitializedCapacity: ready) { room, count in
        if let base = room.baseAddress { count = documents.give(base, ready) }
      }
    }
    return result
  }

  private static func begins(_ text: String) -> Bool? {
    Array(text.utf8).withUnsafeBufferPointer { JSONEnvelope.begins($0, isWhole: true) }
  }

  private static func made(_ text: String) -> String {
    String(decoding: JSONDocuments.lines(of: Array(text.utf8)), as: UTF8.self)
  }

  @Test(arguments: fixtures)
  func `becomes the same lines in pieces of any size, and every byte keeps its place`(
    fixture: String
  ) throws {
    let bytes = try Self.input(fixture)
    let whole = JSONDocuments.lines(of: bytes)
    #expect(whole.count == bytes.count)
    for size in [1, 7, 64, 1000] {
      #expect(Self.lines(bytes[...], pieces: size) == whole, "\(size)")
    }
    for (made, byte) in zip(whole, bytes) where made != byte {
      #expect(made == 0x20 || made == 0x0A || made == 0x0D)
    }
    // What is a line already stays one.
    #expect(JSONDocuments.lines(of: whole) == whole)
  }

  @Test(arguments: fixtures)
  func `reads on from the start of any of its lines as from its beginning`(fixture: String) throws {
    let bytes = try Self.input(fixture)
    let whole = JSONDocuments.lines(of: bytes)
    for (place, byte) in whole.enumerated() where byte == 0x0A {
      #expect(
        Self.lines(bytes[(place + 1)...], pieces: 50) == Array(whole[(place + 1)...]),
        "\(place)"
      )
    }
  }

  @Test(arguments: fixtures)
  func `that was changed at any place is read without a trap, the same in any pieces`(
    fixture: String
  ) throws {
    let bytes = try Self.input(fixture)
    var random = SeededGenerator(state: 5)
    for _ in 0..<100 {
      var changed = bytes
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
        case 1: changed.remove(at: place)
        case 2: changed.insert([0x22, 0x7B, 0x7D, 0x5B, 0x5D, 0x0A, 0x5C][place % 7], at: place)
        default: changed = Array(changed[..<max(1, place)])
        }
      }
      let whole = JSONDocuments.lines(of: changed)
      #expect(whole.count == changed.count)
      #expect(Self.lines(changed[...], pieces: Int.random(in: 1..<90, using: &random)) == whole)
    }
  }

  @Test func `has a line for each of its records, of their own bytes`() throws {
    let first = #"{"eventTime":"1","eventSource":"s","eventName":"{\"]","l":[{"a":1},{"b":2}]}"#
    let second = #"{"eventTime":"2","eventSource":"s","eventName":"b"}"#
    for (text, before) in [
      ("{\"Records\":[\(first),\(second)]}", 1), ("[\(first), \(second)]", 0),
      ("[\n\(first),\n\(second)\n]\n", 1),
      (
        "{\"x\":1}\n{ \"kind\": \"l\", \"items\" : [\(first) ,\r\n\(second)], \"next\": {\"a\": [1]} }\n",
        2
      ),
    ] {
      let made = Self.made(text).split(omittingEmptySubsequences: true) {
        $0 == "\n" || $0 == "\r\n"
      }
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != #"{"x":1}"# }
      #expect(made == [first, second], "\(before): \(text)")
    }
  }

  @Test
  func `is told from lines of objects, and an application's own list from that of its records`() {
    let event = #"{"eventTime":"1","eventSource":"s","eventName":"n"}"#
    for text in [
      "[\(event)]", "{\"Records\":[]}", "{\n\"a\":1}", "{ \"a\": 1,\n  \"b\": 2 }", "[]",
      "\(event),\n\(event)\n]",
      "{\"kind\":\"x\",\"items\":[\(event)]}", "\u{FEFF}[\(event)]",
    ] {
      #expect(Self.begins(text) == true, "\(text)")
    }
    for text in [
      event, "\(event)\n\(event)\n", "{\"items\":[{\"id\":1}],\"time\":\"1\"}\n",
      "{\"items\":[],\"time\":\"1\"}\n",
      "{\"a\":\"x\n{\"a\":\"y\"}\n", "{\"a\":1,\n{\"a\":2}\n", "[2026-04-01] {", "time user\n", "",
      "{2026} a\n", "{\n",
    ] {
      #expect(Self.begins(text) == false, "\(text)")
    }
  }

  @Test func `that was torn loses the record that was torn and no other`() {
    let lines = Self.made("[\n{\n \"a\": 1,\n \"b\": \"x\n{\"c\": 2},\n{\"d\":\n{\"e\": 3}\n]\n")
      .split { $0 == "\n" || $0 == "\r\n" }.map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.contains(#"{"c": 2}"#))
    #expect(lines.contains(#"{"e": 3}"#))
    // What is no record is left to be rejected.
    #expect(Self.made("[{\"a\":1}, oops, {\"b\":2}]").contains("oops"))
  }

  @Test func `longer than a record may be is read in one line, record by record`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("delivery.json").path
    let events = (0..<9000).map { number in
      #"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"sato"},"eventTime":"#
        + #""2026-04-01T09:12:34Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","#
        + #""additionalEventData":{"bytesTransferredOut":\#(1000 + number)},"eventID":"e\#(number)"}"#
    }
    let text = "{\"Records\":[" + events.joined(separator: ",") + "]}"
    #expect(text.utf8.count > 1 << 20)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let bytes = Array(text.utf8)
    for size in [1 << 20, 7_000] {
      let reader = try ChunkReader(path: path, chunkSize: size, encoding: nil)
      let head = try reader.head()
      #expect(head.isDocuments)
      #expect(FormatRegistry.best(head.bytes.span)?.format.name == CloudTrail.name)
      reader.setFraming(CloudTrail.framing)
      let decoder = FormatGoldenTests.open(CloudTrail.self, head.bytes)
      var batch = EventBatch()
      while let chunk = try reader.next() { decoder.decode(chunk, into: &batch) }
      #expect(batch.rows.count == 9000)
      #expect(batch.rejectedCount == 0)
      for (row, event) in zip(batch.rows, events) {
        #expect(
          bytes[Int(row.offset)..<Int(row.offset) + Int(row.length)].elementsEqual(event.utf8)
        )
      }
    }
  }
}
