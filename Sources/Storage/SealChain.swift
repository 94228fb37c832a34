/// One link of the chain of a source: what was sealed on one night.
///
/// Its head is the SHA-256 of its text, and its text names the head before it. Written out in
/// docs/formats/seals.md.
public struct ChainLink: Sendable, Hashable {
  public var night: Int
  public var source: String
  public var entry: [UInt8]
  public var head: [UInt8]

  public static let start = [UInt8](repeating: 0, count: 32)

  /// The link that follows `previous`; `lines` say what was sealed.
  public init(
    after previous: [UInt8],
    night: Int,
    source: String,
    time: String,
    program: String,
    lines: [String]
  ) {
    let text = [
      "ometsuke seal 1", "previous \(Self.hex(previous))", "source \(source)",
      "night \(night) \(time)", "program \(program)",
    ]
    self.night = night
    self.source = source
    entry = Array(((text + lines).joined(separator: "\n") + "\n").utf8)
    head = Store.sha256(entry)
  }

  init(night: Int, source: String, entry: [UInt8], head: [UInt8]) {
    self.night = night
    self.source = source
    self.entry = entry
    self.head = head
  }

  /// Lines of the entry.
  public var lines: [String] {
    String(decoding: entry, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// What stands behind a word at the beginning of a line; `nil`: no line begins with it.
  public func text(of word: String) -> String? {
    lines.first { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.utf8.count + 1)) }
  }

  /// Number and time of its night, or when it was added.
  public var time: String {
    text(of: "night")?.split(separator: " ").last.map(String.init) ?? ""
  }

  /// Whether the head is that of the entry, and the entry names the head before it.
  public func follows(_ previous: [UInt8]) -> Bool {
    Store.sha256(entry) == head && lines.count > 1
      && lines[1] == "previous \(Self.hex(previous))"
  }

  /// Lower-case hexadecimal.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }
}

extension Store {
  /// The links of all chains, in the order in which they were made.
  public func chain() throws(StoreError) -> [ChainLink] {
    try connection.rows("SELECT night, source, entry, head FROM chain ORDER BY id", [], Self.link)
  }

  /// The links of one chain.
  public func chain(of source: String) throws(StoreError) -> [ChainLink] {
    try connection.rows(
      "SELECT night, source, entry, head FROM chain WHERE source = ? ORDER BY id",
      [.text(source)],
      Self.link
    )
  }

  private static func link(_ row: Row) -> ChainLink {
    ChainLink(night: row.int(0), source: row.text(1), entry: row.bytes(2), head: row.bytes(3))
  }

  /// The names of the chains.
  public func chainSources() throws(StoreError) -> [String] {
    try connection.rows("SELECT DISTINCT source FROM chain ORDER BY source") { $0.text(0) }
  }

  /// The last head of a source's chain.
  public func head(of source: String) throws(StoreError) -> [UInt8] {
    try connection.first(
      "SELECT head FROM chain WHERE source = ? ORDER BY id DESC LIMIT 1",
      [.text(source)]
    ) { $0.bytes(0) } ?? ChainLink.start
  }

  /// One digest of the last heads of all chains but one: SHA-256 of a line `HEAD NAME` each, in order of
  /// name.
  public static func digest(ofHeads heads: [String: [UInt8]], but own: String) -> [UInt8] {
    var heads = heads
    heads[own] = nil
    let text = heads.keys.sorted().map { "\(ChainLink.hex(heads[$0] ?? [])) \($0)\n" }.joined()
    return sha256(Array(text.utf8))
  }

  /// The last head of each chain.
  public func heads() throws(StoreError) -> [String: [UInt8]] {
    var heads: [String: [UInt8]] = [:]
    try connection.each(
      "SELECT source, head FROM chain WHERE id IN (SELECT max(id) FROM chain GROUP BY source)"
    ) { heads[$0.text(0)] = $0.bytes(1) }
    return heads
  }

  public func add(_ link: ChainLink) throws(StoreError) {
    try connection.run(
      "INSERT INTO chain (night, source, entry, head) VALUES (?, ?, ?, ?)",
      [Value(link.night), .text(link.source), .blob(link.entry), .blob(link.head)]
    )
  }
}
