import EventModel
import Foundation
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `A log that grows` {
  private func lines(_ day: Int) -> String {
    (0..<60).map { number in
      let minute = number < 10 ? "0\(number)" : "\(number)"
      let time = Timestamp(seconds: 1_711_929_600 + Int64(day) * 86_400)
      return
        "{\"time\":\"\("\(time)".prefix(10))T09:\(minute):00Z\",\"user\":\"user\(number % 4)\","
        + "\"ip\":\"192.0.2.7\",\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":1}\n"
    }.joined()
  }

  private func append(_ text: String, to path: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  /// Nights of a log that grows each day; after `edited` of them a byte of an early one is another.
  private func nights(
    _ count: Int,
    editedAfter edited: Int?,
    at offset: UInt64
  ) async throws -> [[Notice.Kind]] {
    let work = try Workplace()
    let path = work.path + "/logs/app.jsonl"
    try work.write("logs/app.jsonl", [lines(0)], end: "")
    let store = try Store(path: work.path + "/store", .night)
    var kinds: [[Notice.Kind]] = []
    for day in 0..<count {
      if day > 0 { try append(lines(day), to: path) }
      if day == edited {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data("x".utf8))
        try file.close()
      }
      kinds.append(try await work.night(Int64(day) + 1, in: store).notices.map(\.kind))
    }
    return kinds
  }

  @Test(arguments: [7_000, 30_000])
  func `and is edited in its middle is told as altered within thirty nights`(
    offset: UInt64
  ) async throws {
    let kinds = try await nights(38, editedAfter: 8, at: offset)
    #expect(kinds[..<8].allSatisfy { $0.isEmpty })
    let told = try #require(kinds.firstIndex { $0.contains(.seal) })
    #expect((8..<38).contains(told))
    // Once.
    #expect(kinds.joined().count { $0 == .seal } == 1, "\(kinds)")
  }

  @Test func `and is edited in what the last two nights read is told at once`() async throws {
    let size = UInt64(lines(0).utf8.count)
    let kinds = try await nights(6, editedAfter: 5, at: size * 3 + 4_500)
    #expect(kinds[5] == [.seal])
  }

  @Test func `and is edited nowhere is told of in no night`() async throws {
    let kinds = try await nights(34, editedAfter: nil, at: 0)
    #expect(kinds.allSatisfy { $0.isEmpty })
  }

  @Test func `has each piece read again within thirty nights, of bounded length`() throws {
    var stream = StoredStream(id: 1, source: "app", path: "app")
    stream.consumed = 1
    func due(_ count: Int, _ length: Int64, _ night: Int) -> [Int64] {
      let pieces = (0..<count).map {
        Seal(stream: 1, start: Int64($0) * length, length: length, night: $0 + 1, digest: [])
      }
      var matcher = StreamMatcher(streams: [stream]) { _ in pieces }
      matcher.night = night
      return matcher.due(stream).map { $0.start / length }
    }
    var seen: Set<Int64> = []
    for night in 400..<430 {
      let chosen = due(365, 1_000, night)
      #expect(chosen == chosen.sorted() && chosen.count <= 15 && chosen.suffix(2) == [363, 364])
      seen.formUnion(chosen)
    }
    #expect(seen.count == 365)
    // Of large pieces no more than there is room for, and one at least.
    #expect(due(365, 200 << 20, 400).count == 1)
    #expect(due(365, 1 << 40, 400).count == 1)
  }
}
