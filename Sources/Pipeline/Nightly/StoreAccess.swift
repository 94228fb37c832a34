public import Storage

/// That somebody asked the store, as a link of the chain of accesses says it.
public struct StoreAccess: Sendable, Hashable {
  /// What the chain is called.
  public static let source = "(accesses)"

  /// Such as `inquire` or `state export`.
  public var command: String
  /// What was asked about, such as `owner Kita Denryoku`; empty: nothing in particular.
  public var about: String
  /// First and last day that was asked for; `all`.
  public var range: String
  /// Who ran the program, and when by the clock (RFC 3339).
  public var author: String
  public var time: String

  public init(
    command: String,
    about: String = "",
    range: String = "all",
    author: String,
    time: String
  ) {
    self.command = command
    self.about = about
    self.range = range
    self.author = author
    self.time = time
  }

  /// Adds it to the chain.
  public func add(to store: Store, program: String) throws(StoreError) {
    var lines = ["access \(NightKeeper.quoted(command))"]
    if !about.isEmpty { lines.append("about \(NightKeeper.quoted(about))") }
    lines += ["range \(NightKeeper.quoted(range))", "author \(NightKeeper.quoted(author))"]
    try store.transaction { () throws(StoreError) in
      // What stands in the other chains cannot be taken away again without a trace.
      let heads = Store.digest(ofHeads: try store.heads(), but: Self.source)
      lines.append("heads \(ChainLink.hex(heads))")
      try store.add(
        ChainLink(
          after: try store.head(of: Self.source),
          night: try store.lastNight()?.id ?? 0,
          source: Self.source,
          time: time,
          program: program,
          lines: lines
        )
      )
    }
  }

  /// All of them, in the order in which they came; texts as the chain has them.
  public static func all(in store: Store) throws(StoreError) -> [Self] {
    try store.chain(of: source).map { link in
      Self(
        command: link.text(of: "access") ?? "",
        about: link.text(of: "about") ?? "",
        range: link.text(of: "range") ?? "",
        author: link.text(of: "author") ?? "",
        time: link.time
      )
    }
  }
}
