internal import Detection
internal import Estate
internal import EventModel
internal import Ingest
internal import Storage

/// The tickets that the last night knew, so that a register whose old rows are changed is told of.
///
/// New tickets are what registers are for, and so is the end of one that was open: neither is told. Memory, and in the store: about 40
/// bytes a ticket.
struct KnownTickets: Sendable, Equatable {
  static let valueName = "tickets"
  private static let version: UInt64 = 1

  private struct Ticket: Sendable, Equatable {
    /// First bytes of the SHA-256 of what it says, its end left out.
    var digest: UInt64
    var closed: Int64?
  }

  /// By id; of several rows with one id in the order of what they say.
  private var tickets: [String: [Ticket]] = [:]

  init(_ estate: DeclaredEstate) {
    for ticket in estate.tickets {
      tickets[ticket.id, default: []].append(
        Ticket(digest: Self.digest(of: ticket), closed: ticket.closed?.nanoseconds)
      )
    }
    for id in tickets.keys {
      tickets[id]?.sort { ($0.digest, $0.closed ?? .min) < ($1.digest, $1.closed ?? .min) }
    }
  }

  private static func digest(of ticket: Estate.Ticket) -> UInt64 {
    let owners = [ticket.owner ?? ""] + ticket.furtherOwners
    let parts =
      [
        ticket.requestedBy ?? "", ticket.executor ?? "", ticket.approver ?? "",
        ticket.approved.map { "\($0)" } ?? "", "\(ticket.opened)",
        ticket.mostRecords.map { "\($0)" } ?? "", "\(ticket.isForAllOwners)",
        "\(ticket.blanks.rawValue)",
      ] + owners
    let text = parts.map { "\($0.utf8.count) \($0)\n" }.joined()
    return Store.digest(Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  struct Change: Sendable, Equatable {
    var changed: [String] = []
    var removed: [String] = []
    var isEmpty: Bool { changed.isEmpty && removed.isEmpty }
  }

  /// Which tickets of before are others now, or none, in order of id.
  func change(since before: Self) -> Change {
    var change = Change()
    for (id, old) in before.tickets.sorted(by: { $0.key < $1.key }) {
      guard let new = tickets[id] else {
        change.removed.append(id)
        continue
      }
      var rest = new
      let isKept = old.allSatisfy { ticket in
        let same = rest.firstIndex {
          $0.digest == ticket.digest && (ticket.closed == nil || ticket.closed == $0.closed)
        }
        if let same { rest.remove(at: same) }
        return same != nil
      }
      if !isKept { change.changed.append(id) }
    }
    return change
  }

  // MARK: In the store

  var bytes: [UInt8] {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(UInt64(tickets.count))
    for (id, rows) in tickets.sorted(by: { $0.key < $1.key }) {
      writer.write(Array(id.utf8))
      writer.write(UInt64(rows.count))
      for row in rows {
        writer.write(row.digest)
        writer.write(UInt64(row.closed == nil ? 0 : 1))
        if let closed = row.closed { writer.write(closed) }
      }
    }
    return writer.bytes
  }

  /// `nil`: no night has noted any yet.
  init?(_ store: Store) throws(StoreError) {
    guard let bytes = try store.value(Self.valueName), let read = try? Self(bytes) else {
      return nil
    }
    self = read
  }

  private init(_ bytes: [UInt8]) throws(StateError) {
    var reader = StateReader(bytes)
    guard try reader.unsigned() == Self.version else { throw StateError(offset: 0) }
    for _ in 0..<(try reader.count()) {
      let id = String(decoding: try reader.name(), as: UTF8.self)
      for _ in 0..<(try reader.count()) {
        var row = Ticket(digest: try reader.unsigned())
        if try reader.unsigned() == 1 { row.closed = try reader.signed() }
        tickets[id, default: []].append(row)
      }
    }
    guard reader.isAtEnd else { throw StateError(offset: bytes.count) }
  }
}

extension KnownTickets.Change {
  /// Ids that a link of the chain lists of each kind.
  private static let listed = 1_000

  /// Lines of a link of the chain of declarations.
  var lines: [String] {
    [("changed", changed), ("removed", removed)].flatMap { word, ids in
      let more = ids.count - Self.listed
      return ids.prefix(Self.listed).map { "ticket \(word) \(ChainLink.quoted($0))" }
        + (more > 0 ? ["ticket \(word)-more \(more)"] : [])
    }
  }

  /// What a mail says of it.
  var notice: Notice? {
    guard !isEmpty else { return nil }
    func list(_ ids: [String], _ comma: String) -> String {
      ids.prefix(6).map { ChainLink.quoted($0) }.joined(separator: comma)
        + (ids.count > 6 ? "\(comma)…" : "")
    }
    var english: [String] = []
    var japanese: [String] = []
    if !changed.isEmpty {
      english.append(
        NumberText.counted(Int64(changed.count), "ticket")
          + " of the register \(changed.count == 1 ? "says" : "say") something else than before: \(list(changed, ", "))"
      )
      japanese.append("登録済みのチケット \(changed.count) 件の内容が変更されました: \(list(changed, "、"))")
    }
    if !removed.isEmpty {
      english.append(
        NumberText.counted(Int64(removed.count), "ticket")
          + " \(removed.count == 1 ? "is" : "are") no longer in the register: \(list(removed, ", "))"
      )
      japanese.append("登録済みのチケット \(removed.count) 件が台帳からなくなりました: \(list(removed, "、"))")
    }
    return Notice(
      .rules,
      english: english.joined(separator: "; ") + ".",
      japanese: japanese.joined(separator: "。") + "。"
    )
  }
}
