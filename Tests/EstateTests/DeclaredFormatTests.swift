import EventModel
import Foundation
import Testing

@testable import Estate

/// Formats that the operator declares: what is read of them, and what is said of a wrong one.
struct DeclaredFormatTests {
  @Test func `formats beside the estate file belong to the sources that name them`() throws {
    let folder =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/declared"
    let loaded = try EstateFile.load(path: folder + "/ometsuke.yml")
    #expect(loaded.diagnostics.isEmpty)
    #expect(loaded.estate.formats.map(\.name) == ["call-desk", "till"])
    let desk = try #require(loaded.estate.sources[0].declared)
    #expect(desk.lines.count == 2 && desk.pass.count == 1)
    #expect(desk.lines[0].names == ["at", "level", "user", "ip", "verb"])
    #expect(desk.fields.rules[.time]?.timeFormat == "%Y-%m-%d %H:%M:%S,%f")
    #expect(desk.fields.rules[.operation]?.values == ["SHOW": "read", "SAVE": "export"])
    #expect(loaded.estate.sources[1].declared?.fields.rules[.records]?.path == ["records"])
    #expect(loaded.estate.sources[1].fields?.rules[.owner]?.constant == "Kita")
    let lines = EstateCheck.run(loaded, inputs: .init(formats: ["csv"]))
    #expect(!lines.contains { $0.severity == .error })
    let clash = EstateCheck.run(loaded, inputs: .init(formats: ["csv", "till"]))
    #expect(
      clash.filter { $0.severity == .error }.map(\.description) == [
        "\(folder)/formats.d/till.yml:1: error: format \"till\" has the name of a built-in one; "
          + "name it otherwise"
      ]
    )
  }

  /// The errors of one format file, without its folder.
  private func errors(_ yaml: String) throws -> [String] {
    let folder = NSTemporaryDirectory() + "formats-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/formats.d",
      withIntermediateDirectories: true
    )
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder + "/formats.d/a.yml"))
    try Data().write(to: URL(fileURLWithPath: folder + "/ometsuke.yml"))
    do throws(EstateError) {
      let loaded = try EstateFile.load(path: folder + "/ometsuke.yml")
      return loaded.diagnostics.map { $0.description.replacing(folder + "/", with: "") }
    } catch {
      return error.diagnostics.map { $0.description.replacing(folder + "/", with: "") }
    }
  }

  @Test(arguments: [
    ("lines: '{time'\nfields: {time: time}", "1: error: lines: a field is not closed"),
    ("lines:\n  - '{a}'\n  - '{a}{b}'\nfields: {time: a}", "3: error: lines: nothing parts {a}"),
    ("lines: '{a:digits}'\nfields: {time: a}", "1: error: lines: a field has no kind digits"),
    ("lines: '{a} {a}'\nfields: {time: a}", "1: error: lines: the field a stands twice"),
    ("lines: '{a:rest} x'\nfields: {time: a}", "1: error: lines: {a:rest} holds the rest"),
    (
      "lines: '{at} {user}'\nfields:\n  time: at\n  account: usr",
      "4: error: no template has the field \"usr\"; did you mean \"user\"?"
    ),
    ("lines: '{at} {user}'\nfields:\n  account: user", "1: error: a format says no time"),
    ("fields: {time: a}", "1: error: a format has no lines"),
    ("format: My Log\nlines: '{a}'\nfields: {time: a}", "1: error: format \"My Log\" is no name"),
    ("line: '{a}'\nfields: {time: a}", "1: error: unknown key \"line\""),
    ("", "error: declares no format"),
    (
      "lines: '{a}'\nfields: {time: {field: a, format: '%d %H'}}",
      "1: warning: times without a year"
    ),
  ])
  func `a mistake is told with its file and line`(yaml: String, message: String) throws {
    let said = try errors(yaml)
    let place = message.hasPrefix("error") ? "formats.d/a.yml: " : "formats.d/a.yml:"
    #expect(said.count == 1 && said[0].hasPrefix(place + message), "\(said)")
  }

  @Test func `a template is what it was read from`() throws {
    for text in ["{a} {b:word}|{{x}} {c:number} \"{:rest}", "{:pairs}", "日 {a}"] {
      #expect(try LineTemplate(text).text == text)
    }
  }
}
