import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

/// Files that lie where they lay, as long as before, with the time of change that they had.
@Suite struct `A log that looks as it did` {
  private func lines(_ day: Int) -> [String] {
    (0..<40).map { number in
      let minute = number < 10 ? "0\(number)" : "\(number)"
      return
        "{\"time\":\"2024-04-0\(day)T09:\(minute):00Z\",\"user\":\"user\(number % 4)\",\"ip\":\"192.0.2.7\","
        + "\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":\(number == 7 ? 900 * day : 1)}"
    }
  }

  private func night(_ work: Workplace, _ store: String, day: Int64) async throws -> NightlyOutcome
  {
    try await work.night(day, in: Store(path: store, .night))
  }

  /// `UTIME_OMIT`, a macro that is not imported: leaves a time as it is.
  private static let asItIs = (1 << 30) - 2

  /// Writes a file anew in its place, its length as before, and sets its time back, as `touch -r` does.
  private func forge(_ path: String, _ bytes: Data) throws {
    let before = try #require(FileStatus(path: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.write(contentsOf: bytes)
    try file.close()
    let (seconds, rest) = before.changed.quotientAndRemainder(dividingBy: 1_000_000_000)
    let times = [
      timespec(tv_sec: 0, tv_nsec: Self.asItIs),
      timespec(tv_sec: Int(seconds), tv_nsec: Int(rest)),
    ]
    #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    let after = try #require(FileStatus(path: path))
    #expect(after.size == before.size && after.changed == before.changed)
    #expect(after.identity == before.identity && after.statusChanged > before.statusChanged)
  }

  /// Gzip of bytes that are stored as they are, so that a change of one keeps the length.
  private static func stored(_ text: Data) -> Data {
    func little(_ number: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }
    var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var rest = Array(text)[...]
    repeat {
      let block = rest.prefix(60_000)
      rest = rest.dropFirst(block.count)
      packed += [rest.isEmpty ? 1 : 0] + little(UInt32(block.count), 2)
      packed += little(~UInt32(block.count), 2) + block
    } while !rest.isEmpty
    let sum = text.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1) &* 0xEDB8_8320 }
    }
    return Data(packed + little(~sum, 4) + little(UInt32(text.count), 4))
  }

  @Test(arguments: [false, true])
  func `though it was edited in its middle is told of as edited`(isCompressed: Bool) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    var all = (1...9).flatMap { lines($0) }
    let path = work.path + "/logs/day.jsonl" + (isCompressed ? ".gz" : "")
    func bytes() -> Data {
      let text = Data(all.map { $0 + "\n" }.joined().utf8)
      return isCompressed ? Self.stored(text) : text
    }
    let folder = work.path + "/logs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try bytes().write(to: URL(fileURLWithPath: path))
    #expect(try await night(work, store, day: 9).night.lines == 360)
    all[180].replace("user0", with: "user9")
    try forge(path, bytes())
    let told = try await night(work, store, day: 10)
    #expect(told.notices.map(\.kind) == [.seal] && told.night.lines == 0)
    #expect(try await night(work, store, day: 11).notices.isEmpty)
  }

  @Test func `and got another mode, link or name is the same, and nothing is told`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    let path = work.path + "/logs/day.jsonl"
    try work.write("logs/day.jsonl", (1...9).flatMap { lines($0) })
    _ = try await night(work, store, day: 9)
    let changes: [() throws -> Void] = [
      { _ = chmod(path, 0o640) },
      { try FileManager.default.linkItem(atPath: path, toPath: work.path + "/elsewhere") },
      { try FileManager.default.moveItem(atPath: path, toPath: path + ".1") },
    ]
    for (number, change) in changes.enumerated() {
      let before = try #require(FileStatus(path: path))
      try change()
      let there = number < 2 ? path : path + ".1"
      let after = try #require(FileStatus(path: there)).statusChanged
      #expect(after > before.statusChanged, "\(number)")
      let quiet = try await night(work, store, day: Int64(10 + number))
      #expect(quiet.notices.isEmpty && quiet.night.bytes == 0 && quiet.night.lines == 0)
      let kept = try Store(path: store, .reading).streams()
      #expect(kept.map(\.statusChanged) == [after] && kept.map(\.path) == [there], "\(number)")
    }
    #expect(try Verification(Store(path: store, .reading)).breaches.isEmpty)
  }

  @Test func `in a store that never noted more is taken for what it was, and noted`() async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    try work.write("logs/day.jsonl", (1...9).flatMap { lines($0) })
    _ = try await night(work, store, day: 9)
    do {
      let held = try Store(path: store, .night)
      held.clerk = Clerk(program: "test", author: "test") { "2024-04-10T00:00:00Z" }
      try held.transaction { () throws(StoreError) in
        try held.connection.run("DELETE FROM stream_change")
      }
    }
    let quiet = try await night(work, store, day: 10)
    #expect(quiet.notices.isEmpty && quiet.night.lines == 0)
    let status = FileStatus(path: work.path + "/logs/day.jsonl")
    let kept = try Store(path: store, .reading).streams().map(\.statusChanged)
    #expect(kept == [status?.statusChanged])
  }

  // MARK: What a night opens

  /// Which files of a folder were opened while `body` ran.
  private func opened(
    in folder: String,
    _ body: () async throws -> Void
  ) async throws -> Set<String> {
    let queue = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    try #require(queue >= 0)
    defer { close(queue) }
    try #require(inotify_add_watch(queue, folder, UInt32(IN_OPEN)) >= 0)
    try await body()
    var names: Set<String> = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(queue, &buffer, buffer.count)
      guard count > 0 else { return names }
      buffer.withUnsafeBytes { bytes in
        var place = 0
        while place < count {
          let length = Int(bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
          let name = bytes[(place + 16)..<(place + 16 + length)].prefix { $0 != 0 }
          if !name.isEmpty { names.insert(String(decoding: name, as: UTF8.self)) }
          place += 16 + length
        }
      }
    }
  }

  /// Also where all logs begin with the same lines, and beside a copy.
  @Test(arguments: [0, 5])
  func `is not opened by a night with another log`(common: Int) async throws {
    let work = try Workplace()
    let store = work.path + "/store"
    let same = lines(1).prefix(common)
    for day in 1...6 { try work.write("logs/day\(day).jsonl", same + lines(day)) }
    _ = try await night(work, store, day: 6)
    try work.write("logs/day7.jsonl", same + lines(7))
    var outcome: NightlyOutcome?
    let names = try await opened(in: work.path + "/logs") {
      outcome = try await night(work, store, day: 8)
    }
    #expect(names == ["day7.jsonl"])
    #expect(outcome?.night.files == 1 && outcome?.night.lines == Int64(40 + common))
    // A copy that is still being made is held against the log that begins so, and waits.
    let text = try #require(FileManager.default.contents(atPath: work.path + "/logs/day3.jsonl"))
    try text.prefix(text.count / 2).write(to: URL(fileURLWithPath: work.path + "/logs/copy"))
    let compared = try await opened(in: work.path + "/logs") {
      outcome = try await night(work, store, day: 9)
    }
    #expect(compared == ["copy", "day3.jsonl"])
    #expect(outcome?.night.files == 0 && outcome?.night.lines == 0)
  }
}
