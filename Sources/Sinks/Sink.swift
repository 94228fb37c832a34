public import EventModel
public import Reporting
public import Storage

/// A place where findings go: one kind is one file in `Kinds` and one line of `SinkRegistry`.
///
/// A sink writes messages where findings are judged, and sends them on a thread of its own by a
/// `Courier`.
public protocol Sink: Sendable {
  /// What stands behind `kind:`.
  static var kind: String { get }
  /// The keys it has, beside `name`, `kind` and `least-severity`.
  static var keys: [SinkKey] { get }

  /// Says in `settings` what is wrong with them; connects to nothing.
  init(_ settings: inout SinkSettings)

  /// What is to be told of an incident, a message a finding or one in all.
  ///
  /// `isKnown` tells whether the sink took an earlier state of that id.
  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage]

  /// Made on the thread that sends.
  func makeCourier() -> any Courier
}

/// Sends messages; may block, a minute at most.
public protocol Courier {
  /// The most messages that it takes at a time.
  var batchSize: Int { get }
  /// What became of each, in order; those that are missing were not tried.
  mutating func deliver(_ messages: [OutboxMessage]) -> [Delivery]
}

extension Courier {
  public var batchSize: Int { 64 }
}

/// What became of a message.
public enum Delivery: Sendable, Hashable {
  case taken
  /// The sink is not there, or wants it later.
  case failed(String)
  /// The sink will never take it as it is.
  case refused(String)
}

extension Sink {
  /// One message a finding that no exception covers.
  func messagesOfFindings(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool,
    _ line: (Finding, MessageContext) -> String
  ) -> [OutboxMessage] {
    incident.findings.filter { $0.exception == nil }.map { finding in
      var context = context
      context.isUpdate = isKnown(finding.id)
      return OutboxMessage(
        id: finding.id,
        revision: Revision.of(finding),
        body: Array(line(finding, context).utf8)
      )
    }
  }

  /// One message for all of it.
  func message(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool,
    _ text: (MessageContext) -> String
  ) -> [OutboxMessage] {
    var context = context
    context.isUpdate = isKnown(incident.id)
    let body = Array(text(context).utf8)
    return [OutboxMessage(id: incident.id, revision: Revision.of(incident), body: body)]
  }
}
