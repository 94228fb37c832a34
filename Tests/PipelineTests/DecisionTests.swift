import Foundation
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `Decisions` {
  @Test func `stay in the chain, and verify tells when one was edited by hand`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store(path: folder + "/store", .night)
    for (kind, reason) in [
      (Decision.Kind.underReview, "asked\nauthor uid 0"), (.confirmed, "told"),
    ] {
      let decision = Decision(
        id: "0123456789abcdef",
        kind: kind,
        by: "Sato",
        reason: reason,
        author: "uid 7",
        time: "2024-04-01T09:00:00Z"
      )
      try decision.add(to: store, program: "test")
    }
    let all = try Decision.all(in: store)
    #expect(all.map(\.kind) == [.underReview, .confirmed])
    // A line end in a text makes no line of its own.
    #expect(all.map(\.author) == ["uid 7", "uid 7"] && all[0].reason == "asked\\x0aauthor uid 0")
    #expect(all[0].time == "2024-04-01T09:00:00Z")
    #expect(try Verification(store).breaches.isEmpty)
    try store.connection.run(
      "UPDATE chain SET entry = CAST(replace(CAST(entry AS TEXT), 'confirmed', 'authorised') AS BLOB)"
    )
    #expect(try Verification(store).breaches.count == 1)
  }
}
