import Foundation
import Glibc
import Testing

private let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// A folder with some of the sample logs and their estate file.
private final class Office {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["ometsuke.yml", "tickets.csv", "cti", "legacy", "postgresql", "syslog"] {
      try FileManager.default.copyItem(
        atPath: project + "/sample-logs/" + name,
        toPath: path + "/" + name
      )
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static let logs = ["cti", "legacy", "postgresql", "syslog"]

  func nightly(_ store: String) throws -> Run {
    try Run(["nightly", "-c", "ometsuke.yml", "--store", store] + Self.logs, in: path)
  }

  func export(_ table: String, _ store: String) throws -> String {
    let run = try Run(["state", "export", table, "--store", store], in: path)
    #expect(run.status == 0)
    return run.output
  }
}

@Suite struct `ometsuke nightly` {
  @Test func `loses and doubles nothing when it is killed`() throws {
    let office = try Office()
    let whole = try office.nightly("whole")
    #expect(whole.status == 1 && !whole.output.isEmpty)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<6 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Run.program)
      process.arguments = ["nightly", "-c", "ometsuke.yml", "--store", "killed"] + Office.logs
      process.currentDirectoryURL = URL(fileURLWithPath: office.path)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 10_000..<1_500_000, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    _ = try office.nightly("killed")
    for table in ["coverage", "ledger"] {
      #expect(try office.export(table, "killed") == office.export(table, "whole"))
    }
    func bodies(_ store: String) throws -> [Substring] {
      try office.export("incidents", store).split(separator: "\n").compactMap { line in
        line.firstRange(of: "\"incident\":").map { line[$0.upperBound...] }
      }
    }
    #expect(try bodies("killed").sorted() == bodies("whole").sorted())
    let quiet = try office.nightly("killed")
    #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    #expect(try Run(["state", "verify", "--store", "killed"], in: office.path).status == 0)
    #expect(try Run(["verify", "--store", "killed"], in: office.path).status == 0)
  }

  @Test func `takes -q as the other commands do, and tells what it has to tell`() throws {
    let office = try Office()
    func night(_ option: String, _ store: String) throws -> Run {
      let words = ["nightly", option, "-c", "ometsuke.yml", "--store", store, "--lang", "en"]
      return try Run(words + Office.logs, in: office.path)
    }
    for option in ["-q", "--quiet"] {
      let run = try night(option, "store" + option)
      #expect(run.status == 1 && run.errors.isEmpty, "\(run.errors)")
      #expect(run.output.contains("critical"))
    }
    let silent = try night("-q", "store-q")
    #expect(silent.status == 0 && silent.output.isEmpty && silent.errors.isEmpty)
  }

  @Test func `ends its mail with the link that stands for all that was read`() throws {
    let office = try Office()
    let told = try office.nightly("store").output
    let place = try #require(told.ranges(of: "input").last)
    let words = told[place.upperBound...].split { $0 == " " || $0 == "\n" }
    let head = try #require(words.first { $0.count == 64 })
    func verify(_ head: String) throws -> Run {
      try Run(["verify", "--store", "store", "--expect", head], in: office.path)
    }
    #expect(try verify(String(head)).status == 0)
    #expect(try verify(String(head.reversed())).status == 1)
    // Later nights go on from it.
    _ = try office.nightly("store")
    #expect(try verify(String(head)).status == 0)
  }

  @Test func `alone makes a store: a wrong name makes none`() throws {
    let office = try Office()
    let decide = ["state", "decide", "abc", "--as", "confirmed", "--by", "A", "--reason", "B"]
    for command in [decide, ["state", "prune"], ["state"], ["verify"]] {
      let run = try Run(command + ["--store", "wrong"], in: office.path)
      #expect(run.status == 2 && run.complaints.count == 1)
    }
    #expect(!FileManager.default.fileExists(atPath: office.path + "/wrong"))
  }

  @Test func `leaves a ledger that tells what another policy would have raised`() throws {
    let office = try Office()
    #expect(try office.nightly("store").status == 1)
    let policy = "policy:\n  time-zone: Asia/Tokyo\n  limits-scale: 1%\n"
    try Data(policy.utf8).write(to: URL(fileURLWithPath: office.path + "/strict.yml"))
    let command = ["what-if", "-c", "ometsuke.yml", "--format", "jsonl", "store"]
    let run = try Run(command + ["--policy", "strict.yml"], in: office.path)
    #expect(run.status == 0)
    #expect(run.errors.contains("from the ledger"))
    let lines = run.output.split(separator: "\n")
    #expect(lines.first?.contains("\"kind\":\"what-if\"") ?? false)
    #expect(
      lines.contains {
        $0.contains("\"kind\":\"change\",") && $0.contains("\"after\":\"critical\"")
      }
    )
    let same = try Run(command + ["--policy", "ometsuke.yml"], in: office.path)
    #expect(same.output.split(separator: "\n").count == 1)
    let budget = try Run(command + ["--budget", "0.05"], in: office.path)
    #expect(budget.output.contains("\"answer\":true"))
    #expect(try Run(command + ["--policy", "strict.yml", "cti"], in: office.path).status == 2)
  }

  @Test func `waits for room, and leaves a store that others may read alone`() throws {
    let office = try Office()
    let command =
      "trap '' XFSZ; ulimit -f 220; exec \(Run.program) nightly -c ometsuke.yml --store full "
      + Office.logs.joined(separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: office.path)
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    let next = try office.nightly("full")
    #expect(next.status == 1)
    #expect(next.output.contains("did not come to its end"))
    chmod(office.path + "/full", 0o644)
    let open = try office.nightly("full")
    #expect(open.status == 2 && open.complaints.count == 1)
  }

  @Test func `has units that systemd takes`() throws {
    let analyze = "/usr/bin/systemd-analyze"
    guard FileManager.default.isExecutableFile(atPath: analyze) else { return }
    let office = try Office()
    let units = ["ometsuke-nightly.timer", "ometsuke-nightly.service", "ometsuke-watch.service"]
    for name in units {
      let text = try String(contentsOfFile: project + "/packaging/systemd/" + name, encoding: .utf8)
      // Where the program lies on this machine.
      let here = text.replacing("/usr/bin/ometsuke", with: Run.program)
      try here.write(toFile: office.path + "/" + name, atomically: true, encoding: .utf8)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: analyze)
    process.arguments = ["verify"] + units
    process.currentDirectoryURL = URL(fileURLWithPath: office.path)
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(said)")
  }
}
