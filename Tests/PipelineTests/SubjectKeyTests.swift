import Estate
import EventModel
import Testing

@testable import Pipeline
@testable import Storage

@Suite struct `The key under which subjects are hashed` {
  @Test func `is told when it is the one built in, and when one is declared first`() async throws {
    let work = try Workplace()
    try work.write("logs/a.log", [])
    let store = try Store(path: work.path + "/store", .night)
    // No mail is sent for it.
    #expect(try await work.night(1, in: store).notices.isEmpty)
    #expect(try StateText.lines(store).contains { $0.contains("the key built in") })
    #expect(try store.builtInKeyNotice() == .builtInKey)
    try store.markBuiltInKeyTold()
    #expect(try store.builtInKeyNotice() == nil)

    try work.write("ometsuke.yml", ["privacy: {key: 000102030405060708090a0b0c0d0e0f}"])
    let estate = try EstateFile.load(path: work.path + "/ometsuke.yml").estate
    let first = try await work.night(2, in: store, estate)
    #expect(first.notices.map(\.kind) == [.key])
    #expect(first.notices.first?.japanese.contains("鍵") ?? false)
    #expect(try await work.night(3, in: store, estate).notices.isEmpty)
    #expect(try StateText.lines(store).contains { $0.contains("a key of the estate's own") })
    #expect(try store.builtInKeyNotice() == nil)

    // With one from the first night on there is nothing to say.
    let other = try Store(path: work.path + "/other", .night)
    #expect(try await work.night(1, in: other, estate).notices.isEmpty)
  }
}
