import Foundation
import Glibc
import Testing

private let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// A watch that runs, its output in files.
private final class Running {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
  let process = Process()

  init() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: path + "/logs", withIntermediateDirectories: true)
    for name in ["ometsuke.yml", "tickets.csv"] {
      try files.copyItem(atPath: project + "/sample-logs/" + name, toPath: path + "/" + name)
    }
    for name in ["cti", "legacy", "syslog"] {
      try files.copyItem(atPath: project + "/sample-logs/" + name, toPath: path + "/logs/" + name)
    }
  }

  func start(
    _ arguments: [String] = ["watch", "-c", "ometsuke.yml", "--store", "store", "logs"],
    input: String? = nil
  ) throws {
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: path + "/" + name, contents: nil)
    }
    process.executableURL = URL(fileURLWithPath: Run.program)
    process.arguments = arguments
    if let input {
      let place = URL(fileURLWithPath: path + "/in")
      try Data(input.utf8).write(to: place)
      process.standardInput = try FileHandle(forReadingFrom: place)
    }
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.standardOutput = FileHandle(forWritingAtPath: path + "/out")
    process.standardError = FileHandle(forWritingAtPath: path + "/err")
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(atPath: path)
  }

  func text(_ name: String) -> String {
    (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
  }

  /// Waits, three minutes at most.
  func wait(until isSo: () -> Bool) -> Bool {
    for _ in 0..<1800 {
      if isSo() { return true }
      usleep(100_000)
    }
    return false
  }
}

@Suite struct `ometsuke watch` {
  @Test func `tells, outlives a bad estate file, and leaves nothing for the night`() throws {
    let watch = try Running()
    try watch.start()
    #expect(watch.wait { watch.text("out").contains(" raised ") })
    // SIGHUP: what is not valid is not taken.
    let estate = try String(contentsOfFile: watch.path + "/ometsuke.yml", encoding: .utf8)
    try "sources: 3\n".write(
      toFile: watch.path + "/ometsuke.yml",
      atomically: true,
      encoding: .utf8
    )
    kill(watch.process.processIdentifier, SIGHUP)
    #expect(watch.wait { watch.text("err").contains("going on as before") })
    #expect(watch.process.isRunning)
    try estate.write(toFile: watch.path + "/ometsuke.yml", atomically: true, encoding: .utf8)
    kill(watch.process.processIdentifier, SIGHUP)
    #expect(watch.wait { watch.text("err").contains("as it is now") })
    kill(watch.process.processIdentifier, SIGTERM)
    watch.process.waitUntilExit()
    #expect(watch.process.terminationStatus == 0)
    let said = watch.text("out").split(separator: "\n")
    #expect(said.allSatisfy { $0.contains(" id ") && !$0.contains("\u{1b}") })
    // Told by the watch, an incident is not told again.
    let night = try Run(
      ["nightly", "-c", "ometsuke.yml", "--store", "store", "logs"],
      in: watch.path
    )
    #expect(night.output.isEmpty)
    let alone = try Run(
      ["nightly", "-c", "ometsuke.yml", "--store", "alone", "logs"],
      in: watch.path
    )
    #expect(alone.status == 1)
    for table in ["coverage", "ledger"] {
      let found = try Run(["state", "export", table, "--store", "store"], in: watch.path)
      let wanted = try Run(["state", "export", table, "--store", "alone"], in: watch.path)
      #expect(found.output == wanted.output && !found.output.isEmpty)
    }
  }

  @Test(arguments: [
    "x\n",
    "__REALTIME_TIMESTAMP=1712000000000000\n_HOSTNAME=db1\nMESSAGE=one\n\n__REALTIME_TIMESTAMP=17",
    "{\"time\":\"2024-04-01T09:00:00Z\",\"user\":\"a\",\"action\":\"view\"}\n{\"time\":\"2024-04",
  ])
  func `ends with its input, whatever its last record is`(input: String) throws {
    let watch = try Running()
    try watch.start(["watch", "--no-store", "--metrics", "off", "-"], input: input)
    #expect(watch.wait { !watch.process.isRunning })
    #expect(watch.process.terminationStatus == 0)
  }

  private static let estate = """
    sources:
      - name: crm
        paths: ["few/*.jsonl"]
        format: jsonl
        fields:
          {time: time, account: user, operation: {field: action, values: {list: export}}, owner: owner, records: rows}
    owners: [{name: Owner 1, delivered: 90000}]

    """

  private static func taking(_ number: Int) -> String {
    "{\"time\":\"2024-04-01T09:0\(number):00Z\",\"user\":\"a\(number)\",\"action\":\"list\","
      + "\"owner\":\"Owner 1\",\"rows\":8000}\n"
  }

  @Test func `goes on in the file that has the name of its output after SIGHUP`() throws {
    let watch = try Running()
    let files = FileManager.default
    func place(_ name: String) -> URL { URL(fileURLWithPath: watch.path + "/" + name) }
    try files.createDirectory(at: place("few"), withIntermediateDirectories: true)
    try Data(Self.estate.utf8).write(to: place("few.yml"))
    try Data(Self.taking(1).utf8).write(to: place("few/a.jsonl"))
    try watch.start(
      ["watch", "-c", "few.yml", "--store", "few.store", "--metrics", "off"]
        + ["-f", "jsonl", "-o", "found.jsonl"]
    )
    #expect(watch.wait { watch.text("found.jsonl").hasSuffix("\n") })
    try files.moveItem(at: place("found.jsonl"), to: place("found.jsonl.1"))
    kill(watch.process.processIdentifier, SIGHUP)
    #expect(watch.wait { watch.text("err").contains("as it is now") })
    let log = try FileHandle(forWritingTo: place("few/a.jsonl"))
    try log.seekToEnd()
    try log.write(contentsOf: Data(Self.taking(2).utf8))
    try log.close()
    #expect(watch.wait { watch.text("found.jsonl").contains("account:a2") })
    #expect(!watch.text("found.jsonl.1").contains("account:a2"))
    kill(watch.process.processIdentifier, SIGTERM)
    watch.process.waitUntilExit()
    #expect(watch.process.terminationStatus == 0)
  }

  @Test func `refuses what it cannot do with one clear line`() throws {
    let watch = try Running()
    for arguments in [
      ["--format", "ocsf", "logs"], ["--language", "both", "logs"], ["--since", "noon", "logs"],
      ["--lateness", "0", "logs"], ["--store", "x", "--no-store", "logs"],
    ] {
      #expect(try Run(["watch"] + arguments, in: watch.path).status != 0)
    }
  }
}
