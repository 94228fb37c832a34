import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Rows of the last days lie in sorted runs on disk, which nights and a watch share.
@Suite struct `Rows that wait` {
  private static let seconds = Int64(1_711_929_600)

  /// One every 25 seconds: 6,000 are 41 hours.
  private func line(_ number: Int, rows: Int = 1, user: Int? = nil) -> String {
    let time = Timestamp(seconds: Self.seconds + Int64(number) * 25)
    return
      "{\"time\":\"\(time)\",\"user\":\"user\(user ?? number % 7)\",\"ip\":\"192.0.2.7\",\"action\":\"export\","
      + "\"object\":\"crm.customers\",\"number\":\(number),\"rows\":\(rows)}\n"
  }

  private func append(_ work: Workplace, _ lines: [String]) throws {
    let path = work.path + "/logs/a.log"
    guard let file = FileHandle(forWritingAtPath: path) else {
      try FileManager.default.createDirectory(
        atPath: work.path + "/logs",
        withIntermediateDirectories: true
      )
      return try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
    }
    try file.seekToEnd()
    try file.write(contentsOf: Data(lines.joined().utf8))
    try file.close()
  }

  private func options(_ work: Workplace, _ limits: WaitingShelf.Limits) -> NightlyOptions {
    var options = watchOptions([work.path + "/logs"], DeclaredEstate())
    options.waiting = limits
    return options
  }

  private func night(
    _ work: Workplace,
    _ store: String,
    _ limits: WaitingShelf.Limits
  ) async throws -> NightlyOutcome {
    let store = try Store(path: work.path + "/" + store, .night)
    return try await NightlyRun(estate: DeclaredEstate(), options: options(work, limits))
      .run(in: store) { JSONLinesReport.line(of: $0) }
  }

  private func watch(_ work: Workplace, _ limits: WaitingShelf.Limits) async throws -> Watch {
    try await Watch(
      estate: DeclaredEstate(),
      options: WatchOptions(night: options(work, limits)),
      store: try Store(path: work.path + "/store", .night),
      render: { JSONLinesReport.line(of: $0) }
    )
  }

  /// The first round after a night looks for files, the next ones at what has grown.
  private func read(_ watch: Watch) async throws {
    try await watch.round()
    while try await watch.round() {}
  }

  private let limits = WaitingShelf.Limits(run: 128, inMemory: 512)

  // MARK: Order

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `come in order, however they were cut into runs`(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let limits = WaitingShelf.Limits(
      run: Int.random(in: 1...40, using: &random),
      small: Int.random(in: 2...9, using: &random)
    )
    let shelf = WaitingShelf(nil, sources: ["one", "two"], limits: limits)
    var waiting = WaitingRows(WaitingIndex(), shelf)
    var all: [(time: Int64, digest: UInt64, user: String)] = []
    func add(after first: Int64) {
      // Each with a table of its own, as each run of the program has.
      var names = NameTable()
      var rows = (0..<Int.random(in: 0..<90, using: &random)).map { _ in
        var row = EventRow(time: Int64.random(in: first...500, using: &random))
        row.digest = UInt64.random(in: 0..<1 << 40, using: &random)
        row.source = UInt16.random(in: 0...1, using: &random)
        let user = "user\(Int.random(in: 0..<30, using: &random))"
        row.account = names.intern(user)
        all.append((row.time, row.digest, user))
        return row
      }
      RowOrder.sort(&rows, names)
      waiting.add(rows, names)
    }
    for _ in 0..<9 { add(after: 0) }
    var (names, found, target) = (NameTable(), [EventRow](), Int64(20))
    if Bool.random(using: &random) {
      let small = waiting.takeSmall(after: -1, &names)
      waiting.add(small, names)
    }
    var cursor = WaitingCursor(after: 20)
    while target < 500 {
      target = min(500, target + Int64.random(in: 0..<60, using: &random))
      // A night puts away what it has read and not settled yet.
      if cursor.position < 500 { add(after: cursor.position + 1) }
      while let block = cursor.next(upTo: target, of: waiting, &names) {
        #expect(!block.isEmpty && block.allSatisfy { $0.time <= target })
        found += block
        #expect(try #require(block.last).time == cursor.position || cursor.position <= target)
      }
      #expect(cursor.position == target)
    }
    let expected = all.filter { $0.time > 20 }.sorted {
      ($0.time, $0.digest) < ($1.time, $1.digest)
    }
    #expect(found.map(\.time) == expected.map(\.time))
    #expect(found.map(\.digest) == expected.map(\.digest))
    #expect(found.map { names.text(of: $0.account) } == expected.map(\.user))
    #expect(cursor.openCount == 0 && cursor.nextTime(of: waiting) == nil)
    #expect(shelf.problem == nil)
  }

