public import Estate
public import EventModel
internal import Glibc
internal import Network
internal import Reporting
public import Storage

/// Takes findings to the declared sinks: a queue in the store, and a thread for each sink.
///
/// What is told is queued in a transaction, before anything is sent, and goes when the sink has taken
/// it: whatever stops the program, it is sent at least once. Of a finding that waits and grows, only the
/// newest state waits: the queue is never longer than there are findings. A sink that fails is tried again
/// after 1, 2, 4 … 300 seconds; nothing waits for it. One user at a time.
public final class Dispatcher {
  private final class Line {
    let name: String
    let sink: any Sink
    let leastSeverity: Severity
    var channel: SinkChannel?
    var batchSize: Int
    /// What it is sending now.
    var inFlight: [OutboxMessage] = []
    var failures = 0
    /// Not before this, by the steady clock.
    var due: Int64 = 0
    var mayWait = true
    var lastProblem: String?
    var hasToldProblem = false
    var counts = SinkState.Counts()
    var waiting = 0

    init(_ name: String, _ sink: any Sink, _ leastSeverity: Severity) {
      (self.name, self.sink, self.leastSeverity) = (name, sink, leastSeverity)
      batchSize = sink.makeCourier().batchSize
    }
  }

  private let store: Store
  private let program: String
  private let host: String
  private let lines: [Line]
  private var notices: [Notice] = []

  /// The longest wait between two tries, seconds.
  static let longestWait: Int64 = 300

  /// Sinks that are declared wrongly are left out: `SinkRegistry.problems` has said it.
  public init(_ estate: DeclaredEstate, store: Store, program: String) throws(StoreError) {
    (self.store, self.program) = (store, program)
    host = Self.hostName()
    lines = estate.sinks.compactMap { declaration in
      SinkRegistry.make(declaration).sink.map {
        Line(declaration.name, $0, declaration.leastSeverity)
      }
    }
    guard !lines.isEmpty else { return }
    // A receiver that has gone is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    try store.reopenRefused()
    let dropped = try store.dropOutbox(except: lines.map(\.name))
    if dropped > 0 {
      tell(
        "\(dropped) messages waited for sinks that are declared no more: dropped",
        "宣言から外された送信先を待っていたメッセージ \(dropped) 件を破棄した"
      )
    }
    for line in lines { line.waiting = try store.outboxCount(of: line.name).waiting }
  }

  deinit { for line in lines { line.channel?.close() } }

  public var isEmpty: Bool { lines.isEmpty }

  // MARK: Queueing

  /// Queues what is to be told of incidents, as one; what a sink has taken already, or what waits for it
  /// as it is, is not queued again.
  public func enqueue(_ incidents: [Incident], coverage: Coverage) throws(StoreError) {
    let told = incidents.filter { !$0.isExcepted }
    guard !lines.isEmpty, !told.isEmpty else { return }
    var context = MessageContext(
      program: program,
      host: host,
      coverage: coverage,
      now: Self.wallClock()
    )
    context.isUpdate = false
    try store.transaction(isLinked: false) { () throws(StoreError) in
      for line in lines {
        for incident in told where incident.severity >= line.leastSeverity {
          let messages = line.sink.messages(of: incident, context) { [store] id in
            ((try? store.delivered(id, to: line.name)) ?? nil) != nil
          }
          for message in messages {
            if try store.waiting(message.id, for: line.name) == message.revision { continue }
            if try store.waiting(message.id, for: line.name) == nil,
              try store.delivered(message.id, to: line.name) == message.revision
            {
              continue
            }
            try store.enqueue(message, for: line.name)
          }
        }
      }
    }
    for line in lines {
      line.waiting = try store.outboxCount(of: line.name).waiting
      line.mayWait = true
    }
  }

  // MARK: Sending

  /// Notes what became of what was sent, and sends what is due; returns at once.
  public func step() throws(StoreError) {
    for line in lines {
      if let results = line.channel?.takeResults() { try note(results, of: line) }
      guard line.inFlight.isEmpty, line.mayWait, Self.steadyClock() >= line.due else { continue }
      let batch = try store.outbox(of: line.name, limit: line.batchSize)
      line.mayWait = !batch.isEmpty
      guard !batch.isEmpty else { continue }
      if line.channel == nil { line.channel = SinkChannel(line.sink) }
      guard let channel = line.channel else { continue }
      line.inFlight = batch
      channel.send(batch)
    }
  }

