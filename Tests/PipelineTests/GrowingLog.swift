import Detection
import Estate
import EventModel
import Foundation
import Ingest
import Reporting
import Testing

@testable import Pipeline
@testable import Storage

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// Notes the time of every record that became a row, by where it begins.
private struct TimeTap: EventConsumer {
  var times: [Int64: Int64] = [:]

  mutating func apply(_ rows: [EventRow], names: NameTable) {
    for row in rows { times[row.offset] = row.time }
  }

  mutating func finish(coverage: Coverage, names: NameTable) -> IncidentList { IncidentList([]) }
}

/// One source of sample-logs as one long log: its records, and when each was written.
struct LongLog {
  var folder: String
  var header: [UInt8] = []
  var records: [[UInt8]] = []
  var times: [Int64] = []

  init(_ folder: String, _ work: Workplace, _ estate: DeclaredEstate) async throws {
    self.folder = folder
    var bytes: [UInt8] = []
    let place = root + "/sample-logs/" + folder
    for name in try FileManager.default.contentsOfDirectory(atPath: place).sorted() {
      let input = try LogBytes(path: place + "/" + name)
      var all = try input.read(1 << 28)
      // The header stands once.
      if folder == "legacy", !bytes.isEmpty, let end = all.firstIndex(of: 0x0A) {
        all.removeFirst(end + 1)
      }
      bytes += all
    }
    var start = 0
    var number = 0
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      let record = Array(bytes[start...index])
      start = index + 1
      number += 1
      if folder == "legacy", header.isEmpty {
        header = record
        continue
      }
      // Of the many ordinary lines a part.
      let isNotable = ["export", "extract", "dump", "OUTFILE", "COPY"].contains {
        record.firstRange(of: Array($0.utf8)) != nil
      }
      if folder == "app" || folder == "web", number % 40 != 0, !isNotable { continue }
      records.append(record)
    }
    let path = "\(work.path)/\(folder)/all.log"
    try FileManager.default.createDirectory(
      atPath: "\(work.path)/\(folder)",
      withIntermediateDirectories: true
    )
    try Data((header + records.joined())).write(to: URL(fileURLWithPath: path))
    var tap = TimeTap()
    _ = try await BatchScan(estate: estate, options: ScanOptions(paths: [path], threads: 1))
      .run(&tap)
    var offset = Int64(header.count)
    var last = Int64.min
    for record in records {
      last = max(last, tap.times[offset] ?? last)
      times.append(last)
      offset += Int64(record.count)
    }
    try FileManager.default.removeItem(atPath: path)
  }
}

/// A log as it grows, is rotated and compressed in its folder.
final class GrowingLog {
  let log: LongLog
  let folder: String
  private(set) var next = 0
  /// Bytes of the next record that are there already.
  private var begun = 0
  private var rotations = 0

  init(_ log: LongLog, _ work: Workplace) throws {
    self.log = log
    folder = "\(work.path)/\(log.folder)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private var current: String { folder + "/current.log" }

  private func append(_ bytes: some Sequence<UInt8>, to path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  /// Writes up to a time, and perhaps a part of the record after it.
  func grow(to time: Int64, using random: inout Seeded) throws {
    var bytes: [UInt8] = []
    if begun > 0 {
      bytes += log.records[next][begun...]
      next += 1
      begun = 0
    }
    if !bytes.isEmpty { try append(bytes, to: current) }
    bytes = []
    if Int.random(in: 0..<3, using: &random) == 0 { try rotate(using: &random) }
    if !FileManager.default.fileExists(atPath: current) { bytes += log.header }
    while next < log.records.count, log.times[next] <= time {
      bytes += log.records[next]
      next += 1
    }
    if next < log.records.count, Int.random(in: 0..<2, using: &random) == 0 {
      begun = Int.random(in: 1..<log.records[next].count, using: &random)
      bytes += log.records[next][..<begun]
    }
    try append(bytes, to: current)
  }

  private func rotate(using random: inout Seeded) throws {
    let files = FileManager.default
    guard files.fileExists(atPath: current) else { return }
    for number in stride(from: rotations, to: 0, by: -1) {
      for ending in ["", ".gz"] {
        let old = "\(folder)/current.log.\(number)\(ending)"
        guard files.fileExists(atPath: old) else { continue }
        try files.moveItem(atPath: old, toPath: "\(folder)/current.log.\(number + 1)\(ending)")
        if ending.isEmpty, Bool.random(using: &random) {
          try shell("gzip \(folder)/current.log.\(number + 1)")
        }
      }
    }
    rotations += 1
    if Bool.random(using: &random) {
      try files.moveItem(atPath: current, toPath: current + ".1")
    } else {
      // As logrotate's copytruncate: another file takes over, and the old one begins anew.
      try files.copyItem(atPath: current, toPath: current + ".1")
      try files.removeItem(atPath: current)
    }
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
