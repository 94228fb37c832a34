internal import Network
internal import Storage
internal import Synchronization

/// One sink at work: a thread that sends, and the desk at which it is given messages and gives back what
/// became of them.
///
/// The thread knows neither the store nor the engine, so that nothing it waits for can hold them up.
final class SinkChannel: Sendable {
  private struct Desk {
    var messages: [OutboxMessage]?
    var results: [Delivery]?
    var isClosed = false
  }

  private let desk = Mutex(Desk())
  private let bell: Bell

  /// `nil`: no thread was to be had.
  init?(_ sink: any Sink) {
    guard let bell = Bell() else { return nil }
    self.bell = bell
    let isStarted = BlockingThread.start { [self] in
      var courier = sink.makeCourier()
      while let messages = next() {
        let results = courier.deliver(messages)
        desk.withLock { $0.results = results }
      }
    }
    guard isStarted else { return nil }
  }

  private func next() -> [OutboxMessage]? {
    while true {
      bell.wait()
      let (messages, isClosed) = desk.withLock { desk in
        defer { desk.messages = nil }
        return (desk.messages, desk.isClosed)
      }
      if isClosed { return nil }
      if let messages { return messages }
    }
  }

  /// Gives it messages; it must be done with those before.
  func send(_ messages: [OutboxMessage]) {
    desk.withLock { $0.messages = messages }
    bell.ring()
  }

  /// What became of the messages, once.
  func takeResults() -> [Delivery]? {
    desk.withLock { desk in
      defer { desk.results = nil }
      return desk.results
    }
  }

  /// Lets the thread end when it has done what it does.
  func close() {
    desk.withLock { $0.isClosed = true }
    bell.ring()
  }
}
