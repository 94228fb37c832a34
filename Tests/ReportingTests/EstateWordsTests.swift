import Estate
import EventModel
import Foundation
import Testing

@testable import Reporting

/// What `check` says of the estate file, for who reads Japanese.
@Suite struct EstateWordsTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("schema")

  private static func files(_ kind: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appendingPathComponent(kind),
      includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "yml" }.sorted { $0.path < $1.path }
  }

  /// Everything that is said of a file, error or not.
  private static func said(_ file: URL) -> [Diagnostic] {
    do {
      let loaded = try EstateFile.load(path: file.path)
      return EstateCheck.run(
        loaded,
        inputs: EstateCheck.Inputs(formats: ["jsonl"], detectors: ["bulk-export"])
      )
    } catch {
      return error.diagnostics
    }
  }

  private func hasJapanese(_ text: String) -> Bool {
    text.unicodeScalars.contains { (0x3040..<0xA000).contains($0.value) }
  }

  /// The files of `make schema`: nearly every fault that there is.
  @Test(arguments: ["bad", "check-only", "good"])
  func `every line about a file of the schema's has its Japanese`(kind: String) throws {
    let files = try Self.files(kind)
    #expect(files.count > 5)
    for file in files {
      for line in Self.said(file) {
        let told = CommandWords.japanese(ofMessage: line.message)
        #expect(
          told != line.message && hasJapanese(told),
          "\(file.lastPathComponent): \(line.message)"
        )
      }
    }
  }

  @Test(arguments: [
    "{a", "a}", "", "plain", "{a:kind}", "{a} {a}", "{a:rest} {b}", "{a:pairs}", "{a}{b}",
    "{a}\n{b}",
  ])
  func `every fault of a template has its Japanese`(template: String) {
    var told: String?
    do throws(LineTemplate.Problem) {
      _ = try LineTemplate(template)
    } catch {
      told = error.message
    }
    let message = "lines: " + (told ?? "")
    let japanese = CommandWords.japanese(ofMessage: message)
    #expect(told != nil && hasJapanese(japanese), "\(message)")
    // What is to be written stands in it as it is written.
    for word in ["{name}", "{{", "}}", "{:pairs}"] {
      #expect(message.contains(word) == japanese.contains(word), "\(japanese)")
    }
  }

  @Test func `place and weight of a line stand before it`() {
    let line = Diagnostic(
      .error,
      file: "e.yml",
      line: 3,
      message: "unknown key \"ownr\" in a dataset; did you mean \"owner\"?"
    )
    #expect(
      CommandWords.japanese(of: line)
        == "e.yml:3: エラー: データセットにキー「ownr」はありません。「owner」ではありませんか"
    )
    let note = Diagnostic(
      .note,
      file: "e.yml",
      line: 0,
      message:
        "owner \"a\" has no size, so shares of its set cannot be judged; write delivered: records"
    )
    #expect(CommandWords.japanese(of: note).hasPrefix("e.yml: 注記: 委託元「a」に件数がないため"))
  }
}
