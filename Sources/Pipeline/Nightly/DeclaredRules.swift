public import Estate
internal import EventModel
public import Storage

/// Policy, exceptions, jobs, accounts, datasets and delegations as they are effective: a set of lines each, which a chain
/// of differences tells from the first night on; and which tickets of the registers were changed.
///
/// Nothing but the chain has to be trusted: `init(replaying:)` makes the sets again from the
/// differences, and checks the digest before and after each.
public struct DeclaredRules: Sendable, Hashable {
  public enum Part: String, Sendable, CaseIterable {
    case policy, exceptions, jobs, accounts, datasets, delegations
    /// Of which only the ids of those that changed are told.
    case tickets

    /// Those that are told line by line.
    static let whole: [Self] = [.policy, .exceptions, .jobs, .accounts, .datasets, .delegations]

    var japanese: String {
      switch self {
      case .policy: "方針"
      case .exceptions: "例外"
      case .jobs: "ジョブ"
      case .accounts: "アカウント"
      case .datasets: "データセット"
      case .delegations: "委託"
      case .tickets: "チケット"
      }
    }
  }

  /// What one link says of one part.
  public struct Change: Sendable, Hashable {
    public var part: Part
    public var time: String
    public var night: Int
    public var author: String
    public var removed: [String]
    public var added: [String]
    /// Tickets that say something else than before.
    public var changed: [String] = []
    /// Whether nothing was known before it.
    public var isFirst: Bool
  }

  private var lines: [Part: Set<String>] = [:]
  /// Parts that are not known yet.
  private var unknown = Set(Part.whole)
  public private(set) var changes: [Change] = []
  /// Links whose digests do not fit what they change, a sentence each.
  public private(set) var breaches: [String] = []

  /// Of an estate.
  public init(_ estate: DeclaredEstate) {
    var path: [(depth: Int, name: String)] = []
    for line in EstateCheck.effectiveRules(estate).split(separator: "\n") {
      let depth = line.prefix { $0 == " " }.count
      var text = String(line.dropFirst(depth))
      path.removeAll { $0.depth >= depth }
      if text.hasPrefix("- name: ") {
        text.removeFirst("- name: ".count)
        path.append((depth, text))
        continue
      }
      if text.hasSuffix(":") {
        path.append((depth, String(text.dropLast())))
        continue
      }
      let whole = (path.map(\.name) + [text]).joined(separator: " ")
      let part: Part = whole.hasPrefix("exceptions") ? .exceptions : .policy
      if whole != "exceptions: []" { lines[part, default: []].insert(NightKeeper.quoted(whole)) }
    }
    lines.merge(DeclaredLines.lines(estate)) { $1 }
    unknown = []
  }

  /// As the links of the chain of declarations tell, in their order.
  public init(replaying links: [ChainLink]) {
    for link in links {
      for part in Part.whole {
        guard let digests = link.text(of: part.rawValue)?.split(separator: " "), digests.count == 2
        else { continue }
        replay(link, part, before: String(digests[0]), after: String(digests[1]))
      }
      noteTickets(of: link)
    }
  }

  private mutating func noteTickets(of link: ChainLink) {
    func ids(_ word: String) -> [String] {
      let start = "ticket \(word)"
      return link.lines.filter { $0.hasPrefix(start) }.map { "tickets" + $0.dropFirst(start.count) }
    }
    let (changed, removed) = (ids("changed"), ids("removed"))
    guard !changed.isEmpty || !removed.isEmpty else { return }
    var change = Change(
      part: .tickets,
      time: link.time,
      night: link.night,
      author: link.text(of: "author") ?? "",
      removed: removed,
      added: [],
      isFirst: false
    )
    change.changed = changed
    changes.append(change)
  }

  private mutating func replay(
    _ link: ChainLink,
    _ part: Part,
    before: String,
    after: String
  ) {
    func lines(_ sign: String) -> [String] {
      let start = "\(sign) \(part.rawValue) "
      return link.lines.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(2)) }
    }
    let change = Change(
      part: part,
      time: link.time,
      night: link.night,
      author: link.text(of: "author") ?? "",
      removed: lines("-"),
      added: lines("+"),
      isFirst: unknown.contains(part)
    )
    let fits =
      before == digest(of: part) && Set(change.removed).isSubset(of: self.lines[part] ?? [])
    unknown.remove(part)
    self.lines[part, default: []].subtract(change.removed)
    self.lines[part, default: []].formUnion(change.added)
    if !fits || after != digest(of: part) {
      breaches.append(
        "chain of \(ChainSource.declarations), night \(link.night): what it says of"
          + " \(part.rawValue) does not follow from what stood before"
      )
    }
    changes.append(change)
  }

  /// In hexadecimal; zeros while nothing is known.
  func digest(of part: Part) -> String {
    guard !unknown.contains(part) else { return ChainLink.hex(ChainLink.start) }
    let text = (lines[part] ?? []).sorted().map { $0 + "\n" }.joined()
    return ChainLink.hex(Store.digest(Array(text.utf8)))
  }

  /// The lines of a link that leads from what was known to this; empty: nothing has changed.
  func lines(since before: Self) -> [String] {
    var text: [String] = []
    for part in Part.whole where digest(of: part) != before.digest(of: part) {
      let (old, new) = (before.lines[part] ?? [], lines[part] ?? [])
      text.append("\(part.rawValue) \(before.digest(of: part)) \(digest(of: part))")
      text += old.subtracting(new).sorted().map { "- " + $0 }
      text += new.subtracting(old).sorted().map { "+ " + $0 }
    }
    return text
  }

  /// What a mail says of it; `nil`: nothing was known before, or nothing has changed.
  func notice(since before: Self) -> Notice? {
    let parts = Part.whole.filter {
      !before.unknown.contains($0) && digest(of: $0) != before.digest(of: $0)
    }
    guard !parts.isEmpty else { return nil }
    let changed = lines(since: before).filter { $0.hasPrefix("- ") || $0.hasPrefix("+ ") }
    let shown = changed.prefix(6).joined(separator: "; ") + (changed.count > 6 ? "; …" : "")
    let last = parts.count > 1 ? " and " + parts[parts.count - 1].rawValue : ""
    let words = parts.prefix(max(1, parts.count - 1)).map(\.rawValue).joined(separator: ", ") + last
    let japanese = parts.map(\.japanese).joined(separator: "と")
    return Notice(
      .rules,
      english: "The \(words) of the estate file changed since the last night: \(shown).",
      japanese: "前回の夜間実行以降、設定ファイルの\(japanese)が変更されました: \(shown)。"
    )
  }
}

extension Store {
  /// The changes of what is declared that the chain tells.
  public func declaredRules() throws(StoreError) -> DeclaredRules {
    DeclaredRules(replaying: try chain(of: ChainSource.declarations))
  }
}