  @Test func `that came in order are in memory a run at a time`() {
    let shelf = WaitingShelf(nil, sources: ["one"], limits: limits)
    var waiting = WaitingRows(WaitingIndex(), shelf)
    waiting.add((0..<5_000).map { EventRow(time: $0) }, NameTable())
    #expect(waiting.runs.count == 40 && waiting.count == 5_000)
    var (names, cursor, most, count) = (NameTable(), WaitingCursor(after: -1), 0, 0)
    while let block = cursor.next(upTo: .max, of: waiting, &names) {
      most = max(most, cursor.openCount + block.count)
      count += block.count
    }
    #expect(count == 5_000 && most <= 2 * limits.run)
    waiting.settle(4_990)
    #expect(waiting.runs.map(\.last) == [4_991, 4_999].suffix(waiting.runs.count))
  }

  // MARK: Work

  @Test func `are written by the night that reads them, and by no other`() async throws {
    let work = try Workplace()
    for part in 0..<5 {
      try append(work, (part * 800..<part * 800 + 800).map { line($0) })
      let outcome = try await night(work, "store", limits)
      #expect(outcome.work.packed == 800)
    }
    let store = try Store(path: work.path + "/store", .reading)
    let held = try WaitingIndex(try #require(try store.value(NightMemory.heldValue)))
    #expect(held.runs.reduce(0) { $0 + $1.count } == 4_000)
    let packs = try store.connection.rows("SELECT id FROM held ORDER BY id") { $0.integer(0) }
    #expect(packs == held.runs.map(\.id).sorted())
  }

  @Test func `and are settled leave the store with their runs`() async throws {
    let work = try Workplace()
    try append(work, (0..<3_000).map { line($0) })
    _ = try await night(work, "store", limits)
    // 60 hours on.
    try append(work, (8_640..<8_700).map { line($0) })
    let outcome = try await night(work, "store", limits)
    let bound = try #require(outcome.night.settled)
    let store = try Store(path: work.path + "/store", .reading)
    let held = try WaitingIndex(try #require(try store.value(NightMemory.heldValue)))
    #expect(held.runs.allSatisfy { $0.last > bound })
    let waiting = (0..<3_000).count { (Self.seconds + Int64($0) * 25) * 1_000_000_000 > bound } + 60
    #expect((waiting..<waiting + limits.run).contains(held.runs.reduce(0) { $0 + $1.count }))
    #expect(try store.connection.rows("SELECT id FROM held") { $0.int(0) }.count == held.runs.count)
  }

  @Test func `cost a night of a watch what is new, and little memory`() async throws {
    let work = try Workplace()
    try append(work, (0..<5_000).map { line($0, rows: $0 == 300 ? 9_000 : 1) })
    let watch = try await watch(work, limits)
    var next = 5_000
    for _ in 0..<3 {
      try append(work, (next..<next + 200).map { line($0) })
      next += 200
      try await read(watch)
      #expect(watch.pending.rows.count == 200)
      _ = watch.judge()
      // What came since the night, and a run or two for each tier.
      #expect(watch.engine.held <= 200 + 6 * limits.run)
      try await watch.runNight()
      #expect(watch.lastWork.packed == 200)
      #expect(watch.lastWork.unpacked <= 8 * limits.run, "\(watch.lastWork)")
    }
    let whole = try await night(work, "other", WaitingShelf.Limits())
    #expect(watch.judge().incidents == whole.result.incidents.summaries)
    #expect(!whole.result.incidents.summaries.isEmpty)
  }

  @Test(arguments: [30, 2_000, 5_500])
  func `take a line that comes late while a watch goes from night to night`(
    back: Int
  ) async throws {
    let work = try Workplace()
    try append(work, (0..<5_600).map { line($0) })
    let watch = try await watch(work, limits)
    try append(work, (5_600..<5_700).map { line($0) })
    try await read(watch)
    try await watch.runNight()
    // By so many times 25 seconds: one that a round takes, and one that the night finds.
    try append(work, [line(5_700), line(5_700 - back, rows: 7_000, user: 9)])
    try await read(watch)
    #expect(watch.engine.isStale)
    try await watch.runNight()
    #expect(watch.judge().incidents.count == 1)
    try append(work, [line(5_701), line(5_699 - back, rows: 6_000, user: 8)])
    try await watch.runNight()
    let found = watch.judge().incidents
    let whole = try await night(work, "other", WaitingShelf.Limits())
    #expect(found == whole.result.incidents.summaries)
    #expect(found.count == 2)
  }

  // MARK: What may go wrong

  @Test func `end a night that cannot write them, and the store stays as it was`() async throws {
    let work = try Workplace()
    try append(work, (0..<600).map { line($0) })
    _ = try await night(work, "store", limits)
    try append(work, (600..<2_000).map { line($0) })
    var full = limits
    full.folder = work.path + "/nowhere"
    let error = await #expect(throws: ScanError.self) {
      _ = try await night(work, "store", full)
    }
    #expect(error?.message.contains("TMPDIR") == true)
    let after = try await night(work, "store", limits)
    let whole = try await night(work, "other", limits)
    #expect(after.night.lines == 1_400)
    #expect(after.result.incidents.summaries == whole.result.incidents.summaries)
    #expect(after.result.coverage.sources.map(\.events) == [2_000])
  }

  @Test func `and are gone or others end a night with what to do`() async throws {
    for sql in ["DELETE FROM held", "UPDATE held SET rows = x'00'"] {
      let work = try Workplace()
      try append(work, (0..<600).map { line($0) })
      _ = try await night(work, "store", limits)
      do {
        let connection = try Connection(path: work.path + "/store", isReadOnly: false)
        try connection.script(sql)
      }
      let error = await #expect(throws: (any Error).self) {
        _ = try await night(work, "store", limits)
      }
      #expect("\(try #require(error))".isEmpty == false)
    }
  }

