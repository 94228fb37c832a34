internal import EventModel
internal import Network
internal import Reporting
internal import Storage

/// Splunk's HTTP Event Collector: an event a finding and state.
///
///     - {name: splunk, kind: splunk, url: "https://splunk.example:8088", token-env: HEC_TOKEN}
///
/// The collector knows no id: what comes twice has the same `id` and `revision` in the event.
struct SplunkSink: Sink {
  static let kind = "splunk"
  static let keys = [
    SinkKey("url", .url(["https", "http"]), isRequired: true),
    SinkKey("token", .secret, isRequired: true), SinkKey("index", .text),
    SinkKey("source", .text), SinkKey("sourcetype", .text), SinkKey("ca-file", .path),
  ]

  let request: Request
  let index: String?
  let source: String
  let sourceType: String

  init(_ settings: inout SinkSettings) {
    var url = settings.url("url") ?? ""
    while url.hasSuffix("/") { url.removeLast() }
    if !url.contains("/services/collector") { url += "/services/collector/event" }
    var request = settings.request(url)
    request.headers = [
      "Content-Type: application/json",
      "Authorization: Splunk " + (settings.secret("token") ?? ""),
    ]
    self.request = request
    index = settings.text("index")
    source = settings.text("source") ?? "ometsuke"
    sourceType = settings.text("sourcetype") ?? "ometsuke:finding"
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    messagesOfFindings(of: incident, context, isKnown: isKnown) { finding, context in
      SplunkEvent.line(
        of: finding,
        in: incident,
        context,
        index: index,
        source: source,
        sourceType: sourceType
      )
    }
  }

  func makeCourier() -> any Courier {
    HTTPCourier(
      request: request,
      batchSize: 64,
      body: { Array($0.map(\.body).joined(separator: [0x0A])) }
    )
  }
}
