import EventModel
import Testing

@testable import Ingest

/// What is remembered saves work and never changes an answer.
struct MemoTests {
  /// A fixed sequence of pseudo-random choices.
  struct Dice {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }

    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

    /// The bytes with up to `most` of them changed, removed or followed by another.
    mutating func mutated(_ bytes: [UInt8], most: Int, with marks: [UInt8]) -> [UInt8] {
      var bytes = bytes
      for _ in 0..<below(most + 1) where !bytes.isEmpty {
        let place = below(bytes.count)
        switch below(5) {
        case 0: bytes[place] = pick(marks)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(pick(marks), at: place)
        case 3: bytes[place] = 0x30 + UInt8(below(10))
        default: bytes.removeSubrange(place..<min(bytes.count, place + below(4)))
        }
      }
      return bytes
    }
  }

  static let words = [
    "select", "*", "from", "t", "Sales.\"Cli\"\"ents\"", "where", "id", "=", "'x'", "'it''s'", "7",
    "1.5e3", "$1", "$12", "and", "LIKE", "'a%'", "between", "in", "(", ")", "(", ")", ",", "limit",
    "10", "offset", "fetch", "first", "rows", "only", "'row'", "percent", "top", "copy", "to",
    "program", "stdout", "outfile", "into", "'/tmp/x'", "insert", "'into y'", "values", "update",
    "set", "role", "explain", "analyze", "'format'", "with", "c", "as", "recursive", "union", "all",
    "count", "sum", "over", "group", "by", "order", "-", "--", "\n", "/* z */", "/* /* n */ 1 */",
    "/*", "$$ from q $$", "$x$ 1 $x$", "E'\\''", "e", "u&'d'", "n'x'", "\"", "'", ";", "declare",
    "cursor", "for", "forward", "5", "alter", "system", "pgaudit.log", "uninstall",
    "'server_audit'", "lock", "table", "only", "é", "::", "text", "interval", "'1 day'", "\t", "+",
    "do", "create", "distinct", "having", "join", "using", "drop", "extension", "reset", "truncate",
  ]

  static func found(_ scanner: borrowing SQLScanner) -> String {
    "\(scanner.operation) \(scanner.joinedRelations) \(scanner.isWhole) \(scanner.isTruncated) "
      + "\(String(describing: scanner.fetchCount)) \(String(describing: scanner.limit)) "
      + "\(scanner.gathers) \(scanner.isCatalogueOnly) "
      + "\(String(describing: scanner.destination)) \(String(describing: scanner.verb))"
  }

  @Test(arguments: [SQLDialect.postgresql, .mysql])
  func `a statement reads the same with and without memory`(_ dialect: SQLDialect) {
    var dice = Dice(state: 7)
    var memo = StatementMemo(dialect)
    var (remembering, plain) = (SQLScanner(), SQLScanner())
    let marks = Array("'\"$-/*;(),0aE \n\\".utf8)
    var bases: [[UInt8]] = []
    for _ in 0..<400 {
      let count = 1 + dice.below(14)
      let glue = dice.below(4) == 0 ? "" : " "
      let text = (0..<count).map { _ in dice.pick(Self.words) }.joined(separator: glue)
      bases.append(Array(text.utf8))
    }
    for _ in 0..<40_000 {
      if dialect == .mysql {
        remembering.defaultSchema = dice.pick([[], [0x61, 0x2E], [0x62, 0x2E]])
        plain.defaultSchema = remembering.defaultSchema
      }
      let text = dice.mutated(dice.pick(bases), most: 3, with: marks)
      let padded = text + [UInt8](repeating: 0x27, count: 64)
      padded.withUnsafeBufferPointer { padded in
        let sql = padded.slice(0..<text.count)
        memo.scan(sql, &remembering)
        plain.scan(sql, dialect: dialect)
      }
      let (with, without) = (Self.found(remembering), Self.found(plain))
      #expect(with == without, "\(String(decoding: text, as: UTF8.self))")
      if with != without { return }
    }
  }

  @Test(arguments: [
    ("select a from t where x = 1 and y like 'b%'", "select a  from t where x = 23 and y like ''"),
    ("/* call 7 */ select f(1, 'a') -- b", "select /* 9 */ f(22, 'it''s')"),
  ])
  func `statements that differ in literals alone have one skeleton`(_ one: String, _ other: String)
  {
    #expect(Self.skeleton(one) != nil && Self.skeleton(one) == Self.skeleton(other))
  }

  @Test(arguments: [
    ("select * from t limit 5", "select * from t limit 50"),
    ("copy t to '/a'", "copy t to '/b'"),
    ("fetch forward -5 from c", "fetch forward -6 from c"),
    ("select \"a\" from t", "select \"b\" from t"),
  ])
  func `a literal that counts stays in the skeleton`(_ one: String, _ other: String) {
    #expect(Self.skeleton(one) != nil && Self.skeleton(one) != Self.skeleton(other))
  }

  static func skeleton(_ sql: String) -> [UInt8]? {
    let skeleton = SQLSkeleton()
    return Array(sql.utf8).withUnsafeBufferPointer { sql in skeleton.of(sql).map { Array($0) } }
  }

  @Test func `columns found in one pass are those of the plain splitter`() throws {
    var dice = Dice(state: 11)
    var columns = CSVColumns(most: 26)
    var fields = QuotedFields()
    var regular = 0
    let pieces = [
      "", "a", "\"\"", "\"a,b\"", "\"say \"\"x\"\"\"", "\"\"\"\"", "1\n2", "\"l\nm\"", "é",
    ]
    for _ in 0..<20_000 {
      let count = 1 + dice.below(28)
      let longer = String(repeating: "z", count: dice.below(70))
      let text = (0..<count).map { _ in dice.pick(pieces) + (dice.below(9) == 0 ? longer : "") }
      let record = dice.mutated(
        Array(text.joined(separator: ",").utf8),
        most: 2,
        with: Array("\",\n".utf8)
      )
      let padded = record + [UInt8](repeating: 0x22, count: 64)
      try padded.withUnsafeBufferPointer { padded in
        let bytes = padded.slice(0..<record.count)
        var arena = ByteArena(capacity: 2 * record.count + 64)
        guard columns.split(bytes) else { return }
        regular += 1
        try fields.split(bytes, most: 26, arena: &arena)
        #expect(!fields.isOpen && fields.count == columns.count)
        for index in 0..<fields.count {
          let column = try columns.text(index, &arena)
          #expect(column.elementsEqual(fields[index]))
        }
      }
    }
    #expect(regular > 5000)
  }

  // MARK: records

  /// A row as text, without its place in the file.
  static func text(_ row: EventRow, _ names: NameTable) -> String {
    var plain = row
    (plain.line, plain.offset) = (0, 0)
    (plain.account, plain.terminal, plain.program) = (.none, .none, .none)
    (plain.object, plain.owner, plain.destination) = (.none, .none, .none)
    let ids = [row.account, row.terminal, row.program, row.object, row.owner, row.destination]
    return "\(plain) " + ids.map { "\(names.bytes(of: $0))" }.joined(separator: " ")
  }

  static func decode<F: LogFormat>(_ format: F.Type, _ records: [[UInt8]]) -> EventBatch {
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
    var batch = EventBatch()
    format.init(options: options, head: bytes.span).decode(chunk, into: &batch)
    return batch
  }

  /// Every record alone, beside all of them in one chunk.
  static func tellsTheSame<F: LogFormat>(_ format: F.Type, _ records: [[UInt8]]) {
    let together = decode(format, records)
    var rows: [String] = []
    var (passedOver, rejected) = (0, 0)
    for record in records {
      let alone = decode(format, [record])
      rows += alone.rows.map { text($0, alone.names) }
      passedOver += alone.passedOver
      rejected += alone.rejectedCount
    }
    #expect(together.rows.count == rows.count)
    #expect((together.passedOver, together.rejectedCount) == (passedOver, rejected))
    for (row, expected) in zip(together.rows, rows) {
      let found = text(row, together.names)
      #expect(found == expected, "\(format.name)")
      if found != expected { return }
    }
    #expect(rows.count > records.count / 4)
  }

  static func audit(_ dice: inout Dice) -> String {
    let command = dice.pick(["SELECT", "COPY", "DECLARE CURSOR", "FETCH", "UPDATE", "DO", "???"])
    let relation = dice.pick([
      "TABLE,s.t", "VIEW,s.v", "TABLE,\"s.\"\"T\"\"\"", ",", "FUNCTION,s.f",
    ])
    let sql = dice.pick([
      "select a from s.t where x = 5", "\"select a, b from s.t limit 7\"", "<not logged>",
      "\"copy s.t to '/tmp/a,b'\"", "\"with \"\"T\"\" as (select 1) select * from \"\"T\"\"\"",
      "\"select count(*) from s.t, u\"", "fetch 10 from c", "\"explain analyze select * from s.t\"",
    ])
    let rows = dice.pick([",8", ",8", ",12", ",0", "", ",", ",x", ",99999999999999999999", "9"])
    let kind = dice.pick(["READ", "WRITE", "FUNCTION", "MISC", "ROLE"])
    let scope = dice.pick(["SESSION", "OBJECT"])
    return "AUDIT: \(scope),\(dice.pick(["1", "2", "x", "", "77"])),1,\(kind),\(command),"
      + "\(relation),\(sql),\(dice.pick(["<none>", "<not logged>", "7"]))\(rows)"
  }

  @Test func `an audit line tells the same alone and among others`() {
    var dice = Dice(state: 3)
    var records: [[UInt8]] = []
    var objects: [[UInt8]] = []
    for _ in 0..<6000 {
      let line = Array(Self.audit(&dice).utf8)
      let message = dice.mutated(line, most: dice.below(3), with: [0x2C, 0x22])
      let text = String(decoding: message, as: UTF8.self)
      let tag = dice.pick(["SELECT", "COPY", "EXPLAIN", "", "SELECT INTO"])
      let quoted = text.replacing("\"", with: "\"\"")
      let record =
        "2026-04-01 00:00:0\(dice.below(10)).5 UTC,\"u\(dice.below(4))\",\"d\",1,\"192.0.2.7:5\","
        + "s.\(dice.below(3)),1,\"\(tag)\",t,1/1,0,LOG,00000,\"\(quoted)\",,,,,,,,,\"p\",\"b\",,0"
      records.append(dice.mutated(Array(record.utf8), most: dice.below(8) / 7, with: [0x2C, 0x22]))
      let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      objects.append(
        Array(
          ("{\"timestamp\":\"2026-04-01 00:00:01.5 UTC\",\"user\":\"u\",\"session_id\":\"s.1\","
            + "\"ps\":\"\(tag)\",\"error_severity\":\"LOG\",\"message\":\"\(escaped)\"}").utf8
        )
      )
    }
    Self.tellsTheSame(CSVLog.self, records)
    Self.tellsTheSame(PostgreSQLJSONLog.self, objects)
  }

  @Test func `a request tells the same alone and among others`() {
    var dice = Dice(state: 5)
    let segments = [
      "customers", "7", "681391", "export.csv", "export", "*", "a.js", "1.csv", "user-Export", "",
      "0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000", "%65xport", "x;y=1", "\\x41",
      "出力", "dead", "12a", "\u{1F}", String(repeating: "9", count: 200), "http://h", "a b",
    ]
    var lines: [[UInt8]] = []
    for _ in 0..<6000 {
      let path = (0..<dice.below(5)).map { _ in "/" + dice.pick(segments) }.joined()
      let method = dice.pick(["GET", "GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "get"])
      let query = dice.pick(["", "", "?q=1", "?export=csv"])
      let line =
        "192.0.2.\(dice.below(9)) - \(dice.pick(["ito", "-", "\"\"", "a b"])) "
        + "[01/Apr/2026:00:00:0\(dice.below(10)) +0000] \"\(method) \(path)\(query) HTTP/1.1\" "
        + "\(dice.pick(["200", "404", "304", "-"])) \(dice.pick(["5", "-", "99"])) \"-\" \"curl/8\""
      let marks = Array(" /\"\\%7".utf8)
      lines.append(dice.mutated(Array(line.utf8), most: dice.below(3), with: marks))
    }
    Self.tellsTheSame(CombinedAccess.self, lines)
  }
}
