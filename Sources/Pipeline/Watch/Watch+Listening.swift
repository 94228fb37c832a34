internal import EventModel
internal import Network
internal import Storage

/// What listeners lose becomes coverage: a gap with its bound, by sender as far as that is known.
extension Watch {
  /// Often enough to be heard of, seldom enough to be read.
  private static let interval: Int64 = 60_000_000_000

  func noteLosses(of pipe: PipeSpool) {
    guard let listener = pipe.listener else { return }
    let more = listener.takeLosses()
    if more.messages > 0 {
      lost[pipe.path, default: 0] += more.messages
      unsaidLosses[pipe.path, default: SyslogListener.Losses()].merge(more)
    }
    let now = Clock.steady()
    guard unsaidLosses[pipe.path] != nil, now - lossesToldAt >= Self.interval || lossesToldAt == 0
    else { return }
    lossesToldAt = now
    sayLosses()
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
          "\(path): \(losses.messages) messages lost until \(until)\(of); what they told is not judged",
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
