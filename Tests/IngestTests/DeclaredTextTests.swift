import EventModel
import Foundation
import Testing

@testable import Ingest

/// Lines by templates that an operator declares.
struct DeclaredTextTests {
  static func format(
    _ lines: [String],
    pass: [String] = [],
    _ fields: [FieldMap.Column: String],
    time: String? = nil
  ) throws -> DeclaredFormat {
    var format = DeclaredFormat(name: "made-up")
    format.lines = try lines.map { try LineTemplate($0) }
    format.pass = try pass.map { try LineTemplate($0) }
    for (column, name) in fields { format.fields.rules[column] = FieldRule(path: [name]) }
    format.fields.rules[.time]?.timeFormat = time
    return format
  }

  static func decoder(_ format: DeclaredFormat) -> DeclaredText {
    var declaration = SourceDeclaration(name: "test")
    declaration.declared = format
    let options = DecodeOptions(
      declaration: declaration,
      zone: TimeZoneRule(fixedOffset: 9 * 3600),
      subjectKey: SubjectKey(1, 2)
    )
    return DeclaredText(options: options, head: [UInt8]().span)
  }

  static func decode(_ format: DeclaredFormat, _ text: String) -> EventBatch {
    var batch = EventBatch()
    decoder(format).decode(ByteChunk(Array(text.utf8)), into: &batch)
    return batch
  }

  static func desk() throws -> DeclaredFormat {
    try format(
      [
        #"{at} [{level:word}] user={user:word} ip={ip:word} {verb:word} "{:rest}"#,
        "{at} [{level:word}] {:pairs}", "{at};{user};{screen:quoted};{rows:number};{size:number}",
      ],
      pass: ["{at} [{level:word}] started {:rest}", "# {:rest}"],
      [
        .time: "at", .account: "user", .terminal: "ip", .operation: "verb", .object: "screen",
        .records: "rows", .bytes: "size",
      ],
      time: "%Y-%m-%d %H:%M:%S,%f"
    )
  }

  static let sample = #"""
    2026-04-01 09:12:34,120 [INFO] user=sato ip=192.0.2.7 view "list of members"
    2026-04-01 09:12:35,007 [INFO]   rows=800 user=suzuki verb=export, ip=192.0.2.8 screen="a \"b\" c"
    2026-04-01 09:12:35,1 [DEBUG] started in 3 s
    2026-04-01 09:13:00,000;tanaka;"members ""all""";12;-
    2026-04-01 09:13:00,000;tanaka;"members";;4096
    # a remark
    2026-04-01 09:13:60,5;ito;"x";1;2
    2026-04-01 09:13:01,000;tanaka;"members;12;-

    no line of this log

    """#

  @Test func `fields, pairs, quotes and what is not stated`() throws {
    let batch = Self.decode(try Self.desk(), Self.sample)
    #expect(
      FormatGoldenTests.text(batch) == """
        1 2026-04-01T00:12:34.120Z read unknown account=sato terminal=192.0.2.7 program=- object=- \
        owner=- destination=- volume=0…… unknown bytes=-1 flags=0 statement=0
        2 2026-04-01T00:12:35.007Z export unknown account=suzuki terminal=192.0.2.8 program=- \
        object=a "b" c owner=- destination=- volume=800…800 exact bytes=-1 flags=0 statement=0
        4 2026-04-01T00:13:00Z read unknown account=tanaka terminal=- program=- \
        object=members "all" owner=- destination=- volume=12…12 exact bytes=-1 flags=0 statement=0
        5 2026-04-01T00:13:00Z read unknown account=tanaka terminal=- program=- object=members \
        owner=- destination=- volume=0…… unknown bytes=4096 flags=0 statement=0
        7 2026-04-01T00:13:59.500Z read unknown account=ito terminal=- program=- object=x owner=- \
        destination=- volume=1…1 exact bytes=2 flags=0 statement=0
        rejected line 8: not a record of this format at byte 44
        rejected line 10: not a record of this format at byte 0
        lines 10 passed over 3 rejected 2

