internal import EventModel
internal import Ingest
internal import Storage

/// What stands in the store and was not written by this program, as its chain tells.
struct StoreBreach: Sendable {
  /// Parts that the notice of a night names.
  private static let namedLimit = 5

  var table: String
  /// In the order in which they were met.
  var parts: [Store.PartAlteration]

  /// Of each table what was ever met, in order of name.
  static func all(in store: Store) throws(StoreError) -> [Self] {
    let tables = Dictionary(grouping: try store.partAlterations(), by: \.table)
    return tables.keys.sorted().map { Self(table: $0, parts: tables[$0] ?? []) }
  }

  static func id(of table: String) -> String {
    SHA256(Array("sealed-evidence store \(table)".utf8)[...])
      .map { String($0.hex.prefix(16)) } ?? ""
  }

  /// The finding, as an incident of the store; it grows with what is met later.
  var incident: Incident {
    func time(_ text: String?) -> Timestamp {
      guard var text, let time = text.withUTF8({ TimeText.parse($0) }) else {
        return Timestamp(nanoseconds: 0)
      }
      return time
    }
    let (first, last) = (time(parts.first?.time), time(parts.last?.time))
    var incident = Incident(
      id: Self.id(of: table),
      severity: .high,
      actor: "source:store",
      first: first,
      last: last
    )
    incident.records = Volume(low: 0, high: Volume.unbounded, quality: .unknown)
    var finding = Finding(
      id: incident.id,
      detector: "sealed-evidence",
      severity: .high,
      time: first
    )
    finding.window = "lifetime"
    finding.value = .exactly(Int64(parts.count))
    finding.unit = "parts"
    finding.counter = "table \(table)"
    finding.technique = "T1565.001"
    finding.events = Int64(parts.count)
    (finding.message, finding.messageJapanese) = message(parts)
    finding.explanations = ["the store was edited by hand", "a damaged disk"]
    finding.explanationsJapanese = ["ストアの手作業による編集", "ディスクの障害"]
    incident.findings = [finding]
    return incident
  }

  /// What was met since the last night; `nil`: nothing.
  func notice(since night: Int) -> Notice? {
    let fresh = parts.filter { $0.night >= night }
    guard !fresh.isEmpty else { return nil }
    let (english, japanese) = message(fresh)
    return Notice(.store, english: english + ".", japanese: japanese + "。")
  }

  private func message(_ parts: [Store.PartAlteration]) -> (String, String) {
    let named = parts.prefix(Self.namedLimit)
    let more = parts.count - named.count
    let english = named.map { StoreWords.english($0.kind, $0.words) }.joined(separator: "; ")
    let japanese = named.map { StoreWords.japanese($0.kind, $0.words) }.joined(separator: "、")
    return (
      "the store was edited by something else than ometsuke: table \(table): \(english)"
        + (more > 0 ? "; and \(more) more" : ""),
      "ストアが ometsuke 以外により書き換えられた(表 \(table)): \(japanese)" + (more > 0 ? "、ほか \(more) 件" : "")
    )
  }
}

/// What of a table is not as it was written.
enum StoreWords {
  static func english(_ kind: PartBreach.Kind, _ part: String) -> String {
    switch kind {
    case .changed: "\(part) is not what was written"
    case .gone: "\(part) is gone"
    case .added: "\(part) was put in"
    case .digests: "its digests are not those of the chain"
    case .schema: "\(part) is none of ometsuke's, or another"
    }
  }

  static func japanese(_ kind: PartBreach.Kind, _ part: String) -> String {
    switch kind {
    case .changed: "\(part) が書き込んだ内容と一致しない"
    case .gone: "\(part) が失われている"
    case .added: "\(part) が追加されている"
    case .digests: "ダイジェストが連鎖と一致しない"
    case .schema: "\(part) は ometsuke のものではない、または変更されている"
    }
  }
}
