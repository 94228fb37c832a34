internal import EventModel
internal import Storage

/// An incident that was kept while one of its owners was called otherwise.
///
/// Ids of findings bear the name of their owner. Where the name alone has changed, nothing is told anew, and what people
/// decided of a finding goes on to hold of it.
struct RenamedIncident {
  private let before: StoredIncident
  /// Whether it says what it said but for the name.
  let isTheSame: Bool
  private(set) var formerIDs: [(former: String, now: String)] = []

  /// `nil`: its owners are called what they were called.
  init?(_ before: StoredIncident, as incident: Incident, _ store: Store) {
    guard let name = store.presentOwner, let old = IncidentReader.incident(in: before.body) else {
      return nil
    }
    let called = Set((old.owners + incident.owners).map(\.owner))
    let isRenamed = called.contains { $0 != name($0) }
    guard isRenamed else { return nil }
    self.before = before
    let digest = IncidentDigest.bytes(of: old.naming(owners: name), namesOwners: false)
    isTheSame = digest == IncidentDigest.bytes(of: incident, namesOwners: false)
    let (gone, new) = (Set(old.findings.map(\.id)), Set(incident.findings.map(\.id)))
    let fresh = Dictionary(
      grouping: incident.findings.filter { !gone.contains($0.id) },
      by: Mark.init
    )
    let stale = Dictionary(grouping: old.findings.filter { !new.contains($0.id) }, by: Mark.init)
    for (mark, findings) in stale.sorted(by: { $0.value[0].id < $1.value[0].id }) {
      guard findings.count == 1, let now = fresh[mark], now.count == 1 else { continue }
      formerIDs.append((findings[0].id, now[0].id))
    }
  }

  func stored(_ digest: [UInt8], _ body: String) -> StoredIncident {
    var stored = before
    (stored.digest, stored.body) = (digest, body)
    return stored
  }

  /// By what a finding is known whose owner is called otherwise.
  private struct Mark: Hashable {
    var detector: String
    var key: Substring
    var first: Timestamp

    init(_ finding: Finding) {
      let owner = finding.counter.firstRange(of: " × owner ")
      (detector, first) = (finding.detector, finding.first)
      key = finding.counter[..<(owner?.lowerBound ?? finding.counter.endIndex)]
    }
  }
}

extension Notice {
  /// Files of a source overlap.
  static func repeated(_ source: String) -> Self {
    Self(
      .copy,
      english:
        "Files of source \(source) overlap: what stands in several of them with the same time and text, within"
        + " 48 hours, is counted once.",
      japanese: "ソース \(source) のファイルは期間が重なっています。48 時間以内で時刻も内容も同じ記録は、重ねて数えません。"
    )
  }
}

extension NightKeeper {
  /// Which owners of the store are called otherwise by now.
  func renamedOwners() throws -> [Notice] {
    guard let name = store.presentOwner else { return [] }
    return try store.notedOwners().compactMap { before in
      let now = name(before)
      guard now != before else { return nil }
      return Notice(
        .owner,
        english:
          "Owner \(before) is called \(now) in the estate file: what was kept of it stands under that name.",
        japanese: "委託元 \(before) は設定ファイルで \(now) とされています。これまでの記録はこの名前で扱います。"
      )
    }
  }
}
