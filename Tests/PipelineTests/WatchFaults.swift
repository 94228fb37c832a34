import Detection
import Estate
import EventModel
import Foundation
import Glibc
import Ingest
import Reporting
import Synchronization
import Testing

@testable import Pipeline
@testable import Storage

/// What happens to a log while it is written.
enum Fault: String, CaseIterable, Sendable {
  case rename
  /// Of a log that alone is named: the name it gets is not looked for.
  case renameUndeclared
  case copyTruncate
  case deleteAndRecreate
  case renameAndCompress
  case copyAndCompress
  case symlinkSwitch
  case symlinkUndeclared
  case inodeReuse
  case sameSizeRewrite
  case appearsLater
  case partialLines
}

/// Writes numbered lines of an access log, as fast as it can or may, and plays one kind of fault again and
/// again.
final class FaultyWriter: Sendable {
  let folder: String
  let fault: Fault
  private let state: Mutex<State>

  struct State {
    var number = 0
    var isStopped = false
    var isDone = false
    /// Whether a reader is there now, and the writer counts on it; and how often it has looked.
    var isWatched = false
    var rounds = 0
    var turns = 0
    var waits = false
  }

  init(folder: String, fault: Fault) {
    self.folder = folder
    self.fault = fault
    state = Mutex(State())
  }

  func with<T: Sendable>(_ body: (inout State) -> T) -> T { state.withLock { body(&$0) } }

  /// A line; every hundredth takes many records.
  static func line(_ number: Int) -> String {
    let second = number / 400
    let time = String(
      format: "%02d/Oct/2023:%02d:%02d:%02d +0000",
      10 + second / 86_400,
      second / 3600 % 24,
      second / 60 % 60,
      second % 60
    )
    return
      "192.0.2.\(number % 50) - u\(number % 7) [\(time)] \"GET /c/\(number) HTTP/1.1\" 200 \(500 + number % 9)\n"
  }

  private var current: String {
    isLinked ? "\(folder)/data-\(with { $0.turns }).log" : folder + "/current.log"
  }

  private var isLinked: Bool { fault == .symlinkSwitch || fault == .symlinkUndeclared }

  /// What a reader is told to read.
  var paths: [String] {
    let isNamed = fault == .renameUndeclared || fault == .symlinkUndeclared
    return [isNamed ? folder + "/current.log" : folder]
  }

