public import Storage

/// The heads of all chains as one link, which somebody outside can witness: on paper, in a mail, or by a
/// time-stamp token (RFC 3161) over the link's own head.
///
/// Whoever makes the chains anew cannot make the same heads from other texts, and has no token over
/// others of the same day.
public struct Anchor: Sendable, Hashable {
  /// What the chain is called.
  public static let source = "(anchors)"

  /// What is to be witnessed: the SHA-256 of the link's text.
  public var head: [UInt8]
  public var night: Int
  public var time: String
  /// The time-stamp token, as it was given.
  public var token: [UInt8]?

  /// Adds the heads of all chains to the chain of anchors, and what a watch has sealed beyond them.
  public static func add(
    to store: Store,
    program: String,
    author: String,
    time: String
  ) throws(StoreError) -> Self {
    var anchor = Self(head: [], night: 0, time: time)
    try store.transaction { () throws(StoreError) in
      var lines: [String] = []
      for source in try store.chainSources() where source != Self.source {
        lines.append(
          "head \(ChainLink.hex(try store.head(of: source))) \(NightKeeper.quoted(source))"
        )
      }
      // What a watch has sealed and no chain tells of yet.
      let streams = try store.streams()
      for (stream, piece) in try store.takenPieces().sorted(by: { $0.key < $1.key }) {
        let path = streams.first { $0.id == stream }?.path ?? ""
        let (seal, digest) = (piece.seal, ChainLink.hex(piece.seal.digest))
        lines.append(
          "taken \(stream) \(seal.start) \(seal.length) \(digest) \(NightKeeper.quoted(path))"
        )
      }
      let link = try next(in: store, program, time, lines + ["author \(author)"])
      try store.add(link)
      (anchor.head, anchor.night) = (link.head, link.night)
    }
    return anchor
  }

  /// Keeps a token over it; the chain tells its digest.
  public func add(
    token: [UInt8],
    to store: Store,
    program: String,
    author: String,
    time: String
  ) throws(StoreError) {
    try store.transaction { () throws(StoreError) in
      try store.putToken(token, of: head)
      let digest = ChainLink.hex(Store.digest(token))
      let lines = ["token \(digest) of \(ChainLink.hex(head))", "author \(author)"]
      try store.add(try Self.next(in: store, program, time, lines))
    }
  }

  private static func next(
    in store: Store,
    _ program: String,
    _ time: String,
    _ lines: [String]
  ) throws(StoreError) -> ChainLink {
    ChainLink(
      after: try store.head(of: source),
      night: try store.lastNight()?.id ?? 0,
      source: source,
      time: time,
      program: program,
      lines: lines
    )
  }

  /// All of them, in the order in which they were made.
  public static func all(in store: Store) throws(StoreError) -> [Self] {
    var anchors: [Self] = []
    for link in try store.chain(of: source) where link.text(of: "head") != nil {
      anchors.append(
        Self(
          head: link.head,
          night: link.night,
          time: link.time,
          token: try store.token(of: link.head)
        )
      )
    }
    return anchors
  }

  /// What a watch had sealed of a log when an anchor was made.
  struct Piece {
    var seal: Seal
    var path: String
    /// Of the anchor.
    var time: String
  }

  /// The pieces that anchors tell of, by log; a line that is damaged breaks the chain.
  static func pieces(in store: Store) throws(StoreError) -> [Int: [Piece]] {
    var found: [Int: [Piece]] = [:]
    for link in try store.chain(of: source) where link.has("taken") {
      for line in link.lines where line.hasPrefix("taken ") {
        let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
        guard words.count == 6, let stream = Int(words[1]), let start = Int64(words[2]),
          let length = Int64(words[3])
        else { continue }
        let digest = Verification.bytes(words[4])
        found[stream, default: []].append(
          Piece(
            seal: Seal(stream: stream, start: start, length: length, night: 0, digest: digest),
            path: String(words[5]),
            time: link.time
          )
        )
      }
    }
    return found
  }

  /// What the chain of anchors says that does not hold, a sentence each.
  ///
  /// A head that an anchor names has to be one that its chain leads through; a token has to be the one
  /// that was kept last.
  static func breaches(in store: Store) throws(StoreError) -> [String] {
    var heads: [String: Set<String>] = [:]
    for link in try store.chain() {
      heads[NightKeeper.quoted(link.source), default: []].insert(ChainLink.hex(link.head))
    }
    var found: [String] = []
    var tokens: [String: String] = [:]
    for link in try store.chain(of: source) {
      for line in link.lines {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { continue }
        if words[0] == "head", heads[words[2]]?.contains(words[1]) != true {
          found.append(
            "chain of \(words[2]): does not lead through the head that the anchor of \(link.time) names"
          )
        } else if words[0] == "token" {
          tokens[String(words[2].dropFirst("of ".count))] = words[1]
        }
      }
    }
    for anchor in try all(in: store) {
      let kept = anchor.token.map { ChainLink.hex(Store.digest($0)) }
      if kept != tokens[ChainLink.hex(anchor.head)] {
        found.append("anchor of \(anchor.time): its token is not the one that the chain tells of")
      }
    }
    return found
  }
}
