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

  @Test func `a text in UTF-16 without a mark`() async throws {
    var wide: [[UInt8]] = [[], []]
    for unit in Self.lines.utf16 {
      wide[0] += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      wide[1] += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
    }
    #expect(try await reason(wide[0])?.contains("iconv, from UTF-16LE") == true)
    #expect(try await reason(wide[1])?.contains("iconv, from UTF-16BE") == true)
  }

  /// The block with which tar begins a member.
  private static func header(_ name: [UInt8], size: Int, isOld: Bool) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 512)
    head.replaceSubrange(0..<name.count, with: name)
    head.replaceSubrange(124..<135, with: ("00000000000" + String(size, radix: 8)).utf8.suffix(11))
    if !isOld { head.replaceSubrange(257..<265, with: Array("ustar".utf8) + [0, 0x30, 0x30]) }
    head.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = head.reduce(0) { $0 + Int($1) }
    head.replaceSubrange(148..<154, with: ("000000" + String(sum, radix: 8)).utf8.suffix(6))
    head[154] = 0
    return head
  }

  @Test func `nothing of an archive is read, and one line says so`() async throws {
    let member =
      Array(Self.lines.utf8) + [UInt8](repeating: 0, count: 512 - Self.lines.utf8.count % 512)
    // 名簿.log in UTF-8 and CP932.
    for name in [Array("a.log".utf8), Array("名簿.log".utf8), [0x96, 0xBC, 0x95, 0xEB, 0x2E, 0x6C]] {
      for isOld in [false, true] {
        let archive = Self.header(name, size: Self.lines.utf8.count, isOld: isOld) + member
        for (file, packer) in [
          ("a.log", ""), ("a.tgz", "gzip"), ("a.tar.zst", "zstd"), ("a.tar.xz", "xz"),
        ] {
          let work = try Workplace()
          try work.write("raw", bytes: archive)
          let command = packer.isEmpty ? "mv raw \(file)" : "\(packer) -qc raw > \(file) && rm raw"
          try Self.run("cd \(work.path) && \(command)")
          let found = try await coverage(work).coverage
          #expect(found.sources.isEmpty)
          #expect(
            found.unreadable.map(\.reason) == [
              "a tar archive: nothing of it is read; unpack it (tar -xf) and read what is in it"
            ]
          )
        }
        // A block whose sum is another's is none.
        var other = archive
        other[0] ^= 1
        let reason = try await reason(other)
        #expect(reason?.contains("archive") != true)
      }
    }
    let reason = try await reason([0x50, 0x4B, 3, 4] + member)
    #expect(reason?.hasPrefix("a ZIP archive: nothing of it is read; unpack it (unzip)") == true)
    #expect(try await self.reason([0x04, 0x22, 0x4D, 0x18] + member)?.contains("lz4 -d") == true)
  }

  private static func run(_ command: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command)")
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
      try Self.run(command)
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

  @Test func `a zone that nobody knows is an assumption with how often it came`() async throws {
    let work = try Workplace()
    let line =
      #",2022-06-01 12:00:00 XYZ,,0,LOG,00000,"AUDIT: SESSION,1,1,READ,SELECT,,,select 1,<none>",,,,,,,,,"psql","client backend",,0"#
    let first = #"2022-06-01 12:00:00.000 XYZ,"ito","crm",7,"192.0.2.7:1",6296b5c0.7,1,"SELECT""#
    try work.write("a.csv", bytes: Array(String(repeating: first + line + "\n", count: 3).utf8))
    let found = try await coverage(work).coverage
    let told =
      "3 times of source postgresql-csvlog name a zone that is not known (\"XYZ\" 3): read in UTC."
    #expect(found.assumptions.contains { $0.hasPrefix(told) }, "\(found.assumptions)")
    #expect(!found.assumptions.contains { $0.contains("state no zone") })
    #expect(found.assumptionsJapanese.contains { $0.contains("「XYZ」3 件") })
  }

  @Test func `an operation that nobody gave a meaning is told with how often it came`() async throws
  {
    let work = try Workplace()
    let lines = (0..<60).map { number in
      let action = number % 3 == 0 ? "view" : number % 3 == 1 ? "purge" : "w\(number)"
      return
        #"{"ts":"2024-03-01T10:00:\#(number < 10 ? "0" : "")\#(number)Z","user":"ito","action":"\#(action)","ip":"192.0.2.7"}"#
    }
    try work.write("a.jsonl", bytes: Array(lines.joined(separator: "\n").utf8))
    let found = try await coverage(work).coverage
    let told = found.assumptions.first { $0.contains("an operation that nobody gave a meaning") }
    #expect(
      told?.hasPrefix("40 records of source jsonl state an operation") == true,
      "\(told ?? "")"
    )
    #expect(told?.contains("(\"purge\" 20, \"w11\" 1,") == true, "\(told ?? "")")
    #expect(told?.contains("others 16)") == true, "\(told ?? "")")
    #expect(found.assumptionsJapanese.contains { $0.contains("「purge」20 件") })
  }

  @Test func `JSON in syslog that no format reads is told by its program, other lines are read`()
    async throws
  {
    let work = try Workplace()
    let head = "2026-11-23T17:33:09+09:00 h1 "
    let lines = [
      head + "sshd[9]: Accepted publickey for ito from 192.0.2.9 port 5555 ssh2",
      head + #"crm: {"who":"ito","rows":800}"#, head + #"crm: {"who":"abe","rows":900}"#,
      head
        + "gw CEF:0|Example|Gateway|14|x|DB audit|5|suser=ito src=192.0.2.7 act=SELECT fname=sales.clients cn1=800 cn1Label=rows",
    ]
    try work.write("messages", bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
    let found = try await coverage(work).coverage
    #expect(found.sources.reduce(0) { $0 + $1.events } == 2)
    let told = found.assumptions.first { $0.contains("a JSON object that no format reads") }
    #expect(told?.hasPrefix("2 messages of source ") == true, "\(found.assumptions)")
    #expect(told?.contains("\"crm\" 2") == true)
    #expect(found.assumptionsJapanese.contains { $0.contains("「crm」2 件") })
  }
}
