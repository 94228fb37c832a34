import Estate
import EventModel
import Testing

@testable import Detection

/// Records that were given another name within the server are still their owner's.
struct DerivedRelationTests {
  private static let yaml = """
    sources:
      - {name: one, paths: "a*", format: auto, system: db-one}
      - {name: copy-of-one, paths: "b*", format: auto, system: db-one}
      - {name: two, paths: "c*", format: auto}
    owners:
      - {name: Kita, delivered: 100000}
      - {name: Minami, delivered: 100000}
    datasets:
      - {name: kita, tables: "kita.*", owner: Kita}
      - {name: minami, tables: "minami.*", owner: Minami}
    accounts:
      - {name: dba1, role: dba, person: Mori}
    """

  /// A line of a database's log: what, which relations, under which name they are had, how many, of which
  /// source.
  private struct Line {
    var operation: EventModel.Operation
    var object: String
    var copy = ""
    var records: Int64 = 5_000
    var source: UInt16 = 0
    var statement: UInt64 = 0
    var outcome = Outcome.success
  }

  /// The owners and records of the incidents, an incident a line.
  private func told(_ lines: [Line], parts: Int = 1, seconds: Int64 = 120) throws -> [String] {
    let estate = try EstateFile.load(yaml: Self.yaml, file: "o.yml", folder: "/").estate
    var names = NameTable()
    let rows = lines.enumerated().map { index, line in
      var row = EventRow(time: Int64(index) * seconds * 1_000_000_000 + 1_700_000_000_000_000_000)
      row.account = names.intern("dba1")
      row.object = line.object.isEmpty ? .none : names.intern(line.object)
      row.destination = line.copy.isEmpty ? .none : names.intern(line.copy)
      row.operation = line.operation
      row.volume = .exactly(line.records)
      row.outcome = line.outcome
      (row.source, row.statement) = (line.source, line.statement)
      row.digest = UInt64(index + 1)
      return row
    }
    var engine = DetectionEngine(
      estate: estate,
      sources: estate.sources,
      detectors: ["bulk-export"]
    )
    for part in 0..<parts {
      let range = rows.count * part / parts..<rows.count * (part + 1) / parts
      engine.apply(Array(rows[range]), names: names)
      guard part < parts - 1 else { break }
      engine = try DetectionEngine(
        restoring: engine.snapshot(),
        estate: estate,
        sources: estate.sources,
        detectors: ["bulk-export"]
      )
    }
    return engine.finish(coverage: Coverage()).map { incident in
      incident.owners.map { "\($0.owner) \($0.records.low)" }.joined(separator: ", ")
    }
  }

  @Test func `reading a table made of an owner's records is reading the owner's records`() throws {
    let make = Line(operation: .touch, object: "kita.cust", copy: "tmp_x")
    #expect(try told([make, Line(operation: .read, object: "public.tmp_x")]) == ["Kita 5000"])
    #expect(try told([make, Line(operation: .export, object: "tmp_x")]) == ["Kita 5000"])
    #expect(try told([Line(operation: .export, object: "tmp_x"), make]) != ["Kita 5000"])
    #expect(try told([make, Line(operation: .export, object: "tmp_y")]) != ["Kita 5000"])
  }

  @Test func `making it takes nothing`() throws {
    #expect(try told([Line(operation: .touch, object: "kita.cust", copy: "tmp_x")]) == [])
    #expect(try told([Line(operation: .write, object: "a\u{1F}kita.cust", copy: "a")]) == [])
  }

  @Test func `a copy of a copy, a view and several owners' records keep their owners`() throws {
    let lines = [
      Line(operation: .touch, object: "kita.cust", copy: "a"),
      Line(operation: .write, object: "a\u{1F}b", copy: "b"),
      Line(operation: .write, object: "b\u{1F}minami.cust", copy: "b"),
      Line(operation: .touch, object: "b", copy: "v"),
      Line(operation: .read, object: "v"),
    ]
    let found = try told(lines)
    #expect(found.count == 1)
    #expect(found[0].contains("Kita") && found[0].contains("Minami"), "\(found)")
  }

