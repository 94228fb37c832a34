import Foundation
import Glibc
import Testing

/// What `sha256sum -c SHA256SUMS` ends with in a folder.
private func sums(_ folder: String) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
  process.arguments = ["--strict", "--quiet", "-c", "SHA256SUMS"]
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

private func mode(_ path: String) -> mode_t {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
}

private func manifest(_ folder: String) throws -> [String: Any] {
  let data = FileManager.default.contents(atPath: folder + "/manifest.json") ?? Data()
  return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
}

extension Desk {
  /// The id of the first incident of a scan.
  fileprivate func incident(_ path: String) throws -> String {
    let first = try run("scan", path, "--format", "jsonl").output.split(separator: "\n").first
    let object = try JSONSerialization.jsonObject(with: Data((first ?? "").utf8))
    return (object as? [String: Any])?["id"] as? String ?? ""
  }
}

@Suite struct `ometsuke evidence` {
  @Test func `writes the bytes that were hashed, and sha256sum tells when one has changed`() throws
  {
    let desk = try Desk()
    let id = try desk.incident("leak.jsonl")
    let run = try desk.run("evidence", id, "leak.jsonl", "-o", "out")
    #expect(run.status == 0, "\(run.errors)")
    let folder = desk.path + "/out"
    #expect(try sums(folder) == 0)
    #expect(mode(folder) == 0o700 && mode(folder + "/lines") == 0o700)
    #expect(mode(folder + "/lines/00001") == 0o600 && mode(folder + "/SHA256SUMS") == 0o600)
    let line = FileManager.default.contents(atPath: folder + "/lines/00001") ?? Data()
    #expect(String(decoding: line, as: UTF8.self) + "\n" == Desk.line(minute: 3, rows: 50_000))
    let found = try manifest(folder)
    #expect(found["lines_missing"] as? Int == 0 && found["asked"] as? String == id)
    #expect((found["log_files"] as? [[String: Any]])?.first?["path"] as? String == "leak.jsonl")
    // A folder that holds anything is left alone.
    #expect(try desk.run("evidence", id, "leak.jsonl", "-o", "out").status == 2)
    try desk.write("out/lines/00001", "other\n")
    #expect(try sums(folder) != 0)
  }

  @Test func `goes by the store, and names every line that is altered or gone`() throws {
    let desk = try Desk()
    let id = try desk.incident("leak.jsonl")
    #expect(try desk.run("nightly", "leak.jsonl", "--store", "store").status == 1)
    // Renamed: the log is known by what it is.
    try FileManager.default.moveItem(
      atPath: desk.path + "/leak.jsonl",
      toPath: desk.path + "/leak.jsonl.1"
    )
    let whole = try desk.run("evidence", id, "--store", "store", "-o", "whole")
    #expect(whole.status == 0, "\(whole.errors)\(whole.output)")
    #expect(try sums(desk.path + "/whole") == 0)
    let line = try (manifest(desk.path + "/whole")["lines"] as? [[String: Any]])?.first
    let seal = line?["seal"] as? [String: Any]
    let text = FileManager.default.contents(
      atPath: desk.path + "/whole/" + (seal?["link"] as? String ?? "-")
    )
    let words = String(decoding: text ?? Data(), as: UTF8.self)
    #expect(words.hasPrefix("ometsuke seal 1\n"))
    #expect(words.contains(seal?["sha256"] as? String ?? "-"))
    try desk.write("leak.jsonl.1", Desk.line(minute: 3, rows: 10_000))
    let altered = try desk.run("evidence", id, "--store", "store", "-o", "altered")
    #expect(altered.status == 3 && altered.output.contains("MISSING"))
    #expect(altered.output.contains("not those that were hashed"))
    try FileManager.default.removeItem(atPath: desk.path + "/leak.jsonl.1")
    let gone = try desk.run("evidence", id, "--store", "store", "-o", "gone")
    #expect(gone.status == 3 && gone.output.contains("its log is gone"))
    #expect(try sums(desk.path + "/gone") == 0)
    #expect(try manifest(desk.path + "/gone")["lines_missing"] as? Int == 1)
    let none = try desk.run("evidence", "0000", "--store", "store", "-o", "none")
    #expect(none.status == 2 && none.complaints.count == 1)
  }

  @Test func `is told by digests that anybody can make again`() throws {
    let desk = try Desk()
    func digests(_ arguments: String...) throws -> [String: Any] {
      let run = try Run(["scan", "leak.jsonl", "--format", "jsonl"] + arguments, in: desk.path)
      let last = run.output.split(separator: "\n").last ?? ""
      let object = try JSONSerialization.jsonObject(with: Data(last.utf8))
      return (object as? [String: Any])?["digests"] as? [String: Any] ?? [:]
    }
    let plain = try digests()
    #expect(plain["inputs"] is NSNull && plain["configuration"] is NSNull)
    #expect((plain["rules"] as? String)?.count == 64)
    #expect(
      try digests("--detectors", "bulk-export")["rules"] as? String != plain["rules"] as? String
    )
    let inputs = try digests("--digest-inputs")["inputs"] as? [[String: Any]]
    let sum = inputs?.first?["sha256"] as? String ?? ""
    try desk.write("SHA256SUMS", sum + "  leak.jsonl\n")
    #expect(try sums(desk.path) == 0)
  }
}