  func run(lines: Int, perSecond: Int, seed: UInt64) throws {
    var random = Seeded(state: seed)
    let files = FileManager.default
    var output: Int32 = -1
    func reopen() {
      if output >= 0 { close(output) }
      output = open(current, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      if isLinked {
        unlink(folder + "/current.log")
        symlink(current, folder + "/current.log")
      }
    }
    func put(_ text: String) {
      var bytes = Array(text.utf8)
      while !bytes.isEmpty {
        let count = Glibc.write(output, bytes, bytes.count)
        if count > 0 { bytes.removeFirst(count) }
      }
    }
    /// Waits until a reader is there that has looked three times.
    func awaitReader() {
      with { $0.waits = true }
      while true {
        let before = with { $0.isWatched ? $0.rounds : -1 }
        if before >= 0 {
          while with({ $0.isWatched && $0.rounds < before + 3 }) { usleep(2_000) }
          if with({ $0.isWatched && $0.rounds >= before + 3 }) { break }
        }
        usleep(2_000)
      }
    }
    reopen()
    var written = 0
    while written < lines {
      let count = min(lines - written, Int.random(in: 1...400, using: &random))
      let start = with { $0.number }
      let text = (start..<start + count).map(Self.line).joined()
      if fault == .partialLines || Int.random(in: 0..<4, using: &random) == 0 {
        let bytes = Array(text)
        let cut = Int.random(in: 0..<bytes.count, using: &random)
        put(String(bytes[..<cut]))
        usleep(UInt32.random(in: 0..<40_000, using: &random))
        put(String(bytes[cut...]))
      } else {
        put(text)
      }
      with { $0.number += count }
      written += count
      usleep(UInt32(count * 1_000_000 / perSecond))
      guard written < lines, Int.random(in: 0..<8, using: &random) == 0 else { continue }
      let turn = with { state in
        state.turns += 1
        return state.turns
      }
      let old = folder + "/current.log." + String(turn)
      switch fault {
      case .rename, .renameAndCompress, .renameUndeclared:
        // Of a log that nobody has met under its name nothing is known under another.
        if fault == .renameUndeclared { awaitReader() }
        try files.moveItem(atPath: folder + "/current.log", toPath: old)
        // The writer goes on with the old file for a while.
        let more = with { $0.number }
        put((more..<more + 50).map(Self.line).joined())
        with { $0.number += 50 }
        usleep(UInt32.random(in: 0..<30_000, using: &random))
        reopen()
        with { $0.waits = false }
        if fault == .renameAndCompress {
          usleep(UInt32.random(in: 0..<300_000, using: &random))
          try shell("gzip \(old)")
        }
      case .copyTruncate, .copyAndCompress:
        // As logrotate: a copy in pieces, then cut.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/current.log"))
        let copy = open(old, O_WRONLY | O_CREAT, 0o600)
        for from in stride(from: 0, to: bytes.count, by: 8192) {
          let piece = Array(bytes[from..<min(bytes.count, from + 8192)])
          _ = Glibc.write(copy, piece, piece.count)
          usleep(UInt32.random(in: 0..<500, using: &random))
        }
        close(copy)
        ftruncate(output, 0)
        if fault == .copyAndCompress {
          usleep(UInt32.random(in: 0..<300_000, using: &random))
          try shell("gzip \(old)")
        }
      case .deleteAndRecreate, .inodeReuse:
        // What nobody has read is gone: that is no fault of a reader's.
        awaitReader()
        unlink(folder + "/current.log")
        if fault == .inodeReuse {
          // Closed first: its inode is free for the next file.
          close(output)
          output = -1
        }
        reopen()
        with { $0.waits = false }
      case .symlinkSwitch: reopen()
      case .symlinkUndeclared:
        awaitReader()
        let more = with { $0.number }
        put((more..<more + 50).map(Self.line).joined())
        with { $0.number += 50 }
        reopen()
        with { $0.waits = false }
      case .sameSizeRewrite:
        // A file of the same size takes its place, as an editor leaves it.
        awaitReader()
        let size = try files.attributesOfItem(atPath: folder + "/current.log")[.size] as? Int ?? 0
        var text = ""
        var next = with { $0.number }
        while text.utf8.count + Self.line(next).utf8.count < size {
          text += Self.line(next)
          next += 1
        }
        ftruncate(output, 0)
        put(text)
        with { $0.number = next }
        with { $0.waits = false }
      case .appearsLater:
        close(output)
        output = open("\(folder)/more-\(turn).log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      case .partialLines: break
      }
    }
    close(output)
    with { $0.isDone = true }
  }
}

private func shell(_ command: String) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", command]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}

/// Counts the lines by their number.
private struct LineTap: EventConsumer {
  var seen: [String: Int] = [:]

  mutating func apply(_ rows: [EventRow], names: NameTable) {
    for row in rows { seen[names.text(of: row.object), default: 0] += 1 }
  }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
}

@Suite(.serialized) struct `Faults while a log is followed` {
  /// Lines for each fault; `make faults` sets more.
  private static let lines =
    ProcessInfo.processInfo.environment["OMETSUKE_FAULT_LINES"].flatMap { Int($0) } ?? 3_000

  @Test(arguments: Fault.allCases)
  func `lose no line and double none`(fault: Fault) async throws {
    let work = try Workplace()
    let folder = work.path + "/logs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let writer = FaultyWriter(folder: folder, fault: fault)
    let seed = UInt64(Fault.allCases.firstIndex(of: fault) ?? 0) + 11
    let thread = Thread {
      do {
        try writer.run(lines: Self.lines, perSecond: 20_000, seed: seed)
      } catch { writer.with { $0.isDone = true } }
    }
    thread.start()
    var random = Seeded(state: seed &* 31)
    let place = work.path + "/store"
    var options = watchOptions(writer.paths, DeclaredEstate())
    options.lateness = 3600 * Timestamp.nanosecondsPerSecond
    let render: (Incident) -> String = { JSONLinesReport.line(of: $0) }
    var kills = 0
    while !writer.with({ $0.isDone }) {
      guard let store = try? Store(path: place, .night) else { continue }
      let watch = try await Watch(
        estate: DeclaredEstate(),
        options: WatchOptions(night: options),
        store: store,
        render: render
      )
      for _ in 0..<Int.random(in: 1..<12, using: &random) {
        if writer.with({ $0.isDone }) { break }
        try await watch.round()
        writer.with {
          $0.isWatched = true
          $0.rounds += 1
        }
        if Bool.random(using: &random) { try watch.commit() }
        if watch.needsNight { try await watch.runNight() }
        usleep(UInt32.random(in: 0..<60_000, using: &random))
      }
      // What waits for a reader must not lose it before it has committed.
      while writer.with({ $0.waits && !$0.isDone }) {
        try await watch.round()
        writer.with { $0.rounds += 1 }
        usleep(2_000)
      }
      writer.with { $0.isWatched = false }
      let mayForget: [Fault] = [.rename, .copyTruncate, .renameAndCompress, .copyAndCompress]
      if fault != .appearsLater, fault != .partialLines, fault != .symlinkSwitch,
        !mayForget.contains(fault)
      {
        while try await watch.round() {}
        try watch.commit()
      }
      if Bool.random(using: &random) {
        store.connection.statementsLeft = Int.random(in: 0..<60, using: &random)
        try? await watch.runNight()
      }
      kills += 1
    }
    // What is left, and what a copy may have been held back for.
    let store = try Store(path: place, .night)
    let run = NightlyRun(estate: DeclaredEstate(), options: options)
    let outcome = try await run.run(in: store, render: render)
    let written = writer.with { $0.number }
    let read = outcome.result.coverage.sources.reduce(0) {
      $0 + $1.days.reduce(0) { $0 + $1.events }
    }
    #expect(Int(read) == written, "\(fault.rawValue), \(kills) kills: \(written - Int(read)) lost")
    #expect(outcome.result.coverage.sources.allSatisfy { $0.rejected == 0 })
    #expect(outcome.night.late == 0)
  }
}
