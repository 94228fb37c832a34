import Estate
import EventModel
import Ingest
import Testing

@testable import Pipeline

@Suite struct `What a source can name` {
  @Test func `is told of formats that there are`() {
    let names = Set(FormatRegistry.all.map { $0.name })
    #expect(StatedObjects.formats.filter { !names.contains($0) }.isEmpty)
  }

  @Test func `is meant by a pattern as it is written`() {
    let meant: [(pattern: String, kinds: StatedObjects)] = [
      ("/lists/aoi/*", .paths), ("https://example.com/a", .paths), ("crm.*", [.tables, .lists]),
      ("customers", [.tables, .lists]), ("*.members", [.tables, .lists]), ("bucket/aoi/*", .lists),
      ("*/export.csv", [.paths, .lists]), ("*", .all),
    ]
    for (pattern, kinds) in meant { #expect(StatedObjects.of(pattern) == kinds, "\(pattern)") }
  }

  @Test func `is anything where a map has an object, and not told of an envelope`() {
    var source = SourceDeclaration(name: "app")
    #expect(StatedObjects.of(source, format: "combined-access") == .paths)
    #expect(StatedObjects.of(source, format: "syslog-rfc3164") == nil)
    var map = FieldMap()
    source.fields = map
    #expect(StatedObjects.of(source, format: "jsonl") == nil)
    map.rules[.object] = FieldRule(path: ["list"])
    source.fields = map
    #expect(StatedObjects.of(source, format: "jsonl") == .all)
  }
}
