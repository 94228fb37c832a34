internal import EventModel
internal import Network
internal import Reporting
internal import Storage

/// A webhook: a POST an incident and state, in the form its receiver wants.
///
///     - {name: soc, kind: webhook, url: "https://hooks.slack.example/…", template: slack}
///
/// Each request says which state it tells of (`Idempotency-Key`), for receivers that look at it.
struct WebhookSink: Sink {
  static let kind = "webhook"
  static let keys = [
    SinkKey("url", .secret, isRequired: true),
    SinkKey("template", .words(WebhookBody.allCases.map(\.rawValue))),
    SinkKey("language", .words(WatchText.Language.allCases.map(\.rawValue))),
    SinkKey("token", .secret), SinkKey("headers", .texts), SinkKey("ca-file", .path),
  ]

  let request: Request
  let template: WebhookBody
  let language: WatchText.Language

  init(_ settings: inout SinkSettings) {
    let url = settings.secret("url") ?? "https://unknown"
    let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    if !isPlain || !(url.hasPrefix("https://") || url.hasPrefix("http://")) {
      settings.say(of: "url", "is no https or http address; write https://host/path")
    }
    var request = settings.request(url)
    request.headers = ["Content-Type: application/json"]
    if let token = settings.secret("token") {
      request.headers.append("Authorization: Bearer " + token)
    }
    for header in settings.texts("headers") {
      let isHeader = header.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && header.contains(": ")
      if !isHeader { settings.say(of: "headers", "holds no header; write \"Name: value\"") }
      request.headers.append(header)
    }
    self.request = request
    template = settings.word("template", default: .json)
    language = settings.word("language", default: .english)
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    message(of: incident, context, isKnown: isKnown) { context in
      var context = context
      context.language = language
      return template.body(of: incident, context)
    }
  }

  func makeCourier() -> any Courier { WebhookCourier(sink: self) }
}

private struct WebhookCourier: Courier {
  let sink: WebhookSink

  mutating func deliver(_ messages: [OutboxMessage]) -> [Delivery] {
    var results: [Delivery] = []
    for message in messages {
      var request = sink.request
      request.headers.append("Idempotency-Key: \(message.id)-\(message.revision)")
      var courier = HTTPCourier(request: request, batchSize: 1, body: { $0[0].body })
      if sink.template == .thehive {
        // TheHive refuses an alert that it has.
        courier.isKnown = {
          $0.status == 400 && HTTPCourier.words(of: $0).contains("already exist")
        }
      }
      let result = courier.deliver([message])[0]
      results.append(result)
      if case .failed = result { break }
    }
    return results
  }
}
