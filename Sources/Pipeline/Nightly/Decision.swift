internal import EventModel
public import Storage

/// What somebody has decided about an incident, as a link of the chain of decisions says it.
///
/// It is added to and never changed; it hides nothing: what it is about is counted and told as before.
public struct Decision: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case authorised
    case confirmed
    case falsePositive = "false-positive"
    case underReview = "under-review"
  }

  /// What the chain is called.
  public static let source = "(decisions)"

  /// The id of a finding or an incident.
  public var id: String
  public var kind: Kind
  /// Who decided, and why.
  public var by: String
  public var reason: String
  /// Who ran the program, and when by the clock (RFC 3339).
  public var author: String
  public var time: String

  public init(id: String, kind: Kind, by: String, reason: String, author: String, time: String) {
    self.id = id
    self.kind = kind
    self.by = by
    self.reason = reason
    self.author = author
    self.time = time
  }

  /// Adds it to the chain.
  public func add(to store: Store, program: String) throws(StoreError) {
    try store.transaction { () throws(StoreError) in
      try store.add(
        ChainLink(
          after: try store.head(of: Self.source),
          night: try store.lastNight()?.id ?? 0,
          source: Self.source,
          time: time,
          program: program,
          lines: [
            "decision \(NightKeeper.quoted(id)) \(kind.rawValue)", "by \(NightKeeper.quoted(by))",
            "reason \(NightKeeper.quoted(reason))", "author \(NightKeeper.quoted(author))",
          ]
        )
      )
    }
  }

  /// All of them, in the order in which they were made; texts as the chain has them.
  public static func all(in store: Store) throws(StoreError) -> [Self] {
    try store.chain().filter { $0.source == source }.compactMap { link in
      func value(_ word: String) -> Substring {
        link.lines.first { $0.hasPrefix(word + " ") }?.dropFirst(word.count + 1) ?? ""
      }
      let words = value("decision").split(separator: " ")
      guard words.count == 2, let kind = Kind(rawValue: String(words[1])) else { return nil }
      return Self(
        id: String(words[0]),
        kind: kind,
        by: String(value("by")),
        reason: String(value("reason")),
        author: String(value("author")),
        time: value("night").split(separator: " ").last.map(String.init) ?? ""
      )
    }
  }
}
