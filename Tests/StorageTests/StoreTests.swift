import Detection
import EventModel
import Foundation
import Testing

@testable import Storage

private final class Folder {
  let path = FileManager.default.temporaryDirectory.path + "/ometsuke-" + UUID().uuidString
  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var store: String { path + "/store" }
}

private func code(_ body: () throws -> Void) -> StoreError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? StoreError)?.code
  }
}

@Suite struct `The store` {
  @Test func `is its owner's alone and refuses to be more`() throws {
    let folder = try Folder()
    _ = try Store(path: folder.store, .night)
    let mode = try FileManager.default.attributesOfItem(atPath: folder.store)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    chmod(folder.store, 0o640)
    #expect(code { _ = try Store(path: folder.store, .night) } == .tooOpen)
    #expect(code { _ = try Store(path: folder.store, .reading) } == .tooOpen)
    // Nor are rights that only its owner has, and that no store needs.
    for mode: mode_t in [0o700, 0o604, 0o610, 0o4600] {
      chmod(folder.store, mode)
      #expect(code { _ = try Store(path: folder.store, .reading) } == .tooOpen, "\(mode)")
    }
    chmod(folder.store, 0o700)
    do {
      _ = try Store(path: folder.store, .night)
    } catch {
      let path = folder.store
      #expect("\(error)".hasPrefix("\(path): its mode is wider than 600 (mode 700); it tells who"))
    }
    chmod(folder.store, 0o600)
    #expect(code { _ = try Store(path: folder.store, .reading) } == nil)
  }

  @Test func `a log that is named as the store is none, whoever may read it`() throws {
    let folder = try Folder()
    try "2024-04-01 09:00:00 op1 view 1\n".write(
      toFile: folder.store,
      atomically: true,
      encoding: .utf8
    )
    chmod(folder.store, 0o644)
    #expect(code { _ = try Store(path: folder.store, .reading) } == .notAStore)
  }

  @Test func `is held by one run at a time`() throws {
    let folder = try Folder()
    let first = try Store(path: folder.store, .night)
    #expect(code { _ = try Store(path: folder.store, .night) } == .inUse)
    #expect(code { _ = try Store(path: folder.store, .reading) } == nil)
    withExtendedLifetime(first) {}
  }

  @Test func `is told apart from other files`() throws {
    let folder = try Folder()
    try Data("time,user\n".utf8).write(to: URL(fileURLWithPath: folder.store))
    chmod(folder.store, 0o600)
    #expect(code { _ = try Store(path: folder.store, .night) } == .notAStore)
    #expect(code { _ = try Store(path: folder.path + "/none", .reading) } == .unusable)
    #expect(code { _ = try Store(path: folder.path + "/no/such", .night) } == .unusable)
  }

  @Test func `refuses what a later version wrote`() throws {
    let folder = try Folder()
    do {
      let store = try Store(path: folder.store, .night)
      try store.connection.run("INSERT INTO migration VALUES ('9999-later')")
    }
    #expect(code { _ = try Store(path: folder.store, .night) } == .notAStore)
    #expect(code { _ = try Store(path: folder.store, .reading) } == .notAStore)
  }

  @Test func `takes a transaction whole or not at all, wherever it is broken off`() throws {
    let folder = try Folder()
    do {
      let store = try Store(path: folder.store, .night)
      try store.setSetting("kept", "before")
    }
    var left = 0
    var isWhole = false
    while !isWhole {
      do {
        let store = try Store(path: folder.store, .night)
        store.connection.statementsLeft = left
        let result = code {
          try store.transaction { () throws(StoreError) in
            try store.setSetting("kept", "after")
            try store.setValue("large", [UInt8](repeating: 7, count: 100_000))
          }
        }
        isWhole = result == nil
      }
      let store = try Store(path: folder.store, .reading)
      #expect(try store.setting("kept") == (isWhole ? "after" : "before"))
      #expect(try (store.value("large") != nil) == isWhole)
      left += 1
    }
    #expect(left > 4)
  }

  @Test func `writes of a large value what changed`() throws {
    let folder = try Folder()
    let store = try Store(path: folder.store, .night)
    var state: UInt64 = 1
    var bytes = (0..<2_000_000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    let all = try store.setValue("state", bytes)
    #expect(all > 1_900_000)
    #expect(try store.value("state") == bytes)
    bytes.insert(contentsOf: [1, 2, 3], at: 1_000_000)
    #expect(try store.setValue("state", bytes) < 200_000)
    #expect(try store.value("state") == bytes)
    #expect(try store.setValue("state", bytes) == 0)
    try store.setValue("other", bytes)
    try store.setValue("state", nil)
    #expect(try store.value("other") == bytes)
    try store.setValue("other", [])
    #expect(try store.value("other") == [])
    #expect(try store.connection.first("SELECT count(*) FROM piece") { $0.int(0) } == 0)
  }

  @Test func `tells a damaged value`() throws {
    let folder = try Folder()
    let store = try Store(path: folder.store, .night)
    try store.setValue("state", [UInt8](repeating: 3, count: 5_000))
    try store.connection.run(
      "UPDATE piece SET bytes = ?",
      [.blob(Store.packed([UInt8](repeating: 4, count: 5_000)))]
    )
    #expect(code { _ = try store.value("state") } == .notAStore)
  }

  @Test func `keeps rows with their names, in ids of another table`() throws {
    var names = NameTable()
    var rows: [EventRow] = []
    for number in 0..<300 {
      var row = EventRow(time: Int64(number) * 7 - 100)
      row.account = names.intern("account\(number % 7)")
      row.object = names.intern("object\(number % 3)")
      row.digest = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      row.source = UInt16(number % 2)
      row.recordsLow = Int64(number)
      row.recordsHigh = number % 2 == 0 ? Int64(number) : Volume.unbounded
      row.operation = .read
      row.file = UInt32(number)
      row.line = 9
      row.flags = [.whole]
      rows.append(row)
    }
    let packed = RowPack.pack(rows, names: names, sources: ["a", "b"])
    var other = NameTable()
    _ = other.intern("something else")
    let back = try RowPack.unpack(packed, names: &other, sources: ["b", "a"])
    #expect(back.count == rows.count)
    for (row, known) in zip(back, rows) {
      #expect(other.bytes(of: row.account) == names.bytes(of: known.account))
      #expect(other.bytes(of: row.object) == names.bytes(of: known.object))
      #expect(row.source == 1 - known.source)
      #expect(row.time == known.time && row.digest == known.digest && row.line == known.line)
      #expect(row.volume == known.volume && row.flags == known.flags && row.file == known.file)
    }
    for cut in 0..<packed.count {
      #expect(throws: StateError.self) {
        _ = try RowPack.unpack(Array(packed[..<cut]), names: &other, sources: ["a", "b"])
      }
    }
  }
}
