import Foundation
import Testing

/// One run of the built program: what it wrote and how it ended.
struct Run {
  var status: Int32
  var output: String
  var errors: String

  /// Lines on standard error.
  var complaints: [Substring] { errors.split(separator: "\n") }

  /// The program lies beside the test bundle.
  static let program: String = {
    var place = Bundle.main.bundleURL
    for candidate in Bundle.allBundles where candidate.bundlePath.hasSuffix(".xctest") {
      place = candidate.bundleURL
    }
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      place = URL(fileURLWithPath: argument)
    }
    while place.path != "/" {
      let file = place.appendingPathComponent("ometsuke").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue {
        return file
      }
      place.deleteLastPathComponent()
    }
    return "ometsuke"
  }()

  init(
    _ arguments: [String],
    in folder: String,
    input: String? = nil,
    locale: String = "C.UTF-8"
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.filter {
      $0.key != "OMETSUKE_CONFIG"
    }.merging(["LC_ALL": locale]) { $1 }
    let out = folder + "/.out"
    let err = folder + "/.err"
    let source = folder + "/.in"
    for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    try Data((input ?? "").utf8).write(to: URL(fileURLWithPath: source))
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle(forWritingAtPath: err)
    process.standardInput = FileHandle(forReadingAtPath: source)
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    output = String(decoding: FileManager.default.contents(atPath: out) ?? Data(), as: UTF8.self)
    errors = String(decoding: FileManager.default.contents(atPath: err) ?? Data(), as: UTF8.self)
  }
}

/// A folder of its own for one test, with logs in it.
final class Desk {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("quiet.jsonl", Self.line(minute: 1, rows: 1) + Self.line(minute: 2, rows: 2))
    try write("leak.jsonl", Self.line(minute: 3, rows: 50_000))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func line(minute: Int, rows: Int, account: String = "admin") -> String {
    "{\"time\":\"2024-04-01T09:0\(minute):00Z\",\"user\":\"\(account)\",\"ip\":\"192.0.2.7\","
      + "\"action\":\"export\",\"object\":\"crm.customers\",\"rows\":\(rows)}\n"
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// What lies in the folder, the files of a run aside.
  func contents() throws -> [String: String] {
    var result: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where !name.hasPrefix(".") {
      let data = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
      result[name] = String(decoding: data, as: UTF8.self)
    }
    return result
  }

  func run(_ arguments: String..., input: String? = nil) throws -> Run {
    try Run(arguments, in: path, input: input)
  }
}

@Suite struct `A command` {
  @Test func `ends with 0 when nothing was found and 1 when something was`() throws {
    let desk = try Desk()
    #expect(try desk.run("scan", "quiet.jsonl").status == 0)
    #expect(try desk.run("scan", "leak.jsonl").status == 1)
    #expect(try desk.run("scan", "leak.jsonl", "--fail-on", "informational").status == 1)
    #expect(try desk.run("scan", "leak.jsonl", "--fail-on", "never").status == 0)
    let piped = try desk.run(
      "scan",
      "-",
      "--format",
      "jsonl",
      input: Desk.line(minute: 4, rows: 50_000)
    )
    #expect(piped.status == 1)
    #expect(piped.output.hasPrefix("{\"kind\":\"incident\""))
  }

  @Test(arguments: [
    ["scan"], ["scna"], ["scan", "quiet.jsonl", "--format", "xml"],
    ["scan", "quiet.jsonl", "--fail-on", "bad"], ["scan", "quiet.jsonl", "--threads", "0"],
    ["scan", "quiet.jsonl", "--from", "yesterday"], ["scan", "quiet.jsonl", "--detectors", "x"],
    ["scan", "quiet.jsonl", "-c", "missing.yml"], ["scan", "quiet.jsonl", "-c", "."],
    ["scan", "missing.jsonl"], ["scan", "quiet.jsonl", "-o", "/nowhere/out"],
    ["scan", "quiet.jsonl", "-o", "/dev/full"], ["scan", "quiet.jsonl", "--detectors", ""],
    ["scan", "quiet.jsonl", "--detectors", ","], ["scan", "/dev/null"], ["scan", "empty.jsonl"],
    ["scan", "quiet.jsonl", "--from", "2024-04-02", "--to", "2024-04-01"],
    ["scan", "quiet.jsonl", "-o", "quiet.jsonl"], ["scan", ".", "-o", "./quiet.jsonl"],
    ["scan", "quiet.jsonl", "-o", "link"], ["scan", "leak.jsonl", "-o", "hard"],
    ["scan", "leak.jsonl", "-c", "good.yml", "-o", "good.yml"],
    ["scan", "leak.jsonl", "-c", "good.yml", "-o", "quiet.jsonl"], ["check"],
    ["check", "-c", "broken.yml"],
    ["explain"], ["explain", "0123456789abcdef", "quiet.jsonl"], ["formats", "missing.jsonl"],
    ["explain", "0123456789abcdef", "missing.jsonl"],
    ["explain", "0123456789abcdef", "empty.jsonl"],
  ])
  func `that cannot be run ends with 2 and one line that says why`(arguments: [String]) throws {
    let desk = try Desk()
    try desk.write("broken.yml", "owners: [a\n")
    try desk.write("empty.jsonl", "")
    try desk.write("good.yml", "sources:\n  - name: app\n    paths: [quiet.jsonl]\n")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: desk.path + "/link", withDestinationPath: "quiet.jsonl")
    try files.linkItem(atPath: desk.path + "/leak.jsonl", toPath: desk.path + "/hard")
    let before = try desk.contents()
    let run = try Run(arguments, in: desk.path)
    #expect(run.status == 2)
    #expect(run.complaints.count == 1, "\(run.errors)")
    #expect(run.errors.hasPrefix("ometsuke: "))
    #expect(try desk.contents() == before)
  }