        """
    )
    #expect(batch.dated.map(\.line) == [3], "a line without an event tells its time")
  }

  @Test func `a blank beside a field stands for any number of them`() throws {
    let format = try Self.format(
      ["{at}  {user:word} {rows:number} end"],
      [.time: "at", .account: "user", .records: "rows"]
    )
    let text = "2026-04-01T00:00:00Z  sato       12    end\n2026-04-01T00:00:00Z sato 12 end\n"
    let batch = Self.decode(format, text)
    #expect(batch.rows.map(\.recordsLow) == [12])
    #expect(batch.rejectedCount == 1, "two blanks between texts are two")
  }

  @Test func `times in one minute are those that each would be by itself`() throws {
    for (pattern, texts) in [
      (
        "%Y-%m-%d %H:%M:%S,%f",
        ["2026-04-01 09:12:34,120", "2026-04-01 09:12:59,9", "2026-04-01 9:1:2,0"]
      ),
      ("%d/%b/%Y:%H:%M:%S %z", ["01/Apr/2026:09:12:34 +0900", "01/Apr/2026:09:12:35 +0000"]),
      ("%Y%m%d%H%M%S", ["20260401091234", "20260401091235", "20260401091361"]),
      ("%H:%M:%S %d.%m.%Y", ["09:12:34 01.04.2026", "09:12:34 02.04.2026"]),
      ("%Y/%m/%d %H:%M:%S", ["2026/04/01 09:12:34", "2026/04/01 09:12:60", "2026/04/01 09:12:6x"]),
    ] {
      let program = TimeProgram(format: pattern, zone: .utc, year: nil)
      var kept = TimeProgram.Cache()
      for text in texts + texts.reversed() + texts {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
        bytes.withUnsafeBufferPointer { bytes in
          let text = UnsafeBufferPointer(rebasing: bytes.dropLast(64))
          var fresh = TimeProgram.Cache()
          #expect(program.time(text, cache: &kept) == program.time(text, cache: &fresh))
        }
      }
    }
  }

  @Test func `any chunking reads the same rows`() throws {
    let scratch = try Scratch()
    let bytes = Array(String(repeating: Self.sample, count: 40).utf8)
    let path = try scratch.write(bytes)
    let decoder = Self.decoder(try Self.desk())
    var seen: [String] = []
    for size in [1, 7, 100, 1000, 1 << 20] {
      let reader = try ChunkReader(path: path, chunkSize: size, encoding: nil)
      reader.setFraming(DeclaredText.framing)
      var text = ""
      var rejected = 0
      while let chunk = try reader.next() {
        var batch = EventBatch()
        decoder.decode(chunk, into: &batch)
        rejected += batch.rejectedCount
        text += FormatGoldenTests.text(batch).split(separator: "\n")
          .filter { !$0.hasPrefix("lines ") && !$0.hasPrefix("rejected ") }.map { "\($0)\n" }
          .joined()
      }
      seen.append("\(text)\(rejected) rejected")
    }
    #expect(Set(seen).count == 1)
    #expect(seen[0].split(separator: "\n").count == 5 * 40 + 1)
  }

  @Test func `mutations never trap and never lose a line`() throws {
    let decoder = Self.decoder(try Self.desk())
    let input = Array(Self.sample.utf8)
    var state: UInt64 = 0xF00D
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    for _ in 0..<1000 {
      var bytes = input
      for _ in 0...(next() % 4) {
        let place = next() % bytes.count
        switch next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert([0x22, 0x3D, 0x0A, 0x3B, 0x5C, 0x20][next() % 6], at: place)
        default: bytes.removeSubrange(max(1, place)...)
        }
      }
      bytes.append(0x0A)
      var batch = EventBatch()
      decoder.decode(ByteChunk(bytes), into: &batch)
      #expect(batch.lineCount == bytes.count { $0 == 0x0A })
      _ = TemplateGuess.propose(bytes.span, name: "x")
    }
  }

  // MARK: Proposals

  private func propose(_ text: String) throws -> (TemplateGuess.Proposal, EventBatch) {
    let found = TemplateGuess.propose(Array(text.utf8).span, name: "x")
    let proposal = try #require(found)
    return (proposal, Self.decode(proposal.format, text))
  }

  /// How a time is written, and what it is in UTC; of those without a zone in the zone of the source (+09:00).
  private static let spellings = [
    ("2026/11/23 10:00:00", "2026-11-23T01:00:00Z"),
    ("2026/11/23 10:00:00.123", "2026-11-23T01:00:00.123Z"),
    ("2026/11/23 10:00:00 +0200", "2026-11-23T08:00:00Z"),
    ("2026/11/23 10:00:00+02:00", "2026-11-23T08:00:00Z"),
    ("23/Nov/2026:10:00:00 +0900", "2026-11-23T01:00:00Z"),
    ("20261123100000", "2026-11-23T01:00:00Z"), ("20261123T100000", "2026-11-23T01:00:00Z"),
    ("20261123 10:00:00", "2026-11-23T01:00:00Z"), ("1795395600", "2026-11-23T01:00:00Z"),
    ("1795395600.123", "2026-11-23T01:00:00.123Z"), ("1795395600123", "2026-11-23T01:00:00.123Z"),
    ("2026-11-23T10:00:00,123", "2026-11-23T01:00:00.123Z"),
    ("2026-11-23 10:00:00,123", "2026-11-23T01:00:00.123Z"),
    ("2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00Z"),
    ("2026-11-23T10:00:00.5Z", "2026-11-23T10:00:00.500Z"),
    ("23/11/2026 10:00:00", "2026-11-23T01:00:00Z"),
    ("11/23/2026 10:00:00", "2026-11-23T01:00:00Z"),
    ("23-Nov-2026 10:00:00", "2026-11-23T01:00:00Z"),
    ("23 Nov 2026 10:00:00", "2026-11-23T01:00:00Z"),
    ("2026年11月23日 10:00:00", "2026-11-23T01:00:00Z"),
    ("2026年11月23日 10時00分00秒", "2026-11-23T01:00:00Z"),
    ("Mon Nov 23 10:00:00 2026", "2026-11-23T01:00:00Z"),
    ("20261123 100000", "2026-11-23T01:00:00Z"),
  ]

  @Test(arguments: ["#", "[#]", "ts=#", "\"#\""], spellings)
  func `a proposal reads times as they are written`(
    place: String,
    spelling: (text: String, time: String)
  ) throws {
    let time = place.replacing("#", with: spelling.text)
    let (proposal, batch) = try propose(
      "\(time) user=sato ip=192.0.2.7 action=export rows=800\n"
        + "\(time) user=ito ip=192.0.2.8 action=export rows=20\n"
    )
    #expect(
      batch.rows.map { "\(Timestamp(nanoseconds: $0.time))" } == [spelling.time, spelling.time],
      "\(proposal.format.lines.map(\.text)) \(proposal.format.fields.rules[.time]?.timeFormat ?? "-")"
    )
    #expect(batch.rows.map(\.recordsLow) == [800, 20])
  }

  @Test func `a proposal reads the sample it was made from`() throws {
    let (proposal, batch) = try propose(
      """
      2026-04-01 09:12:34,120 [INFO] [http-3] desk - user=sato ip=192.0.2.7 export "members" rows=800
      2026-04-01 09:12:35,007 [WARN] [http-4] desk - user=suzuki ip=192.0.2.8 view "calls" rows=1
      2026-04-01 09:12:36,007 [INFO] [http-4] desk - user=ito ip=192.0.2.8 view "calls" rows=20

