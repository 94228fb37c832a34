import Estate
import EventModel
import Foundation
import Glibc
import Storage

@testable import Sinks

/// A folder of its own, gone at the end.
final class Workbench {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func text(_ name: String) -> String {
    (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
  }

  func lines(_ name: String) -> [String] { text(name).split(separator: "\n").map(String.init) }

  /// The objects of a file of JSON Lines.
  func objects(_ name: String) throws -> [[String: Any]] {
    try lines(name).map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  func estate(_ sinks: String) throws -> DeclaredEstate {
    try EstateFile.load(yaml: "sinks:\n" + sinks, file: path + "/ometsuke.yml", folder: path).estate
  }

  func dispatcher(_ sinks: String, _ store: Store) throws -> Dispatcher {
    let estate = try estate(sinks)
    let problems = SinkRegistry.problems(of: estate)
    if let first = problems.first { throw Problem(text: first.message) }
    return try Dispatcher(estate, store: store, program: "ometsuke 1.2.3")
  }

  struct Problem: Error { var text: String }
}

/// A program that receives, ended with this.
final class Receiver {
  let process = Process()
  private let output = Pipe()

  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    + "/Receivers/"

  /// Debian's Python has Debian's modules.
  static let python =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
    ? "/usr/bin/python3" : "python3"

  init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// The first line it prints.
  func firstLine() -> String {
    var bytes: [UInt8] = []
    while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }
}

/// Waits, 20 seconds at most.
func wait(until isSo: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<2_000 {
    if try isSo() { return true }
    usleep(10_000)
  }
  return false
}

enum Sample {
  static let time = Timestamp(nanoseconds: 1_795_422_949_157_000_000)

  static func finding(_ id: String, records: Volume = .exactly(64_000)) -> Finding {
    var finding = Finding(id: id, detector: "bulk-export", severity: .high, time: time)
    finding.value = records
    finding.limit = 50_000
    finding.window = "1h"
    finding.message = "64000 records of Kita read within an hour | = \"]\\\n\u{1b}[31m"
    finding.messageJapanese = "1 時間に 64000 件"
    finding.explanations = ["a report that was asked for by telephone"]
    finding.explanationsJapanese = ["電話で依頼された帳票"]
    finding.technique = "T1213"
    finding.events = 12
    return finding
  }

  static func incident(_ number: Int = 1, records: Volume = .exactly(64_000)) -> Incident {
    var incident = Incident(
      id: "00000000000000\(10 + number)",
      severity: .high,
      actor: "account:ito|=\u{202e}\"]\\ terminal:192.0.2.7",
      first: time,
      last: time
    )
    incident.accounts = ["ito|=\u{202e}\"]\\"]
    incident.terminals = ["192.0.2.7"]
    incident.records = records
    incident.owners = [
      Incident.OwnerCount(
        owner: "Kita",
        records: records,
        subjects: records,
        share: nil,
        first: time,
        last: time
      )
    ]
    incident.findings = [finding("f\(number)", records: records)]
    return incident
  }
}