  @Test func `writes its result whole and leaves nothing beside it`() throws {
    let desk = try Desk()
    try desk.write("out.txt", "old\n")
    #expect(try desk.run("scan", "quiet.jsonl", "-q", "-o", "out.txt").status == 0)
    let files = try desk.contents()
    #expect(files.keys.sorted() == ["leak.jsonl", "out.txt", "quiet.jsonl"])
    #expect(files["out.txt"]?.contains("\nometsuke 0.1.0\n  build ") == true)
    // Through a link the file it points to is replaced, and the link stays.
    let link = desk.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "out.txt")
    #expect(try desk.run("scan", "leak.jsonl", "-q", "-o", "link").status == 1)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "out.txt")
    #expect(try desk.contents()["out.txt"] != files["out.txt"])
  }

  @Test func `says that a named pipe has to be written to`() throws {
    let desk = try Desk()
    #expect(mkfifo(desk.path + "/pipe", 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(desk.path)/quiet.jsonl' > '\(desk.path)/pipe'"]
    try writer.run()
    let run = try desk.run("scan", "pipe")
    writer.waitUntilExit()
    #expect(run.status == 0)
    #expect(run.errors == "ometsuke: pipe: a named pipe; waiting until something writes to it\n")
  }

  @Test func `a proposal is written over no log, and over nothing that was corrected by hand`()
    throws
  {
    let desk = try Desk()
    try desk.write("desk.log", "2026-11-01 10:00:00;sato;export;12\n")
    try desk.write("desk.yml", "by hand\n")
    let before = try desk.contents()
    for place in ["desk.log", "desk.yml"] {
      let run = try desk.run("formats", "new", "desk.log", "-o", place, "--anyway")
      #expect(run.status == 2 && run.errors.contains("\(place): is there already"), "\(run.errors)")
    }
    #expect(try desk.contents() == before)
    #expect(try desk.run("formats", "new", "desk.log", "-o", "new.yml", "--anyway").status == 0)
  }

  @Test func `that read only a part ends with 3 and names the part`() throws {
    let desk = try Desk()
    try desk.write("notes.txt", "one line of something else\n")
    try desk.write("stderr.jsonl", "{\"level\":\"info\"}\n{\"level\":\"warn\"}\n")
    try desk.write("torn.jsonl", Desk.line(minute: 6, rows: 1) + "{\"time\":\n")
    for other in ["notes.txt", "missing.jsonl", "stderr.jsonl", "torn.jsonl"] {
      let run = try desk.run("scan", "quiet.jsonl", other)
      #expect(run.status == 3)
      #expect(run.complaints.contains { $0.hasPrefix("ometsuke: \(other): ") }, "\(run.errors)")
      #expect(run.output.contains(other))
    }
    // What was found goes before what was not read.
    #expect(try desk.run("scan", "leak.jsonl", "missing.jsonl").status == 1)
    #expect(try desk.run("formats", "quiet.jsonl", "missing.jsonl").status == 3)
    try desk.write("empty.jsonl", "")
    try desk.write("damaged.gz", "BZh9 this is no bzip2")
    // Nothing is read of an archive, so no format is one of it either.
    try desk.write("logs.zip", "PK\u{3}\u{4}" + String(repeating: "a line\n", count: 100))
    #expect(try desk.run("formats", "logs.zip").output.contains("unpack it (unzip)"))
    for other in ["empty.jsonl", "damaged.gz", "logs.zip"] {
      #expect(try desk.run("formats", other).status == 3, "\(other)")
      #expect(try desk.run("formats", "quiet.jsonl", other).status == 3, "\(other)")
    }
  }

  @Test func `gives nothing of a log raw to the reader`() throws {
    let desk = try Desk()
    let name = "=admin\\u001b[31m\\u202e\\u0007"
    try desk.write("hostile.jsonl", Desk.line(minute: 5, rows: 90_000, account: name))
    for format in ["text", "jsonl", "ocsf"] {
      let run = try desk.run("scan", "hostile.jsonl", "--format", format)
      #expect(run.status == 1)
      #expect(!run.output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
      #expect(!run.output.unicodeScalars.contains("\u{202e}"))
    }
  }

  @Test(arguments: [[], ["scan"], ["check"], ["formats"], ["explain"], ["detectors"]])
  func `has a help`(command: [String]) throws {
    let desk = try Desk()
    let run = try Run(command + ["--help"], in: desk.path)
    #expect(run.status == 0)
    #expect(run.output.contains("USAGE: ometsuke"))
    #expect(run.errors.isEmpty)
  }

  @Test func `what-if and nightly say in one line that nothing could be read`() throws {
    let desk = try Desk()
    try "policy: {limits-scale: 50%}\n".write(
      toFile: desk.path + "/new.yml",
      atomically: true,
      encoding: .utf8
    )
    let missing = try desk.run("what-if", "-q", "--policy", "new.yml", "missing.log")
    #expect(missing.status == 2)
    #expect(missing.complaints == ["ometsuke: missing.log: no such file or folder; check the path"])
    try "".write(toFile: desk.path + "/empty.log", atomically: true, encoding: .utf8)
    let night = try desk.run("nightly", "--store", "night.store", "empty.log")
    #expect(night.status == 2)
    #expect(night.complaints.count == 1)
    #expect(night.errors.contains("nothing was read"))
  }

  @Test func `explains the finding that a scan names`() throws {
    let desk = try Desk()
    let scan = try desk.run("scan", "leak.jsonl", "--format", "jsonl")
    let id = try #require(scan.output.firstRange(of: "\"id\":\"")).upperBound
    let incident = String(scan.output[id...].prefix(16))
    let run = try desk.run("explain", incident, "leak.jsonl")
    #expect(run.status == 0)
    #expect(run.output.contains("of incident 事案 \(incident)"))
    let english = try desk.run("explain", incident, "leak.jsonl", "--language", "en")
    #expect(english.output.contains("evidence: leak.jsonl line 1 offset 0"))
    #expect(english.output.contains("lifetime"))
    let japanese = try desk.run("explain", incident, "leak.jsonl", "--language", "ja")
    #expect(japanese.output.contains("全期間"))
    #expect(!japanese.output.contains("may also be"))
    #expect(try desk.run("explain", incident, "leak.jsonl", "--language", "fr").status == 2)
  }
}