  @Test func `lines of the audit that name the schema tell which table it is`() throws {
    let whole = Line(operation: .touch, object: "kita.cust\u{1F}work.tmp", copy: "tmp")
    #expect(try told([whole, Line(operation: .read, object: "work.tmp")]) == ["Kita 5000"])
    #expect(try told([whole, Line(operation: .read, object: "tmp")]) == ["Kita 5000"])
    #expect(try told([whole, Line(operation: .read, object: "other.tmp")]) != ["Kita 5000"])
  }

  @Test func `a session's own table is told by the name of its schema with a number, too`() throws {
    let make = Line(operation: .touch, object: "kita.cust\u{1F}pg_temp.tmp", copy: "tmp")
    #expect(try told([make, Line(operation: .read, object: "pg_temp_3.tmp")]) == ["Kita 5000"])
    #expect(try told([make, Line(operation: .read, object: "pg_temp.tmp")]) == ["Kita 5000"])
  }

  @Test func `a table that moved to another schema is still its owner's`() throws {
    let move = Line(operation: .touch, object: "kita.cust", copy: "tmp.cust")
    #expect(try told([move, Line(operation: .read, object: "tmp.cust")]) == ["Kita 5000"])
    #expect(try told([move, Line(operation: .read, object: "other.cust")]) != ["Kita 5000"])
  }

  @Test func `another server's table of the same name is another table`() throws {
    let make = Line(operation: .touch, object: "kita.cust", copy: "tmp")
    let there = Line(operation: .read, object: "tmp", source: 2)
    #expect(try told([make, there]) != ["Kita 5000"])
    let sameSystem = Line(operation: .read, object: "tmp", source: 1)
    #expect(try told([make, sameSystem]) == ["Kita 5000"])
  }

  @Test func `what failed, and what holds declared records itself, is not renamed`() throws {
    let failed = Line(operation: .touch, object: "kita.cust", copy: "tmp", outcome: .failure)
    #expect(try told([failed, Line(operation: .read, object: "tmp")]) != ["Kita 5000"])
    let into = Line(operation: .write, object: "kita.cust\u{1F}minami.cust", copy: "minami.cust")
    #expect(try told([into, Line(operation: .read, object: "minami.cust")]) == ["Minami 5000"])
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 1, 0], [1, 3, 0, 2]])
  func `within one second copies come before reads, in whatever order they stand`(
    order: [Int]
  ) throws {
    let lines = [
      Line(operation: .touch, object: "kita.cust", copy: "a", statement: 1),
      Line(operation: .touch, object: "a", copy: "b", statement: 2),
      Line(operation: .touch, object: "b", copy: "c", statement: 3),
      Line(operation: .read, object: "c", statement: 4),
    ]
    #expect(try told(order.map { lines[$0] }, seconds: 0) == ["Kita 5000"])
  }

  @Test func `what was made before a restart is known after it`() throws {
    let lines = [
      Line(operation: .touch, object: "kita.cust", copy: "a"),
      Line(operation: .touch, object: "a", copy: "x.b"),
      Line(operation: .read, object: "b"),
    ]
    #expect(try told(lines, parts: 3) == (try told(lines)))
    #expect(try told(lines) == ["Kita 5000"])
  }

  @Test func `of names beyond the bound the newest are known`() {
    var names = NameTable()
    var book = DerivedRelations()
    let (system, base) = (names.intern("db"), names.intern("kita.cust"))
    for number in 0..<20_000 {
      book.note(names.intern("t\(number)"), holds: [base], in: system, names: &names)
    }
    #expect(book.count <= DerivedRelations.limit)
    #expect(book.bases(of: names.intern("t19999"), in: system, names: &names) == [base])
    #expect(book.bases(of: names.intern("t0"), in: system, names: &names) == [])
  }
}