  @Test func `in one pack, as earlier versions kept them, are cut into runs`() async throws {
    let work = try Workplace()
    try append(work, (0..<1_500).map { line($0, rows: $0 == 40 ? 9_000 : 1) })
    _ = try await night(work, "store", limits)
    do {
      let store = try Store(path: work.path + "/store", .night)
      let index = try WaitingIndex(try #require(try store.value(NightMemory.heldValue)))
      let sources = BatchScan(estate: DeclaredEstate(), options: options(work, limits).scan)
        .sourceKeys
      let waiting = WaitingRows(index, WaitingShelf(store, sources: sources))
      var (names, rows, cursor) = (NameTable(), [EventRow](), WaitingCursor(after: .min))
      while let block = cursor.next(upTo: .max, of: waiting, &names) { rows += block }
      #expect(rows.count == 1_500)
      store.clerk = Clerk(program: "test", author: "test") { "2024-04-03T00:00:00Z" }
      try store.transaction { () throws(StoreError) in
        for run in index.runs { try store.removeHeldRun(run.id) }
        let pack = RowPack.pack(rows, names: names, sources: sources)
        try store.setValue(NightMemory.heldValue, pack)
      }
    }
    try append(work, (1_500..<1_600).map { line($0) })
    let outcome = try await night(work, "store", limits)
    let whole = try await night(work, "other", limits)
    #expect(outcome.result.incidents.summaries == whole.result.incidents.summaries)
    let store = try Store(path: work.path + "/store", .reading)
    let index = try WaitingIndex(try #require(try store.value(NightMemory.heldValue)))
    #expect(index.runs.reduce(0) { $0 + $1.count } == 1_600)
    #expect(try Verification(store).breaches.isEmpty)
  }

  @Test func `are listed in bytes that tell when they are not whole`() throws {
    var index = WaitingIndex()
    index.next = 9
    index.runs = [
      WaitingRun(id: 8, first: -5, last: 4, count: 3),
      WaitingRun(id: 2, first: 7, last: 7, count: 1),
    ]
    let bytes = index.bytes
    #expect(try WaitingIndex(bytes) == index && !WaitingIndex.isPack(bytes))
    for count in 0..<bytes.count {
      #expect(throws: StateError.self) { try WaitingIndex(Array(bytes.prefix(count))) }
    }
  }
}
