internal import EventModel
internal import Glibc

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
    let mark = Array("\n\(word) ".utf8)
    // Years of links are read at once: only one line is made a text.
    return entry.withUnsafeBufferPointer { entry in
      guard let start = Self.place(of: mark, in: entry) else { return nil }
      let rest = entry[(start + mark.count)...]
      return String(decoding: rest.prefix { $0 != 0x0A }, as: UTF8.self)
    }
  }

  /// Whether some line begins with a word.
  public func has(_ word: String) -> Bool {
    let mark = Array("\n\(word) ".utf8)
    return entry.withUnsafeBufferPointer { Self.place(of: mark, in: $0) != nil }
  }

  /// Where a line end and a word behind it stand.
  private static func place(of mark: [UInt8], in entry: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = entry.baseAddress else { return nil }
    var place = 0
    while entry.count - place >= mark.count,
      let found = memchr(base + place, 0x0A, entry.count - place - mark.count + 1)
    {
      place = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
      if memcmp(found, mark, mark.count) == 0 { return place }
      place += 1
    }
    return nil
  }

  /// Number and time of its night, or when it was added.
  public var time: String {
    text(of: "night")?.split(separator: " ").last.map(String.init) ?? ""
  }

  /// Whether the head is that of the entry, and the entry names the head before it.
  public func follows(_ previous: [UInt8]) -> Bool {
    let line = Array("\nprevious \(Self.hex(previous))\n".utf8)
    guard let first = entry.firstIndex(of: 0x0A) else { return false }
    return Store.sha256(entry) == head && entry[first...].starts(with: line)
  }

  /// Whether the columns that links are found by say what the entry says.
  public var isNamedAsWritten: Bool {
    text(of: "source") == source
      && text(of: "night")?.split(separator: " ").first.map(String.init) == String(night)
  }

  /// A text on one line: bytes below 0x20, 0x7F, `\` and bytes that are no UTF-8 as `\xNN`.
  public static func quoted(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      if let byte = PathText.byte(of: scalar) { return "\\x" + hex([byte]) }
      return scalar.value < 0x20 || scalar == "\\" || scalar.value == 0x7F
        ? "\\x" + hex([UInt8(truncatingIfNeeded: scalar.value)]) : String(scalar)
    }.joined()
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

  /// The newest link of the chain of the store, which names the heads of all others; in hexadecimal; `nil`: none yet.
  public func lastLink() throws(StoreError) -> String? {
    let head = try head(of: Self.partSource)
    return head == ChainLink.start ? nil : ChainLink.hex(head)
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
    // Without a row it begins anew and fits the links no more.
    try put((try chainTail() ?? ChainTail()).followed(by: link.head))
  }

  /// What the writer of the chains says that they are; `nil`: it is gone, or no link was written yet.
  public func chainTail() throws(StoreError) -> ChainTail? {
    try connection.first("SELECT links, digest FROM chain_tail") {
      ChainTail(links: $0.integer(0), digest: $0.bytes(1))
    }
  }

  private func put(_ tail: ChainTail) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO chain_tail VALUES (1, ?, ?)",
      [.integer(tail.links), .blob(tail.digest)]
    )
  }

  /// Takes the chains as they stand: of a store that kept no tail yet.
  func countChain() throws(StoreError) {
    var tail = ChainTail()
    for link in try chain() { tail = tail.followed(by: link.head) }
    if tail.links > 0 { try put(tail) }
  }
}

/// Links of all chains, and one digest of their heads in the order in which they were added.
///
/// Kept beside the links by the transaction that adds one: what nothing follows yet cannot be taken away
/// alone. Whoever knows the program can make both anew; a head that was written down elsewhere tells then.
public struct ChainTail: Sendable, Hashable {
  public var links: Int64
  /// SHA-256 over the digest before and the head, from 32 zeros on.
  public var digest: [UInt8]

  public init(links: Int64 = 0, digest: [UInt8] = ChainLink.start) {
    (self.links, self.digest) = (links, digest)
  }

  public func followed(by head: [UInt8]) -> Self {
    Self(links: links + 1, digest: Store.sha256(digest + head))
  }
}
