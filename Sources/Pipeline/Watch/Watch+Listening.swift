internal import EventModel
internal import Ingest
internal import Network
internal import Storage

/// What listeners lose becomes coverage: a gap with its bound, by sender as far as that is known.
extension Watch {
  /// Often enough to be heard of, seldom enough to be read.
  private static let interval: Int64 = 60_000_000_000

  func noteLosses(of pipe: PipeSpool) {
    guard let listener = pipe.listener else { return }
    let more = listener.takeLosses()
    let wall = Clock.now()
    defer { askedAt[pipe.path] = wall }
    if more.messages > 0 {
      lost[pipe.path, default: 0] += more.messages
      unsaidLosses[pipe.path, default: SyslogListener.Losses()].merge(more)
      keep(more.messages, of: pipe.path, until: wall)
    }
    let now = Clock.steady()
    guard unsaidLosses[pipe.path] != nil, now - lossesToldAt >= Self.interval || lossesToldAt == 0
    else { return }
    lossesToldAt = now
    sayLosses()
  }

  /// Keeps with the book of the source what was lost since its listener was asked last.
  private func keep(_ messages: Int64, of path: String, until wall: Int64) {
    let files = scan.planner(planner.matcher, planner.shop)
    let source =
      planner.matcher.source(of: path) ?? files.source(ofFormat: SyslogRFC5424.name)
    // The listener asks the kernel once a second.
    let since = (askedAt[path] ?? wall) - 2 * Timestamp.nanosecondsPerSecond
    books[source, default: CoverageBook(zone: scan.calendarZone)].add(
      LostMessages.noticed(messages, from: since, to: wall, scan.calendarZone)
    )
    pending.sources.insert(source)
  }

  /// Says what was lost and is not said yet.
  func sayLosses() {
    let until = Timestamp(seconds: Clock.now() / 1_000_000_000)
    for path in unsaidLosses.keys.sorted() {
      guard let losses = unsaidLosses[path] else { continue }
      let senders = losses.bySender.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      let of = senders.isEmpty ? "" : " (\(senders))"
      let notice = Notice(
        .gap,
        english:
          "\(path): \(NumberText.counted(losses.messages, "message")) lost until \(until)\(of); what they told is not judged",
        japanese: "\(path): \(until) までに \(losses.messages) 件のメッセージが失われた\(of)。その内容は判定されていない"
      )
      pending.notices.append(notice)
      notices.append(notice)
    }
    unsaidLosses = [:]
  }

  /// As coverage shows it while the watch runs.
  var losses: [Coverage.Unreadable] {
    lost.keys.sorted().map {
      Coverage.Unreadable(path: $0, reason: "\(lost[$0] ?? 0) messages lost while listening")
    }
  }
}

extension SyslogListener.Losses {
  fileprivate mutating func merge(_ other: Self) {
    messages += other.messages
    for (sender, count) in other.bySender { bySender[sender, default: 0] += count }
  }
}

extension Watch {
  /// Messages that listeners lost since the start, by address.
  public var lostMessages: [(place: String, count: Int64)] {
    pipes.filter { $0.listener != nil }.map { (place: $0.path, count: lost[$0.path] ?? 0) }
  }
}
