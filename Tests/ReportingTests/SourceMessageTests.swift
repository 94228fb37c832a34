import Foundation
import Testing

@testable import Reporting

/// What the readers of the estate file and of its registers say, as it stands in their sources: also what no test raises.
@Suite struct `Messages of the estate's readers` {
  private static let sources =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources/Estate")

  /// The texts of calls of `error`, `warn` and `complain`, with `X` for what is put in.
  static func messages() throws -> [String] {
    let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
    var found: [String] = []
    for file in files.sorted() where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
        .replacing(#/\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/#, with: "X1")
      let call =
        #/\b(?:error|warn|complain)\(\s*(?:[^"()]|\([^()"]*\))*((?:"(?:[^"\\\n]|\\.)*"[\s+]*)+)/#
      for match in text.matches(of: call) {
        let parts = String(match.1).matches(of: #/"((?:[^"\\\n]|\\.)*)"/#).map { String($0.1) }
        found.append(parts.joined().replacing("\\\"", with: "\""))
      }
    }
    return found.filter { $0.contains(" ") }
  }

  @Test func `are found in their sources`() throws {
    let all = try Self.messages()
    #expect(all.count > 40, "\(all.count)")
    #expect(all.contains { $0.contains("longer than an hour") })
  }

  /// Names of keys stand as they are written; two English words side by side are a sentence half translated.
  private static func lack(_ message: String) -> String? {
    let told = CommandWords.japanese(ofMessage: message)
    guard told.unicodeScalars.contains(where: { (0x3040..<0xA000).contains($0.value) }) else {
      return "no Japanese: \(message)"
    }
    let rest = told.replacing(#/「[^」]*」/#, with: "")
    guard let english = rest.firstMatch(of: #/\b[a-z]{2,},? (?:[a-z]+ )*[a-z]{2,}\b/#) else {
      return nil
    }
    return "\(english.0) in: \(told)"
  }

  /// Ends of messages whose sentence is put in or goes on.
  private static let composed = [
    "taken as X1; write a number", "write one of ", "X1: X1; write a date; the line is left out",
    "is not declared; X1",
  ]

  /// What is put in is a word or a name in quotes; some sentences are told of a ticket.
  @Test func `have their Japanese, without English among it`() throws {
    var lacks: [String] = []
    for message in try Self.messages() {
      let quoted = message.replacing("X1", with: "\"X1\"")
      // Words of what is put in, and not of the sentence, are told elsewhere.
      let words = message.replacing("X1", with: "").matches(of: #/\b[a-z]+\b/#)
      guard words.count > 3, !Self.composed.contains(where: message.hasSuffix) else { continue }
      let ways = [message, quoted, "ticket \"X1\" " + quoted, "job " + quoted]
      let found = ways.map(Self.lack)
      if found.allSatisfy({ $0 != nil }) { lacks.append(found[1] ?? "") }
    }
    #expect(lacks.isEmpty, "\(lacks.joined(separator: "\n"))")
  }
}
