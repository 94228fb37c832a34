internal import CSQLite

/// One message that waits to be sent to a sink.
public struct OutboxMessage: Sendable, Hashable {
  /// Of the finding or incident it tells of; one of each waits at a time.
  public var id: String
  /// The state it tells of.
  public var revision: String
  public var body: [UInt8]

  public init(id: String, revision: String, body: [UInt8]) {
    (self.id, self.revision, self.body) = (id, revision, body)
  }
}

/// What is to be sent, until it was: at least once, and of each finding its newest state.
extension Store {
  /// The state of a finding or incident that a sink took last; `nil`: none.
  public func delivered(_ id: String, to sink: String) throws(StoreError) -> String? {
    try connection.first(
      "SELECT revision FROM delivered WHERE sink = ? AND id = ?",
      [.text(sink), .text(id)]
    ) { $0.text(0) }
  }

  /// The state that waits for a sink.
  public func waiting(_ id: String, for sink: String) throws(StoreError) -> String? {
    try connection.first(
      "SELECT revision FROM outbox WHERE sink = ? AND id = ?",
      [.text(sink), .text(id)]
    ) { $0.text(0) }
  }

  /// Puts a message at the end of a sink's queue; an older one of the same id goes.
  public func enqueue(_ message: OutboxMessage, for sink: String) throws(StoreError) {
    try connection.run(
      """
      INSERT OR REPLACE INTO outbox
      SELECT ?, ?, coalesce(max(number) + 1, 0), ?, ?, NULL FROM outbox WHERE sink = ?
      """,
      [
        .text(sink), .text(message.id), .text(message.revision), .blob(message.body), .text(sink),
      ]
    )
  }

  /// The messages that a sink is to be sent next, in order; those that it refused are left out.
  public func outbox(of sink: String, limit: Int) throws(StoreError) -> [OutboxMessage] {
    try connection.rows(
      """
      SELECT id, revision, body FROM outbox WHERE sink = ? AND problem IS NULL
      ORDER BY number LIMIT ?
      """,
      [.text(sink), Value(limit)]
    ) { OutboxMessage(id: $0.text(0), revision: $0.text(1), body: $0.bytes(2)) }
  }

  /// Messages that wait, and how many of them were refused.
  public func outboxCount(of sink: String) throws(StoreError) -> (waiting: Int, refused: Int) {
    try connection.first(
      "SELECT count(*), count(problem) FROM outbox WHERE sink = ?",
      [.text(sink)]
    ) { (waiting: $0.int(0), refused: $0.int(1)) } ?? (0, 0)
  }

  /// Notes that a sink took a message; a newer state that waits meanwhile goes on waiting.
  public func noteDelivered(_ message: OutboxMessage, to sink: String) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO delivered VALUES (?, ?, ?)",
      [.text(sink), .text(message.id), .text(message.revision)]
    )
    try connection.run(
      "DELETE FROM outbox WHERE sink = ? AND id = ? AND revision = ?",
      [.text(sink), .text(message.id), .text(message.revision)]
    )
  }

  /// Sets a message aside that a sink will never take as it is.
  public func noteRefused(
    _ message: OutboxMessage,
    by sink: String,
    problem: String
  ) throws(StoreError) {
    try connection.run(
      "UPDATE outbox SET problem = ? WHERE sink = ? AND id = ? AND revision = ?",
      [.text(problem), .text(sink), .text(message.id), .text(message.revision)]
    )
  }

  /// Gives what was refused another try: the program or the sink may be another now.
  public func reopenRefused() throws(StoreError) {
    try connection.run("UPDATE outbox SET problem = NULL WHERE problem IS NOT NULL")
  }

  /// Forgets what waits for sinks that are declared no more; how many messages.
  public func dropOutbox(except sinks: [String]) throws(StoreError) -> Int {
    let all = try connection.rows("SELECT DISTINCT sink FROM outbox") { $0.text(0) }
    var dropped = 0
    for sink in all where !sinks.contains(sink) {
      dropped += try outboxCount(of: sink).waiting
      try connection.run("DELETE FROM outbox WHERE sink = ?", [.text(sink)])
    }
    return dropped
  }
}
