internal import EventModel
internal import Network
internal import Reporting
internal import Storage

/// Elasticsearch and what speaks its bulk interface: an ECS document a finding and state.
///
///     - {name: elastic, kind: elastic, url: "https://es.example:9200", index: logs-ometsuke,
///        api-key-file: /etc/ometsuke/elastic.key}
///
/// `create` with an id made of the finding and its state: a data stream takes it, and what comes twice
/// is there once.
struct ElasticSink: Sink {
  static let kind = "elastic"
  static let keys = [
    SinkKey("url", .url(["https", "http"]), isRequired: true),
    SinkKey("index", .text, isRequired: true), SinkKey("api-key", .secret), SinkKey("user", .text),
    SinkKey("password", .secret), SinkKey("ca-file", .path),
  ]

  let request: Request
  let index: String

  init(_ settings: inout SinkSettings) {
    var url = settings.url("url") ?? ""
    while url.hasSuffix("/") { url.removeLast() }
    var request = settings.request(url + "/_bulk")
    index = settings.text("index") ?? ""
    if !index.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      settings.say(of: "index", "holds a character that no index has; correct it")
    }
    request.headers = ["Content-Type: application/x-ndjson"]
    if let key = settings.secret("api-key") {
      request.headers.append("Authorization: ApiKey " + key)
    }
    request.user = settings.text("user")
    request.password = settings.secret("password")
    self.request = request
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    messagesOfFindings(of: incident, context, isKnown: isKnown) {
      ECSDocument.line(of: $0, in: incident, $1)
    }
  }

  func makeCourier() -> any Courier {
    HTTPCourier(
      request: request,
      batchSize: 64,
      body: { [index] messages in
        var body: [UInt8] = []
        for message in messages {
          let id = message.id + "-" + message.revision
          body += Array("{\"create\":{\"_index\":\"\(index)\",\"_id\":\"\(id)\"}}\n".utf8)
          body += message.body + [0x0A]
        }
        return body
      },
      verdicts: { Self.verdicts($0, $1) }
    )
  }

  /// An answer of 200 tells of each document how it went, in order.
  static func verdicts(_ answer: Request.Answer, _ messages: [OutboxMessage]) -> [Delivery] {
    let statuses = BulkAnswer.statuses(in: answer.body)
    guard statuses.count == messages.count else {
      return [.failed("an answer that is none of a bulk request" + HTTPCourier.words(of: answer))]
    }
    return statuses.map { status in
      switch status {
      // 409: it is there already.
      case 200..<300, 409: .taken
      case 400: .refused("a document was answered with 400" + HTTPCourier.words(of: answer))
      default: .failed("a document was answered with \(status)")
      }
    }
  }
}

/// The answer to a bulk request.
enum BulkAnswer {
  /// The number behind each `"status":`, as far as it is no part of a text.
  static func statuses(in body: [UInt8]) -> [Int] {
    let key = Array("status".utf8)
    var found: [Int] = []
    var index = 0
    while index < body.count {
      guard body[index] == 0x22 else {
        index += 1
        continue
      }
      // A text, to its end.
      let start = index + 1
      var end = start
      while end < body.count, body[end] != 0x22 { end += body[end] == 0x5C ? 2 : 1 }
      index = min(end, body.count) + 1
      guard end <= body.count, body[start..<min(end, body.count)].elementsEqual(key) else {
        continue
      }
      func skipSpace() { while index < body.count, body[index] <= 0x20 { index += 1 } }
      skipSpace()
      guard index < body.count, body[index] == 0x3A else { continue }
      index += 1
      skipSpace()
      let digits = body[index...].prefix(4).prefix { 0x30...0x39 ~= $0 }
      if let number = Int(String(decoding: digits, as: UTF8.self)) { found.append(number) }
    }
    return found
  }
}
