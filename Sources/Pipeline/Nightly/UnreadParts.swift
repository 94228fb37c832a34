internal import Detection
internal import EventModel
internal import Storage

/// The parts of logs that were never read, as the store keeps them for `coverage`.
///
/// A value of its own: earlier versions leave it as it is.
struct UnreadParts {
  struct Item: Hashable {
    /// As the store calls it.
    var source: String
    var part: UnreadPart
  }

  private(set) var items: [Item] = []

  private static let name = "unread"
  private static let version: UInt64 = 1
  /// What is older is told as one with the next of its log.
  private static let limit = 8_192

  init(_ store: Store) throws(StoreError) {
    guard let bytes = try store.value(Self.name) else { return }
    do {
      try read(bytes)
    } catch {
      throw StoreError(
        .notAStore,
        "\(store.path): its list of parts of logs that were not read is damaged; bring back a copy"
      )
    }
  }

  mutating func add(_ more: [Item]) {
    for item in more where !items.contains(item) { items.append(item) }
    while items.count > Self.limit {
      let first = items.removeFirst()
      let next = items.firstIndex { other in
        other.source == first.source && other.part.kind == first.part.kind
      }
      guard let next else { continue }
      let times = [first.part.from, items[next].part.from].compactMap { $0 }
      items[next].part.from = times.count == 2 ? times.min() : nil
    }
  }

  /// Logs that were found after all are read on.
  mutating func remove(found: (Int) -> Bool) {
    items.removeAll { $0.part.kind == .lost && found($0.part.log) }
  }

  func keep(in store: Store) throws(StoreError) {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(UInt64(items.count))
    for item in items {
      let part = item.part
      for text in [item.source, part.kind.rawValue, part.path] { writer.write(Array(text.utf8)) }
      writer.write(part.log)
      writer.write(part.offset)
      writer.write(part.from?.nanoseconds ?? .min)
      writer.write(part.until?.nanoseconds ?? .min)
    }
    try store.setValue(Self.name, writer.bytes)
  }

  private mutating func read(_ bytes: [UInt8]) throws(StateError) {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == Self.version else { throw StateError(offset: 0) }
    func text() throws(StateError) -> String { String(decoding: try reader.name(), as: UTF8.self) }
    func time() throws(StateError) -> Timestamp? {
      let time = try reader.signed()
      return time == .min ? nil : Timestamp(nanoseconds: time)
    }
    for _ in 0..<(try reader.count()) {
      let source = try text()
      guard let kind = UnreadPart.Kind(rawValue: try text()) else { throw StateError(offset: 0) }
      let path = try text()
      let (log, offset) = (try reader.int(), try reader.signed())
      let (from, until) = (try time(), try time())
      items.append(
        Item(
          source: source,
          part: UnreadPart(kind, path: path, log: log, offset: offset, from: from, until: until)
        )
      )
    }
  }
}

extension UnreadPart {
  /// As it is told once, when it is met.
  var notice: Notice {
    func time(_ time: Timestamp?) -> String { time.map { "\($0)" } ?? "?" }
    switch kind {
    case .lost:
      let (byte, last) = (offset, from.map { " (\($0))" } ?? "")
      let next = until.map { "; the gap ends by \($0) at the latest" } ?? ""
      return Notice(
        .gap,
        english:
          "\(path): renamed or deleted before it was read to its end, and not found beside it:"
          + " what was written to it after byte \(byte)\(last) was not read\(next).",
        japanese: "\(path): 最後まで読む前に改名または削除され、同じフォルダにも見つからない。\(byte) バイト\(last)"
          + "より後に書かれた内容は読めていない" + (until.map { "(遅くとも \($0) まで)" } ?? "") + "。"
      )
    case .cut:
      return Notice(
        .gap,
        english:
          "\(path): cut and begun anew in place; read up to byte \(offset). Lines written between"
          + " \(time(from)) and \(time(until)) and then cut are in no copy that is followed, or lost.",
        japanese: "\(path): その場で切り詰められ、新たに書き始められた(\(offset) バイトまで読取済み)。"
          + "\(time(from)) から \(time(until)) の間に書かれて切り詰められた行は、失われた可能性がある。"
      )
    }
  }
}