  private func note(_ results: [Delivery], of line: Line) throws(StoreError) {
    let messages = line.inFlight
    line.inFlight = []
    var problem: String?
    try store.transaction(isLinked: false) { () throws(StoreError) in
      for (message, result) in zip(messages, results) {
        switch result {
        case .taken:
          try store.noteDelivered(message, to: line.name)
          line.counts.taken += 1
        case .refused(let reason):
          try store.noteRefused(message, by: line.name, problem: reason)
          line.counts.refused += 1
          tell(
            "sink \(line.name): refuses a message for good, set aside: \(reason)",
            "送信先 \(line.name): メッセージを受け付けない。保留した: \(reason)"
          )
        case .failed(let reason):
          problem = problem ?? reason
          line.counts.failed += 1
        }
      }
    }
    line.waiting = try store.outboxCount(of: line.name).waiting
    if let problem {
      line.failures += 1
      let seconds = min(Self.longestWait, Int64(1) << min(line.failures - 1, 9))
      line.due = Self.steadyClock() + seconds * 1_000_000_000
      line.lastProblem = problem
      // Once, not at every try.
      if !line.hasToldProblem {
        line.hasToldProblem = true
        tell(
          "sink \(line.name): \(problem); \(line.waiting) messages wait, tried again",
          "送信先 \(line.name): \(problem)。\(line.waiting) 件が待機中、再送を続ける"
        )
      }
      return
    }
    if line.hasToldProblem {
      tell("sink \(line.name): takes messages again", "送信先 \(line.name): 受信が再開した")
    }
    (line.failures, line.due, line.lastProblem, line.hasToldProblem) = (0, 0, nil, false)
  }

  /// Sends what waits, as long as it goes; sinks that fail and what takes longer than `seconds` wait for
  /// the next run.
  public func drain(seconds: Int64) throws(StoreError) {
    let end = Self.steadyClock() + seconds * 1_000_000_000
    while Self.steadyClock() < end {
      try step()
      let isBusy = lines.contains { line in
        !line.inFlight.isEmpty || (line.mayWait && line.failures == 0 && line.waiting > 0)
      }
      guard isBusy else { return }
      usleep(10_000)
    }
  }

  /// Waits for what is being sent now, `seconds` at most: before another takes over the queue.
  public func settle(seconds: Int64) throws(StoreError) {
    let end = Self.steadyClock() + seconds * 1_000_000_000
    while lines.contains(where: { !$0.inFlight.isEmpty }), Self.steadyClock() < end {
      for line in lines {
        if let results = line.channel?.takeResults() { try note(results, of: line) }
      }
      usleep(10_000)
    }
  }

  // MARK: Saying

  /// What there is to say of the sinks, once.
  public func takeNotices() -> [Notice] {
    defer { notices = [] }
    return notices
  }

  private func tell(_ english: String, _ japanese: String) {
    guard notices.count < 64 else { return }
    notices.append(Notice(.sink, english: english, japanese: japanese))
  }

  /// How the sinks stand.
  public var states: [SinkState] {
    lines.map { line in
      SinkState(
        name: line.name,
        kind: type(of: line.sink).kind,
        waiting: line.waiting,
        problem: line.lastProblem,
        counts: line.counts
      )
    }
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "-" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func steadyClock() -> Int64 { clock(CLOCK_MONOTONIC) }
  private static func wallClock() -> Timestamp { Timestamp(nanoseconds: clock(CLOCK_REALTIME)) }

  private static func clock(_ id: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(id, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// How a sink stands.
public struct SinkState: Sendable {
  public struct Counts: Sendable {
    public var taken: Int64 = 0
    public var failed: Int64 = 0
    public var refused: Int64 = 0
  }

  public var name: String
  public var kind: String
  /// Messages that wait, those that were refused among them.
  public var waiting: Int
  /// Why it fails now; `nil`: it does not.
  public var problem: String?
  public var counts: Counts
}
