import Foundation
import Testing

@testable import Wire

/// Whoever adds a parser has it fuzzed.
struct FuzzedParserTests {
  @Test func `every parser of captures is a target of the fuzzer, and has a seed`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "fuzz")
    let script = try String(contentsOf: folder.appending(path: "fuzz.sh"), encoding: .utf8)
    let line = try #require(script.split(separator: "\n").first { $0.hasPrefix("targets=") })
    let targets = Set(line.dropFirst("targets=${*:-".count).dropLast().split(separator: " "))
    for parser in ProtocolRegistry.all {
      #expect(targets.contains(Substring(parser.name)), "\(parser.name)")
    }
    #expect(targets.contains("packets") && targets.contains("records"))
    let seeds = try String(contentsOf: folder.appending(path: "seeds.py"), encoding: .utf8)
    // Those of others lie in captures of the tests.
    for name in ["oracle", "ftp-data", "tds-mars", "http-parts"] {
      #expect(seeds.contains("\"\(name)\""), "\(name)")
    }
    let text = try String(contentsOf: folder.appending(path: "Targets.swift"), encoding: .utf8)
    #expect(text.contains("RecordCounter.Kind.allCases"))
    #expect(RecordCounter.Kind.allCases.count == 6 && seeds.contains("range(6)"))
  }
}