@Suite struct `The simulation` {
  @Test func `writes an estate that the scan reads and finds something in`() throws {
    let desk = try Desk()
    let arguments = ["--days", "30", "--seed", "3", "--accounts", "20", "--attacks", "a13"]
    let run = try Run(["simulate", "out"] + arguments, in: desk.path)
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.contains("events of 30 days"))
    let scan = try desk.run("scan", "-q", "-c", "out/ometsuke.yml", "out/logs/app")
    #expect(scan.status == 1)
    #expect(scan.output.contains("adm.leaver"))
  }

  @Test func `refuses a folder that is not empty in one line`() throws {
    let desk = try Desk()
    let run = try desk.run("simulate", ".", "--seed", "1", "--days", "7")
    #expect(run.status == 2)
    #expect(run.complaints.count == 1)
    #expect(run.errors.contains("is not empty"))
  }

  @Test(arguments: [
    ["out"], ["out", "--seed", "x"], ["out", "--seed", "1", "--attacks", "A21"],
    ["out", "--seed", "1", "--lookalikes", ","], ["out", "--seed", "1", "--from", "2024-02-30"],
    ["out", "--seed", "1", "--compress", "xz"], ["out", "--seed", "1", "--years", "0"],
    ["out", "--seed", "1", "--years", "1", "--days", "9"],
  ])
  func `ends with 64 on a wrong command line, and writes nothing`(arguments: [String]) throws {
    let desk = try Desk()
    let before = try desk.contents()
    let run = try Run(["simulate"] + arguments, in: desk.path)
    #expect(run.status == 64)
    #expect(run.complaints.count == 1, "\(run.errors)")
    #expect(try desk.contents() == before)
  }
}
