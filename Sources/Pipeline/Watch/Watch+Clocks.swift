internal import EventModel
internal import Ingest
internal import Storage

/// What arrives tells of the clocks of those that send it.
extension Watch {
  /// Records of a round whose host is looked for: the rest of a flood tells nothing more.
  private static let samples = 256

  /// Takes in what a round has read, before its bytes are let go; `rows`: in order.
  func noteClocks(_ plan: NightPlan, _ rows: [EventRow]) {
    guard !rows.isEmpty else { return }
    let now = Clock.now()
    var newest: [Int: (lines: Int, time: Int64)] = [:]
    var start = 0
    // In runs: sources take turns less often than rows.
    while start < rows.count {
      let source = rows[start].source
      let end = rows[start...].firstIndex { $0.source != source } ?? rows.count
      let before = newest[Int(source)]?.lines ?? 0
      newest[Int(source)] = (before + end - start, rows[end - 1].time)
      start = end
    }
    for (source, found) in newest {
      let key = ClockSkews.Key(source: source, host: "")
      clocks.note(key, lines: found.lines, newest: found.time, at: now)
    }
    for index in stride(from: 0, to: rows.count, by: max(1, rows.count / Self.samples)) {
      let row = rows[index]
      let id = Int(row.file)
      guard let planned = plan.scan.plans[id], !planned.isCompressed, let file = plan.held[id],
        MessageHost.isNamed(in: planned.format.name),
        let host = MessageHost.host(
          of: file.bytes(from: row.offset, count: min(Int(row.length), MessageHost.reach)),
          format: planned.format.name
        )
      else { continue }
      let key = ClockSkews.Key(source: Int(row.source), host: host)
      clocks.note(key, lines: 1, newest: row.time, at: now)
    }
    tellClocks()
  }

  private func tellClocks() {
    for (key, skew) in clocks.takeNotable() where key.source < scan.sources.count {
      notices.append(.skew(key.host, of: scan.sources[key.source].name, skew))
    }
    for (key, skew) in clocks.grave where key.source < scan.sources.count {
      let item = StoredSkews.Item(
        source: scan.sourceKeys[key.source],
        host: key.host,
        skew: skew
      )
      if skews.add(item) { pending.hasSkews = true }
    }
  }

  /// How far clocks are off, nanoseconds: negative, ahead of ours by at least so much; `host`: `nil` of a source as a whole.
  public var clockSkews: [(source: String, host: String?, skew: Int64)] {
    clocks.all(at: Clock.now()).compactMap { key, skew in
      guard key.source < scan.sources.count else { return nil }
      return (scan.sources[key.source].name, key.host.isEmpty ? nil : key.host, skew)
    }
  }

  /// Lines of hosts beyond those whose clocks are known.
  public var linesOfOtherHosts: Int64 { clocks.uncounted }
}
