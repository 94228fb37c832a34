import Foundation
import Testing

@Suite struct `Sealed logs and nights, at the command line` {
  private func night(_ desk: Desk) throws -> Run {
    try desk.run("nightly", "-c", "estate.yml", "log.jsonl", "--store", "store")
  }

  private func prepared() throws -> Desk {
    let desk = try Desk()
    try desk.write("estate.yml", "policy:\n  time-zone: Asia/Tokyo\n")
    try desk.write("log.jsonl", (0..<9).map { Desk.line(minute: $0, rows: 1) }.joined())
    #expect(try night(desk).status == 0)
    return desk
  }

  @Test func `the mail counts and tells the incident of an alteration`() throws {
    let desk = try prepared()
    try desk.write("log.jsonl", (0..<9).map { Desk.line(minute: $0, rows: 2) }.joined())
    let told = try night(desk)
    #expect(told.status == 1 && told.output.contains("1 new incident, 0 changed"), "\(told.output)")
    #expect(
      told.output.contains("sealed-evidence") && told.output.contains("source:"),
      "\(told.output)"
    )
    #expect(try night(desk).output.isEmpty)
    let found = try desk.run("verify", "--store", "store")
    #expect(found.status == 1 && found.output.contains("NO MATCH"), "\(found.output)")
    let japanese = try desk.run("verify", "--store", "store", "--lang", "ja")
    #expect(japanese.status == 1 && japanese.output.contains("封印した内容と異なります(第2夜に検知)"))
  }

  @Test func `a decision prints the head that tells when it is taken away`() throws {
    let desk = try prepared()
    try desk.write("log.jsonl", (0..<9).map { Desk.line(minute: $0, rows: 2) }.joined())
    _ = try night(desk)
    let incident = try #require(
      try desk.run("verify", "--store", "store").output.split { !$0.isHexDigit }.first {
        $0.count == 16
      }
    )
    let decided = try desk.run(
      "state",
      "decide",
      String(incident),
      "--as",
      "authorised",
      "--by",
      "Sato",
      "--reason",
      "R",
      "--store",
      "store"
    )
    let head = try #require(decided.output.split { !$0.isHexDigit }.first { $0.count == 64 })
    let found = try desk.run("verify", "--store", "store", "--expect", String(head))
    #expect(found.status == 0 && found.output.contains("decided   "), "\(found.output)")
  }

  @Test func `a night that could not be evaluated is reported by the next one, once`() throws {
    let desk = try prepared()
    try desk.write("estate.yml", "policy:\n  time-zone: [\n")
    #expect(try night(desk).status == 2)
    try desk.write("estate.yml", "policy:\n  time-zone: Asia/Tokyo\n")
    let told = try night(desk).output.split { $0.isWhitespace }.joined(separator: " ")
    #expect(told.contains("evaluated (the estate file is not valid)"), "\(told)")
    #expect(told.replacing(" ", with: "").contains("環境定義ファイルが正しくありません"), "\(told)")
    let quiet = try night(desk)
    #expect(quiet.status == 0 && quiet.output.isEmpty)
    // A name that is wrong leaves nothing behind.
    #expect(try desk.run("nightly", "-c", "gone.yml", "log.jsonl", "--store", "none").status == 2)
    #expect(!FileManager.default.fileExists(atPath: desk.path + "/none-attempts"))
    // The first night of all has no store yet.
    try desk.write("first.yml", "policy:\n  time-zone: [\n")
    #expect(try desk.run("nightly", "-c", "first.yml", "log.jsonl", "--store", "first").status == 2)
    try desk.write("first.yml", "policy:\n  time-zone: Asia/Tokyo\n")
    let first = try desk.run("nightly", "-c", "first.yml", "log.jsonl", "--store", "first").output
    let words = first.split { $0.isWhitespace }.joined(separator: " ")
    #expect(words.contains("evaluated (the estate file is not valid)"), "\(words)")
  }
}
