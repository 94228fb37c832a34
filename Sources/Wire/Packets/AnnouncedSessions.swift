/// A session that another one has announced: FTP's data.
struct AnnouncedSession {
  /// The end that listens.
  var listener: Endpoint
  /// Who will call it.
  var caller: InternetAddress
  /// Who reads it; `true`: the listener is the session's server, as it should be.
  var parser: (Session, Bool) -> any SessionParser
}

/// A parser that learns in its session of others.
protocol AnnouncingParser: SessionParser {
  /// What has been announced since this was last asked.
  func takeAnnounced() -> [AnnouncedSession]
}

/// What was announced and has not come yet: so many, and for so long; what is older is forgotten.
struct AnnouncedSessions {
  private static let limit = 4096
  private static let longest: Int64 = 600 * 1_000_000_000

  private struct Entry {
    var session: AnnouncedSession
    var time: Int64
    var serial: Int
  }

  private var entries: [Endpoint: Entry] = [:]
  /// In the order in which they came; one that came again stands here twice.
  private var order: [(listener: Endpoint, serial: Int)] = []
  private var oldest = 0
  private var serial = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ session: AnnouncedSession, at time: Int64) {
    serial += 1
    entries[session.listener] = Entry(session: session, time: time, serial: serial)
    order.append((session.listener, serial))
    while oldest < order.count, entries.count > Self.limit || isStale(order[oldest], time) {
      let next = order[oldest]
      oldest += 1
      if entries[next.listener]?.serial == next.serial { entries[next.listener] = nil }
    }
    if oldest > Self.limit {
      order.removeFirst(oldest)
      oldest = 0
    }
  }

  private func isStale(_ entry: (listener: Endpoint, serial: Int), _ time: Int64) -> Bool {
    guard let known = entries[entry.listener], known.serial == entry.serial else { return true }
    return time - known.time > Self.longest
  }

  /// Who reads a session that begins now, if it was announced.
  mutating func take(_ session: Session, at time: Int64) -> (any SessionParser)? {
    for isServer in [true, false] {
      let listener = isServer ? session.server : session.client
      let caller = isServer ? session.client : session.server
      guard let entry = entries[listener], entry.session.caller == caller.address,
        time - entry.time <= Self.longest
      else { continue }
      entries[listener] = nil
      return entry.session.parser(session, isServer)
    }
    return nil
  }
}
