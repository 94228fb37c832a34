internal import EventModel
internal import Storage

extension NightKeeper {
  /// The bytes of a SHA-256 in hexadecimal.
  static func bytes(_ hex: String) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Incidents that were told and that nothing found tonight is any more: lines that came since explain
  /// them, or what is declared has changed.
  func withdrawn(_ result: ScanResult) throws(StoreError) -> [StoredIncident] {
    let standing = Set(result.incidents.summaries.map(\.id))
    let missing = try store.incidents().filter { !standing.contains($0.id) && !$0.isWithdrawn }
    guard !missing.isEmpty else { return [] }
    // What is wrong with sealed logs stays: no line can explain it.
    let logs = Set(try store.streams().map(\.id)).union(plan.streams.keys)
    let sealed = Set(
      logs.flatMap { log in SealBreach.Kind.allCases.map { SealBreach.id(of: $0, log) } }
    )
    let edited = Set(try StoreBreach.all(in: store).map { StoreBreach.id(of: $0.table) })
    return missing.filter { !sealed.contains($0.id) && !edited.contains($0.id) }
  }
}

extension Notice {
  /// Breaches of which a mail has room.
  private static let breachLimit = 10

  /// `breaches`: as `Verification` words them.
  static func brokenChains(_ breaches: [String]) -> [Self] {
    let more = breaches.count - breachLimit
    let rest = more > 0 ? ["\(more) more, which `ometsuke verify` names"] : []
    return (breaches.prefix(breachLimit) + rest).map { brokenChain($0) }
  }

  private static func brokenChain(_ breach: String) -> Self {
    Self(
      .chain,
      english: "the chains of the store are not what they were: \(breach).",
      japanese: "ストアの連鎖が元の状態と一致しません: \(breach)。"
    )
  }

  static func withdrawn(_ incident: StoredIncident) -> Self {
    let (id, severity, actor) = (incident.id, incident.severity.name, incident.actor)
    return Self(
      .withdrawn,
      english:
        "Incident \(id) (\(severity), \(actor)) no longer stands: what came since explains it, or tells"
        + " it as another.",
      japanese: "事案 \(id)(\(actor))は取り下げられました。その後に届いた記録により説明がつくか、別の事案として示されます。"
    )
  }
}