      """
    )
    #expect(
      proposal.format.lines.map(\.text) == [
        "{time:words2} [{level:word}] [{field:word}] desk - user={user:word} ip={ip:word} {operation:word} "
          + "{field2:quoted} rows={rows:number}"
      ]
    )
    #expect(batch.rows.count == 3 && batch.rejectedCount == 0)
    #expect(batch.rows.map(\.operation) == [.export, .read, .read])
    #expect(batch.rows.map(\.recordsLow) == [800, 1, 20])
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["sato", "suzuki", "ito"])
    #expect(batch.rows.map { batch.names.text(of: $0.terminal) }.first == "192.0.2.7")
  }

  @Test func `lines that differ in their keys are read as pairs`() throws {
    let (proposal, batch) = try propose(
      """
      2026/04/01 09:12:34 user=sato op=export rows=800
      2026/04/01 09:12:35 user=ito op=view
      2026/04/01 09:12:36 op=view user=ito url="/members?page=2" rows=20 ms=3

      """
    )
    #expect(proposal.format.lines.map(\.text) == ["{time:words2} {:pairs}"])
    #expect(proposal.format.fields.rules[.time]?.timeFormat == "%Y/%m/%d %H:%M:%S")
    try #require(batch.rows.map(\.operation) == [.export, .read, .read])
    #expect(batch.names.text(of: batch.rows[2].object) == "/members?page=2")
    #expect(batch.rows[1].quality == .unknown && batch.rows[2].recordsLow == 20)
  }

  @Test func `what a known key states is a field though it is the same in every line`() throws {
    let (proposal, batch) = try propose(
      """
      2026-04-01 09:12:34 desk user=sato op=export rows=800
      2026-04-01 09:12:35 desk user=sato op=export rows=20

      """
    )
    #expect(
      proposal.format.lines.map(\.text) == [
        "{time:words2} desk user={user:word} op={op:word} rows={rows:number}"
      ]
    )
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["sato", "sato"])
  }

  @Test func `numbers with groups of digits and clients that are addresses are what they are`()
    throws
  {
    let (proposal, batch) = try propose(
      """
      2026-04-01 09:12:34 user_id=sato client=192.0.2.7 event=export table=members cnt=12,345 took 15ms
      2026-04-01 09:12:35 user_id=ito client=192.0.2.8 event=export table=members cnt=800 took 3ms
      2026-04-01 09:12:36 user_id=ono client=192.0.2.9 event=export table=orders cnt=1,055,000 took 8ms

      """
    )
    #expect(proposal.format.lines.count == 1)
    #expect(batch.rows.map(\.recordsLow) == [12_345, 800, 1_055_000])
    #expect(batch.rows.map { batch.names.text(of: $0.account) } == ["sato", "ito", "ono"])
    #expect(batch.rows.map { batch.names.text(of: $0.terminal) }.last == "192.0.2.9")
    #expect(batch.rows.allSatisfy { $0.owner == .none })
  }

  @Test func `nothing is proposed of lines without a time`() {
    let found = TemplateGuess.propose(Array("sato reads\nito reads\n".utf8).span, name: "x")
    #expect(found == nil)
  }
}
