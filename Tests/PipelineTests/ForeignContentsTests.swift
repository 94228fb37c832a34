import Estate
import EventModel
import Foundation
import Testing

@testable import Ingest
@testable import Pipeline

extension Workplace {
  fileprivate func write(_ name: String, bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }
}

/// Files that are not what they seem, or not whole: one line each, with what they are, where, and what to do.
@Suite struct `A file that is no log as it lies there` {
  private func coverage(_ work: Workplace) async throws -> (coverage: Coverage, accounts: Int) {
    let scan = BatchScan(
      estate: DeclaredEstate(),
      options: ScanOptions(paths: [work.path], threads: 1)
    )
    var survey = Survey()
    let result = try await scan.run(&survey)
    return (result.coverage, survey.seen.accounts.count)
  }

  private func reason(_ bytes: [UInt8], name: String = "a.log") async throws -> String? {
    let work = try Workplace()
    try work.write(name, bytes: bytes)
    let found = try await coverage(work).coverage
    #expect(found.unreadable.count <= 1)
    return found.unreadable.first?.reason
  }

  private static func event(_ number: Int) -> String {
    """
    {"eventVersion":"1.08","eventTime":"2024-03-01T10:0\(number):00Z","eventSource":"s3.amazonaws.com",\
    "eventName":"GetObject","sourceIPAddress":"192.0.2.7","userIdentity":{"userName":"sato"},"eventID":"\(number)"}
    """
  }

  @Test func `a list of JSON cut at its end is read up to there, and told with the place`()
    async throws
  {
    let list = Array(#"{"Records":[\#((0..<9).map(Self.event).joined(separator: ","))]}"#.utf8)
    let record = Self.event(0).utf8.count
    // Within the third record, and within its first member.
    for cut in [12 + 2 * (record + 1) + 100, 12 + 2 * (record + 1) + 5] {
      let work = try Workplace()
      try work.write("a.json", bytes: Array(list[..<cut]))
      let found = try await coverage(work).coverage
      #expect(found.sources.reduce(0) { $0 + $1.events } == 2)
      #expect(found.unreadable.count == 1)
      let reason = try #require(found.unreadable.first?.reason)
      #expect(reason.hasPrefix("read in part: 1 of 4 records"), "\(reason)")
    }
  }

  @Test func `a document cut within its first record is told as cut off`() async throws {
    let one = Self.event(0)
    let spread = one.replacingOccurrences(of: ",", with: ",\n  ")
    for (text, offset) in [
      (one, 0), ("[" + one, 1), (#"{"Records":["# + one, 12), (spread, 0), ("[\n " + spread, 3),
    ] {
      let reason = try await reason(Array(text.utf8.dropLast(20)), name: "a.json")
      #expect(
        reason?.hasPrefix("cut off: it ends within its first record (offset \(offset))") == true,
        "\(text.prefix(30)): \(reason ?? "")"
      )
    }
    let whole = try await reason(Array("{\"a\":1}".utf8))
    #expect(whole?.contains("cut off") == false)
    let text = try await reason(Array("no record { at all".utf8))
    #expect(text?.contains("cut off") == false)
  }

  private static let lines = (0..<40).map { number in
    "192.0.2.\(number) - ito [23/Nov/2026:08:00:09 +0900] \"GET /list/\(number) HTTP/1.1\" 200 5000\n"
  }.joined()

  @Test func `a text in UTF-16 without a mark, and archives`() async throws {
    var wide: [[UInt8]] = [[], []]
    for unit in Self.lines.utf16 {
      wide[0] += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      wide[1] += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
    }
    #expect(try await reason(wide[0])?.contains("iconv -f UTF-16LE") == true)
    #expect(try await reason(wide[1])?.contains("iconv -f UTF-16BE") == true)
    var head = [UInt8](repeating: 0, count: 512)
    head.replaceSubrange(0..<5, with: "a.log".utf8)
    head.replaceSubrange(257..<262, with: "ustar".utf8)
    let reason = try await reason(head + Self.lines.utf8)
    #expect(reason?.hasPrefix("a tar archive, read as one text") == true, "\(reason ?? "")")
    #expect(try await self.reason(head + head)?.hasPrefix("a tar archive: its lines") == true)
    #expect(try await self.reason([0x50, 0x4B, 3, 4] + head)?.contains("unzip") == true)
  }

  @Test func `data that were packed with a dictionary say so`() async throws {
    let work = try Workplace()
    let place = work.path + "/parts"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for number in 0..<200 {
      let text = String(repeating: "\(number) " + Self.lines.prefix(400), count: 3)
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(place)/\(number)"))
    }
    try Data(Self.lines.utf8).write(to: URL(fileURLWithPath: place + "/log"))
    for command in [
      "zstd -q --train \(place)/* --maxdict=4096 -o \(place)/dict",
      "zstd -q -D \(place)/dict \(place)/log -o \(work.path)/a.log.zst", "rm -r \(place)",
    ] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", command]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(command)")
    }
    let found = try await coverage(work).coverage
    #expect(found.unreadable.count == 1)
    #expect(found.unreadable.first?.reason.contains("zstd -d -D DICTIONARY") == true)
  }

  @Test func `an abbreviation of several zones is an assumption of the coverage`() async throws {
    let work = try Workplace()
    let line =
      #",2022-06-01 12:00:00 IST,,0,LOG,00000,"AUDIT: SESSION,1,1,READ,SELECT,,,select 1,<none>",,,,,,,,,"psql","client backend",,0"#
    let first = #"2022-06-01 12:00:00.000 IST,"ito","crm",7,"192.0.2.7:1",6296b5c0.7,1,"SELECT""#
    try work.write("a.csv", bytes: Array(String(repeating: first + line + "\n", count: 3).utf8))
    let found = try await coverage(work).coverage
    #expect(found.sources.reduce(0) { $0 + $1.events } == 3)
    #expect(found.assumptions.contains { $0.contains("IST") && $0.contains("+02:00 is assumed") })
    #expect(found.assumptionsJapanese.contains { $0.contains("IST") })
  }
}
